"""What a request does to the database, seen from outside: statements, writes, commits, and sessions left dirty."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from library.extensions import db

_WRITE = re.compile(r"\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+\"?(\w+)", re.IGNORECASE)
_watching: list[Ledger] = []


@dataclass
class Ledger:
    """What was sent to the database while it was kept.

    :param statements: in order.
    :param committed: tables whose rows were written and kept.
    :param lost: tables whose rows were written and rolled back.
    :param unsaved: objects that a request left in its session without flushing them.
    """

    statements: list[str] = field(default_factory=list)
    committed: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unsaved: list[Any] = field(default_factory=list)
    _open: dict[int, list[str]] = field(default_factory=dict)

    def _note(self, connection: Connection, statement: str) -> None:
        self.statements.append(statement)
        if written := _WRITE.match(statement):
            self._open.setdefault(id(connection.connection.dbapi_connection), []).append(written[1])

    def _close(self, connection: Connection, into: list[str]) -> None:
        into.extend(self._open.pop(id(connection.connection.dbapi_connection), ()))


@contextmanager
def watched() -> Iterator[Ledger]:
    """Keep a ledger of everything that is sent to any database meanwhile."""
    ledger = Ledger()
    _watching.append(ledger)
    try:
        yield ledger
    finally:
        _watching.remove(ledger)


def watch_sessions(app: Flask) -> None:
    """Note what each request of an application leaves behind in its session."""

    @app.teardown_request
    def note_unsaved(_error: BaseException | None) -> None:
        session = db.session
        left = [*session.new, *session.deleted, *(item for item in session.dirty if session.is_modified(item))]
        for ledger in _watching:
            ledger.unsaved.extend(left)


@event.listens_for(Engine, "before_cursor_execute")
def _on_statement(connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
    for ledger in _watching:
        ledger._note(connection, statement)


@event.listens_for(Engine, "commit")
def _on_commit(connection: Connection) -> None:
    for ledger in _watching:
        ledger._close(connection, ledger.committed)


@event.listens_for(Engine, "rollback")
def _on_rollback(connection: Connection) -> None:
    for ledger in _watching:
        ledger._close(connection, ledger.lost)
