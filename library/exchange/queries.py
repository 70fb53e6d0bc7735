"""What is read of reports and municipalities. Each function runs a fixed number of statements, whatever the data."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from library.choices import OrganisationKind, PracticeState
from library.errors import Erased, NotFound
from library.models import Account, Adoption, Organisation, Practice, account_organisation


def practice_at(session: Session, slug: str) -> Practice:
    """Return a practice that the public sees, with its texts and its owner.

    :raises NotFound: if there is none at this address.
    :raises Erased: if there was one.
    """
    query = select(Practice).where(Practice.slug == slug)
    found = session.scalars(query.options(selectinload(Practice.texts), joinedload(Practice.owner))).one_or_none()
    if found is None:
        raise NotFound(slug)
    if found.erased_at is not None:
        raise Erased(found.erased_at)
    if found.state not in (PracticeState.PUBLISHED, PracticeState.ARCHIVED):
        raise NotFound(slug)
    return found


def municipality_at(session: Session, slug: str) -> Organisation:
    """Return a municipality.

    :raises NotFound: if there is none of this name.
    """
    query = select(Organisation).where(Organisation.slug == slug, Organisation.kind == OrganisationKind.MUNICIPALITY)
    found = session.scalars(query.options(selectinload(Organisation.memberships))).one_or_none()
    if found is None:
        raise NotFound(slug)
    return found


def municipalities_of(session: Session, account: Account) -> list[Organisation]:
    """Return the municipalities to which somebody belongs, by name."""
    own = select(account_organisation.c.organisation_id).where(account_organisation.c.account_id == account.id)
    query = select(Organisation).where(Organisation.id.in_(own), Organisation.kind == OrganisationKind.MUNICIPALITY)
    return list(session.scalars(query.order_by(Organisation.name)))


def people_of(session: Session, municipality_id: int) -> list[Account]:
    """Return the active accounts of a municipality."""
    belongs = Account.organisations.any(Organisation.id == municipality_id)
    return list(session.scalars(select(Account).where(Account.active, belongs).order_by(Account.id)))


def report_of(session: Session, practice: Practice, municipality: Organisation) -> Adoption | None:
    """Return what a municipality has reported about a practice, as it stands now."""
    query = select(Adoption).where(Adoption.practice_id == practice.id, Adoption.municipality_id == municipality.id)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def report_on(session: Session, practice: Practice, identifier: int) -> Adoption:
    """Return one report about a practice, with municipality and reporter.

    :raises NotFound: if there is none with this number, or it is about another practice.
    """
    query = select(Adoption).where(Adoption.id == identifier, Adoption.practice_id == practice.id)
    options = joinedload(Adoption.municipality), joinedload(Adoption.account)
    found = session.scalars(query.options(*options)).one_or_none()
    if found is None:
        raise NotFound(str(identifier))
    return found
