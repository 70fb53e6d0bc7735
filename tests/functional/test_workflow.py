"""The steps of a practice: the table, every pair of it, and nothing beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from factories.documents import a_document
from factories.mutations import spoiled
from factories.records import a_practice
from flask import Flask
from hypothesis import HealthCheck, given, settings
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.choices import PracticeState, Provenance
from library.document import Known, problems_of
from library.errors import InvalidRecord, InvalidTransition
from library.extensions import db
from library.models import Event, Practice, Revision
from library.publishing import known_to, publish
from library.workflow import NEEDS_REASON, TRANSITIONS, Step, advance

EXPECTED = {
    (None, "publish"): "published",
    ("published", "revise"): "published",
    ("published", "archive"): "archived",
    ("archived", "restore"): "published",
    ("published", "erase"): "erased",
    ("archived", "erase"): "erased",
    ("published", "confirm"): "published",
    ("published", "report-ended"): "published",
}


@pytest.fixture
def session(module_library: Flask) -> Iterator[Session]:
    with module_library.app_context():
        maker = db.sessionmaker
    with maker() as session:
        yield session
        session.rollback()


def brought_to(session: Session, state: PracticeState) -> Practice:
    practice = a_practice(session)
    if state is PracticeState.ARCHIVED:
        advance(session, practice, Step.ARCHIVE, actor=None, reason="Old")
    if state is PracticeState.ERASED:
        advance(session, practice, Step.ERASE, actor=None, reason="Ordered")
    return practice


def test_the_table_is_the_one_that_was_agreed() -> None:
    assert {(before, step): after for (before, step), after in TRANSITIONS.items()} == EXPECTED


@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize("state", list(PracticeState))
def test_every_pair_of_state_and_step_does_what_the_table_says(
    session: Session, state: PracticeState, step: Step
) -> None:
    practice = brought_to(session, state)
    events = select(func.count()).where(Event.practice_id == practice.id)
    before = session.scalar(events)
    after = EXPECTED.get((state.value, step.value))
    if after is None:
        with pytest.raises(InvalidTransition, match=f"{state.value} cannot take the step {step.value}"):
            advance(session, practice, step, actor=None, reason="Because")
        session.flush()
        assert (practice.state, session.scalar(events)) == (state, before), "nothing has changed"
        return
    advance(session, practice, step, actor=None, reason="Because")
    session.flush()
    assert practice.state == after
    assert session.scalar(events) == (before or 0) + 1
    assert (practice.archive_reason is not None) == (after == "archived")
    assert (practice.erased_at is not None) == (after == "erased")


@pytest.mark.parametrize("step", [step for step in Step if step is not Step.PUBLISH])
def test_what_does_not_exist_can_only_be_published(session: Session, step: Step) -> None:
    with pytest.raises(InvalidTransition, match="a practice that is new"):
        advance(session, Practice(slug="new"), step, actor=None, reason="Because")


@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
@pytest.mark.parametrize("step", sorted(NEEDS_REASON))
def test_a_step_that_needs_a_reason_is_refused_without(session: Session, step: Step, reason: str) -> None:
    practice = a_practice(session)
    with pytest.raises(InvalidTransition, match="needs a reason"):
        advance(session, practice, step, actor=None, reason=reason)


@pytest.mark.parametrize("state", [PracticeState.ARCHIVED, PracticeState.ERASED])
def test_only_what_is_published_can_be_revised(session: Session, state: PracticeState) -> None:
    practice = brought_to(session, state)
    with pytest.raises(InvalidTransition):
        a_practice(session, a_document(start_year=2001), revises=practice)


def test_a_document_that_does_not_fit_is_refused_before_anything_is_written(session: Session) -> None:
    before = session.scalar(select(func.count()).select_from(Practice))
    with pytest.raises(InvalidRecord):
        a_practice(session, a_document(kind="poem"))
    session.flush()
    assert session.scalar(select(func.count()).select_from(Practice)) == before


def test_a_revision_holds_the_document_as_it_was_given(session: Session) -> None:
    document = a_document()
    practice = a_practice(session, document)
    session.expire_all()
    kept = session.scalars(select(Revision).where(Revision.practice_id == practice.id)).one()
    assert kept.content == document


@pytest.fixture(scope="module")
def known(module_library: Flask) -> Known:
    with module_library.app_context():
        return known_to(db.session)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(document=spoiled())
def test_what_the_template_accepts_the_database_takes_and_nothing_else(
    session: Session, known: Known, document: dict[str, Any]
) -> None:
    refused = list(problems_of(document, known))
    store: Callable[[], Practice] = lambda: publish(  # noqa: E731 - said twice below
        session, document, provenance=Provenance.SUBMITTED, known=known
    )
    try:
        if refused:
            with pytest.raises(InvalidRecord):
                store()
        else:
            assert store().id
            session.flush()
    finally:
        session.rollback()
