"""The loops of `kernel`, compiled by numba. Imported only where it is installed; gives the same answers, bit by bit.

Written as one would in C, because that is what becomes of it: plain numbers, one pass, no arrays in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from index import kernel
from index.kernel import Docs, Loops, Numbers, Placed, Places, Postings, Rows, Values

# From here on, a walk through the longer of two arrays costs more than looking the numbers of the shorter up in it.
_HALVING = 16
# With fewer postings than this share of all documents, going through the documents costs more than sorting them.
_SPARSE = 32

_NO_CODES = np.zeros(0, np.uint8)


def load() -> Loops:
    """Compile everything, or read what was compiled before from numba's cache; it takes seconds the first time."""
    kinds = (np.int64, np.int32), (np.uint8, np.uint16, np.uint32)
    for number, row in product(*kinds):
        _histogram(np.zeros((1, 1), row), np.zeros(1, number), 0, 1, 1)
    for one, other in product(map(_mapped, (np.uint32, np.int64)), repeat=2):
        pairs(one, other)
    docs = _mapped(np.uint32)
    for counts, places in product(map(_mapped, (np.uint8, np.uint16, np.uint32)), repeat=2):
        at_distance(Placed(docs, counts, places), Placed(docs, counts, places), 1)
        one = Postings(docs, counts, 0, np.ones(2), None, 1.0, 1.0, 1.0)
        weigh([one, one], 1)
        worth([one], np.zeros(1, np.int64))
    merge([(np.zeros(1, np.int64), np.zeros(1))], 1)
    for scores in (np.float64, np.int64):
        at_least(np.zeros(2, scores), 1)
    return Loops(weigh, worth, merge, pairs, at_distance, at_least, histogram)


def weigh(postings: Sequence[Postings], size: int) -> tuple[Docs, Values]:
    """See `kernel.weigh`."""
    if len(postings) < 2 or sum([len(one.docs) for one in postings]) * _SPARSE < size:
        return kernel.weigh(postings, size)
    sums, there = np.zeros(size), np.zeros(size, np.bool_)
    for one in postings:
        _weigh_all(*_flat(one), sums, there)
    return _those(there, sums)


def worth(postings: Sequence[Postings], docs: Docs) -> tuple[Places, Values]:
    """See `kernel.worth`."""
    scores, there = np.zeros(len(docs)), np.zeros(len(docs), np.bool_)
    for one in postings:
        _worth_of(*_flat(one), docs, scores, there)
    return _those(there, scores)


def merge(parts: Sequence[tuple[Docs, Values]], size: int) -> tuple[Docs, Values]:
    """See `kernel.merge`."""
    if sum([len(docs) for docs, _ in parts]) * _SPARSE < size:
        return kernel.merge(parts, size)
    sums, there = np.zeros(size), np.zeros(size, np.bool_)
    for docs, scores in parts:
        _add(docs, scores, sums, there)
    return _those(there, sums)


def at_distance(first: Placed, second: Placed, distance: int) -> Placed:
    """See `kernel.at_distance`."""
    return Placed(*_at_distance(*map(_sealed, (*first, *second)), distance))


def pairs(first: Numbers, second: Numbers) -> tuple[Places, Places]:
    """See `kernel.pairs`."""
    if len(first) > len(second):
        right, left = pairs(second, first)
        return left, right
    shared: tuple[Places, Places] = _pairs(_sealed(first), _sealed(second), len(first) * _HALVING < len(second))
    return shared


def at_least(scores: NDArray[Any], count: int) -> Places:
    """See `kernel.at_least`."""
    places: Places = _at_least(np.ascontiguousarray(scores), count)
    return places


def histogram(rows: Rows, wanted: Numbers, columns: slice, size: int) -> Places:
    """See `kernel.histogram`."""
    counts: Places = _histogram(rows, wanted, columns.start, columns.stop, size)
    return counts


def _those(there: NDArray[np.bool_], values: Values) -> tuple[Places, Values]:
    places = there.nonzero()[0]
    return places, values.take(places)


def _mapped(kind: type) -> Any:
    """Return an array as it lies in the file, where nobody may write: for numba that is a kind of its own."""
    return _sealed(np.zeros(1, kind))


def _sealed(array: Any) -> Any:
    if array.flags.writeable:
        array = array.view()
        array.flags.writeable = False
    return array


def _flat(one: Postings) -> tuple[Any, ...]:
    docs, weights, codes = map(_sealed, (one.docs, one.weights, _NO_CODES if one.codes is None else one.codes))
    return docs, weights, one.offset, one.norms, codes, one.codes is not None, one.gain, one.idf, one.boost


def _weigh_all_(
    docs: Any,
    weights: Any,
    offset: int,
    norms: Any,
    codes: Any,
    has_codes: bool,
    gain: float,
    idf: float,
    boost: float,
    sums: Any,
    there: Any,
) -> None:
    for number in range(len(docs)):
        doc, weight = docs[number], float(weights[number])
        norm = norms[codes[doc]] if has_codes else norms[1]
        place = offset + doc
        sums[place] += weight * gain / (weight + norm) * idf * boost
        there[place] = True


def _worth_of_(
    docs: Any,
    weights: Any,
    offset: int,
    norms: Any,
    codes: Any,
    has_codes: bool,
    gain: float,
    idf: float,
    boost: float,
    wanted: Any,
    scores: Any,
    there: Any,
) -> None:
    low = 0
    for number in range(len(wanted)):
        doc = wanted[number] - offset
        high = len(docs)
        while low < high:
            middle = (low + high) >> 1
            if np.int64(docs[middle]) < doc:
                low = middle + 1
            else:
                high = middle
        if low < len(docs) and np.int64(docs[low]) == doc:
            weight = float(weights[low])
            norm = norms[codes[doc]] if has_codes else norms[1]
            scores[number] = weight * gain / (weight + norm) * idf * boost
            there[number] = True


def _add_(docs: Any, scores: Any, sums: Any, there: Any) -> None:
    for number in range(len(docs)):
        sums[docs[number]] += scores[number]
        there[docs[number]] = True


def _at_distance_(
    first_docs: Any,
    first_counts: Any,
    first_places: Any,
    second_docs: Any,
    second_counts: Any,
    second_places: Any,
    distance: int,
) -> Any:
    docs, counts = np.empty_like(first_docs), np.empty_like(first_counts)
    places = np.empty_like(first_places)
    found, kept = 0, 0
    other, theirs = 0, 0  # the next document of the second, and where its places begin
    start = 0
    for one in range(len(first_docs)):
        end = start + first_counts[one]
        while other < len(second_docs) and second_docs[other] < first_docs[one]:
            theirs += second_counts[other]
            other += 1
        if other == len(second_docs):
            break
        if second_docs[other] == first_docs[one]:
            before, place, last = kept, theirs, theirs + second_counts[other]
            for mine in range(start, end):
                wanted = np.int64(first_places[mine]) + distance
                while place < last and np.int64(second_places[place]) < wanted:
                    place += 1
                if place < last and np.int64(second_places[place]) == wanted:
                    places[kept] = first_places[mine]
                    kept += 1
            if kept > before:
                docs[found], counts[found] = first_docs[one], kept - before
                found += 1
        start = end
    return docs[:found].copy(), counts[:found].copy(), places[:kept].copy()


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


_weigh_all, _worth_of, _add = _compile(_weigh_all_), _compile(_worth_of_), _compile(_add_)
_at_distance = _compile(_at_distance_)
_pairs, _at_least, _histogram = _compile(_pairs_), _compile(_at_least_), _compile(_histogram_)
