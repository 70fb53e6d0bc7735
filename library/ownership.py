"""Who answers for a published practice: its authors, and the people of the organisation that owns it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from library.choices import Role as RoleChoice
from library.models import Account, Organisation, Practice, PracticeAuthor, Role


def owners(session: Session, practice: Practice) -> list[Account]:
    """Return the active accounts that may confirm a practice and are told what becomes of it, in order of joining.

    Authors, whatever their role; of the organisation that owns it, those who may write.
    """
    writes = exists().where(PracticeAuthor.account_id == Account.id, PracticeAuthor.practice_id == practice.id)
    belongs = Account.organisations.any(Organisation.id == practice.owner_id) & Account.roles.any(
        Role.name != RoleChoice.MEMBER
    )
    query = select(Account).where(Account.active, or_(writes, belongs)).order_by(Account.id)
    return list(session.scalars(query))


def has_owner() -> ColumnElement[bool]:
    """Return the condition that a practice has an account that answers for it; says what ``owners`` says."""
    wrote = exists().where(
        PracticeAuthor.practice_id == Practice.id, PracticeAuthor.account_id == Account.id, Account.active
    )
    belongs = exists().where(
        Account.active,
        Account.organisations.any(Organisation.id == Practice.owner_id),
        Account.roles.any(Role.name != RoleChoice.MEMBER),
    )
    return or_(wrote, belongs)
