"""A municipality's own sign-in, against a certified provider that runs here, and against one that lies."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from factories.instances import Place
from factories.people import hidden, sign_in
from factories.readers import Page, Reader
from factories.records import an_account
from factories.submissions import account_called
from flask import Flask
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from library.accounts import oidc
from library.accounts.oidc import Provider, read_providers
from library.choices import Role
from library.errors import UnsafeConfiguration
from library.extensions import db
from library.models import Account, AuditEntry, Identity

pytestmark = pytest.mark.one_database

BACK = "/account/back/aarhus"
SECRET = "s" * 32
PEOPLE = {
    "ada": {"email": "Ada@aarhus.example", "email_verified": True, "name": "Ada Hansen"},
    "bo": {"email": "bo@aarhus.example", "email_verified": False, "name": "Bo"},
    "mallory": {"email": "mallory@evil.example", "email_verified": True, "name": "Mallory"},
    "twin": {"email": "ada@aarhus.example", "email_verified": True, "name": "Another Ada"},
}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A real provider on loopback."""
    script = Path(__file__).with_name("oidc_provider.mjs")
    command = ["node", str(script), json.dumps(PEOPLE), f"https://localhost{BACK}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    with process:
        yield process.stdout.readline().strip()
        process.kill()


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


@pytest.fixture
def app(open_library: Callable[..., Flask], own_place: Place, tmp_path: Path, issuer: str) -> Flask:
    oidc.forget()
    return open_library(own_place, OIDC=settings(tmp_path, issuer))


@pytest.fixture
def records(app: Flask) -> Iterator[Session]:
    with app.app_context():
        sessions = db.sessionmaker
    with sessions() as session:
        yield session


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


# --- an honest provider ------------------------------------------------------------------------------------------


def test_the_sign_in_page_offers_it(app: Flask) -> None:
    page = browser_of(app).read("/en/account/sign-in?next=/en/practices")
    [link] = [link for link in page.all("a") if "sign-in-with" in link.get("href", "")]
    assert "Aarhus Kommune" in "".join(link.itertext())
    assert link.get("href") == "/en/account/sign-in-with/aarhus?next=/en/practices"


def test_the_first_time_makes_an_account_and_the_second_time_opens_it(app: Flask, records: Session) -> None:
    answer = arrive(browser_of(app), "ada", wanted="/sv/practices")
    assert (answer.status_code, answer.location) == (302, "/sv/practices")
    account = account_called(records, "ada@aarhus.example")
    assert (account.name, account.language, account.password) == ("Ada Hansen", "sv", None)
    assert account.confirmed_at is not None
    assert [role.name for role in account.roles] == [Role.CONTRIBUTOR]
    assert [body.slug for body in account.organisations] == ["dk-aarhus"]
    entries = select(AuditEntry.action, AuditEntry.subject_id).where(AuditEntry.actor_id == account.id)
    assert ("account.register", account.id) in records.execute(entries).all()
    later = browser_of(app)
    assert come(later, "ada").status_code == 302
    assert "ada@aarhus.example" in (signed_in_as(later) or "")
    assert identities(records) == 1


def test_nothing_is_made_before_somebody_says_so(app: Flask, records: Session) -> None:
    browser = browser_of(app)
    before = records.scalar(select(func.count()).select_from(Account))
    assert come(browser, "ada").location == "/sv/account/arrive"
    assert signed_in_as(browser) is None
    records.expire_all()
    assert records.scalar(select(func.count()).select_from(Account)) == before


def test_a_name_is_asked_for_and_what_was_typed_is_kept(app: Flask) -> None:
    browser = browser_of(app)
    come(browser, "ada")
    page = browser.read("/sv/account/arrive")
    assert page.by_id("name").get("value") == "Ada Hansen"
    for typed in ("", " ", "x" * 201):
        answer = browser.post("/sv/account/arrive", data={**hidden(page), "name": typed})
        assert answer.status_code == 422
    assert Page(answer).by_id("name").get("value") == "x" * 201


def test_an_address_that_has_an_account_is_never_linked_by_itself(app: Flask, records: Session) -> None:
    an_account(app, Role.MEMBER, email="ada@aarhus.example")
    browser = browser_of(app)
    answer = come(browser, "ada")
    page = browser.read(answer.location)
    assert "Sign in to it once" in page.text or page.all("main//a")
    assert not page.all("main//form")
    # Whoever sends the form all the same gets the page, and no account.
    other = browser_of(app)
    come(other, "ada")
    token = hidden(other.read("/en/account/sign-in"))["csrf_token"]
    other.post("/sv/account/arrive", data={"csrf_token": token, "name": "Ada"})
    assert signed_in_as(other) is None
    assert identities(records) == 0


def test_whoever_signs_in_to_both_links_them(app: Flask, records: Session) -> None:
    email = an_account(app, Role.MEMBER, email="ada@aarhus.example")
    browser = sign_in(app, email)
    assert come(browser, "ada").location == "/sv/account/link"
    assert identities(records) == 0, "only the button links"
    page = browser.read("/sv/account/link")
    assert browser.post("/sv/account/link", data=hidden(page)).status_code == 303
    assert identities(records) == 1
    account = account_called(records, email)
    assert [body.slug for body in account.organisations] == ["dk-aarhus"]
    assert [role.name for role in account.roles] == [Role.MEMBER], "a role is not handed out on the way"
    later = browser_of(app)
    come(later, "ada")
    assert email in (signed_in_as(later) or "")


def test_an_identity_of_one_account_cannot_be_linked_to_another(app: Flask, records: Session) -> None:
    arrive(browser_of(app), "ada")
    other = sign_in(app, an_account(app, Role.MEMBER, email="eve@example.org"))
    come(other, "ada")
    page = other.read("/sv/account/link")
    assert not page.all("main//form")
    token = hidden(other.read("/en/account"))["csrf_token"]
    assert other.post("/sv/account/link", data={"csrf_token": token}).status_code == 403
    assert identities(records) == 1


def test_two_people_at_the_provider_with_one_address_are_not_one(app: Flask, records: Session) -> None:
    arrive(browser_of(app), "ada")
    other = browser_of(app)
    answer = come(other, "twin")
    assert not other.read(answer.location).all("main//form")
    assert signed_in_as(other) is None
    assert identities(records) == 1


@pytest.mark.parametrize("who", ["bo", "mallory"])
def test_an_address_that_is_not_confirmed_or_of_another_domain_makes_no_account(
    app: Flask, records: Session, who: str
) -> None:
    browser = browser_of(app)
    answer = come(browser, who)
    assert answer.status_code == 403
    assert Page(answer).language == "sv"
    browser.read("/sv/account/arrive", 404)
    assert identities(records) == 0


def test_a_closed_account_stays_closed(app: Flask, records: Session) -> None:
    arrive(browser_of(app), "ada")
    account_called(records, "ada@aarhus.example").active = False
    records.commit()
    browser = browser_of(app)
    assert come(browser, "ada").status_code == 403
    assert signed_in_as(browser) is None


# --- what others try ---------------------------------------------------------------------------------------------


def test_a_state_that_was_made_up_is_refused(app: Flask) -> None:
    browser = browser_of(app)
    back = at_the_provider(there(browser), "ada")
    state = parse_qs(urlsplit(back).query)["state"][0]
    assert browser.get(back.replace(state, "made-up")).status_code == 400
    assert browser.get(f"{BACK}?code=x").status_code == 400
    assert browser.get(BACK).status_code == 400


def test_an_answer_for_one_browser_is_worth_nothing_in_another(app: Flask) -> None:
    back = at_the_provider(there(browser_of(app)), "ada")
    victim = browser_of(app)
    there(victim)
    assert victim.get(back).status_code == 400
    victim.read("/sv/account/arrive", 404)


def test_an_answer_is_good_once(app: Flask) -> None:
    browser = browser_of(app)
    back = at_the_provider(there(browser), "ada")
    assert browser.get(back).status_code == 302
    assert browser.get(back).status_code == 400


def test_a_code_is_good_once_even_with_a_state_of_its_own(app: Flask) -> None:
    browser = browser_of(app)
    first = parse_qs(urlsplit(at_the_provider(there(browser), "ada")).query)
    browser.get(f"{BACK}?{urlencode({'code': first['code'][0], 'state': first['state'][0]})}")
    second = parse_qs(urlsplit(there(browser)).query)
    answer = browser.get(f"{BACK}?{urlencode({'code': first['code'][0], 'state': second['state'][0]})}")
    assert answer.status_code == 400


def test_a_nonce_that_was_changed_on_the_way_is_refused(app: Flask) -> None:
    browser = browser_of(app)
    assert come(browser, "ada", nonce="another").status_code == 400
    browser.read("/sv/account/arrive", 404)


def test_a_challenge_that_was_changed_on_the_way_is_refused(app: Flask) -> None:
    assert come(browser_of(app), "ada", code_challenge="x" * 43).status_code == 400


def test_the_answer_of_another_issuer_is_refused(app: Flask) -> None:
    browser = browser_of(app)
    back = at_the_provider(there(browser), "ada")
    parts = parse_qs(urlsplit(back).query)
    changed = {name: values[0] for name, values in parts.items()} | {"iss": "https://evil.example"}
    assert browser.get(f"{BACK}?{urlencode(changed)}").status_code == 400


def test_somebody_who_stops_at_the_provider_reads_a_calm_page(app: Flask) -> None:
    browser = browser_of(app)
    state = parse_qs(urlsplit(there(browser)).query)["state"][0]
    answer = browser.get(f"{BACK}?error=access_denied&state={state}")
    assert answer.status_code == 400
    assert [link for link in Page(answer).all("a") if link.get("href") == "/sv/account/sign-in-with/aarhus"]


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/en/\\evil", "javascript:1"])
def test_nobody_is_led_elsewhere(app: Flask, wanted: str) -> None:
    assert arrive(browser_of(app), "ada", wanted=wanted).location == "/sv/account"


def test_a_provider_that_nobody_knows_is_not_found(app: Flask) -> None:
    assert browser_of(app).get("/en/account/sign-in-with/nobody").status_code == 404
    assert browser_of(app).get("/account/back/nobody?code=x&state=y").status_code == 404


# --- a provider that lies, or is down ----------------------------------------------------------------------------

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
