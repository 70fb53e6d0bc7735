"""Bulk work: one batch is checked, brought in and undone as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from library.choices import BatchDeed, BatchKind, BatchState
from library.models.account import Account
from library.models.base import Base, Json, choice_type, now


class Batch(Base):
    """Work on many records at once, done by the worker, with how far it has come."""

    __tablename__ = "batch"
    __table_args__ = (
        CheckConstraint("done >= 0 AND total >= 0", name="progress_is_counted"),
        CheckConstraint("state <> 'undone' OR applied_at IS NOT NULL", name="undone_was_applied"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[BatchKind] = mapped_column(choice_type(BatchKind))
    state: Mapped[BatchState] = mapped_column(choice_type(BatchState), default=BatchState.WAITING, index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    filename: Mapped[str] = mapped_column(String(200), default="", comment="as its owner called it, made harmless")
    key: Mapped[str | None] = mapped_column(String(32), comment="name of the file in the store, until it is applied")
    options: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, comment="what to do, for a bulk edit")
    faults: Mapped[list[Any]] = mapped_column(Json, default=list, comment="what is wrong with the whole")
    done: Mapped[int] = mapped_column(default=0, comment="rows")
    total: Mapped[int] = mapped_column(default=0, comment="rows")
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    claimed_at: Mapped[datetime | None] = mapped_column(comment="when a worker last said that it is at it")
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]

    actor: Mapped[Account | None] = relationship()


class BatchRow(Base):
    """What a batch does with one record, and how the record was before and is after.

    The practice is named, not referred to: undoing that it was brought in removes it, and the row stays.
    """

    __tablename__ = "batch_row"
    __table_args__ = (Index("ix_batch_row_practice_id", "practice_id"),)

    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, comment="row of the table, as its program counts them")
    deed: Mapped[BatchDeed | None] = mapped_column(choice_type(BatchDeed), comment="none while the row has faults")
    warned: Mapped[bool] = mapped_column(default=False, comment="somebody should look before it is done")
    practice_id: Mapped[int | None]
    external_id: Mapped[str | None] = mapped_column(String(120), comment="that a new practice gets")
    title: Mapped[str] = mapped_column(String(200), default="")
    faults: Mapped[list[Any]] = mapped_column(Json, default=list, comment="{column, value, code, …} each")
    before: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, comment="{revision}: from which it starts")
    after: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, comment="{document}, later {revision}; {reason}")
