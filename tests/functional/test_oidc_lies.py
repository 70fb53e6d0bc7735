"""Providers of OpenID Connect that lie, speak nonsense or are down; and settings that would open a hole."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from factories.instances import Place
from factories.people import hidden, sign_in
from factories.providers import (
    BACK,
    KEY,
    OTHER_KEY,
    SECRET,
    Liar,
    browser_of,
    settings,
    there,
)
from factories.readers import Page, Reader
from factories.records import an_account
from factories.submissions import account_called
from flask import Flask
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import select
from werkzeug.test import TestResponse

from library.accounts import oidc
from library.accounts.oidc import Provider, read_providers
from library.choices import Role
from library.errors import UnsafeConfiguration
from library.extensions import db
from library.models import Identity, ServerSession

pytestmark = pytest.mark.one_database


@pytest.fixture
def liar() -> Iterator[Liar]:
    made = Liar()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def lied_to(open_library: Callable[..., Flask], own_place: Place, tmp_path: Path, liar: Liar) -> Flask:
    oidc.forget()
    return open_library(own_place, OIDC=settings(tmp_path, liar.issuer))


def come_from(browser: Reader, liar: Liar) -> TestResponse:
    asked = parse_qs(urlsplit(there(browser)).query)
    liar.nonce = asked["nonce"][0]
    return browser.get(f"{BACK}?{urlencode({'code': 'x', 'state': asked['state'][0]})}")


def test_the_liar_is_believed_while_it_says_the_truth(lied_to: Flask, liar: Liar) -> None:
    assert come_from(browser_of(lied_to), liar).location == "/sv/account/arrive"


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"aud": "somebody-else"}, "for another audience"),
        ({"aud": None}, "for no audience"),
        ({"aud": ["library", "somebody-else"]}, "for two audiences and no authorised party"),
        ({"azp": "somebody-else"}, "authorised for another party"),
        ({"iss": "https://evil.example"}, "from another issuer"),
        ({"iss": None}, "from no issuer"),
        ({"exp": 1}, "expired"),
        ({"exp": None}, "without an end"),
        ({"exp": "soon"}, "with an end that is no time"),
        ({"iat": 99999999999}, "from the future"),
        ({"nonce": "another"}, "with another nonce"),
        ({"nonce": None}, "without nonce"),
        ({"sub": None}, "of nobody"),
        ({"sub": ""}, "of an empty subject"),
        ({"sub": 17}, "of a number"),
        ({"sub": "x" * 300}, "of a subject too long to keep"),
        ({"at_hash": "AAAA"}, "for another access token"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_token_is_refused_that_is(lied_to: Flask, liar: Liar, changed: dict[str, Any], what: str) -> None:
    liar.changed = changed
    browser = browser_of(lied_to)
    assert come_from(browser, liar).status_code == 400, what
    browser.read("/sv/account/arrive", 404)


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ({"alg": "RS256", "kid": "one"}, OTHER_KEY),
        ({"alg": "RS256", "kid": "unknown"}, KEY),
        ({"alg": "HS256", "kid": "one"}, OctKey.import_key(SECRET)),
        ({"alg": "none", "kid": "one"}, OctKey.import_key("x" * 32)),
    ],
    ids=["by another key", "by an unknown key", "with the client secret", "by nobody"],
)
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_a_token_is_refused_that_is_signed(lied_to: Flask, liar: Liar, header: dict[str, Any], key: Any) -> None:
    liar.header, liar.key = header, key
    assert come_from(browser_of(lied_to), liar).status_code == 400


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"access_token": "x", "token_type": "Bearer", "id_token": 17}'),
        (200, b'{"access_token": "x", "token_type": "Bearer", "id_token": "a.b.c"}'),
        (302, b""),
        (400, b'{"error": "invalid_grant"}'),
        (500, b""),
    ],
)
def test_whatever_the_token_endpoint_answers_the_page_is_calm(
    lied_to: Flask, liar: Liar, status: int, body: bytes
) -> None:
    liar.raw = lambda _said: (status, body)
    assert come_from(browser_of(lied_to), liar).status_code in (400, 503)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"authorization_endpoint": "http://evil.example/"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": 17},
        {"padding": "x" * 400_000},
    ],
    ids=["another issuer", "no issuer", "no TLS", "a script", "no address", "a book"],
)
def test_a_provider_that_speaks_no_sense_of_itself_is_not_gone_to(
    lied_to: Flask, liar: Liar, metadata: dict[str, Any]
) -> None:
    liar.metadata = metadata
    assert browser_of(lied_to).get("/en/account/sign-in-with/aarhus").status_code == 503


@pytest.mark.parametrize("userinfo", [{"sub": "eve", "email": "eve@aarhus.example", "email_verified": True}, {}])
def test_what_is_told_of_somebody_else_is_refused(lied_to: Flask, liar: Liar, userinfo: dict[str, Any]) -> None:
    liar.changed, liar.userinfo = {"email": None, "email_verified": None}, userinfo
    assert come_from(browser_of(lied_to), liar).status_code == 400


@pytest.mark.parametrize(
    "changed",
    [
        {"email_verified": "true"},
        {"email_verified": None},
        {"email": "ada@sub.aarhus.example"},
        {"email": "ada@aarhus.example.evil.example"},
        {"email": "aarhus.example"},
        {"email": 17},
        {"email": ["ada@aarhus.example"]},
        {"email": "x" * 300 + "@aarhus.example"},
        {"email": "a b\n@aarhus.example"},
    ],
)
def test_an_address_is_believed_only_if_it_is_confirmed_and_of_the_domain(
    lied_to: Flask, liar: Liar, changed: dict[str, Any]
) -> None:
    liar.changed = changed
    assert come_from(browser_of(lied_to), liar).status_code in (400, 403)


def test_a_provider_that_is_down_is_said_calmly(
    open_library: Callable[..., Flask], own_place: Place, tmp_path: Path
) -> None:
    oidc.forget()
    app = open_library(own_place, OIDC=settings(tmp_path, "http://127.0.0.1:9"))
    answer = browser_of(app).get("/en/account/sign-in-with/aarhus")
    assert answer.status_code == 503
    assert "cannot be reached" in Page(answer).text


def test_a_new_key_of_the_provider_is_fetched(lied_to: Flask, liar: Liar) -> None:
    oidc._kept[f"{liar.issuer}/keys"] = (
        time.monotonic(),
        {"keys": [RSAKey.generate_key(2048, {"kid": "old"}, auto_kid=False).as_dict(private=False)]},
    )
    assert come_from(browser_of(lied_to), liar).location == "/sv/account/arrive"


# --- settings ----------------------------------------------------------------------------------------------------


def test_a_secret_can_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("quiet\n")
    path = settings(tmp_path, "https://login.example.org", client_secret_file="secret")
    assert read_providers(path)["aarhus"].client_secret == "quiet"
    assert "quiet" not in repr(read_providers(path)), "a log would keep it"


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "http://login.example.org"},
        {"issuer": "login.example.org"},
        {"domains": []},
        {"client_secret": ""},
        {"key": "Not a key"},
        {"role": "adviser"},
        {"role": "king"},
        {"client_secret_file": "missing"},
    ],
    ids=str,
)
def test_settings_that_would_open_a_hole_are_refused_at_the_start(tmp_path: Path, changed: dict[str, Any]) -> None:
    with pytest.raises(UnsafeConfiguration, match="LIBRARY_OIDC"):
        read_providers(settings(tmp_path, **{"issuer": "https://login.example.org", **changed}))


@pytest.mark.parametrize("text", ["[[providers]]\n", "nonsense", "providers = 17", 'providers = ["x"]'])
def test_settings_that_cannot_be_read_are_refused_at_the_start(tmp_path: Path, text: str) -> None:
    (tmp_path / "oidc.toml").write_text(text)
    with pytest.raises(UnsafeConfiguration, match="LIBRARY_OIDC"):
        read_providers(str(tmp_path / "oidc.toml"))


@pytest.mark.parametrize(
    ("trusts", "said", "strong"),
    [
        (True, {"amr": ["pwd", "mfa"]}, True),
        (True, {"acr": "high"}, True),
        (True, {"amr": ["pwd"], "acr": "low"}, False),
        (True, {}, False),
        (False, {"amr": ["mfa"], "acr": "high"}, False),
    ],
)
def test_a_second_factor_elsewhere_counts_only_where_it_is_trusted(
    lied_to: Flask, liar: Liar, tmp_path: Path, trusts: bool, said: dict[str, Any], strong: bool
) -> None:
    path = settings(tmp_path, liar.issuer, trusts_second_factor=trusts, levels=["high"])
    provider: Provider = read_providers(path)["aarhus"]
    liar.changed = said
    _address, attempt = oidc.begin(provider, redirect_uri="https://localhost/x", language="en")
    liar.nonce = attempt.nonce
    claims = oidc.finish(provider, attempt, {"code": "x"}, redirect_uri="https://localhost/x")
    assert claims.strong is strong


def test_a_second_factor_that_is_trusted_spares_an_adviser_another(
    open_library: Callable[..., Flask], own_place: Place, tmp_path: Path, liar: Liar
) -> None:
    oidc.forget()
    path = settings(tmp_path, liar.issuer, trusts_second_factor=True)
    strict = open_library(own_place, OIDC=path, SECOND_FACTOR_REQUIRED=True)
    an_account(strict, Role.ADVISER, email="ada@example.org")
    with strict.app_context(), db.sessionmaker.begin() as session:
        adviser = account_called(session, "ada@example.org")
        adviser.identities.append(Identity(issuer=liar.issuer, subject="ada"))
    weak, strong = browser_of(strict), browser_of(strict)
    come_from(weak, liar)
    assert weak.get("/en/review").location == "/en/account/second-factor"
    liar.changed = {"amr": ["mfa"]}
    come_from(strong, liar)
    assert strong.get("/en/review").status_code == 200


def test_linking_asks_for_the_password_again_when_signing_in_was_long_ago(lied_to: Flask, liar: Liar) -> None:
    browser = sign_in(lied_to, an_account(lied_to, Role.MEMBER, email="eve@example.org"))
    come_from(browser, liar)
    token = hidden(browser.read("/sv/account/link"))["csrf_token"]
    with lied_to.app_context(), db.sessionmaker.begin() as session:
        for row in session.scalars(select(ServerSession).where(ServerSession.account_id.is_not(None))):
            row.data = re.sub(r'"proved_at":[0-9.]+', '"proved_at":0', row.data)
    assert browser.get("/sv/account/link").location == "/sv/account/prove?next=/sv/account/link"
    assert browser.post("/sv/account/link", data={"csrf_token": token}).location.startswith("/sv/account/prove")
    with lied_to.app_context(), db.sessionmaker() as session:
        assert session.scalars(select(Identity)).all() == []
