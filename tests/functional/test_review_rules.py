"""Who may do what at the desk."""

from __future__ import annotations

import pytest
from factories.desk import (
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
from factories.documents import a_document
from factories.people import signed_in
from factories.readers import Reader
from factories.records import a_practice
from factories.submissions import a_submission, account_called
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from library import inviting
from library.choices import Role, SubmissionState
from library.models import (
    AuditEntry,
    Invitation,
    Mail,
    Opinion,
    Organisation,
    PracticeAuthor,
    Submission,
    SubmissionAuthor,
    SubmissionEvent,
)
from library.submissions.services import leave

PAGES = ("", "/people", "/assessment", "/decision")
VERBS = {
    "take": {},
    "give-back": {},
    "assign": {"adviser": "1"},
    "due": {"due_on": "2099-01-01"},
    "opinions": {"colleague": "1"},
    "opinions/1": {"verdict": "accept", "answer": "Fine"},
    "assessment": {"version": "0"},
    "decision": {"decision": "decline", "good": "Good", "reason": "Needed", "seen": "1"},
    "bring-up-to-date": {},
}


def try_everything(browser: Reader, identifier: int) -> list[int]:
    """Send every form of the desk and return the codes of the answers."""
    return [send(browser, f"/en/review/{identifier}/{verb}", data).status_code for verb, data in VERBS.items()]


def decided_nothing(session: Session, submission: Submission) -> bool:
    stored = as_stored(session, submission)
    steps = session.scalars(select(SubmissionEvent.step).where(SubmissionEvent.submission_id == submission.id)).all()
    return stored.state == SubmissionState.SUBMITTED and stored.adviser_id is None and set(steps) == {"start", "submit"}


@pytest.mark.parametrize("role", [Role.MEMBER, Role.CONTRIBUTOR])
def test_nobody_else_comes_to_the_desk(own_library: Flask, own_session: Session, role: Role) -> None:
    submission = sent_in(own_session, an_author(own_library, own_session))
    stranger = signed_in(own_library, role, email="stranger@example.org")

    assert stranger.get("/en/review").status_code == 403
    assert all(stranger.get(f"/en/review/{submission.id}{page}").status_code == 403 for page in PAGES)
    assert all(
        send(stranger, f"/en/review/{submission.id}/{verb}", data).status_code == 403 for verb, data in VERBS.items()
    )
    assert decided_nothing(own_session, submission)


def test_what_was_not_sent_in_is_not_there(own_library: Flask, own_session: Session) -> None:
    draft = a_submission(own_session, an_author(own_library, own_session))
    own_session.commit()
    adviser = an_adviser(own_library)

    for identifier in (draft.id, 4711, 2**31, 10**30):
        assert all(adviser.get(f"/en/review/{identifier}{page}").status_code == 404 for page in PAGES)
        assert all(
            send(adviser, f"/en/review/{identifier}/{verb}", data).status_code == 404 for verb, data in VERBS.items()
        )
    assert "Open school evenings" not in adviser.read("/en/review?queue=unassigned").text


@pytest.mark.parametrize("role", [Role.ADVISER, Role.ADMINISTRATOR])
def test_nobody_acts_on_what_they_wrote(own_library: Flask, own_session: Session, role: Role) -> None:
    adviser = an_adviser(own_library, role=role)
    submission = sent_in(own_session, account_called(own_session, "astrid@example.org"))

    assert "You wrote this, so a colleague decides." in adviser.read(f"/en/review/{submission.id}").text
    assert "You wrote this, so a colleague decides." in adviser.read("/en/review?queue=unassigned").text
    assert set(try_everything(adviser, submission.id)) == {403}
    assert [adviser.get(f"/en/review/{submission.id}{page}").status_code for page in PAGES] == [200, 200, 403, 403]
    assert decided_nothing(own_session, submission)


@pytest.mark.parametrize("tie", ["owner", "co-author"])
def test_nobody_acts_on_what_their_own_organisation_stands_behind(
    own_library: Flask, own_session: Session, tie: str
) -> None:
    adviser = an_adviser(own_library)
    malmo = own_session.scalars(select(Organisation).where(Organisation.slug == "se-malmo")).one()
    astrid = account_called(own_session, "astrid@example.org")
    astrid.organisations.append(malmo)
    submission = a_submission(own_session, an_author(own_library, own_session), state=SubmissionState.SUBMITTED)
    if tie == "co-author":
        submission.owner = None
        submission.authors[0].organisation = malmo
    own_session.commit()

    assert "It comes from your organisation" in adviser.read(f"/en/review/{submission.id}").text
    assert set(try_everything(adviser, submission.id)) == {403}
    assert decided_nothing(own_session, submission)


def test_who_is_partial_is_neither_handed_the_work_nor_asked(own_library: Flask, own_session: Session) -> None:
    astrid = an_adviser(own_library)
    an_adviser(own_library, "Bo")
    bo = account_called(own_session, "bo@example.org")
    submission = a_submission(own_session, an_author(own_library, own_session), state=SubmissionState.SUBMITTED)
    submission.authors.append(SubmissionAuthor(account=bo, position=1))
    own_session.commit()

    page = astrid.read(f"/en/review/{submission.id}/people")
    offered = {option.get("value") for name in ("adviser", "colleague") for option in page.by_id(name)}
    assert str(bo.id) not in offered
    address = f"/en/review/{submission.id}"
    assert send(astrid, f"{address}/assign", {"adviser": str(bo.id)}).status_code == 422
    assert send(astrid, f"{address}/opinions", {"colleague": str(bo.id)}).status_code == 422
    assert decided_nothing(own_session, submission)
    assert not own_session.scalars(select(Opinion)).all()


def test_only_the_adviser_who_has_it_decides(own_library: Flask, own_session: Session) -> None:
    astrid, bo = an_adviser(own_library), an_adviser(own_library, "Bo")
    submission = sent_in(own_session, an_author(own_library, own_session))
    take(astrid, submission)

    words = {"decision": "decline", "good": "A good start.", "reason": "Kept when refused.", "seen": "1"}
    answer = send(bo, f"/en/review/{submission.id}/decision", words)
    assert answer.status_code == 409
    assert "Take it over first" in answer.text
    assert "Kept when refused." in answer.text
    assert as_stored(own_session, submission).state == SubmissionState.IN_REVIEW

    take(bo, submission)
    assert decide(bo, submission, "decline").status_code == 303
    assert as_stored(own_session, submission).state == SubmissionState.DECLINED


def test_of_two_who_take_it_at_once_the_second_is_told(own_library: Flask, own_session: Session) -> None:
    astrid, bo = an_adviser(own_library), an_adviser(own_library, "Bo")
    submission = sent_in(own_session, an_author(own_library, own_session))
    seen = {"seen": ""}  # both saw that nobody has it

    send(astrid, f"/en/review/{submission.id}/take", seen)
    send(bo, f"/en/review/{submission.id}/take", seen)

    assert as_stored(own_session, submission).adviser_id == account_called(own_session, "astrid@example.org").id
    assert "A colleague took it a moment ago" in bo.read(f"/en/review/{submission.id}").markup


def test_the_desk_shows_what_was_sent_in_and_never_what_authors_are_writing(
    own_library: Flask, own_session: Session
) -> None:
    author, adviser = an_author(own_library, own_session), an_adviser(own_library)
    submission = sent_in(own_session, author)
    take(adviser, submission)
    decide(adviser, submission, "request-changes")
    submission = as_stored(own_session, submission)
    submission.document = a_document(lambda d: d["text"]["en"].update(title="Secret title", problem="Secret thoughts"))
    submission.title = "Secret title"
    own_session.commit()

    pages = [adviser.get(f"/en/review/{submission.id}{page}").text for page in PAGES]
    pages.append(adviser.get("/en/review?queue=waiting").text)
    assert all("Open school evenings" in page for page in pages)
    assert not any("Secret" in page for page in pages)


def test_an_adviser_may_hand_it_on_and_give_it_back(own_library: Flask, own_session: Session) -> None:
    astrid = an_adviser(own_library)
    an_adviser(own_library, "Bo")
    bo = account_called(own_session, "bo@example.org")
    submission = sent_in(own_session, an_author(own_library, own_session))
    take(astrid, submission)

    send(astrid, f"/en/review/{submission.id}/assign", {"adviser": str(bo.id)})
    assert as_stored(own_session, submission).adviser_id == bo.id
    letter = own_session.scalars(select(Mail).where(Mail.kind == "assigned")).one()
    assert letter.account_id == bo.id

    send(astrid, f"/en/review/{submission.id}/give-back")
    assert as_stored(own_session, submission).adviser_id == bo.id, "it is not hers to give back"
    take(astrid, submission)
    send(astrid, f"/en/review/{submission.id}/give-back")
    stored = as_stored(own_session, submission)
    assert (stored.state, stored.adviser_id) == (SubmissionState.SUBMITTED, None)
    assert stored.due_on is not None, "the authors still wait"


def test_every_deed_at_the_desk_is_written_down(own_library: Flask, own_session: Session) -> None:
    author, astrid = an_author(own_library, own_session), an_adviser(own_library)
    an_adviser(own_library, "Bo")
    bo = account_called(own_session, "bo@example.org")
    submission = sent_in(own_session, author)
    address = f"/en/review/{submission.id}"
    take(astrid, submission)
    send(astrid, f"{address}/due", {"due_on": "2026-12-24"})
    send(astrid, f"{address}/opinions", {"colleague": str(bo.id)})
    fill_sheet(astrid, submission)
    decide(astrid, submission, "request-changes")
    sent_in_again(own_session, submission, author, a_document())
    take(astrid, submission)
    send(astrid, f"{address}/assign", {"adviser": str(bo.id)})

    query = select(AuditEntry.action).where(
        AuditEntry.subject_kind == "submission", AuditEntry.subject_id == submission.id
    )
    written = list(own_session.scalars(query.order_by(AuditEntry.id)))
    assert [action.removeprefix("submission.") for action in written] == [
        "start", "submit", "take", "due-set", "opinion-asked", "assess", "request-changes", "submit", "take", "assign",
    ]  # fmt: skip


def test_a_date_that_means_nothing_is_refused_with_a_way_out(own_library: Flask, own_session: Session) -> None:
    astrid = an_adviser(own_library)
    submission = sent_in(own_session, an_author(own_library, own_session))
    before = submission.due_on

    for due in ("", "yesterday", "2020-01-01", "9999-12-31", "2026-13-45"):
        answer = send(astrid, f"/en/review/{submission.id}/due", {"due_on": due})
        assert answer.status_code == 422, due
        assert 'href="#due_on"' in answer.text
    assert as_stored(own_session, submission).due_on == before


@pytest.mark.one_database
@pytest.mark.parametrize("how", ["began it", "joined it"])
def test_who_has_left_the_authors_wrote_it_still(own_library: Flask, own_session: Session, how: str) -> None:
    adviser = an_adviser(own_library)
    astrid, berit = account_called(own_session, "astrid@example.org"), an_author(own_library, own_session)
    first, second = (astrid, berit) if how == "began it" else (berit, astrid)
    submission = a_submission(own_session, first, state=SubmissionState.SUBMITTED)
    with own_library.app_context():
        inviting.invite(own_session, email=second.email, name="", language="en", by=first, submission=submission)
        inviting.accept(own_session, own_session.scalars(select(Invitation)).one(), second)
        leave(own_session, submission, actor=astrid)
    own_session.commit()

    assert "You wrote this" in adviser.read(f"/en/review/{submission.id}").text
    assert set(try_everything(adviser, submission.id)) == {403}
    stored = as_stored(own_session, submission)
    assert (stored.state, stored.adviser_id) == (SubmissionState.SUBMITTED, None)


@pytest.mark.one_database
@pytest.mark.parametrize("tie", ["owner", "author"])
def test_nobody_decides_on_a_revision_of_their_own_page_that_names_others(
    own_library: Flask, own_session: Session, tie: str
) -> None:
    adviser = an_adviser(own_library)
    astrid, berit = account_called(own_session, "astrid@example.org"), an_author(own_library, own_session)
    practice = a_practice(own_session, a_document(owner="se-malmo"))
    if tie == "owner":
        astrid.organisations.append(practice.owner)
    else:
        own_session.add(PracticeAuthor(practice_id=practice.id, account_id=astrid.id, position=0, name="Astrid"))
    document = a_document(owner="dk-aarhus")
    submission = a_submission(own_session, berit, state=SubmissionState.SUBMITTED, document=document)
    submission.practice, submission.base_revision = practice, 1
    own_session.commit()

    assert set(try_everything(adviser, submission.id)) == {403}
    assert decided_nothing(own_session, submission)
