"""The loops that every search runs, over arrays: merge, pair, choose the best, count.

Knows arrays only. Documents are numbers in ascending order without repetition, unless said otherwise. This is NumPy
alone; `compiled` has the same functions for machines where numba is installed, and gives the same answers bit by bit,
since both add up floats in the order of the clauses. Whoever calls asks `kernel.loops()` for the ones to use.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

Docs = NDArray[np.int64]
Values = NDArray[np.float64]
Places = NDArray[np.int64]
Numbers = NDArray[np.integer[Any]]
Rows = NDArray[np.unsignedinteger[Any]]

# With fewer postings than this share of all documents, sorting them is cheaper than going through the documents.
_SPARSE = 16
# Looking one number up by halves costs as much as walking past so many.
_HALVING = 4
# The best of a block of scores is found without a branch. Smaller blocks leave more maxima to choose from.
_BLOCK = 64
# Rows that are counted at once: their numbers fit into the nearest cache.
_COUNTED_AT_ONCE = 8192


@dataclass(frozen=True, slots=True)
class Loops:
    """What a kernel can do; see the functions of this module."""

    merge: Callable[[Docs, Values, int], tuple[Docs, Values]]
    pairs: Callable[[Numbers, Numbers], tuple[Places, Places]]
    at_least: Callable[[NDArray[Any], int], Places]
    histogram: Callable[[Rows, Numbers, slice, int], Places]


def merge(docs: Docs, scores: Values, size: int) -> tuple[Docs, Values]:
    """Put several ascending runs of documents, end to end, into one, and add up what each document scores.

    :param size: all documents are below.
    """
    if len(docs) * _SPARSE > size:
        there = np.zeros(size, np.bool_)
        there[docs] = True
        found = np.flatnonzero(there)
        return found, _sums(docs, scores, size)[found]
    order = docs.argsort(kind="stable")  # which makes use of the runs, and keeps the order of the clauses
    ordered = docs[order]
    first = np.ones(len(docs), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first], _sums(first.cumsum() - 1, scores[order], 0)


def pairs(first: Numbers, second: Numbers) -> tuple[Places, Places]:
    """Find the documents that are in both: their places in the first, and in the second, in order."""
    if len(first) > len(second):
        right, left = pairs(second, first)
        return left, right
    if len(first) * _HALVING < len(second):
        place = second.searchsorted(first)
        place[place == len(second)] = 0
        there = np.flatnonzero(second[place] == first) if len(second) else place[:0]
        return there, place[there]
    both = np.concatenate((first, second))
    order = both.argsort(kind="stable")
    ordered = both[order]
    twice = np.flatnonzero(ordered[1:] == ordered[:-1])
    return order[twice], order[twice + 1] - len(first)


def at_least(scores: NDArray[Any], count: int) -> Places:
    """Find the places of the `count` highest scores, and of all that equal the last of them, in any order.

    The best of each block are real scores, so the `count`-th of these is reached by at least `count` scores: what
    is lower need not be looked at again.
    """
    if len(scores) <= count:
        return np.arange(len(scores))
    places = None
    blocks = len(scores) // _BLOCK
    if blocks >= count:
        best = scores[: blocks * _BLOCK].reshape(blocks, _BLOCK).max(axis=1)
        best.partition(blocks - count)
        places = np.flatnonzero(scores >= best[blocks - count])
        scores = scores[places]
    last = np.partition(scores, len(scores) - count)[len(scores) - count]
    chosen = np.flatnonzero(scores >= last)
    return chosen if places is None else places[chosen]


def histogram(rows: Rows, wanted: Numbers, columns: slice, size: int) -> Places:
    """Count how often each number below `size` stands in some columns of the wanted rows."""
    counts = np.zeros(size, np.int64)
    for start in range(0, len(wanted), _COUNTED_AT_ONCE):
        some = rows.take(wanted[start : start + _COUNTED_AT_ONCE], axis=0)[:, columns]
        counts += np.bincount(some.ravel(), minlength=size)
    return counts


def _sums(places: Places, values: Values, size: int) -> Values:
    """Add up the values of each place, one after the other."""
    return cast("Values", np.bincount(places, values, size))  # NumPy's stubs know of no weights


PLAIN = Loops(merge, pairs, at_least, histogram)


class _Chosen:
    """The loops in use."""

    def __init__(self) -> None:
        self.loops = PLAIN
        self._started = find_spec("numba") is None
        self._turn = threading.Lock()

    def prepare(self) -> None:
        with self._turn:
            started, self._started = self._started, True
        if not started:
            threading.Thread(target=self._compile, name="search kernel", daemon=True).start()

    def _compile(self) -> None:
        from index import compiled

        self.loops = compiled.load()


_chosen = _Chosen()


def prepare() -> None:
    """Let the compiled loops take over as soon as they are there, if numba is installed.

    Compiling takes seconds, the first time longer; until then NumPy answers.
    """
    _chosen.prepare()


def use(loops: Loops) -> None:
    """Use certain loops from now on, as tests and measurements do."""
    _chosen.loops = loops


def loops() -> Loops:
    """Return the loops to use now."""
    return _chosen.loops
