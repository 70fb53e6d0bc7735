"""What the database says, worked out the slow and plain way, to compare the quick ways with."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection as Some
from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.choices import CollectionState, PracticeState
from library.models import Collection, CollectionItem, ConceptRelation, Practice, RelationKind

Codes = Mapping[str, frozenset[str]]


def facets_by_slug(session: Session) -> dict[str, Codes]:
    """Return, for each published practice, the codes of each facet, wider concepts included."""
    above, chosen = _wider(session), _chosen(session)
    published = session.scalars(select(Practice).where(Practice.state == PracticeState.PUBLISHED))
    return {
        practice.slug: {**_facets(practice, above), "collection": frozenset(chosen[practice.id])}
        for practice in published
    }


def matching(facets: Mapping[str, Codes], chosen: Mapping[str, Some[str]], together: bool = False) -> set[str]:
    """Return the practices that have any chosen code of each facet; all chosen agencies if ``together``."""
    return {slug for slug, codes in facets.items() if _fits(codes, chosen, together)}


def counts(facets: Mapping[str, Codes], slugs: Iterable[str], facet: str) -> dict[str, int]:
    """Return how many of the practices carry each code."""
    return dict(Counter(code for slug in slugs for code in facets[slug][facet]))


def _fits(codes: Codes, chosen: Mapping[str, Some[str]], together: bool) -> bool:
    return all(
        set(wanted) <= codes[facet] if together and facet == "agency" else bool(set(wanted) & codes[facet])
        for facet, wanted in chosen.items()
    )


def _wider(session: Session) -> dict[str, set[str]]:
    above: dict[str, set[str]] = defaultdict(set)
    for relation in session.scalars(select(ConceptRelation).where(ConceptRelation.kind == RelationKind.BROADER)):
        above[relation.source_id].add(relation.target_id)
    return above


def _chosen(session: Session) -> dict[int, set[str]]:
    """Return the published collections for which each practice was chosen."""
    chosen: dict[int, set[str]] = defaultdict(set)
    public = {one.id: one.slug for one in session.scalars(select(Collection)) if one.state == CollectionState.PUBLISHED}
    for item in session.scalars(select(CollectionItem)):
        if item.collection_id in public:
            chosen[item.practice_id].add(public[item.collection_id])
    return chosen


def _with_wider(identifier: str, above: Mapping[str, set[str]]) -> set[str]:
    return {identifier}.union(*(_with_wider(wider, above) for wider in above.get(identifier, ())))


def _facets(practice: Practice, above: Mapping[str, set[str]]) -> Codes:
    def codes(*identifiers: str) -> frozenset[str]:
        return frozenset(one.split("/")[1] for identifier in identifiers for one in _with_wider(identifier, above))

    def of(scheme: str) -> frozenset[str]:
        return codes(*(row.concept_id for row in practice.concepts if row.concept_id.split("/")[0] == scheme))

    return {
        "agency": codes(*(row.concept_id for row in practice.agencies)),
        "theme": of("themes"),
        "target_group": of("target-groups"),
        "prevention_level": of("prevention-levels"),
        "kind": codes(practice.kind_id),
        "country": codes(practice.country_id),
        "municipality": frozenset(row.municipality.slug for row in practice.places),
        "stage": codes(practice.evidence_stage_id),
        "outcome": codes(practice.outcome_id),
        "language": frozenset(text.language for text in practice.texts),
        "year": frozenset({str(practice.start_year)} if practice.start_year else ()),
    }
