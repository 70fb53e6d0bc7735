"""Sessions on the server.

The cookie holds a random secret and nothing else; the database holds its hash and the data. So a cookie that was copied
before sign-out is dead after it, and readers, who store nothing, get no cookie at all. The secret changes when somebody
signs in (session fixation, ASVS 5.0 V7.2.4). A session ends a fixed time after it began, and that of an account also
when nobody uses it (V7.3.1, V7.3.2).
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from datetime import timedelta
from typing import Any, Final

from flask import Flask, Request, Response, g, request
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from werkzeug.datastructures import CallbackDict

from library.accounts.clients import described
from library.extensions import db
from library.models import Account, ServerSession, now

log = logging.getLogger(__name__)

LIFETIME: Final = timedelta(hours=12)  # since signing in, however busy
ANONYMOUS_LIFETIME: Final = timedelta(hours=2)  # a sign-in form that nobody sends
IDLE: Final = timedelta(hours=2)  # without a request, for an account
SEEN_EVERY: Final = timedelta(minutes=1)  # a note for each request would make every reading a writing
ACCOUNT_KEY: Final = "_user_id"  # where Flask-Login keeps who signed in
_SERIALIZER: Final = TaggedJSONSerializer()


class StoredSession(CallbackDict[str, Any], SessionMixin):
    """The data of one browser's session, and whether a request touched it."""

    def __init__(self, initial: dict[str, Any] | None = None, token: str | None = None) -> None:
        def on_change(_self: CallbackDict[str, Any]) -> None:
            self.modified = True
            self.accessed = True

        super().__init__(initial, on_change)
        self.token = token
        self.loaded = frozenset(self)
        self.signed_in_as: str | None = self.get(ACCOUNT_KEY)
        self.new = token is None
        self.modified = False
        self.accessed = False

    @property
    def name(self) -> bytes | None:
        """Return the name under which the database keeps this session, which lets nobody in."""
        return _hash(self.token) if self.token else None

    def renew(self) -> None:
        """Give this session a new secret when it is stored: what it may do has just become more."""
        self.signed_in_as = None
        self.modified = True


class DatabaseSessions(SessionInterface):
    """Flask's sessions, kept in the table ``server_session``, in transactions of their own."""

    def open_session(self, app: Flask, request: Request) -> StoredSession:
        """Return the session that the cookie names, or an empty one.

        Flask opens it before any page can be shown, so a failure is kept for ``views`` to raise a moment later.
        """
        token = request.cookies.get(self.get_cookie_name(app))
        if not token:
            return StoredSession()
        try:
            return self._read(token)
        except DBAPIError as failure:
            g.unread_session = failure
            return StoredSession()

    def _read(self, token: str) -> StoredSession:
        with db.sessionmaker() as session:
            row = session.scalar(select(ServerSession).where(ServerSession.token_hash == _hash(token), ~_over()))
        if row is None:
            return StoredSession()
        if row.account_id is not None and row.last_seen_at <= now() - SEEN_EVERY:
            _note_seen(row.token_hash)
        return StoredSession(_SERIALIZER.loads(row.data), token)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Store what changed; an empty session leaves neither row nor cookie."""
        assert isinstance(session, StoredSession)
        if session.accessed or session.token:
            response.vary.add("Cookie")
        if session.token and request.endpoint != "static":  # style sheets are the same for everybody
            response.headers["Cache-Control"] = "no-store"
        if not session.modified:
            return
        with db.sessionmaker.begin() as database:
            if session and session.token and session.get(ACCOUNT_KEY) == session.signed_in_as:
                self._update(database, session, session.token)
                return
            ended = False
            if session.token:
                before = database.execute(delete(ServerSession).where(ServerSession.token_hash == _hash(session.token)))
                # Renewing brings no session back that somebody has just ended elsewhere.
                ended = not before.rowcount and ACCOUNT_KEY in session.loaded  # type: ignore[attr-defined] # a DELETE always counts
                session.token = None
            if session and not ended:
                self._begin(database, session)
        self._set_cookie(app, session, response)

    def _update(self, database: Session, session: StoredSession, token: str) -> None:
        """Keep new data; a session that another request has ended meanwhile is not brought back."""
        kept = update(ServerSession).where(ServerSession.token_hash == _hash(token))
        database.execute(kept.values(data=_SERIALIZER.dumps(dict(session))))

    def _begin(self, database: Session, session: StoredSession) -> None:
        account = _account_id(database, session.get(ACCOUNT_KEY))
        session.token = secrets.token_urlsafe(32)
        database.add(
            ServerSession(
                token_hash=_hash(session.token),
                account_id=account,
                client=described(request.user_agent.string) if account else None,
                data=_SERIALIZER.dumps(dict(session)),
                expires_at=now() + (LIFETIME if account else ANONYMOUS_LIFETIME),
            )
        )

    def _set_cookie(self, app: Flask, session: StoredSession, response: Response) -> None:
        name = self.get_cookie_name(app)
        secure = self.get_cookie_secure(app)
        if session.token:
            response.set_cookie(name, session.token, path="/", secure=secure, httponly=True, samesite="Lax")
        else:
            response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="Lax")


def sweep(session: Session) -> None:
    """Forget sessions that are over."""
    session.execute(delete(ServerSession).where(_over()))


def _over() -> ColumnElement[bool]:
    idle = and_(ServerSession.account_id.is_not(None), ServerSession.last_seen_at <= now() - IDLE)
    return or_(ServerSession.expires_at <= now(), idle)


def _note_seen(token_hash: bytes) -> None:
    try:
        with db.sessionmaker.begin() as session:
            seen = update(ServerSession).where(ServerSession.token_hash == token_hash)
            session.execute(seen.values(last_seen_at=now()))
    except OperationalError:
        log.warning("a session's last use could not be noted", exc_info=True)  # no reason to keep anybody waiting


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _account_id(database: Session, uniquifier: str | None) -> int | None:
    if uniquifier is None:
        return None
    return database.scalar(select(Account.id).where(Account.fs_uniquifier == uniquifier))
