"""Facets as arrays: which documents have which code; filters and counts by arithmetic, not by reading.

Knows codes and document numbers only. A segment's are arranged once; a snapshot puts those of its segments together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from index.kernel import Docs, Places, Values
from index.states.counting import CodeTable
from index.states.memory import Memory

Mask = NDArray[np.bool_]
Filters = Mapping[str, Sequence[str]]


class SegmentFacets(Mapping[str, Mapping[str, Docs]]):
    """The facets of one segment by name: for each code the documents that have it, in order."""

    def __init__(self, size: int, facets: Mapping[str, Mapping[str, Docs]]) -> None:
        """Take the codes of a segment of `size` documents."""
        self.size = size
        self._facets = facets
        self._order = {name: place for place, name in enumerate(facets)}

    @cached_property
    def table(self) -> CodeTable:
        """The same for counting, made when it is first needed; codes are in the order of the mappings."""
        return CodeTable(self.size, [list(codes.values()) for codes in self._facets.values()])

    def count(self, docs: Docs, name: str | None) -> Places:
        """Count the documents that have each code, in the order of the mappings; of one facet, or of all."""
        return self.table.count(docs, None if name is None else self._order[name])

    def __getitem__(self, name: str) -> Mapping[str, Docs]:
        return self._facets[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facets)

    def __len__(self) -> int:
        return len(self._facets)


@dataclass(frozen=True, slots=True)
class _Part:
    """A segment in a snapshot. `places` says which number each of its codes has among those of all segments."""

    offset: int
    facets: SegmentFacets
    places: Places


class Facet:
    """One facet of a snapshot: its codes, and for each the documents that have it, deleted ones too."""

    def __init__(self, codes: Sequence[str], parts: Sequence[tuple[int, Mapping[str, Docs]]]) -> None:
        """Name all codes, and for each segment the number of its first document and its codes."""
        self.codes = tuple(codes)
        self._parts = parts

    def documents(self) -> Iterator[tuple[str, Docs]]:
        """Return each code with the documents that have it."""
        return ((code, self.having(code)) for code in self.codes)

    def having(self, code: str) -> Docs:
        """Return the documents that have a code, in order."""
        found = [codes[code] + offset for offset, codes in self._parts if code in codes]
        return np.concatenate([*found, np.empty(0, np.int64)]) if len(found) != 1 else found[0]

    def having_any(self, codes: Iterable[str], size: int) -> Mask:
        """Mark, of `size` documents, those that have at least one of the codes."""
        mask = np.zeros(size, np.bool_)
        for code in codes:
            mask[self.having(code)] = True
        return mask

    def having_all(self, codes: Iterable[str], size: int) -> Mask:
        """Mark, of `size` documents, those that have every one of the codes."""
        mask = np.ones(size, np.bool_)
        for code in codes:
            mask &= self.having_any((code,), size)
        return mask


class Facets(Mapping[str, Facet]):
    """All facets of a snapshot by name, and how many documents have each code of them."""

    def __init__(self, names: Iterable[str], parts: Iterable[tuple[int, SegmentFacets]], live: Mask) -> None:
        """Put segments together, each given with the number of its first document.

        :param live: marks the documents that are not deleted; only these are ever counted.
        """
        segments = list(parts)
        self._live = live
        self.size = len(live)
        self._facets = {
            name: Facet(
                sorted(set().union(*(facets[name] for _, facets in segments))),
                [(offset, facets[name]) for offset, facets in segments],
            )
            for name in names
        }
        self._pairs = [(name, code) for name, facet in self._facets.items() for code in facet.codes]
        self._codes = np.array([code for _, code in self._pairs], object)
        sizes = accumulate(len(facet.codes) for facet in self._facets.values())
        self._ends = dict(zip(self._facets, sizes, strict=True))
        numbers = {pair: number for number, pair in enumerate(self._pairs)}
        self._parts = [_Part(offset, facets, _places(facets, numbers)) for offset, facets in segments]

    def __getitem__(self, name: str) -> Facet:
        return self._facets[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facets)

    def __len__(self) -> int:
        return len(self._facets)

    def counts(self, docs: Docs, name: str | None = None) -> Places:
        """Count, of some live documents in order, those that have each code: of all facets, or at least of one.

        The numbers are for `named`. What most documents have is quicker counted by those that are left out.
        """
        if len(docs) * 2 <= self._live_count:
            return self._count(docs, name)
        if len(docs) == self._live_count:
            return self._counts_of_all
        left_out = self._live.copy()
        left_out[docs] = False
        return self._counts_of_all - self._count(np.flatnonzero(left_out), name)

    def named(self, counts: Places) -> dict[str, dict[str, int]]:
        """Return counts by facet and code; codes that no document has are left out."""
        there = counts.nonzero()[0]
        codes, numbers = self._codes[there].tolist(), counts[there].tolist()
        ends = there.searchsorted([*self._ends.values()]).tolist()
        return {
            name: dict(zip(codes[start:end], numbers[start:end], strict=True))
            for name, start, end in zip(self._facets, [0, *ends], ends, strict=False)
        }

    def slice_of(self, name: str) -> slice:
        """Return where, among the counts, those of a facet stand."""
        end = self._ends[name]
        return slice(end - len(self._facets[name].codes), end)

    def codes_of(self, doc: int) -> Iterator[tuple[str, str]]:
        """Return the facets and codes of one document."""
        part = [part for part in self._parts if part.offset <= doc][-1]
        for number in part.places[part.facets.table.codes_of(doc - part.offset)].tolist():
            yield self._pairs[number]

    def _count(self, docs: Docs, name: str | None) -> Places:
        counts = np.zeros(len(self._pairs), np.int64)
        for part in self._parts:
            own = docs
            if len(self._parts) > 1:
                start, end = docs.searchsorted((part.offset, part.offset + part.facets.size))
                own = docs[start:end] - part.offset
            if len(own):
                counts[part.places] += part.facets.count(own, name)
        return counts

    @cached_property
    def _live_count(self) -> int:
        return int(np.count_nonzero(self._live))

    @cached_property
    def _counts_of_all(self) -> Places:
        return self._count(np.flatnonzero(self._live), None)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Documents, and what the filters of a search leave of them.

    :param places: where, among the documents, those are that pass all filters; None where there are no filters.
    :param passed: by facet that has a filter, marks the documents that pass it.
    """

    all_docs: Docs
    docs: Docs
    places: Places | None
    passed: Mapping[str, Mask]

    def left(self, scores: Values) -> Values:
        """Return, of the scores of all documents, those of the documents that pass all filters."""
        return scores if self.places is None else scores.take(self.places)

    def but_for(self, name: str) -> Docs:
        """Return the documents that pass the filters of all facets but one."""
        others = [mask for filtered, mask in self.passed.items() if filtered != name]
        return self.all_docs[np.logical_and.reduce(others)] if others else self.all_docs


