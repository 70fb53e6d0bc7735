"""Names in which every word typed so far begins a word: what a reader may mean while still typing.

Sorted words and arrays: all words with one beginning lie in a row, and so do the labels that have them. Words stand
there under several spellings, so that "malmo", "malmø" and "koebenh" find what they mean. Knows labels, no index.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from index.helping.distance import beginning_distances
from index.helping.sieve import Sieve
from index.states.facets import Mask
from index.words import fold_long, fold_short, words

# One letter begins a tenth of all titles: that says nothing yet.
SHORTEST_TYPED = 2
MOST_WORDS = 8
# Who mistypes rarely errs in the first letter, and words that begin with another are twenty times as many.
SAME_LETTERS = 1
# Letters from which on a slip is forgiven; never two, for a word that is not finished yet lies near too many.
ONE_SLIP, LONGEST_NEAR = 4, 40
MOST_NEAR_WORDS = 40

# What makes one label come before another. The first letters of a label are what people type; a label in their own
# language is what they mean rather than one that happens to be spelled so in another.
BEGINS, OWN_LANGUAGE, WHOLE_WORD = 8, 5, 4
# Of equals, the one with fewer words: each takes so little of the weight that weights which differ at all outdo it.
A_WORD, MOST_COUNTED = 2.0**-40, 255

# One letter for those that the Nordic languages write differently: Malmø is Malmö, Næstved is Nästved.
_ONE_ALPHABET = str.maketrans({"ø": "ö", "æ": "ä"})

Rows = NDArray[np.int32]
Parts = list[tuple[int, int]]  # ranges of the sorted words
Allowing = Callable[[NDArray[np.int64]], Mask]


class Fit(IntEnum):
    """How well a label fits what was typed, better ones higher."""

    NEAR = 0
    WITHIN = 1
    BEGINS = 2
    WHOLE = 3


@dataclass(frozen=True, slots=True)
class Label:
    """Something to suggest, under one of its names.

    :param key: what it is; of several labels with one key only the best is suggested.
    :param weight: which of two that fit alike comes first, from 0 to 1.
    """

    key: str
    language: str
    text: str
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Match:
    """A label that fits, the higher its score the better."""

    label: Label
    fit: Fit
    score: float


class Labels:
    """Labels, ready to be looked up by the beginnings of their words.

    :param rows: language, text and weight of each label.
    :param label: returns the label of a row; only those that are suggested are asked for.
    """

    def __init__(self, rows: Iterable[tuple[str, str, float]], label: Callable[[int], Label]) -> None:
        self._label = label
        languages, weights = bytearray(), array("d")
        places: dict[str, array[int]] = {}  # word -> row and place of each occurrence, in one number
        self._languages: dict[str, int] = {}
        for row, (language, text, weight) in enumerate(rows):
            spelled = words(text)
            for place, word in enumerate(spelled):
                places.setdefault(word, array("q")).append(row << 1 | (place > 0))
            languages.append(self._languages.setdefault(language, len(self._languages)))
            weights.append(weight - A_WORD * min(len(spelled), MOST_COUNTED))
        self._language_of = np.frombuffer(languages, np.uint8)
        self._weights = np.frombuffer(weights, np.float64)
        self._index(_folded(places))

    @classmethod
    def of(cls, labels: Iterable[Label]) -> Labels:
        """Make labels ready that are at hand."""
        kept = tuple(labels)
        return cls(((label.language, label.text, label.weight) for label in kept), kept.__getitem__)

    def __len__(self) -> int:
        return len(self._weights)

    def _index(self, places: dict[str, array[int]]) -> None:
        """Lay the rows of all words end to end, in the order of the words."""
        self._words = sorted(places)
        self._sieve = Sieve(self._words)
        self._starts = np.cumsum([0, *(len(places[word]) for word in self._words)])
        flat = np.concatenate([np.empty(0, np.int64), *(np.frombuffer(places[word], np.int64) for word in self._words)])
        self._rows: Rows = (flat >> 1).astype(np.int32)
        self._is_first = (flat & 1) == 0

    def matches(
        self, typed: str, language: str, *, most: int, near: bool = False, allowed: Allowing | None = None
    ) -> list[Match]:
        """Return the labels that have, for each typed word, a word that begins with it; the best first.

        Each keystroke asks for this: only what was found is scored, and marks alone are made for all labels.

        :param language: the reader's, whose labels come before those of others that fit as well.
        :param near: take a typed word that begins no word for those that begin so without accents, or nearly so.
        :param allowed: says of rows which of their labels may be suggested.
        """
        spelled = typed_words(typed)
        meant, slips = self._meant(spelled, near=near)
        if not meant:
            return []
        found = np.logical_and.reduce([self._marked(parts) for parts in meant])
        rows = np.flatnonzero(found)
        if allowed:
            rows = rows[allowed(rows)]
        if not len(rows):
            return []
        scores = BEGINS * self._marked(meant[0], first=True)[rows].astype(np.float64)
        for word, parts in zip(spelled, meant, strict=True):
            scores[self._marked(self._whole(word, parts))[rows]] += WHOLE_WORD
        if language in self._languages:
            scores[self._language_of[rows] == self._languages[language]] += OWN_LANGUAGE
        scores += self._weights[rows]
        return self._best(rows, scores, spelled, most, slips=slips)

    def _meant(self, spelled: Sequence[str], *, near: bool) -> tuple[list[Parts], bool]:
        """Return where the words are that each typed word may mean, and whether slips were forgiven.

        Nowhere at all where one of them means none.
        """
        meant: list[Parts] = []
        slips = False
        for word in spelled:
            parts = [part for spelling in _spellings_typed(word) if (part := self._range(spelling))[0] < part[1]]
            if near and not parts:
                parts, slips = self._near(fold_short(word)), True
            if not parts:
                return [], slips
            meant.append(parts)
        return meant, slips

    def _range(self, beginning: str) -> tuple[int, int]:
        """Return from where to where words begin so."""
        start = bisect_left(self._words, beginning)
        return start, bisect_left(self._words, beginning + "\U0010ffff", start)

    def _near(self, word: str) -> Parts:
        """Return where the words are whose beginning is no more than a slip away, the nearest of them."""
        start, end = self._range(word[:SAME_LETTERS])
        if start == end or not ONE_SLIP <= len(word) <= LONGEST_NEAR:
            return []
        alike = self._sieve.passing(word, start, end)
        away = beginning_distances(word, [self._words[at] for at in alike.tolist()])
        nearest = alike[away <= 1]
        nearest = nearest[np.argsort(away[away <= 1], kind="stable")][:MOST_NEAR_WORDS]
        return [(at, at + 1) for at in nearest.tolist()]

    def _marked(self, parts: Parts, *, first: bool = False) -> Mask:
        """Mark the labels with a word of these ranges, or those alone that begin with it."""
        marked = np.zeros(len(self), np.bool_)
        for start, end in parts:
            low, high = self._starts[start], self._starts[end]
            rows = self._rows[low:high]
            marked[rows[self._is_first[low:high]] if first else rows] = True
        return marked

    def _whole(self, word: str, parts: Parts) -> Parts:
        """Return where the words of these ranges are that are no longer than what was typed."""
        return [(start, start + 1) for start, _ in parts if fold_short(self._words[start]) == fold_short(word)]

    def _best(
        self, rows: NDArray[np.int64], scores: NDArray[np.float64], spelled: Sequence[str], most: int, *, slips: bool
    ) -> list[Match]:
        """Return the labels of the highest scores, each key once; of equals, the one that was there first."""
        wanted = 8 * most  # a key may have a label in each language and some synonyms
        if len(rows) > wanted:
            enough = scores >= np.partition(scores, -wanted)[-wanted]
            rows, scores = rows[enough], scores[enough]
        order = np.argsort(-scores, kind="stable")
        typed = fold_short(" ".join(spelled))
        best: dict[str, Match] = {}
        for row, score in zip(rows[order].tolist(), scores[order].tolist(), strict=True):
            label = self._label(row)
            if label.key not in best:
                best[label.key] = Match(label, Fit.NEAR if slips else _fit(label, typed), score)
            if len(best) == most:
                break
        return list(best.values())


def typed_words(typed: str) -> list[str]:
    """Return the first words of what was typed; none while there are too few letters."""
    spelled = list(words(typed)[:MOST_WORDS])
    return spelled if sum(map(len, spelled)) >= SHORTEST_TYPED else []


def best_of(matches: Iterable[Match], most: int) -> list[Match]:
    """Return the best of several lists of matches, each key once."""
    ranked = sorted(matches, key=lambda match: (-match.fit, -match.score))
    found: dict[str, Match] = {}
    for match in ranked:
        found.setdefault(match.label.key, match)
    return list(found.values())[:most]


def _fit(label: Label, typed: str) -> Fit:
    """Return how well a label fits what was typed, its words without accents."""
    text = " ".join(words(label.text))
    return max(
        Fit.WHOLE if spelling == typed else Fit.BEGINS if spelling.startswith(typed) else Fit.WITHIN
        for spelling in {fold_short(text), fold_long(text)}
    )


def _spellings_typed(word: str) -> set[str]:
    """Return the spellings under which a typed word is looked up.

    One that was typed with its accents means no word without them: "åbo" does not begin "about".
    """
    return {word} if word.isascii() else {word.translate(_ONE_ALPHABET), fold_long(word)}


def _folded(places: dict[str, array[int]]) -> dict[str, array[int]]:
    """Return where words are, under every spelling in which they may be typed; each distinct word is folded once."""
    folded: dict[str, array[int]] = {}
    for word, at in places.items():
        spellings = {word} if word.isascii() else {fold_short(word), fold_long(word), word.translate(_ONE_ALPHABET)}
        for spelling in spellings:
            folded.setdefault(spelling, array("q")).extend(at)
    return folded
