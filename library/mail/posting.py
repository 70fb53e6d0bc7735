"""Writing mail, in the transaction of what it tells of. ``sending`` sends it after the commit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from library.mail.kinds import MailKind
from library.models import Account, Mail


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
    account_id = receiver.id if isinstance(receiver, Account) else None
    address = receiver.email if isinstance(receiver, Account) else receiver.address
    session.add(
        Mail(
            account_id=account_id,
            address=address,
            language=receiver.language,
            kind=kind,
            subject=str(params.get("title", kind)),
            text=path,
            html="",
            message_id=f"{id(params)}@{kind}",
        )
    )
