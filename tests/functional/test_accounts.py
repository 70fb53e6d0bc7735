"""Signing in and out: nobody gets in who should not, and a session that has ended is dead."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from factories.html import words
from factories.instances import Place
from factories.readers import Page, Reader
from factories.records import PASSWORD, an_account
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from library.accounts.sessions import sweep
from library.choices import Role
from library.extensions import limiter
from library.models import Account, ServerSession, now

pytestmark = pytest.mark.one_database

SIGN_IN = "/en/account/sign-in"
ACCOUNT = "/en/account"
SIGN_OUT = "/en/account/sign-out"
COOKIE = "session"


@pytest.fixture
def member(own_library: Flask) -> str:
    return an_account(own_library, Role.MEMBER)


def token(page: Page) -> str:
    return next(box.get("value", "") for box in page.all("input") if box.get("name") == "csrf_token")


def sign_in(
    reader: Reader, email: str, password: str = PASSWORD, address: str = SIGN_IN, **fields: str
) -> TestResponse:
    page = reader.read(address)
    hidden = {box.get("name"): box.get("value") for box in page.all("input") if box.get("type") == "hidden"}
    return reader.post(address, data={**hidden, "email": email, "password": password, **fields})


def cookie(reader: Reader) -> str:
    kept = reader.get_cookie(COOKIE)
    assert kept is not None
    return kept.value


@pytest.mark.both_databases
def test_a_member_signs_in_and_sees_the_account(own_reader: Reader, member: str) -> None:
    answer = sign_in(own_reader, member)
    assert (answer.status_code, answer.location) == (302, ACCOUNT)
    page = own_reader.read(ACCOUNT)
    assert member in page.text
    assert "Member" in page.text
    assert own_reader.get(SIGN_IN).location == ACCOUNT


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(own_reader: Reader, member: str) -> None:
    sign_in(own_reader, member)
    kept = own_reader.get_cookie(COOKIE)
    assert kept is not None
    assert kept.http_only
    assert kept.same_site == "Lax"
    assert kept.path == "/"
    assert not kept.expires, "it ends with the browser"


def test_signing_out_ends_the_session_and_takes_the_cookie(own_reader: Reader, member: str) -> None:
    sign_in(own_reader, member)
    page = own_reader.read(ACCOUNT)
    answer = own_reader.post(SIGN_OUT, data={"csrf_token": token(page)})
    assert (answer.status_code, answer.location) == (302, "/en/")
    assert own_reader.get(ACCOUNT).status_code == 302


@pytest.mark.both_databases
def test_a_cookie_copied_before_sign_out_is_dead_after_it(
    own_library: Flask, own_reader: Reader, member: str, own_session: Session
) -> None:
    sign_in(own_reader, member)
    copied = cookie(own_reader)
    thief = own_library.test_client()
    thief.set_cookie(COOKIE, copied)
    assert thief.get(ACCOUNT).status_code == 200, "the copy works while the session lives"
    own_reader.post(SIGN_OUT, data={"csrf_token": token(own_reader.read(ACCOUNT))})
    assert thief.get(ACCOUNT).status_code == 302
    account = own_session.scalars(select(Account).where(Account.email == member)).one()
    assert not own_session.scalar(select(func.count()).where(ServerSession.account_id == account.id))


@pytest.mark.both_databases
def test_signing_in_changes_the_secret_so_that_a_planted_one_is_worth_nothing(
    own_library: Flask, own_reader: Reader, member: str
) -> None:
    own_reader.read(SIGN_IN)
    planted = cookie(own_reader)
    sign_in(own_reader, member)
    assert cookie(own_reader) != planted
    attacker = own_library.test_client()
    attacker.set_cookie(COOKIE, planted)
    assert attacker.get(ACCOUNT).status_code == 302


def test_a_secret_that_a_stranger_made_up_is_not_taken_over(
    own_library: Flask, own_reader: Reader, member: str
) -> None:
    own_reader.set_cookie(COOKIE, "made-up-by-a-stranger")
    sign_in(own_reader, member)
    assert cookie(own_reader) != "made-up-by-a-stranger"


@pytest.mark.both_databases
def test_the_database_keeps_only_the_hash_of_the_secret(own_reader: Reader, member: str, own_session: Session) -> None:
    sign_in(own_reader, member)
    secret = cookie(own_reader).encode()
    for row in own_session.scalars(select(ServerSession)):
        assert secret not in row.token_hash
        assert secret.decode() not in row.data


@pytest.mark.both_databases
def test_a_session_ends_by_itself_and_is_swept(own_reader: Reader, member: str, own_session: Session) -> None:
    sign_in(own_reader, member)
    own_session.execute(update(ServerSession).values(expires_at=now() - timedelta(seconds=1)))
    own_session.commit()
    assert own_reader.get(ACCOUNT).status_code == 302
    sweep(own_session)
    own_session.commit()
    assert not own_session.scalar(select(func.count()).where(ServerSession.account_id.is_not(None)))


@pytest.mark.both_databases
def test_an_account_that_was_closed_is_out_at_once(own_reader: Reader, member: str, own_session: Session) -> None:
    sign_in(own_reader, member)
    own_session.execute(update(Account).values(active=False))
    own_session.commit()
    assert own_reader.get(ACCOUNT).status_code == 302
    assert sign_in(own_reader, member).status_code == 422


@pytest.mark.parametrize("field", ["csrf_token", "neither"])
@pytest.mark.parametrize("address", [SIGN_IN, SIGN_OUT])
def test_a_form_without_its_token_is_refused_with_a_page(
    own_reader: Reader, member: str, address: str, field: str
) -> None:
    if address == SIGN_OUT:
        sign_in(own_reader, member)
    data = {"email": member, "password": PASSWORD}
    if field == "csrf_token":
        data["csrf_token"] = "forged"
    answer = own_reader.post(address, data=data)
    assert answer.status_code == 400
    assert Page(answer).heading
    assert (own_reader.get(ACCOUNT).status_code == 200) == (address == SIGN_OUT), "nothing has changed"


def test_a_token_of_another_session_is_refused(own_library: Flask, own_reader: Reader, member: str) -> None:
    foreign = token(own_library.test_client().read(SIGN_IN))  # type: ignore[attr-defined]
    own_reader.read(SIGN_IN)
    answer = own_reader.post(SIGN_IN, data={"email": member, "password": PASSWORD, "csrf_token": foreign})
    assert answer.status_code == 400


def test_a_form_sent_from_another_site_is_refused(own_reader: Reader, member: str) -> None:
    data = {"email": member, "password": PASSWORD, "csrf_token": token(own_reader.read(SIGN_IN))}
    answer = own_reader.post(SIGN_IN, data=data, headers={"Referer": "https://evil.example/"})
    assert answer.status_code == 400
    assert own_reader.get(ACCOUNT).status_code == 302


def test_nobody_learns_who_has_an_account(own_reader: Reader, own_library: Flask, member: str) -> None:
    closed = an_account(own_library, Role.MEMBER, email="closed@example.org", active=False)
    said = {}
    for email, password in ((member, "wrong"), ("nobody@example.org", "wrong"), (closed, PASSWORD), (closed, "wrong")):
        answer = sign_in(own_reader, email, password)
        assert answer.status_code == 422
        said[email, password] = Page(answer).text
        assert own_reader.get(ACCOUNT).status_code == 302
    assert len(set(said.values())) == 1, said
    assert "do not fit together" in said[member, "wrong"]


def test_a_stranger_is_answered_as_slowly_as_a_member(own_reader: Reader, member: str) -> None:
    def took(email: str) -> float:
        started = time.process_time()
        sign_in(own_reader, email, "wrong")
        return time.process_time() - started

    took(member)
    known, unknown = min(took(member) for _ in range(3)), min(took("nobody@example.org") for _ in range(3))
    assert 0.4 < known / unknown < 2.5, (known, unknown)


def test_what_was_typed_is_kept_but_never_the_password(own_reader: Reader, member: str) -> None:
    page = Page(sign_in(own_reader, member, "wrong password"))
    assert page.by_id("email").get("value") == member
    assert not page.by_id("password").get("value")
    summary = next(element for element in page.root.iter() if element.get("role") == "alert")
    assert [link.get("href") for link in summary.iter("a")] == ["#password"]


def test_empty_fields_are_named_in_the_summary(own_reader: Reader) -> None:
    page = Page(sign_in(own_reader, "", ""))
    assert page.response.status_code == 422
    summary = next(element for element in page.root.iter() if element.get("role") == "alert")
    assert {words(link) for link in summary.iter("a")} == {"Enter your e-mail address", "Enter your password"}


@pytest.mark.parametrize("size", [129, 100_000])
def test_a_password_as_long_as_a_book_is_refused_quickly(own_reader: Reader, member: str, size: int) -> None:
    assert sign_in(own_reader, member, "x" * size).status_code == 422


def test_who_wanted_a_page_gets_there_after_signing_in(own_reader: Reader, member: str) -> None:
    answer = own_reader.get("/sv/account")
    assert answer.status_code == 302
    assert answer.location.startswith("/")
    assert "sign-in" in answer.location
    reached = sign_in(own_reader, member, address=answer.location)
    assert reached.location == "/sv/account"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "https://localhost@evil.example/",
        "evil.example",
    ],
)
def test_signing_in_never_leads_to_another_site(own_reader: Reader, member: str, target: str) -> None:
    answer = sign_in(own_reader, member, next=target)
    if answer.status_code == 302:
        assert answer.location == ACCOUNT
    else:
        assert answer.status_code == 422, "or the form is refused"


@pytest.mark.both_databases
def test_guessing_passwords_is_slowed_down(own_place: Place, open_library) -> None:  # type: ignore[no-untyped-def]
    app = open_library(own_place, RATELIMIT_ENABLED=True)
    limiter.reset()
    email = an_account(app, Role.MEMBER)
    reader = app.test_client()
    codes = [sign_in(reader, email, "wrong").status_code for _ in range(12)]
    assert codes[:10] == [422] * 10
    assert codes[10:] == [429] * 2
    assert sign_in(reader, email).status_code == 429, "not even the right password helps now"
    assert reader.get(SIGN_IN).status_code == 200, "reading stays open"
    limiter.reset()


def test_readers_are_given_no_session_anywhere_else(own_library: Flask, own_session: Session) -> None:
    reader = own_library.test_client()
    for address in ("/en/", "/en/practices?q=x", "/en/about", "/api/v1/practices", "/en/nowhere", "/healthz"):
        assert "Set-Cookie" not in reader.get(address).headers
    assert not own_session.scalar(select(func.count()).select_from(ServerSession))
