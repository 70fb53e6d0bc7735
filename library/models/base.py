"""What every table shares: naming convention, time in UTC, enumerations as CHECK constraints.

Knows SQLAlchemy and nothing of the field.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    MetaData,
    String,
    TypeDecorator,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column

from library.choices import Choice
from library.languages import LANGUAGES

NAMING: Final = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

LANGUAGE_LENGTH: Final = 2
CONCEPT_ID_LENGTH: Final = 120


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC. SQLite has no time zones, so naive values are refused on the way in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the moment in UTC.

        :raises ValueError: for a naive value, whose meaning nobody could tell later.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return an aware moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def choice_type(choices: type[Choice], name: str = "") -> Enum:
    """Return a column type that stores the code of a ``Choice`` and lets the database refuse any other.

    :param name: of the constraint, where two columns of a table draw on one list; else that of the list.
    """
    name = name or "".join(f"_{c.lower()}" if c.isupper() else c for c in choices.__name__).lstrip("_")
    return Enum(
        choices,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=name,
        values_callable=lambda members: [member.value for member in members],
    )


def concept_reference(*, nullable: bool = False, **options: Any) -> MappedColumn[Any]:
    """Return a foreign key to a concept, such as ``agencies/police``."""
    return mapped_column(
        String(CONCEPT_ID_LENGTH), ForeignKey("concept.id", onupdate="CASCADE"), nullable=nullable, **options
    )


def spoken(column: str) -> CheckConstraint:
    """Return a constraint that a column names one of the library's languages."""
    codes = ", ".join(f"'{code}'" for code in LANGUAGES)
    return CheckConstraint(f"{column} IN ({codes})", name=f"{column}_is_spoken")


def now() -> datetime:
    """Return this moment in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return this day in UTC, by which lateness is judged."""
    return now().date()


Json = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """Base of all models."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime, dict[str, str]: Json, dict[str, Any]: Json, list[str]: Json}


@event.listens_for(Engine, "connect")
def _set_sqlite_pragmas(connection: Any, _record: Any) -> None:
    """Make SQLite keep its promises.

    WAL lets readers and the writer work side by side; FULL syncs before a commit is acknowledged (NORMAL does
    not); foreign keys are off unless asked for; what is deleted is overwritten, so that what the law has erased is
    in no file.
    """
    if type(connection).__module__ != "sqlite3":
        return
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.execute("PRAGMA busy_timeout = 10000")
    cursor.close()


__all__ = ["Base", "Json", "UtcDateTime", "choice_type", "concept_reference", "now", "spoken"]
