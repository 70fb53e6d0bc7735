"""Words that contributors miss: suggested, answered by an adviser, and the contributor hears of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from factories.people import hidden, signed_in
from factories.readers import Page, Reader
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from library.choices import Role, SuggestionState
from library.extensions import db
from library.lexicon import current
from library.models import ConceptSuggestion, Notice

pytestmark = pytest.mark.one_database

SUGGEST, QUEUE = "/en/vocabularies/suggest", "/en/curate/vocabularies/suggestions"


@pytest.fixture(scope="module")
def contributor(module_library: Flask) -> Reader:
    return signed_in(module_library, Role.CONTRIBUTOR, email="misses@example.org")


@pytest.fixture(scope="module")
def adviser(module_library: Flask) -> Reader:
    return signed_in(module_library, Role.ADVISER, email="answers@example.org")


@pytest.fixture
def session(module_library: Flask) -> Iterator[Session]:
    with module_library.app_context():
        maker = db.sessionmaker
    with maker() as session:  # not in the context: Flask-Login would keep one person in it
        yield session


def suggest(browser: Reader, label: str, **more: str) -> TestResponse:
    sent = {**hidden(browser.read(f"{SUGGEST}?scheme=themes")), "scheme": "themes", "language": "da", "label": label}
    return browser.post(SUGGEST, data={**sent, **more})


def suggested(session: Session, label: str) -> ConceptSuggestion:
    session.rollback()
    session.expire_all()
    return session.scalars(select(ConceptSuggestion).where(ConceptSuggestion.label == label)).one()


def answer(browser: Reader, made: ConceptSuggestion, **typed: str) -> TestResponse:
    address = f"{QUEUE}/{made.id}"
    return browser.post(address, data={**hidden(browser.read(address)), **typed})


def news(session: Session, made: ConceptSuggestion) -> list[dict[str, object]]:
    return [row.params for row in session.scalars(select(Notice).where(Notice.account_id == made.account_id))]


@pytest.mark.both_databases
def test_a_word_becomes_a_concept_and_the_contributor_hears_of_it(
    contributor: Reader, adviser: Reader, session: Session
) -> None:
    assert suggest(contributor, "Havnefester", note="For parties on the quay").status_code == 303
    assert "Havnefester" in contributor.read(SUGGEST).text
    made = suggested(session, "Havnefester")
    assert f"{QUEUE}/{made.id}" in adviser.read(QUEUE).addresses
    assert "For parties on the quay" in adviser.read(f"{QUEUE}/{made.id}").text
    done = answer(adviser, made, verdict="new", english="Harbour parties", broader="safe-urban-space", answer="Thanks")
    assert done.status_code == 303, done.text
    made = suggested(session, "Havnefester")
    assert (made.state, made.concept_id) == (SuggestionState.ACCEPTED, "themes/harbour-parties")
    entry = current(session)["themes/harbour-parties"]
    assert (entry.label("da"), entry.label("en")) == ("Havnefester", "Harbour parties")
    assert any(row.get("word") == "Havnefester" and row.get("reason") == "Thanks" for row in news(session, made))
    assert "Thanks" in contributor.read(SUGGEST).text


@pytest.mark.both_databases
def test_a_word_becomes_another_word_for_what_exists(contributor: Reader, adviser: Reader, session: Session) -> None:
    suggest(contributor, "Ordforråd om had")
    made = suggested(session, "Ordforråd om had")
    assert answer(adviser, made, verdict="word", concept="themes/hate").status_code == 303
    assert "Ordforråd om had" in current(session)["themes/hate"].synonyms["da"]


def test_a_word_is_declined_with_the_reason(contributor: Reader, adviser: Reader, session: Session) -> None:
    suggest(contributor, "Alt muligt")
    made = suggested(session, "Alt muligt")
    refused = answer(adviser, made, verdict="decline")
    assert refused.status_code == 422
    assert "Write why" in Page(refused).text
    assert answer(adviser, made, verdict="decline", answer="It says too little.").status_code == 303
    assert "It says too little." in contributor.read(SUGGEST).text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Choose what becomes of it"),
        ({"verdict": "new"}, "Enter the English label"),
        ({"verdict": "word"}, "Enter the concept that the word belongs to"),
        ({"verdict": "word", "concept": "nothing like it"}, "No concept in use is called that"),
        ({"verdict": "new", "english": "Hate and extremism"}, ""),
    ],
)
def test_an_answer_that_lacks_something_is_asked_for(
    contributor: Reader, adviser: Reader, session: Session, typed: dict[str, str], said: str
) -> None:
    word = f"Mangler {len(typed)} {said[:12]}".strip()
    suggest(contributor, word)
    if not said:
        typed["english"], said = current(session)["themes/hate"].label("en"), "is the label of another concept"
    refused = answer(adviser, suggested(session, word), **typed)
    assert refused.status_code == 422
    assert said in Page(refused).text
    assert suggested(session, word).state is SuggestionState.OPEN


@pytest.mark.both_databases
def test_the_second_adviser_is_told_that_it_is_answered(contributor: Reader, adviser: Reader, session: Session) -> None:
    suggest(contributor, "To svar")
    made = suggested(session, "To svar")
    token = hidden(adviser.read(f"{QUEUE}/{made.id}"))
    assert answer(adviser, made, verdict="decline", answer="No").status_code == 303
    late = adviser.post(f"{QUEUE}/{made.id}", data={**token, "verdict": "word", "concept": "themes/hate"})
    assert late.status_code == 409
    assert "A colleague has answered this one meanwhile" in Page(late).text
    assert "To svar" not in current(session)["themes/hate"].synonyms["da"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"label": ""}, "Enter the word that is missing"),
        ({"label": "x" * 201}, "at most 200 characters"),
        ({"language": "de"}, "Not a valid choice"),
        ({"scheme": "outcomes"}, "Not a valid choice"),
        ({"note": "x" * 1001}, "at most 1000 characters"),
    ],
)
def test_what_cannot_be_suggested_is_said(contributor: Reader, typed: dict[str, str], said: str) -> None:
    refused = suggest(contributor, **{"label": "Noget", **typed})
    assert refused.status_code == 422
    assert said in Page(refused).text


@pytest.mark.both_databases
def test_a_word_that_is_there_is_named(contributor: Reader, session: Session) -> None:
    there = current(session)["themes/hate"].label("da")
    refused = suggest(contributor, there.upper())
    assert refused.status_code == 422
    assert f"The list has it already: {there}" in Page(refused).text


def test_members_suggest_nothing(module_library: Flask) -> None:
    signed_in(module_library, Role.MEMBER, email="member-of-words@example.org").read(SUGGEST, 403)
