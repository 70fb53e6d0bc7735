"""A submission as a whole: the list, what happens next, comments, withdrawing, deleting, revising."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from factories.documents import titled
from factories.people import hidden, sign_in, signed_in
from factories.readers import Page, Reader
from factories.records import a_practice, an_account
from factories.submissions import a_submission, account_called
from factories.watching import watched
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library import commenting
from library.choices import Role, SubmissionState
from library.extensions import db
from library.models import (
    Comment,
    Mail,
    Notice,
    Organisation,
    Practice,
    PracticeAuthor,
    Submission,
    SubmissionAuthor,
    SubmissionEvent,
    now,
)
from library.submissions import services

pytestmark = pytest.mark.one_database

AUTHOR, OTHER, ADVISER = "contributor@example.org", "other@example.org", "adviser@example.org"


@pytest.fixture
def author(own_library: Flask) -> Reader:
    """The browser of somebody who writes; an adviser and another contributor have accounts too."""
    an_account(own_library, Role.ADVISER, email=ADVISER, name="Anna")
    an_account(own_library, Role.CONTRIBUTOR, email=OTHER, name="Olga")
    return signed_in(own_library, Role.CONTRIBUTOR, email=AUTHOR, name="Carl")


def made(app: Flask, build: Callable[[Session], Submission]) -> int:
    """Build a submission in a library and return its identifier."""
    with app.app_context():
        submission = build(db.session)
        db.session.commit()
        return submission.id


def in_state(state: SubmissionState, **options: Any) -> Callable[[Session], Submission]:
    """Return what builds a submission of the author's in a state; the adviser has it, if somebody has."""

    def build(session: Session) -> Submission:
        adviser = account_called(session, ADVISER)
        return a_submission(session, account_called(session, AUTHOR), state=state, adviser=adviser, **options)

    return build


def send(browser: Reader, page: Page, address: str, status: int = 303, **data: str) -> Page:
    """Send a form of a page and return what comes: the page that follows, or the same with what is wrong."""
    answer = browser.post(address, data={"csrf_token": hidden(page)["csrf_token"], **data})
    assert answer.status_code == status, answer.get_data(as_text=True)
    return Page(browser.get(answer.location)) if status == 303 else Page(answer)


def told(app: Flask, email: str) -> list[str]:
    """Return of which kinds of thing somebody has been told, in letters or for the digest."""
    with app.app_context():
        account = account_called(db.session, email)
        letters = db.session.execute(select(Mail.kind, Mail.created_at).where(Mail.account_id == account.id))
        news = db.session.execute(select(Notice.kind, Notice.created_at).where(Notice.account_id == account.id))
        return [kind for kind, _ in sorted([*letters, *news], key=lambda row: row[1])]


# --- the list ----------------------------------------------------------------------------------------------------


def test_who_has_written_nothing_is_asked_to_begin(author: Reader) -> None:
    page = author.read("/en/submissions")

    assert "Nothing here yet" in page.text
    assert "/en/submissions/new" in page.addresses


@pytest.mark.both_databases
def test_the_list_begins_with_what_waits_for_oneself(own_library: Flask, author: Reader) -> None:
    for state in SubmissionState:
        if state not in (SubmissionState.ACCEPTED, SubmissionState.DECLINED):
            made(own_library, in_state(state, document=titled(f"Case that is {state.value}")))

    page = author.read("/en/submissions")

    headings = [" ".join(h.itertext()).strip() for h in page.all("main//h2")]
    assert headings == ["Waiting for you", "Drafts", "With the advisers", "Withdrawn"]
    assert "Anna asks for changes" in page.text
    assert "Anna has it and means to answer by" in page.text


@pytest.mark.both_databases
def test_nobody_elses_submissions_are_listed_or_opened(own_library: Flask, author: Reader) -> None:
    number = made(own_library, in_state(SubmissionState.DRAFT, document=titled("A secret draft")))
    stranger = sign_in(own_library, OTHER)

    assert "A secret draft" not in stranger.read("/en/submissions").text
    for page in ("", "/authors", "/check", "/withdraw", "/delete"):
        stranger.read(f"/en/submissions/{number}{page}", status=404)
    assert author.read(f"/en/submissions/{number}").heading == "A secret draft"


