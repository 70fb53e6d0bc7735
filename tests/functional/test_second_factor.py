"""Second factors: a password alone is not enough where there is one, and no code is good twice."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from factories.instances import Place
from factories.letters import NEW_PASSWORD, last_letter, send
from factories.people import hidden, sign_in, signed_in
from factories.readers import Page, Reader
from factories.records import PASSWORD, an_account
from factories.submissions import account_called
from flask import Flask
from passlib.totp import TOTP
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from library.accounts import guarding
from library.choices import Role
from library.extensions import limiter
from library.mail import MailKind
from library.models import Account, ServerSession

pytestmark = pytest.mark.one_database

SIGN_IN = "/en/account/sign-in"
STEP = "/en/account/sign-in/second-step"
ACCOUNT = "/en/account"
FACTOR = "/en/account/second-factor"
APP = "/en/account/second-factor/app"


@pytest.fixture
def email(own_library: Flask) -> str:
    return an_account(own_library, Role.MEMBER)


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the time of codes stand still, for a test may take longer than a time step."""
    moment = time.time()
    monkeypatch.setattr(TOTP, "now", staticmethod(lambda: moment))


def a_browser(app: Flask) -> Reader:
    browser = app.test_client()
    assert isinstance(browser, Reader)
    return browser


def key_on(page: Page) -> str:
    return "".join(page.by_class("key")[0].itertext()).replace(" ", "").strip()


def code_of(key: str, *, later: int = 0) -> str:
    """Return what an app shows now, or some time steps later."""
    return str(TOTP(key=key).generate(TOTP.now() + 30 * later).token)


def set_up_app(browser: Reader) -> tuple[str, list[str]]:
    """Set up an app and return its key and the recovery codes."""
    page = browser.read(APP)
    key = key_on(page)
    answer = browser.post(APP, data={**hidden(page), "code": code_of(key, later=-1)})
    assert answer.status_code == 200
    shown = Page(answer)
    assert shown.heading == "Your recovery codes"
    return key, ["".join(code.itertext()) for code in shown.all("main//li/code")]


def give_password(app: Flask, email: str, password: str = PASSWORD) -> Reader:
    browser = a_browser(app)
    answer = send(browser, SIGN_IN, email=email, password=password)
    assert (answer.status_code, answer.location) == (302, STEP)
    return browser


def is_in(browser: Reader) -> bool:
    return browser.get(ACCOUNT).status_code == 200


# --- the app ---


def test_the_password_alone_lets_nobody_in_who_has_an_app(own_library: Flask, email: str) -> None:
    key, _ = set_up_app(sign_in(own_library, email))
    browser = give_password(own_library, email)
    assert not is_in(browser)
    answer = send(browser, STEP, code=code_of(key))
    assert (answer.status_code, answer.location) == (302, ACCOUNT)
    assert is_in(browser)


@pytest.mark.both_databases
def test_a_code_lets_in_once(own_library: Flask, email: str) -> None:
    key, _ = set_up_app(sign_in(own_library, email))
    code = code_of(key)
    assert send(give_password(own_library, email), STEP, code=code).status_code == 302
    second = give_password(own_library, email)
    assert send(second, STEP, code=code).status_code == 422
    assert not is_in(second)
    assert send(second, STEP, code=code_of(key, later=1)).status_code == 302


def test_the_code_that_set_the_app_up_is_used(own_library: Flask, email: str) -> None:
    key, _ = set_up_app(sign_in(own_library, email))
    assert send(give_password(own_library, email), STEP, code=code_of(key, later=-1)).status_code == 422


@pytest.mark.parametrize("code", ["000000", "12345", "1234567", "abcdef", "１２３４５６", "0" * 64, "' or 1=1"])
def test_a_wrong_code_lets_nobody_in(own_library: Flask, email: str, code: str) -> None:
    set_up_app(sign_in(own_library, email))
    browser = give_password(own_library, email)
    assert send(browser, STEP, code=code).status_code == 422
    assert not is_in(browser)


def test_after_five_wrong_codes_the_password_is_asked_for_again(own_library: Flask, email: str) -> None:
    key, _ = set_up_app(sign_in(own_library, email))
    browser = give_password(own_library, email)
    for _ in range(5):
        last = Page(browser.get(STEP)) if browser.get(STEP).status_code == 200 else None
        assert last is not None
        browser.post(STEP, data={**hidden(last), "code": "000000"})
    assert browser.get(STEP).location == SIGN_IN
    page = browser.read(SIGN_IN)
    assert browser.post(STEP, data={**hidden(page), "code": code_of(key)}).location == SIGN_IN
    assert not is_in(browser)


@pytest.mark.both_databases
def test_guessing_codes_is_slowed_down_across_sign_ins(own_place: Place, open_library: Any) -> None:
    app = open_library(own_place, RATELIMIT_ENABLED=True)
    limiter.reset()
    email = an_account(app, Role.MEMBER)
    set_up_app(sign_in(app, email))
    codes = []
    for _ in range(3):
        browser = give_password(app, email)
        page = browser.read(STEP)
        codes += [browser.post(STEP, data={**hidden(page), "code": "000000"}).status_code for _ in range(4)]
    assert codes == [422] * 10 + [429] * 2
    limiter.reset()


