"""What a municipality's own page reads. Each function runs a fixed number of statements, whatever the data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, or_, select, union_all
from sqlalchemy.orm import Session, selectinload

from library.access import is_at_the_desk, is_author, reviews
from library.adoptions import counted, is_of_another
from library.choices import AdoptionState, OrganisationKind, PracticeState, Role, Status, SubmissionState
from library.exchange.similar import City
from library.models import (
    Account,
    Adoption,
    Membership,
    Organisation,
    Practice,
    PracticeAuthor,
    PracticeConcept,
    PracticePlace,
    ReadTally,
    Submission,
    SubmissionAuthor,
)

ADOPTERS_NAMED = 3
OVER = (Status.ENDED, Status.DISCONTINUED)
IN_THE_MAKING = (
    SubmissionState.DRAFT,
    SubmissionState.CHANGES_REQUESTED,
    SubmissionState.SUBMITTED,
    SubmissionState.IN_REVIEW,
)


# --- what it has shared ----------------------------------------------------------------------------------------------


def _shared_by(municipality_id: int) -> ColumnElement[bool]:
    housed = select(PracticePlace.practice_id).where(PracticePlace.municipality_id == municipality_id)
    published = Practice.state == PracticeState.PUBLISHED
    return published & or_(Practice.owner_id == municipality_id, Practice.id.in_(housed))


def shared(session: Session, municipality_id: int, *, limit: int | None) -> list[Practice]:
    """Return the published practices that a municipality owns or houses, its own and the newest first."""
    query = select(Practice).where(_shared_by(municipality_id)).options(selectinload(Practice.texts), counted())
    own = Practice.owner_id.is_not_distinct_from(municipality_id)
    query = query.order_by(own.desc(), Practice.published_at.desc(), Practice.id)
    return list(session.scalars(query.limit(limit)))


def count_shared(session: Session, municipality_id: int) -> int:
    """Return how many there are."""
    return session.scalar(select(func.count()).select_from(Practice).where(_shared_by(municipality_id))) or 0


def readings(session: Session, ids: Collection[int], *, since: date) -> Mapping[int, int]:
    """Return how often practices were read since a day."""
    query = select(ReadTally.practice_id, func.sum(ReadTally.reads))
    rows = session.execute(
        query.where(ReadTally.practice_id.in_(ids), ReadTally.day >= since).group_by(ReadTally.practice_id)
    )
    return {practice_id: int(reads) for practice_id, reads in rows}


def adopters(session: Session, ids: Collection[int], language: str) -> Mapping[int, Sequence[str]]:
    """Return the names of the first few municipalities in which practices are in use, the latest report first."""
    turn = func.row_number().over(partition_by=Adoption.practice_id, order_by=(Adoption.changed_at.desc(), Adoption.id))
    ranked = select(Adoption.practice_id, Adoption.municipality_id, turn.label("turn")).join(Adoption.practice)
    ranked = ranked.where(Adoption.practice_id.in_(ids), Adoption.state == AdoptionState.IN_USE, is_of_another())
    first = ranked.subquery()
    query = select(first.c.practice_id, Organisation.name, Organisation.names).join(
        Organisation, Organisation.id == first.c.municipality_id
    )
    found: dict[int, list[str]] = defaultdict(list)
    for practice_id, name, names in session.execute(query.where(first.c.turn <= ADOPTERS_NAMED).order_by(first.c.turn)):
        found[practice_id].append(names.get(language, name))
    return found


def themes_of(session: Session, municipality_id: int) -> set[str]:
    """Return the themes of all that a municipality has shared."""
    query = select(PracticeConcept.concept_id).distinct().join(Practice, Practice.id == PracticeConcept.practice_id)
    return set(session.scalars(query.where(_shared_by(municipality_id), PracticeConcept.concept_id.like("themes/%"))))


# --- what needs somebody ---------------------------------------------------------------------------------------------


def to_confirm(session: Session, municipality_id: int, *, by: date, limit: int | None) -> list[Practice]:
    """Return the practices that a municipality owns and that are to be confirmed by a day, the latest first."""
    due = or_(Practice.confirm_by.is_(None), Practice.confirm_by <= by)
    query = select(Practice).where(Practice.owner_id == municipality_id, Practice.state == PracticeState.PUBLISHED, due)
    query = query.order_by(Practice.confirm_by.asc().nulls_last(), Practice.published_at, Practice.id)
    return list(session.scalars(query.options(selectinload(Practice.texts)).limit(limit)))


def count_to_confirm(session: Session, municipality_id: int, *, by: date) -> int:
    """Return how many there are."""
    due = or_(Practice.confirm_by.is_(None), Practice.confirm_by <= by)
    query = select(func.count()).where(Practice.owner_id == municipality_id, Practice.state == PracticeState.PUBLISHED)
    return session.scalar(query.where(due)) or 0


def answers_for(session: Session, actor: Account, practices: Collection[Practice]) -> set[int]:
    """Return those of some practices that somebody may confirm; says what ``ownership.owners`` says."""
    wrote = select(PracticeAuthor.practice_id).where(
        PracticeAuthor.account_id == actor.id, PracticeAuthor.practice_id.in_([practice.id for practice in practices])
    )
    writes = any(Role(role.name) is not Role.MEMBER for role in actor.roles)
    own = {body.id for body in actor.organisations} if writes else set()
    return {*session.scalars(wrote), *(practice.id for practice in practices if practice.owner_id in own)}


def in_the_making(
    session: Session, municipality: Organisation, actor: Account, *, limit: int | None
) -> list[Submission]:
    """Return what is being written that concerns a municipality, as far as somebody may know of it, the latest first.

    It concerns the municipality that owns it, that an author writes for, or, while nobody owns it, that an author
    belongs to.
    """
    belongs = SubmissionAuthor.account.has(Account.organisations.any(Organisation.id == municipality.id))
    concerns = or_(
        Submission.owner_id == municipality.id,
        Submission.authors.any(SubmissionAuthor.organisation_id == municipality.id),
        Submission.owner_id.is_(None) & Submission.authors.any(belongs),
    )
    writes = Submission.authors.any(SubmissionAuthor.account_id == actor.id)
    known = or_(writes, Submission.submitted_at.is_not(None)) if reviews(actor) else writes
    query = select(Submission).where(Submission.state.in_(IN_THE_MAKING), concerns, known)
    query = query.options(selectinload(Submission.authors)).order_by(Submission.changed_at.desc(), Submission.id)
    return [found for found in session.scalars(query.limit(limit)) if _may_know(found, actor)]


def _may_know(submission: Submission, actor: Account) -> bool:
    return is_author(submission, actor) or (reviews(actor) and is_at_the_desk(submission))


# --- what others use -------------------------------------------------------------------------------------------------


def cities(session: Session) -> list[City]:
    """Return what is known of all municipalities, for ``similar``.

    A city uses what it reports so, and what is done there or belongs to it and has not ended.
    """
    networks: dict[int, set[int]] = defaultdict(set)
    for member, network in session.execute(select(Membership.member_id, Membership.network_id)):
        networks[member].add(network)
    themes: dict[int, list[str]] = defaultdict(list)
    for practice_id, theme in session.execute(_themes()):
        themes[practice_id].append(theme)
    uses: dict[int, set[int]] = defaultdict(set)
    for municipality_id, practice_id in session.execute(_uses()):
        uses[municipality_id].add(practice_id)
    query = select(Organisation.id, Organisation.country_id, Organisation.population)
    return [
        City(
            identifier,
            country,
            population,
            networks=frozenset(networks[identifier]),
            themes=frozenset(theme for practice_id in uses[identifier] for theme in themes[practice_id]),
            uses=frozenset(uses[identifier]),
        )
        for identifier, country, population in session.execute(
            query.where(Organisation.kind == OrganisationKind.MUNICIPALITY)
        )
    ]


def _themes() -> Select[int, str]:
    query = select(PracticeConcept.practice_id, PracticeConcept.concept_id).join(Practice)
    return query.where(PracticeConcept.concept_id.like("themes/%"), Practice.state == PracticeState.PUBLISHED)


def _uses() -> CompoundSelect[Any, Any]:
    published = Practice.state == PracticeState.PUBLISHED
    going_on = or_(Practice.status.is_(None), Practice.status.not_in(OVER))
    return union_all(
        select(PracticePlace.municipality_id, PracticePlace.practice_id).join(Practice).where(published, going_on),
        select(Practice.owner_id, Practice.id).where(Practice.owner_id.is_not(None), published, going_on),
        select(Adoption.municipality_id, Adoption.practice_id)
        .join(Practice)
        .where(published, Adoption.state == AdoptionState.IN_USE),
    )


def known_to(session: Session, municipality_id: int) -> set[int]:
    """Return the practices that need no suggesting: reported about in whatever state, shared, or ended here."""
    housed = select(PracticePlace.practice_id).where(PracticePlace.municipality_id == municipality_id)
    owned = select(Practice.id).where(Practice.owner_id == municipality_id)
    reported = select(Adoption.practice_id).where(Adoption.municipality_id == municipality_id)
    return set(session.scalars(union_all(housed, owned, reported)))


def named(session: Session, ids: Collection[int], language: str) -> Mapping[int, str]:
    """Return what readers of a language call organisations."""
    query = select(Organisation.id, Organisation.name, Organisation.names).where(Organisation.id.in_(ids))
    return {identifier: names.get(language, name) for identifier, name, names in session.execute(query)}


def practices(session: Session, ids: Sequence[int]) -> list[Practice]:
    """Return practices with their texts, in the order of ``ids``."""
    query = select(Practice).where(Practice.id.in_(ids)).options(selectinload(Practice.texts))
    found = {practice.id: practice for practice in session.scalars(query)}
    return [found[identifier] for identifier in ids if identifier in found]
