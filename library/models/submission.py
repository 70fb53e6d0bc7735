"""A proposed practice, or a proposed revision of one, in the making: its document, its authors, and what they typed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from library.choices import SubmissionState
from library.models.account import Account
from library.models.base import CONCEPT_ID_LENGTH, LANGUAGE_LENGTH, Base, choice_type, now, spoken
from library.models.organisation import Organisation
from library.models.practice import Practice
from library.record import MAX_TITLE_CHARACTERS

# A practice has one revision in the making at a time.
OPEN: Final = "state NOT IN ('accepted', 'declined', 'withdrawn')"


class Submission(Base):
    """What authors write. ``version`` rises with every save, so that two editors notice each other.

    ``document`` has the shape of the template and may lack anything. ``title`` and ``owner_id`` repeat what the
    document says, for lists and for the rule that nobody decides on their own organisation's work.
    """

    __tablename__ = "submission"
    __table_args__ = (
        spoken("language"),
        CheckConstraint("version > 0", name="version_is_positive"),
        CheckConstraint(
            "(practice_id IS NULL) = (base_revision IS NULL) OR state = 'accepted'", name="revises_a_revision"
        ),
        CheckConstraint("state <> 'accepted' OR practice_id IS NOT NULL", name="accepted_has_practice"),
        CheckConstraint("(state IN ('accepted', 'declined')) = (decided_at IS NOT NULL)", name="decided_has_date"),
        CheckConstraint("state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL", name="submitted_has_date"),
        CheckConstraint("state <> 'in-review' OR adviser_id IS NOT NULL", name="review_has_adviser"),
        Index(
            "uq_submission_open_revision",
            "practice_id",
            unique=True,
            sqlite_where=text(OPEN),
            postgresql_where=text(OPEN),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[SubmissionState] = mapped_column(
        choice_type(SubmissionState), default=SubmissionState.DRAFT, index=True
    )
    version: Mapped[int] = mapped_column(default=1)
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH), comment="in which the authors write first")
    document: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="in the shape of the template, unfinished")
    trail: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="path -> [[version, mark of the value], ...]: what editors saw, see drafting.versions"
    )
    title: Mapped[str] = mapped_column(String(MAX_TITLE_CHARACTERS), default="", comment="of the document, for lists")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    practice_id: Mapped[int | None] = mapped_column(
        ForeignKey("practice.id"), index=True, comment="what it revises, or what it became"
    )
    base_revision: Mapped[int | None] = mapped_column(comment="number of the revision that a proposed one began from")
    personal_data_checked: Mapped[str] = mapped_column(
        String(64), default="", comment="digest of the findings that an author has declared to be no personal data"
    )
    adviser_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    due_on: Mapped[date | None] = mapped_column(index=True, comment="when the adviser means to have answered")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    submitted_at: Mapped[datetime | None] = mapped_column(index=True)
    decided_at: Mapped[datetime | None]

    owner: Mapped[Organisation | None] = relationship()
    practice: Mapped[Practice | None] = relationship()
    adviser: Mapped[Account | None] = relationship(foreign_keys=[adviser_id])
    created_by: Mapped[Account | None] = relationship(foreign_keys=[created_by_id])
    authors: Mapped[list[SubmissionAuthor]] = relationship(
        back_populates="submission", cascade="all, delete-orphan", order_by="SubmissionAuthor.position"
    )
    rounds: Mapped[list[SubmissionRound]] = relationship(
        cascade="all, delete-orphan", order_by="SubmissionRound.number"
    )
    events: Mapped[list[SubmissionEvent]] = relationship(viewonly=True, order_by="SubmissionEvent.id")


class SubmissionAuthor(Base):
    """Somebody who writes a submission: for which agency, whether credited, and whether that agency's part is right."""

    __tablename__ = "submission_author"
    __table_args__ = (CheckConstraint("agency_id LIKE 'agencies/%'", name="agency_is_an_agency"),)

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, index=True)
    position: Mapped[int]
    agency_id: Mapped[str | None] = mapped_column(
        String(CONCEPT_ID_LENGTH), ForeignKey("concept.id", onupdate="CASCADE")
    )
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="SET NULL"))
    credited: Mapped[bool] = mapped_column(default=True, comment="named as author on the published page")
    joined_at: Mapped[datetime] = mapped_column(default=now)
    confirmed_at: Mapped[datetime | None] = mapped_column(comment="when they said that their agency's part is right")
    confirmed_part: Mapped[str] = mapped_column(String(64), default="", comment="digest of that part as it was then")

    submission: Mapped[Submission] = relationship(back_populates="authors")
    account: Mapped[Account] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class SubmissionRound(Base):
    """What was sent in: advisers read this, never what authors are still writing."""

    __tablename__ = "submission_round"
    __table_args__ = (
        UniqueConstraint("submission_id", "number"),
        CheckConstraint("number > 0", name="numbers_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id", ondelete="CASCADE"))
    number: Mapped[int]
    document: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(default="", comment="what the authors tell the adviser")
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    submitted_at: Mapped[datetime] = mapped_column(default=now)


class KeptEdit(Base):
    """What somebody typed while somebody else saved first; kept until its author has chosen field by field."""

    __tablename__ = "kept_edit"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    base_version: Mapped[int] = mapped_column(comment="of the submission, when the author began; 0 if nobody knows")
    fields: Mapped[dict[str, Any]] = mapped_column(comment="path in the document -> what was typed")
    created_at: Mapped[datetime] = mapped_column(default=now)
    resolved_at: Mapped[datetime | None]


class SubmissionEvent(Base):
    """Something that happened to a submission, as its authors see it on the timeline.

    Changes of state carry both states; other events (a comment, a new co-author) carry neither.
    """

    __tablename__ = "submission_event"
    __table_args__ = (CheckConstraint("(from_state IS NULL) OR (to_state IS NOT NULL)", name="leads_somewhere"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id", ondelete="CASCADE"), index=True)
    step: Mapped[str] = mapped_column(String(40))
    from_state: Mapped[SubmissionState | None] = mapped_column(choice_type(SubmissionState, "from_state"))
    to_state: Mapped[SubmissionState | None] = mapped_column(choice_type(SubmissionState, "to_state"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    good: Mapped[str] = mapped_column(default="", comment="what is good, in the adviser's words")
    reason: Mapped[str] = mapped_column(default="", comment="what is needed, or why")
    created_at: Mapped[datetime] = mapped_column(default=now)

    actor: Mapped[Account | None] = relationship()
