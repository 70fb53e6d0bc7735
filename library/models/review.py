"""What advisers say about a submission: comments, checklist and evidence panel, second opinions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from library.choices import ReviewLabel, Verdict
from library.models.account import Account
from library.models.base import Base, choice_type, concept_reference, now


class Comment(Base):
    """A remark on one field of a submission, or an answer to one."""

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint("length(trim(body)) > 0", name="body_is_not_blank"),
        CheckConstraint("parent_id <> id", name="does_not_answer_itself"),
        CheckConstraint("parent_id IS NULL OR resolved_at IS NULL", name="threads_are_resolved_as_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id", ondelete="CASCADE"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    field: Mapped[str] = mapped_column(String(60), comment="name of the field in the template; empty: the whole")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    author: Mapped[Account | None] = relationship(foreign_keys=[author_id])
    replies: Mapped[list[Comment]] = relationship(order_by="Comment.id", cascade="all, delete-orphan")


class Assessment(Base):
    """An adviser's working sheet on a submission: the checklist, and what the practice page will show of evidence."""

    __tablename__ = "assessment"
    __table_args__ = (
        CheckConstraint("evidence_stage_id LIKE 'evidence-stages/%'", name="stage_is_a_stage"),
        CheckConstraint("outcome_id LIKE 'outcomes/%'", name="outcome_is_an_outcome"),
        CheckConstraint("version > 0", name="version_is_positive"),
    )

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    checklist: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="criterion -> {met, note}")
    grades: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="dimension -> {grade, reason}")
    evidence_stage_id: Mapped[str | None] = concept_reference(nullable=True)
    outcome_id: Mapped[str | None] = concept_reference(nullable=True)
    review_label: Mapped[ReviewLabel | None] = mapped_column(choice_type(ReviewLabel))
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    changed_at: Mapped[datetime] = mapped_column(default=now)


class Opinion(Base):
    """A second opinion: what one adviser asks another, and the answer."""

    __tablename__ = "opinion"
    __table_args__ = (
        CheckConstraint("(given_at IS NULL) = (answer IS NULL)", name="given_has_answer"),
        CheckConstraint("length(trim(answer)) > 0", name="answer_is_not_blank"),
        CheckConstraint("asked_by_id <> adviser_id", name="of_somebody_else"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id", ondelete="CASCADE"), index=True)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    adviser_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    question: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime] = mapped_column(default=now)
    verdict: Mapped[Verdict | None] = mapped_column(choice_type(Verdict))
    answer: Mapped[str | None]
    given_at: Mapped[datetime | None]

    asked_by: Mapped[Account | None] = relationship(foreign_keys=[asked_by_id])
    adviser: Mapped[Account | None] = relationship(foreign_keys=[adviser_id])
