"""Which municipalities plan, use or have stopped using what, as the public sees it.

An owner uses its own work without adopting it: what an owner's municipality once reported is left out everywhere.
Knows models; decides nothing about who may report.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, joinedload, with_expression
from sqlalchemy.sql.base import ExecutableOption

from library.choices import AdoptionState, PracticeState
from library.models import Adoption, Practice

ORDER: Final = (AdoptionState.IN_USE, AdoptionState.PLANNED, AdoptionState.STOPPED)  # of states in a list
_RANK: Final = case({state.value: rank for rank, state in enumerate(ORDER)}, value=Adoption.state)


def is_of_another() -> ColumnElement[bool]:
    """Return the condition, on a report and its practice, that it comes from a municipality that does not own it."""
    return Practice.owner_id.is_distinct_from(Adoption.municipality_id)


def in_use() -> ColumnElement[int]:
    """Return the expression, in a query for practices, in how many municipalities each is in use."""
    users = select(func.count()).where(Adoption.practice_id == Practice.id, Adoption.state == AdoptionState.IN_USE)
    return users.where(is_of_another()).correlate(Practice).scalar_subquery()


def counted() -> ExecutableOption:
    """Let a query for practices say of each in how many municipalities it is in use, as ``Practice.in_use``."""
    return with_expression(Practice.in_use, in_use())


def adoptions_of(session: Session, practice: Practice, *, limit: int, offset: int = 0) -> list[Adoption]:
    """Return reports about a practice with their municipalities: in use, planned, stopped; the latest of each first."""
    query = select(Adoption).join(Adoption.practice).where(Practice.id == practice.id, is_of_another())
    query = query.options(joinedload(Adoption.municipality)).order_by(_RANK, Adoption.changed_at.desc(), Adoption.id)
    return list(session.scalars(query.limit(limit).offset(offset)))


def counts_of(session: Session, practice: Practice) -> Mapping[AdoptionState, int]:
    """Return how many municipalities plan, use and have stopped using a practice."""
    query = select(Adoption.state, func.count()).join(Adoption.practice)
    rows = session.execute(query.where(Practice.id == practice.id, is_of_another()).group_by(Adoption.state))
    return {AdoptionState(state): count for state, count in rows}


def adoptions_by(session: Session, municipality_id: int, *, limit: int | None, offset: int = 0) -> list[Adoption]:
    """Return what a municipality reports about published practices of others, in use first, with their texts."""
    query = select(Adoption).join(Adoption.practice).where(*_public_of(municipality_id))
    query = query.options(joinedload(Adoption.practice).selectinload(Practice.texts))
    query = query.order_by(_RANK, Adoption.since_year.desc().nulls_last(), Adoption.id)
    return list(session.scalars(query.limit(limit).offset(offset)))


def count_by(session: Session, municipality_id: int) -> int:
    """Return how many published practices of others a municipality has reported about."""
    query = select(func.count()).select_from(Adoption).join(Adoption.practice).where(*_public_of(municipality_id))
    return session.scalar(query) or 0


def _public_of(municipality_id: int) -> tuple[ColumnElement[bool], ...]:
    published = Practice.state == PracticeState.PUBLISHED
    return Adoption.municipality_id == municipality_id, published, is_of_another()
