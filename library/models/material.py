"""What others can take and use, and where the facts come from."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from library.models.attachment import Attachment
from library.models.base import LANGUAGE_LENGTH, Base


class Material(Base):
    """A manual, form or film, with its language and licence: a file that the library keeps, or a link."""

    __tablename__ = "material"
    __table_args__ = (CheckConstraint("(url IS NULL) <> (attachment_id IS NULL)", name="is_file_or_link"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    url: Mapped[str | None] = mapped_column(String(1000))
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"), index=True)
    alt: Mapped[str | None] = mapped_column(String(300), comment="what a picture shows, for those who do not see it")
    language: Mapped[str | None] = mapped_column(String(LANGUAGE_LENGTH))
    licence: Mapped[str | None] = mapped_column(String(120))

    attachment: Mapped[Attachment | None] = relationship()


class Source(Base):
    """Where facts come from. A mirror (a copy on a document-sharing site) is cited and never linked."""

    __tablename__ = "source"
    __table_args__ = (
        CheckConstraint("NOT mirror OR url IS NULL", name="mirrors_are_not_linked"),
        CheckConstraint("year BETWEEN 1800 AND 2200", name="year_is_plausible"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(500))
    url: Mapped[str | None] = mapped_column(String(1000))
    year: Mapped[int | None]
    mirror: Mapped[bool] = mapped_column(default=False)
