"""Registering, and choosing a new password: who proves an address gets in, and nobody learns who has an account."""

from __future__ import annotations

import pytest
from factories.instances import Place
from factories.letters import NEW_PASSWORD, last_letter, letters_to, link_in, send
from factories.people import hidden, sign_in
from factories.readers import Page, Reader
from factories.records import PASSWORD, an_account
from factories.submissions import account_called
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.accounts import links
from library.accounts.passwords import is_easy
from library.choices import Role
from library.extensions import limiter
from library.mail import MailKind
from library.models import Account, ServerSession

pytestmark = pytest.mark.one_database

REGISTER = "/en/account/register"
RECOVER = "/en/account/recover"
NEW = "greta@example.org"


def register(reader: Reader, session: Session, email: str = NEW) -> str:
    """Ask for an account and return the path of the link in the letter."""
    answer = send(reader, REGISTER, name="Greta", email=email)
    assert answer.status_code == 303
    return link_in(last_letter(session, email, MailKind.CONFIRM_ADDRESS), "/confirm/")


def recovery(reader: Reader, session: Session, email: str) -> str:
    assert send(reader, RECOVER, email=email).status_code == 303
    return link_in(last_letter(session, email, MailKind.RESET_PASSWORD), "/reset/")


# --- registering ---


@pytest.mark.both_databases
def test_whoever_follows_the_letter_opens_an_account_and_may_write(own_reader: Reader, own_session: Session) -> None:
    link = register(own_reader, own_session)
    answer = send(own_reader, link, name="Greta", password=NEW_PASSWORD)
    assert answer.status_code == 302
    account = account_called(own_session, NEW)
    assert [role.name for role in account.roles] == [Role.CONTRIBUTOR]
    assert account.confirmed_at is not None
    assert NEW in own_reader.read("/en/account").text


def test_before_the_letter_is_followed_there_is_no_account(own_reader: Reader, own_session: Session) -> None:
    before = own_session.scalar(select(func.count()).select_from(Account))
    link = register(own_reader, own_session)
    own_reader.read(link)
    own_session.rollback()
    assert own_session.scalar(select(func.count()).select_from(Account)) == before, "following a link is no deed"


@pytest.mark.both_databases
def test_an_address_with_an_account_gets_the_same_page_and_another_letter(
    own_library: Flask, own_session: Session
) -> None:
    known = an_account(own_library, Role.MEMBER)
    first, second = own_library.test_client(), own_library.test_client()
    assert isinstance(first, Reader)
    assert isinstance(second, Reader)
    stranger = send(first, REGISTER, name="Greta", email=NEW)
    taken = send(second, REGISTER, name="Ada", email=known.upper())
    assert (stranger.status_code, stranger.location) == (taken.status_code, taken.location)
    assert stranger.get_data() == taken.get_data()
    last_letter(own_session, known, MailKind.ADDRESS_TAKEN)


@pytest.mark.both_databases
def test_a_link_opens_one_account_only(own_library: Flask, own_reader: Reader, own_session: Session) -> None:
    link = register(own_reader, own_session)
    send(own_reader, link, name="Greta", password=NEW_PASSWORD)
    second = own_library.test_client()
    assert isinstance(second, Reader)
    assert second.read(link, 404).heading == "This link does not work any more"
    form = second.read(REGISTER)
    assert second.post(link, data={**hidden(form), "name": "Mallory", "password": NEW_PASSWORD}).status_code == 404


def test_a_link_for_one_thing_opens_nothing_else(own_reader: Reader, own_session: Session) -> None:
    token = register(own_reader, own_session).rsplit("/", 1)[1]
    own_reader.read(f"/en/account/reset/{token}", 404)
    own_reader.read(f"/en/account/email/confirm/{token}", 404)
    own_reader.read(f"/en/account/invitations/{token}", 404)


@pytest.mark.parametrize("change", [lambda link: link[:-1], lambda link: link[:-4] + "AAAA", lambda link: link + "A"])
def test_a_link_that_was_changed_opens_nothing(own_reader: Reader, own_session: Session, change) -> None:  # type: ignore[no-untyped-def]
    own_reader.read(change(register(own_reader, own_session)), 404)


def test_a_link_is_too_old_after_a_day(
    own_reader: Reader, own_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = register(own_reader, own_session)
    own_reader.read(link)
    monkeypatch.setitem(links.VALID, links.Purpose.REGISTER, links.VALID[links.Purpose.REGISTER] * -1)
    own_reader.read(link, 404)


def test_the_address_of_a_link_tells_nobody_who_it_is_for(own_reader: Reader, own_session: Session) -> None:
    link = register(own_reader, own_session)
    assert "greta" not in link.lower()
    assert "Z3JldGE" not in link, "nor in base64"


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({}, {"Enter your name", "Enter your e-mail address"}),
        (
            {"name": "Greta", "email": "greta"},
            {"Enter a whole e-mail address, such as name@example.org"},
        ),
        (
            {"name": "Greta", "email": "a@b.org\nBcc: c@d.org"},
            {"Enter a whole e-mail address, such as name@example.org"},
        ),
        ({"name": "x" * 201, "email": NEW}, {"Use at most 200 characters"}),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    own_reader: Reader, own_session: Session, fields: dict[str, str], errors: set[str]
) -> None:
    answer = send(own_reader, REGISTER, **fields)
    assert answer.status_code == 422
    page = Page(answer)
    summary = next(element for element in page.root.iter() if element.get("role") == "alert")
    assert {"".join(link.itertext()).strip() for link in summary.iter("a")} == errors
    assert page.by_id("name").get("value") == fields.get("name", "")
    assert not letters_to(own_session, NEW)