@pytest.mark.both_databases
@pytest.mark.parametrize("number", [0, 999_999, 2**31, 2**63, 10**30])
def test_numbers_that_name_nothing_are_not_found(author: Reader, number: int) -> None:
    token = hidden(author.read("/en/submissions"))
    for page in ("", "/authors", "/check", "/withdraw", "/delete", "/edit/about", "/preview"):
        author.read(f"/en/submissions/{number}{page}", status=404)
    deeds = ("reopen", f"comments/{number}/reply", f"authors/{number}/remove", f"authors/invitations/{number}/revoke")
    for deed in (f"revise/{number}", *(f"{number}/{deed}" for deed in deeds)):
        assert author.post(f"/en/submissions/{deed}", data=token).status_code == 404


def test_an_adviser_cannot_open_a_draft_of_others(own_library: Flask, author: Reader) -> None:
    number = made(own_library, in_state(SubmissionState.DRAFT))

    sign_in(own_library, ADVISER).read(f"/en/submissions/{number}", status=404)


# --- what happens next -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (SubmissionState.DRAFT, "Nobody else sees it until you send it in"),
        (SubmissionState.SUBMITTED, "An adviser will take it"),
        (SubmissionState.IN_REVIEW, "Anna has it and means to answer by"),
        (SubmissionState.CHANGES_REQUESTED, "Anna asks for changes"),
        (SubmissionState.WITHDRAWN, "It was withdrawn"),
    ],
)
def test_each_state_says_what_happens_next(
    own_library: Flask, author: Reader, state: SubmissionState, sentence: str
) -> None:
    number = made(own_library, in_state(state))

    page = author.read(f"/en/submissions/{number}")

    assert sentence in page.text
    assert state.label in page.text


def test_an_answer_that_is_late_is_called_late(own_library: Flask, author: Reader) -> None:
    def late(session: Session) -> Submission:
        submission = in_state(SubmissionState.IN_REVIEW)(session)
        submission.due_on = (now() - timedelta(days=3)).date()
        return submission

    assert "it is late" in author.read(f"/en/submissions/{made(own_library, late)}").text


@pytest.mark.both_databases
def test_the_timeline_tells_everything_with_the_words_of_the_adviser(own_library: Flask, author: Reader) -> None:
    number = made(own_library, in_state(SubmissionState.CHANGES_REQUESTED))

    entries = [" ".join(e.itertext()) for e in author.read(f"/en/submissions/{number}").by_class("timeline-entry")]

    assert entries[0].strip().startswith("Anna asked for changes")
    assert "Please say what did not work." in entries[0]
    assert len(entries) == 4


# --- comments ----------------------------------------------------------------------------------------------------


def commented(session: Session) -> Submission:
    submission = in_state(SubmissionState.IN_REVIEW)(session)
    anna = account_called(session, ADVISER)
    commenting.comment(session, submission, actor=anna, field="results", body="Who counted?")
    commenting.comment(session, submission, actor=anna, field="title", body="Is there a shorter name?")
    return submission


def test_comments_stand_under_their_fields_in_the_order_of_the_form(own_library: Flask, author: Reader) -> None:
    page = author.read(f"/en/submissions/{made(own_library, commented)}")

    groups = [" ".join(g.itertext()) for g in page.by_class("comment-group")]
    assert "Is there a shorter name?" in groups[0]
    assert "Who counted?" in groups[1]
    assert "Anna wrote 2 comments" in page.text


@pytest.mark.both_databases
def test_an_author_answers_and_the_adviser_hears_of_it_once(own_library: Flask, author: Reader) -> None:
    number = made(own_library, commented)
    page = author.read(f"/en/submissions/{number}")
    address = f"/en/submissions/{number}/comments/{comment_called(own_library, 'Who counted?')}/reply"

    for _ in range(2):  # twice, as a double click does
        page = send(author, page, address, body="The schools did.")

    assert page.text.count("The schools did.") == 1
    assert told(own_library, ADVISER).count("comment") == 1


def test_done_is_an_answer_in_one_click(own_library: Flask, author: Reader) -> None:
    number = made(own_library, commented)
    thread = comment_called(own_library, "Who counted?")

    page = send(
        author,
        author.read(f"/en/submissions/{number}"),
        f"/en/submissions/{number}/comments/{thread}/reply",
        done="y",
        body="",
    )

    assert "Done." in page.text


