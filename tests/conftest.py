"""One suite for both databases.

Every test that asks for a library runs on SQLite and on PostgreSQL, unless it or its module is marked ``one_database``
because no database could make a difference; ``both_databases`` takes a test out of such a module. What is left to
SQLite is not left out on PostgreSQL: ``test_access`` asks every route there. ``--databases=sqlite`` runs on one alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest
from factories.instances import SHELVES, Place, Shelf, Stand, running
from factories.readers import Reader
from factories.watching import Ledger, watched
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from library.extensions import db, limiter


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--databases", default="sqlite,postgresql", help="On which databases to run, comma-separated.")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "one_database(kind): runs on SQLite alone, or on another kind, if that is here")
    config.addinivalue_line("markers", "both_databases: runs on both, though its module runs on one")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        databases = metafunc.config.getoption("databases").split(",")
        metafunc.parametrize("database", _wanted(metafunc.definition, databases), indirect=True, scope="session")


def _wanted(test: pytest.Item, databases: list[str]) -> list[str]:
    one = test.get_closest_marker("one_database")
    if one is None or test.get_closest_marker("both_databases"):
        return databases
    return [kind for kind in one.args if kind in databases] or databases[:1]


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database that a test runs on."""
    kind: str = request.param
    return kind


@pytest.fixture(scope="session")
def shelf(database: str, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Shelf]:
    """Where libraries are kept: copies of a prepared one, or empty ones."""
    shared: Path = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent
    shelf = SHELVES[database](shared)
    yield shelf
    shelf.close()


@pytest.fixture(scope="session")
def library(shelf: Shelf) -> Iterator[Flask]:
    """A library with all starter records, to read and never to change."""
    place = shelf.copy("whole")
    with running(place) as app:
        yield app
    shelf.discard(place)


@pytest.fixture(scope="session")
def stand(shelf: Shelf) -> Stand:
    """Applications that stay while the libraries behind them are put back."""
    return Stand(shelf)


@pytest.fixture(scope="module")
def module_library(stand: Stand) -> Iterator[Flask]:
    """A small library that the tests of one module change together."""
    with stand.lend() as app:
        yield app


@pytest.fixture
def own_library(stand: Stand) -> Iterator[Flask]:
    """A small library that this test may change."""
    with stand.lend() as app:
        yield app


Open = Callable[..., Flask]


@pytest.fixture
def open_library(shelf: Shelf) -> Iterator[Open]:
    """Open libraries with settings of their own: ``open_library(place, DEMO=True)``."""
    limits = limiter.enabled
    with ExitStack() as stack:

        def open_one(place: Place, **settings: Any) -> Flask:
            return stack.enter_context(running(place, **settings))

        yield open_one
    limiter.enabled = limits  # one limiter serves all applications of a process


@pytest.fixture
def empty_place(shelf: Shelf) -> Iterator[Place]:
    """A place without database content and without index, as on a new machine."""
    place = shelf.empty()
    yield place
    shelf.discard(place)


@pytest.fixture
def own_place(shelf: Shelf) -> Iterator[Place]:
    """A copy of the small library that nobody has opened."""
    place = shelf.copy()
    yield place
    shelf.discard(place)


def sessions_of(app: Flask) -> sessionmaker[Session]:
    with app.app_context():
        return db.sessionmaker


@pytest.fixture
def reader(library: Flask) -> Reader:
    """A browser of somebody without an account."""
    client = library.test_client()
    assert isinstance(client, Reader)
    return client


@pytest.fixture
def session(library: Flask) -> Iterator[Session]:
    """The database behind ``reader``, to derive what a page must show."""
    with sessions_of(library)() as session:
        yield session


@pytest.fixture
def own_reader(own_library: Flask) -> Reader:
    """A browser on ``own_library``."""
    client = own_library.test_client()
    assert isinstance(client, Reader)
    return client


@pytest.fixture
def own_session(own_library: Flask) -> Iterator[Session]:
    """The database of ``own_library``."""
    with sessions_of(own_library)() as session:
        yield session


@pytest.fixture
def count_statements() -> Callable[[], AbstractContextManager[Ledger]]:
    """Count SQL: ``with count_statements() as ledger: …; len(ledger.statements)``."""
    return watched


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The name of this worker of pytest-xdist; ``master`` without."""
    name: str = getattr(request.config, "workerinput", {}).get("workerid", "master")
    return name
