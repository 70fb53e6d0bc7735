"""A draft as the page that it will be. Pure: the practice made here is never added to a session.

A draft may lack anything and hold what does not fit; the page shows what fits, and words for what is not chosen yet.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from flask_babel import gettext
from sqlalchemy.orm.attributes import set_committed_value

from library import record
from library.choices import (
    Basis,
    Choice,
    CostBand,
    Design,
    Finding,
    GeographicLevel,
    OrganisationRole,
    Origin,
    PracticeState,
    Provenance,
    ReviewLabel,
    Status,
)
from library.document import Code, Fault
from library.languages import LANGUAGES
from library.models import (
    Attachment,
    Evaluation,
    Material,
    Organisation,
    Practice,
    PracticeAgency,
    PracticeConcept,
    PracticeOrganisation,
    PracticePlace,
    PracticeText,
    Recognition,
    Source,
    now,
)
from library.record import concept_id
from library.showing.practice_page import PracticePage, practice_page
from library.showing.present import Label, Presenter, Term

Document = Mapping[str, Any]
Bodies = Mapping[str, Organisation]

_HARMLESS: Final = frozenset({Code.REQUIRED, Code.LANGUAGES, Code.NO_ORIGINAL, Code.TOO_LONG, Code.TOO_MANY_WORDS})
NOWHERE: Final = "draft"  # an address that no practice has: nothing on the page of a draft links to it


class DraftPresenter(Presenter):
    """Shows practices that may lack concepts."""

    def term(self, identifier: str) -> Term:
        """Return a concept as a term; words where none is chosen."""
        if self._lexicon.get(identifier) is None:
            return Term(code="", label=gettext("Not chosen yet"))
        return super().term(identifier)

    def label(self, identifier: str) -> Label:
        """Return the name of a concept; words where none is chosen."""
        if self._lexicon.get(identifier) is None:
            return Label(code="", label=gettext("Not chosen yet"))
        return super().label(identifier)


def draft_page(
    document: Document,
    faults: Iterable[Fault],
    show: DraftPresenter,
    *,
    written_in: str,
    bodies: Bodies,
    models: Mapping[str, Practice],
    files: Mapping[str, Attachment],
    site: str,
) -> PracticePage:
    """Return the page that a draft would be.

    :param faults: what does not fit the template, which is left out.
    :param written_in: the language of the text to show.
    :param bodies: the organisations that it names, by slug.
    :param models: the models that it may name, by identifier.
    :param files: the attachments that it names, by key.
    """
    practice = practice_of(_fitting(document, faults), written_in, bodies=bodies, models=models, files=files)
    page = practice_page(practice, show, revision=1, implementations=((), 0), similar=(), site=site)
    reach = page.geographic_level if document.get("geographic_level") else ""
    return replace(page, other_languages=(), requested_missing=False, geographic_level=reach, citation="", permalink="")


def practice_of(
    document: Document, written_in: str, *, bodies: Bodies, models: Mapping[str, Practice], files: Mapping[str, Any]
) -> Practice:
    """Return a practice that no session knows, with one text."""
    practice = Practice(
        id=0,
        slug=NOWHERE,
        state=PracticeState.PUBLISHED,
        provenance=Provenance.SUBMITTED,
        original_language=written_in,
        kind_id=concept_id("kinds", _code(document, "kind")),
        country_id=concept_id("countries", _code(document, "country")),
        evidence_stage_id=concept_id("evidence-stages", _code(document, "evidence_stage")),
        outcome_id=concept_id("outcomes", _code(document, "outcome")),
        geographic_level=_choice(GeographicLevel, document.get("geographic_level")) or GeographicLevel.LOCAL,
        status=_choice(Status, document.get("status")),
        prevention_level_basis=_choice(Basis, document.get("prevention_level_basis")),
        cost_band=_choice(CostBand, document.get("cost_band")),
        review_label=ReviewLabel.NOT_REVIEWED,
        material_languages=_list(document, "material_languages"),
        published_at=now(),
        revised_at=now(),
        **{name: document.get(name) for name in ("start_year", "end_year", "age_from", "age_to")},
    )
    _relate(practice, "owner", bodies.get(_code(document, "owner")))
    _relate(practice, "model", models.get(_code(document, "model")))
    _relate(practice, "partners", _partners(document, bodies))
    _relate(practice, "places", _places(document, bodies))
    practice.agencies, practice.concepts = _agencies(document), _concepts(document)
    practice.texts = [_text(document, written_in)]
    practice.evaluations = [_evaluation(row) for row in _list(document, "evaluations")]
    practice.recognitions = [Recognition(**_with(row, "body", "label")) for row in _list(document, "recognitions")]
    practice.sources = [Source(**_with(row, "title")) for row in _list(document, "sources")]
    _relate(practice, "materials", [_material(row, files) for row in _list(document, "materials")])
    return practice


def _relate(row: Any, name: str, value: Any) -> None:
    """Set what a row refers to without telling it: rows that a session keeps must not learn of one that it does not."""
    set_committed_value(row, name, value)


def _fitting(document: Document, faults: Iterable[Fault]) -> dict[str, Any]:
    """Return a document without the fields, rows and cells that do not fit the template."""
    fitting = copy.deepcopy(dict(document))
    # From the end, for the numbers of rows before the one that goes stay what they are.
    for fault in sorted(faults, key=_place, reverse=True):
        if fault.code not in _HARMLESS:
            _remove(fitting, fault.path.split("."))
    return fitting


def _place(fault: Fault) -> list[tuple[int, str]]:
    return [(int(name), "") if name.isdigit() else (-1, name) for name in fault.path.split(".")]


def _remove(place: Any, names: list[str]) -> None:
    for name in names[:-1]:
        inside = _at(place, name)
        if inside is None:
            return
        place = inside
    if isinstance(place, dict):
        place.pop(names[-1], None)
    elif isinstance(place, list) and _at(place, names[-1]) is not None:
        del place[int(names[-1])]


def _at(place: Any, name: str) -> Any:
    if isinstance(place, dict):
        return place.get(name)
    return place[int(name)] if isinstance(place, list) and name.isdigit() and int(name) < len(place) else None


def _code(document: Document, name: str) -> str:
    value = document.get(name)
    return value if isinstance(value, str) else ""


def _list(document: Document, name: str) -> list[Any]:
    value = document.get(name)
    return list(value) if isinstance(value, list) else []


def _choice(choices: type[Choice], code: Any) -> Any:
    return next((choice for choice in choices if choice == code), None)


def _partners(document: Document, bodies: Bodies) -> list[PracticeOrganisation]:
    found = []
    for row in _list(document, "organisations"):
        if row["slug"] in bodies:
            found.append(PracticeOrganisation(role=_choice(OrganisationRole, row.get("role"))))
            _relate(found[-1], "organisation", bodies[row["slug"]])
    return found


def _places(document: Document, bodies: Bodies) -> list[PracticePlace]:
    found = []
    for slug in _list(document, "municipalities"):
        if slug in bodies:
            found.append(PracticePlace())
            _relate(found[-1], "municipality", bodies[slug])
    return found


def _agencies(document: Document) -> list[PracticeAgency]:
    return [
        PracticeAgency(
            concept_id=concept_id("agencies", row["code"]), lead=bool(row.get("lead")), roles=row.get("role") or {}
        )
        for row in _list(document, "agencies")
    ]


def _concepts(document: Document) -> list[PracticeConcept]:
    fields = record.CONCEPT_LISTS.items()
    return [
        PracticeConcept(concept_id=concept_id(scheme, code))
        for name, scheme in fields
        for code in _list(document, name)
    ]


def _text(document: Document, language: str) -> PracticeText:
    written = (document.get(record.TEXT_KEY) or {}).get(language) or {}
    return PracticeText(
        language=language if language in LANGUAGES else LANGUAGES[0],
        origin=Origin.ORIGINAL,
        title=written.get("title") or gettext("Untitled draft"),
        summary=written.get("summary") or "",
        sections={name: words for name, words in written.items() if name not in record.HEAD_FIELDS},
    )


def _evaluation(row: Mapping[str, Any]) -> Evaluation:
    return Evaluation(
        by=row.get("by"),
        year=row.get("year"),
        design=_choice(Design, row.get("design")) or Design.NOT_STATED,
        finding=_choice(Finding, row.get("finding")),
        summaries=row.get("summary") or {},
        url=row.get("url"),
    )


def _material(row: Mapping[str, Any], files: Mapping[str, Attachment]) -> Material:
    material = Material(**{name: value for name, value in _with(row, "title").items() if name != "file"})
    _relate(material, "attachment", files.get(row.get("file", "")))
    return material


def _with(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return a row with words for what pages cannot do without."""
    return {**dict.fromkeys(names, gettext("Not written yet")), **row}
