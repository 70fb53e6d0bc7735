"""Letters that a demo keeps as files, read back. Knows files and mail, and no request."""

from __future__ import annotations

import email
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

from library.errors import NotFound

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter as it was sent."""

    name: str
    subject: str
    receiver: str
    sent_at: datetime
    text: str
    html: str


def newest(folder: Path) -> list[Letter]:
    """Return the letters written last, the newest first."""
    paths = sorted(folder.glob("*.eml"), key=_order, reverse=True)[:MOST]
    return [_read(path) for path in paths]


def called(folder: Path, name: str) -> Letter:
    """Return one letter.

    :param name: of its file, without the ending; letters, digits and hyphens only.
    :raises NotFound: if there is none.
    """
    path = folder / f"{name}.eml"
    if not path.is_file():
        raise NotFound(name)
    return _read(path)


def _order(path: Path) -> tuple[str, int]:
    moment, _, number = path.stem.partition("-")
    return moment, int(number) if number.isdigit() else 0


def _read(path: Path) -> Letter:
    message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    return Letter(
        name=path.stem,
        subject=str(message["Subject"]),
        receiver=str(message["To"]),
        sent_at=parsedate_to_datetime(str(message["Date"])),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""