@pytest.mark.both_databases
def test_half_a_sign_in_is_over_after_ten_minutes(
    own_library: Flask, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up_app(sign_in(own_library, email))
    browser = give_password(own_library, email)
    assert browser.get(STEP).status_code == 200
    monkeypatch.setattr(guarding, "HALF_LASTS", -1)
    assert browser.get(STEP).location == SIGN_IN


def test_the_second_step_leads_where_somebody_wanted_to_go(own_library: Flask, email: str) -> None:
    key, _ = set_up_app(sign_in(own_library, email))
    browser = a_browser(own_library)
    page = browser.read(browser.get("/sv/account/sessions").location)
    browser.post(SIGN_IN, data={**hidden(page), "email": email, "password": PASSWORD})
    assert send(browser, STEP, code=code_of(key)).location == "/sv/account/sessions"


def test_an_app_that_shows_other_codes_is_not_switched_on(own_library: Flask, email: str, own_session: Session) -> None:
    browser = sign_in(own_library, email)
    page = browser.read(APP)
    again = Page(browser.post(APP, data={**hidden(page), "code": "000000"}))
    assert again.response.status_code == 422
    assert key_on(again) == key_on(page), "the key that was scanned stays good"
    assert account_called(own_session, email).tf_totp_secret is None


@pytest.mark.both_databases
def test_the_secret_of_an_app_is_encrypted_where_it_is_kept(
    own_library: Flask, email: str, own_session: Session
) -> None:
    browser = sign_in(own_library, email)
    pending = key_on(browser.read(APP))
    for row in own_session.scalars(select(ServerSession)):
        assert pending not in row.data
    own_session.rollback()
    key, _ = set_up_app(browser)
    kept = account_called(own_session, email).tf_totp_secret
    assert kept
    assert key not in kept
    last_letter(own_session, email, MailKind.ACCOUNT_CHANGED)


@pytest.mark.both_databases
def test_a_new_factor_ends_the_sessions_that_began_without_it(own_library: Flask, email: str) -> None:
    elsewhere, here = sign_in(own_library, email), sign_in(own_library, email)
    set_up_app(here)
    assert is_in(here)
    assert not is_in(elsewhere)


def test_without_the_app_the_password_is_enough_again(own_library: Flask, email: str, own_session: Session) -> None:
    browser = sign_in(own_library, email)
    _, codes = set_up_app(browser)
    assert send(browser, FACTOR, f"{APP}/remove").status_code == 303
    account = account_called(own_session, email)
    assert account.tf_totp_secret is None
    assert not account.mf_recovery_codes, "codes without a factor would be a second password"
    assert codes
    sign_in(own_library, email)


def test_a_new_password_does_not_pass_by_the_second_factor(own_library: Flask, email: str) -> None:
    browser = sign_in(own_library, email)
    set_up_app(browser)
    assert send(browser, "/en/account/password", password=NEW_PASSWORD).status_code == 303
    give_password(own_library, email, NEW_PASSWORD)


# --- recovery codes ---


@pytest.mark.both_databases
def test_each_recovery_code_lets_in_once_however_it_is_typed(
    own_library: Flask, email: str, own_session: Session
) -> None:
    _, codes = set_up_app(sign_in(own_library, email))
    assert len(set(codes)) == 10
    assert send(give_password(own_library, email), STEP, code=codes[3].upper().replace("-", " ")).status_code == 302
    assert len(account_called(own_session, email).mf_recovery_codes or []) == 9
    last_letter(own_session, email, MailKind.ACCOUNT_CHANGED)
    again = give_password(own_library, email)
    assert send(again, STEP, code=codes[3]).status_code == 422
    assert send(again, STEP, code=codes[4]).status_code == 302


@pytest.mark.both_databases
def test_recovery_codes_are_kept_as_hashes_and_shown_once(own_library: Flask, email: str, own_session: Session) -> None:
    browser = sign_in(own_library, email)
    _, codes = set_up_app(browser)
    kept = " ".join(account_called(own_session, email).mf_recovery_codes or [])
    for code in codes:
        assert code not in kept
        assert code.replace("-", "") not in kept
        assert code not in browser.read(FACTOR).markup


@pytest.mark.both_databases
def test_new_recovery_codes_make_the_old_ones_worthless(own_library: Flask, email: str) -> None:
    browser = sign_in(own_library, email)
    _, old = set_up_app(browser)
    fresh = Page(send(browser, FACTOR, f"{FACTOR}/recovery-codes"))
    codes = ["".join(code.itertext()) for code in fresh.all("main//li/code")]
    assert not set(codes) & set(old)
    half = give_password(own_library, email)
    assert send(half, STEP, code=old[0]).status_code == 422
    assert send(half, STEP, code=codes[0]).status_code == 302


def test_there_are_no_recovery_codes_without_a_factor(own_library: Flask, email: str) -> None:
    browser = sign_in(own_library, email)
    assert send(browser, FACTOR, f"{FACTOR}/recovery-codes").location == FACTOR


# --- who must have one ---


@pytest.fixture
def strict(own_place: Place, open_library: Any) -> Flask:
    """A library that insists."""
    library: Flask = open_library(own_place, SECOND_FACTOR_REQUIRED=True)
    return library


@pytest.mark.parametrize("role", [Role.ADVISER, Role.ADMINISTRATOR])
def test_advisers_and_administrators_reach_nothing_before_they_have_one(strict: Flask, role: Role) -> None:
    browser = signed_in(strict, role)
    for address in ("/en/", "/en/account", "/en/practices", "/en/review", "/en/account/details", "/api/v1/practices"):
        answer = browser.get(address)
        assert (answer.status_code, answer.location) == (302, FACTOR), address
    page = browser.read(FACTOR)
    token = hidden(page)["csrf_token"]
    assert browser.post("/en/account/details", data={"csrf_token": token, "name": "X"}).status_code == 403
    set_up_app(browser)
    assert browser.get(ACCOUNT).status_code == 200


@pytest.mark.parametrize("role", [Role.MEMBER, Role.CONTRIBUTOR])
def test_others_may_choose(strict: Flask, role: Role) -> None:
    assert signed_in(strict, role).get(ACCOUNT).status_code == 200


def test_whoever_becomes_an_adviser_owes_one_at_once(strict: Flask) -> None:
    browser = signed_in(strict, Role.MEMBER)
    assert browser.get(ACCOUNT).status_code == 200
    with strict.app_context():
        from library.accounts.services import ensure_roles
        from library.extensions import db

        account = db.session.scalars(select(Account).where(Account.email == "member@example.org")).one()
        account.roles.append(ensure_roles(db.session)[Role.ADVISER])
        db.session.commit()
    assert browser.get(ACCOUNT).location == FACTOR


def test_whoever_owes_one_may_sign_out(strict: Flask) -> None:
    browser = signed_in(strict, Role.ADVISER)
    assert send(browser, FACTOR, "/en/account/sign-out").status_code == 302
    assert browser.get(ACCOUNT).location.startswith(SIGN_IN)


# --- proving it once more ---


def let_proof_age(browser: Reader, app: Flask) -> None:
    """Let the last proof of this library's browsers be eleven minutes old."""
    from library.accounts.sessions import _SERIALIZER
    from library.extensions import db

    with app.app_context(), db.sessionmaker.begin() as session:
        for row in session.scalars(select(ServerSession).where(ServerSession.account_id.is_not(None))):
            data = _SERIALIZER.loads(row.data)
            data["proved_at"] -= timedelta(minutes=11).total_seconds()
            session.execute(
                update(ServerSession)
                .where(ServerSession.token_hash == row.token_hash)
                .values(data=_SERIALIZER.dumps(data))
            )


DANGEROUS = ("email", "password", "erase", "data.json", "second-factor/app", "second-factor/passkeys/new")


@pytest.mark.parametrize("page", DANGEROUS)
def test_what_could_cost_the_account_asks_for_the_password_again(own_library: Flask, email: str, page: str) -> None:
    browser = sign_in(own_library, email)
    wanted = f"{ACCOUNT}/{page}"
    assert browser.get(wanted).status_code == 200
    let_proof_age(browser, own_library)
    prove = browser.get(wanted).location
    assert prove.startswith("/en/account/prove")
    assert send(browser, prove, password="wrong password").status_code == 422
    assert browser.get(wanted).status_code == 303
    assert send(browser, prove, password=PASSWORD).location == wanted
    assert browser.get(wanted).status_code == 200


@pytest.mark.parametrize(
    "page", ["email", "password", "erase", "second-factor/app/remove", "second-factor/recovery-codes"]
)
def test_nothing_dangerous_is_done_on_an_old_proof(
    own_library: Flask, email: str, own_session: Session, page: str
) -> None:
    browser = sign_in(own_library, email)
    set_up_app(browser)
    before = account_called(own_session, email)
    kept = (before.email, before.password, before.tf_totp_secret, list(before.mf_recovery_codes or []))
    own_session.rollback()
    token = hidden(browser.read(FACTOR))["csrf_token"]
    let_proof_age(browser, own_library)
    fields = {"csrf_token": token, "email": email, "password": NEW_PASSWORD}
    assert "/prove" in browser.post(f"{ACCOUNT}/{page}", data=fields).location
    after = account_called(own_session, email)
    assert kept == (after.email, after.password, after.tf_totp_secret, list(after.mf_recovery_codes or []))


@pytest.mark.both_databases
def test_a_proof_gives_the_session_a_new_secret(own_library: Flask, email: str) -> None:
    browser = sign_in(own_library, email)
    old = browser.get_cookie("session")
    assert old is not None
    send(browser, "/en/account/prove", password=PASSWORD)
    thief = a_browser(own_library)
    thief.set_cookie("session", old.value)
    assert not is_in(thief)
    assert is_in(browser)
