"""How long a sign-in lasts, what stays out of browsers' stores, how guessing is slowed down, where a sign-in leads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from factories.instances import Place
from factories.readers import Page, Reader
from factories.records import PASSWORD, an_account
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from library.accounts.forms import own_path
from library.accounts.sessions import sweep
from library.choices import Role
from library.extensions import limiter
from library.models import ServerSession, now

SIGN_IN = "/en/account/sign-in"
ACCOUNT = "/en/account"
SIGN_OUT = "/en/account/sign-out"


@pytest.fixture
def member(own_library: Flask) -> str:
    return an_account(own_library, Role.MEMBER)


def hidden(page: Page) -> dict[str, str]:
    return {box.get("name", ""): box.get("value", "") for box in page.all("input") if box.get("type") == "hidden"}


def sign_in(reader: Reader, email: str, password: str = PASSWORD, **options: Any) -> TestResponse:
    data = {**hidden(reader.read(SIGN_IN)), "email": email, "password": password}
    return reader.post(SIGN_IN, data=data, **options)


def is_in(reader: Reader) -> bool:
    return reader.get(ACCOUNT).status_code == 200


def row(session: Session) -> ServerSession:
    session.expire_all()
    return session.scalars(select(ServerSession).where(ServerSession.account_id.is_not(None))).one()


def age(session: Session, **times: timedelta) -> None:
    """Let the sessions look as if some moments of theirs were so long ago."""
    session.execute(update(ServerSession).values({name: now() - ago for name, ago in times.items()}))
    session.commit()


# --- how long ---


def test_a_sign_in_ends_twelve_hours_after_it_began_however_busy(
    own_reader: Reader, member: str, own_session: Session
) -> None:
    sign_in(own_reader, member)
    begun = row(own_session)
    first_end = begun.expires_at
    assert timedelta(hours=12) - (first_end - begun.created_at) < timedelta(seconds=5)
    age(own_session, last_seen_at=timedelta(minutes=90))
    assert is_in(own_reader)
    own_reader.read(ACCOUNT)
    assert row(own_session).expires_at == first_end, "use does not move the end"


def test_a_form_that_nobody_sends_is_forgotten_after_two_hours(own_reader: Reader, own_session: Session) -> None:
    own_reader.read(SIGN_IN)
    kept = own_session.scalars(select(ServerSession)).one()
    own_session.refresh(kept)
    assert timedelta(hours=2) - (kept.expires_at - kept.created_at) < timedelta(seconds=5)


@pytest.mark.parametrize(("minutes", "still_in"), [(110, True), (121, False)])
def test_a_sign_in_that_nobody_uses_ends_after_two_hours(
    own_reader: Reader, member: str, own_session: Session, minutes: int, still_in: bool
) -> None:
    sign_in(own_reader, member)
    age(own_session, last_seen_at=timedelta(minutes=minutes))
    assert is_in(own_reader) == still_in


def test_a_sign_in_that_nobody_uses_is_swept(own_reader: Reader, member: str, own_session: Session) -> None:
    sign_in(own_reader, member)
    sweep(own_session)
    assert row(own_session)
    age(own_session, last_seen_at=timedelta(hours=3))
    sweep(own_session)
    assert own_session.scalars(select(ServerSession)).all() == []
    own_session.rollback()


def test_the_last_use_is_noted_at_most_once_a_minute(own_reader: Reader, member: str, own_session: Session) -> None:
    sign_in(own_reader, member)
    age(own_session, last_seen_at=timedelta(seconds=40))
    before = row(own_session).last_seen_at
    own_reader.read(ACCOUNT)
    assert row(own_session).last_seen_at == before
    age(own_session, last_seen_at=timedelta(seconds=70))
    own_reader.read("/en/about")
    assert now() - row(own_session).last_seen_at < timedelta(seconds=30)


def test_a_session_that_was_ended_elsewhere_is_not_brought_back(
    own_library: Flask, own_session: Session, member: str
) -> None:
    reader = own_library.test_client()
    assert isinstance(reader, Reader)
    sign_in(reader, member)

    def end() -> None:
        age(own_session, expires_at=timedelta(seconds=1))
        sweep(own_session)
        own_session.commit()

    with own_library.test_request_context("/en/", headers={"Cookie": f"session={reader.get_cookie('session').value}"}):  # type: ignore[union-attr]
        from flask import session

        session["touched"] = True
        end()
        own_library.process_response(own_library.make_response("done"))
    assert own_session.scalars(select(ServerSession)).all() == []


# --- what browsers keep ---


def test_nothing_that_a_session_saw_is_stored_by_browsers(own_reader: Reader, member: str) -> None:
    assert "no-store" not in own_reader.get("/en/about").headers["Cache-Control"]
    assert own_reader.get(SIGN_IN).headers["Cache-Control"] == "no-store"
    answer = sign_in(own_reader, member)
    assert answer.headers["Cache-Control"] == "no-store"
    for address in (ACCOUNT, "/en/about", "/en/practices", "/en/nowhere", "/api/v1/practices"):
        assert own_reader.get(address).headers["Cache-Control"] == "no-store", address
    out = own_reader.post(SIGN_OUT, data=hidden(own_reader.read(ACCOUNT)))
    assert out.headers["Cache-Control"] == "no-store"
    assert "no-store" not in own_reader.get("/en/about").headers["Cache-Control"]


def test_account_pages_are_not_stored_even_without_a_session(own_reader: Reader) -> None:
    assert own_reader.get(ACCOUNT).headers["Cache-Control"] == "no-store"
    assert own_reader.post(SIGN_IN, data={}).headers["Cache-Control"] == "no-store"


def test_style_sheets_are_kept_also_by_those_who_signed_in(own_reader: Reader, member: str) -> None:
    sign_in(own_reader, member)
    links = [link.get("href", "") for link in own_reader.read(ACCOUNT).all("link")]
    with own_reader.get(next(link for link in links if "site.css" in link)) as answer:
        assert "immutable" in answer.headers["Cache-Control"]


# --- a form that was open for too long ---


def test_a_form_that_outlived_its_session_is_shown_again_and_then_works(
    own_reader: Reader, member: str, own_session: Session
) -> None:
    old = hidden(own_reader.read(f"{SIGN_IN}?next=/sv/account"))
    age(own_session, expires_at=timedelta(seconds=1))
    answer = own_reader.post(SIGN_IN, data={**old, "email": member, "password": PASSWORD})
    assert answer.status_code == 400
    page = Page(answer)
    assert "open for too long" in page.text
    assert page.by_id("email").get("value") == member
    assert not page.by_id("password").get("value")
    fresh = hidden(page)
    assert fresh["csrf_token"] != old["csrf_token"]
    again = own_reader.post(SIGN_IN, data={**fresh, "email": member, "password": PASSWORD})
    assert (again.status_code, again.location) == (302, "/sv/account")


def test_a_form_of_another_session_is_shown_again(own_library: Flask, own_reader: Reader, member: str) -> None:
    other = own_library.test_client()
    assert isinstance(other, Reader)
    foreign = hidden(other.read(SIGN_IN))
    own_reader.read(SIGN_IN)
    answer = own_reader.post(SIGN_IN, data={**foreign, "email": member, "password": PASSWORD})
    assert answer.status_code == 400
    assert "open for too long" in Page(answer).text
    assert not is_in(own_reader)


@pytest.mark.parametrize(
    ("changed", "headers"),
    [
        ({"csrf_token": ""}, {}),
        ({"csrf_token": "forged"}, {}),
        ({}, {"Referer": "https://evil.example/"}),
        ({}, {"Referer": ""}),
    ],
)
def test_a_forged_form_is_refused_with_the_page_for_that(
    own_reader: Reader, member: str, changed: dict[str, str], headers: dict[str, str]
) -> None:
    data = {**hidden(own_reader.read(SIGN_IN)), "email": member, "password": PASSWORD, **changed}
    answer = own_reader.post(SIGN_IN, data=data, headers={"Referer": "https://localhost/", **headers})
    assert answer.status_code == 400
    assert Page(answer).heading == "We could not read that"
    assert not is_in(own_reader)


# --- where a sign-in leads ---

STRAY = [
    "https://evil.example/",
    "//evil.example/en/",
    "/\\evil.example",
    "/en/\\evil.example",
    "/en//evil.example",
    "/en/x//y",
    "/en/\tx",
    "/en/x\n",
    "/en/\x7f",
    "/en/\x85",
    " /en/",
    "/en",
    "/p/1",
    "/xx/account",
    "/static/x",
    "en/account",
    "javascript:alert(1)",
]


@pytest.mark.one_database
@pytest.mark.parametrize("wanted", STRAY)
def test_only_a_page_of_ours_is_led_to(wanted: str) -> None:
    assert own_path(wanted) == ""


@pytest.mark.one_database
@pytest.mark.parametrize("wanted", ["/en/", "/sv/account", "/nb/practices?q=ung%20dom&agency=police", "/fi/a-b#c"])
def test_a_page_of_ours_is_led_to(wanted: str) -> None:
    assert own_path(wanted) == wanted


@pytest.mark.parametrize("wanted", ["https://evil.example/", "/en//evil.example", "/p/1"])
@pytest.mark.parametrize("as_field", [True, False])
def test_a_stray_wish_never_refuses_a_correct_password(
    own_reader: Reader, member: str, wanted: str, as_field: bool
) -> None:
    data = {**hidden(own_reader.read(SIGN_IN)), "email": member, "password": PASSWORD}
    if as_field:
        answer = own_reader.post(SIGN_IN, data={**data, "next": wanted})
    else:
        answer = own_reader.post(SIGN_IN, query_string={"next": wanted}, data={**data, "next": ""})
    assert (answer.status_code, answer.location) == (302, ACCOUNT)


def test_who_sends_a_form_after_the_session_ended_comes_to_the_account_page(own_reader: Reader, member: str) -> None:
    data = hidden(own_reader.read(SIGN_IN))
    answer = own_reader.post("/en/account/sign-out", data=data)
    assert answer.status_code == 302
    assert answer.location == f"{SIGN_IN}?next={ACCOUNT}"


# --- guessing ---


@pytest.fixture
def guarded(own_place: Place, open_library) -> Any:  # type: ignore[no-untyped-def]
    app = open_library(own_place, RATELIMIT_ENABLED=True)
    limiter.reset()
    yield app
    limiter.reset()


@pytest.fixture
def guesser(guarded: Flask) -> Reader:
    client = guarded.test_client()
    assert isinstance(client, Reader)
    return client


def from_place(number: int) -> dict[str, Any]:
    return {"environ_overrides": {"REMOTE_ADDR": f"192.0.2.{number}"}}


@pytest.mark.one_database
def test_signing_in_correctly_is_never_slowed_down(guarded: Flask, guesser: Reader) -> None:
    email = an_account(guarded, Role.MEMBER)
    for _ in range(35):
        assert sign_in(guesser, email).status_code == 302
        guesser.delete_cookie("session")


@pytest.mark.one_database
def test_an_account_is_closed_to_guesses_from_everywhere_and_others_stay_open(guarded: Flask, guesser: Reader) -> None:
    email = an_account(guarded, Role.MEMBER)
    other = an_account(guarded, Role.MEMBER, email="grace@example.org")
    codes = [
        sign_in(guesser, email.upper() if n % 2 else email, "wrong", **from_place(n)).status_code for n in range(11)
    ]
    assert codes == [422] * 10 + [429]
    answer = sign_in(guesser, email, **from_place(99))
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 600
    assert "ten minutes" in Page(answer).text
    assert sign_in(guesser, other, **from_place(0)).status_code == 302


@pytest.mark.one_database
def test_an_address_is_closed_after_thirty_guesses_and_other_addresses_stay_open(
    guarded: Flask, guesser: Reader
) -> None:
    email = an_account(guarded, Role.MEMBER)
    codes = [sign_in(guesser, f"nobody-{n}@example.org", "wrong").status_code for n in range(31)]
    assert codes == [422] * 30 + [429]
    assert sign_in(guesser, email).status_code == 429
    assert sign_in(guesser, email, **from_place(1)).status_code == 302


@pytest.mark.one_database
def test_an_empty_field_is_no_guess(guesser: Reader) -> None:
    for _ in range(12):
        assert sign_in(guesser, "", "").status_code == 422
        assert sign_in(guesser, "ada@example.org", "").status_code == 422


@pytest.mark.one_database
def test_a_guess_counts_in_whatever_shape_it_is_sent(guarded: Flask, guesser: Reader) -> None:
    email = an_account(guarded, Role.MEMBER)
    fields = hidden(guesser.read(SIGN_IN))
    headers = {"Referer": "https://localhost/", "X-CSRFToken": fields["csrf_token"]}
    as_json = guesser.post(SIGN_IN, json={"email": email, "password": PASSWORD}, headers=headers)
    assert as_json.status_code == 422, "JSON is not read: it would pass by the count for an account"
    codes = []
    for _ in range(11):
        data = {"email": email, "password": "wrong"}
        answer = guesser.post(SIGN_IN, data=data, headers=headers, content_type="multipart/form-data")
        codes.append(answer.status_code)
    assert codes == [422] * 10 + [429]
