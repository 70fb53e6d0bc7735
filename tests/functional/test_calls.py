"""Calls for practices: an adviser asks from a gap, readers see it on home and map, and what comes is shown."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from factories.documents import titled
from factories.html import words
from factories.people import hidden, signed_in
from factories.readers import Page, Reader
from factories.records import a_practice, an_account
from factories.submissions import account_called
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from library.choices import Role
from library.languages import LANGUAGES
from library.models import AuditEntry, Call

HEADERS = {"Referer": "https://localhost/"}
NEW = "/en/calls/new"
ASKED = {
    "theme": "antisemitism",
    "agency": "faith-communities",
    "title_en": "Do you work with synagogues?",
    "text_en": "We look for **small** things that worked.",
    "title_sv": "Arbetar ni med synagogor?",
}

one_database = pytest.mark.one_database


def day(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


@pytest.fixture
def adviser(own_library: Flask) -> Reader:
    return signed_in(own_library, Role.ADVISER, name="Vera")


def send(browser: Reader, address: str = NEW, **changes: str) -> TestResponse:
    boxes = hidden(browser.read(address))
    given = {name: value for name, value in {**boxes, **ASKED, **changes}.items() if value is not None}
    answer: TestResponse = browser.post(address, data=given)
    return answer


def press(browser: Reader, address: str, deed: str) -> Page:
    sent = browser.post(f"{address}/{deed}", data={"csrf_token": hidden(browser.read(address))["csrf_token"]})
    assert sent.status_code == 303
    return browser.read(address)


def publish(browser: Reader, **changes: str) -> str:
    """Publish a call and return its address."""
    answer = send(browser, **changes)
    assert answer.status_code == 303
    return answer.headers["Location"]


# --- from a gap to the public ------------------------------------------------------------------------------------


def test_a_call_from_a_gap_is_public_at_once(adviser: Reader, own_reader: Reader, own_session: Session) -> None:
    page = adviser.read(f"{NEW}?theme=antisemitism&agency=faith-communities&prevention_level=universal&agency=x")
    chosen = {words(option) for option in page.all("option") if "selected" in option.attrib}
    assert {"Antisemitism", "Faith communities", "Universal prevention"} <= {words_of.strip() for words_of in chosen}
    address = publish(adviser, closes_on=day(30))
    page = own_reader.read(address)
    assert page.heading == "Do you work with synagogues?"
    assert "We look for small things that worked." in page.text
    assert "/en/submissions/new?theme=antisemitism&agency=faith-communities" in page.addresses
    assert "/en/practices?theme=antisemitism&agency=faith-communities" in page.addresses
    assert not page.all("main//form"), "readers are offered nothing that they may not do"
    entry = own_session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.subject_kind) == ("call.open", "call")


def test_an_open_call_stands_on_home_on_the_landing_page_and_on_the_map(adviser: Reader, own_reader: Reader) -> None:
    assert "The library asks for" not in own_reader.read("/en/").text
    address = publish(adviser)
    for place in ("/en/", "/en/calls", "/en/map?theme=hate"):
        assert address in own_reader.read(place).addresses, place
    [mark] = own_reader.read("/en/map?theme=hate").by_class("asked")
    assert words(mark) == "Call: Do you work with synagogues?"
    whole = publish(adviser, agency="", title_en="Anything against hatred")
    marks = [a.get("href") for a in own_reader.read("/en/map?theme=hate").by_class("asked")]
    assert marks == [whole, address], "a call without an agency stands at its theme"


def test_readers_get_the_call_in_their_language_and_are_told_of_another(adviser: Reader, own_reader: Reader) -> None:
    address = publish(adviser)
    swedish = own_reader.read(address.replace("/en/", "/sv/"))
    assert swedish.heading == "Arbetar ni med synagogor?"
    assert swedish.by_class("prose")[0].get("lang") == "en"
    finnish = own_reader.read(address.replace("/en/", "/fi/"))
    assert finnish.all("h1")[0].get("lang") == "en"


def test_what_has_come_in_its_field_since_is_shown(adviser: Reader, own_reader: Reader, own_session: Session) -> None:
    agencies = [{"code": "faith-communities", "role": {"en": "Open", "sv": "Öppnar"}}]
    a_practice(own_session, titled("Before the call", themes=["antisemitism"], agencies=agencies))
    own_session.commit()
    address = publish(adviser, theme="hate")
    assert own_reader.read(address).slugs == []
    came = a_practice(own_session, titled("After the call", themes=["antisemitism"], agencies=agencies))
    a_practice(own_session, titled("Of somebody else", themes=["antisemitism"]))
    a_practice(own_session, titled("On something else", themes=["mentoring"], agencies=agencies))
    own_session.commit()
    assert own_reader.read(address).slugs == [came.slug], "a narrower theme is in the field, other agencies are not"


# --- changing, closing, opening again ----------------------------------------------------------------------------


def test_a_call_is_changed_closed_and_opened_again(adviser: Reader, own_reader: Reader, own_session: Session) -> None:
    address = publish(adviser, closes_on=day(30))
    form = adviser.read(f"{address}/edit")
    assert form.by_id("title_sv").get("value") == ASKED["title_sv"]
    assert form.by_id("closes_on").get("value") == day(30)
    assert send(adviser, f"{address}/edit", title_en="Who opens doors?").status_code == 303
    assert own_reader.read(address).heading == "Who opens doors?"
    assert "The call is closed." in press(adviser, address, "close").text
    closed = own_reader.read(address)
    assert "Closed" in words(closed.by_class("eyebrow")[0])
    assert not any("/submissions/new" in link for link in closed.addresses[:-1])
    assert address not in own_reader.read("/en/").addresses
    assert address in own_reader.read("/en/calls").addresses
    assert "It is closed already." in press(adviser, address, "close").text
    assert "The call is open again." in press(adviser, address, "reopen").text
    assert "It is open already." in press(adviser, address, "reopen").text
    assert address in own_reader.read("/en/").addresses
    deeds = own_session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "call")).all()
    assert sorted(deeds) == ["call.change", "call.close", "call.open", "call.reopen"]


def test_a_call_closes_by_its_date_without_anybody(adviser: Reader, own_reader: Reader, own_session: Session) -> None:
    address = publish(adviser, closes_on=day(0))
    assert address in own_reader.read("/en/").addresses, "open until the end of its last day"
    own_session.execute(update(Call).values(closes_on=datetime.now(UTC).date() - timedelta(days=1)))
    own_session.commit()
    assert address not in own_reader.read("/en/").addresses
    assert not own_reader.read("/en/map?theme=hate").by_class("asked")
    assert "Closed" in words(own_reader.read(address).by_class("eyebrow")[0])
    assert send(adviser, f"{address}/edit", title_en="Still over").status_code == 303, "its date may stay as it is"
    assert "The call is open again." in press(adviser, address, "reopen").text
    assert address in own_reader.read("/en/").addresses


def test_two_advisers_notice_each_other(own_library: Flask, adviser: Reader, own_reader: Reader) -> None:
    other = signed_in(own_library, Role.ADVISER, email="olle@example.org")
    address = publish(adviser)
    boxes = {**hidden(other.read(f"{address}/edit")), **ASKED, "title_en": "Mine"}
    assert send(adviser, f"{address}/edit", title_en="Theirs").status_code == 303
    late = other.post(f"{address}/edit", data=boxes)
    assert late.status_code == 409
    page = Page(late)
    assert "Somebody else has changed this call." in page.text
    assert page.by_id("title_en").get("value") == "Mine"
    assert own_reader.read(address).heading == "Theirs"
    again = other.post(f"{address}/edit", data={**boxes, **hidden(page)})
    assert again.status_code == 303, "knowing of it, they may"
    assert own_reader.read(address).heading == "Mine"


def test_of_two_at_the_same_moment_one_waits_and_is_told(own_library: Flask, adviser: Reader) -> None:
    address = publish(adviser)
    browsers = [signed_in(own_library, Role.ADVISER, email=f"a{n}@example.org") for n in range(4)]
    boxes = [{**hidden(b.read(f"{address}/edit")), **ASKED, "title_en": f"Of {n}"} for n, b in enumerate(browsers)]
    codes: list[int] = []

    def change(browser: Reader, sent: dict[str, Any]) -> None:
        posted = FlaskClient.open(browser, f"{address}/edit", method="POST", data=sent, headers=HEADERS)
        codes.append(posted.status_code)

    threads = [threading.Thread(target=change, args=pair) for pair in zip(browsers, boxes, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [303, 409, 409, 409]


# --- bad input ---------------------------------------------------------------------------------------------------


@one_database
@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"theme": ""}, "theme", "Choose a theme"),
        ({"title_en": "  "}, "title_en", "Enter a title"),
        ({"title_en": "x" * 101}, "title_en", "Write at most 100 characters"),
        ({"text_en": "x" * 2001}, "text_en", "Write at most 2000 characters"),
        ({"text_fi": "Etsimme"}, "title_fi", "Enter a title in Suomi too"),
        ({"closes_on": "soon"}, "closes_on", "Enter a date such as 2027-05-31"),
        ({"closes_on": day(-1)}, "closes_on", "Enter a day that is not over"),
        ({"closes_on": day(800)}, "closes_on", "Enter a day within two years"),
        ({"closes_on": "9999-12-31"}, "closes_on", "Enter a day within two years"),
        ({"closes_on": "0000-00-00"}, "closes_on", "Enter a date such as 2027-05-31"),
        ({"text_en": "a\x07b"}, "text_en", "Take out the unreadable characters"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_everything_typed_is_kept(
    adviser: Reader, own_session: Session, changes: dict[str, str], field: str, message: str
) -> None:
    answer = send(adviser, **changes)
    assert answer.status_code == 422
    page = Page(answer)
    assert message in words(page.by_id(f"{field}-error"))
    assert f"#{field}" in page.addresses
    assert page.by_id("title_sv").get("value") == ASKED["title_sv"]
    assert own_session.scalars(select(Call)).all() == []


@one_database
@pytest.mark.parametrize("field", ["theme", "agency", "target_group", "prevention_level"])
def test_a_concept_that_is_none_is_refused(adviser: Reader, field: str) -> None:
    assert send(adviser, **{field: "police' OR 1=1"}).status_code == 422


@one_database
def test_only_advisers_call(own_library: Flask, adviser: Reader, own_reader: Reader) -> None:
    address = publish(adviser)
    contributor = signed_in(own_library, Role.CONTRIBUTOR)
    for place in (NEW, f"{address}/edit"):
        contributor.read(place, 403)
        assert "/account/sign-in" in own_reader.get(place).headers["Location"]
    assert f"{address}/edit" not in contributor.read(address).addresses
    own_reader.read("/en/calls/987654", 404)


@one_database
def test_calls_are_written_in_any_language_of_the_page(adviser: Reader, own_reader: Reader) -> None:
    for language in LANGUAGES:
        boxes = hidden(adviser.read(f"/{language}/calls/new"))
        sent = {**boxes, "theme": "hate", f"title_{language}": f"In {language}"}
        answer = adviser.post(f"/{language}/calls/new", data=sent)
        assert answer.status_code == 303
        assert own_reader.read(answer.headers["Location"]).heading == f"In {language}"


@one_database
def test_whoever_opened_it_may_leave(own_library: Flask, own_reader: Reader, own_session: Session) -> None:
    account = account_called(own_session, an_account(own_library, Role.ADVISER, email="gone@example.org"))
    call = Call(theme_id="themes/hate", titles={"en": "Of old"}, original_language="en", opened_by_id=account.id)
    own_session.add(call)
    own_session.commit()
    own_session.delete(account)
    own_session.commit()
    assert own_reader.read(f"/en/calls/{call.id}").heading == "Of old"
