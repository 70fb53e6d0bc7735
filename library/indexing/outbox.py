"""Index jobs, written in the transaction of the change that needs them.

A listener on every flush works out which practices the changed rows belong to, raises their version and adds a job for
each; a changed vocabulary gets a new version too, so that every process reads it anew. Whoever changes a record need
not know that there is an index.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import event, insert, inspect, or_, select, union, update
from sqlalchemy.orm import Session, UOWTransaction

from library.choices import CollectionState
from library.lexicon import renew
from library.models import (
    Collection,
    CollectionItem,
    Concept,
    ConceptLabel,
    ConceptNote,
    ConceptRelation,
    ConceptScheme,
    IndexJob,
    Organisation,
    Practice,
    PracticeAgency,
    PracticeConcept,
    PracticeOrganisation,
    PracticePlace,
    PracticeText,
    RelationKind,
)

_VOCABULARY: Final = (ConceptScheme, Concept, ConceptLabel, ConceptNote, ConceptRelation)
CHUNK: Final = 5000  # practices in one statement; databases count the values they are given
_PARTS: Final = (PracticeText, PracticeAgency, PracticeConcept, PracticePlace, PracticeOrganisation)


def enqueue(session: Session, practice_ids: Iterable[int]) -> None:
    """Ask for practices to be indexed again, and raise their versions.

    Two statements for each ``CHUNK`` of them, and none is loaded: a concept may be on every practice there is.

    :param practice_ids: practices that exist, or did.
    """
    ids = sorted(set(practice_ids))
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        session.execute(
            update(Practice).where(Practice.id.in_(some)).values(version=Practice.version + 1),
            execution_options={"synchronize_session": False},
        )
        session.execute(insert(IndexJob), [{"practice_id": identifier} for identifier in some])


def vocabulary_changed(session: Session, practice_ids: Iterable[int]) -> None:
    """Tell every process and the index of a change of the vocabularies that was written past the session.

    :param practice_ids: of the practices whose words it changes; see ``practices_with``.
    """
    renew(session)
    enqueue(session, practice_ids)


@event.listens_for(Session, "after_flush")
def _follow_changes(session: Session, context: UOWTransaction) -> None:
    gone = _deleted(context)
    changed = [item for item in session.dirty if session.is_modified(item)]
    if any(isinstance(item, _VOCABULARY) for item in (*session.new, *gone, *changed)):
        renew(session)
    practices: set[int] = set()
    organisations: set[int] = set()
    concepts: set[str] = set()
    chosen: list[CollectionItem] = []
    for item in (*session.new, *gone, *changed):
        if isinstance(item, Practice):
            practices.update(_identifiers(item, "id"))
        elif isinstance(item, _PARTS):
            practices.update(_identifiers(item, "practice_id"))
        elif isinstance(item, CollectionItem):
            chosen.append(item)
        elif isinstance(item, Collection) and _tells_differently(item):
            practices.update(session.scalars(select(CollectionItem.practice_id).filter_by(collection_id=item.id)))
        elif isinstance(item, Organisation) and item not in session.new:
            organisations.add(item.id)
        elif isinstance(item, Concept):
            concepts.update(_identifiers(item, "id") if _is_replaced_anew(item) else ())
        elif isinstance(item, ConceptLabel):
            concepts.update(_identifiers(item, "concept_id"))
        elif isinstance(item, ConceptRelation) and item.kind == RelationKind.BROADER:
            concepts.update(_identifiers(item, "source_id"))
    practices.update(_practices_of_public_collections(session, chosen, gone))
    if organisations:
        practices.update(_practices_with_organisations(session, organisations))
    if concepts:
        practices.update(practices_with(session, concepts))
    enqueue(session, practices)


def _identifiers(item: Any, attribute: str) -> Iterator[Any]:
    """Yield the old and the new value of a key: a row that moves concerns the practice it leaves as well."""
    history = inspect(item).attrs[attribute].history
    yield from (value for value in (*history.added, *history.unchanged, *history.deleted) if value is not None)


def _deleted(context: UOWTransaction) -> frozenset[Any]:
    """Return what a flush has deleted: ``session.deleted`` does not know of rows that lost the one they belong to."""
    rows = (state.obj() for state, (is_deleted, is_listed) in context.states.items() if is_deleted and not is_listed)
    return frozenset(row for row in rows if row is not None)


def _tells_differently(collection: Collection) -> bool:
    """Return whether a collection became public or ceased to be, or moved to another address while it is."""
    state, slug = (inspect(collection).attrs[name].history for name in ("state", "slug"))
    states = {*state.added, *state.unchanged, *state.deleted}
    return CollectionState.PUBLISHED in states and (state.has_changes() or slug.has_changes())


def _practices_of_public_collections(
    session: Session, items: Sequence[CollectionItem], gone: frozenset[Any]
) -> Iterator[int]:
    """Yield the practices that were chosen, or no longer are, for collections that the public sees.

    Order and notes are not indexed. A collection that was deleted along with its items counts: it may have been public.
    """
    moved = [item for item in items if item in gone or _is_moved(session, item)]
    query = select(Collection.id).where(Collection.state != CollectionState.PUBLISHED)
    concerned = {identifier for item in moved for identifier in _identifiers(item, "collection_id")}
    hidden = set(session.scalars(query.where(Collection.id.in_(concerned)))) if moved else set()
    for item in moved:
        if set(_identifiers(item, "collection_id")) - hidden:
            yield from _identifiers(item, "practice_id")


def _is_moved(session: Session, item: CollectionItem) -> bool:
    if item in session.new:
        return True
    attributes = inspect(item).attrs
    return any(attributes[name].history.has_changes() for name in ("practice_id", "collection_id"))


def _practices_with_organisations(session: Session, ids: set[int]) -> Iterable[int]:
    query = (
        select(Practice.id)
        .outerjoin(PracticePlace)
        .outerjoin(PracticeOrganisation)
        .where(
            or_(
                Practice.owner_id.in_(ids),
                PracticePlace.municipality_id.in_(ids),
                PracticeOrganisation.organisation_id.in_(ids),
            )
        )
        .distinct()
    )
    return session.scalars(query)


def _is_replaced_anew(concept: Concept) -> bool:
    """Return whether what the index knows of a concept itself has changed; its place among others is no such thing."""
    return bool(inspect(concept).attrs.replaced_by_id.history.has_changes())


def practices_with(session: Session, concept_ids: Iterable[str]) -> Iterable[int]:
    """Return practices that carry one of the concepts, or one that has it above itself or is replaced by it."""
    reached = ids = {identifier for identifier in concept_ids if not identifier.startswith("thesaurus/")}
    while reached:
        below = select(ConceptRelation.source_id).where(
            ConceptRelation.kind == RelationKind.BROADER, ConceptRelation.target_id.in_(reached)
        )
        before = select(Concept.id).where(Concept.replaced_by_id.in_(reached))
        reached = set(session.scalars(below.union(before))) - ids
        ids = ids | reached
    if not ids:
        return ()
    carrying = union(
        select(Practice.id).where(
            or_(
                Practice.kind_id.in_(ids),
                Practice.country_id.in_(ids),
                Practice.evidence_stage_id.in_(ids),
                Practice.outcome_id.in_(ids),
            )
        ),
        select(PracticeAgency.practice_id).where(PracticeAgency.concept_id.in_(ids)),
        select(PracticeConcept.practice_id).where(PracticeConcept.concept_id.in_(ids)),
    )
    return session.scalars(carrying)