def test_an_empty_answer_is_refused_at_its_field(own_library: Flask, author: Reader) -> None:
    number = made(own_library, commented)
    thread = comment_called(own_library, "Who counted?")
    address = f"/en/submissions/{number}/comments/{thread}/reply"

    page = send(author, author.read(f"/en/submissions/{number}"), address, status=422, body="  ")

    assert page.by_id(f"reply-{thread}").get("aria-invalid") == "true"
    assert f"#reply-{thread}" in page.addresses


def test_a_comment_of_another_submission_is_not_found(own_library: Flask, author: Reader) -> None:
    made(own_library, commented)
    thread = comment_called(own_library, "Who counted?")
    other = made(own_library, in_state(SubmissionState.IN_REVIEW))

    answer = author.post(
        f"/en/submissions/{other}/comments/{thread}/reply",
        data={**hidden(author.read("/en/submissions")), "body": "Here"},
    )

    assert answer.status_code == 404


def test_nobody_answers_after_the_end(own_library: Flask, author: Reader) -> None:
    number = made(own_library, commented)
    thread = comment_called(own_library, "Who counted?")
    page = author.read(f"/en/submissions/{number}/withdraw")
    page = send(author, page, f"/en/submissions/{number}/withdraw", reason="")
    assert not page.by_class("comment-reply")

    answer = author.post(f"/en/submissions/{number}/comments/{thread}/reply", data={**hidden(page), "body": "Wait"})

    assert answer.status_code == 403


def comment_called(app: Flask, body: str) -> int:
    with app.app_context():
        return db.session.scalars(select(Comment.id).where(Comment.body == body)).one()


# --- taking back, and up again -----------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_withdrawing_tells_the_adviser_why_and_nothing_is_lost(own_library: Flask, author: Reader) -> None:
    number = made(own_library, in_state(SubmissionState.IN_REVIEW))
    page = author.read(f"/en/submissions/{number}/withdraw")

    page = send(author, page, f"/en/submissions/{number}/withdraw", reason="The partner asked us to wait.")

    assert "It was withdrawn" in page.text
    assert "The partner asked us to wait." in page.text
    assert "withdrawn" in told(own_library, ADVISER)

    page = send(author, page, f"/en/submissions/{number}/reopen")
    assert "Draft" in page.text
    assert page.heading == "Öppen skola på kvällen"


def test_what_is_decided_can_neither_be_withdrawn_nor_taken_up_again(own_library: Flask, author: Reader) -> None:
    def declined(session: Session) -> Submission:
        submission = in_state(SubmissionState.IN_REVIEW)(session)
        submission.state, submission.decided_at = SubmissionState.DECLINED, now()
        return submission

    number = made(own_library, declined)
    author.read(f"/en/submissions/{number}/withdraw", status=403)
    token = hidden(author.read("/en/submissions"))
    for deed in ("withdraw", "reopen"):
        assert author.post(f"/en/submissions/{number}/{deed}", data=token).status_code == 403


@pytest.mark.both_databases
def test_a_draft_that_was_never_sent_in_can_be_deleted_for_ever(own_library: Flask, author: Reader) -> None:
    number = made(own_library, in_state(SubmissionState.DRAFT))
    page = author.read(f"/en/submissions/{number}/delete")

    send(author, page, f"/en/submissions/{number}/delete")

    author.read(f"/en/submissions/{number}", status=404)
    with own_library.app_context():
        assert db.session.scalar(select(func.count(SubmissionEvent.id))) == 0


def test_what_an_adviser_has_seen_is_not_deleted(own_library: Flask, author: Reader) -> None:
    number = made(own_library, in_state(SubmissionState.CHANGES_REQUESTED))

    author.read(f"/en/submissions/{number}/delete", status=403)
    answer = author.post(f"/en/submissions/{number}/delete", data=hidden(author.read("/en/submissions")))

    assert answer.status_code == 403


# --- revising ----------------------------------------------------------------------------------------------------


def published(session: Session, *, writer: str = AUTHOR) -> int:
    practice = a_practice(session)
    session.add(PracticeAuthor(practice=practice, account=account_called(session, writer), position=0, name="W"))
    session.commit()
    return practice.id


@pytest.mark.both_databases
def test_an_author_revises_what_is_public_and_the_public_reads_the_old_one(own_library: Flask, author: Reader) -> None:
    with own_library.app_context():
        practice = published(db.session)
    token = author.read("/en/submissions")

    page = send(author, token, f"/en/submissions/revise/{practice}")

    assert page.heading == "Öppen skola på kvällen"
    assert "Revision of a published practice" in author.read("/en/submissions").text
    with own_library.app_context():
        submission = db.session.scalars(select(Submission)).one()
        assert (submission.practice_id, submission.base_revision) == (practice, 1)


