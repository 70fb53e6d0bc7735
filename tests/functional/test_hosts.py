"""Under which name the library answers, which proxies it believes, what it leaves on disk, what it logs."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from factories.instances import Place
from flask import Flask, request

import config
from library.accounts.services import ensure_demo_accounts
from library.app import create_app
from library.errors import UnsafeConfiguration
from library.extensions import db, limiter

pytestmark = pytest.mark.one_database
Open = Callable[..., Flask]
SECRET = "f3Zq9-" + "abcdefghijklmnopqrstuvwxyz0123"
ADDRESS = "https://library.example"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Give back what starting an application changes for the whole process."""
    enabled, root = limiter.enabled, logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    limiter.enabled = enabled
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.fixture
def settings(own_place: Place, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment of a careful administrator."""
    for name, value in {
        "LIBRARY_INSTANCE": str(own_place.instance),
        "LIBRARY_URL": ADDRESS,
        "SECRET_KEY": SECRET,
        "PASSWORD_SALT": SECRET[::-1],
    }.items():
        monkeypatch.setenv(name, value)
    if own_place.url:
        monkeypatch.setenv("DATABASE_URL", own_place.url)
    return monkeypatch


@pytest.fixture
def start(settings: pytest.MonkeyPatch) -> Iterator[Callable[[], Flask]]:
    apps: list[Flask] = []

    def start_one() -> Flask:
        apps.append(create_app(config.from_environment()))
        return apps[-1]

    yield start_one
    for app in apps:
        with app.app_context():
            db.engine.dispose()


# --- names ---


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://library.example",
        "library.example",
        "https://",
        "https:///practices",
        "https://.library.example",
        "https://somebody@library.example",
        "https://library.example/below",
        "https://library.example?x",
        "https://library.example:port",
        "https://[library",
    ],
)
def test_production_needs_its_public_address(
    settings: pytest.MonkeyPatch, start: Callable[[], Flask], address: str
) -> None:
    settings.setenv("LIBRARY_URL", address)
    with pytest.raises(UnsafeConfiguration, match=r"LIBRARY_URL .* https://library\.example\.org"):
        start()


@pytest.mark.parametrize("host", ["library.example", "library.example:443", "localhost:8000", "127.0.0.1"])
def test_production_answers_to_its_name_and_to_this_machine(start: Callable[[], Flask], host: str) -> None:
    client = start().test_client()
    assert client.get("/healthz", headers={"Host": host}).status_code == 200
    assert client.get("/en/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "sub.library.example", "library.example.evil.example", "192.0.2.1", "a b"]
)
def test_production_answers_to_no_other_name(start: Callable[[], Flask], host: str) -> None:
    answer = start().test_client().get("/en/", headers={"Host": host})
    assert answer.status_code == 400
    assert host not in answer.text


def test_a_forwarded_host_is_never_believed(settings: pytest.MonkeyPatch, start: Callable[[], Flask]) -> None:
    settings.setenv("LIBRARY_TRUSTED_PROXIES", "1")
    client = start().test_client()
    headers = {
        "Host": "library.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "192.0.2.9",
    }
    with client:
        answer = client.get("/en/", headers=headers)
        assert answer.status_code == 200
        assert "evil.example" not in answer.text
        assert (request.host, request.scheme, request.remote_addr) == ("library.example", "https", "192.0.2.9")


# --- a demo stays on this machine ---


@pytest.fixture
def demo(own_place: Place, open_library: Open) -> Flask:
    app = open_library(own_place, DEMO=True, LOOPBACK_ONLY=True)
    with app.app_context():
        ensure_demo_accounts(db.session)
        db.session.commit()
    return app


@pytest.mark.parametrize(
    "header", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Anything"]
)
@pytest.mark.parametrize("address", ["/en/", "/healthz", "/static/css/site.css", "/api/v1/practices"])
def test_a_demo_refuses_what_comes_through_a_proxy(demo: Flask, header: str, address: str) -> None:
    client = demo.test_client()
    with client.get(address) as answer:
        assert answer.status_code == 200
    for value in ("127.0.0.1", "for=127.0.0.1", ""):
        assert client.get(address, headers={header: value}).status_code == 400


def test_a_demo_believes_no_proxy(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("LIBRARY_MODE", "demo")
    settings.setenv("LIBRARY_TRUSTED_PROXIES", "2")
    assert config.from_environment().TRUSTED_PROXIES == 0


# --- what is left on disk ---


def test_folder_and_database_are_open_to_their_owner_alone(
    tmp_path: Path, settings: pytest.MonkeyPatch, start: Callable[[], Flask]
) -> None:
    instance = tmp_path / "new"
    settings.setenv("LIBRARY_INSTANCE", str(instance))
    settings.delenv("DATABASE_URL", raising=False)
    done = start().test_cli_runner().invoke(args=["setup", "--no-starter"])
    assert done.exit_code == 0, done.output
    assert instance.stat().st_mode & 0o777 == 0o700
    files = [file for file in instance.iterdir() if file.is_file()]
    assert "library.sqlite3" in {file.name for file in files}
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_the_secrets_of_a_demo_leave_no_half_written_file(tmp_path: Path, settings: pytest.MonkeyPatch) -> None:
    instance = tmp_path / "new"
    settings.setenv("LIBRARY_INSTANCE", str(instance))
    settings.setenv("LIBRARY_MODE", "demo")
    config.from_environment()
    assert {file.name for file in instance.iterdir()} == {"secret-key", "password-salt"}
    assert instance.stat().st_mode & 0o777 == 0o700


# --- the log, and forks ---


def test_the_log_says_when_how_grave_who_and_what(start: Callable[[], Flask], monkeypatch: pytest.MonkeyPatch) -> None:
    start()
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    logging.getLogger("library.somewhere").info("all is well")
    assert pytest.approx(1) == said.getvalue().count("\n")
    moment, level, rest = said.getvalue().strip().split(" ", 2)
    assert moment[:2] == "20"
    assert moment[19] in "+-"
    assert (level, rest) == ("INFO", "library.somewhere: all is well")


def test_a_demo_keeps_quiet_unless_something_is_wrong(
    settings: pytest.MonkeyPatch, start: Callable[[], Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.setenv("LIBRARY_MODE", "demo")
    start()
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    logging.getLogger("library.somewhere").info("all is well")
    assert said.getvalue() == ""
    logging.getLogger("library.somewhere").warning("mind the gap")
    assert "mind the gap" in said.getvalue()


def test_no_connection_is_open_when_a_server_may_fork(start: Callable[[], Flask]) -> None:
    app = start()
    with app.app_context():
        assert db.engine.pool.status().startswith("Pool size: 5  Connections in pool: 0 ")


def test_what_people_typed_stays_out_of_messages_of_the_database(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("DATABASE_URL", "postgres://somewhere/library")
    engine = config.from_environment().SQLALCHEMY_ENGINES["default"]
    assert engine == {"url": "postgresql+psycopg://somewhere/library", "hide_parameters": True, "pool_pre_ping": True}
