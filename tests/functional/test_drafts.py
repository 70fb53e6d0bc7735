"""Drafts survive: what is saved joins, what cannot be saved is kept, and whoever comes later chooses (ADR 0010)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from factories.documents import a_document
from factories.records import an_account
from factories.submissions import a_submission, account_called
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from library.choices import Role, SubmissionState
from library.drafting.paths import value_at
from library.drafting.saving import Take, base_after, open_edits, resolve, save, start
from library.drafting.versions import MOST_STEPS, Base
from library.errors import EditedMeanwhile, NotFound, NotPermitted
from library.extensions import db
from library.models import Account, KeptEdit, Submission, SubmissionAuthor, SubmissionEvent, SubmissionRound

TITLE, SUMMARY, PROBLEM = "text.sv.title", "text.sv.summary", "text.sv.problem"


def sessions_of(app: Flask) -> sessionmaker[Session]:
    with app.app_context():
        return db.sessionmaker


@pytest.fixture(scope="module")
def people(module_library: Flask) -> None:
    for name in ("anna", "bo", "stranger", "adviser"):
        an_account(module_library, Role.CONTRIBUTOR, email=f"{name}@example.org", name=name)


@pytest.fixture
def session(module_library: Flask, people: None) -> Iterator[Session]:
    with sessions_of(module_library)() as session:
        yield session
        session.rollback()


@pytest.fixture
def anna(session: Session) -> Account:
    return account_called(session, "anna@example.org")


@pytest.fixture
def bo(session: Session) -> Account:
    return account_called(session, "bo@example.org")


@pytest.fixture
def draft(session: Session, anna: Account, bo: Account) -> Submission:
    """A draft that two people write."""
    draft = start(session, actor=anna, language="sv", document=a_document())
    draft.authors.append(SubmissionAuthor(account=bo, position=1))
    session.flush()
    return draft


def _said(draft: Submission, path: str) -> Any:
    return value_at(draft.document, path)


def test_a_draft_begins_with_its_author_title_and_owner(session: Session, draft: Submission, anna: Account) -> None:
    assert draft.authors[0].account is anna
    assert (draft.version, draft.title, draft.state) == (1, "Öppen skola på kvällen", SubmissionState.DRAFT)
    assert draft.owner is not None
    assert draft.owner.slug == "se-malmo"
    assert session.scalar(select(SubmissionEvent.step).where(SubmissionEvent.submission_id == draft.id)) == "start"


def test_a_save_makes_a_version_and_keeps_title_and_owner_in_step(
    session: Session, draft: Submission, anna: Account
) -> None:
    before = draft.changed_at
    save(session, draft, {TITLE: "Nytt namn", "owner": None, "start_year": 2020}, base=1, actor=anna)
    assert (draft.version, draft.title, draft.owner_id) == (2, "Nytt namn", None)
    assert _said(draft, "start_year") == 2020
    assert "owner" not in draft.document
    assert draft.changed_at > before


def test_the_same_again_makes_no_version(session: Session, draft: Submission, anna: Account) -> None:
    changed = draft.changed_at
    save(session, draft, {TITLE: "Öppen skola på kvällen", PROBLEM: "", "end_year": None}, base=1, actor=anna)
    assert (draft.version, draft.changed_at) == (1, changed)


def test_saving_makes_no_round_and_no_event(session: Session, draft: Submission, anna: Account) -> None:
    for number in range(5):
        save(session, draft, {PROBLEM: f"Text {number}"}, base=draft.version, actor=anna)
    assert draft.version == 6
    rounds = select(func.count()).select_from(SubmissionRound).where(SubmissionRound.submission_id == draft.id)
    events = select(func.count()).select_from(SubmissionEvent).where(SubmissionEvent.submission_id == draft.id)
    assert (session.scalar(rounds), session.scalar(events)) == (0, 1)


def test_two_people_who_change_different_fields_both_win(
    session: Session, draft: Submission, anna: Account, bo: Account
) -> None:
    save(session, draft, {TITLE: "Annas titel", SUMMARY: _said(draft, SUMMARY)}, base=1, actor=anna)
    # Bo's form still shows the old title; he has changed the summary alone.
    typed = {TITLE: "Öppen skola på kvällen", SUMMARY: "Bos sammanfattning"}
    save(session, draft, typed, base=1, actor=bo)
    assert (_said(draft, TITLE), _said(draft, SUMMARY)) == ("Annas titel", "Bos sammanfattning")
    # His open form goes on from the new version, without bringing the old title back by the way.
    after = base_after(draft, typed, 1)
    assert Base.read(str(after)) == after
    save(session, draft, {**typed, SUMMARY: "Bos andra"}, base=after, actor=bo)
    assert (_said(draft, TITLE), _said(draft, SUMMARY)) == ("Annas titel", "Bos andra")


def test_a_box_that_shows_an_older_value_is_still_noticed_when_it_is_edited(
    session: Session, draft: Submission, anna: Account, bo: Account
) -> None:
    save(session, draft, {TITLE: "Annas titel"}, base=1, actor=anna)
    typed = {TITLE: "Öppen skola på kvällen", SUMMARY: "Bos sammanfattning"}
    save(session, draft, typed, base=1, actor=bo)
    after = base_after(draft, typed, 1)
    with pytest.raises(EditedMeanwhile):
        save(session, draft, {**typed, TITLE: "Bos titel"}, base=after, actor=bo)
    assert _said(draft, TITLE) == "Annas titel"


def test_whoever_saves_the_same_field_later_keeps_everything_they_typed(
    session: Session, draft: Submission, anna: Account, bo: Account
) -> None:
    save(session, draft, {TITLE: "Annas titel"}, base=1, actor=anna)
    with pytest.raises(EditedMeanwhile) as refusal:
        save(session, draft, {TITLE: "Bos titel", PROBLEM: "Bos problem"}, base=1, actor=bo)
    kept = session.get_one(KeptEdit, refusal.value.kept)
    assert kept.fields == {TITLE: "Bos titel", PROBLEM: "Bos problem"}
    assert (kept.base_version, refusal.value.submission, draft.version) == (1, draft.id, 2)
    assert _said(draft, TITLE) == "Annas titel"
    assert open_edits(session, draft, bo) == [kept]
    assert open_edits(session, draft, anna) == []


def test_a_form_that_goes_on_typing_adds_to_its_kept_edit(
    session: Session, draft: Submission, anna: Account, bo: Account
) -> None:
    save(session, draft, {TITLE: "Annas titel"}, base=1, actor=anna)
    with pytest.raises(EditedMeanwhile) as first:
        save(session, draft, {TITLE: "Bos"}, base=1, actor=bo)
    with pytest.raises(EditedMeanwhile) as second:
        save(session, draft, {TITLE: "Bos titel", PROBLEM: "P"}, base=Base(1, {}, first.value.kept), actor=bo)
    assert first.value.kept == second.value.kept
    assert [kept.fields for kept in open_edits(session, draft, bo)] == [{TITLE: "Bos titel", PROBLEM: "P"}]


def test_nobody_writes_into_the_kept_edit_of_somebody_else(
    session: Session, draft: Submission, anna: Account, bo: Account
) -> None:
    save(session, draft, {TITLE: "Annas titel"}, base=1, actor=anna)
    with pytest.raises(EditedMeanwhile) as mine:
        save(session, draft, {TITLE: "Bos"}, base=1, actor=bo)
    with pytest.raises(EditedMeanwhile) as theirs:
        save(session, draft, {TITLE: "Annas andra"}, base=Base(1, {}, mine.value.kept), actor=anna)
    assert theirs.value.kept != mine.value.kept
    assert session.get_one(KeptEdit, mine.value.kept).fields == {TITLE: "Bos"}


@pytest.mark.parametrize(
    "told", ["0", "-4", "99", "x", "", "[", "[]", "[1,2,3]", '[1,{"a":"b"},"c"]', "9" * 99, "1e999"]
)
def test_a_form_that_nobody_was_given_overwrites_nothing(
    session: Session, draft: Submission, anna: Account, told: str
) -> None:
    with pytest.raises(EditedMeanwhile):
        save(session, draft, {TITLE: "Annan titel"}, base=Base.read(told), actor=anna)
    assert _said(draft, TITLE) == "Öppen skola på kvällen"


def test_a_form_older_than_what_is_remembered_is_asked(session: Session, draft: Submission, anna: Account) -> None:
    for number in range(MOST_STEPS + 2):
        save(session, draft, {PROBLEM: f"Text {number}"}, base=draft.version, actor=anna)
    assert len(draft.trail[PROBLEM]) == MOST_STEPS
    with pytest.raises(EditedMeanwhile):
        save(session, draft, {PROBLEM: "Annat"}, base=1, actor=anna)


def test_a_page_knows_its_own_save_whose_answer_was_lost(
    session: Session, draft: Submission, anna: Account, bo: Account
) -> None:
    save(session, draft, {TITLE: "Ett"}, base=Base(1, page="p", turn=1), actor=anna)
    save(session, draft, {TITLE: "Ett, två"}, base=Base(1, page="p", turn=2), actor=anna)
    assert _said(draft, TITLE) == "Ett, två"
    save(session, draft, {TITLE: "Ett"}, base=Base(1, page="p", turn=1), actor=anna)  # the first, arriving late
    assert _said(draft, TITLE) == "Ett, två"
    with pytest.raises(EditedMeanwhile):
        save(session, draft, {TITLE: "Bos"}, base=Base(1, page="q", turn=9), actor=bo)
    save(session, draft, {TITLE: "Bos"}, base=draft.version, actor=bo)
    with pytest.raises(EditedMeanwhile):
        save(session, draft, {TITLE: "Ett, två, tre"}, base=Base(1, page="p", turn=3), actor=anna)
    assert _said(draft, TITLE) == "Bos"


def test_only_authors_save(session: Session, draft: Submission) -> None:
    with pytest.raises(NotFound):
        save(session, draft, {TITLE: "x"}, base=1, actor=account_called(session, "stranger@example.org"))


def test_nobody_saves_what_lies_with_an_adviser_and_what_they_typed_is_kept(session: Session, anna: Account) -> None:
    submission = a_submission(session, anna, state=SubmissionState.SUBMITTED)
    with pytest.raises(EditedMeanwhile):
        save(session, submission, {TITLE: "För sent"}, base=1, actor=anna)
    assert _said(submission, TITLE) == "Öppen skola på kvällen"
    assert [kept.fields for kept in open_edits(session, submission, anna)] == [{TITLE: "För sent"}]
    with pytest.raises(NotPermitted):
        save(session, submission, {TITLE: _said(submission, TITLE)}, base=1, actor=anna)


def test_text_typed_while_a_coauthor_sends_the_case_in_is_kept(
    module_library: Flask, session: Session, draft: Submission, anna: Account
) -> None:
    session.commit()
    with sessions_of(module_library).begin() as other:  # between the page's check and the save
        sent = other.get_one(Submission, draft.id)
        assert _said(draft, TITLE)
        sent.state, sent.submitted_at = SubmissionState.SUBMITTED, sent.created_at
    assert draft.authors
    session.expire(draft, ["document"])
    draft.__dict__["state"] = SubmissionState.DRAFT  # as this request read it
    with pytest.raises(EditedMeanwhile) as refusal:
        save(session, draft, {TITLE: "För sent"}, base=1, actor=anna)
    assert session.get_one(KeptEdit, refusal.value.kept).fields == {TITLE: "För sent"}
    assert _said(draft, TITLE) == "Öppen skola på kvällen"


def test_an_author_chooses_field_by_field(session: Session, draft: Submission, anna: Account, bo: Account) -> None:
    save(session, draft, {TITLE: "Annas", SUMMARY: "Annas", PROBLEM: "Annas"}, base=1, actor=anna)
    typed = {TITLE: "Bos", SUMMARY: "Bos", PROBLEM: "Bos", "text.sv.objectives": "Bos"}
    with pytest.raises(EditedMeanwhile) as refusal:
        save(session, draft, typed, base=1, actor=bo)
    kept = session.get_one(KeptEdit, refusal.value.kept)
    resolve(session, kept, {TITLE: Take.MINE, SUMMARY: Take.THEIRS, PROBLEM: "Annas och Bos"}, base=2, actor=bo)
    said = [_said(draft, path) for path in (TITLE, SUMMARY, PROBLEM, "text.sv.objectives")]
    assert said == ["Bos", "Annas", "Annas och Bos", "Bos"]
    assert open_edits(session, draft, bo) == []


def test_a_choice_that_somebody_overtakes_is_kept_in_turn(
    session: Session, draft: Submission, anna: Account, bo: Account
) -> None:
    save(session, draft, {TITLE: "Annas"}, base=1, actor=anna)
    with pytest.raises(EditedMeanwhile) as first:
        save(session, draft, {TITLE: "Bos"}, base=1, actor=bo)
    save(session, draft, {TITLE: "Annas andra"}, base=2, actor=anna)
    with pytest.raises(EditedMeanwhile) as second:
        resolve(session, session.get_one(KeptEdit, first.value.kept), {TITLE: "Båda"}, base=2, actor=bo)
    assert _said(draft, TITLE) == "Annas andra"
    assert [kept.id for kept in open_edits(session, draft, bo)] == [second.value.kept]
    assert session.get_one(KeptEdit, second.value.kept).fields == {TITLE: "Båda"}
