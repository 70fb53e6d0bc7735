"""Outgoing mail: written in the transaction of what it tells of, sent by the worker."""

from library.mail.kinds import MailKind
from library.mail.posting import Stranger, notify

__all__ = ["MailKind", "Stranger", "notify"]
