"""Suggested words, as advisers and those who made them read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from library.choices import SuggestionState
from library.errors import NotFound
from library.models import Account, ConceptSuggestion
from library.record import BY_NAME, FIELDS
from library.vocabulary.desk_queries import name_of, schemes
from library.vocabulary.fixed import CLOSED

SUGGESTIONS_A_PAGE: Final = 30
MOST_OWN: Final = 20


def suggestable(session: Session, language: str) -> list[tuple[str, str]]:
    """Return the vocabularies on which forms draw and which may grow: (code, name), in the order of the form."""
    drawn = [field.vocabulary for field in FIELDS if field.vocabulary]
    drawn += [column.vocabulary for column in BY_NAME["agencies"].columns if column.vocabulary]
    there = schemes(session)
    codes = dict.fromkeys(code for code in (*drawn, "thesaurus") if code in there and code not in CLOSED)
    return [(code, name_of(there[code], language)) for code in codes]


def queue(session: Session, state: SuggestionState, *, page: int) -> tuple[Sequence[ConceptSuggestion], int]:
    """Return suggestions in a state: those that wait longest first, those decided the last first."""
    query = select(ConceptSuggestion).where(ConceptSuggestion.state == state)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    waiting = state is SuggestionState.OPEN
    order = ConceptSuggestion.id.asc() if waiting else ConceptSuggestion.decided_at.desc()
    query = query.options(joinedload(ConceptSuggestion.account)).order_by(order)
    rows = session.scalars(query.limit(SUGGESTIONS_A_PAGE).offset((page - 1) * SUGGESTIONS_A_PAGE))
    return rows.all(), total


def counts(session: Session) -> dict[SuggestionState, int]:
    """Return how many suggestions are in each state."""
    query = select(ConceptSuggestion.state, func.count()).group_by(ConceptSuggestion.state)
    found = dict(session.execute(query).all())
    return {state: found.get(state, 0) for state in SuggestionState}


def suggestion(session: Session, identifier: int) -> ConceptSuggestion:
    """Return one suggestion.

    :raises NotFound: if there is none.
    """
    found = session.get(ConceptSuggestion, identifier)
    if found is None:
        raise NotFound(str(identifier))
    return found


def own(session: Session, account: Account) -> Sequence[ConceptSuggestion]:
    """Return what somebody has suggested, the last first."""
    mine = select(ConceptSuggestion).where(ConceptSuggestion.account_id == account.id)
    return session.scalars(mine.order_by(ConceptSuggestion.id.desc()).limit(MOST_OWN)).all()
