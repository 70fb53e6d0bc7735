"""Reports of municipalities, and people who belong to one."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any, Final

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from factories.people import sign_in
from factories.readers import Reader
from factories.records import an_account
from factories.submissions import account_called
from library.choices import AdoptionState, Role
from library.models import Account, Adoption, Organisation, Practice

_numbers: Final = count(1)


def municipality(session: Session, slug: str) -> Organisation:
    """Return the municipality of this name."""
    return session.scalars(select(Organisation).where(Organisation.slug == slug)).one()


def an_adoption(
    session: Session,
    practice: Practice,
    town: Organisation,
    *,
    state: AdoptionState = AdoptionState.IN_USE,
    said_at: datetime | None = None,
    **values: Any,
) -> Adoption:
    """Report that a municipality uses a practice; flushed, not committed.

    :param said_at: when somebody last said so; now by default.
    """
    report = Adoption(
        practice_id=practice.id,
        municipality_id=town.id,
        state=state,
        **{"since_year": 2021, "language": "en", "adapted": "One evening a week instead of two.", **values},
    )
    if said_at is not None:
        report.changed_at = said_at
    session.add(report)
    session.flush()
    return report


def somebody_of(app: Flask, session: Session, *slugs: str, role: Role = Role.MEMBER) -> tuple[Reader, Account]:
    """Return a browser in which somebody new has signed in who belongs to municipalities, and their account."""
    name = f"Somebody {next(_numbers)}"
    email = an_account(app, role, email=f"{name.lower().replace(' ', '-')}@example.org", name=name)
    account = account_called(session, email)
    join(session, account, *slugs)
    return sign_in(app, email), account


def join(session: Session, account: Account, *slugs: str) -> list[Organisation]:
    """Let an account belong to municipalities, and return these; committed."""
    towns = [municipality(session, slug) for slug in slugs]
    account.organisations += towns
    session.commit()
    return towns
