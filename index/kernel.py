"""The loops that every search runs, over arrays: weigh, merge, pair, find in a row, choose the best, count.

Knows arrays only. Documents are numbers in ascending order without repetition, unless said otherwise. This is NumPy
alone; `compiled` has the same functions for machines where numba is installed, and gives the same answers bit by bit,
since both add up floats in the order of the clauses. Whoever calls asks `kernel.loops()` for the ones to use.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from index.runs import bounds_of, places_of

Docs = NDArray[np.int64]
Values = NDArray[np.float64]
Places = NDArray[np.int64]
Numbers = NDArray[np.integer[Any]]
Rows = NDArray[np.unsignedinteger[Any]]

# With fewer postings than this share of all documents, sorting them is cheaper than going through the documents.
_SPARSE = 16
# Looking one number up by halves costs as much as walking past so many.
_HALVING = 4
# Of numbers that lie this close together on average, marking each is cheaper than sorting them.
_DENSE = 16
# The best of a block of scores is found without a branch. Smaller blocks leave more maxima to choose from.
_BLOCK = 64
# Rows that are counted at once: their numbers fit into the nearest cache.
_COUNTED_AT_ONCE = 8192


class Placed(NamedTuple):
    """Documents in order, how many times each has a term, and where: all places of one document after the others."""

    docs: Rows
    counts: Rows
    places: Rows


class Postings(NamedTuple):
    """The postings of a term in a field of one segment, as they lie there, and what a posting is worth by BM25.

    :param docs: numbers in the segment, whose first document has the number ``offset`` in all.
    :param norms: for each code of a length what is added to the weight of a term.
    :param codes: the code of the length of each document of the segment; without lengths all have the code 1.
    :param gain: what no weight, however great, can multiply a term's worth by.
    """

    docs: Rows
    weights: Rows
    offset: int
    norms: Values
    codes: NDArray[np.uint8] | None
    gain: float
    idf: float
    boost: float


@dataclass(frozen=True, slots=True)
class Loops:
    """What a kernel can do; see the functions of this module."""

    weigh: Callable[[Sequence[Postings], int], tuple[Docs, Values]]
    worth: Callable[[Sequence[Postings], Docs], tuple[Places, Values]]
    merge: Callable[[Sequence[tuple[Docs, Values]], int], tuple[Docs, Values]]
    pairs: Callable[[Numbers, Numbers], tuple[Places, Places]]
    at_distance: Callable[[Placed, Placed, int], Placed]
    at_least: Callable[[NDArray[Any], int], Places]
    histogram: Callable[[Rows, Numbers, slice, int], Places]


def weigh(postings: Sequence[Postings], size: int) -> tuple[Docs, Values]:
    """Score postings by BM25, and add up what each document scores, in the order of the postings.

    Multiplies and divides in the order in which stock Whoosh does.

    :param size: all documents are below.
    """
    if not postings:
        return np.empty(0, np.int64), np.empty(0)
    counts = [len(one.docs) for one in postings]
    docs = np.concatenate([one.docs for one in postings]).astype(np.int64)
    if any(one.offset for one in postings):
        docs += np.repeat([one.offset for one in postings], counts)
    scores = np.concatenate([one.weights for one in postings]).astype(np.float64)
    norms = np.concatenate([_norms(one) for one in postings])
    norms += scores
    scores *= np.repeat([one.gain for one in postings], counts)
    scores /= norms
    scores *= np.repeat([one.idf for one in postings], counts)
    scores *= np.repeat([one.boost for one in postings], counts)
    return (docs, scores) if len(postings) == 1 else merge([(docs, scores)], size)


def worth(postings: Sequence[Postings], docs: Docs) -> tuple[Places, Values]:
    """Score some documents by the postings of one term: the places of those that have it, and what they score."""
    places, scores = [np.empty(0, np.int64)], [np.empty(0)]
    for one in postings:
        last = int(one.docs[-1]) if len(one.docs) else -1
        start, end = docs.searchsorted((one.offset, one.offset + last + 1)).tolist()
        # In the type of the postings: else NumPy would copy all of them into the other.
        kept, there = pairs(one.docs, (docs[start:end] - one.offset).astype(one.docs.dtype))
        places.append(there + start)
        scores.append(weigh([one._replace(docs=one.docs[kept], weights=one.weights[kept])], 0)[1])
    return np.concatenate(places), np.concatenate(scores)


def _norms(postings: Postings) -> Values:
    if postings.codes is None:
        return np.full(len(postings.docs), postings.norms[1])
    return postings.norms.take(postings.codes.take(postings.docs))


def merge(parts: Sequence[tuple[Docs, Values]], size: int) -> tuple[Docs, Values]:
    """Put documents with their scores together, and add up what each scores, in the order of the parts.

    :param parts: in each of them a document may come again, further on.
    :param size: all documents are below.
    """
    docs, scores = np.concatenate([docs for docs, _ in parts]), np.concatenate([scores for _, scores in parts])
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
    if len(first) and int(max(first[-1], second[-1])) < _DENSE * (len(first) + len(second)):
        return _marked(first, second), _marked(second, first)
    both = np.concatenate((first, second))
    order = both.argsort(kind="stable")
    ordered = both[order]
    twice = np.flatnonzero(ordered[1:] == ordered[:-1])
    return order[twice], order[twice + 1] - len(first)


def _marked(docs: Numbers, others: Numbers) -> Places:
    """Return the places of those documents that are among others."""
    there = np.zeros(int(max(docs[-1], others[-1])) + 1, np.bool_)
    there[others] = True
    return there.take(docs).nonzero()[0]


def at_distance(first: Placed, second: Placed, distance: int) -> Placed:
    """Keep, of where the first is, the places from which the second is just so far, with the documents that are left.

    :param distance: in places; below 0 the second comes before the first.
    """
    left, right = pairs(first.docs, second.docs)
    one, other = _places_in(first, left), _places_in(second, right)
    # A place and the number of its document make one number; so far apart that none reaches into the next document.
    span = 1 + abs(distance) + max((int(places.max()) for _, places in (one, other) if len(places)), default=0)
    kept, _ = pairs(one[0] * span + one[1] + max(distance, 0), other[0] * span + other[1] + max(-distance, 0))
    counts = np.bincount(one[0][kept], minlength=len(left))
    there = counts.nonzero()[0]
    docs, places = first.docs[left[there]], one[1][kept]
    return Placed(docs, counts[there].astype(first.counts.dtype), places.astype(first.places.dtype))


def _places_in(placed: Placed, which: Places) -> tuple[Places, Places]:
    """Return all places in some of the documents: for each which of these it is in, and where."""
    starts, counts = bounds_of(placed.counts)[which], placed.counts[which].astype(np.int64)
    return np.repeat(np.arange(len(which)), counts), placed.places[places_of(starts, counts)].astype(np.int64)


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


PLAIN = Loops(weigh, worth, merge, pairs, at_distance, at_least, histogram)


class _Chosen:
    """The loops in use."""

    def __init__(self) -> None:
        self.loops = PLAIN
        self._started = find_spec("numba") is None
        self._is_fixed = False
        self._turn = threading.Lock()

    def prepare(self) -> None:
        with self._turn:
            started, self._started = self._started, True
        if not started:
            threading.Thread(target=self._compile, name="search kernel", daemon=True).start()

    def use(self, loops: Loops) -> None:
        with self._turn:
            self._started = self._is_fixed = True
            self.loops = loops

    def _compile(self) -> None:
        from index import compiled

        made = compiled.load()
        with self._turn:
            if not self._is_fixed:
                self.loops = made


_chosen = _Chosen()


def prepare() -> None:
    """Let the compiled loops take over as soon as they are there, if numba is installed.

    Compiling takes seconds, the first time longer; until then NumPy answers.
    """
    _chosen.prepare()


def use(loops: Loops) -> None:
    """Use certain loops from now on, as tests and measurements do, and start no thread to compile others."""
    _chosen.use(loops)


def loops() -> Loops:
    """Return the loops to use now."""
    return _chosen.loops
