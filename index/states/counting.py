"""How many of some documents have each code of each facet: one pass over a table with a few numbers a document.

Most documents have one to three codes of a facet. Two codes of one facet that go together are one number of the
table, so that a document of twelve codes takes six or eight of its columns, and one histogram over the rows of the
documents in question counts all facets. What few documents have, the fifth theme of a record, is kept apart and not
in a column of which most is empty. A table belongs to a segment and never changes. Knows numbers, not codes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.kernel import Docs, Places, Rows, loops

# Of the documents: if fewer have something for a column, it does not get one.
_FULL_ENOUGH = 0.15
# Numbers of a column. More of them no longer fit into the nearest cache, and turning them into codes costs more.
_MOST_PAIRS = 4096
# Tables of this size can say which pairs there are; larger ones would cost more than sorting.
_MOST_POSSIBLE_PAIRS = 2**20


@dataclass(frozen=True, slots=True)
class _Column:
    """One number for each document, and the two codes for which each number stands; `none` stands for no code."""

    numbers: NDArray[np.int64]
    codes: NDArray[np.int64]


class CodeTable:
    """The codes of the documents of a segment, by numbers that run through all facets."""

    def __init__(self, size: int, facets: Sequence[Sequence[Docs]]) -> None:
        """Arrange the documents of each code of each facet, in a segment of `size` documents."""
        self._ends = np.cumsum([len(lists) for lists in facets], dtype=np.int64)
        self.codes = int(self._ends[-1]) if len(facets) else 0
        columns: list[_Column] = []
        self._columns: list[slice] = []
        rest: list[tuple[Docs, Places]] = []
        first = 0
        for lists in facets:
            filled = _Filled(size, lists, first, self.codes)
            self._columns.append(slice(len(columns), len(columns) + len(filled.columns)))
            columns += filled.columns
            rest.append(filled.rest)
            first += len(lists)
        self._rows, self._pairs = _stack(size, columns, self.codes)
        self._of_code, self._starts, self._counted = _by_code(self._pairs, self.codes)
        self._rest_row, self._rest = _rest_rows(size, rest, self.codes)
        self._all_rest = slice(0, self._rest.shape[1])

    @property
    def bytes(self) -> int:
        """The size in memory."""
        return sum(array.nbytes for array in (self._rows, self._pairs, self._of_code, self._rest_row, self._rest))

    def count(self, docs: Docs, facet: int | None = None) -> Places:
        """Count the documents that have each code, of all facets or at least of one."""
        if not len(docs) or not self.codes:
            return np.zeros(self.codes, np.int64)
        columns = slice(0, self._rows.shape[1]) if facet is None else self._columns[facet]
        few = len(docs) * (columns.stop - columns.start) < len(self._pairs)
        counts = self._count_few(docs, columns) if few else self._count_many(docs, columns)
        if len(self._rest) > 1:
            kept_apart = self._rest_row.take(docs)
            kept_apart = kept_apart[kept_apart > 0]
            if len(kept_apart):
                counts += loops().histogram(self._rest, kept_apart, self._all_rest, self.codes + 1)[:-1]
        return counts

    def codes_of(self, doc: int) -> Places:
        """Return the codes of a document, in order."""
        codes = np.concatenate((self._pairs[self._rows[doc]].ravel(), self._rest[self._rest_row[doc]]))
        return np.sort(codes[codes < self.codes])

    def _count_few(self, docs: Docs, columns: slice) -> Places:
        """Turn each number of some documents into its codes, and count those."""
        codes = self._pairs.take(self._rows.take(docs, axis=0)[:, columns], axis=0)
        return np.bincount(codes.ravel(), minlength=self.codes + 1)[:-1]

    def _count_many(self, docs: Docs, columns: slice) -> Places:
        """Count the numbers of many documents, and turn the counts of numbers into those of codes."""
        numbers = loops().histogram(self._rows, docs, columns, len(self._pairs))
        counts = np.zeros(self.codes, np.int64)
        if len(self._starts):
            counts[self._counted] = np.add.reduceat(numbers[self._of_code], self._starts)
        return counts


class _Filled:
    """The columns of one facet."""

    def __init__(self, size: int, lists: Sequence[Docs], first: int, none: int) -> None:
        self._size, self._none = size, none
        slots = _slots(size, lists)
        order = slots.argsort(kind="stable")
        self._ends = np.bincount(slots).cumsum()
        self._docs = np.concatenate([*lists, np.empty(0, np.int64)])[order]
        self._codes = np.repeat(np.arange(first, first + len(lists)), [len(docs) for docs in lists])[order]
        self.columns = list(self._fill())
        left = self._end(self._used - 1)
        self.rest = self._docs[left:], self._codes[left:]

    def _fill(self) -> Iterator[_Column]:
        """Make a column of each two slots as long as enough documents have something in the first."""
        self._used = 0
        while self._end(self._used) - self._end(self._used - 1) > _FULL_ENOUGH * self._size:
            one, other = self._slot(self._used), self._slot(self._used + 1)
            column = _paired(one, other)
            if len(column.codes) <= _MOST_PAIRS:
                self._used += 2
                yield column
            else:
                self._used += 1
                yield _paired(one, np.full_like(one, self._none))

    def _slot(self, slot: int) -> NDArray[np.int64]:
        codes = np.full(self._size, self._none)
        own = slice(self._end(slot - 1), self._end(slot))
        codes[self._docs[own]] = self._codes[own]
        return codes

    def _end(self, slot: int) -> int:
        """Return how many entries there are up to a slot and with it."""
        return int(self._ends[min(slot, len(self._ends) - 1)]) if slot >= 0 and len(self._ends) else 0


def _slots(size: int, lists: Sequence[Docs]) -> NDArray[np.uint16]:
    """Return, for each document of each code, how many codes before have the document too."""
    had = np.zeros(size, np.uint16)  # as numbers this small are sorted by counting them
    slots = [np.empty(0, np.uint16)]
    for docs in lists:
        before = had[docs]
        slots.append(before)
        had[docs] = before + 1
    return np.concatenate(slots)


def _paired(one: NDArray[np.int64], other: NDArray[np.int64]) -> _Column:
    """Number the pairs that there are."""
    low, high = int(min(one.min(), other.min())), int(max(one.max(), other.max())) + 1
    span = high - low
    keys = (one - low) * span + (other - low)
    if span * span <= _MOST_POSSIBLE_PAIRS:
        there = np.zeros(span * span, np.bool_)
        there[keys] = True
        known = np.flatnonzero(there)
        numbers = (there.cumsum() - 1)[keys]
    else:
        known, numbers = np.unique(keys, return_inverse=True)
    return _Column(numbers, np.stack((known // span + low, known % span + low), axis=1))


def _stack(size: int, columns: Sequence[_Column], none: int) -> tuple[Rows, NDArray[np.int64]]:
    """Put columns side by side, with numbers that run through all of them."""
    pairs = np.concatenate([*(column.codes for column in columns), np.empty((0, 2), np.int64)])
    kind = np.uint16 if len(pairs) <= 2**16 else np.uint32
    rows: Rows = np.empty((size, len(columns)), kind)
    first = 0
    for place, column in enumerate(columns):
        rows[:, place] = column.numbers + first
        first += len(column.codes)
    return rows, np.minimum(pairs, none)


def _by_code(pairs: NDArray[np.int64], none: int) -> tuple[Places, Places, Places]:
    """Turn the table of pairs around: the numbers in which a code is, end to end; where each begins; the codes."""
    codes = pairs.T.ravel()
    order = codes.argsort(kind="stable")
    order = order[: np.count_nonzero(codes < none)]
    counted, starts = np.unique(codes[order], return_index=True)
    return order % max(1, len(pairs)), starts, counted


def _rest_rows(
    size: int, rest: Sequence[tuple[Docs, Places]], none: int
) -> tuple[NDArray[np.signedinteger[Any]], Rows]:
    """Give each document that has more codes than columns a row of them; the first row is for all others."""
    docs = np.concatenate([np.empty(0, np.int64), *(docs for docs, _ in rest)])
    codes = np.concatenate([np.empty(0, np.int64), *(codes for _, codes in rest)])
    order = docs.argsort(kind="stable")
    docs, codes = docs[order], codes[order]
    owners, starts, lengths = np.unique(docs, return_index=True, return_counts=True)
    row_of = np.zeros(size, np.int32)
    row_of[owners] = np.arange(1, len(owners) + 1)
    rows = np.full((len(owners) + 1, int(lengths.max(initial=0))), none, np.min_scalar_type(none))
    rows[row_of[docs], np.arange(len(docs)) - np.repeat(starts, lengths)] = codes
    return row_of, rows
