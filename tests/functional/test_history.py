"""Revisions that anybody can compare; archive, restore and erase."""

from __future__ import annotations

import pytest
from factories.documents import titled
from factories.people import hidden, sign_in, signed_in
from factories.readers import Reader
from factories.records import a_practice, follow, practice_called
from factories.submissions import a_submission, account_called
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from library import inviting
from library.choices import PracticeState, Role, SubmissionState
from library.drafting.saving import save
from library.models import (
    AuditEntry,
    Event,
    Invitation,
    Mail,
    Notice,
    Practice,
    PracticeAuthor,
    Revision,
    Submission,
    SubmissionRound,
)
from library.publishing import known_to, publish

REASON = "The work has moved to another library."


@pytest.fixture
def adviser(own_library: Flask) -> Reader:
    return signed_in(own_library, Role.ADVISER)


@pytest.fixture
def administrator(own_library: Flask) -> Reader:
    return signed_in(own_library, Role.ADMINISTRATOR)


@pytest.fixture
def revised(own_session: Session) -> Practice:
    """A practice that has said two things."""
    practice = a_practice(own_session, titled("Open evenings"))
    document = titled("Open evenings and mornings", themes=["youth-crime", "hate"])
    publish(
        own_session,
        document,
        provenance=practice.provenance,
        known=known_to(own_session),
        revises=practice,
        note="Mornings too",
    )
    own_session.commit()
    return practice


def deed(browser: Reader, slug: str, verb: str, **typed: str) -> tuple[int, str]:
    page = browser.read(f"/en/practices/{slug}/{'erase' if verb == 'erase' else 'state'}")
    answer = browser.post(f"/en/practices/{slug}/{verb}", data={**hidden(page), **typed})
    return answer.status_code, answer.get_data(as_text=True)


# --- revisions ---


def test_the_list_of_revisions_shows_each_with_what_changed(own_reader: Reader, revised: Practice) -> None:
    page = own_reader.read(f"/en/practices/{revised.slug}/revisions")
    rows = [" ".join("".join(row.itertext()).split()) for row in page.all("tbody/tr")]
    assert [row.split()[0] for row in rows] == ["2", "1"]
    assert "Mornings too" in rows[0]
    assert "First published" in rows[1]


def test_a_comparison_marks_the_words_that_came_and_went(own_reader: Reader, revised: Practice) -> None:
    page = own_reader.read(f"/en/practices/{revised.slug}/revisions/compare?older=1&newer=2")
    added = [" ".join("".join(mark.itertext()).split()) for mark in page.all("ins")]
    assert added == ["Added: and mornings", "Added: and mornings", "Added: Hate and hate crime"]
    assert not page.all("del")
    assert "The school stays open" not in page.text, "what did not change is left out"


def test_revisions_can_be_chosen_the_wrong_way_round(own_reader: Reader, revised: Practice) -> None:
    one = own_reader.read(f"/en/practices/{revised.slug}/revisions/compare?older=2&newer=1")
    assert "From revision 1 to revision 2" in one.text


@pytest.mark.one_database
@pytest.mark.parametrize("asked", ["", "older=x&newer=y", "older=-1", "newer=99999999999999999999", "older=1&newer=1"])
def test_odd_numbers_are_no_error(own_reader: Reader, revised: Practice, asked: str) -> None:
    assert own_reader.get(f"/en/practices/{revised.slug}/revisions/compare?{asked}").status_code == 200


@pytest.mark.one_database
def test_a_revision_that_never_was_is_not_found(own_reader: Reader, revised: Practice) -> None:
    own_reader.read(f"/en/practices/{revised.slug}/revisions/3", status=404)
    own_reader.read(f"/en/practices/{revised.slug}/revisions/compare?older=1&newer=9", status=404)
    own_reader.read("/en/practices/no-such-practice/revisions", status=404)


@pytest.mark.one_database
def test_an_old_revision_can_still_be_read(own_reader: Reader, revised: Practice) -> None:
    page = own_reader.read(f"/sv/practices/{revised.slug}/revisions/1")
    assert "Lärare och frivilliga håller" in page.text
    assert "mornings" not in " ".join("".join(part.itertext()) for part in page.by_class("difference"))
    assert "Skola" in page.text, "codes are told in the reader's words"


# --- archive and restore ---


def test_an_archived_practice_leaves_the_search_and_comes_back(
    own_library: Flask, own_session: Session, adviser: Reader, revised: Practice
) -> None:
    follow(own_library)
    assert revised.slug in adviser.read("/en/practices?q=mornings").slugs
    status, _ = deed(adviser, revised.slug, "archive", reason=REASON)
    assert status == 303
    follow(own_library)
    assert revised.slug not in adviser.read("/en/practices?q=mornings").slugs
    assert REASON in adviser.read(f"/en/practices/{revised.slug}").text
    status, _ = deed(adviser, revised.slug, "restore")
    assert status == 303
    follow(own_library)
    assert revised.slug in adviser.read("/en/practices?q=mornings").slugs
    audited = own_session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == revised.id))
    assert {"practice.archive", "practice.restore"} <= set(audited)


@pytest.mark.one_database
def test_archiving_without_a_reason_is_refused_at_the_field(adviser: Reader, revised: Practice) -> None:
    status, page = deed(adviser, revised.slug, "archive", reason="  ")
    assert status == 422
    assert "Say why it is archived" in page
    assert 'href="#reason"' in page


@pytest.mark.one_database
def test_archiving_twice_says_that_somebody_was_faster(adviser: Reader, revised: Practice) -> None:
    page = hidden(adviser.read(f"/en/practices/{revised.slug}/state"))
    address = f"/en/practices/{revised.slug}/archive"
    assert adviser.post(address, data={**page, "reason": REASON}).location.endswith(revised.slug)
    assert adviser.post(address, data={**page, "reason": REASON}).location.endswith("/state")
    assert "Somebody else has changed" in adviser.read(f"/en/practices/{revised.slug}/state").text


