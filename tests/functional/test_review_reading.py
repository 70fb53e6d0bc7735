"""A round on the desk: beside another text, with comments and warnings; and revisions of what is public."""

from __future__ import annotations

import copy
from typing import Any

from factories.desk import an_adviser, an_author, as_stored, decide, fill_sheet, send, sent_in, sent_in_again, take
from factories.documents import a_document
from factories.html import words
from factories.readers import Page, Reader
from factories.records import a_practice
from factories.submissions import account_called
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.choices import PracticeState, Provenance, SubmissionState
from library.models import Comment, KnowledgeGrade, Practice, PracticeAuthor, Revision, Submission
from library.publishing import archive, known_to, publish


def field(page: Page, name: str) -> str:
    return words(page.by_id(f"field-{name}"))


def marked(page: Page, name: str, tag: str) -> list[str]:
    return [words(mark) for mark in page.by_id(f"field-{name}").iter(tag)]


def a_revision(session: Session, author: Any, change: dict[str, Any]) -> tuple[Practice, Submission]:
    """Publish a practice and send in a revision of it, whose English text says ``change``."""
    practice = a_practice(session, a_document())
    document = a_document(lambda d: d["text"]["en"].update(change))
    submission = sent_in(session, author, document=document)
    submission.practice, submission.base_revision = practice, 1
    session.commit()
    return practice, submission


def revise(session: Session, practice: Practice, change: dict[str, Any], **fields: Any) -> None:
    """Let the public text move on."""
    document = a_document(lambda d: d["text"]["en"].update(change), **fields)
    publish(session, document, provenance=Provenance.SUBMITTED, known=known_to(session), revises=practice)
    session.commit()


def test_a_round_is_shown_field_by_field_in_the_language_that_the_adviser_chose(
    own_library: Flask, own_session: Session
) -> None:
    astrid = an_adviser(own_library)
    submission = sent_in(own_session, an_author(own_library, own_session))
    address = f"/en/review/{submission.id}"

    english, swedish = astrid.read(address), astrid.read(f"{address}?language=sv")

    assert "Teachers and volunteers keep the gym open until ten." in field(english, "what_is_done")
    assert "Lärare och frivilliga håller gymnastiksalen öppen till tio." in field(swedish, "what_is_done")
    assert "Schools; Leads; Open the school in the evenings" in field(english, "agencies")
    assert "Malmö" in field(english, "owner")
    assert "https://example.org/study" in english.addresses
    assert astrid.get(f"{address}?language=xx&against=nothing&comment=nonsense").status_code == 200


def test_a_revision_is_shown_beside_what_is_public_with_the_words_marked(
    own_library: Flask, own_session: Session
) -> None:
    astrid = an_adviser(own_library)
    change = {"summary": "The school stays open on Saturday evenings, and adults are there."}
    _, submission = a_revision(own_session, an_author(own_library, own_session), change)

    page = astrid.read(f"/en/review/{submission.id}")

    assert marked(page, "summary", "del") == ["[gone: Friday]"]
    assert marked(page, "summary", "ins") == ["[new: Saturday]"]
    assert "changed" not in field(page, "what_is_done")
    alone = astrid.read(f"/en/review/{submission.id}?against=nothing")
    assert not marked(alone, "summary", "ins")


def test_a_second_round_is_shown_beside_the_first(own_library: Flask, own_session: Session) -> None:
    author, astrid = an_author(own_library, own_session), an_adviser(own_library)
    submission = sent_in(own_session, author)
    take(astrid, submission)
    decide(astrid, submission, "request-changes")
    second = a_document(lambda d: d["text"]["en"].update(resources="Two teachers."), start_year=2017)
    sent_in_again(own_session, submission, author, second)

    page = astrid.read(f"/en/review/{submission.id}")

    assert marked(page, "resources", "ins") == ["[new: Two teachers.]"]
    assert (marked(page, "start_year", "del"), marked(page, "start_year", "ins")) == (["[gone: 2016]"], ["[new: 2017]"])


def test_comments_are_pinned_answered_settled_and_opened_again(own_library: Flask, own_session: Session) -> None:
    astrid = an_adviser(own_library)
    submission = sent_in(own_session, an_author(own_library, own_session))
    address = f"/en/review/{submission.id}"

    assert "Comment on: The problem" in field(astrid.read(f"{address}?comment=problem"), "problem")
    blank = send(astrid, f"{address}/comments", {"field": "problem", "body": "  "})
    assert blank.status_code == 422
    assert 'href="#body"' in blank.text
    made = send(astrid, f"{address}/comments", {"field": "problem", "body": "<b>Who</b> saw it?"})
    assert made.headers["Location"].endswith("#field-problem")
    thread = own_session.scalars(select(Comment)).one()
    assert "<b>Who</b> saw it?" in field(astrid.read(address), "problem"), "it is shown as it was typed"
    assert send(astrid, f"{address}/comments/{thread.id}/reply", {"body": ""}).status_code == 422
    assert f"/comments/{thread.id}/reply" in astrid.read(f"{address}?answer={thread.id}").markup
    send(astrid, f"{address}/comments/{thread.id}/reply", {"body": "The school did."})
    assert "The school did." in field(astrid.read(address), "problem")
    send(astrid, f"{address}/comments/{thread.id}/resolve")
    assert "Settled" in field(astrid.read(address), "problem")
    send(astrid, f"{address}/comments/{thread.id}/reopen")
    assert "Settled" not in field(astrid.read(address), "problem")
    assert send(astrid, f"{address}/comments", {"field": "no-field", "body": "Hm"}).status_code == 404
    assert send(astrid, f"{address}/comments/{2**40}/resolve").status_code == 404


