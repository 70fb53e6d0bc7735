"""A vocabulary as SKOS and back: what the tables hold is worked out, what they do not hold is kept as it stands.

Reading works in two passes. The first fills the state with all that the tables have a place for. The second works out
what that state would say by itself (``said``), and keeps the two differences: what the file says beyond (``rest``) and
what it leaves unsaid (``unsaid``). Writing is then ``said`` without the one and with the other, so that a file comes
out as it went in, and a later change of a label changes that label and nothing else (ADR 0019). Pure.

Format: SKOS Reference, W3C Recommendation 18 August 2009; its integrity conditions are named S13, S14 …
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from library.models import RelationKind
from library.vocabulary.reading import BASE
from library.vocabulary.states import ConceptState, SchemeState
from library.vocabulary.terms import (
    DCTERMS,
    OWL,
    TRUE,
    TYPE,
    Triple,
    iri,
    literal,
    read_lines,
    skos,
)

MAX_LABEL: Final = 200  # characters
MAX_CODE: Final = 58
MAX_ID: Final = 120
MOST_CONCEPTS: Final = 20_000

CONCEPT: Final = skos("Concept")
SCHEME: Final = skos("ConceptScheme")
PREFERRED: Final = skos("prefLabel")
ALTERNATIVE: Final = skos("altLabel")
SCOPE_NOTE: Final = skos("scopeNote")
NOTATION: Final = skos("notation")
IN_SCHEME: Final = skos("inScheme")
TOP_CONCEPT_OF: Final = skos("topConceptOf")
HAS_TOP_CONCEPT: Final = skos("hasTopConcept")
NARROWER: Final = skos("narrower")
BROADER: Final = skos("broader")
DEPRECATED: Final = f"<{OWL}deprecated>"
REPLACED_BY: Final = f"<{DCTERMS}isReplacedBy>"
_RELATIONS: Final = {kind.value: skos(kind.value) for kind in RelationKind}
KIND_OF: Final = {term: kind for kind, term in _RELATIONS.items()}
HABITS: Final = {
    IN_SCHEME: "in-scheme",
    NOTATION: "notation",
    TOP_CONCEPT_OF: "top-concept-of",
    HAS_TOP_CONCEPT: "has-top-concept",
    NARROWER: "narrower",
    BROADER: "broader",
}
ALL_HABITS: Final = tuple(HABITS.values())


def term_of(kind: RelationKind) -> str:
    """Return a relation as a term."""
    return _RELATIONS[kind.value]


@dataclass(slots=True)
class Addresses:
    """Which concept has which address.

    :param of: identifier -> the address of a concept that was made elsewhere.
    """

    of: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, identifier: str) -> str:
        """Return a concept as a term; ours lie below ``BASE``."""
        return iri(self.of.get(identifier) or BASE + identifier)


# --- writing -----------------------------------------------------------------------------------------------------


def said(scheme: SchemeState, addresses: Addresses) -> Iterator[Triple]:
    """Yield what the tables say of a vocabulary by themselves, concepts in their order."""
    below = scheme.children()
    own = iri(scheme.uri or BASE + scheme.code)
    yield from _said_of_scheme(scheme, own, addresses)
    for concept in scheme.concepts.values():
        yield from said_of(concept, scheme, own, addresses, below.get(concept.id, ()))


def _said_of_scheme(scheme: SchemeState, own: str, addresses: Addresses) -> Iterator[Triple]:
    yield own, TYPE, SCHEME
    for code, words in scheme.labels.items():
        yield own, PREFERRED, literal(words, code)
    for code, words in scheme.notes.items():
        yield own, SCOPE_NOTE, literal(words, code)
    if "has-top-concept" in scheme.habits:
        for concept in scheme.concepts.values():
            if not concept.broader:
                yield own, HAS_TOP_CONCEPT, addresses(concept.id)


def said_of(
    concept: ConceptState, scheme: SchemeState, own: str, addresses: Addresses, below: Iterable[str]
) -> Iterator[Triple]:
    """Yield what the tables say of one concept.

    :param own: the vocabulary as a term.
    :param below: identifiers of the concepts directly below it.
    """
    subject, habits = addresses(concept.id), scheme.habits
    yield subject, TYPE, CONCEPT
    if "in-scheme" in habits:
        yield subject, IN_SCHEME, own
    if "notation" in habits:
        yield subject, NOTATION, literal(concept.code)
    if "top-concept-of" in habits and not concept.broader:
        yield subject, TOP_CONCEPT_OF, own
    for code, words in concept.labels.items():
        yield subject, PREFERRED, literal(words, code)
    for code, several in concept.synonyms.items():
        yield from ((subject, ALTERNATIVE, literal(words, code)) for words in several)
    for code, words in concept.notes.items():
        yield subject, SCOPE_NOTE, literal(words, code)
    for kind, targets in concept.relations.items():
        if kind != "broader" or "broader" in habits:
            yield from ((subject, _RELATIONS[kind], addresses(target)) for target in targets)
    if "narrower" in habits:
        yield from ((subject, NARROWER, addresses(child)) for child in below)
    if concept.deprecated:
        yield subject, DEPRECATED, TRUE
    if concept.replaced_by:
        yield subject, REPLACED_BY, addresses(concept.replaced_by)


def statements(scheme: SchemeState, addresses: Addresses) -> Iterator[Triple]:
    """Yield all that a vocabulary says as its file did: what the tables say, less what it left unsaid, and the rest."""
    unsaid = set(read_lines(scheme.unsaid))
    for concept in scheme.concepts.values():
        if concept.unsaid:
            unsaid.update(read_lines(concept.unsaid))
    yield from (triple for triple in said(scheme, addresses) if triple not in unsaid)
    current = _Hierarchy(scheme, addresses)
    for rest in (scheme.rest, *(concept.rest for concept in scheme.concepts.values())):
        if rest:
            yield from (triple for triple in read_lines(rest) if current.agrees(triple))


def statements_of(
    concept: ConceptState, scheme: SchemeState, addresses: Addresses, below: Iterable[str]
) -> Iterator[Triple]:
    """Yield all that is said of one concept.

    :param scheme: its vocabulary, of which the concepts are not needed.
    """
    unsaid = set(read_lines(concept.unsaid))
    own = iri(scheme.uri or BASE + scheme.code)
    yield from (t for t in said_of(concept, scheme, own, addresses, below) if t not in unsaid)
    yield from read_lines(concept.rest)


class _Hierarchy:
    """Which concept stands above which now, so that the rest of a file does not put back one that was moved since."""

    def __init__(self, scheme: SchemeState, addresses: Addresses) -> None:
        self._above = {
            addresses(concept.id): {addresses(parent) for parent in concept.broader}
            for concept in scheme.concepts.values()
        }

    def agrees(self, triple: Triple) -> bool:
        """Return whether a statement is no longer contradicted by where the concepts stand."""
        subject, predicate, value = triple
        if predicate not in (NARROWER, BROADER) or subject not in self._above or value not in self._above:
            return True
        child, parent = (value, subject) if predicate == NARROWER else (subject, value)
        return parent in self._above[child]


def circles(above: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Return the circles in which something comes to stand above itself, each once, closed: a, b, a."""
    found: list[list[str]] = []
    done: set[str] = set()
    for start in above:
        if start in done:
            continue
        path: list[str] = [start]
        on_path = {start: 0}
        ways = [iter(above.get(start, ()))]
        while ways:  # not recursive: a file may be as deep as it is long
            step = next(ways[-1], None)
            if step is None:
                done.add(path[-1])
                del on_path[path.pop()]
                ways.pop()
            elif step in on_path:
                found.append([*path[on_path[step] :], step])
            elif step not in done:
                on_path[step] = len(path)
                path.append(step)
                ways.append(iter(above.get(step, ())))
    return found
