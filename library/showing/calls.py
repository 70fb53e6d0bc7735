"""Calls for practices that are open, as home and the gap map show them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.choices import CallState
from library.models import Call


def open_calls(session: Session, *, today: date, limit: int) -> list[Call]:
    """Return what the library asks for now, what closes first before the rest; no job closes what is over."""
    still = Call.closes_on.is_(None) | (Call.closes_on >= today)
    query = select(Call).where(Call.state == CallState.OPEN, still)
    return list(session.scalars(query.order_by(Call.closes_on.is_(None), Call.closes_on, Call.id.desc()).limit(limit)))
