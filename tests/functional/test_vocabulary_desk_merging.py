"""Merging concepts: records, labels and relations follow, old addresses lead on, and all of it can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from factories.people import hidden, signed_in
from factories.readers import Page, Reader
from factories.records import a_practice
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from library.choices import PracticeState, Role
from library.document import with_replacements
from library.extensions import db
from library.indexing.follower import Follower
from library.indexing.search import index_of_app
from library.lexicon import current
from library.models import (
    Account,
    Collection,
    ConceptChange,
    ConceptRelation,
    Organisation,
    Practice,
    PracticeAgency,
    PracticeConcept,
    Revision,
    now,
)
from library.vocabulary.desk_queries import references
from library.vocabulary.merge_services import merge
from library.vocabulary.undo_services import undo

DESK = "/en/curate/vocabularies"
OLD, NEW = "themes/online-hate", "themes/hate"


@pytest.fixture(scope="module")
def adviser(module_library: Flask) -> Reader:
    return signed_in(module_library, Role.ADVISER, email="merging@example.org")


@pytest.fixture
def changing(module_library: Flask, adviser: Reader) -> Iterator[Session]:
    """A session whose changes are taken back after the test."""
    with module_library.app_context(), db.sessionmaker() as session, module_library.test_request_context():
        yield session
        session.rollback()


@pytest.fixture
def actor(changing: Session) -> Account:
    return changing.scalars(select(Account).where(Account.email == "merging@example.org")).one()


def carriers(session: Session, concept: str) -> set[int]:
    return set(session.scalars(select(PracticeConcept.practice_id).where(PracticeConcept.concept_id == concept)))


def everything(session: Session) -> dict[str, Any]:
    """Return all that a merge may touch, table by table."""
    session.flush()
    tables = [PracticeAgency, PracticeConcept, ConceptRelation, Organisation, Collection]
    kept = {one.__tablename__: sorted(map(repr, session.execute(select(one.__table__)))) for one in tables}
    practices = select(Practice.id, Practice.kind_id, Practice.country_id, Practice.outcome_id)
    kept["practices"] = sorted(map(repr, session.execute(practices)))
    lexicon = current(session)
    kept["words"] = {
        entry.id: (dict(entry.labels), {c: sorted(w) for c, w in entry.synonyms.items()}, entry.broader, entry.near)
        for entry in lexicon.entries.values()
    }
    return kept


def last(session: Session) -> ConceptChange:
    return session.scalars(select(ConceptChange).order_by(ConceptChange.id.desc())).first()  # type: ignore[return-value]


def test_records_labels_and_narrower_concepts_follow(changing: Session, actor: Account) -> None:
    words = current(changing)
    old, new = words[OLD], words[NEW]
    had, kept = carriers(changing, OLD), carriers(changing, NEW)
    merge(changing, OLD, NEW, actor=actor)
    assert carriers(changing, OLD) == set()
    assert carriers(changing, NEW) == had | kept
    after = current(changing)
    assert after[OLD].deprecated
    assert after.replaced[OLD] == NEW
    for code, label in old.labels.items():
        said = {after[NEW].label(code).casefold(), *(w.casefold() for w in after[NEW].synonyms.get(code, ()))}
        assert {label.casefold(), *(w.casefold() for w in old.synonyms.get(code, ()))} <= said
    assert after[NEW].labels == new.labels
    assert set(after[NEW].narrower) >= set(new.narrower) - {OLD} | set(old.narrower)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (OLD, NEW),
        ("agencies/social-services", "agencies/schools"),
        ("themes/hate", "themes/radicalisation"),
        ("countries/sweden", "countries/norway"),
    ],
)
def test_undoing_gives_everything_back(changing: Session, actor: Account, old: str, new: str) -> None:
    words = current(changing)
    if old not in words.entries or new not in words.entries or old in words.with_ancestors([new]):
        scheme = old.partition("/")[0]
        old, new = (entry.id for entry in (words.scheme(scheme)[1], words.scheme(scheme)[0]))
        if old in words.with_ancestors([new]):
            old, new = new, old
    before = everything(changing)
    merge(changing, old, new, actor=actor)
    assert everything(changing) != before
    assert undo(changing, last(changing), actor=actor) == ""
    assert everything(changing) == before


def test_an_agency_named_beside_the_other_is_named_once_with_both_parts(changing: Session, actor: Account) -> None:
    practice = a_practice(changing)
    practice.agencies = [
        PracticeAgency(concept_id="agencies/police", position=0, lead=False, roles={"en": "Walks"}),
        PracticeAgency(concept_id="agencies/schools", position=1, lead=True, roles={"en": "Teaches", "sv": "Lär"}),
    ]
    changing.flush()
    rows = select(PracticeAgency.concept_id, PracticeAgency.lead, PracticeAgency.roles).where(
        PracticeAgency.practice_id == practice.id
    )
    before = sorted(map(repr, changing.execute(rows)))
    merge(changing, "agencies/schools", "agencies/police", actor=actor)
    assert [tuple(row) for row in changing.execute(rows)] == [("agencies/police", True, {"en": "Walks", "sv": "Lär"})]
    undo(changing, last(changing), actor=actor)
    assert sorted(map(repr, changing.execute(rows))) == before


def test_every_column_that_names_a_concept_follows(changing: Session, actor: Account) -> None:
    """New tables are found by themselves; only the vocabularies and the counts of searches stay as they are."""
    named = {f"{table.name}.{column.name}" for table, column in references()}
    assert {
        "practice_agency.concept_id",
        "practice_concept.concept_id",
        "practice.kind_id",
        "practice.country_id",
        "practice.evidence_stage_id",
        "practice.outcome_id",
        "organisation.country_id",
        "assessment.evidence_stage_id",
        "assessment.outcome_id",
        "submission_author.agency_id",
        "practice_author.agency_id",
        "invitation.agency_id",
        "collection.cover_id",
        "concept_suggestion.concept_id",
        "call.theme_id",
        "call.agency_id",
        "call.target_group_id",
        "call.prevention_level_id",
    } <= named
    assert not {name for name in named if name.startswith(("concept.", "concept_label", "concept_tally"))}
    merge(changing, "agencies/police", "agencies/schools", actor=actor)
    for table, column in references():
        left = changing.scalar(select(func.count()).select_from(table).where(column == "agencies/police"))
        assert left == 0, f"{table.name}.{column.name}"


def test_a_practice_revised_since_keeps_what_its_authors_chose(changing: Session, actor: Account) -> None:
    had = carriers(changing, OLD)
    assert len(had) > 1
    merge(changing, OLD, NEW, actor=actor)
    change = last(changing)
    revised = changing.get_one(Practice, min(had))
    revised.revised_at = now()
    changing.flush()
    assert "1 practice was revised since" in undo(changing, change, actor=actor)
    assert carriers(changing, OLD) == had - {revised.id}


def test_revisions_stay_as_they_were_published_and_drafts_follow_when_read(changing: Session, actor: Account) -> None:
    before = {row.id: row.content for row in changing.scalars(select(Revision))}
    merge(changing, OLD, NEW, actor=actor)
    changing.expire_all()
    assert {row.id: row.content for row in changing.scalars(select(Revision))} == before
    draft = {
        "themes": ["safe-communities", "online-hate", "hate", "what is none"],
        "agencies": [{"code": "schools", "lead": True}, {"code": "police", "role": {"en": "Walks"}}],
        "kind": "practice",
        "title": 7,
    }
    assert with_replacements(draft, current(changing).replaced)["themes"] == [
        "safe-communities",
        "hate",
        "what is none",
    ]
    merge(changing, "agencies/schools", "agencies/police", actor=actor)
    agencies = with_replacements(draft, current(changing).replaced)["agencies"]
    assert agencies == [{"code": "police", "lead": True, "role": {"en": "Walks"}}]


def test_thousands_of_practices_are_asked_for_in_a_few_statements(
    changing: Session, actor: Account, count_statements: Any
) -> None:
    few = _statements(changing, actor, count_statements)
    for n in range(60):
        changing.add(_like(changing, n))
    changing.flush()
    assert _statements(changing, actor, count_statements) <= few


def _like(session: Session, number: int) -> Practice:
    practice = a_practice(session)
    practice.concepts = [PracticeConcept(concept_id=OLD, position=0)]
    return practice


def _statements(session: Session, actor: Account, count_statements: Any) -> int:
    session.flush()
    session.expire_all()
    assert actor.id
    with session.begin_nested() as savepoint, count_statements() as ledger:
        merge(session, OLD, NEW, actor=actor)
        savepoint.rollback()
    session.expire_all()
    return len(ledger.statements)


# --- pages ---------------------------------------------------------------------------------------------------------


def press(browser: Reader, page: str, address: str, **more: str) -> TestResponse:
    token = hidden(browser.read(page))["csrf_token"]
    return browser.post(address, data={"csrf_token": token, **more})


@pytest.mark.parametrize(
    ("old", "other", "said"),
    [
        ("themes/hate", "themes/hate", "cannot replace itself"),
        ("themes/hate", "online-hate", "lies below"),
        ("themes/hate", "no such word", "No concept in use is called that"),
        ("themes/hate", "", "Enter the concept that shall stay"),
        ("outcomes/mixed", "outcomes/worked", "list is closed"),
        ("kinds/model", "kinds/practice", "has to stay"),
    ],
)
def test_what_cannot_be_merged_is_refused_with_the_reason(adviser: Reader, old: str, other: str, said: str) -> None:
    answer = press(adviser, f"{DESK}/{old}/words", f"{DESK}/{old}/merge", other=other)
    assert answer.status_code == 422
    assert said in Page(answer).text


def test_what_a_merge_does_is_shown_before_it_is_done(adviser: Reader, changing: Session) -> None:
    page = adviser.read(f"{DESK}/{OLD}/merge?other=hate")
    assert f"{len(carriers(changing, OLD))} practices get" in page.text
    adviser.read(f"{DESK}/{OLD}/merge")
    adviser.read(f"{DESK}/{OLD}/merge?other=nothing+like+it", 422)


def test_the_old_address_and_the_old_filter_lead_to_what_replaces_it(own_library: Flask) -> None:
    adviser, reader = signed_in(own_library, Role.ADVISER), own_library.test_client()
    with own_library.app_context():
        follower = Follower(db.sessionmaker, index_of_app())
        while follower.step():
            pass
        for old, new in ((OLD, "hate"), ("agencies/faith-communities", "civil-society")):
            answer = press(adviser, f"{DESK}/{old}/merge?other={new}", f"{DESK}/{old}/merge", other=new)
            assert answer.status_code == 303, answer.text
        while follower.step():
            pass
    totals = {
        code: reader.get(f"/api/v1/practices?theme={code}").get_json()["total"] for code in ("online-hate", "hate")
    }
    assert totals["online-hate"] == totals["hate"] > 0
    page = reader.read("/en/practices?theme=online-hate")  # type: ignore[attr-defined]
    assert not [box for box in page.all("input") if box.get("value") == "online-hate"]
    assert [box for box in page.all("input") if box.get("value") == "hate" and box.get("checked") is not None]
    moved = reader.get("/en/agencies/faith-communities")
    assert moved.status_code == 301
    assert moved.location.endswith("/en/agencies/civil-society")
    shown = adviser.read(f"{DESK}/{OLD}")
    assert f"{DESK}/{NEW}" in shown.addresses


def test_the_form_offers_no_deprecated_concept_and_shows_a_chosen_one_with_a_mark(own_library: Flask) -> None:
    adviser = signed_in(own_library, Role.ADVISER)
    token = hidden(adviser.read(f"{DESK}/{OLD}/deprecate"))
    assert adviser.post(f"{DESK}/{OLD}/deprecate", data={**token, "agreed": "y"}).status_code == 303
    started = {**hidden(adviser.read("/en/submissions/new")), "original_language": "en", "text.en.title": "Old words"}
    made = adviser.post("/en/submissions/new", data=started)
    assert made.status_code == 303, made.text
    number = made.location.split("/submissions/")[1].split("/")[0]
    steps = [a for a in adviser.read(f"/en/submissions/{number}").addresses if "/edit/" in a]
    page, address = next((page, a) for a in steps if (page := adviser.read(a)).markup.count('name="themes"') > 1)
    assert not [box for box in page.all("input") if box.get("value") == "online-hate"]
    assert "/en/vocabularies/suggest?scheme=themes" in page.addresses
    sent = {**hidden(page), "themes": "online-hate"}
    assert adviser.post(address, data=sent).status_code in (303, 422)
    page = adviser.read(address)
    [box] = [box for box in page.all("input") if box.get("value") == "online-hate"]
    assert box.get("checked") is not None
    assert "No longer used" in page.text


def test_a_deprecated_concept_stays_on_old_records_with_a_mark(own_library: Flask) -> None:
    adviser = signed_in(own_library, Role.ADVISER)
    with own_library.app_context():
        maker = db.sessionmaker
    with maker() as session:
        shown = select(Practice.slug, PracticeConcept.concept_id).join(PracticeConcept)
        shown = shown.where(Practice.state == PracticeState.PUBLISHED, PracticeConcept.concept_id.like("settings/%"))
        slug, concept = session.execute(shown).first() or ("", "")
    token = hidden(adviser.read(f"{DESK}/{concept}/deprecate"))
    assert adviser.post(f"{DESK}/{concept}/deprecate", data={**token, "agreed": "y"}).status_code == 303
    assert "no longer used" in adviser.read(f"/en/practices/{slug}").text
