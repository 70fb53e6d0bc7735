"""What readers type on the search page of a big library: addresses that differ, so that few are answered from memory.

Words come from the starter texts and from the needs of our own test set, titles to be suggested from the whole library.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Final
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks import queries
from benchmarks.records import SEED
from benchmarks.relevance.judgements import Asked, Kind, needs
from library.choices import OrganisationKind
from library.languages import LANGUAGES
from library.lexicon import current
from library.models import Organisation, PracticeText

EACH: Final = 120  # different addresses of each kind of search, where as many can be had
LABELS: Final = 40  # titles, concepts and municipalities that somebody types, letter by letter
FIRST, LAST = 2, 10  # letters with which typing begins to be answered, and ends
SHORTEST_SLIP: Final = 6  # letters of a word that is mistyped


@dataclass(frozen=True, slots=True)
class Typed:
    """An address and what it is an example of."""

    kind: str
    path: str


def searches() -> list[Typed]:
    """Return the addresses of searches, those of a kind after one another."""
    random = Random(SEED)
    words = [asked for asked in _asked(Kind.WORD, Kind.COMPOUND, Kind.WORDS) if len(asked.text) >= SHORTEST_SLIP]
    random.shuffle(words)
    misspelt = [*_asked(Kind.MISSPELT), *(replace(asked, text=_slipped(random, asked.text)) for asked in words)]
    found = {
        **queries.searches(EACH),
        "search, question": [_search(asked.language, asked.text) for asked in _asked(Kind.QUESTION)],
        "search, misspelt": [_search(asked.language, asked.text) for asked in misspelt],
        "search, words of another language": [_search(_another(random, a.language), a.text) for a in words],
    }
    return [Typed(kind, path) for kind, paths in found.items() for path in paths[:EACH]]


def beginnings(session: Session) -> list[list[Typed]]:
    """Return, for each of some names, the addresses that the search box asks for while it is typed."""
    random = Random(SEED)
    named = {
        "suggestions, title": random.sample(_titles(session), LABELS),
        "suggestions, concept": random.sample(_concepts(session), LABELS),
        "suggestions, municipality": random.sample(_places(session, random), LABELS),
    }
    slips = [(language, _slipped(random, name)) for names in named.values() for language, name in names]
    named["suggestions, mistyped"] = random.sample(slips, LABELS)
    return [[Typed(kind, path) for path in _while_typing(*name)] for kind, names in named.items() for name in names]


def _asked(*kinds: Kind) -> list[Asked]:
    return [asked for need in needs() for asked in need.asked if asked.kind in kinds]


def _search(language: str, text: str) -> str:
    return f"/{language}/practices?{urlencode({'q': text})}"


def _another(random: Random, language: str) -> str:
    return random.choice([other for other in LANGUAGES if other != language])


def _slipped(random: Random, text: str) -> str:
    """Return a text whose longest word has two neighbouring letters changed about, but not its first."""
    word = max(text.split(), key=len)
    at = random.randrange(1, max(2, len(word) - 2))
    return text.replace(word, word[:at] + word[at : at + 2][::-1] + word[at + 2 :], 1)


def _titles(session: Session) -> list[tuple[str, str]]:
    query = select(PracticeText.language, PracticeText.title).order_by(PracticeText.practice_id, PracticeText.language)
    return [(language, title) for language, title in session.execute(query)]


def _concepts(session: Session) -> list[tuple[str, str]]:
    return [label for entry in current(session).entries.values() for label in entry.labels.items()]


def _places(session: Session, random: Random) -> list[tuple[str, str]]:
    query = select(Organisation.name).where(Organisation.kind == OrganisationKind.MUNICIPALITY)
    return [(random.choice(LANGUAGES), name) for name in session.scalars(query.order_by(Organisation.id))]


def _while_typing(language: str, name: str) -> Iterator[str]:
    for length in range(FIRST, min(len(name), LAST) + 1):
        yield f"/{language}/suggestions?{urlencode({'q': name[:length]})}"
