"""The way of a submission over the desk: taken, sent back, taken up again, published."""

from __future__ import annotations

from datetime import timedelta

from factories.desk import an_adviser, an_author, as_stored, decide, fill_sheet, sent_in, sent_in_again, take
from factories.documents import a_document, titled
from factories.readers import Reader
from factories.records import follow
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.choices import Provenance, ReviewLabel, SubmissionState
from library.deadlines import a_year_after, due_after
from library.models import KnowledgeGrade, Mail, Practice, PracticeAuthor, Revision, SubmissionEvent, now


def test_a_case_is_taken_sent_back_sent_in_again_and_published(
    own_library: Flask, own_session: Session, own_reader: Reader
) -> None:
    author = an_author(own_library, own_session)
    adviser = an_adviser(own_library)
    submission = sent_in(own_session, author, document=titled("Evenings at the gym"))

    assert take(adviser, submission).status_code == 303
    assert as_stored(own_session, submission).state == SubmissionState.IN_REVIEW

    assert decide(adviser, submission, "request-changes").status_code == 303
    submission = as_stored(own_session, submission)
    assert submission.state == SubmissionState.CHANGES_REQUESTED
    assert submission.due_on is None, "nobody waits for the adviser now"

    sent_in_again(own_session, submission, author, titled("Evenings at the gym, with costs"))
    take(adviser, submission)
    assert fill_sheet(adviser, submission).status_code == 303
    assert own_reader.get("/en/practices/evenings-at-the-gym-with-costs").status_code == 404

    assert decide(adviser, submission, "accept").status_code == 303
    submission = as_stored(own_session, submission)
    assert submission.state == SubmissionState.ACCEPTED
    page = own_reader.read("/en/practices/evenings-at-the-gym-with-costs")
    assert page.heading == "Evenings at the gym, with costs"
    follow(own_library)
    assert "evenings-at-the-gym-with-costs" in own_reader.read("/en/practices?q=gym+costs").slugs


def test_what_is_published_carries_what_the_adviser_judged(own_library: Flask, own_session: Session) -> None:
    author = an_author(own_library, own_session)
    adviser = an_adviser(own_library)
    submission = sent_in(own_session, author)
    take(adviser, submission)
    fill_sheet(adviser, submission)
    decide(adviser, submission, "accept")

    practice = own_session.scalars(
        select(Practice).where(Practice.id == as_stored(own_session, submission).practice_id)
    ).one()
    assert practice.provenance == Provenance.SUBMITTED
    assert practice.review_label == ReviewLabel.ADVISER_REVIEWED
    assert (practice.evidence_stage_id, practice.outcome_id) == (
        "evidence-stages/evaluated-locally",
        "outcomes/promising",
    )
    assert (practice.confirmed_on, practice.confirm_by) == (now().date(), a_year_after(now().date()))
    grades = own_session.scalars(select(KnowledgeGrade).where(KnowledgeGrade.practice_id == practice.id)).all()
    assert {grade.grade for grade in grades} == {"B"}
    assert len(grades) == 5
    revision = own_session.scalars(select(Revision).where(Revision.practice_id == practice.id)).one()
    assert revision.content["outcome"] == "promising", "the revision says what the page says"
    writer = own_session.scalars(select(PracticeAuthor).where(PracticeAuthor.practice_id == practice.id)).one()
    assert (writer.name, writer.account_id, writer.credited) == ("Berit", author.id, True)


def test_every_author_gets_both_texts_of_a_decision(own_library: Flask, own_session: Session) -> None:
    adviser = an_adviser(own_library)
    submission = sent_in(own_session, an_author(own_library, own_session))
    take(adviser, submission)
    decide(adviser, submission, "decline", good="You write clearly.", reason="It is about another field.")

    letter = own_session.scalars(select(Mail).where(Mail.kind == "declined")).one()
    assert "You write clearly." in letter.text
    assert "It is about another field." in letter.text
    event = own_session.scalars(select(SubmissionEvent).where(SubmissionEvent.step == "decline")).one()
    assert (event.good, event.reason) == ("You write clearly.", "It is about another field.")


def test_an_answer_is_due_two_weeks_after_sending_in_and_never_on_a_weekend(
    own_library: Flask, own_session: Session
) -> None:
    submission = sent_in(own_session, an_author(own_library, own_session), document=a_document())
    today = now().date()

    assert submission.due_on == due_after(today)
    days = [due_after(today + timedelta(days=number)) for number in range(7)]
    assert all(day.weekday() < 5 for day in days)
    assert all(14 <= (day - today).days - number <= 16 for number, day in enumerate(days))


def test_who_takes_what_has_waited_too_long_still_gets_a_week(own_library: Flask, own_session: Session) -> None:
    submission = sent_in(own_session, an_author(own_library, own_session))
    submission.due_on = now().date() - timedelta(days=30)
    own_session.commit()

    take(an_adviser(own_library), submission)

    due = as_stored(own_session, submission).due_on
    assert due is not None
    assert due >= now().date() + timedelta(days=7)
