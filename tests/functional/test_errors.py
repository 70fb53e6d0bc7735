"""Pages for what went wrong: fitting words, the headers that belong to them, and 503 only for what will pass."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from factories.html import words
from factories.instances import Place
from factories.readers import Page, Reader
from factories.records import an_account
from flask import Flask
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from library.catalogue import queries
from library.choices import Role
from library.extensions import db
from library.models import Account

PAGE = "/en/municipalities"


# --- words and headers ---


@pytest.mark.one_database
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_page_for_reading_says_what_can_be_done_with_it(reader: Reader, method: str) -> None:
    answer = reader.open("/en/about", method=method)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert Page(answer).heading == "This page cannot do that"


@pytest.mark.one_database
def test_machines_get_a_problem_with_the_same_headers(reader: Reader) -> None:
    answer = reader.post("/api/v1/practices")
    assert answer.status_code == 405
    assert answer.mimetype == "application/problem+json"
    assert answer.headers.getlist("Content-Type") == ["application/problem+json"]
    assert "GET" in answer.headers["Allow"]


@pytest.mark.one_database
def test_too_much_is_said_to_be_too_much(reader: Reader) -> None:
    answer = reader.post("/en/account/sign-in", data={"email": "x" * 1_500_000})
    assert answer.status_code == 413
    assert Page(answer).heading == "That is too much at once"


@pytest.mark.one_database
def test_a_page_has_one_type(reader: Reader) -> None:
    answer = reader.get("/en/nowhere")
    assert answer.headers.getlist("Content-Type") == ["text/html; charset=utf-8"]


# --- what will pass, and what will not ---


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("something")
    error.sqlite_errorcode = code
    return error


def raised(orig: BaseException, kind: type[DBAPIError] = OperationalError, *, gone: bool = False) -> DBAPIError:
    return kind("SELECT 1", {}, orig, connection_invalidated=gone)


PASSING = {
    "no server": raised(psycopg.OperationalError("connection refused")),
    "server stops": raised(psycopg.errors.AdminShutdown()),
    "server starts": raised(psycopg.errors.CannotConnectNow()),
    "server is full": raised(psycopg.errors.TooManyConnections()),
    "connection lost": raised(psycopg.errors.ConnectionFailure()),
    "deadlock": raised(psycopg.errors.DeadlockDetected()),
    "locked row": raised(psycopg.errors.LockNotAvailable()),
    "closed connection": raised(psycopg.InterfaceError("the connection is closed"), InterfaceError, gone=True),
    "file is busy": raised(sqlite_error(sqlite3.SQLITE_BUSY)),
    "snapshot is busy": raised(sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT)),
    "file cannot be opened": raised(sqlite_error(sqlite3.SQLITE_CANTOPEN)),
    "no connection is free": PoolTimeout("QueuePool limit reached"),
}
LASTING = {
    "disk is full": raised(psycopg.errors.DiskFull()),
    "statement took too long": raised(psycopg.errors.QueryCanceled()),
    "no such table": raised(sqlite_error(sqlite3.SQLITE_ERROR)),
    "broken file": raised(sqlite_error(sqlite3.SQLITE_CORRUPT)),
    "no code": raised(sqlite3.OperationalError("could not decode")),
    "rule broken": raised(psycopg.errors.UniqueViolation(), IntegrityError),
}
Break = Callable[[Exception], Reader]


@pytest.fixture
def broken(library: Flask, monkeypatch: pytest.MonkeyPatch) -> Break:
    """A library on one page of which the database fails."""

    def break_with(error: Exception) -> Reader:
        def fail(_session: object) -> None:
            raise error

        monkeypatch.setattr(queries, "municipalities", fail)
        client = library.test_client()
        assert isinstance(client, Reader)
        return client

    return break_with


@pytest.mark.one_database
@pytest.mark.parametrize("what", PASSING)
def test_what_will_pass_asks_to_come_back(broken: Break, what: str) -> None:
    answer = broken(PASSING[what]).get(PAGE)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.one_database
@pytest.mark.parametrize("what", LASTING)
def test_what_will_not_pass_is_a_fault_with_a_number(
    broken: Break, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = broken(LASTING[what]).get(PAGE)
    assert answer.status_code == 500
    incident = words(Page(answer).by_class("incident")[0])
    record = next(record for record in caplog.records if f"incident {incident}" in record.getMessage())
    assert record.exc_info
    assert repr(PAGE) in record.getMessage()


def test_a_mistake_of_ours_in_sql_is_no_outage(
    own_library: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    private = "-".join(("a", "private", "word"))  # whole in no line of code, which the trace shows

    def ask(session: Any) -> None:
        session.execute(text("SELECT :word FROM no_such_table"), {"word": private})

    monkeypatch.setattr(queries, "municipalities", ask)
    assert own_library.test_client().get(PAGE).status_code == 500
    assert "no_such_table" in caplog.text
    assert private not in caplog.text


@pytest.mark.one_database
def test_a_locked_file_is_an_outage_that_passes(
    own_place: Place, open_library: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    if own_place.url:
        pytest.skip("PostgreSQL has no file to lock; its locks are above")
    app = open_library(own_place)

    def write(session: Any) -> None:
        session.execute(text("PRAGMA busy_timeout = 1"))
        session.execute(text("UPDATE role SET name = name"))

    monkeypatch.setattr(queries, "municipalities", write)
    with app.app_context():
        address = db.engine.url
    other = create_engine(address)
    with other.connect() as holder:
        holder.exec_driver_sql("BEGIN IMMEDIATE")
        assert app.test_client().get(PAGE).status_code == 503
        holder.rollback()
    other.dispose()


def test_whoever_brings_a_cookie_is_told_too_when_the_database_is_away(
    own_library: Flask, own_reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_library.config["PROPAGATE_EXCEPTIONS"] = False
    an_account(own_library, Role.MEMBER)
    own_reader.read("/en/account/sign-in")

    def away(*_args: object, **_options: object) -> None:
        raise raised(psycopg.OperationalError("connection refused"))

    with own_library.app_context():
        engine = db.engine
        assert db.session.scalars(select(Account)).first()
        db.session.close()
    with monkeypatch.context() as patch:
        patch.setattr(engine, "connect", away)
        patch.setattr(engine, "raw_connection", away)
        answer = own_reader.get("/en/about")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert Page(answer).heading
    assert own_reader.get("/en/about").status_code == 200


# --- where a stranger is led ---


@pytest.mark.one_database
def test_a_stranger_who_reads_is_led_back_to_the_page_and_one_who_sends_to_the_account(own_reader: Reader) -> None:
    assert own_reader.get("/sv/account").location == "/sv/account/sign-in?next=/sv/account"
    page = own_reader.read("/sv/account/sign-in")
    token = next(box.get("value") for box in page.all("input") if box.get("name") == "csrf_token")
    answer = own_reader.post("/sv/account/sign-out", data={"csrf_token": token})
    assert (answer.status_code, answer.location) == (302, "/sv/account/sign-in?next=/sv/account")
