"""What the cards and the filters of a page show, read as columns: a fixed number of statements, whatever the data.

The statements are made once, for to put one together takes longer than to ask it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import BindParameter, Select, bindparam, select, tuple_
from sqlalchemy.orm import Session

from library.adoptions import in_use
from library.choices import CollectionState, OrganisationKind, PracticeState
from library.models import (
    Collection,
    CollectionText,
    Organisation,
    Practice,
    PracticeAgency,
    PracticeConcept,
    PracticePlace,
    PracticeText,
)
from library.showing.listed import Listed, ListedAgency, ListedText

_IDS: Final[BindParameter[int]] = bindparam("ids", expanding=True)
_SLUGS: Final[BindParameter[str]] = bindparam("slugs", expanding=True)
_PRACTICES: Final = select(  # in the order of the fields of ``Listed``
    Practice.id,
    Practice.slug,
    Practice.original_language,
    Practice.kind_id,
    Practice.country_id,
    Practice.evidence_stage_id,
    Practice.outcome_id,
    Practice.start_year,
    Practice.confirmed_on,
    Practice.confirm_by,
    in_use().label("in_use"),
).where(Practice.id.in_(_IDS), Practice.state == PracticeState.PUBLISHED)
_TITLES: Final = select(
    PracticeText.practice_id, PracticeText.language, PracticeText.title, PracticeText.summary
).where(
    PracticeText.practice_id.in_(_IDS),  # SQLite finds pairs by no index: without this it would read the whole table
    tuple_(PracticeText.practice_id, PracticeText.language).in_(bindparam("pairs", expanding=True)),
)
_WHOLE_TEXTS: Final = _TITLES.add_columns(PracticeText.sections)
_AGENCIES: Final = (
    select(PracticeAgency.practice_id, PracticeAgency.concept_id, PracticeAgency.lead)
    .where(PracticeAgency.practice_id.in_(_IDS))
    .order_by(PracticeAgency.position)
)
_PLACES: Final = (
    select(PracticePlace.practice_id, Organisation.name, Organisation.names)
    .join(Organisation, Organisation.id == PracticePlace.municipality_id)
    .where(PracticePlace.practice_id.in_(_IDS))
    .order_by(PracticePlace.position)
)
_CONCEPTS: Final = (
    select(PracticeConcept.practice_id, PracticeConcept.concept_id)
    .where(PracticeConcept.practice_id.in_(_IDS))
    .order_by(PracticeConcept.position)
)
_COLLECTIONS: Final = (
    select(Collection.slug, CollectionText.language, CollectionText.title)
    .join(CollectionText, CollectionText.collection_id == Collection.id)
    .where(Collection.slug.in_(_SLUGS), Collection.state == CollectionState.PUBLISHED)
    .where(CollectionText.language.in_((bindparam("language"), Collection.original_language)))
)
# The kind is looked at here: asked for it, SQLite would read every municipality rather than the few that are named.
_ORGANISATIONS: Final = select(Organisation.slug, Organisation.kind, Organisation.name, Organisation.names).where(
    Organisation.slug.in_(_SLUGS)
)


def listed(session: Session, ids: Sequence[int], language: str, found: Mapping[int, str] | None = None) -> list[Listed]:
    """Return published practices with all that a card shows, in the order of ``ids``.

    Whatever the index said, the state is asked of the database again: what is no longer published is left out.

    :param language: of the reader.
    :param found: practice -> the language in which words were found, whose text the card may quote; ``None`` for
        cards that quote nothing.
    """
    rows = {row.id: row for row in session.execute(_PRACTICES, {"ids": list(ids)})}
    there = list(rows)
    texts = _texts(session, rows, language, found)
    agencies = _by_practice(session, _AGENCIES, there, ListedAgency)
    places = _by_practice(session, _PLACES, there, lambda name, names: str(names.get(language, name)))
    return [
        Listed(*rows[number], texts=texts[number], agencies=agencies[number], places=places[number])
        for number in ids
        if number in rows and rows[number].original_language in texts[number]  # else it was erased a moment ago
    ]


def _texts(
    session: Session, rows: Mapping[int, Any], language: str, found: Mapping[int, str] | None
) -> Mapping[int, Mapping[str, ListedText]]:
    """Return the texts that cards may need, which are few of the many languages that there are."""
    wanted = {(number, code) for number, row in rows.items() for code in (language, row.original_language)}
    if found is not None:
        wanted |= {(number, found[number]) for number in rows if number in found}
    query = _TITLES if found is None else _WHOLE_TEXTS
    texts: dict[int, dict[str, ListedText]] = defaultdict(dict)
    for number, *text in session.execute(query, {"ids": list(rows), "pairs": sorted(wanted)}):
        texts[number][text[0]] = ListedText(*text)
    return texts


def _by_practice(
    session: Session, query: Select[*tuple[Any, ...]], ids: Sequence[int], made: Any
) -> Mapping[int, list[Any]]:
    """Return what is made of the further columns of some rows, by the practice in the first."""
    found: dict[int, list[Any]] = defaultdict(list)
    for number, *values in session.execute(query, {"ids": ids}):
        found[number].append(made(*values))
    return found


def concepts_by_practice(session: Session, practices: Iterable[Listed]) -> Mapping[int, list[str]]:
    """Return the concepts by whose words practices are found, wider ones not included, by practice."""
    by_id = {practice.id: practice for practice in practices}
    found = {number: [agency.concept_id for agency in practice.agencies] for number, practice in by_id.items()}
    for number, concept in session.execute(_CONCEPTS, {"ids": list(by_id)}):
        found[number].append(concept)
    for number, practice in by_id.items():
        found[number] += (practice.kind_id, practice.country_id)
    return found


def collection_titles(session: Session, slugs: Iterable[str], language: str) -> Mapping[str, str]:
    """Return the titles of published collections in a language, else as they were written, by slug."""
    found = session.execute(_COLLECTIONS, {"slugs": list(slugs), "language": language})
    rows = sorted(found, key=lambda row: row.language == language)
    return {slug: title for slug, _language, title in rows}


def municipality_names(session: Session, slugs: Iterable[str], language: str) -> Mapping[str, str]:
    """Return what readers of a language call municipalities, by slug; what is none is left out."""
    found = session.execute(_ORGANISATIONS, {"slugs": list(slugs)})
    return {
        slug: names.get(language, name) for slug, kind, name, names in found if kind is OrganisationKind.MUNICIPALITY
    }
