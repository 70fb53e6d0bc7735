"""Decisions: what they need, what they leave alone, and what happens when two people act at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from factories.desk import (
    SHEET,
    an_adviser,
    an_author,
    as_stored,
    decide,
    fill_sheet,
    send,
    sent_in,
    sent_in_again,
    take,
)
from factories.documents import a_document, titled
from factories.submissions import account_called
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.choices import Criterion, SubmissionState, Verdict
from library.errors import Overtaken
from library.extensions import db
from library.models import Assessment, Attachment, Material, Opinion, Practice, PracticeAuthor, Revision, Submission
from library.review import services


def in_review(app: Flask, session: Session, **options: Any) -> tuple[Any, Submission]:
    """Return an adviser's browser and a submission that they have in review."""
    adviser = an_adviser(app)
    submission = sent_in(session, an_author(app, session), **options)
    take(adviser, submission)
    return adviser, submission


def test_a_decision_that_lacks_a_text_is_asked_for_it_and_keeps_the_other(
    own_library: Flask, own_session: Session
) -> None:
    adviser, submission = in_review(own_library, own_session)
    fill_sheet(adviser, submission)
    lacking = [
        *((decision, {"good": " \n ", "reason": "Typed and kept."}, "good") for decision in Verdict),
        (Verdict.REQUEST_CHANGES, {"good": "Typed and kept.", "reason": ""}, "reason"),
        (Verdict.DECLINE, {"good": "Typed and kept.", "reason": " "}, "reason"),
        ("", {"good": "Good", "reason": "Typed and kept."}, "decision"),
        ("perhaps", {"good": "Good", "reason": "Typed and kept."}, "decision"),
    ]

    for decision, words, field in lacking:
        answer = decide(adviser, submission, decision, **words)
        assert answer.status_code == 422, (decision, words)
        assert f'href="#{field}"' in answer.text
        assert "Typed and kept." in answer.text
    assert as_stored(own_session, submission).state == SubmissionState.IN_REVIEW


LACKING = (
    ({"met_problem": ""}, "Answer on the checklist"),
    ({f"met_{Criterion.NO_PERSON.value}": "no"}, "no person can be recognised"),
    ({f"met_{Criterion.NO_PERSON.value}": "unclear"}, "no person can be recognised"),
    ({"evidence_stage": ""}, "Choose evidence stage and outcome"),
    ({"outcome": ""}, "Choose evidence stage and outcome"),
    ({"grade_effect": ""}, "Give a grade and a sentence for: Effect"),
    ({"reason_effect": " "}, "Give a grade and a sentence for: Effect"),
    ({"review_label": ""}, "Choose the review label"),
)


def test_nothing_is_published_before_the_sheet_is_filled_in(own_library: Flask, own_session: Session) -> None:
    adviser, submission = in_review(own_library, own_session)
    before = own_session.scalar(select(func.count(Practice.id)))
    assert "Choose the review label" in decide(adviser, submission, "accept").text, "there is no sheet at all"

    for version, (change, told) in enumerate(LACKING):
        saved = fill_sheet(adviser, submission, version=str(version), **change)
        assert saved.status_code == 303, "an unfinished sheet can be saved"
        answer = decide(adviser, submission, "accept", good="Kept when refused.")
        assert answer.status_code == 422, change
        assert told in answer.text
        assert "Kept when refused." in answer.text
    assert as_stored(own_session, submission).state == SubmissionState.IN_REVIEW
    assert own_session.scalar(select(func.count(Practice.id))) == before


def test_criteria_that_are_not_met_can_be_lived_with_save_that_about_persons(
    own_library: Flask, own_session: Session
) -> None:
    adviser, submission = in_review(own_library, own_session)
    fill_sheet(adviser, submission, met_transfer="no", met_ethics="unclear")

    assert decide(adviser, submission, "accept").status_code == 303
    assert as_stored(own_session, submission).state == SubmissionState.ACCEPTED


def test_a_decision_on_a_round_that_has_passed_is_refused_with_the_words_kept(
    own_library: Flask, own_session: Session
) -> None:
    adviser, submission = in_review(own_library, own_session)
    page = adviser.read(f"/en/review/{submission.id}/decision")
    decide(adviser, submission, "request-changes")
    sent_in_again(own_session, submission, account_called(own_session, "author@example.org"), titled("Second attempt"))
    take(adviser, submission)

    words = {"decision": "decline", "good": "Good words.", "reason": "Needed words.", "seen": "1"}
    answer = send(adviser, f"/en/review/{submission.id}/decision", words)

    assert page.by_id("decide") is not None
    assert answer.status_code == 409
    assert "It changed since you opened this page" in answer.text
    assert "Good words." in answer.text
    assert "Needed words." in answer.text
    assert as_stored(own_session, submission).state == SubmissionState.IN_REVIEW


