"""Writing mail, in the transaction of what it tells of. ``sending`` sends it after the commit."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from library.choices import MailChoice
from library.languages import DEFAULT, LANGUAGES
from library.mail.kinds import URGENCY, MailKind, Urgency
from library.mail.letters import render, root
from library.models import Account, Mail, Notice

WANTED: Final[dict[MailChoice, frozenset[Urgency]]] = {
    MailChoice.ALL: frozenset(Urgency),
    MailChoice.NEEDED: frozenset(Urgency) - {Urgency.NEWS},
    MailChoice.DECISIONS: frozenset({Urgency.SAFETY, Urgency.DECISION}),
}
OUTLIVES_ITS_ACCOUNT: Final = frozenset({MailKind.ACCOUNT_ERASED})


@dataclass(frozen=True, slots=True)
class Stranger:
    """A receiver who has no account yet.

    :param language: in which the letter is written.
    """

    address: str
    language: str
    name: str = ""


def notify(session: Session, kind: MailKind, receiver: Account | Stranger, *, path: str = "", **params: Any) -> None:
    """Write a letter, or note news for the receiver's next digest, as urgency and their choice ask.

    :param path: where the receiver goes from there, without language: ``/submissions/17``, or ``/p/17``.
    :param params: what the words of this kind need, as JSON: ``title``, ``actor`` (a name), ``good``, ``reason`` …
    """
    urgency = URGENCY[kind]
    if isinstance(receiver, Stranger):
        write(session, kind, receiver, path=path, **params)
    elif not wants(receiver, urgency):
        return
    elif urgency is Urgency.NEWS:
        session.add(Notice(account_id=receiver.id, kind=kind, path=path, params=_storable(params)))
    else:
        write(session, kind, receiver, path=path, **params)


def wants(account: Account, urgency: Urgency) -> bool:
    """Return whether somebody gets mail of this urgency; a closed account hears of its safety alone."""
    if not account.active:
        return urgency is Urgency.SAFETY
    return urgency in WANTED[MailChoice(account.mail or MailChoice.ALL)]


def write(session: Session, kind: MailKind, receiver: Account | Stranger, *, path: str = "", **params: Any) -> Mail:
    """Write a letter that is sent at once, whatever its receiver chose; returned unflushed."""
    account = receiver if isinstance(receiver, Account) and kind not in OUTLIVES_ITS_ACCOUNT else None
    language = receiver.language if receiver.language in LANGUAGES else DEFAULT
    letter = render(kind, language, name=receiver.name or "", path=path, params=params)
    mail = Mail(
        account_id=account.id if account else None,
        address=receiver.address if isinstance(receiver, Stranger) else receiver.email,
        language=language,
        kind=kind,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        message_id=f"<{uuid.uuid4().hex}@{urlsplit(root()).hostname or 'localhost'}>",
    )
    session.add(mail)
    return mail


def _storable(params: dict[str, Any]) -> dict[str, str]:
    """Return what the words need as JSON: lazy words and numbers become text."""
    return {name: str(value) for name, value in params.items() if value is not None}
