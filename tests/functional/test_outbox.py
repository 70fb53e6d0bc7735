"""Index jobs are rows of the same transaction as the change that needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from factories.records import a_practice, practice_called
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from library.extensions import db
from library.models import (
    ConceptLabel,
    ConceptRelation,
    IndexJob,
    Organisation,
    Practice,
    PracticeAgency,
    PracticeConcept,
    PracticePlace,
)
from library.publishing import archive


@pytest.fixture
def changing(module_library: Flask) -> Iterator[Session]:
    """A session whose changes are taken back after the test."""
    with module_library.app_context():
        maker = db.sessionmaker
    with maker() as session:
        yield session
        session.rollback()


def jobs(session: Session) -> set[int]:
    """Return the practices that wait to be indexed since the starter library was loaded."""
    return set(session.scalars(select(IndexJob.practice_id).where(IndexJob.id > _before(session))))


def _before(session: Session) -> int:
    return int(session.info.setdefault("before", session.scalar(select(func.max(IndexJob.id))) or 0))


def change(session: Session, what: Callable[[], object]) -> set[int]:
    _before(session)
    what()
    session.flush()
    return jobs(session)


def ssp(session: Session) -> Practice:
    return practice_called(session, "dk-ssp")


def test_a_change_that_is_rolled_back_leaves_no_job(own_session: Session) -> None:
    before = own_session.scalar(select(func.count()).select_from(IndexJob))
    practice = a_practice(own_session)
    identifier = practice.id
    own_session.flush()
    assert own_session.scalar(select(func.count()).where(IndexJob.practice_id == identifier))
    own_session.rollback()
    assert own_session.scalar(select(func.count()).select_from(IndexJob)) == before
    assert own_session.get(Practice, identifier) is None


def test_publishing_asks_for_the_practice_to_be_indexed(changing: Session) -> None:
    _before(changing)
    practice = a_practice(changing)
    assert jobs(changing) == {practice.id}


@pytest.mark.parametrize("field", ["title", "summary", "sections"])
def test_a_changed_text_asks_for_its_practice(changing: Session, field: str) -> None:
    practice = ssp(changing)
    value = {"problem": "Another"} if field == "sections" else "Another"
    assert change(changing, lambda: setattr(practice.texts[0], field, value)) == {practice.id}


def test_archiving_asks_for_the_practice(changing: Session) -> None:
    practice = ssp(changing)
    assert change(changing, lambda: archive(changing, practice, actor=None, reason="Old")) == {practice.id}


@pytest.mark.parametrize(
    "row",
    [
        lambda p: p.agencies.append(PracticeAgency(concept_id="agencies/faith-communities", position=99)),
        lambda p: p.concepts.append(PracticeConcept(concept_id="themes/hate", position=99)),
        lambda p: p.agencies.pop(),
        lambda p: p.concepts.pop(),
        lambda p: p.texts.pop(),
        lambda p: p.partners.pop(),
    ],
)
def test_a_row_that_comes_or_goes_asks_for_its_practice(changing: Session, row: Callable[[Practice], object]) -> None:
    practice = ssp(changing)
    assert change(changing, lambda: row(practice)) == {practice.id}


def test_a_place_that_changes_hands_asks_for_both_practices(changing: Session) -> None:
    place = changing.scalars(select(PracticePlace)).first()
    assert place is not None
    taken = set(
        changing.scalars(
            select(PracticePlace.practice_id).where(PracticePlace.municipality_id == place.municipality_id)
        )
    )
    other = changing.scalars(select(Practice.id).where(Practice.id.not_in(taken))).first()
    assert other is not None
    left = place.practice_id
    assert change(changing, lambda: setattr(place, "practice_id", other)) == {left, other}


def test_a_renamed_organisation_asks_for_every_practice_it_has_to_do_with(changing: Session) -> None:
    malmo = changing.scalars(select(Organisation).where(Organisation.slug == "se-malmo")).one()
    concerned = {
        p.id
        for p in changing.scalars(select(Practice))
        if p.owner_id == malmo.id
        or malmo.id in {place.municipality_id for place in p.places}
        or malmo.id in {partner.organisation_id for partner in p.partners}
    }
    assert concerned
    assert change(changing, lambda: setattr(malmo, "name", "Malmø")) == concerned


def test_a_relabelled_concept_asks_for_every_practice_below_it(changing: Session) -> None:
    label = changing.scalars(select(ConceptLabel).where(ConceptLabel.concept_id == "themes/hate")).first()
    assert label is not None
    below = {"themes/hate", *_narrower(changing, "themes/hate")}
    assert len(below) > 1
    carriers = set(changing.scalars(select(PracticeConcept.practice_id).where(PracticeConcept.concept_id.in_(below))))
    assert carriers
    assert change(changing, lambda: setattr(label, "text", "Loathing")) == carriers


def _narrower(session: Session, concept: str) -> set[str]:
    query = select(ConceptRelation.source_id).where(
        ConceptRelation.kind == "broader", ConceptRelation.target_id == concept
    )
    found = set(session.scalars(query))
    return found.union(*(_narrower(session, one) for one in found)) if found else found


def test_a_concept_moved_in_the_hierarchy_asks_for_its_practices(changing: Session) -> None:
    relation = changing.scalars(
        select(ConceptRelation).where(
            ConceptRelation.kind == "broader", ConceptRelation.source_id == "themes/online-hate"
        )
    ).first()
    carriers = set(
        changing.scalars(select(PracticeConcept.practice_id).where(PracticeConcept.concept_id == "themes/online-hate"))
    )
    assert carriers
    assert change(changing, lambda: changing.delete(relation)) == carriers


def test_what_search_does_not_know_asks_for_nothing(changing: Session) -> None:
    practice = ssp(changing)
    label = changing.scalars(select(ConceptLabel).where(ConceptLabel.concept_id.startswith("thesaurus/"))).first()

    def touch() -> None:
        practice.sources[0].title = "Another source"
        practice.evaluations[0].by = "Another"
        assert label is not None
        label.text = "Another"
        changing.add(Organisation(slug="se-new", kind="ngo", name="New"))

    assert change(changing, touch) == set()


def test_every_change_raises_the_version(changing: Session) -> None:
    practice = ssp(changing)
    before = practice.version
    practice.texts[0].title = "Another"
    changing.flush()
    changing.refresh(practice)
    assert practice.version > before


def test_nothing_changed_asks_for_nothing(changing: Session) -> None:
    practice = ssp(changing)
    assert change(changing, lambda: setattr(practice.texts[0], "title", practice.texts[0].title)) == set()


def test_job_numbers_are_never_used_again(own_session: Session) -> None:
    a_practice(own_session)
    own_session.commit()
    last = own_session.scalar(select(func.max(IndexJob.id)))
    own_session.execute(delete(IndexJob))
    own_session.commit()
    a_practice(own_session)
    own_session.commit()
    assert own_session.scalar(select(func.min(IndexJob.id))) > last  # type: ignore[operator]
