"""Vocabularies read out of the database as plain values. Each function runs a fixed number of statements.

Reads columns, not objects: a vocabulary may hold thousands of concepts.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from library.choices import ConceptStatus
from library.models import (
    Concept,
    ConceptLabel,
    ConceptNote,
    ConceptRelation,
    ConceptScheme,
    LabelKind,
    RelationKind,
)
from library.vocabulary.reading import BASE
from library.vocabulary.skos import Addresses
from library.vocabulary.states import OWN_HABITS, ConceptState, SchemeState


def scheme_state(session: Session, code: str) -> SchemeState | None:
    """Return a vocabulary with its concepts in their order; ``None`` if there is none."""
    state = scheme_alone(session, code)
    if state is not None:
        state.concepts = _concepts(session, Concept.scheme_code == code)
    return state


def scheme_alone(session: Session, code: str) -> SchemeState | None:
    """Return what is said of a vocabulary itself; ``None`` if there is none."""
    query = select(
        ConceptScheme.uri,
        ConceptScheme.labels,
        ConceptScheme.notes,
        ConceptScheme.habits,
        ConceptScheme.rest,
        ConceptScheme.unsaid,
    ).where(ConceptScheme.code == code)
    found = session.execute(query).one_or_none()
    if found is None:
        return None
    uri, labels, notes, habits, rest, unsaid = found
    kept = OWN_HABITS if habits is None else tuple(habits.split())
    return SchemeState(code, uri or "", dict(labels), dict(notes), kept, rest or "", unsaid or "")


def concept_state(session: Session, identifier: str) -> ConceptState | None:
    """Return one concept; ``None`` if there is none."""
    return _concepts(session, Concept.id == identifier).get(identifier)


def _concepts(session: Session, which: ColumnElement[bool]) -> dict[str, ConceptState]:
    query = select(
        Concept.id,
        Concept.uri,
        Concept.status,
        Concept.replaced_by_id,
        Concept.rest,
        Concept.unsaid,
        Concept.position,
    )
    found = {
        identifier: ConceptState(
            identifier,
            uri or "",
            status is ConceptStatus.DEPRECATED,
            replaced_by or "",
            rest=rest or "",
            unsaid=unsaid or "",
            position=position,
        )
        for identifier, uri, status, replaced_by, rest, unsaid, position in session.execute(
            query.where(which).order_by(Concept.position, Concept.id)
        )
    }
    labels = select(ConceptLabel.concept_id, ConceptLabel.kind, ConceptLabel.language, ConceptLabel.text)
    for identifier, kind, language, text in session.execute(
        labels.join(Concept).where(which).order_by(ConceptLabel.position, ConceptLabel.id)
    ):
        if kind == LabelKind.PREFERRED:
            found[identifier].labels[language] = text
        else:
            found[identifier].synonyms.setdefault(language, []).append(text)
    notes = select(ConceptNote.concept_id, ConceptNote.language, ConceptNote.text)
    for identifier, language, text in session.execute(notes.join(Concept).where(which)):
        found[identifier].notes[language] = text
    relations = select(ConceptRelation.source_id, ConceptRelation.kind, ConceptRelation.target_id)
    for identifier, kind, target in session.execute(
        relations.join(Concept, Concept.id == ConceptRelation.source_id)
        .where(which)
        .order_by(ConceptRelation.target_id)
    ):
        found[identifier].relations.setdefault(str(kind), []).append(target)
    return found


def below(session: Session, identifier: str) -> list[str]:
    """Return the concepts directly below one."""
    query = select(ConceptRelation.source_id).where(
        ConceptRelation.kind == RelationKind.BROADER, ConceptRelation.target_id == identifier
    )
    return sorted(session.scalars(query))


def addresses(session: Session, identifiers: Iterable[str] | None = None) -> Addresses:
    """Return the addresses of the concepts that were made elsewhere.

    :param identifiers: of which; of all without.
    """
    query = select(Concept.id, Concept.uri).where(Concept.uri.is_not(None))
    if identifiers is not None:
        query = query.where(Concept.id.in_(set(identifiers)))
    return Addresses({identifier: uri for identifier, uri in session.execute(query) if uri})


def known_elsewhere(session: Session, code: str) -> dict[str, str]:
    """Return address -> identifier of the concepts of all vocabularies but one."""
    query = select(Concept.id, Concept.uri).where(Concept.scheme_code != code)
    return {uri or BASE + identifier: identifier for identifier, uri in session.execute(query)}
