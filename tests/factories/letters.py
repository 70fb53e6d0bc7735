"""Letters that the library has written, and the forms to which they lead."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from factories.people import hidden
from factories.readers import Reader
from library.mail import MailKind
from library.models import Mail

NEW_PASSWORD = "otter lantern gravel moss"


def letters_to(session: Session, address: str) -> list[Mail]:
    """Return the letters to an address, oldest first."""
    session.rollback()
    return list(session.scalars(select(Mail).where(Mail.address == address).order_by(Mail.id)))


def last_letter(session: Session, address: str, kind: MailKind) -> Mail:
    """Return the last letter to an address, which must be of this kind."""
    letters = letters_to(session, address)
    assert letters, f"nobody wrote to {address}"
    assert letters[-1].kind == kind
    return letters[-1]


def link_in(letter: Mail, part: str) -> str:
    """Return the path of the link in a letter whose path holds this part."""
    links = [urlsplit(link).path for link in re.findall(r"https?://\S+", letter.text)]
    return next(link for link in links if part in link)


def send(reader: Reader, address: str, to: str = "", **fields: str) -> TestResponse:
    """Fill in the form at an address and send it.

    :param to: where it goes, if not back to its own address.
    """
    page = reader.read(address)
    return reader.post(to or address, data={"csrf_token": hidden(page)["csrf_token"], **fields})
