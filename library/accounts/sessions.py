"""Sessions on the server.

The cookie holds a random secret and nothing else; the database holds its hash and the data. So a cookie that was copied
before sign-out is dead after it, and readers, who store nothing, get no cookie at all. The secret changes when somebody
signs in (session fixation, ASVS 5.0 V7.2.4).
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any, Final

from flask import Flask, Request, Response
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import CallbackDict

from library.extensions import db
from library.models import Account, ServerSession, now

LIFETIME: Final = timedelta(hours=12)
ANONYMOUS_LIFETIME: Final = timedelta(hours=2)  # a sign-in form that nobody sends
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
        self.signed_in_as: str | None = self.get(ACCOUNT_KEY)
        self.new = token is None
        self.modified = False
        self.accessed = False


class DatabaseSessions(SessionInterface):
    """Flask's sessions, kept in the table ``server_session``, in transactions of their own."""

    def open_session(self, app: Flask, request: Request) -> StoredSession:
        """Return the session that the cookie names, or an empty one."""
        token = request.cookies.get(self.get_cookie_name(app))
        if not token:
            return StoredSession()
        with db.sessionmaker() as session:
            row = session.get(ServerSession, _hash(token))
            if row is None or row.expires_at <= now():
                return StoredSession()
            return StoredSession(_SERIALIZER.loads(row.data), token)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Store what changed; an empty session leaves neither row nor cookie."""
        assert isinstance(session, StoredSession)
        if session.accessed or session.token:
            response.vary.add("Cookie")
        if not session.modified:
            return
        with db.sessionmaker.begin() as database:
            if session.token and (not session or session.get(ACCOUNT_KEY) != session.signed_in_as):
                database.execute(delete(ServerSession).where(ServerSession.token_hash == _hash(session.token)))
                session.token = None
            if session:
                self._store(database, session)
        self._set_cookie(app, session, response)

    def _store(self, database: Session, session: StoredSession) -> None:
        account = _account_id(database, session.get(ACCOUNT_KEY))
        session.token = session.token or secrets.token_urlsafe(32)
        lifetime = LIFETIME if account else ANONYMOUS_LIFETIME
        database.merge(
            ServerSession(
                token_hash=_hash(session.token),
                account_id=account,
                data=_SERIALIZER.dumps(dict(session)),
                expires_at=now() + lifetime,
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
    """Forget sessions that have expired."""
    session.execute(delete(ServerSession).where(ServerSession.expires_at <= now()))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _account_id(database: Session, uniquifier: str | None) -> int | None:
    if uniquifier is None:
        return None
    return database.scalar(select(Account.id).where(Account.fs_uniquifier == uniquifier))
