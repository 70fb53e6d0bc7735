"""Providers of OpenID Connect for the tests: settings for them, one that lies, and the way there and back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from flask import Flask
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from factories.people import hidden
from factories.readers import Page, Reader
from library.models import Identity

BACK = "/account/back/aarhus"
SECRET = "s" * 32
PEOPLE = {
    "ada": {"email": "Ada@aarhus.example", "email_verified": True, "name": "Ada Hansen"},
    "bo": {"email": "bo@aarhus.example", "email_verified": False, "name": "Bo"},
    "mallory": {"email": "mallory@evil.example", "email_verified": True, "name": "Mallory"},
    "twin": {"email": "ada@aarhus.example", "email_verified": True, "name": "Another Ada"},
}


def settings(folder: Path, issuer: str, **more: Any) -> str:
    values = {
        "key": "aarhus",
        "name": "Aarhus Kommune",
        "issuer": issuer,
        "client_id": "library",
        "client_secret": SECRET,
        "domains": ["aarhus.example"],
        "organisation": "dk-aarhus",
        **more,
    }
    path = folder / "oidc.toml"
    # JSON's scalars and lists of strings are TOML's too.
    path.write_text("[[providers]]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items()))
    return str(path)


def browser_of(app: Flask) -> Reader:
    browser = app.test_client()
    assert isinstance(browser, Reader)
    return browser


def at_the_provider(address: str, who: str, **changed: str) -> str:
    """Sign in at the provider, and return where it leads back to."""
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    address = f"{parts.scheme}://{parts.netloc}{parts.path}?{urlencode({**query, 'login_hint': who, **changed})}"
    with requests.Session() as browser:
        while not urlsplit(address).path.startswith("/account/back/"):
            answer = browser.get(address, allow_redirects=False, timeout=10)
            assert answer.status_code in (302, 303), answer.text
            address = requests.compat.urljoin(address, answer.headers["Location"])
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def there(browser: Reader, wanted: str = "") -> str:
    answer = browser.get("/sv/account/sign-in-with/aarhus" + (f"?next={wanted}" if wanted else ""))
    assert answer.status_code == 302
    return answer.location


def come(browser: Reader, who: str, wanted: str = "", **changed: str) -> TestResponse:
    return browser.get(at_the_provider(there(browser, wanted), who, **changed))


def arrive(browser: Reader, who: str, name: str = "Ada Hansen", wanted: str = "") -> TestResponse:
    answer = come(browser, who, wanted)
    assert answer.location == "/sv/account/arrive"
    page = browser.read(answer.location)
    return browser.post("/sv/account/arrive", data={**hidden(page), "name": name})


def signed_in_as(browser: Reader) -> str | None:
    answer = browser.get("/en/account")
    return Page(answer).text if answer.status_code == 200 else None


def identities(session: Session) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(Identity)) or 0


KEY = RSAKey.generate_key(2048, {"kid": "one"}, auto_kid=False)
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one"}, auto_kid=False)


class Liar:
    """A provider that says whatever a test makes it say."""

    def __init__(self) -> None:
        self.changed: dict[str, Any] = {}
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "one"}
        self.key: Any = KEY
        self.raw: Callable[[dict[str, Any]], tuple[int, bytes]] | None = None
        self.metadata: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.nonce = ""
        liar = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                liar.answer(self)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                liar.answer(self)

            def log_message(self, *_parts: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        said: Any = {
            "/.well-known/openid-configuration": self._metadata,
            "/keys": lambda: {"keys": [KEY.as_dict(private=False)]},
            "/token": lambda: {"access_token": "x", "token_type": "Bearer", "id_token": self._token()},
            "/userinfo": lambda: self.userinfo,
        }[handler.path]()
        status, body = 200, json.dumps(said).encode()
        if self.raw and handler.path == "/token":
            status, body = self.raw(said)
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            **self.metadata,
        }

    def _token(self) -> str:
        moment = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": "library",
            "sub": "ada",
            "iat": moment,
            "exp": moment + 300,
            "nonce": self.nonce,
            "email": "ada@aarhus.example",
            "email_verified": True,
            **self.changed,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(self.header, claims, self.key, algorithms=["RS256", "HS256", "none"])
