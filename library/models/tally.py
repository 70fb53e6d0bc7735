"""Counts of what readers look for and read. No person, no address, no time finer than a day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from library.models.base import LANGUAGE_LENGTH, Base, concept_reference, spoken


class SearchTally(Base):
    """How often words were searched for on a day, and how little they found. Kept for a short while."""

    __tablename__ = "search_tally"
    __table_args__ = (spoken("language"), CheckConstraint("searches > 0 AND found >= 0", name="counts_are_counts"))

    day: Mapped[date] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH), primary_key=True)
    words: Mapped[str] = mapped_column(String(200), primary_key=True)
    searches: Mapped[int]
    found: Mapped[int] = mapped_column(comment="practices, the last time")


class ConceptTally(Base):
    """How many searches of a day used a concept, by a filter or by one of its words."""

    __tablename__ = "concept_tally"
    __table_args__ = (CheckConstraint("searches > 0", name="counts_are_counts"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    concept_id: Mapped[str] = concept_reference(primary_key=True, index=True)
    searches: Mapped[int]


class ReadTally(Base):
    """How often a practice's page was read on a day."""

    __tablename__ = "read_tally"
    __table_args__ = (CheckConstraint("reads > 0", name="counts_are_counts"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(
        ForeignKey("practice.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    reads: Mapped[int]
