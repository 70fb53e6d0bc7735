"""The last step: what is missing, what to look at once more, and sending it in, once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from factories.documents import a_document
from factories.people import hidden, sign_in, signed_in
from factories.readers import Page, Reader
from factories.records import an_account
from factories.submissions import a_submission, account_called
from flask import Flask
from sqlalchemy import func, select

from library.choices import Role, SubmissionState
from library.errors import ChangedMeanwhile
from library.extensions import db
from library.models import Mail, Notice, Submission, SubmissionAuthor, SubmissionRound
from library.submissions import services
from library.workflow import SubmissionStep, advance_submission

pytestmark = pytest.mark.one_database

CARL, OLGA, ANNA, BODIL = "carl@example.org", "olga@example.org", "anna@example.org", "bodil@example.org"
ADDRESS = "/en/submissions/1/check"


@pytest.fixture
def carl(own_library: Flask) -> Reader:
    """The browser of the first author of submission 1, whom Olga helps; Anna and Bodil advise."""
    an_account(own_library, Role.ADVISER, email=ANNA, name="Anna")
    an_account(own_library, Role.ADVISER, email=BODIL, name="Bodil")
    an_account(own_library, Role.CONTRIBUTOR, email=OLGA, name="Olga")
    browser = signed_in(own_library, Role.CONTRIBUTOR, email=CARL, name="Carl")
    with own_library.app_context():
        submission = a_submission(db.session, account_called(db.session, CARL))
        submission.authors.append(
            SubmissionAuthor(account=account_called(db.session, OLGA), position=1, agency_id="agencies/police")
        )
        db.session.commit()
    return browser


def write(app: Flask, document: dict[str, Any]) -> None:
    """Let a co-author save another document."""
    with app.app_context():
        submission = db.session.get_one(Submission, 1)
        submission.document = document
        submission.version += 1
        db.session.commit()


def send(browser: Reader, page: Page, **data: str) -> Page:
    """Send the form of the check page and return what comes."""
    answer = browser.post(ADDRESS, data={**hidden(page), **data})
    return Page(browser.get(answer.location)) if answer.status_code == 303 else Page(answer)


def state_of(app: Flask) -> tuple[SubmissionState, int]:
    """Return the state of submission 1, and how often it was sent in."""
    with app.app_context():
        rounds = db.session.scalar(select(func.count(SubmissionRound.id))) or 0
        return db.session.get_one(Submission, 1).state, rounds


def told(app: Flask) -> set[tuple[str, str]]:
    """Return who has been told of which kind of thing, in letters or for the digest."""
    with app.app_context():
        emails = {account_called(db.session, email).id: email for email in (CARL, OLGA, ANNA, BODIL)}
        rows = [*db.session.execute(select(Mail.account_id, Mail.kind))]
        rows += db.session.execute(select(Notice.account_id, Notice.kind))
        return {(emails[account], kind) for account, kind in rows}


# --- what is missing ---------------------------------------------------------------------------------------------


def test_what_is_missing_is_listed_with_the_way_to_its_field(own_library: Flask, carl: Reader) -> None:
    document = a_document(themes=[])
    del document["text"]["sv"]["what_is_done"]
    write(own_library, document)

    page = carl.read(ADDRESS)

    ways = [address for address in page.addresses if "/edit/" in address]
    assert any("/edit/about" in way and way.endswith("#f-themes") for way in ways)
    assert any("/edit/story" in way and "language=sv" in way for way in ways)


def test_sending_in_what_is_not_complete_says_what_to_do_and_keeps_the_note(own_library: Flask, carl: Reader) -> None:
    write(own_library, a_document(themes=[]))

    page = send(carl, carl.read(ADDRESS), note="Please look at the results.")

    assert page.response.status_code == 422
    assert page.by_class("ds-error-summary")
    assert "Please look at the results." in "".join(page.by_id("note").itertext())
    assert state_of(own_library) == (SubmissionState.DRAFT, 0)


def test_a_language_that_was_begun_must_be_complete(own_library: Flask, carl: Reader) -> None:
    def begun(document: dict[str, Any]) -> None:
        document["text"]["fi"] = {"title": "Avoin koulu"}

    write(own_library, a_document(begun))

    assert any("language=fi" in address for address in carl.read(ADDRESS).addresses)
    assert send(carl, carl.read(ADDRESS)).response.status_code == 422


# --- what to look at ---------------------------------------------------------------------------------------------


def with_phone_number(number: str = "+46 70 123 45 67") -> dict[str, Any]:
    """Return a document in which a phone number stands."""
    document = a_document()
    document["text"]["sv"]["what_is_done"] += f" Ring Anna Svensson på {number}."
    return document


def test_possible_personal_data_must_be_looked_at(own_library: Flask, carl: Reader) -> None:
    write(own_library, with_phone_number())

    page = send(carl, carl.read(ADDRESS))
    assert page.response.status_code == 422
    assert page.by_id("no_person").get("aria-invalid") == "true"
    assert "#no_person" in page.addresses
    assert state_of(own_library) == (SubmissionState.DRAFT, 0)

    send(carl, page, no_person="y")
    assert state_of(own_library) == (SubmissionState.SUBMITTED, 1)


def test_what_was_declared_covers_what_was_seen_and_no_more(own_library: Flask, carl: Reader) -> None:
    write(own_library, with_phone_number())
    page = carl.read(ADDRESS)
    write(own_library, with_phone_number("+46 70 765 43 21"))

    answer = send(carl, page, no_person="y", version="3")  # the version of now, so that only the declaration is old

    assert answer.response.status_code == 422
    assert "#no_person" in answer.addresses
    assert "checked" not in answer.by_id("no_person").attrib
    assert state_of(own_library) == (SubmissionState.DRAFT, 0)


@pytest.mark.both_databases
def test_a_declaration_holds_for_the_next_round(own_library: Flask, carl: Reader) -> None:
    write(own_library, with_phone_number())
    send(carl, carl.read(ADDRESS), no_person="y")
    ask_for_changes(own_library)

    page = carl.read(ADDRESS)
    assert "You have said that nobody can be recognised there" in page.text
    send(carl, page)

    assert state_of(own_library) == (SubmissionState.SUBMITTED, 2)


def test_other_warnings_and_missing_confirmations_do_not_stand_in_the_way(own_library: Flask, carl: Reader) -> None:
    document = a_document()
    for text in document["text"].values():
        del text["what_did_not_work"]
    write(own_library, document)

    page = carl.read(ADDRESS)
    assert "Nothing says what did not work" in page.text
    assert "Not confirmed yet" in page.text
    assert "Olga, Police" in page.text

    send(carl, page)
    assert state_of(own_library) == (SubmissionState.SUBMITTED, 1)


# --- sending it in -----------------------------------------------------------------------------------------------


def test_it_says_what_happens_next_and_under_which_licence(carl: Reader) -> None:
    text = carl.read(ADDRESS).text

    assert "An adviser reads it and answers by" in text
    assert "CC BY 4.0" in text


@pytest.mark.both_databases
def test_sending_in_freezes_a_copy_and_tells_authors_and_advisers(own_library: Flask, carl: Reader) -> None:
    page = send(carl, carl.read(ADDRESS), note="Please look at the results.")

    assert "An adviser will take it" in page.text
    assert "Please look at the results." in page.text
    assert told(own_library) == {
        (CARL, "submitted"),
        (OLGA, "submitted"),
        (ANNA, "new-submission"),
        (BODIL, "new-submission"),
    }
    with own_library.app_context():
        sent = db.session.scalars(select(SubmissionRound)).one()
        assert sent.document == a_document()


@pytest.mark.both_databases
def test_after_changes_it_goes_back_to_the_same_adviser_alone(own_library: Flask, carl: Reader) -> None:
    send(carl, carl.read(ADDRESS))
    ask_for_changes(own_library)

    page = send(carl, carl.read(ADDRESS))

    assert "Anna has it and means to answer by" in page.text
    assert "Carl sent it in again" in page.text
    assert (ANNA, "resubmitted") in told(own_library)
    assert (BODIL, "resubmitted") not in told(own_library)
    with own_library.app_context():
        submission = db.session.get_one(Submission, 1)
        assert submission.adviser is not None
        assert submission.adviser.email == ANNA


def ask_for_changes(app: Flask) -> None:
    with app.app_context():
        submission, anna = db.session.get_one(Submission, 1), account_called(db.session, ANNA)
        submission.adviser = anna
        advance_submission(db.session, submission, SubmissionStep.TAKE, actor=anna)
        advance_submission(db.session, submission, SubmissionStep.REQUEST_CHANGES, actor=anna, reason="Say more.")
        db.session.commit()


def test_an_adviser_who_writes_hears_of_it_as_author_only(own_library: Flask, carl: Reader) -> None:
    with own_library.app_context():
        submission = db.session.get_one(Submission, 1)
        submission.authors.append(SubmissionAuthor(account=account_called(db.session, ANNA), position=2))
        db.session.commit()

    send(carl, carl.read(ADDRESS))

    assert {kind for email, kind in told(own_library) if email == ANNA} == {"submitted"}


@pytest.mark.both_databases
def test_a_second_click_sends_nothing_twice(own_library: Flask, carl: Reader) -> None:
    page = carl.read(ADDRESS)

    for _ in range(2):
        assert "An adviser will take it" in send(carl, page).text

    assert state_of(own_library) == (SubmissionState.SUBMITTED, 1)


@pytest.mark.both_databases
def test_what_a_co_author_saved_meanwhile_is_looked_at_first(own_library: Flask, carl: Reader) -> None:
    page = carl.read(ADDRESS)
    write(own_library, a_document(start_year=2017))

    answer = send(carl, page)
    assert answer.response.status_code == 422
    assert "A co-author has saved since you opened this page" in answer.text
    assert state_of(own_library) == (SubmissionState.DRAFT, 0)

    send(carl, answer)
    assert state_of(own_library) == (SubmissionState.SUBMITTED, 1)


@pytest.mark.both_databases
def test_of_authors_who_send_it_in_at_once_one_does(own_library: Flask, carl: Reader) -> None:
    start, outcomes = threading.Barrier(2, timeout=60), []

    def go(email: str) -> None:
        with own_library.app_context():
            submission, actor = db.session.get_one(Submission, 1), account_called(db.session, email)
            version = submission.version
            start.wait()
            try:
                sent = services.submit(db.session, submission, actor=actor, version=version)
                db.session.commit()
                outcomes.append(sent.number)
            except ChangedMeanwhile:
                outcomes.append(0)

    threads = [threading.Thread(target=go, args=(email,)) for email in (CARL, OLGA)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes == [1, 1]
    assert state_of(own_library) == (SubmissionState.SUBMITTED, 1)


@pytest.mark.both_databases
@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999", "2"])
def test_a_version_that_nobody_was_given_sends_nothing(own_library: Flask, carl: Reader, version: str) -> None:
    answer = send(carl, carl.read(ADDRESS), version=version)

    assert answer.response.status_code == 422
    assert state_of(own_library) == (SubmissionState.DRAFT, 0)


def test_what_lies_with_an_adviser_is_not_checked_again(own_library: Flask, carl: Reader) -> None:
    send(carl, carl.read(ADDRESS))

    assert carl.get(ADDRESS).status_code == 302


def test_others_can_not_send_it_in(own_library: Flask, carl: Reader) -> None:
    stranger = sign_in(own_library, BODIL)
    token = hidden(stranger.read("/en/submissions"))

    assert stranger.post(ADDRESS, data={**token, "version": "1"}).status_code == 404
    assert state_of(own_library) == (SubmissionState.DRAFT, 0)
