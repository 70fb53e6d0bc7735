"""What upkeep reads: practices that somebody answers for, that nobody confirmed, that somebody claims."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from library.choices import Choice, ClaimState, PracticeState, Provenance
from library.choices import Role as RoleChoice
from library.errors import NotFound
from library.models import Account, Claim, Event, Organisation, Practice, PracticeAuthor, Role
from library.ownership import has_owner, owners
from library.workflow import Step

PER_PAGE: Final = 25


class Stale(Choice):
    """Why a practice stands on the advisers' list."""

    OVERDUE = "overdue", _l("Not confirmed in time")
    ENDED = "ended", _l("Ended, says its owner")
    NEVER = "never", _l("Never confirmed")
    COMPILED = "compiled", _l("Compiled, never confirmed")
    OWNERLESS = "ownerless", _l("Nobody to ask")


@dataclass(frozen=True, slots=True)
class StaleRow:
    """One line of the list."""

    practice: Practice
    has_owner: bool


def practice_at(session: Session, slug: str) -> Practice:
    """Return a published practice.

    :raises NotFound: if there is none at this address.
    """
    return _one(session, Practice.slug == slug)


def practice_with(session: Session, identifier: int) -> Practice:
    """Return a published practice.

    :raises NotFound: if there is none with this number.
    """
    return _one(session, Practice.id == identifier)


def _one(session: Session, which: ColumnElement[bool]) -> Practice:
    query = (
        select(Practice).where(which, Practice.state == PracticeState.PUBLISHED).options(selectinload(Practice.texts))
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("practice")
    return found


def owner_of(session: Session, practice: Practice, account_id: int) -> Account:
    """Return somebody who answers for a practice still.

    :raises NotFound: if they do not, or are gone.
    """
    found = next((owner for owner in owners(session, practice) if owner.id == account_id), None)
    if found is None:
        raise NotFound("owner")
    return found


def advisers(session: Session) -> list[Account]:
    """Return the advisers who can be told something."""
    query = select(Account).where(Account.active, Account.roles.any(Role.name == RoleChoice.ADVISER))
    return list(session.scalars(query.order_by(Account.id)))


def mine(session: Session, actor: Account) -> list[Practice]:
    """Return the published practices that somebody answers for, those to confirm first at the top."""
    wrote = exists().where(PracticeAuthor.practice_id == Practice.id, PracticeAuthor.account_id == actor.id)
    writes = any(RoleChoice(role.name) is not RoleChoice.MEMBER for role in actor.roles)
    belongs = Practice.owner_id.in_([body.id for body in actor.organisations]) if writes else wrote
    query = select(Practice).where(Practice.state == PracticeState.PUBLISHED, or_(wrote, belongs))
    query = query.order_by(Practice.confirm_by.asc().nulls_first(), Practice.id)
    return list(session.scalars(query.options(selectinload(Practice.texts))))


def has_ended(session: Session, practice: Practice) -> bool:
    """Return whether an owner said that the work has ended, and nothing has been heard since."""
    return session.scalar(select(_ended(practice.id))) or False


# --- stale practices -------------------------------------------------------------------------------------------------


def _ended(practice_id: Any) -> ColumnElement[bool]:
    def last(*steps: Step) -> Any:
        found = select(func.coalesce(func.max(Event.id), 0)).where(Event.practice_id == practice_id)
        return found.where(Event.step.in_(steps)).correlate(Practice).scalar_subquery()

    ended: ColumnElement[bool] = last(Step.REPORT_ENDED) > last(Step.CONFIRM, Step.REVISE, Step.RESTORE)
    return ended


def _condition(why: Stale, today: date) -> ColumnElement[bool]:
    compiled = Practice.provenance == Provenance.COMPILED
    conditions = {
        Stale.OVERDUE: Practice.confirm_by < today,
        Stale.ENDED: _ended(Practice.id),
        Stale.NEVER: Practice.confirm_by.is_(None) & ~compiled,
        Stale.COMPILED: Practice.confirm_by.is_(None) & compiled,
        Stale.OWNERLESS: ~has_owner() & ~(Practice.confirm_by.is_(None) & compiled),
    }
    return conditions[why]


def stale(session: Session, why: Stale, *, today: date, page: int) -> tuple[list[StaleRow], int]:
    """Return one page of the practices that are stale for a reason, the longest first, and how many there are."""
    condition = (Practice.state == PracticeState.PUBLISHED) & _condition(why, today)
    total = session.scalar(select(func.count()).select_from(Practice).where(condition)) or 0
    query = select(Practice, has_owner()).where(condition)
    query = query.options(selectinload(Practice.texts), joinedload(Practice.owner))
    query = query.order_by(Practice.confirm_by.asc().nulls_last(), Practice.published_at, Practice.id)
    rows = session.execute(query.limit(PER_PAGE).offset((page - 1) * PER_PAGE))
    return [StaleRow(practice, has_owner) for practice, has_owner in rows], total


def counts(session: Session, *, today: date) -> dict[Stale, int]:
    """Return how many practices are stale for each reason."""
    columns = [func.count().filter(_condition(why, today)) for why in Stale]
    row = session.execute(select(*columns).select_from(Practice).where(Practice.state == PracticeState.PUBLISHED)).one()
    return dict(zip(Stale, row, strict=True))


# --- claims ----------------------------------------------------------------------------------------------------------


def claims(session: Session) -> list[Claim]:
    """Return the claims that wait for an adviser, the oldest first."""
    query = select(Claim).where(Claim.state == ClaimState.OPEN).order_by(Claim.id)
    return list(session.scalars(query.options(*_CLAIM)))


def claim(session: Session, identifier: int) -> Claim:
    """Return one claim.

    :raises NotFound: if there is none with this number.
    """
    query = select(Claim).where(Claim.id == identifier).options(*_CLAIM)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(str(identifier))
    return found


def claim_of(session: Session, practice: Practice, actor: Account) -> Claim | None:
    """Return the claim that somebody made last of a practice."""
    query = select(Claim).where(Claim.practice_id == practice.id, Claim.account_id == actor.id)
    return session.scalars(query.order_by(Claim.id.desc()).limit(1)).one_or_none()


def bodies_of(practice: Practice, actor: Account) -> list[Organisation]:
    """Return the organisations for which somebody may plausibly claim a practice: its own, and theirs."""
    named = [practice.owner, *(partner.organisation for partner in practice.partners), *actor.organisations]
    return list({body.id: body for body in named if body is not None}.values())


_CLAIM: Final = (
    joinedload(Claim.account).selectinload(Account.organisations),
    joinedload(Claim.organisation),
    joinedload(Claim.practice).selectinload(Practice.texts),
    joinedload(Claim.practice).joinedload(Practice.owner),
)
