"""Writing whole states of concepts, thousands at a time, by statements. The desk (``desk_services``) does single deeds.

Both hold the vocabulary first (``desk_services.hold``), so that nobody changes it between look and deed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from library.choices import ConceptStatus
from library.indexing.outbox import practices_with, vocabulary_changed
from library.models import (
    Concept,
    ConceptLabel,
    ConceptNote,
    ConceptRelation,
    ConceptScheme,
    ConceptTally,
    LabelKind,
)
from library.vocabulary.desk_queries import references
from library.vocabulary.states import OWN_HABITS, ConceptState, SchemeState

CHUNK: Final = 500  # identifiers in one statement; databases count the values they are given

T = TypeVar("T")
_UNSYNCHRONISED: Final[dict[str, Any]] = {"execution_options": {"synchronize_session": False}}
Pair = tuple[ConceptState | None, ConceptState | None]


def write_scheme(session: Session, state: SchemeState, *, fresh: bool) -> None:
    """Write what is said of a vocabulary itself."""
    values = {
        "labels": state.labels,
        "notes": state.notes,
        "uri": state.uri or None,
        "habits": None if tuple(state.habits) == OWN_HABITS else " ".join(state.habits),
        "rest": state.rest or None,
        "unsaid": state.unsaid or None,
    }
    if fresh:
        session.execute(insert(ConceptScheme).values(code=state.code, **values))
    else:
        mine = update(ConceptScheme).where(ConceptScheme.code == state.code)
        session.execute(mine.values(**values), **_UNSYNCHRONISED)


def remove_scheme(session: Session, code: str) -> None:
    """Remove a vocabulary that has no concepts left."""
    session.execute(delete(ConceptScheme).where(ConceptScheme.code == code))


def write_concepts(session: Session, scheme: str, pairs: Sequence[Pair]) -> None:
    """Take concepts from one state to the next, and have just those practices indexed again that this touches.

    :param pairs: before and after; before is ``None`` for a new concept, after for one that goes.
    """
    old = [before.id for before, _ in pairs if before]
    gone = [before.id for before, after in pairs if before and not after]
    concerned = _concerned(session, old)
    _insert(session, scheme, [after for before, after in pairs if after and not before])
    for table in (ConceptLabel.concept_id, ConceptNote.concept_id, ConceptRelation.source_id):
        for some in chunks(old):
            session.execute(delete(table.class_).where(table.in_(some)), **_UNSYNCHRONISED)
    for some in chunks(gone):
        # Whoever else was replaced by it is in the same batch, and gets its new replacement below.
        mine = update(Concept).where(Concept.replaced_by_id.in_(some), Concept.scheme_code == scheme)
        session.execute(mine.values(replaced_by_id=None), **_UNSYNCHRONISED)
        session.execute(delete(ConceptTally).where(ConceptTally.concept_id.in_(some)), **_UNSYNCHRONISED)
        session.execute(delete(Concept).where(Concept.id.in_(some)), **_UNSYNCHRONISED)
    _fill(session, [after for _, after in pairs if after])
    vocabulary_changed(session, concerned | _concerned(session, old))
    session.expire_all()


def _concerned(session: Session, identifiers: Iterable[str]) -> set[int]:
    return {number for some in chunks(identifiers) for number in practices_with(session, some)}


def _insert(session: Session, scheme: str, fresh: Sequence[ConceptState]) -> None:
    last = session.scalar(select(func.max(Concept.position)).where(Concept.scheme_code == scheme))
    following = 0 if last is None else last + 1
    rows = [
        {
            "id": concept.id,
            "scheme_code": scheme,
            "code": concept.code,
            "position": concept.position if concept.position >= 0 else following + number,
            "status": ConceptStatus.ACTIVE,
        }
        for number, concept in enumerate(fresh)
    ]
    if rows:
        session.execute(insert(Concept), rows)


def _fill(session: Session, concepts: Sequence[ConceptState]) -> None:
    about = [
        {
            "id": concept.id,
            "uri": concept.uri or None,
            "rest": concept.rest or None,
            "unsaid": concept.unsaid or None,
            "status": ConceptStatus.DEPRECATED if concept.deprecated else ConceptStatus.ACTIVE,
            "replaced_by_id": concept.replaced_by or None,
        }
        for concept in concepts
    ]
    labels = [row for concept in concepts for row in _labels(concept)]
    notes = [
        {"concept_id": concept.id, "language": code, "text": text}
        for concept in concepts
        for code, text in concept.notes.items()
    ]
    relations = [
        {"source_id": concept.id, "kind": kind, "target_id": target}
        for concept in concepts
        for kind, targets in concept.relations.items()
        for target in targets
    ]
    if about:
        session.execute(update(Concept), about)
    for table, rows in ((ConceptLabel, labels), (ConceptNote, notes), (ConceptRelation, relations)):
        if rows:
            session.execute(insert(table), rows)


def _labels(concept: ConceptState) -> Iterator[dict[str, Any]]:
    said = [(LabelKind.PREFERRED, code, text) for code, text in concept.labels.items()]
    said += [(LabelKind.ALTERNATIVE, code, text) for code, several in concept.synonyms.items() for text in several]
    for position, (kind, code, text) in enumerate(said):
        yield {"concept_id": concept.id, "kind": kind, "language": code, "text": text, "position": position}


def used(session: Session, identifiers: Iterable[str], *, scheme: str) -> set[str]:
    """Return which concepts anything outside their vocabulary names: records, or concepts of other vocabularies."""
    found: set[str] = set()
    for some in chunks(identifiers):
        for _table, column in references():
            found.update(session.scalars(select(column).where(column.in_(some)).distinct()))
        elsewhere = ~ConceptRelation.source_id.startswith(f"{scheme}/", autoescape=True)
        related = select(ConceptRelation.target_id).where(ConceptRelation.target_id.in_(some), elsewhere)
        found.update(session.scalars(related.distinct()))
        replaced = select(Concept.replaced_by_id).where(Concept.replaced_by_id.in_(some), Concept.scheme_code != scheme)
        found.update(identifier for identifier in session.scalars(replaced.distinct()) if identifier)
    return found


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """Yield items some at a time."""
    left = iter(items)
    while some := list(islice(left, CHUNK)):
        yield some
