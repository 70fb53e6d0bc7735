"""A corpus that can be made anew anywhere: records of about 600 words, by thousands, each from a seed of its own.

Words follow the Zipf-Mandelbrot law (B. Mandelbrot, 1953) and come in bursts by theme, as in real text. They are made
of Danish syllables, so that the library's analysis has its real work. A record is the same in a corpus of any size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray

LANGUAGE: Final = "da"
AT_ONCE: Final = 1000  # records made from one seed
WORDS: Final = 120_000
_EXPONENT: Final = 1.05
_SHIFT: Final = 2.7
_THEMES: Final = 60
_WORDS_OF_THEME: Final = 150
_SHARE_OF_THEME: Final = 0.2
# name -> (different codes, codes beside the first on average, how unevenly they are used)
FACETS: Final = {
    "agency": (40, 0.3, 1.0),
    "theme": (_THEMES, 1.5, 0.8),
    "target_group": (20, 1.0, 0.7),
    "prevention_level": (3, 0.2, 0.3),
    "country": (8, 0.1, 0.6),
    "municipality": (300, 0.3, 1.0),
    "stage": (6, 0.0, 0.3),
    "year": (20, 0.4, 0.4),
}
_ONSETS: Final = (
    "b",
    "d",
    "f",
    "fl",
    "g",
    "gr",
    "h",
    "k",
    "kl",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "sk",
    "st",
    "t",
    "tr",
    "v",
)
_VOWELS: Final = ("a", "e", "i", "o", "u", "y", "æ", "ø", "å")
_CODAS: Final = ("", "l", "m", "n", "r", "s", "t", "nd")


@dataclass(frozen=True, slots=True)
class Record:
    """What is indexed of one record."""

    id: int
    title: str
    summary: str
    body: str
    facets: dict[str, tuple[str, ...]]


def records(count: int) -> Iterator[Record]:
    """Yield so many records, numbered from 1."""
    for start in range(0, count, AT_ONCE):
        for record in thousand(start):
            if record.id <= count:
                yield record


@cache
def words() -> NDArray[np.object_]:
    """Return all words, the commonest first."""
    chance, made = Random(0), dict[str, None]()
    while len(made) < WORDS:
        syllables = chance.choices((1, 2, 3, 4), (1, 6, 5, 2))[0] if len(made) > 300 else chance.randint(1, 2)
        parts = (chance.choice(_ONSETS) + chance.choice(_VOWELS) + chance.choice(_CODAS) for _ in range(syllables))
        made["".join(parts)] = None
    return np.array([*made], object)


def code(facet: str, number: int) -> str:
    """Return a code of a facet; low numbers are common."""
    return f"{facet.replace('_', '')}{number}"


@cache
def _frequencies(count: int, exponent: float, shift: float) -> NDArray[np.float64]:
    weights = 1 / np.power(np.arange(1, count + 1) + shift, exponent)
    return np.cumsum(weights / weights.sum())


@cache
def _topics() -> NDArray[np.int64]:
    return np.random.default_rng(7).integers(100, 20_000, size=(_THEMES, _WORDS_OF_THEME))


def thousand(start: int) -> Iterator[Record]:
    """Yield the thousand records after number ``start``, which is a multiple of `AT_ONCE`."""
    chance = np.random.default_rng(1000 + start)
    bodies = np.clip(chance.lognormal(np.log(480), 0.6, AT_ONCE), 60, 4000).astype(int)
    summaries, titles = chance.integers(15, 70, AT_ONCE), chance.integers(4, 13, AT_ONCE)
    for number, (body, summary, title) in enumerate(zip(bodies, summaries, titles, strict=True), start=start + 1):
        codes = {name: _codes(chance, *shape) for name, shape in FACETS.items()}
        text = _text(chance, int(body + summary + title), codes["theme"])
        yield Record(
            id=number,
            title=" ".join(text[:title]),
            summary=" ".join(text[title : title + summary]),
            body=" ".join(text[title + summary :]),
            facets={name: tuple(code(name, one) for one in numbers) for name, numbers in codes.items()},
        )


def _codes(chance: np.random.Generator, count: int, more: float, unevenness: float) -> list[int]:
    wanted = 1 + (int(chance.poisson(more)) if more else 0)
    return sorted({int(one) for one in np.searchsorted(_frequencies(count, unevenness, 0), chance.random(wanted))})


def _text(chance: np.random.Generator, length: int, themes: list[int]) -> NDArray[np.object_]:
    ranks = np.minimum(np.searchsorted(_frequencies(WORDS, _EXPONENT, _SHIFT), chance.random(length)), WORDS - 1)
    count = int(length * _SHARE_OF_THEME)
    which = np.minimum(chance.exponential(25, count).astype(int), _WORDS_OF_THEME - 1)
    ranks[chance.integers(0, length, count)] = _topics()[chance.choice(themes, count), which]
    chosen: NDArray[np.object_] = words()[ranks]
    return chosen
