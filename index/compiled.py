"""The loops of `kernel`, compiled by numba. Imported only where it is installed; gives the same answers, bit by bit.

Written as one would in C, because that is what becomes of it: plain numbers, one pass, no arrays in between.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from index import kernel
from index.kernel import Loops, Numbers, Places, Rows

# From here on, a walk through the longer of two arrays costs more than looking the numbers of the shorter up in it.
_HALVING = 16


def load() -> Loops:
    """Compile everything, or read what was compiled before from numba's cache; it takes seconds the first time."""
    kinds = (np.int64, np.int32), (np.uint16, np.uint32)
    for number, row in product(*kinds):
        _histogram(np.zeros((1, 1), row), np.zeros(1, number), 0, 1, 1)
    for kind in (np.int64, np.uint32):
        pairs(np.zeros(1, kind), np.zeros(1, kind))
    for scores in (np.float64, np.int64):
        at_least(np.zeros(2, scores), 1)
    return Loops(kernel.merge, pairs, at_least, histogram)


def pairs(first: Numbers, second: Numbers) -> tuple[Places, Places]:
    """See `kernel.pairs`."""
    if len(first) > len(second):
        right, left = pairs(second, first)
        return left, right
    shared: tuple[Places, Places] = _pairs(first, second, len(first) * _HALVING < len(second))
    return shared


def at_least(scores: NDArray[Any], count: int) -> Places:
    """See `kernel.at_least`."""
    places: Places = _at_least(np.ascontiguousarray(scores), count)
    return places


def histogram(rows: Rows, wanted: Numbers, columns: slice, size: int) -> Places:
    """See `kernel.histogram`."""
    counts: Places = _histogram(rows, wanted, columns.start, columns.stop, size)
    return counts


def _pairs_(first: Any, second: Any, halving: bool) -> Any:
    left, right = np.empty(len(first), np.int64), np.empty(len(first), np.int64)
    found, place, end = 0, 0, len(second)
    for number in range(len(first)):
        wanted = first[number]
        if halving:
            low, high = place, end
            while low < high:
                middle = (low + high) >> 1
                if second[middle] < wanted:
                    low = middle + 1
                else:
                    high = middle
            place = low
        else:
            while place < end and second[place] < wanted:
                place += 1
        if place == end:
            break
        if second[place] == wanted:
            left[found], right[found] = number, place
            found += 1
    return left[:found].copy(), right[:found].copy()


def _at_least_(scores: Any, count: int) -> Any:
    if len(scores) <= count:
        return np.arange(len(scores))
    best = np.sort(scores[:count])  # the lowest of the best stands first
    chosen = np.arange(len(scores))
    found = count
    for place in range(count, len(scores)):
        score = scores[place]
        if score < best[0]:
            continue
        chosen[found] = place
        found += 1
        hole = 0
        while hole + 1 < count and best[hole + 1] < score:
            best[hole] = best[hole + 1]
            hole += 1
        best[hole] = score
    chosen = chosen[:found]  # among them some that were good enough only at first
    return chosen[scores[chosen] >= best[0]]


def _histogram_(rows: Any, wanted: Any, first: int, end: int, size: int) -> Any:
    counts = np.zeros(size, np.int64)
    for document in wanted:
        for column in range(first, end):
            counts[rows[document, column]] += 1
    return counts


def _compile(function: Any) -> Any:
    """Compile, and keep the result for other processes if there is a place for it that one may write to."""
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # "cannot cache function: no locator available"
        return numba.njit(nogil=True)(function)


_pairs, _at_least, _histogram = _compile(_pairs_), _compile(_at_least_), _compile(_histogram_)
