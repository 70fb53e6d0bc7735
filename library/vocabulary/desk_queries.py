"""What the desk of the vocabularies reads. Each function runs a fixed number of statements, whatever the data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Column, Select, Table, func, or_, select, union
from sqlalchemy.orm import Session, joinedload, selectinload

from library.choices import SuggestionState
from library.errors import NotFound
from library.languages import LANGUAGES
from library.lexicon import Entry, Lexicon, current
from library.models import (
    Base,
    ConceptChange,
    ConceptLabel,
    ConceptNote,
    ConceptRelation,
    ConceptScheme,
    ConceptSuggestion,
    ConceptTally,
    LabelKind,
    Practice,
    PracticeAgency,
    PracticeConcept,
    PracticeText,
    RelationKind,
    today,
)

CHANGES_A_PAGE: Final = 30
PRACTICES_A_PAGE: Final = 30
SEARCHES_DAYS: Final = 90
# The vocabularies' own tables, and the counts of searches, which stay with the word that was searched for.
_OWN: Final = frozenset({"concept", "concept_label", "concept_note", "concept_relation", "concept_tally"})

Words = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Uses:
    """Who has to do with a concept.

    :param practices: that carry it themselves.
    :param others: other records that name it: organisations, calls, authors' agencies …
    :param searches: of the last ``SEARCHES_DAYS`` days that used it, or what it replaces.
    """

    practices: int
    others: int
    searches: int

    @property
    def records(self) -> int:
        """All records that name it."""
        return self.practices + self.others


@dataclass(frozen=True, slots=True)
class Counts:
    """How a vocabulary stands."""

    code: str
    label: str
    note: str
    concepts: int
    deprecated: int
    missing: int


def lexicon(session: Session) -> Lexicon:
    """Return the vocabularies as they are now."""
    return current(session)


def entry(session: Session, scheme: str, code: str) -> Entry:
    """Return one concept, deprecated or not.

    :raises NotFound: if there is none.
    """
    found = current(session).get(f"{scheme}/{code}")
    if found is None:
        raise NotFound(f"{scheme}/{code}")
    return found


def schemes(session: Session) -> dict[str, ConceptScheme]:
    """Return all vocabularies by code."""
    return {scheme.code: scheme for scheme in session.scalars(select(ConceptScheme).order_by(ConceptScheme.code))}


def scheme(session: Session, code: str) -> ConceptScheme:
    """Return one vocabulary.

    :raises NotFound: if there is none.
    """
    found = session.get(ConceptScheme, code)
    if found is None:
        raise NotFound(code)
    return found


def name_of(scheme: ConceptScheme, language: str) -> str:
    """Return what a vocabulary is called."""
    return scheme.labels.get(language) or scheme.labels.get("en") or scheme.code


def counts(session: Session, language: str) -> list[Counts]:
    """Return how every vocabulary stands, by name."""
    words = current(session)
    rows = [
        Counts(
            code=code,
            label=name_of(found, language),
            note=found.notes.get(language) or found.notes.get("en", ""),
            concepts=len(words.scheme(code)),
            deprecated=len(words.every(code)) - len(words.scheme(code)),
            missing=sum(map(len, missing(words, code).values())),
        )
        for code, found in schemes(session).items()
    ]
    return sorted(rows, key=lambda row: row.label.casefold())


def missing(words: Lexicon, scheme: str) -> dict[str, list[Entry]]:
    """Return the concepts in use that lack a label, for each language."""
    entries = words.scheme(scheme)
    return {code: [entry for entry in entries if not entry.labels.get(code)] for code in LANGUAGES}


def open_suggestions(session: Session) -> int:
    """Return how many suggestions wait for an adviser."""
    waiting = ConceptSuggestion.state == SuggestionState.OPEN
    return session.scalar(select(func.count()).select_from(ConceptSuggestion).where(waiting)) or 0


# --- a concept as it stands, for forms that two may have open ------------------------------------------------------


def words_of(session: Session, identifier: str) -> Words:
    """Return labels, alternatives and notes of a concept by language, as the database has them now."""
    labels: dict[str, Any] = {}
    alternatives: dict[str, Any] = {}
    rows = select(ConceptLabel.language, ConceptLabel.kind, ConceptLabel.text).order_by(
        ConceptLabel.position, ConceptLabel.id
    )
    for code, kind, text in session.execute(rows.where(ConceptLabel.concept_id == identifier)):
        if kind == LabelKind.PREFERRED:
            labels[code] = text
        else:
            alternatives.setdefault(code, []).append(text)
    notes = select(ConceptNote.language, ConceptNote.text).where(ConceptNote.concept_id == identifier)
    return {
        "labels": labels,
        "alternatives": alternatives,
        "notes": dict(session.execute(notes).all()),
    }


def broader_of(session: Session, identifier: str) -> list[str]:
    """Return what stands above a concept, as the database has it now."""
    query = select(ConceptRelation.target_id).where(
        ConceptRelation.source_id == identifier, ConceptRelation.kind == RelationKind.BROADER
    )
    return sorted(session.scalars(query))


def relations(session: Session, identifier: str) -> list[tuple[str, str]]:
    """Return the relations of a concept but its place: (kind, identifier of the other), ordered."""
    query = select(ConceptRelation.kind, ConceptRelation.target_id).where(
        ConceptRelation.source_id == identifier, ConceptRelation.kind != RelationKind.BROADER
    )
    return sorted(session.execute(query))


def mark(state: Any) -> str:
    """Return a digest by which a form says what it was filled from."""
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()[:16]


# --- use ---------------------------------------------------------------------------------------------------------


def references() -> list[tuple[Table, Column[Any]]]:
    """Return every column outside the vocabularies that names a concept; a new table is found by itself."""
    return [
        (table, column)
        for table in Base.metadata.sorted_tables
        if table.name not in _OWN
        for column in table.columns
        if any(key.column.table.name == "concept" for key in column.foreign_keys)
    ]


def uses(session: Session, identifier: str) -> Uses:
    """Return who has to do with a concept."""
    others = [
        select(func.count().label("n")).select_from(table).where(column == identifier)
        for table, column in references()
        if table.name not in ("practice", "practice_agency", "practice_concept", "concept_suggestion")
    ]
    counted = [session.scalar(query) or 0 for query in others]
    return Uses(
        practices=session.scalar(select(func.count()).select_from(_carrying(identifier).subquery())) or 0,
        others=sum(counted),
        searches=_searches(session, identifier),
    )


def _carrying(identifier: str) -> Any:
    """Return the query for the numbers of the practices that carry a concept themselves."""
    columns = (Practice.kind_id, Practice.country_id, Practice.evidence_stage_id, Practice.outcome_id)
    return union(
        select(Practice.id).where(or_(*(column == identifier for column in columns))),
        select(PracticeAgency.practice_id).where(PracticeAgency.concept_id == identifier),
        select(PracticeConcept.practice_id).where(PracticeConcept.concept_id == identifier),
    )


def _searches(session: Session, identifier: str) -> int:
    meant = [identifier, *(old for old, new in current(session).replaced.items() if new == identifier)]
    since = today() - timedelta(days=SEARCHES_DAYS)
    query = select(func.sum(ConceptTally.searches)).where(ConceptTally.concept_id.in_(meant), ConceptTally.day >= since)
    return session.scalar(query) or 0


def practices(session: Session, identifier: str, *, page: int) -> tuple[list[Practice], int]:
    """Return a page of the practices that carry a concept, newest first, and how many there are."""
    numbers = _carrying(identifier).subquery()
    total = session.scalar(select(func.count()).select_from(numbers)) or 0
    query = select(Practice).where(Practice.id.in_(select(numbers.c[0]))).order_by(Practice.id.desc())
    query = query.options(selectinload(Practice.texts).load_only(PracticeText.language, PracticeText.title))
    some = query.limit(PRACTICES_A_PAGE).offset((page - 1) * PRACTICES_A_PAGE)
    return list(session.scalars(some)), total


# --- history -----------------------------------------------------------------------------------------------------


def changes(
    session: Session, *, scheme: str = "", concept: str = "", page: int = 1
) -> tuple[Sequence[ConceptChange], int]:
    """Return what was done to the vocabularies, the last first, and how much that is.

    :param concept: identifier; also of what was merged into another.
    """
    query: Select[Any] = select(ConceptChange)
    if scheme:
        query = query.where(ConceptChange.scheme_code == scheme)
    if concept:
        merged = [old for old, new in current(session).replaced.items() if new == concept]
        query = query.where(ConceptChange.concept_id.in_([concept, *merged]))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    query = query.options(joinedload(ConceptChange.actor)).order_by(ConceptChange.id.desc())
    rows = session.scalars(query.limit(CHANGES_A_PAGE).offset((page - 1) * CHANGES_A_PAGE))
    return rows.all(), total


def change(session: Session, identifier: int) -> ConceptChange:
    """Return one change.

    :raises NotFound: if there is none.
    """
    found = session.get(ConceptChange, identifier)
    if found is None:
        raise NotFound(str(identifier))
    return found


def label_in_use(words: Lexicon, scheme: str, language: str, text: str, *, but: Iterable[str] = ()) -> Entry | None:
    """Return the concept in use that has this label in a scheme and language already."""
    wanted = text.casefold()
    return next(
        (
            entry
            for entry in words.scheme(scheme)
            if entry.labels.get(language, "").casefold() == wanted and entry.id not in set(but)
        ),
        None,
    )


def labels_of(words: Lexicon, identifiers: Iterable[str], language: str) -> Mapping[str, str]:
    """Return what concepts are called; one that is gone by its address."""
    found = ((identifier, words.get(identifier)) for identifier in identifiers)
    return {identifier: entry.label(language) if entry else identifier for identifier, entry in found}