def test_those_who_answer_for_a_practice_are_told(
    own_library: Flask, own_session: Session, adviser: Reader, revised: Practice
) -> None:
    signed_in(own_library, Role.CONTRIBUTOR, email="owner@example.org")
    owner = account_called(own_session, "owner@example.org")
    own_session.add(PracticeAuthor(practice_id=revised.id, account_id=owner.id, position=0, name="Owner"))
    own_session.commit()
    deed(adviser, revised.slug, "archive", reason=REASON)
    kinds = own_session.scalars(select(Mail.kind).where(Mail.address == "owner@example.org"))
    assert list(kinds) == ["practice-archived"]


# --- erase ---


def test_erasing_leaves_a_tombstone_and_not_a_word(
    own_library: Flask, own_session: Session, administrator: Reader, revised: Practice
) -> None:
    follow(own_library)
    author = account_called(own_session, "administrator@example.org")
    submission = a_submission(own_session, author, state=SubmissionState.SUBMITTED, document=titled("Open evenings"))
    submission.practice_id, submission.base_revision = revised.id, 2
    own_session.commit()
    status, page = deed(
        administrator, revised.slug, "erase", reason="GDPR article 17", title="Open evenings and mornings"
    )
    assert status == 303, page
    follow(own_library)
    tomb = administrator.read(f"/en/practices/{revised.slug}", status=410)
    assert "was erased" in tomb.heading
    assert administrator.get(f"/p/{revised.id}").location.endswith(revised.slug)
    administrator.read(f"/en/practices/{revised.slug}/revisions", status=410)
    assert revised.slug not in administrator.read("/en/practices?q=mornings").slugs
    own_session.expire_all()
    practice = own_session.get_one(Practice, revised.id)
    assert practice.state is PracticeState.ERASED
    left = [*practice.texts, *practice.agencies, *practice.sources, *practice.places, *practice.concepts]
    assert not left
    assert own_session.scalar(select(func.count()).where(Revision.practice_id == practice.id)) == 0
    emptied = own_session.get_one(Submission, submission.id)
    assert (emptied.state, emptied.document, emptied.title) == (SubmissionState.WITHDRAWN, {}, "")
    assert own_session.scalar(select(func.count()).where(SubmissionRound.submission_id == submission.id)) == 0
    reasons = own_session.scalars(select(Event.reason).where(Event.practice_id == practice.id).order_by(Event.id))
    assert [reason for reason in reasons if reason] == ["GDPR article 17"]


@pytest.mark.one_database
def test_erasing_needs_the_title_and_a_ground(administrator: Reader, revised: Practice) -> None:
    status, page = deed(administrator, revised.slug, "erase", reason="", title="Open evening")
    assert status == 422
    assert "Name the legal ground" in page
    assert "This is not the title" in page
    assert 'value="Open evening"' in page, "what was typed is kept"
    administrator.read(f"/en/practices/{revised.slug}")


@pytest.mark.one_database
def test_advisers_may_archive_and_not_erase(adviser: Reader, revised: Practice) -> None:
    page = adviser.read(f"/en/practices/{revised.slug}/state")
    assert "Erase it" not in page.text
    adviser.read(f"/en/practices/{revised.slug}/erase", status=403)
    answer = adviser.post(f"/en/practices/{revised.slug}/erase", data=hidden(page))
    assert answer.status_code == 403


@pytest.mark.one_database
def test_a_revision_of_what_is_not_erased_cannot_be_deleted(own_session: Session) -> None:
    practice = practice_called(own_session, "dk-ssp")
    revision = own_session.scalars(select(Revision).where(Revision.practice_id == practice.id)).first()
    own_session.delete(revision)
    with pytest.raises(DatabaseError, match="immutable"):
        own_session.flush()
    own_session.rollback()


@pytest.mark.one_database
def test_others_see_no_way_to_archive(own_library: Flask, revised: Practice) -> None:
    contributor = signed_in(own_library, Role.CONTRIBUTOR)
    contributor.read(f"/en/practices/{revised.slug}/state", status=403)
    assert sign_in(own_library, "contributor@example.org").get(f"/en/practices/{revised.slug}/state").status_code == 403


@pytest.mark.one_database
def test_erasing_forgets_who_was_invited_and_news_that_is_not_told_yet(
    own_library: Flask, own_session: Session, administrator: Reader, revised: Practice
) -> None:
    author = account_called(own_session, "administrator@example.org")
    submission = a_submission(own_session, author, document=titled("Open evenings"))
    save(own_session, submission, {"start_year": 2011}, base=1, actor=author)
    submission.practice_id, submission.base_revision = revised.id, 2
    with own_library.app_context():
        inviting.invite(
            own_session, email="ida@example.org", name="Ida", language="en", by=author, submission=submission
        )
        inviting.invite(own_session, email="bo@example.org", name="Bo", language="en", by=author, role=Role.MEMBER)
    for path in (f"/submissions/{submission.id}", f"/review/{submission.id}", f"/p/{revised.id}", "/account"):
        own_session.add(Notice(account_id=author.id, kind="comment", path=path, params={"title": "Open evenings"}))
    own_session.commit()
    status, page = deed(
        administrator, revised.slug, "erase", reason="GDPR article 17", title="Open evenings and mornings"
    )
    assert status == 303, page
    own_session.expire_all()
    assert own_session.scalars(select(Invitation.email)).all() == ["bo@example.org"]
    assert own_session.scalars(select(Notice.path)).all() == ["/account"]
    assert own_session.get_one(Submission, submission.id).trail == {}
