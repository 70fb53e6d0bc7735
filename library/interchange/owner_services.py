"""Telling those who answer for practices what work in bulk did with them, in the words of what is done one by one."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from library.mail import MailKind, notify
from library.models import Account, Practice
from library.ownership import has_owner, owners


def tell_owners(
    session: Session, practices: Collection[int], kind: MailKind, *, actor: Account | None, reason: str = ""
) -> None:
    """Write to the owners of some practices; most have none, and cost nothing."""
    answered = select(Practice).where(Practice.id.in_(practices), has_owner()).order_by(Practice.id)
    name = actor.name if actor else ""
    for practice in session.scalars(answered.options(selectinload(Practice.texts))):
        for owner in owners(session, practice):
            title = practice.title_in(owner.language)
            notify(session, kind, owner, path=f"/p/{practice.id}", title=title, actor=name, reason=reason)
