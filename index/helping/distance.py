"""How many slips of the keyboard lie between a word and many others, counted for all of them at once.

Knows letters only. A slip is a letter too many, too few, another one, or two neighbours the wrong way round:
the "optimal string alignment" distance, one row of its table after the other as in Wagner and Fischer (1974).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Letters = NDArray[np.uint32]
Distances = NDArray[np.int16]


def letters(words: Sequence[str], width: int) -> Letters:
    """Return the first `width` letters of each word as a row of code points, zeros after its last."""
    return np.array(words, f"U{width}").view(np.uint32).reshape(len(words), width)


def distances(word: str, others: Sequence[str]) -> Distances:
    """Return how many slips lie between a word and each of the others."""
    if not others:
        return np.empty(0, np.int16)
    ends = np.array([len(other) for other in others])
    table = _last_row(word, letters(others, max(1, int(ends.max()))))
    found: Distances = table[ends, np.arange(len(others))]
    return found


def beginning_distances(word: str, others: Sequence[str]) -> Distances:
    """Return how many slips lie between a word and that beginning of each other word which is nearest to it."""
    if not others:
        return np.empty(0, np.int16)
    found: Distances = _last_row(word, letters(others, len(word) + 2)).min(axis=0)
    return found


def _last_row(word: str, others: Letters) -> Distances:
    """Return how far the word is from each beginning of each of the others: a row for each length, from none on.

    A letter too many makes each entry depend on the one before it; taking the place away from all of them turns
    that into a running minimum, which is one operation. What lies after a word's end is only reached from before.
    """
    others = np.ascontiguousarray(others.T)
    places = np.arange(len(others) + 1, dtype=np.int16)[:, np.newaxis]
    before: Distances = np.empty((0, others.shape[1]), np.int16)
    last = np.repeat(places, others.shape[1], axis=1)
    for row, letter in enumerate(map(ord, word), start=1):
        same = others == letter
        current = last + np.int16(1)
        np.minimum(current[1:], last[:-1] + ~same, out=current[1:])
        if row > 1:
            swapped = same[:-1] & (others[1:] == ord(word[row - 2]))
            np.minimum(current[2:], before[:-2] + np.int16(1), out=current[2:], where=swapped)
        current -= places
        np.minimum.accumulate(current, axis=0, out=current)
        current += places
        before, last = last, current
    return last
