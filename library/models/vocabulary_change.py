"""What advisers did to the vocabularies, so that it can be undone, and the words that others have asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from library.choices import SuggestionState
from library.models.account import Account
from library.models.base import (
    CONCEPT_ID_LENGTH,
    LANGUAGE_LENGTH,
    Base,
    Json,
    choice_type,
    concept_reference,
    now,
    spoken,
)


class ConceptChange(Base):
    """One change of a vocabulary: what it touched, as it was before and after.

    Concept and scheme are named, not referred to: undoing that they were added removes them, and the entry stays.
    """

    __tablename__ = "concept_change"
    __table_args__ = (CheckConstraint("undone_at IS NOT NULL OR undone_by_id IS NULL", name="undone_has_date"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_code: Mapped[str] = mapped_column(String(60), index=True)
    concept_id: Mapped[str] = mapped_column(String(CONCEPT_ID_LENGTH), index=True)
    deed: Mapped[str] = mapped_column(String(40))
    before: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id", ondelete="SET NULL"), index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    actor: Mapped[Account | None] = relationship(foreign_keys=[actor_id])


class ConceptSuggestion(Base):
    """A word that a contributor missed: a new concept, or another word for one that exists."""

    __tablename__ = "concept_suggestion"
    __table_args__ = (
        spoken("language"),
        CheckConstraint("length(trim(label)) > 0", name="label_is_not_blank"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_has_date"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_code: Mapped[str] = mapped_column(ForeignKey("concept_scheme.code"), index=True)
    concept_id: Mapped[str | None] = concept_reference(nullable=True, index=True)
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH))
    label: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(default="", comment="what it would be used for")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    state: Mapped[SuggestionState] = mapped_column(
        choice_type(SuggestionState), default=SuggestionState.OPEN, index=True
    )
    created_at: Mapped[datetime] = mapped_column(default=now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    answer: Mapped[str] = mapped_column(default="")

    account: Mapped[Account | None] = relationship(foreign_keys=[account_id])