def test_the_adviser_sees_the_warnings_too(own_library: Flask, own_session: Session) -> None:
    astrid = an_adviser(own_library)
    document = a_document(lambda d: d["text"]["en"].update(problem="Write to anna.svensson@malmo.example today."))
    submission = sent_in(own_session, an_author(own_library, own_session), document=document)

    assert "This is an e-mail address." in field(astrid.read(f"/en/review/{submission.id}"), "problem")


# --- revisions of what is public ---------------------------------------------------------------------------------


def accept(browser: Reader, submission: Submission) -> int:
    take(browser, submission)
    fill_sheet(browser, submission)
    return decide(browser, submission, "accept").status_code


def test_an_accepted_revision_becomes_the_next_one_of_its_practice(own_library: Flask, own_session: Session) -> None:
    author, astrid = an_author(own_library, own_session), an_adviser(own_library)
    practice, submission = a_revision(own_session, author, {"summary": "On Saturdays too."})
    own_session.add(KnowledgeGrade(practice_id=practice.id, dimension="effect", grade="D", reason="Little."))
    earlier = an_author(own_library, own_session, "earlier@example.org", "Ebba")
    own_session.add(PracticeAuthor(practice_id=practice.id, account_id=earlier.id, position=0, name="Ebba"))
    own_session.commit()

    assert accept(astrid, submission) == 303

    own_session.expire_all()
    numbers = own_session.scalars(select(Revision.number).where(Revision.practice_id == practice.id)).all()
    assert sorted(numbers) == [1, 2]
    writers = select(PracticeAuthor.name).where(PracticeAuthor.practice_id == practice.id)
    assert own_session.scalars(writers.order_by(PracticeAuthor.position)).all() == ["Ebba", "Berit"]
    grades = select(KnowledgeGrade.grade).where(KnowledgeGrade.practice_id == practice.id)
    assert own_session.scalars(grades).all() == ["B"] * 5
    assert as_stored(own_session, submission).practice_id == practice.id


def test_a_revision_of_what_was_revised_meanwhile_is_brought_up_to_date_first(
    own_library: Flask, own_session: Session
) -> None:
    author, astrid = an_author(own_library, own_session), an_adviser(own_library)
    practice, submission = a_revision(own_session, author, {"summary": "On Saturdays too."})
    revise(own_session, practice, {"resources": "Two teachers."}, start_year=2015)

    assert accept(astrid, submission) == 409
    page = astrid.read(f"/en/review/{submission.id}/decision")
    assert "The public page was revised meanwhile" in page.text
    send(astrid, f"/en/review/{submission.id}/bring-up-to-date")

    stored = as_stored(own_session, submission)
    sent = stored.rounds[-1]
    assert (sent.number, stored.base_revision) == (2, 2)
    assert sent.document["text"]["en"]["summary"] == "On Saturdays too."
    assert sent.document["text"]["en"]["resources"] == "Two teachers."
    assert sent.document["start_year"] == 2015
    assert stored.document == sent.document, "authors go on from there"
    assert not own_session.scalars(select(Comment)).all()
    assert decide(astrid, submission, "accept").status_code == 303
    assert "added what had changed on the public page" in astrid.read(f"/en/review/{submission.id}/people").text


def test_where_both_sides_changed_a_field_the_authors_text_stands_and_a_comment_asks_them(
    own_library: Flask, own_session: Session
) -> None:
    author, astrid = an_author(own_library, own_session), an_adviser(own_library)
    practice, submission = a_revision(own_session, author, {"summary": "On Saturdays too."})
    revise(own_session, practice, {"summary": "On Sundays too."})
    take(astrid, submission)

    send(astrid, f"/en/review/{submission.id}/bring-up-to-date")

    stored = as_stored(own_session, submission)
    assert stored.rounds[-1].document["text"]["en"]["summary"] == "On Saturdays too."
    assert own_session.scalars(select(Comment.field)).all() == ["summary"]
    page = astrid.read(f"/en/review/{submission.id}?against=public")
    assert "Both sides changed these" in page.markup
    assert marked(page, "summary", "del") == ["[gone: Sundays]"]
    again = send(astrid, f"/en/review/{submission.id}/bring-up-to-date")
    assert again.headers["Location"].endswith("/decision")
    assert len(as_stored(own_session, submission).rounds) == 2


def test_what_is_archived_is_not_revised(own_library: Flask, own_session: Session) -> None:
    author, astrid = an_author(own_library, own_session), an_adviser(own_library)
    practice, submission = a_revision(own_session, author, {"summary": "On Saturdays too."})
    archive(own_session, practice, actor=None, reason="The work has ended.")
    own_session.commit()

    assert accept(astrid, submission) == 409
    assert as_stored(own_session, submission).state == SubmissionState.IN_REVIEW
    assert own_session.get_one(Practice, practice.id).state == PracticeState.ARCHIVED


def test_the_public_keeps_the_old_text_until_the_decision(
    own_library: Flask, own_session: Session, own_reader: Reader
) -> None:
    author, astrid = an_author(own_library, own_session), an_adviser(own_library)
    practice, submission = a_revision(own_session, author, {"summary": "On Saturdays too."})
    before = copy.deepcopy(own_reader.read(f"/en/practices/{practice.slug}").text)

    take(astrid, submission)
    decide(astrid, submission, "request-changes")
    assert own_reader.read(f"/en/practices/{practice.slug}").text == before
    sent_in_again(own_session, submission, account_called(own_session, "author@example.org"), submission.document)
    assert accept(astrid, submission) == 303

    assert "On Saturdays too." in own_reader.read(f"/en/practices/{practice.slug}").text
