"""Ways out of the house for mail: an SMTP server over verified TLS, or, where none is set, files in a folder.

Knows SMTP and files; no database, and nothing of what a letter is about.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from library.errors import UnsafeConfiguration

TIMEOUT: Final = 30.0  # seconds for each answer of a server
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
PORTS: Final = {"smtp+starttls": 587, "smtps": 465, "smtp": 25}
GOING_AWAY: Final = 421  # the server closes the connection with it (RFC 5321 §3.8)


class Unreachable(Exception):
    """No server to send through: not found, not the one it should be, or it does not let us in."""


class Refused(Exception):
    """A server refused one letter.

    :param permanent: whether it will refuse the letter for ever.
    """

    def __init__(self, words: str, *, permanent: bool) -> None:
        super().__init__(words)
        self.permanent = permanent


class Dropped(Exception):
    """The connection ended amid a letter: whether it was taken is not known."""


class Line(Protocol):
    """An open way out."""

    def deliver(self, message: EmailMessage, *, sender: str, receiver: str, name: str) -> None:
        """Hand over one letter.

        :param name: of the letter, the same at every attempt.
        :raises Refused: if it is refused.
        :raises Dropped: if the way closed meanwhile.
        """


class Transport(Protocol):
    """A way out that can be opened."""

    def open(self) -> AbstractContextManager[Line]:
        """Open it for a batch of letters.

        :raises Unreachable: if that cannot be done.
        """


@dataclass(frozen=True, slots=True)
class Server:
    """An SMTP server. Certificate and host name are verified; in clear it is spoken to on this machine only.

    :param security: ``starttls``, ``tls`` from the first byte, or ``clear``.
    :param authorities: a file of certificate authorities to trust in place of the system's.
    """

    host: str
    port: int
    security: str
    user: str = ""
    password: str = ""
    authorities: str = ""

    @contextmanager
    def open(self) -> Iterator[Line]:
        """Connect, verify, sign in."""
        try:
            connection = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(f"{self.host}:{self.port}: {error}") from error
        try:
            yield _SmtpLine(connection)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                connection.quit()
            connection.close()

    def _connected(self) -> smtplib.SMTP:
        verified = ssl.create_default_context(cafile=self.authorities or None)
        connection: smtplib.SMTP
        if self.security == "tls":
            connection = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=verified)
        else:
            connection = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        try:
            if self.security == "starttls":
                connection.starttls(context=verified)
            if self.user:
                connection.login(self.user, self.password)
        except BaseException:
            connection.close()
            raise
        return connection


class _SmtpLine:
    def __init__(self, connection: smtplib.SMTP) -> None:
        self._connection = connection

    def deliver(self, message: EmailMessage, *, sender: str, receiver: str, name: str) -> None:  # noqa: ARG002 - a file's
        """Send one letter."""
        try:
            self._connection.send_message(message, from_addr=sender, to_addrs=[receiver])
        except smtplib.SMTPRecipientsRefused as error:
            code, words = error.recipients[receiver]
            raise _refusal(code, words, lasting=code >= 500) from error
        except smtplib.SMTPSenderRefused as error:  # our own address: a setting to mend, no fault of the letter
            raise _refusal(error.smtp_code, error.smtp_error, lasting=False) from error
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, error.smtp_error, lasting=error.smtp_code >= 500) from error
        except (smtplib.SMTPNotSupportedError, UnicodeError) as error:  # letters of other scripts in an address
            raise Refused(str(error), permanent=True) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Dropped(f"{type(error).__name__}: {error}") from error


def _refusal(code: int, words: bytes | str, *, lasting: bool) -> Refused | Dropped:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    if code == GOING_AWAY or code < 0:
        return Dropped(f"{code} {said}")
    return Refused(f"{code} {said}", permanent=lasting)


@dataclass(frozen=True, slots=True)
class Folder:
    """Writes each letter as a file, for development and the demo; nobody else on the machine can read them."""

    path: Path

    @contextmanager
    def open(self) -> Iterator[Line]:
        """Make the folder."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Unreachable(str(error)) from error
        yield self

    def deliver(self, message: EmailMessage, *, sender: str, receiver: str, name: str) -> None:  # noqa: ARG002 - a server's
        """Write one letter, whole or not at all; a second attempt writes over the first."""
        fresh = self.path / f".{name}.part"
        try:
            fresh.unlink(missing_ok=True)
            fresh.touch(mode=0o600)
            fresh.write_bytes(bytes(message))
            fresh.rename(self.path / f"{name}.eml")
        except OSError as error:
            raise Dropped(str(error)) from error


def server_at(url: str, *, password: str = "", authorities: str = "") -> Server:
    """Return the server that a setting names.

    :param url: such as ``smtp+starttls://user:password@mail.example.org:587``.
    :param password: in place of one in the address.
    :raises UnsafeConfiguration: if it names none, or mail would cross a network unprotected.
    """
    wanted = "LIBRARY_MAIL_URL must be smtp+starttls://user:password@host:587 or smtps://user:password@host:465"
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (KeyError, ValueError):
        raise UnsafeConfiguration(wanted) from None
    host = parts.hostname or ""
    if not host or parts.path.strip("/") or parts.query or parts.fragment:
        raise UnsafeConfiguration(wanted)
    security = {"smtp+starttls": "starttls", "smtps": "tls", "smtp": "clear"}[parts.scheme]
    if security == "clear" and host not in LOOPBACK:
        raise UnsafeConfiguration(f"{wanted}; smtp:// sends in clear, which is for this machine only, not {host}")
    secret = password or unquote(parts.password or "")
    return Server(host, port, security, unquote(parts.username or ""), secret, authorities)
