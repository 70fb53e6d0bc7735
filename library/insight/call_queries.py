"""What the pages of calls read, with a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from library.choices import CallState, PracticeState
from library.errors import NotFound
from library.lexicon import Lexicon
from library.models import Call, Practice, PracticeAgency, PracticeConcept
from library.showing.loading import CARD


def call(session: Session, identifier: int) -> Call:
    """Return a call, open or closed.

    :raises NotFound: if there is none.
    """
    found = session.get(Call, identifier)
    if found is None:
        raise NotFound(str(identifier))
    return found


def closed_calls(session: Session, *, today: date, limit: int) -> Sequence[Call]:
    """Return the calls that are closed, by somebody or by their date, the last first."""
    query = select(Call).where(or_(Call.state == CallState.CLOSED, Call.closes_on < today))
    return session.scalars(query.order_by(Call.opened_at.desc(), Call.id.desc()).limit(limit)).all()


def arrived(session: Session, asked: Call, lexicon: Lexicon, *, limit: int) -> tuple[Sequence[Practice], int]:
    """Return the practices in the field of a call that were published since it was opened, and how many there are."""
    matching = (Practice.state == PracticeState.PUBLISHED, Practice.published_at >= asked.opened_at)
    wanted = [_in_field(identifier, lexicon) for identifier in _field_of(asked)]
    total = session.scalar(select(func.count()).select_from(Practice).where(*matching, *wanted)) or 0
    query = select(Practice).where(*matching, *wanted).options(*CARD)
    return session.scalars(query.order_by(Practice.published_at.desc(), Practice.id.desc()).limit(limit)).all(), total


def _field_of(asked: Call) -> list[str]:
    field = (asked.theme_id, asked.agency_id, asked.target_group_id, asked.prevention_level_id)
    return [identifier for identifier in field if identifier]


def _in_field(identifier: str, lexicon: Lexicon) -> ColumnElement[bool]:
    """Return the condition that a practice has a concept or one below it."""
    scheme = identifier.partition("/")[0]
    below = [entry.id for entry in lexicon.every(scheme) if identifier in lexicon.with_ancestors((entry.id,))]
    links = PracticeAgency if scheme == "agencies" else PracticeConcept
    return Practice.id.in_(select(links.practice_id).where(links.concept_id.in_(below)))
