"""What municipalities tell each other: who uses what, and what the library still lacks."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from library.choices import AdoptionState, CallState
from library.languages import best_language
from library.models.account import Account
from library.models.base import LANGUAGE_LENGTH, Base, Json, choice_type, concept_reference, now, spoken
from library.models.organisation import Organisation
from library.models.practice import Practice
from library.record import MAX_TITLE_CHARACTERS


class Adoption(Base):
    """A municipality's report that it plans, uses or has stopped using a practice.

    ``version`` rises with every change, so that two colleagues notice each other.
    """

    __tablename__ = "adoption"
    __table_args__ = (
        UniqueConstraint("practice_id", "municipality_id"),
        spoken("language"),
        CheckConstraint("since_year BETWEEN 1800 AND 2200", name="since_year_is_plausible"),
        CheckConstraint("until_year BETWEEN 1800 AND 2200", name="until_year_is_plausible"),
        CheckConstraint("until_year >= since_year", name="years_in_order"),
        CheckConstraint("state = 'stopped' OR until_year IS NULL", name="only_stopped_has_an_end"),
        CheckConstraint("version > 0", name="version_is_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[AdoptionState] = mapped_column(choice_type(AdoptionState))
    since_year: Mapped[int | None] = mapped_column(comment="since when, or from when it is planned")
    until_year: Mapped[int | None]
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH), comment="of the two texts")
    adapted: Mapped[str] = mapped_column(default="", comment="what was changed to fit")
    experience: Mapped[str] = mapped_column(default="", comment="how it went")
    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id", ondelete="SET NULL"), index=True, comment="who reported it, and whom to ask"
    )
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now, comment="when somebody last said so")

    practice: Mapped[Practice] = relationship()
    municipality: Mapped[Organisation] = relationship()
    account: Mapped[Account | None] = relationship()


class Call(Base):
    """The library asks for practices where it has none, or too few.

    ``version`` rises with every change, so that two advisers notice each other.
    """

    __tablename__ = "call"
    __table_args__ = (
        spoken("original_language"),
        CheckConstraint("theme_id LIKE 'themes/%'", name="theme_is_a_theme"),
        CheckConstraint("agency_id LIKE 'agencies/%'", name="agency_is_an_agency"),
        CheckConstraint("target_group_id LIKE 'target-groups/%'", name="target_group_is_one"),
        CheckConstraint("prevention_level_id LIKE 'prevention-levels/%'", name="prevention_level_is_one"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_date"),
        CheckConstraint("version > 0", name="version_is_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[CallState] = mapped_column(choice_type(CallState), default=CallState.OPEN, index=True)
    version: Mapped[int] = mapped_column(default=1)
    theme_id: Mapped[str] = concept_reference(index=True)
    agency_id: Mapped[str | None] = concept_reference(nullable=True)
    target_group_id: Mapped[str | None] = concept_reference(nullable=True)
    prevention_level_id: Mapped[str | None] = concept_reference(nullable=True)
    original_language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH))
    titles: Mapped[dict[str, str]] = mapped_column(
        Json, comment=f"language -> at most {MAX_TITLE_CHARACTERS} characters"
    )
    texts: Mapped[dict[str, str]] = mapped_column(Json, default=dict, comment="language -> what is asked for")
    closes_on: Mapped[date | None] = mapped_column(comment="the last day on which it is open")
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    opened_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]

    def is_open(self, today: date) -> bool:
        """Return whether it is asked for on a day: nobody has closed it, and its last day is not over."""
        return self.state is CallState.OPEN and (self.closes_on is None or self.closes_on >= today)

    def title_in(self, language: str) -> str:
        """Return the title in a language, else in the one it was written in."""
        return self.titles[best_language(language, self.titles, self.original_language)]

    def text_in(self, language: str) -> str:
        """Return what is asked for in a language, else in the one it was written in; may be empty."""
        return self.texts.get(language) or self.texts.get(self.original_language, "")
