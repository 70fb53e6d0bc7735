"""A practice's prose in one language."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from library.choices import Origin
from library.models.base import LANGUAGE_LENGTH, Base, choice_type, spoken
from library.record import MAX_TITLE_CHARACTERS


class PracticeText(Base):
    """Title, summary and sections in one language; ``sections`` is keyed by the names of ``record.SECTIONS``.

    ``made_from`` is the revision that brought the words as they stand, of the original too: a translation with a lower
    number is older than its original. Texts from before this was written down have none, and count as of the first.
    """

    __tablename__ = "practice_text"
    __table_args__ = (
        CheckConstraint(f"length(title) BETWEEN 1 AND {MAX_TITLE_CHARACTERS}", name="title_has_its_length"),
        CheckConstraint("length(trim(summary)) > 0", name="summary_is_not_blank"),
        spoken("language"),
        CheckConstraint("(origin = 'original') OR (made_from IS NOT NULL)", name="translation_names_its_revision"),
    )

    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH), primary_key=True)
    origin: Mapped[Origin] = mapped_column(choice_type(Origin), default=Origin.ORIGINAL)
    made_from: Mapped[int | None] = mapped_column(comment="number of the revision that a translation was made from")
    title: Mapped[str] = mapped_column(String(MAX_TITLE_CHARACTERS))
    summary: Mapped[str]
    sections: Mapped[dict[str, str]] = mapped_column(comment="section name -> Markdown")
