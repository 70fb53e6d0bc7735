"""From what a reader typed to what must be looked up: each word in every language and field.

Knows fields, boosts and analysis; reads no index.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from index.analysis import analyse, words
from index.documents import LANGUAGES
from index.parsing import ParsedQuery
from index.schema import FOLDED_BOOST, FOLDINGS, LANGUAGE_FIELD_BOOSTS, NAMES, NAMES_BOOST, language_field

# A word of the reader's language is more often meant than a word of another that looks the same.
READER_LANGUAGE_BOOST = 2.0
# A word that merely begins with the one typed says less than the word itself.
BEGINNING_BOOST = 0.4
# Shorter beginnings stand for too much: "pol" begins policy, police and Poland.
SHORTEST_BEGINNING = 4
MOST_CONTINUATIONS = 20


@dataclass(frozen=True, slots=True)
class Clause:
    """Terms to find in one field: one term, or several in a row. `language` is None in neutral fields."""

    field: str
    terms: tuple[str, ...]
    boost: float
    language: str | None = None


# The ways in which one thing that the reader typed can be found; any of them will do.
Choice = tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """What documents must have, and what they must not have. `everything`: no words were asked for."""

    required: tuple[Choice, ...]
    excluded: tuple[Choice, ...]
    everything: bool


def build_query(parsed: ParsedQuery, language: str) -> Query:
    """Decide what to look up for a reader of a language.

    The reader's stop words are left out unless there is nothing else. Signs without letters or digits
    cannot be found: a query of nothing else asks for something, and finds nothing.
    """
    typed = (*parsed.words, *parsed.phrases)
    return Query(
        required=tuple(_choice(item, language) for item in meaningful(typed, language)),
        excluded=tuple(_choice(item, language) for item in parsed.exclusions),
        everything=not typed,
    )


def widened(query: Query, continuations: Callable[[str, str, int], Sequence[str]]) -> Query:
    """Let each single word that is long enough also be found through words that begin with it.

    `continuations` gives the terms of a field that begin with a term, the commonest first, up to a number.
    """
    required = tuple((*choice, *_continued(choice, continuations)) for choice in query.required)
    return replace(query, required=required)


def _continued(choice: Choice, continuations: Callable[[str, str, int], Sequence[str]]) -> Iterator[Clause]:
    for clause in choice:
        if len(clause.terms) == 1 and len(clause.terms[0]) >= SHORTEST_BEGINNING:
            for term in continuations(clause.field, clause.terms[0], MOST_CONTINUATIONS):
                yield replace(clause, terms=(term,), boost=clause.boost * BEGINNING_BOOST)


def meaningful(typed: Sequence[str], language: str) -> list[str]:
    """Leave out what is only stop words in a language, unless that is everything."""
    findable = [item for item in typed if words(item)]
    return [item for item in findable if analyse(language, item)] or findable


def _choice(item: str, reader_language: str) -> Choice:
    return tuple(
        clause for clause in (*_language_clauses(item, reader_language), *_neutral_clauses(item)) if clause.terms
    )


def _language_clauses(item: str, reader_language: str) -> list[Clause]:
    clauses = []
    for language in LANGUAGES:
        terms = analyse(language, item)
        preference = READER_LANGUAGE_BOOST if language == reader_language else 1.0
        for kind, boost in LANGUAGE_FIELD_BOOSTS.items():
            clauses.append(Clause(language_field(kind, language), terms, boost * preference, language))
    return clauses


def _neutral_clauses(item: str) -> list[Clause]:
    plain = words(item)
    folded = [Clause(field, tuple(map(fold, plain)), FOLDED_BOOST) for field, fold in FOLDINGS.items()]
    return [Clause(NAMES, plain, NAMES_BOOST), *folded]