def test_a_revision_that_is_open_is_gone_on_with_by_its_author_and_named_to_others(
    own_library: Flask, author: Reader
) -> None:
    with own_library.app_context():
        practice = published(db.session)
    token = author.read("/en/submissions")
    first = send(author, token, f"/en/submissions/revise/{practice}")
    again = send(author, token, f"/en/submissions/revise/{practice}")
    assert first.response.request.path == again.response.request.path

    adviser = sign_in(own_library, ADVISER)
    page = send(adviser, adviser.read("/en/submissions"), f"/en/submissions/revise/{practice}")

    assert page.response.request.path.startswith("/en/practices/")
    assert "Somebody is revising this practice already" in page.text


def test_only_those_it_belongs_to_revise_it(own_library: Flask, author: Reader) -> None:
    with own_library.app_context():
        practice = published(db.session, writer=OTHER)
    token = hidden(author.read("/en/submissions"))
    assert author.post(f"/en/submissions/revise/{practice}", data=token).status_code == 403

    with own_library.app_context():
        malmo = db.session.scalars(select(Organisation).where(Organisation.slug == "se-malmo")).one()
        carl = account_called(db.session, AUTHOR)
        carl.organisations.append(malmo)
        db.session.commit()

    assert author.post(f"/en/submissions/revise/{practice}", data=token).status_code == 303


def test_a_practice_that_is_not_public_is_not_found_for_revising(own_library: Flask, author: Reader) -> None:
    token = hidden(author.read("/en/submissions"))

    assert author.post("/en/submissions/revise/999999", data=token).status_code == 404


@pytest.mark.both_databases
def test_the_database_lets_a_practice_have_one_open_revision(own_library: Flask, author: Reader) -> None:
    """Two who begin in the same moment get past the question; the database does not."""
    with own_library.app_context():
        session = db.session
        practice = published(session)
        carl = account_called(session, AUTHOR)
        services.revise(session, practice_of(session, practice), actor=carl)
        twin = services._start_revision
        with pytest.raises(Exception, match=r"(?i)unique"):
            twin(session, practice_of(session, practice), carl)
        session.rollback()


def practice_of(session: Session, identifier: int) -> Practice:
    return session.get_one(Practice, identifier)


@pytest.mark.both_databases
def test_taking_up_a_revision_again_waits_for_the_one_that_is_open(own_library: Flask, author: Reader) -> None:
    with own_library.app_context():
        practice = published(db.session)
    token = author.read("/en/submissions")
    first = send(author, token, f"/en/submissions/revise/{practice}").response.request.path
    send(author, token, f"{first}/withdraw", reason="")
    send(author, token, f"/en/submissions/revise/{practice}")

    page = send(author, token, f"{first}/reopen")

    assert "Somebody has begun another revision" in page.text
    with own_library.app_context():
        states = db.session.scalars(select(Submission.state).order_by(Submission.id)).all()
        assert states == [SubmissionState.WITHDRAWN, SubmissionState.DRAFT]


@pytest.mark.both_databases
def test_a_list_of_many_costs_as_many_statements_as_one_of_few(own_library: Flask, author: Reader) -> None:
    counts = []
    for _ in range(2):
        for _ in range(4):
            made(own_library, in_state(SubmissionState.IN_REVIEW))
        with watched() as ledger:
            author.read("/en/submissions")
        counts.append(len(ledger.statements))
    assert counts[0] == counts[1]


@pytest.mark.both_databases
def test_an_author_who_left_counts_no_more(own_library: Flask, author: Reader) -> None:
    def together(session: Session) -> Submission:
        submission = in_state(SubmissionState.DRAFT)(session)
        submission.authors.append(SubmissionAuthor(account=account_called(session, OTHER), position=1))
        return submission

    number = made(own_library, together)
    olga = sign_in(own_library, OTHER)

    send(olga, olga.read(f"/en/submissions/{number}/authors"), f"/en/submissions/{number}/authors/leave")

    olga.read(f"/en/submissions/{number}", status=404)
    assert "Olga left the authors" in author.read(f"/en/submissions/{number}").text
