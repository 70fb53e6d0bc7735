"""Calling for practices: what advisers do when they see that something is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext
from sqlalchemy import update
from sqlalchemy.orm import Session

from library.auditing import audit
from library.choices import CallState
from library.errors import Overtaken
from library.models import Account, Call, now


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call says.

    :param language: the one it was first written in; it has a title.
    :param closes_on: the last day on which it is open.
    """

    theme_id: str
    agency_id: str | None
    target_group_id: str | None
    prevention_level_id: str | None
    titles: dict[str, str]
    texts: dict[str, str]
    language: str
    closes_on: date | None

    def put_into(self, call: Call) -> None:
        """Let a call say this."""
        call.theme_id, call.agency_id = self.theme_id, self.agency_id
        call.target_group_id, call.prevention_level_id = self.target_group_id, self.prevention_level_id
        call.titles, call.texts, call.closes_on = self.titles, self.texts, self.closes_on
        call.original_language = self.language


def publish_call(session: Session, asked: Asked, *, actor: Account) -> Call:
    """Ask for practices; it is public at once."""
    call = Call(opened_by_id=actor.id)
    asked.put_into(call)
    session.add(call)
    session.flush()
    audit(session, "call.open", actor=actor, subject=call)
    return call


def change_call(session: Session, call: Call, asked: Asked, *, actor: Account, version: int) -> None:
    """Let a call say something else.

    :param version: that the actor had before them.
    :raises Overtaken: if somebody else has changed it since.
    """
    _hold(session, call)
    if call.version != version:
        raise Overtaken(
            gettext("Somebody else has changed this call. What you wrote is below; saving it again replaces theirs.")
        )
    asked.put_into(call)
    _note(session, call, "call.change", actor)


def close_call(session: Session, call: Call, *, actor: Account) -> None:
    """Ask no more.

    :raises Overtaken: if it is closed already.
    """
    _hold(session, call)
    if call.state is CallState.CLOSED:
        raise Overtaken(gettext("It is closed already."))
    call.state, call.closed_at = CallState.CLOSED, now()
    _note(session, call, "call.close", actor)


def reopen_call(session: Session, call: Call, *, actor: Account, today: date) -> None:
    """Ask again; a last day that is over no longer counts.

    :raises Overtaken: if it is open already.
    """
    _hold(session, call)
    if call.is_open(today):
        raise Overtaken(gettext("It is open already."))
    call.state, call.closed_at = CallState.OPEN, None
    if call.closes_on and call.closes_on < today:
        call.closes_on = None
    _note(session, call, "call.reopen", actor)


def _note(session: Session, call: Call, deed: str, actor: Account) -> None:
    call.version += 1
    session.flush()
    audit(session, deed, actor=actor, subject=call)


def _hold(session: Session, call: Call) -> None:
    """Let nobody else change a call until this transaction ends, and read it as it is now.

    An UPDATE that changes nothing holds the row on PostgreSQL and the database on SQLite, which knows no row locks.
    """
    held = update(Call).where(Call.id == call.id).values(version=Call.version)
    session.execute(held.execution_options(synchronize_session=False))
    session.refresh(call)
