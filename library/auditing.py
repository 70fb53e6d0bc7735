"""Writing down who did what to which record when, in the transaction of the deed. Never what the record said.

Knows models and no request. ``advance`` and ``advance_submission`` write their own entries; every other verb that
changes something for others calls ``audit``.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import insert
from sqlalchemy.orm import Session

from library.models import Account, AuditEntry, Base


def audit(session: Session, action: str, *, actor: Account | None, subject: Base | None = None) -> None:
    """Write down one deed.

    :param action: what was done, as a code such as ``submission.submit`` or ``account.role-granted``.
    :param actor: who did it; ``None`` for the library itself.
    :param subject: the record, flushed.
    """
    session.add(
        AuditEntry(
            actor_id=actor.id if actor else None,
            action=action,
            subject_kind=type(subject).__tablename__ if subject is not None else "",
            subject_id=getattr(subject, "id", None),
        )
    )


def audit_many(
    session: Session, action: str, *, actor: Account | None, kind: type[Base], identifiers: Iterable[int]
) -> None:
    """Write down the same deed for many records of a kind, in one statement."""
    by = actor.id if actor else None
    entries = [
        {"actor_id": by, "action": action, "subject_kind": kind.__tablename__, "subject_id": number}
        for number in identifiers
    ]
    if entries:
        session.execute(insert(AuditEntry), entries, execution_options={"render_nulls": True})
