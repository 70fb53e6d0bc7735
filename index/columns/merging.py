"""Several segments to one, without their deleted documents: runs of arrays moved to where they belong, no sorting.

A term's postings in the merged segment are those of the first segment, then those of the second, and so on; within
each the documents are in order already. So every run has its place, and a part of a field at a time is moved there,
filtered and written. Whatever is read is checked, so that damage cannot spread from a segment to the next.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.columns import layout
from index.columns.files import Array, new_array_file
from index.columns.laying import Documents, Entries, SegmentLayer
from index.columns.reading import Columns
from index.columns.sorting import stable_order
from index.columns.terms import bounds_of, counts_of
from index.columns.titles import Ranked, merged_ranks
from index.documents import LANGUAGES

# How many postings to hold in memory at once; each takes some thirty bytes meanwhile.
POSTINGS_AT_ONCE = 4_000_000


class Part:
    """A segment that is merged: its arrays, and which documents are kept.

    :param deleted: numbers of documents to leave out.
    """

    def __init__(self, columns: Columns, deleted: frozenset[int]) -> None:
        self.columns = columns
        self.kept = np.ones(columns.size, np.bool_)
        self.kept[list(deleted)] = False
        self.is_whole = not deleted

    def entry_array(self, name: str) -> NDArray[np.int64]:
        """Return an array of entries, sorted by field and within a field by term."""
        return self.columns.file.array(name)[self.by_field].astype(np.int64)

    @cached_property
    def by_field(self) -> NDArray[np.int64]:
        """The order of the entries that is by field and then by term."""
        return stable_order(self.columns.file.array(layout.ENTRY_FIELD))

    @cached_property
    def field_bounds(self) -> NDArray[np.int64]:
        """Where the entries of each field begin in that order."""
        fields = self.columns.file.array(layout.ENTRY_FIELD)
        return bounds_of(np.bincount(fields, minlength=len(self.columns.fields)))

    @cached_property
    def terms(self) -> NDArray[np.int64]:
        """The number of the term of each entry, in that order."""
        counts = counts_of(self.columns.file.array(layout.TERM_ENTRIES))
        return np.repeat(np.arange(len(counts)), counts)[self.by_field]

    @cached_property
    def documents(self) -> NDArray[np.int64]:
        """The number of documents of each entry, in that order."""
        return self.entry_array(layout.ENTRY_DOCUMENTS)

    @cached_property
    def occurrences(self) -> NDArray[np.int64]:
        """The number of occurrences of each entry, in that order."""
        return self.entry_array(layout.ENTRY_OCCURRENCES)


@dataclass(frozen=True, slots=True)
class _Runs:
    """The runs of one field that are moved: for each its segment and term, and its length, in their final order."""

    parts: NDArray[np.int64]
    terms: NDArray[np.int64]
    documents: NDArray[np.int64]
    occurrences: NDArray[np.int64]

    def pieces(self) -> Iterator["_Runs"]:
        """Yield runs that go into memory together, one after the other; a longer one goes alone."""
        ends = np.cumsum(self.documents)
        start, done = 0, 0
        while start < len(self.parts):
            stop = max(int(np.searchsorted(ends, done + POSTINGS_AT_ONCE, side="right")), start + 1)
            yield _Runs(*(column[start:stop] for column in self._columns()))
            start, done = stop, int(ends[stop - 1])

    def _columns(self) -> tuple[NDArray[np.int64], ...]:
        return self.parts, self.terms, self.documents, self.occurrences


def merge(path: Path, parts: Sequence[Part]) -> int:
    """Write the kept documents of some segments as one, part after part; return how many there are."""
    terms, numbers = _merged_terms(parts)
    fields = sorted({field for part in parts for field in part.columns.fields})
    with new_array_file(path) as file:
        layer = SegmentLayer(file)
        for field in fields:
            _FieldMerge(layer, field, parts, numbers).write()
        documents = _kept_documents(parts, numbers)
        layer.finish(terms, documents)
    return len(documents.ids)


def _merged_terms(parts: Sequence[Part]) -> tuple[list[bytes], list[NDArray[np.int64]]]:
    """Return all terms in order, and for each segment what the numbers of its terms become."""
    lists = [part.columns.dictionary.to_list() for part in parts]
    if len(lists) == 1:
        return lists[0], [np.arange(len(lists[0]))]
    terms = list(dict.fromkeys(sorted(chain.from_iterable(lists))))  # a sort of sorted runs only merges them
    places = {term: place for place, term in enumerate(terms)}
    return terms, [np.fromiter(map(places.__getitem__, of), np.int64, len(of)) for of in lists]


class _FieldMerge:
    """The merge of one field. Its arrays are written one after the other, so the runs are walked once for each."""

    def __init__(
        self, layer: SegmentLayer, field: str, parts: Sequence[Part], numbers: Sequence[NDArray[np.int64]]
    ) -> None:
        self._layer = layer
        self._field = field
        self._names = layout.field_arrays(field)
        self._parts = parts
        self._having = [part for part in parts if field in part.columns.fields]
        self._runs = self._all_runs(numbers)
        self._is_whole = all(part.is_whole for part in self._having)
        self._masks: list[Array] = []  # which postings are kept, a bit for each, piece by piece
        self._document_counts: list[Array] = []
        self._occurrences: list[Array] = []

    def write(self) -> None:
        """Write the field."""
        file = self._having[0].columns.file
        self._layer.add_documents(self._field, self._documents())
        self._layer.add_frequencies(self._field, self._widest(self._names.frequencies), self._frequencies())
        if self._names.positions in file:
            self._layer.add_positions(self._field, self._widest(self._names.positions), self._positions())
        entries = self._entries(positions=self._names.positions in file)
        self._layer.add_entries(self._field, entries)
        if self._names.lengths in file:
            self._layer.add_lengths(self._field, np.concatenate([*map(self._lengths, self._parts)]))
        if self._names.codes in file:
            self._write_codes(entries)

    def _all_runs(self, numbers: Sequence[NDArray[np.int64]]) -> _Runs:
        columns: list[tuple[Array, ...]] = []
        for place, part in enumerate(self._parts):
            if self._field in part.columns.fields:
                field = part.columns.fields.index(self._field)
                own = slice(*part.field_bounds[field : field + 2])
                terms = numbers[place][part.terms[own]]
                columns.append((np.full(len(terms), place), terms, part.documents[own], part.occurrences[own]))
        joined = [np.concatenate(column) for column in zip(*columns, strict=True)]
        order = stable_order(joined[1].astype(np.uint32)) if len(columns) > 1 else slice(None)
        return _Runs(*(column[order] for column in joined))

    def _documents(self) -> Iterator[Array]:
        renumbered = self._renumbered()
        for piece, move in self._moves(lambda piece: piece.documents):
            documents = move(self._names.documents, lambda place, run: renumbered[place][run])
            if self._is_whole:
                self._document_counts.append(piece.documents)
                yield documents
                continue
            kept = documents >= 0
            self._masks.append(np.packbits(kept))
            self._document_counts.append(np.add.reduceat(kept, bounds_of(piece.documents)[:-1], dtype=np.int64))
            yield documents[kept]

    def _frequencies(self) -> Iterator[Array]:
        masks = iter(self._masks)
        for piece, move in self._moves(lambda piece: piece.documents):
            frequencies = move(self._names.frequencies)
            if self._is_whole:
                self._occurrences.append(piece.occurrences)
                yield frequencies
                continue
            kept = np.unpackbits(next(masks), count=len(frequencies)).view(np.bool_)
            counted = np.where(kept, frequencies, 0)
            self._occurrences.append(np.add.reduceat(counted, bounds_of(piece.documents)[:-1], dtype=np.int64))
            yield frequencies[kept]

    def _positions(self) -> Iterator[Array]:
        masks = iter(self._masks)
        frequencies = (move(self._names.frequencies) for _, move in self._moves(lambda piece: piece.documents))
        for _, move in self._moves(lambda piece: piece.occurrences):
            positions = move(self._names.positions)
            if self._is_whole:
                yield positions
                continue
            counts = next(frequencies)
            kept = np.unpackbits(next(masks), count=len(counts)).view(np.bool_)
            yield positions[np.repeat(kept, counts)]

    def _moves(self, lengths: Callable[[_Runs], NDArray[np.int64]]) -> Iterator[tuple[_Runs, Callable[..., Array]]]:
        """Yield each piece, with a function that puts its runs of an array of the field in their places.

        The runs of one segment are neighbours there, too, so each piece reads one stretch of each segment.
        """
        read = [0] * len(self._parts)
        for piece in self._runs.pieces():
            yield piece, partial(self._moved, piece, lengths(piece), read)

    def _moved(
        self,
        piece: _Runs,
        lengths: NDArray[np.int64],
        read: list[int],
        name: str,
        translate: Callable[[int, Array], Array] = lambda _, run: run,
    ) -> Array:
        starts = bounds_of(lengths)
        values, places = [], []
        for place in np.unique(piece.parts).tolist():
            own = piece.parts == place
            size = int(lengths[own].sum())
            stretch = self._parts[place].columns.file.array(name, read[place], read[place] + size)
            read[place] += size
            values.append(translate(place, stretch))
            begins = bounds_of(lengths[own])[:-1]
            places.append((starts[:-1][own] - begins, lengths[own]))
        if len(values) == 1:
            return values[0]
        moved = np.empty(starts[-1], np.result_type(*values))
        for stretch, (distances, sizes) in zip(values, places, strict=True):
            moved[np.repeat(distances, sizes) + np.arange(len(stretch))] = stretch
        return moved

    def _renumbered(self) -> list[NDArray[np.int64]]:
        """Return for each segment what the numbers of its documents become; -1 for deleted ones."""
        renumbered, first = [], 0
        for part in self._parts:
            renumbered.append(np.where(part.kept, first + np.cumsum(part.kept) - 1, -1))
            first += int(part.kept.sum())
        return renumbered

    def _entries(self, *, positions: bool) -> Entries:
        documents, occurrences = np.concatenate(self._document_counts), np.concatenate(self._occurrences)
        first = np.flatnonzero(np.concatenate(([True], self._runs.terms[1:] != self._runs.terms[:-1])))
        documents, occurrences = np.add.reduceat(documents, first), np.add.reduceat(occurrences, first)
        left = documents > 0
        return Entries(self._runs.terms[first][left], documents[left], occurrences[left], positions)

    def _lengths(self, part: Part) -> NDArray[np.uint8]:
        lengths = part.columns.lengths(self._field)
        return np.zeros(int(part.kept.sum()), np.uint8) if lengths is None else lengths[part.kept]

    def _write_codes(self, entries: Entries) -> None:
        all_counts, all_codes = [], []
        for place, part in enumerate(self._parts):
            if self._field not in part.columns.fields:
                all_counts.append(np.zeros(int(part.kept.sum()), np.int64))
                continue
            bounds, codes = part.columns.facet_by_document(self._field)
            counts = counts_of(bounds)
            own_terms = self._runs_terms(place)
            all_counts.append(counts[part.kept])
            all_codes.append(np.searchsorted(entries.terms, own_terms[codes[np.repeat(part.kept, counts)]]))
        self._layer.add_codes(self._field, np.concatenate(all_counts), np.concatenate(all_codes))

    def _runs_terms(self, place: int) -> NDArray[np.int64]:
        own: NDArray[np.int64] = self._runs.terms[self._runs.parts == place]
        return own

    def _widest(self, name: str) -> np.dtype[Any]:
        return np.result_type(*(part.columns.file.unchecked(name) for part in self._having))


def _kept_documents(parts: Sequence[Part], numbers: Sequence[NDArray[np.int64]]) -> Documents:
    def joined(arrays: Callable[[Columns], Array]) -> Array:
        return np.concatenate([arrays(part.columns)[part.kept] for part in parts])

    subjects = [_kept_subjects(part, of) for part, of in zip(parts, numbers, strict=True)]
    return Documents(
        ids=joined(lambda columns: columns.ids),
        versions=joined(lambda columns: columns.versions),
        published=joined(lambda columns: columns.published),
        original=joined(lambda columns: columns.original),
        languages=joined(lambda columns: columns.languages),
        titles={language: _kept_titles(parts, language) for language in LANGUAGES},
        ranks={language: merged_ranks(language, [_ranked(part, language) for part in parts]) for language in LANGUAGES},
        subject_counts=np.concatenate([counts for counts, _, _ in subjects]),
        subject_terms=np.concatenate([terms for _, terms, _ in subjects]),
        subject_languages=np.concatenate([languages for _, _, languages in subjects]),
    )


def _kept_titles(parts: Sequence[Part], language: str) -> tuple[Array, Array]:
    names = layout.title_arrays(language)
    contents, lengths = [], []
    for part in parts:
        own = counts_of(part.columns.file.array(names.bounds))
        contents.append(part.columns.file.array(names.bytes)[np.repeat(part.kept, own)])
        lengths.append(own[part.kept])
    return np.concatenate(contents), np.concatenate(lengths)


def _kept_subjects(part: Part, numbers: NDArray[np.int64]) -> tuple[Array, Array, Array]:
    file = part.columns.file
    counts = counts_of(file.array(layout.SUBJECT_BOUNDS))
    kept = np.repeat(part.kept, counts)
    terms = numbers[file.array(layout.SUBJECT_TERMS)[kept]]
    return counts[part.kept], terms, file.array(layout.SUBJECT_LANGUAGES)[kept]


def _ranked(part: Part, language: str) -> Ranked:
    documents = np.flatnonzero(part.kept)
    return Ranked(
        part.columns.title_ranks(language)[documents],
        lambda number: part.columns.shown_title(language, int(documents[number])),
    )
