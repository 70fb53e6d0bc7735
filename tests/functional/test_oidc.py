"""A municipality's own sign-in, against a certified provider that runs here, and against one that lies."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from factories.instances import Place
from factories.people import hidden, sign_in
from factories.providers import (
    BACK,
    PEOPLE,
    arrive,
    at_the_provider,
    browser_of,
    come,
    identities,
    settings,
    signed_in_as,
    there,
)
from factories.readers import Page
from factories.records import an_account
from factories.submissions import account_called
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.accounts import oidc
from library.choices import Role
from library.extensions import db
from library.models import Account, AuditEntry

pytestmark = pytest.mark.one_database


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
