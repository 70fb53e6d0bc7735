"""Stopping mail."""

from __future__ import annotations

from sqlalchemy.orm import Session

from library.auditing import audit
from library.choices import MailChoice
from library.errors import NotFound
from library.models import Account

ORDER = tuple(MailChoice)  # from all mail to the least


def stop(session: Session, account_id: int, choice: MailChoice) -> Account:
    """Let somebody get less mail; who gets even less already keeps it so.

    :param choice: what they still get.
    :raises NotFound: if the account is gone.
    """
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound(str(account_id))
    if ORDER.index(MailChoice(account.mail)) < ORDER.index(choice):
        account.mail = choice
        audit(session, "account.mail-changed", actor=account, subject=account)
    return account
