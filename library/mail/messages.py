"""From a row to a message as the standards want it (RFC 5322, 2045, 3834, 8058)."""

from __future__ import annotations

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any, Final

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from library.choices import MailChoice
from library.languages import DEFAULT
from library.mail.kinds import URGENCY, MailKind, Urgency
from library.mail.letters import address
from library.mail.transport import Refused
from library.models import Mail

POLICY: Final = SMTP.clone(max_line_length=250)  # so that no address in a header is folded, which would break it
STOP_PATH: Final = "/mail/stop/"
# What somebody still gets who stops mail of an urgency; what is not here cannot be stopped.
LESS: Final = {Urgency.NEWS: MailChoice.NEEDED, Urgency.NEEDED: MailChoice.DECISIONS}


def message_of(mail: Mail) -> EmailMessage:
    """Return a row as the message that is sent.

    :raises Refused: if its address is none.
    """
    message = EmailMessage(POLICY)
    message["Message-ID"] = mail.message_id
    message["Date"] = format_datetime(mail.created_at)
    message["From"] = sender()
    message["To"] = Address(addr_spec=receiver_of(mail))
    message["Subject"] = mail.subject
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if stop := stop_address(mail):
        message["List-Unsubscribe"] = f"<{stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = mail.language  # last: what is there before moves into the first part
    return message


def sender() -> Address:
    """Return from whom mail comes: the address of the settings, under the name of the library."""
    name, spec = parseaddr(current_app.config["MAIL_FROM"])
    return Address(display_name=name or current_app.config["SITE_NAME"], addr_spec=spec)


def receiver_of(mail: Mail) -> str:
    """Return the address of a letter as servers know it: names of other scripts in their ASCII form.

    :raises Refused: if it is no address.
    """
    local, _, domain = mail.address.rpartition("@")
    try:
        spec = f"{local}@{domain.encode('idna').decode('ascii')}"
        if Address(addr_spec=spec).addr_spec != spec or not local or not domain:
            raise ValueError(mail.address)
    except (ValueError, MessageError, IndexError) as error:
        raise Refused("this is no e-mail address", permanent=True) from error
    return spec


# --- stopping mail ---------------------------------------------------------------------------------------------------


def stop_address(mail: Mail) -> str:
    """Return where a letter of this kind can be stopped with one click; nothing for those that always come."""
    less = LESS.get(URGENCY[MailKind(mail.kind)])
    if less is None or mail.account_id is None:
        return ""
    token = _signer().dumps([mail.account_id, less.value])
    return address(STOP_PATH + str(token), mail.language or DEFAULT)


def stop_of(token: str) -> tuple[int, MailChoice] | None:
    """Return whose mail a token stops, and what they still get; ``None`` for one that is not ours."""
    try:
        account_id, choice = _signer().loads(token)
    except BadSignature:
        return None
    return int(account_id), MailChoice(choice)


def _signer() -> Any:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="stop-mail")
