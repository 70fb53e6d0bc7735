"""What must never be false is refused by the database itself, whoever writes and however."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from factories.records import a_practice, practice_called
from flask import Flask
from sqlalchemy import CheckConstraint, delete, insert, select, text, update
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, StatementError
from sqlalchemy.orm import Session

from library.extensions import db
from library.models import (
    Account,
    Base,
    Concept,
    ConceptLabel,
    ConceptRelation,
    Evaluation,
    Event,
    KnowledgeGrade,
    Membership,
    Organisation,
    Practice,
    PracticeAgency,
    PracticeConcept,
    PracticeOrganisation,
    PracticePlace,
    PracticeText,
    Revision,
    Source,
    now,
)

REFUSED = (IntegrityError, DataError, OperationalError, StatementError)


@pytest.fixture
def session(module_library: Flask) -> Iterator[Session]:
    with module_library.app_context():
        maker = db.sessionmaker
    with maker() as session:
        yield session
        session.rollback()


@pytest.fixture
def ssp(session: Session) -> int:
    return practice_called(session, "dk-ssp").id


def change(session: Session, model: type[Base], where: Any, **values: Any) -> None:
    """Change rows behind the back of the models."""
    session.execute(update(model).where(where).values(**values), execution_options={"synchronize_session": False})


# (constraint that must refuse, what to write into a practice)
PRACTICE_WRONGS: list[tuple[str, dict[str, Any]]] = [
    ("kind_is_a_kind", {"kind_id": "agencies/police"}),
    ("country_is_a_country", {"country_id": "kinds/practice"}),
    ("stage_is_a_stage", {"evidence_stage_id": "outcomes/mixed"}),
    ("outcome_is_an_outcome", {"outcome_id": "evidence-stages/untested"}),
    ("start_year_is_plausible", {"start_year": 19}),
    ("end_year_is_plausible", {"end_year": 20199}),
    ("years_in_order", {"start_year": 2020, "end_year": 2019}),
    ("ages_are_plausible", {"age_from": -1, "age_to": 9}),
    ("ages_are_plausible", {"age_from": 1, "age_to": 900}),
    ("ages_are_plausible", {"age_from": 130, "age_to": None}),
    ("ages_are_plausible", {"age_from": None, "age_to": 130}),
    ("ages_in_order", {"age_from": 20, "age_to": 10}),
    ("original_language_is_spoken", {"original_language": "no"}),
    ("archived_with_reason", {"state": "archived"}),
    ("archived_with_reason", {"archive_reason": "Not archived at all"}),
    ("reason_is_not_blank", {"state": "archived", "archive_reason": "  "}),
    ("erased_with_date", {"state": "erased"}),
    ("erased_with_date", {"erased_at": now()}),
    ("not_its_own_model", {"model_id": Practice.id}),
    ("confirmation_is_whole", {"confirmed_on": now().date()}),
    ("confirmation_lasts", {"confirmed_on": now().date(), "confirm_by": now().date()}),
    ("version_is_positive", {"version": 0}),
    ("practice_state", {"state": text("'hidden'")}),
    ("status", {"status": text("'sleeping'")}),
    ("provenance", {"provenance": text("'rumour'")}),
    ("geographic_level", {"geographic_level": text("'galactic'")}),
    ("cost_band", {"cost_band": text("'free'")}),
    ("basis", {"prevention_level_basis": text("'guessed'")}),
    ("review_label", {"review_label": text("'best'")}),
]


@pytest.mark.parametrize(("constraint", "values"), PRACTICE_WRONGS)
def test_a_practice_that_cannot_be_is_refused(
    session: Session, ssp: int, constraint: str, values: dict[str, Any]
) -> None:
    with pytest.raises(REFUSED, match=constraint):
        change(session, Practice, Practice.id == ssp, **values)


@pytest.mark.parametrize("column", ["kind_id", "country_id", "outcome_id"])
def test_a_concept_that_does_not_exist_is_refused(session: Session, ssp: int, column: str) -> None:
    scheme = {"kind_id": "kinds", "country_id": "countries", "outcome_id": "outcomes"}[column]
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        change(session, Practice, Practice.id == ssp, **{column: f"{scheme}/none-such"})


@pytest.mark.parametrize("values", [{"slug": Practice.slug}, {"external_id": "no-slt"}, {"slug": "the-slt-model"}])
def test_two_practices_never_share_an_address_or_an_identifier(
    session: Session, ssp: int, values: dict[str, Any]
) -> None:
    other = practice_called(session, "no-slt")
    taken = {"slug": other.slug} if "slug" in values else values
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        change(session, Practice, Practice.id == ssp, **taken)


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (PracticeAgency, {"concept_id": "themes/hate", "position": 9, "lead": False, "roles": {}}),
        (PracticeConcept, {"concept_id": "agencies/police", "position": 9}),
        (PracticeConcept, {"concept_id": "thesaurus/slt", "position": 9}),
        (PracticeAgency, {"concept_id": "agencies/police", "position": 9, "lead": False, "roles": {}}),
        (PracticeText, {"language": "sv", "title": "", "summary": "x", "sections": {}}),
        (PracticeText, {"language": "sv", "title": "x" * 101, "summary": "x", "sections": {}}),
        (PracticeText, {"language": "sv", "title": "x", "summary": "  ", "sections": {}}),
        (PracticeText, {"language": "sv", "title": "x", "summary": "x", "sections": {}, "origin": "machine"}),
        (PracticeText, {"language": "sv", "title": "x", "summary": "x", "sections": {}, "origin": text("'stolen'")}),
        (PracticeText, {"language": "da", "title": "x", "summary": "x", "sections": {}}),
        (PracticePlace, {"municipality_id": -1, "position": 0}),
        (PracticeOrganisation, {"organisation_id": 1, "role": text("'boss'"), "position": 9}),
        (Source, {"position": 9, "title": "x", "mirror": True, "url": "https://example.org/"}),
        (Source, {"position": 9, "title": "x", "mirror": False, "year": 18}),
        (Evaluation, {"position": 9, "design": text("'hunch'"), "summaries": {}}),
        (Evaluation, {"position": 9, "design": "review", "finding": text("'great'"), "summaries": {}}),
        (Evaluation, {"position": 9, "design": "review", "year": 20, "summaries": {}}),
        (KnowledgeGrade, {"dimension": "effect", "grade": "E", "reason": "x"}),
        (KnowledgeGrade, {"dimension": "effect", "grade": "A", "reason": " "}),
        (KnowledgeGrade, {"dimension": text("'beauty'"), "grade": "A", "reason": "x"}),
        (Revision, {"number": 0, "content": {}, "note": ""}),
        (Revision, {"number": 1, "content": {}, "note": ""}),
        (Event, {"practice_id": -1, "step": "publish", "to_state": "published", "reason": ""}),
    ],
)
def test_a_part_that_cannot_be_is_refused(
    session: Session, ssp: int, model: type[Base], values: dict[str, Any]
) -> None:
    with pytest.raises(REFUSED):
        session.execute(insert(model).values(**{"practice_id": ssp, **values}))


@pytest.mark.parametrize(
    "values", [{"number": 9}, {"content": {}}, {"note": "Changed my mind"}, {"published_at": now()}]
)
def test_what_a_revision_said_can_never_be_changed(session: Session, ssp: int, values: dict[str, Any]) -> None:
    with pytest.raises((IntegrityError, OperationalError), match="immutable"):
        change(session, Revision, Revision.practice_id == ssp, **values)


def test_what_a_revision_said_can_never_be_deleted(session: Session, ssp: int) -> None:
    with pytest.raises((IntegrityError, OperationalError), match="immutable"):
        session.execute(delete(Revision).where(Revision.practice_id == ssp))


def test_a_practice_with_history_cannot_simply_be_deleted(session: Session, ssp: int) -> None:
    with pytest.raises(IntegrityError):
        session.execute(delete(Practice).where(Practice.id == ssp))


def test_two_grades_of_one_dimension_are_refused(session: Session, ssp: int) -> None:
    grade = {"practice_id": ssp, "dimension": "effect", "grade": "B", "reason": "One small study"}
    session.execute(insert(KnowledgeGrade).values(**grade))
    with pytest.raises(IntegrityError):
        session.execute(insert(KnowledgeGrade).values(**grade))


@pytest.mark.parametrize(
    "values",
    [
        {"country_id": "kinds/practice"},
        {"kind": "municipality", "country_id": None},
        {"kind": "ngo", "population": 5},
        {"kind": "ngo", "latitude": 60.0, "longitude": 10.0},
        {"latitude": 60.0, "longitude": None},
        {"latitude": 91.0, "longitude": 10.0},
        {"latitude": 60.0, "longitude": -181.0},
        {"population": 0},
        {"name": " "},
        {"kind": text("'club'")},
        {"slug": "se-stockholm"},
    ],
)
def test_an_organisation_that_cannot_be_is_refused(session: Session, values: dict[str, Any]) -> None:
    with pytest.raises(REFUSED):
        change(session, Organisation, Organisation.slug == "se-malmo", **values)


def test_nobody_is_a_member_of_itself(session: Session) -> None:
    malmo = session.scalars(select(Organisation.id).where(Organisation.slug == "se-malmo")).one()
    with pytest.raises(IntegrityError):
        session.execute(insert(Membership).values(member_id=malmo, network_id=malmo, note="", sources=[]))


@pytest.mark.parametrize(
    "values",
    [
        {"id": "agencies/constables"},
        {"code": "constables"},
        {"replaced_by_id": "agencies/schools"},
        {"status": "deprecated", "replaced_by_id": "agencies/police"},
        {"status": text("'forgotten'")},
    ],
)
def test_a_concept_that_cannot_be_is_refused(session: Session, values: dict[str, Any]) -> None:
    with pytest.raises(REFUSED):
        change(session, Concept, Concept.id == "agencies/police", **values)


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "preferred", "text": "A second name"},
        {"kind": "nickname", "text": "Cops"},
        {"kind": "alternative", "text": "  "},
        {"kind": "alternative", "text": "Police", "concept_id": "agencies/none-such"},
    ],
)
def test_a_label_that_cannot_be_is_refused(session: Session, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        session.execute(
            insert(ConceptLabel).values(**{"concept_id": "agencies/police", "language": "en", "position": 99, **values})
        )


@pytest.mark.parametrize(
    ("kind", "target"), [("broader", "themes/hate"), ("warmer", "themes/hate-crime"), ("related", "themes/none-such")]
)
def test_a_relation_that_cannot_be_is_refused(session: Session, kind: str, target: str) -> None:
    with pytest.raises(IntegrityError):
        session.execute(insert(ConceptRelation).values(source_id="themes/hate", kind=kind, target_id=target))


def test_two_accounts_never_share_an_address(session: Session) -> None:
    def account(uniquifier: str) -> Account:
        return Account(email="same@example.org", fs_uniquifier=uniquifier)

    session.add_all([account("one"), account("two")])
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_moment_without_a_time_zone_is_refused(session: Session) -> None:
    practice = a_practice(session)
    practice.published_at = now().replace(tzinfo=None)
    with pytest.raises(StatementError, match="time zone"):
        session.flush()


@pytest.mark.one_database
def test_every_rule_about_practices_is_tried_here() -> None:
    named = {str(c.name) for c in Practice.__table__.constraints if isinstance(c, CheckConstraint)}  # type: ignore[attr-defined]
    tried = {f"ck_practice_{name}" for name, _ in PRACTICE_WRONGS}
    assert named <= tried