def test_a_decision_on_what_was_withdrawn_is_refused_with_the_words_kept(
    own_library: Flask, own_session: Session
) -> None:
    adviser, submission = in_review(own_library, own_session)
    stored = as_stored(own_session, submission)
    stored.state = SubmissionState.WITHDRAWN
    own_session.commit()

    words = {"decision": "decline", "good": "Good words.", "reason": "Needed words.", "seen": "1"}
    answer = send(adviser, f"/en/review/{submission.id}/decision", words)

    assert answer.status_code == 409
    assert "Its authors have withdrawn it." in answer.text
    assert "Needed words." in answer.text


def test_two_advisers_who_accept_at_once_make_one_practice(own_library: Flask, own_session: Session) -> None:
    """The same adviser in two windows, and a colleague who took it over a moment before: one practice comes of it."""
    adviser, submission = in_review(own_library, own_session)
    fill_sheet(adviser, submission)
    before = own_session.scalar(select(func.count(Practice.id))) or 0

    def accept(session: Session, found: Submission, astrid: Any) -> None:
        services.accept(session, found, actor=astrid, seen=1, good="Good.")

    outcomes = at_once(own_library, submission.id, accept, people=4)

    assert sorted(outcomes) == ["Overtaken"] * 3 + ["done"]
    own_session.expire_all()
    assert own_session.scalar(select(func.count(Practice.id))) == before + 1
    assert as_stored(own_session, submission).state == SubmissionState.ACCEPTED


def test_of_one_who_accepts_and_one_who_declines_at_once_one_is_heard(own_library: Flask, own_session: Session) -> None:
    adviser, submission = in_review(own_library, own_session)
    fill_sheet(adviser, submission)
    turns = iter((services.accept, services.decline))

    def act(session: Session, found: Submission, astrid: Any) -> None:
        next(turns)(session, found, actor=astrid, seen=1, good="Good.", reason="Needed.")

    outcomes = at_once(own_library, submission.id, act, people=2)

    assert sorted(outcomes) == ["Overtaken", "done"]
    stored = as_stored(own_session, submission)
    assert stored.state in (SubmissionState.ACCEPTED, SubmissionState.DECLINED)
    assert (stored.practice_id is not None) == (stored.state == SubmissionState.ACCEPTED)


