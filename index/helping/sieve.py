"""Which of many words a typed one may begin but for one slip of the keyboard: a sieve, made once for all of them.

It keeps one byte of each letter, and few letters of a long word. So it lets through a few too many, never one too few;
whoever asks counts the slips of these (``distance``), which takes too long for all words with a first letter.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.helping.distance import letters

WIDTH = 16  # letters

Marks = NDArray[np.bool_]  # a row for each letter of the typed word, a column for each of the others


class Sieve:
    """Words as columns of bytes, so that one letter of thousands of words is compared at a time."""

    def __init__(self, words: Sequence[str]) -> None:
        self._letters = np.ascontiguousarray(letters(words, WIDTH).T.astype(np.uint8))

    def passing(self, word: str, start: int, end: int) -> NDArray[np.int64]:
        """Return those words of a range that have a beginning one slip away from a word, or none.

        What comes before the slip is the same in both, and what comes after it is too, in its place or one beside.
        """
        typed = np.fromiter(map(ord, word[: WIDTH - 1]), np.uint32).astype(np.uint8)[:, np.newaxis]
        others = self._letters[: len(typed) + 1, start:end]
        same, later, sooner = others[:-1] == typed, others[1:] == typed, others[:-2] == typed[1:]
        before, after = _running(same), _running(same[::-1])[::-1]
        another, missing = before[:-1] & after[1:], before & _running(later[::-1])[::-1]
        too_many = before[:-1] & _running(sooner[::-1])[::-1]
        swapped = before[:-2] & sooner & later[:-1] & after[2:]
        found = np.logical_or.reduce(np.concatenate([another, missing, too_many, swapped]))
        return np.flatnonzero(found) + start


def _running(marks: Marks) -> Marks:
    """Return where all of the first rows are marked: none of them, the first, the first two, and so on.

    Row by row: accumulating along an axis takes NumPy several times as long.
    """
    running = np.ones((len(marks) + 1, marks.shape[1]), np.bool_)
    for number, row in enumerate(marks):
        np.logical_and(running[number], row, out=running[number + 1])
    return running
