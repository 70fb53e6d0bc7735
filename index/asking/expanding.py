"""From a concept that the reader named to what is looked up for it: its words in every language, and its code.

Knows the thesaurus, fields and boosts; reads no index.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from index.asking.clauses import Choice, Clause, Expansion
from index.asking.thesaurus import Label, Thesaurus
from index.documents import LANGUAGES
from index.results import Recognised
from index.schema import CODES, LANGUAGE_FIELD_BOOSTS, PROSE, language_field

# What the reader typed counts for more than another word for it, and that for more than a word for a part of it.
CONCEPT_BOOST: Final = 0.4
NARROWER_BOOST: Final = 0.2
MOST_NARROWER: Final = 12
# A clause costs a look at the index. The preferred labels of all concepts come first, rare synonyms are left out.
MOST_CLAUSES: Final = 160


@dataclass(frozen=True, slots=True)
class Named:
    """Concepts that a reader named: how it was typed, what it means, and which of the required choices it covers."""

    typed: str
    concepts: tuple[str, ...]
    covers: tuple[int, ...]


def expand(thesaurus: Thesaurus, named: Sequence[Named]) -> tuple[Expansion, ...]:
    """Return what to look up for everything that was named, the same share of clauses for each."""
    share = MOST_CLAUSES // max(1, len(named))
    return tuple(Expansion(_clauses(thesaurus, each.concepts, share), each.covers) for each in named)


def recognised(thesaurus: Thesaurus, named: Sequence[Named]) -> tuple[Recognised, ...]:
    """Tell what was understood and looked up."""
    return tuple(
        Recognised(each.typed, concept, _words(thesaurus, concept, each.typed), _narrower(thesaurus, (concept,)))
        for each in named
        for concept in each.concepts
    )


def _clauses(thesaurus: Thesaurus, concepts: Sequence[str], most: int) -> Choice:
    """Return the clauses for concepts: by codes, by labels, and the same for those below them, worth less."""
    narrower = _narrower(thesaurus, concepts)
    ways = (
        *_by_code(concepts, CONCEPT_BOOST),
        *_by_labels(_in_turn(thesaurus, concepts), CONCEPT_BOOST),
        *_by_code(narrower, NARROWER_BOOST),
        *_by_labels(_in_turn(thesaurus, narrower), NARROWER_BOOST),
    )
    first = {(clause.field, clause.terms): clause for clause in reversed(ways)}
    return tuple(islice((clause for clause in ways if first[clause.field, clause.terms] is clause), most))


def _by_code(concepts: Sequence[str], boost: float) -> Iterator[Clause]:
    for concept in concepts:
        yield Clause(CODES, (concept,), boost * LANGUAGE_FIELD_BOOSTS["concepts"])


def _by_labels(labels: Sequence[Label], boost: float) -> Iterator[Clause]:
    for label in labels:
        field = language_field(PROSE, label.language)  # a document's concepts are found by their codes
        yield Clause(field, label.terms, boost * LANGUAGE_FIELD_BOOSTS[PROSE], label.language, label.text)


def _in_turn(thesaurus: Thesaurus, concepts: Sequence[str]) -> list[Label]:
    """Return the labels of concepts: the preferred ones of each language, then their first synonyms, and so on."""
    ranked = []
    for concept in concepts:
        ranks = dict.fromkeys(LANGUAGES, 0)
        for label in thesaurus.labels(concept):
            ranked.append((ranks[label.language], label))
            ranks[label.language] += 1
    return [label for _rank, label in sorted(ranked, key=lambda item: item[0])]


def _narrower(thesaurus: Thesaurus, concepts: Sequence[str]) -> tuple[str, ...]:
    below = dict.fromkeys(name for concept in concepts for name in thesaurus.narrower(concept))
    return tuple(name for name in below if name not in concepts)[:MOST_NARROWER]


def _words(thesaurus: Thesaurus, concept: str, typed: str) -> dict[str, tuple[str, ...]]:
    by_language: dict[str, list[str]] = {}
    for label in thesaurus.labels(concept):
        if label.text.casefold() != typed.casefold():
            by_language.setdefault(label.language, []).append(label.text)
    return {language: tuple(labels) for language, labels in by_language.items()}