def at_once(app: Flask, identifier: int, act: Callable[..., None], *, people: int) -> list[str]:
    """Let several people act on one submission at the same moment; return what became of each."""
    together, outcomes = threading.Barrier(people, timeout=60), []

    def one() -> None:
        with app.test_request_context(), db.sessionmaker() as session:
            found = session.get_one(Submission, identifier)
            astrid = account_called(session, "astrid@example.org")
            assert found.rounds, "everything is read before the others act"
            session.commit()
            together.wait(timeout=30)
            try:
                act(session, found, astrid)
                session.commit()
                outcomes.append("done")
            except Overtaken:
                session.rollback()
                outcomes.append("Overtaken")

    threads = [threading.Thread(target=one) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def test_files_come_along_and_those_of_others_do_not(own_library: Flask, own_session: Session) -> None:
    own, foreign = "a" * 32, "b" * 32
    material = {"title": "Handbook", "language": "sv"}
    adviser, submission = in_review(own_library, own_session)
    for key, whose in ((own, submission.id), (foreign, None)):
        facts = {"filename": "book.pdf", "media_type": "application/pdf", "size": 1, "sha256": "0" * 64}
        own_session.add(Attachment(key=key, submission_id=whose, **facts))
    stored = as_stored(own_session, submission)
    stored.rounds[0].document = a_document(materials=[{**material, "file": foreign}])
    own_session.commit()
    fill_sheet(adviser, submission)

    answer = decide(adviser, submission, "accept")
    assert answer.status_code == 422
    assert "belongs to other work" in answer.text

    as_stored(own_session, submission).rounds[0].document = a_document(materials=[{**material, "file": own}])
    own_session.commit()
    assert decide(adviser, submission, "accept").status_code == 303
    practice_id = as_stored(own_session, submission).practice_id
    file = own_session.scalars(select(Attachment).where(Attachment.key == own)).one()
    assert file.practice_id == practice_id
    assert (
        own_session.scalars(select(Material).where(Material.attachment_id == file.id)).one().practice_id == practice_id
    )


def test_a_document_that_no_longer_fits_is_not_published_and_the_adviser_is_told(
    own_library: Flask, own_session: Session
) -> None:
    adviser, submission = in_review(own_library, own_session, document=a_document(themes=["no-longer-a-theme"]))
    fill_sheet(adviser, submission)
    before = own_session.scalar(select(func.count(Revision.id)))

    answer = decide(adviser, submission, "accept")

    assert answer.status_code == 422
    assert as_stored(own_session, submission).state == SubmissionState.IN_REVIEW
    assert own_session.scalar(select(func.count(Revision.id))) == before


def test_the_page_names_its_authors(own_library: Flask, own_session: Session, own_reader: Any) -> None:
    adviser, submission = in_review(own_library, own_session, document=titled("A page with authors"))
    stored = as_stored(own_session, submission)
    stored.authors[0].agency_id = "agencies/schools"
    stored.authors[0].organisation_id = stored.owner_id
    own_session.commit()
    fill_sheet(adviser, submission)
    decide(adviser, submission, "accept")

    page = own_reader.read("/en/practices/a-page-with-authors")
    assert "Written by Berit (Schools, Malmö)" in page.text
    assert "Adviser reviewed" in page.text
    assert "One sound study of effect." in page.text


def test_who_wants_no_credit_gets_none_and_still_answers_for_it(
    own_library: Flask, own_session: Session, own_reader: Any
) -> None:
    adviser, submission = in_review(own_library, own_session, document=titled("A page without names"))
    as_stored(own_session, submission).authors[0].credited = False
    own_session.commit()
    fill_sheet(adviser, submission)
    decide(adviser, submission, "accept")

    assert "Berit" not in own_reader.read("/en/practices/a-page-without-names").text
    assert own_session.scalars(select(PracticeAuthor)).one().account_id is not None


# --- the sheet ---------------------------------------------------------------------------------------------------


def test_of_two_who_fill_in_the_sheet_the_second_sees_both(own_library: Flask, own_session: Session) -> None:
    astrid, submission = in_review(own_library, own_session)
    bo = an_adviser(own_library, "Bo")
    address = f"/en/review/{submission.id}/assessment"

    assert send(astrid, address, {**SHEET, "note_problem": "What Astrid saw."}).status_code == 303
    answer = send(bo, address, {**SHEET, "note_problem": "What Bo saw.", "grade_effect": "D"})

    assert answer.status_code == 409
    assert "What Bo saw." in answer.text
    assert "Your colleague saved: What Astrid saw." in answer.text
    assert "Your colleague saved: B: known from at least one sound study" in answer.text
    assert own_session.get_one(Assessment, submission.id).checklist["problem"]["note"] == "What Astrid saw."

    again = {**SHEET, "version": "1", "note_problem": "What both saw."}
    assert send(bo, address, again).status_code == 303
    own_session.expire_all()
    kept = own_session.get_one(Assessment, submission.id)
    assert (kept.version, kept.checklist["problem"]["note"]) == (2, "What both saw.")


ODD = ({"grade_effect": "A+"}, {"evidence_stage": "proven"}, {"met_problem": "very"}, {"note_problem": "x" * 5000})


def test_odd_values_on_the_sheet_are_refused_at_their_field(own_library: Flask, own_session: Session) -> None:
    adviser, submission = in_review(own_library, own_session)

    for odd in ODD:
        answer = send(adviser, f"/en/review/{submission.id}/assessment", {**SHEET, **odd})
        assert answer.status_code == 422
        assert f'href="#{next(iter(odd))}"' in answer.text
    assert own_session.get(Assessment, submission.id) is None


# --- second opinions ---------------------------------------------------------------------------------------------


def test_a_second_opinion_is_asked_for_and_given(own_library: Flask, own_session: Session) -> None:
    astrid, submission = in_review(own_library, own_session)
    bo = an_adviser(own_library, "Bo")
    colleague = account_called(own_session, "bo@example.org")
    address = f"/en/review/{submission.id}"

    for _ in range(2):  # a second click asks nobody twice
        send(astrid, f"{address}/opinions", {"colleague": str(colleague.id), "question": "Is it lawful?"})
    opinion = own_session.scalars(select(Opinion)).one()
    assert "1" in bo.read("/en/review").by_id("queue-opinion").find("span[2]").text
    assert "Is it lawful?" in bo.read(f"{address}/people").text

    assert send(astrid, f"{address}/opinions/{opinion.id}", {"verdict": "accept", "answer": "Mine"}).status_code == 404
    blank = send(bo, f"{address}/opinions/{opinion.id}", {"answer": " "})
    assert blank.status_code == 422
    assert 'href="#answer"' in blank.text
    assert (
        send(bo, f"{address}/opinions/{opinion.id}", {"verdict": "accept", "answer": "Yes, it is."}).status_code == 303
    )
    late = send(bo, f"{address}/opinions/{opinion.id}", {"verdict": "decline", "answer": "No."})
    assert late.status_code == 409

    own_session.expire_all()
    kept = own_session.scalars(select(Opinion)).one()
    assert (kept.verdict, kept.answer) == ("accept", "Yes, it is.")
    assert "Yes, it is." in astrid.read(f"{address}/people").text
    assert "Bo: Accept" in astrid.read(f"{address}/decision").text


def test_what_authors_told_the_adviser_stays_between_them(
    own_library: Flask, own_session: Session, own_reader: Any
) -> None:
    adviser = an_adviser(own_library)
    submission = sent_in(own_session, an_author(own_library, own_session))
    submission.rounds[-1].note = "The head of department has not agreed yet."
    own_session.commit()
    take(adviser, submission)
    fill_sheet(adviser, submission)
    decide(adviser, submission, "accept")
    practice = as_stored(own_session, submission).practice
    assert practice is not None
    for address in ("", "/revisions", "/revisions/1"):
        page = own_reader.read(f"/en/practices/{practice.slug}{address}")
        assert "head of department" not in page.text
    assert own_session.scalars(select(Revision.note).where(Revision.practice_id == practice.id)).all() == [""]
    assert "head of department" in adviser.read(f"/en/review/{submission.id}").text
