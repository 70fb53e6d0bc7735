"""What the library refuses to start with, and what demo mode opens and to whom."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from factories.instances import Place, Shelf
from factories.readers import Page, Reader
from flask import Flask
from flask_security import hash_password
from sqlalchemy import select

import config
from library.accounts.services import DEMO_ACCOUNTS, DEMO_MUNICIPALITY, ensure_demo_accounts
from library.app import create_app
from library.curation import starter_services
from library.errors import UnsafeConfiguration
from library.extensions import db, limiter
from library.languages import LANGUAGES
from library.models import Account, Collection

Open = Callable[..., Flask]
GOOD = "f3Zq9-" + "abcdefghijklmnopqrstuvwxyz0123"


@pytest.fixture
def production(own_place: Place, monkeypatch: pytest.MonkeyPatch) -> config.Config:
    """The settings of a careful administrator."""
    monkeypatch.setenv("LIBRARY_INSTANCE", str(own_place.instance))
    monkeypatch.setenv("SECRET_KEY", GOOD)
    monkeypatch.setenv("PASSWORD_SALT", GOOD[::-1])
    monkeypatch.setenv("LIBRARY_URL", "https://library.example")
    if own_place.url:
        monkeypatch.setenv("DATABASE_URL", own_place.url)
    return config.from_environment()


@pytest.fixture(autouse=True)
def _same_limits_afterwards() -> object:
    enabled = limiter.enabled
    yield
    limiter.enabled = enabled


def close(app: Flask) -> None:
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


def test_production_starts_with_secrets_of_its_own(production: config.Config) -> None:
    app = create_app(production)
    client = app.test_client()
    answer = client.get("/en/")
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"]
    with app.test_request_context("/", base_url="https://library.example"):
        assert app.config["SESSION_COOKIE_SECURE"]
        assert app.config["SESSION_COOKIE_NAME"].startswith("__Host-")
    signed = client.get("/en/account/sign-in", base_url="https://library.example")
    assert "Secure" in signed.headers["Set-Cookie"]
    assert signed.headers["Set-Cookie"].startswith("__Host-")
    assert "Domain" not in signed.headers["Set-Cookie"]
    close(app)


@pytest.mark.one_database
@pytest.mark.parametrize("name", ["SECRET_KEY", "SECURITY_PASSWORD_SALT"])
@pytest.mark.parametrize("value", ["", "secret", "dev", "changeme", "a" * 64, "abc" * 20, "short-but-mixed-1234"])
def test_production_refuses_a_weak_secret(production: config.Config, name: str, value: str) -> None:
    setattr(production, name, value)
    with pytest.raises(UnsafeConfiguration) as refusal:
        create_app(production)
    assert {"SECURITY_PASSWORD_SALT": "PASSWORD_SALT"}.get(name, name) in str(refusal.value)
    assert "python -c" in str(refusal.value)


def test_production_refuses_demo_accounts_until_they_are_removed(
    production: config.Config, own_place: Place, open_library: Open
) -> None:
    demo = open_library(own_place, DEMO=True)
    with demo.app_context():
        ensure_demo_accounts(db.session)
        db.session.commit()
    with pytest.raises(UnsafeConfiguration, match="demo-accounts remove"):
        create_app(production)
    done = demo.test_cli_runner().invoke(args=["demo-accounts", "remove"])
    assert done.exit_code == 0
    close(create_app(production))


@pytest.mark.one_database
def test_an_unknown_mode_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIBRARY_MODE", "prodcution")
    with pytest.raises(ValueError, match="prodcution"):
        config.from_environment()


@pytest.mark.one_database
def test_the_secrets_of_a_demo_are_made_once_and_readable_by_their_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIBRARY_INSTANCE", str(tmp_path))
    monkeypatch.setenv("LIBRARY_MODE", "demo")
    first, second = config.from_environment(), config.from_environment()
    assert first.SECRET_KEY == second.SECRET_KEY
    assert first.SECRET_KEY != first.SECURITY_PASSWORD_SALT
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}


@pytest.fixture
def demo(own_place: Place, open_library: Open) -> Flask:
    app = open_library(own_place, DEMO=True, LOOPBACK_ONLY=True, SECRET_KEY=secrets.token_urlsafe(48))
    with app.app_context():
        ensure_demo_accounts(db.session)
        ensure_demo_accounts(db.session)
        db.session.commit()
    return app


@pytest.mark.parametrize("account", DEMO_ACCOUNTS, ids=lambda account: account.role)
def test_each_demo_account_is_shown_on_the_sign_in_page_and_works(demo: Flask, account) -> None:  # type: ignore[no-untyped-def]
    client = demo.test_client()
    page = client.get("/en/account/sign-in").text
    assert account.email in page
    assert account.password in page
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    data = {"csrf_token": token, "email": account.email, "password": account.password}
    assert client.post("/en/account/sign-in", data=data).location == "/en/account"


@pytest.mark.one_database
def test_a_demo_begins_with_collections_in_every_language_once(shelf: Shelf, open_library: Open) -> None:
    app = open_library(shelf.copy("whole"), DEMO=True)
    with app.app_context():
        ensure_demo_accounts(db.session)
        adviser = db.session.scalars(select(Account).where(Account.email == "adviser@demo.example")).one()
        assert starter_services.put_out(db.session, actor=adviser) == 3
        assert starter_services.put_out(db.session, actor=adviser) == 0
        db.session.commit()
        for collection in db.session.scalars(select(Collection)):
            assert {text.language for text in collection.texts} == set(LANGUAGES)
            for section in collection.sections:
                assert set(section.headings) == set(LANGUAGES)
                assert section.search or len(section.items) >= 3
                assert all(set(item.notes) == set(LANGUAGES) for item in section.items)
    for language in LANGUAGES:
        page = Page(app.test_client().get(f"/{language}/collections"))
        assert len(page.all("article")) == 3, language


@pytest.mark.one_database
def test_a_demo_shows_the_page_of_a_municipality_and_lets_its_advisers_decide(demo: Flask) -> None:
    with demo.app_context():
        accounts = db.session.scalars(select(Account).where(Account.demo).order_by(Account.id)).all()
        homes = {account.email.partition("@")[0]: [body.slug for body in account.organisations] for account in accounts}
    home = [DEMO_MUNICIPALITY]
    assert homes == {"member": home, "contributor": home, "adviser": [], "administrator": []}


@pytest.mark.one_database
@pytest.mark.parametrize("stranger", ["192.0.2.7", "10.0.0.1", "::2", "fe80::1", "128.0.0.1"])
def test_a_demo_answers_this_machine_only(demo: Flask, stranger: str) -> None:
    client = demo.test_client()
    for address in ("/en/", "/api/v1/practices", "/static/css/site.css", "/healthz"):
        assert client.get(address, environ_base={"REMOTE_ADDR": stranger}).status_code == 400
    assert client.get("/en/", environ_base={"REMOTE_ADDR": "::1"}).status_code == 200


@pytest.mark.one_database
@pytest.mark.parametrize("host", ["library.example", "evil.example:8000", "localhost.evil.example"])
def test_a_demo_answers_to_no_other_name(demo: Flask, host: str) -> None:
    assert demo.test_client().get("/en/", headers={"Host": host}).status_code == 400


@pytest.mark.one_database
def test_no_password_is_shown_outside_a_demo(reader: Reader) -> None:
    page = reader.read("/en/account/sign-in")
    assert "@demo.example" not in page.markup
    assert DEMO_ACCOUNTS[0].password not in page.markup


@pytest.mark.one_database
def test_the_demo_command_refuses_to_run_outside_demo_mode(own_library: Flask) -> None:
    done = own_library.test_cli_runner().invoke(args=["demo"])
    assert done.exit_code == 1
    assert "LIBRARY_MODE=demo" in done.output


def test_production_makes_each_guess_at_a_password_expensive(production: config.Config) -> None:
    app = create_app(production)
    with app.app_context():
        kept = hash_password("a calm and rather long password")
    close(app)
    cost = dict(part.split("=") for part in kept.split("$")[3].split(","))
    assert kept.startswith("$argon2id$")
    assert int(cost["m"]) >= 19_456, "KiB; what OWASP asks for at the least"
    assert int(cost["t"]) >= 2
