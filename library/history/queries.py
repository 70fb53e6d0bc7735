"""What the pages of a practice's history read, each with a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from library.choices import PracticeState
from library.errors import Erased, NotFound
from library.models import Practice, Revision


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list of revisions; what it said is not read."""

    number: int
    published_at: datetime
    note: str


def practice(session: Session, slug: str) -> Practice:
    """Return a practice with its texts.

    :raises NotFound: if there never was one at this address.
    :raises Erased: if there was one.
    """
    query = select(Practice).where(Practice.slug == slug).options(selectinload(Practice.texts))
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(slug)
    if found.state is PracticeState.ERASED:
        raise Erased(found.erased_at or found.revised_at)
    return found


def revisions(session: Session, practice_id: int, *, limit: int, offset: int = 0) -> tuple[list[Entry], int]:
    """Return the revisions of a practice, the latest first, and how many there are."""
    mine = Revision.practice_id == practice_id
    columns = select(Revision.number, Revision.published_at, Revision.note).where(mine)
    rows = session.execute(columns.order_by(Revision.number.desc()).limit(limit).offset(offset))
    total = session.scalar(select(func.count()).where(mine)) or 0
    return [Entry(row.number, row.published_at, row.note) for row in rows], total


def content(session: Session, practice_id: int, number: int) -> Mapping[str, Any]:
    """Return what a practice said in one revision.

    :raises NotFound: if it has none of this number.
    """
    query = select(Revision.content).where(Revision.practice_id == practice_id, Revision.number == number)
    found: Mapping[str, Any] | None = session.scalar(query)
    if found is None:
        raise NotFound(f"revision {number}")
    return found
