"""Outgoing mail, written in the transaction of what it tells of, and news that waits for the daily digest."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from library.models.account import Account
from library.models.base import Base, now, spoken


class Mail(Base):
    """One letter, rendered for its receiver and waiting to be sent, or sent."""

    __tablename__ = "mail"
    __table_args__ = (
        spoken("language"),
        CheckConstraint("sent_at IS NULL OR failed_at IS NULL", name="sent_or_failed"),
        CheckConstraint("attempts >= 0", name="attempts_are_counted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(String(255))
    language: Mapped[str] = mapped_column(String(2))
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str]
    html: Mapped[str]
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    not_before: Mapped[datetime] = mapped_column(default=now, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(String(300), default="")
    sent_at: Mapped[datetime | None] = mapped_column(index=True)
    failed_at: Mapped[datetime | None] = mapped_column(comment="when it was given up")


class Notice(Base):
    """Something worth knowing that needs nobody at once; it goes into the receiver's next daily digest."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    params: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="what the sentence of this kind needs")
    path: Mapped[str] = mapped_column(String(300), default="", comment="where it can be seen, without language")
    created_at: Mapped[datetime] = mapped_column(default=now)
    digested_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()