# --- passwords ---


@pytest.mark.parametrize(
    "password", ["short", "x" * 129, "password1234", "greta@example.org", "gretaexample1", "Sommar2026Sommar", "a" * 12]
)
def test_a_password_that_is_easy_to_guess_is_refused_with_words_that_help(
    own_reader: Reader, own_session: Session, password: str
) -> None:
    answer = send(own_reader, register(own_reader, own_session), name="Greta", password=password)
    assert answer.status_code == 422
    box = Page(answer).by_id("password")
    assert box.get("aria-invalid") == "true"
    assert not box.get("value"), "a password is never sent back"


@pytest.mark.parametrize(
    "password", [PASSWORD, NEW_PASSWORD, "kaffe banan cykel", "žluťoučký kůň úpěl", "xkTq9$pLm2vR"]
)
def test_a_password_of_ones_own_is_welcome_whatever_it_is_made_of(password: str) -> None:
    assert not is_easy(password, email=NEW, site="Safe Cities Library")


# --- a forgotten password ---


@pytest.mark.both_databases
def test_a_forgotten_password_is_replaced_and_every_session_ends(
    own_library: Flask, own_reader: Reader, own_session: Session
) -> None:
    email = an_account(own_library, Role.MEMBER)
    elsewhere = sign_in(own_library, email)
    answer = send(own_reader, recovery(own_reader, own_session, email), password=NEW_PASSWORD)
    assert answer.status_code == 302
    assert elsewhere.get("/en/account").status_code == 302, "the other session is over"
    last_letter(own_session, email, MailKind.ACCOUNT_CHANGED)
    fresh = own_library.test_client()
    assert isinstance(fresh, Reader)
    assert send(fresh, "/en/account/sign-in", email=email, password=PASSWORD).status_code == 422
    assert send(fresh, "/en/account/sign-in", email=email, password=NEW_PASSWORD).status_code == 302


def test_a_link_sets_one_new_password_only(own_library: Flask, own_reader: Reader, own_session: Session) -> None:
    email = an_account(own_library, Role.MEMBER)
    link = recovery(own_reader, own_session, email)
    own_reader.read(link)
    send(own_reader, link, password=NEW_PASSWORD)
    own_library.test_client().get(link)
    own_reader.read(link, 404)


@pytest.mark.both_databases
def test_two_links_that_were_asked_for_die_with_the_first_that_is_used(
    own_library: Flask, own_reader: Reader, own_session: Session
) -> None:
    email = an_account(own_library, Role.MEMBER)
    first, second = recovery(own_reader, own_session, email), recovery(own_reader, own_session, email)
    send(own_reader, second, password=NEW_PASSWORD)
    own_reader.read(first, 404)


def test_nobody_learns_from_recovery_who_has_an_account(own_library: Flask, own_session: Session) -> None:
    known = an_account(own_library, Role.MEMBER)
    closed = an_account(own_library, Role.MEMBER, email="closed@example.org", active=False)
    answers = []
    for email in (known, closed, "nobody@example.org"):
        reader = own_library.test_client()
        assert isinstance(reader, Reader)
        answer = send(reader, RECOVER, email=email)
        answers.append((answer.status_code, answer.location, answer.get_data()))
    assert len(set(answers)) == 1
    assert len(letters_to(own_session, known)) == 1
    assert not letters_to(own_session, "nobody@example.org")
    assert not letters_to(own_session, closed)


@pytest.mark.both_databases
def test_letters_are_not_sent_in_heaps(own_place: Place, open_library) -> None:  # type: ignore[no-untyped-def]
    app = open_library(own_place, RATELIMIT_ENABLED=True)
    limiter.reset()
    for address in (REGISTER, RECOVER):
        reader = app.test_client()
        fields = {"name": "Greta"} if address == REGISTER else {}
        codes = [send(reader, address, email=NEW, **fields).status_code for _ in range(4)]
        assert codes == [303, 303, 303, 429]
    limiter.reset()


def test_pages_of_accounts_are_neither_stored_nor_found(own_reader: Reader, own_session: Session) -> None:
    for address in (REGISTER, RECOVER, register(own_reader, own_session), f"{REGISTER}/sent"):
        page = own_reader.read(address)
        assert page.response.headers["Cache-Control"] == "no-store"
        assert [meta.get("content") for meta in page.all("meta") if meta.get("name") == "robots"] == ["noindex"]


def test_a_session_knows_its_browser(own_library: Flask, own_session: Session) -> None:
    email = an_account(own_library, Role.MEMBER)
    sign_in(own_library, email)
    assert own_session.scalars(select(ServerSession.client).where(ServerSession.account_id.is_not(None))).one() == "/"
