"""What is asked: six kinds of queries, alone and narrowed by filters; the same for all sizes and engines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Final

from benchmarks.search.corpus import FACETS, code, records, words

EACH: Final = 24  # questions of a kind
TOP: Final = 10

Ranked = Callable[[int, int], str]  # a word whose rank lies between two


class Kind(StrEnum):
    """The kinds of queries. `COMMON` finds about an eighth of all records, `RARE` some in ten thousand."""

    COMMON = "common word"
    RARE = "rare word"
    ANY = "any of 2-3"
    ALL = "all of 2-3"
    PHRASE = "phrase"
    PREFIX = "prefix"


class Work(StrEnum):
    """What is wanted beside the ten best."""

    TOP = "top 10"
    TOTAL = "top 10 + total"
    FACETS = "top 10 + total + 8 facets"
    FILTERED = "top 10 + total + 8 facets, filtered"
    SNIPPETS = "snippets of 10"


@dataclass(frozen=True, slots=True)
class Question:
    """Words to find, and the codes that narrow them: any of a facet's, in all facets that name some."""

    kind: Kind
    words: tuple[str, ...]
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """The ids of the best, how many there are in all, and for each facet how many have each code."""

    ids: tuple[int, ...]
    total: int | None = None
    counts: Mapping[str, Mapping[str, int]] | None = None


def questions() -> list[Question]:
    """Return all questions without filters."""
    chance, known = Random(5), words()

    def ranked(low: int, high: int) -> str:
        return str(known[chance.randint(low, high)])

    asked = [Question(Kind.COMMON, (ranked(30, 400),)) for _ in range(EACH)]
    asked += [Question(Kind.RARE, (ranked(8_000, 60_000),)) for _ in range(EACH)]
    asked += [Question(Kind.ANY, _several(chance, ranked, 60, 3000)) for _ in range(EACH)]
    asked += [Question(Kind.ALL, _several(chance, ranked, 30, 800)) for _ in range(EACH)]
    asked += [Question(Kind.PHRASE, pair) for pair in _pairs(chance)]
    asked += [Question(Kind.PREFIX, (_beginning(ranked),)) for _ in range(EACH)]
    return asked


def _several(chance: Random, ranked: Ranked, low: int, high: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ranked(low, high) for _ in range(chance.randint(2, 3))))


def _beginning(ranked: Ranked) -> str:
    """Return the first letters of a long word, so many that some dozens of words begin with them."""
    word = ranked(100, 20_000)
    return word[:5] if len(word) > 6 else _beginning(ranked)


def _pairs(chance: Random) -> list[tuple[str, str]]:
    """Return pairs of words that stand side by side somewhere, neither of them very common."""
    seldom = frozenset(words()[5:2000])
    bodies = [record.body.split() for record in records(1000)]
    pairs: dict[tuple[str, str], None] = {}
    while len(pairs) < EACH:
        body = chance.choice(bodies)
        place = chance.randrange(len(body) - 1)
        if body[place] in seldom and body[place + 1] in seldom:
            pairs[body[place], body[place + 1]] = None
    return [*pairs]


def filtered(asked: list[Question]) -> list[Question]:
    """Return the questions, each narrowed by one or two common codes."""
    chance, names = Random(9), [*FACETS]
    return [
        Question(
            one.kind,
            one.words,
            {name: (code(name, chance.randint(0, min(4, FACETS[name][0] - 1))),) for name in chance.sample(names, 2)},
        )
        for one in asked
    ]
