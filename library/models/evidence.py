"""What is known of effect: studies, other bodies' labels, and the advisers' profile."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from library.choices import Design, Dimension, Finding
from library.models.base import Base, choice_type


class Evaluation(Base):
    """One study of a practice. No finding means that its results were not seen."""

    __tablename__ = "evaluation"
    __table_args__ = (CheckConstraint("year BETWEEN 1800 AND 2200", name="year_is_plausible"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    by: Mapped[str | None] = mapped_column(String(300), comment="the organisation that made the study")
    year: Mapped[int | None]
    design: Mapped[Design] = mapped_column(choice_type(Design))
    finding: Mapped[Finding | None] = mapped_column(choice_type(Finding))
    summaries: Mapped[dict[str, str]] = mapped_column(default=dict, comment="language -> what it found")
    url: Mapped[str | None] = mapped_column(String(1000))


class Recognition(Base):
    """Another body's label or prize for a practice."""

    __tablename__ = "recognition"
    __table_args__ = (CheckConstraint("year BETWEEN 1800 AND 2200", name="year_is_plausible"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    body: Mapped[str] = mapped_column(String(300))
    label: Mapped[str] = mapped_column(String(300))
    year: Mapped[int | None]
    url: Mapped[str | None] = mapped_column(String(1000))


class KnowledgeGrade(Base):
    """An adviser's grade, A to D, on one dimension, with the sentence that gives its reason."""

    __tablename__ = "knowledge_grade"
    __table_args__ = (
        CheckConstraint("grade IN ('A', 'B', 'C', 'D')", name="grade_is_known"),
        CheckConstraint("length(trim(reason)) > 0", name="reason_is_given"),
        UniqueConstraint("practice_id", "dimension"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"))
    dimension: Mapped[Dimension] = mapped_column(choice_type(Dimension))
    grade: Mapped[str] = mapped_column(String(1))
    reason: Mapped[str]
