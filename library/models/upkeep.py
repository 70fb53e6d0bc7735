"""What keeps a published practice true: who wrote it, who claims it, what they were reminded of."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from library.choices import ClaimState
from library.models.account import Account
from library.models.base import CONCEPT_ID_LENGTH, Base, choice_type, now
from library.models.organisation import Organisation
from library.models.practice import Practice


class PracticeAuthor(Base):
    """Somebody who answers for a practice, and is credited on its page where they wanted to be.

    The name stays when the account goes, if they said so when they left; else the row goes too.
    """

    __tablename__ = "practice_author"
    __table_args__ = (
        UniqueConstraint("practice_id", "account_id"),
        CheckConstraint("agency_id LIKE 'agencies/%'", name="agency_is_an_agency"),
        CheckConstraint("length(trim(name)) > 0", name="name_is_not_blank"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    agency_id: Mapped[str | None] = mapped_column(
        String(CONCEPT_ID_LENGTH), ForeignKey("concept.id", onupdate="CASCADE")
    )
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="SET NULL"))
    credited: Mapped[bool] = mapped_column(default=True)

    practice: Mapped[Practice] = relationship()
    account: Mapped[Account | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class Claim(Base):
    """Somebody says: this practice, which the library compiled, is ours."""

    __tablename__ = "claim"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_has_date"),
        CheckConstraint("length(trim(message)) > 0", name="message_is_not_blank"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="SET NULL"))
    message: Mapped[str]
    state: Mapped[ClaimState] = mapped_column(choice_type(ClaimState), default=ClaimState.OPEN, index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    answer: Mapped[str] = mapped_column(default="")

    practice: Mapped[Practice] = relationship()
    account: Mapped[Account] = relationship(foreign_keys=[account_id])
    organisation: Mapped[Organisation | None] = relationship()


class Reminder(Base):
    """A reminder that was sent, so that none is sent twice."""

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("practice_id", "confirm_by", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"))
    confirm_by: Mapped[date] = mapped_column(comment="the date that it reminded of")
    kind: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(default=now)
