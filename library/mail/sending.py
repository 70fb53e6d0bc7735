"""Sending what is written: claimed by one worker, handed over once, tried again with growing pauses.

A worker claims a letter for ``LEASE`` and commits before it sends, so no other sends it meanwhile; should it die
between sending and writing that down, the letter is sent once more after the lease, under the same Message-ID.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from flask import Flask, current_app
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from library.errors import UnsafeConfiguration
from library.mail.kinds import URGENCY, MailKind, Urgency
from library.mail.letters import one_line
from library.mail.messages import message_of, receiver_of, sender
from library.mail.transport import Dropped, Folder, Line, Refused, Transport, Unreachable, server_at
from library.models import Mail, Notice, now

log = logging.getLogger(__name__)

BATCH: Final = 50  # letters over one connection
POLL: Final = 1.0  # seconds
LONGEST_POLL: Final = 600.0  # seconds between attempts to reach a server
LEASE: Final = timedelta(minutes=10)  # longer than any server takes over one letter
PAUSES: Final = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 480, 1440))  # after each attempt but the last
ATTEMPTS: Final = len(PAUSES) + 1
KEEP: Final = timedelta(days=30)
MAX_ERROR: Final = 300  # characters


def init_app(app: Flask) -> None:
    """Find the way out that the settings name; refuse to start with one that is not safe.

    :raises UnsafeConfiguration: if mail would cross a network in clear, or has no sender.
    """
    app.extensions["library-mail"] = _transport(app)
    if app.config["MAIL_URL"] and "@" not in app.config["MAIL_FROM"]:
        raise UnsafeConfiguration("LIBRARY_MAIL_FROM must be set to the address from which mail is sent")


def _transport(app: Flask) -> Transport | None:
    if url := app.config["MAIL_URL"]:
        return server_at(url, password=app.config["MAIL_PASSWORD"], authorities=app.config["MAIL_AUTHORITIES"])
    if app.config["DEMO"] or app.config["TESTING"]:
        return Folder(folder_of(app))
    return None


def folder_of(app: Flask) -> Path:
    """Return where letters are kept as files while no server is set."""
    return Path(app.instance_path, "mail")


class Sender:
    """Sends due letters of one database through one way out. Needs an application context.

    :param sessions: makes sessions for the database.
    """

    def __init__(self, sessions: sessionmaker[Session], transport: Transport) -> None:
        self._sessions = sessions
        self._transport = transport

    def step(self, at: datetime | None = None) -> int:
        """Send what is due over one connection.

        :param at: the moment to send at; now.
        :return: how many letters were handled, whether sent or refused.
        :raises Unreachable: if there is nothing to send through; every letter keeps its attempts.
        """
        at = at or now()
        with self._sessions() as session:
            due = _due(session, at)
        if not due:
            return 0
        try:
            with self._transport.open() as line:
                return self._send_all(line, due, at)
        except Unreachable as error:
            with self._sessions.begin() as session:
                session.execute(update(Mail).where(Mail.id.in_(due)).values(last_error=_short(error)))
            raise

    def _send_all(self, line: Line, due: Sequence[int], at: datetime) -> int:
        done = 0
        for identifier in due:
            mail = self._claimed(identifier, at)
            if mail is None:
                continue
            done += 1
            if not self._send(line, mail, at):
                break
        return done

    def _claimed(self, identifier: int, at: datetime) -> Mail | None:
        """Return a letter that is ours alone for a while, detached; ``None`` if another worker has it."""
        with self._sessions.begin() as session:
            mail = session.get(Mail, identifier)
            if mail is None or not _claim(session, mail, at):
                return None
            session.refresh(mail)
            session.expunge(mail)
            return mail

    def _send(self, line: Line, mail: Mail, at: datetime) -> bool:
        """Send one letter and write down how it went; return whether the way is still open."""
        try:
            name = f"{mail.created_at:%Y%m%dt%H%M%S}-{mail.id}"
            line.deliver(message_of(mail), sender=sender().addr_spec, receiver=receiver_of(mail), name=name)
        except Refused as error:
            self._note(mail, _given_up(error, at) if error.permanent else _later(mail, error, at))
        except Dropped as error:
            self._note(mail, _later(mail, error, at))
            return False
        except Exception as error:  # a fault of ours in this letter, which must not hold up the others
            log.exception("mail %s of kind %s could not be made", mail.id, mail.kind)
            self._note(mail, _later(mail, error, at))
        else:
            self._note(mail, _sent(mail, at))
        return True

    def _note(self, mail: Mail, values: dict[str, Any]) -> None:
        """Write down the end of an attempt, unless the lease ran out and another worker began one."""
        if values.get("last_error"):
            log.warning("mail %s of kind %s, attempt %s: not sent", mail.id, mail.kind, mail.attempts)
        mine = (Mail.id == mail.id, Mail.attempts == mail.attempts, Mail.sent_at.is_(None))
        with self._sessions.begin() as session:
            session.execute(update(Mail).where(*mine).values(**values))

    def run(self, stop: threading.Event) -> None:
        """Send until told to stop; while there is nothing to send through, ask less and less often."""
        pause = POLL
        while not stop.is_set():
            try:
                done = self.step()
            except Exception as error:
                pause = min(2 * pause, LONGEST_POLL)
                words = "mail cannot be sent (%s); trying again in %s s"
                log.warning(words, error, pause, exc_info=not isinstance(error, Unreachable))
                stop.wait(pause)
                continue
            pause = POLL
            if not done:
                stop.wait(POLL)


def run(stop: threading.Event, sessions: sessionmaker[Session]) -> None:
    """Send mail until told to stop; where no server is set, say so once and leave the mail waiting."""
    transport: Transport | None = current_app.extensions["library-mail"]
    if transport is None:
        log.warning("LIBRARY_MAIL_URL is not set: mail is kept and not sent")
        return
    Sender(sessions, transport).run(stop)


# --- rows ------------------------------------------------------------------------------------------------------------


def _waiting(at: datetime) -> tuple[Any, ...]:
    return Mail.sent_at.is_(None), Mail.failed_at.is_(None), Mail.not_before <= at


def _due(session: Session, at: datetime) -> list[int]:
    return list(session.scalars(select(Mail.id).where(*_waiting(at)).order_by(Mail.not_before, Mail.id).limit(BATCH)))


def _claim(session: Session, mail: Mail, at: datetime) -> bool:
    """Take a letter for a while. Of two workers that try, the row lets one through."""
    mine = update(Mail).where(Mail.id == mail.id, Mail.attempts == mail.attempts, *_waiting(at))
    taken = mine.values(attempts=Mail.attempts + 1, not_before=at + LEASE).returning(Mail.id)
    return session.scalar(taken, execution_options={"synchronize_session": False}) is not None


def _sent(mail: Mail, at: datetime) -> dict[str, Any]:
    """Return what a sent letter leaves: one that carried a secret loses its words at once."""
    secret = URGENCY[MailKind(mail.kind)] is Urgency.SAFETY
    return {"sent_at": at, "last_error": "", **({"text": "", "html": ""} if secret else {})}


def _later(mail: Mail, error: Exception, at: datetime) -> dict[str, Any]:
    if mail.attempts >= ATTEMPTS:
        return _given_up(error, at)
    return {"not_before": at + PAUSES[mail.attempts - 1], "last_error": _short(error)}


def _given_up(error: Exception, at: datetime) -> dict[str, Any]:
    return {"failed_at": at, "last_error": _short(error)}


def _short(error: Exception) -> str:
    return one_line(str(error) or type(error).__name__, most=MAX_ERROR)


# --- keeping house ---------------------------------------------------------------------------------------------------


def tidy(session: Session, at: datetime | None = None) -> None:
    """Forget the words and the address of letters done with for 30 days, and news that nobody was told of since."""
    before = (at or now()) - KEEP
    done = or_(Mail.sent_at < before, Mail.failed_at < before)
    session.execute(
        update(Mail).where(done, Mail.address != "").values(address="", subject="", text="", html="", last_error="")
    )
    session.execute(delete(Notice).where(Notice.created_at < before))


def retry(session: Session, at: datetime | None = None) -> int:
    """Let letters that were given up, and those that wait, be tried at once; return how many."""
    open_again = update(Mail).where(Mail.sent_at.is_(None), Mail.address != "")
    again = open_again.values(failed_at=None, attempts=0, not_before=at or now())
    return len(session.scalars(again.returning(Mail.id)).all())


def counts(session: Session) -> dict[str, int]:
    """Return how many letters wait, were sent and were given up."""
    total, sent, failed = session.execute(
        select(func.count(), func.count(Mail.sent_at), func.count(Mail.failed_at)).select_from(Mail)
    ).one()
    return {"waiting": total - sent - failed, "sent": sent, "given up": failed}


def troubles(session: Session, limit: int = 20) -> list[Mail]:
    """Return the letters last in trouble, the newest first."""
    query = select(Mail).where(Mail.last_error != "", Mail.sent_at.is_(None))
    return list(session.scalars(query.order_by(Mail.id.desc()).limit(limit)))
