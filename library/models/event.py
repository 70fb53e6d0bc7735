"""The log of state changes: who, when, why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from library.choices import PracticeState
from library.models.base import Base, choice_type, now


class Event(Base):
    """One step of a practice from a state to another, written in the transaction of the step itself."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"), index=True)
    step: Mapped[str] = mapped_column(String(40))
    from_state: Mapped[PracticeState | None] = mapped_column(choice_type(PracticeState, "from_state"))
    to_state: Mapped[PracticeState] = mapped_column(choice_type(PracticeState, "to_state"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
