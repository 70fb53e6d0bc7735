"""Reports of municipalities, and people who belong to one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.choices import AdoptionState
from library.models import Account, Adoption, Organisation, Practice


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


def join(session: Session, account: Account, *slugs: str) -> list[Organisation]:
    """Let an account belong to municipalities, and return these; committed."""
    towns = [municipality(session, slug) for slug in slugs]
    account.organisations += towns
    session.commit()
    return towns
