"""What the pages about the site ask of the database."""

from __future__ import annotations

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from library.choices import PracticeState
from library.models import Practice


def practices(session: Session) -> int:
    """Return how many practices are published."""
    return session.scalar(select(func.count()).where(Practice.state == PracticeState.PUBLISHED)) or 0


def can_be_read(session: Session) -> bool:
    """Return whether the database answers."""
    try:
        session.execute(text("SELECT 1"))
    except Exception:  # whatever the driver raises, the answer is the same
        return False
    return True