def narrow(facets: Facets, filters: Filters, together: Collection[str], docs: Docs, memory: Memory) -> Narrowed:
    """Apply filters to some live documents in order. A filter without codes filters nothing.

    A facet in `together` asks for all of its codes, any other for any of them.
    """
    asked = {name: tuple(codes) for name, codes in filters.items() if codes}
    if not asked:
        return Narrowed(docs, docs, None, {})
    masks = {name: _mask(facets, name, codes, name in together, memory) for name, codes in asked.items()}
    passed = {name: mask if len(docs) == len(mask) else mask.take(docs) for name, mask in masks.items()}
    places = np.logical_and.reduce([*passed.values()]).nonzero()[0]
    return Narrowed(docs, docs.take(places), places, passed)


def count_codes(facets: Facets, narrowed: Narrowed, together: Collection[str]) -> dict[str, dict[str, int]]:
    """Count every facet without its own filter.

    A facet in `together` is counted among what is left: each of its counts says how many would remain if that code
    were asked for too.
    """
    counts = facets.counts(narrowed.docs)
    own_left_out = [name for name in narrowed.passed if name not in together]
    if own_left_out:
        counts = counts.copy()
    for name in own_left_out:
        own = facets.slice_of(name)
        counts[own] = facets.counts(narrowed.but_for(name), name)[own]
    return facets.named(counts)


def _mask(facets: Facets, name: str, codes: tuple[str, ...], every: bool, memory: Memory) -> Mask:
    key = ("filter", name, codes, every)
    mask: Mask | None = memory.get(key)
    if mask is None:
        facet, size = facets[name], facets.size
        mask = facet.having_all(codes, size) if every else facet.having_any(codes, size)
        memory.put(key, mask, mask.nbytes)
    return mask


def _places(facets: SegmentFacets, numbers: Mapping[tuple[str, str], int]) -> Places:
    return np.array([numbers[name, code] for name, codes in facets.items() for code in codes], np.int64)
