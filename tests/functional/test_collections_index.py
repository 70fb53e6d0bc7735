"""The facet of collections: what is indexed, what is re-indexed by which change, and what a search shows of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from factories.collections import a_collection, a_section
from factories.html import words
from factories.readers import Reader
from factories.records import a_practice, follow, practice_called
from factories.truth import counts, facets_by_slug, matching
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from index.schema import fingerprint
from library.choices import CollectionState
from library.extensions import db
from library.indexing.facets import NAMES
from library.models import Collection, CollectionItem, CollectionText, IndexJob, Practice
from library.workflow import CollectionStep, advance_collection

SSP, OHJAAMO, SLT = "dk-ssp", "fi-ohjaamo", "no-slt"


@pytest.fixture
def changing(module_library: Flask) -> Iterator[Session]:
    """A session whose changes are taken back after the test."""
    with module_library.app_context():
        maker = db.sessionmaker
    with maker() as session:
        yield session
        session.rollback()


def called(session: Session, *names: str) -> list[Practice]:
    return [practice_called(session, name) for name in names]


def reindexed(session: Session, what: Callable[[], object]) -> set[str | None]:
    """Return the starter names of the practices that a change asks the index to read again."""
    session.flush()
    before = session.scalar(select(func.max(IndexJob.id))) or 0
    what()
    session.flush()
    ids = select(IndexJob.practice_id).where(IndexJob.id > before)
    return set(session.scalars(select(Practice.external_id).where(Practice.id.in_(ids))))


def shown(session: Session, *names: str, state: CollectionState = CollectionState.PUBLISHED) -> Collection:
    return a_collection(session, practices=called(session, *names), state=state)


# --- which change touches which practices ------------------------------------------------------------------------


def test_publishing_archiving_and_restoring_touch_the_chosen_practices_alone(changing: Session) -> None:
    made = shown(changing, SSP, SLT, state=CollectionState.DRAFT)
    for step in (CollectionStep.PUBLISH, CollectionStep.ARCHIVE, CollectionStep.RESTORE):
        touched = reindexed(changing, lambda: advance_collection(changing, made, step, actor=None, reason="So."))  # noqa: B023
        assert touched == {SSP, SLT}, step


def test_choosing_and_leaving_out_touch_that_practice_alone(changing: Session) -> None:
    made = shown(changing, SSP, SLT)
    items = made.sections[0].items
    [new] = called(changing, OHJAAMO)
    assert reindexed(changing, lambda: items.append(CollectionItem(practice_id=new.id, position=2))) == {OHJAAMO}
    assert reindexed(changing, lambda: items.remove(items[0])) == {SSP}


def test_a_section_that_goes_takes_its_practices_along(changing: Session) -> None:
    made = a_collection(
        changing, sections=[a_section("A", *called(changing, SSP, OHJAAMO)), a_section("B", *called(changing, SLT))]
    )
    assert reindexed(changing, lambda: made.sections.remove(made.sections[0])) == {SSP, OHJAAMO}


def test_order_notes_and_words_touch_nothing(changing: Session) -> None:
    made = shown(changing, SSP, SLT)

    def rewrite() -> None:
        first, second = made.sections[0].items
        first.position, second.position = 1, 0
        first.notes = {"en": "Another reason."}
        made.texts[0].title = "Another title"
        made.sections[0].headings = {"en": "Another heading"}
        made.version += 1

    assert reindexed(changing, rewrite) == set()


def test_what_happens_in_a_draft_touches_nothing(changing: Session) -> None:
    made = shown(changing, SSP, SLT, state=CollectionState.DRAFT)
    items = made.sections[0].items
    [new] = called(changing, OHJAAMO)
    assert reindexed(changing, lambda: items.append(CollectionItem(practice_id=new.id, position=2))) == set()
    assert reindexed(changing, lambda: items.remove(items[0])) == set()


def test_another_address_and_the_end_of_a_collection_touch_its_practices(changing: Session) -> None:
    made = shown(changing, SSP, SLT)
    assert reindexed(changing, lambda: setattr(made, "slug", "another-address")) == {SSP, SLT}
    assert reindexed(changing, lambda: changing.delete(made)) == {SSP, SLT}


def test_an_index_without_the_facet_is_of_another_make() -> None:
    assert fingerprint(NAMES) != fingerprint(name for name in NAMES if name != "collection")


# --- what a search shows -----------------------------------------------------------------------------------------


@pytest.fixture
def searching(own_library: Flask, own_session: Session) -> Reader:
    titles = [
        CollectionText(language=code, title=title) for code, title in (("sv", "Tryggt på kvällen"), ("en", "Safe"))
    ]
    practices = called(own_session, SSP, OHJAAMO)
    a_collection(own_session, practices=practices, original_language="sv", texts=titles, slug="safe")
    a_collection(own_session, practices=called(own_session, SSP, SLT), title="Where to begin", slug="begin")
    a_collection(own_session, practices=called(own_session, SLT), slug="secret", state=CollectionState.DRAFT)
    a_collection(own_session, practices=called(own_session, SLT), slug="gone", state=CollectionState.ARCHIVED)
    own_session.commit()
    follow(own_library)
    reader = own_library.test_client()
    assert isinstance(reader, Reader)
    return reader


def test_collections_narrow_and_count_as_the_database_says(searching: Reader, own_session: Session) -> None:
    truth = facets_by_slug(own_session)
    told = searching.get("/api/v1/practices?lang=fi&per_page=100").json
    offered = {row["code"]: row["count"] for row in told["facets"]["collection"]}
    assert offered == counts(truth, truth, "collection") == {"safe": 2, "begin": 2}
    for code in offered:
        found = searching.get(f"/api/v1/practices?collection={code}").json
        assert {item["slug"] for item in found["items"]} == matching(truth, {"collection": [code]})
    assert searching.get("/api/v1/practices?collection=secret").json["total"] == 0


@pytest.mark.one_database
def test_collections_are_named_in_the_readers_language_else_as_written(searching: Reader) -> None:
    for language, name in (("sv", "Tryggt på kvällen"), ("en", "Safe"), ("is", "Tryggt på kvällen")):
        rows = searching.get(f"/api/v1/practices?lang={language}").json["facets"]["collection"]
        assert {row["code"]: row["label"] for row in rows} == {"safe": name, "begin": "Where to begin"}
    page = searching.read("/sv/practices?collection=safe")
    [chip] = page.by_class("ds-chip")
    assert "Tryggt på kvällen" in words(chip)
    boxes = {box.get("value") for box in page.all("input") if box.get("name") == "collection"}
    assert boxes == {"safe", "begin"}


@pytest.mark.one_database
def test_the_name_of_a_collection_that_is_not_public_is_never_shown(searching: Reader) -> None:
    page = searching.read("/en/practices?collection=secret&collection=gone")
    assert "Young people at night" not in page.markup
    assert len(page.by_class("ds-chip")) == 2


def test_a_published_collection_can_be_searched_at_once_and_no_more_when_it_is_archived(
    own_library: Flask, own_session: Session
) -> None:
    made = a_collection(own_session, practices=[a_practice(own_session)], slug="soon", state=CollectionState.DRAFT)
    own_session.commit()
    follow(own_library)
    client, address = own_library.test_client(), "/api/v1/practices?collection=soon"
    assert client.get(address).json["total"] == 0
    for step, total in ((CollectionStep.PUBLISH, 1), (CollectionStep.ARCHIVE, 0), (CollectionStep.RESTORE, 1)):
        advance_collection(own_session, made, step, actor=None, reason="So.")
        own_session.commit()
        follow(own_library)
        assert client.get(address).json["total"] == total, step
