"""What can be named beside practices: concepts, municipalities, organisations, collections, ready to be suggested.

Read from the database when something public has changed, which the vocabularies' version and the number of the last
index job tell, and once a minute for what makes no job, such as a new municipality. Everything here is public:
organisations are those that published practices name, collections those that are published.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import log
from typing import Final

from flask import current_app
from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from index import Label, Labels, Spelling
from library.choices import CollectionState, OrganisationKind, PracticeState
from library.indexing.facets import FACETS
from library.lexicon import VERSION, Lexicon, of_version
from library.models import Collection, CollectionText, IndexJob, Organisation, Practice, PracticeOrganisation

CONCEPTS: Final = "library-names-of-concepts"
BODIES: Final = "library-names-of-bodies"
KEPT_FOR: Final = 60.0  # seconds
# Of concepts that fit alike, one comes first by its own name rather than by a synonym, and if searches can be narrowed
# by it rather than being a mere word of the field.
OWN_NAME, NARROWING = 0.5, 0.4
MOST_INHABITANTS: Final = 2_000_000
# Which vocabularies are in force, and which index job was the last: one statement, for it is run at each keystroke.
_STATE: Final = select(VERSION.scalar_subquery(), select(func.max(IndexJob.id)).scalar_subquery())


@dataclass(frozen=True, slots=True)
class Bodies:
    """Municipalities, organisations and collections by their names, as they were read; keys are slugs.

    :param job: the last index job when they were read.
    :param until: when they must be read again, on the monotonic clock.
    """

    job: int
    until: float
    municipalities: Labels
    organisations: Labels
    collections: Labels


class Concepts:
    """The concepts of one version of the vocabularies by their labels and synonyms, and the words of these."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.version = lexicon.version
        self._all = tuple(_of_concepts(lexicon))
        self.labels = Labels.of(self._all)

    @cached_property
    def spelling(self) -> Spelling:
        """The words of all labels."""
        return Spelling.of_texts((label.text, label.language) for label in self._all)


@dataclass(frozen=True, slots=True)
class Named:
    """All that can be named now."""

    lexicon: Lexicon
    concepts: Concepts
    bodies: Bodies


def named(session: Session) -> Named:
    """Return what can be named now; costs one query while nothing has changed."""
    version, job = session.execute(_STATE).one()
    lexicon = of_version(session, version or "")
    return Named(lexicon, concepts_of(lexicon), _bodies(session, job or 0))


def concepts_of(lexicon: Lexicon) -> Concepts:
    """Return the concepts of the vocabularies, made ready once for each of their versions."""
    concepts: Concepts | None = current_app.extensions.get(CONCEPTS)
    if concepts is None or concepts.version != lexicon.version or not lexicon.version:
        concepts = current_app.extensions[CONCEPTS] = Concepts(lexicon)
    return concepts


def _bodies(session: Session, job: int) -> Bodies:
    """Return what is not a concept and can be named, as it was after an index job or a minute ago at most."""
    bodies: Bodies | None = current_app.extensions.get(BODIES)
    if bodies is None or bodies.job != job or time.monotonic() >= bodies.until:
        bodies = current_app.extensions[BODIES] = Bodies(
            job,
            time.monotonic() + KEPT_FOR,
            Labels.of(_of_municipalities(session)),
            Labels.of(_of_organisations(session)),
            Labels.of(_of_collections(session)),
        )
    return bodies


def _of_concepts(lexicon: Lexicon) -> Iterator[Label]:
    narrowing = {"agencies", *(facet.scheme for facet in FACETS if facet.scheme)}
    for entry in lexicon.entries.values():
        if not entry.deprecated:
            weight = NARROWING if entry.scheme in narrowing else 0.0
            for language, label in entry.labels.items():
                yield Label(entry.id, language, label, weight + OWN_NAME)
            for language, synonyms in entry.synonyms.items():
                yield from (Label(entry.id, language, synonym, weight) for synonym in synonyms)


def _of_municipalities(session: Session) -> Iterator[Label]:
    query = select(Organisation.slug, Organisation.name, Organisation.names, Organisation.population)
    query = query.where(Organisation.kind == OrganisationKind.MUNICIPALITY).order_by(Organisation.id)
    for slug, name, others, population in session.execute(query):
        yield from _named(slug, name, others, log(population or 1) / log(MOST_INHABITANTS))


def _of_organisations(session: Session) -> Iterator[Label]:
    """Yield the organisations that a published practice names as owner or partner."""
    public = Practice.state == PracticeState.PUBLISHED
    owns = exists().where(Practice.owner_id == Organisation.id, public)
    of_it = PracticeOrganisation.organisation_id == Organisation.id
    takes_part = exists().where(of_it, PracticeOrganisation.practice_id == Practice.id, public)
    query = select(Organisation.slug, Organisation.name, Organisation.names).order_by(Organisation.id)
    query = query.where(Organisation.kind != OrganisationKind.MUNICIPALITY, or_(owns, takes_part))
    for slug, name, others in session.execute(query):
        yield from _named(slug, name, others)


def _named(slug: str, name: str, others: Mapping[str, str], weight: float = 0.0) -> Iterator[Label]:
    """Yield a body's own name, which is of no language, and those that it has in some."""
    yield Label(slug, "", name, weight)
    for language, other in others.items():
        yield Label(slug, language, other, weight)


def _of_collections(session: Session) -> Iterator[Label]:
    query = select(Collection.slug, CollectionText.language, CollectionText.title).join(CollectionText)
    for slug, language, title in session.execute(query.where(Collection.state == CollectionState.PUBLISHED)):
        yield Label(slug, language, title)
