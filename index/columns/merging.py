"""Several segments to one, without their deleted documents: runs of arrays moved to where they belong.

A term's postings in the merged segment are those of the first segment, then those of the second, and so on; within
each the documents are in order already. So every run has its place, and only runs are sorted, no postings. A piece of
some runs at a time, be they of many small fields or of a part of a large one, is moved, filtered and written. Whatever
is read is checked, so that damage cannot spread from a segment to the next.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.columns import layout
from index.columns.files import Array, ArrayFileWriter, new_array_file
from index.columns.laying import NO_ENTRIES, Documents, Entries, Field, lay_out
from index.columns.reading import Columns
from index.columns.sorting import stable_order
from index.columns.titles import Ranked, merged_by_language
from index.documents import LANGUAGES
from index.runs import bounds_of, counts_of, places_of, sums_of

# How many postings to hold in memory at once; each takes some thirty bytes meanwhile.
POSTINGS_AT_ONCE = 4_000_000

Numbers = NDArray[np.int64]


class Part:
    """A segment that is merged: its arrays, and which documents are kept.

    :param deleted: numbers of documents to leave out.
    """

    def __init__(self, columns: Columns, deleted: frozenset[int]) -> None:
        self.columns = columns
        self.kept = np.ones(columns.size, np.bool_)
        self.kept[list(deleted)] = False
        self.size = int(np.count_nonzero(self.kept))
        self.is_whole = not deleted

    @cached_property
    def entries(self) -> Entries:
        """The entries by field and then by term."""
        file = self.columns.file
        fields = file.array(layout.ENTRY_FIELD)
        order = stable_order(fields)
        counts = counts_of(file.array(layout.TERM_ENTRIES))
        return Entries(
            fields[order].astype(np.int64),
            np.repeat(np.arange(len(counts)), counts)[order],
            file.array(layout.ENTRY_DOCUMENTS)[order].astype(np.int64),
            file.array(layout.ENTRY_OCCURRENCES)[order].astype(np.int64),
        )


@dataclass(frozen=True, slots=True)
class _Runs:
    """What is moved: the postings of a term in a field of a part. In their final order: by field, term and part."""

    parts: Numbers
    fields: Numbers
    terms: Numbers
    documents: Numbers
    occurrences: Numbers

    def __getitem__(self, chosen: slice | Array) -> "_Runs":
        return _Runs(*(getattr(self, column)[chosen] for column in self.__slots__))

    def pieces(self) -> Iterator["_Runs"]:
        """Yield runs that go into memory together, one after the other; a longer one goes alone."""
        ends = np.cumsum(self.documents)
        start, done = 0, 0
        while start < len(ends):
            stop = max(int(np.searchsorted(ends, done + POSTINGS_AT_ONCE, side="right")), start + 1)
            yield self[start:stop]
            start, done = stop, int(ends[stop - 1])


def merge(path: Path, parts: Sequence[Part]) -> None:
    """Write the kept documents of some segments as one, part after part. There must be one."""
    terms, numbers = _merged_terms(parts)
    names = sorted({name for part in parts for name in part.columns.fields})
    runs = _all_runs(parts, names, numbers, len(terms))
    with new_array_file(path) as file:
        entries = _PostingsMerge(file, parts, names, runs).write()
        fields = [_field(name, number, parts, runs, entries) for number, name in enumerate(names)]
        lay_out(file, fields, entries, terms, _kept_documents(parts, numbers))


def _merged_terms(parts: Sequence[Part]) -> tuple[list[bytes], list[Numbers]]:
    """Return all terms in order, and for each segment what the numbers of its terms become."""
    lists = [part.columns.dictionary.to_list() for part in parts]
    if len(lists) == 1:
        return lists[0], [np.arange(len(lists[0]))]
    terms = list(dict.fromkeys(sorted(chain.from_iterable(lists))))  # a sort of sorted runs only merges them
    places = {term: place for place, term in enumerate(terms)}
    return terms, [np.fromiter(map(places.__getitem__, of), np.int64, len(of)) for of in lists]


def _all_runs(parts: Sequence[Part], names: Sequence[str], numbers: Sequence[Numbers], term_count: int) -> _Runs:
    places = {name: place for place, name in enumerate(names)}
    columns: list[_Runs] = []
    for number, part in enumerate(parts):
        entries = part.entries
        fields = np.array([places[name] for name in part.columns.fields], np.int64)[entries.fields]
        terms = numbers[number][entries.terms]
        columns.append(
            _Runs(np.full(len(terms), number), fields, terms, entries.documents, entries.occurrences),
        )
    if len(columns) == 1:
        return columns[0]
    joined = _Runs(*(np.concatenate([getattr(of, column) for of in columns]) for column in _Runs.__slots__))
    return joined[stable_order((joined.fields * term_count + joined.terms).astype(np.uint64))]


class _PostingsMerge:
    """Moves the postings: first all documents, then all frequencies, then all positions."""

    def __init__(self, file: ArrayFileWriter, parts: Sequence[Part], names: Sequence[str], runs: _Runs) -> None:
        self._file = file
        self._parts = parts
        self._runs = runs
        self._arrays = [layout.field_arrays(name) for name in names]
        having = [next(part for part in parts if name in part.columns.fields) for name in names]
        with_positions = [part.columns.has_positions(name) for part, name in zip(having, names, strict=True)]
        self._with_positions = np.array(with_positions, np.bool_)
        self._is_whole = all(part.is_whole for part in parts)
        self._masks: list[Array] = []  # which postings are kept, a bit for each, piece by piece

    def write(self) -> Entries:
        """Write everything, and return what is left of the entries."""
        if not len(self._runs.fields):
            return NO_ENTRIES
        documents = np.concatenate([*self._write_documents()])
        occurrences = np.concatenate([*self._write_frequencies()])
        self._write_positions()
        changes = (self._runs.terms[1:] != self._runs.terms[:-1]) | (self._runs.fields[1:] != self._runs.fields[:-1])
        first = np.flatnonzero(np.concatenate(([True], changes)))
        documents, occurrences = np.add.reduceat(documents, first), np.add.reduceat(occurrences, first)
        left = documents > 0
        first = first[left]
        return Entries(self._runs.fields[first], self._runs.terms[first], documents[left], occurrences[left])

    def _write_documents(self) -> Iterator[Numbers]:
        """Write the documents of all runs, and yield how many are kept of each."""
        names = [arrays.documents for arrays in self._arrays]
        source, output = _Source(self._parts, names), _Output(self._file, self._parts, names)
        renumbered = self._renumbered()
        for piece in self._runs.pieces():
            documents = source.moved(piece, piece.documents, lambda part, stretch: renumbered[part][stretch])
            counts = piece.documents
            if not self._is_whole:
                kept = documents >= 0
                self._masks.append(np.packbits(kept))
                documents, counts = documents[kept], sums_of(kept, piece.documents)
            output.append(piece.fields, counts, documents)
            yield counts

    def _write_frequencies(self) -> Iterator[Numbers]:
        """Write the frequencies of all runs, and yield how many occurrences are kept of each."""
        output = _Output(self._file, self._parts, [arrays.frequencies for arrays in self._arrays])
        for piece, frequencies, kept in self._frequencies():
            counts, occurrences = piece.documents, piece.occurrences
            if kept is not None:
                occurrences = sums_of(np.where(kept, frequencies, 0), piece.documents)
                frequencies, counts = frequencies[kept], sums_of(kept, piece.documents)
            output.append(piece.fields, counts, frequencies)
            yield occurrences

    def _write_positions(self) -> None:
        """Write the positions of the runs of fields that have them."""
        names = [arrays.positions for arrays in self._arrays]
        source, output = _Source(self._parts, names), _Output(self._file, self._parts, names)
        for piece, frequencies, kept in self._frequencies():
            having = self._with_positions[piece.fields]
            positions, lengths = source.moved(piece[having], piece.occurrences[having]), piece.occurrences
            if kept is not None:
                lengths = sums_of(np.where(kept, frequencies, 0), piece.documents)
                postings = np.repeat(having, piece.documents)
                positions = positions[np.repeat(kept[postings], frequencies[postings])]
            output.append(piece.fields[having], lengths[having], positions)

    def _frequencies(self) -> Iterator[tuple[_Runs, Array, NDArray[np.bool_] | None]]:
        """Yield each piece with the frequencies of its postings, and which of them are kept; None if all are."""
        source = _Source(self._parts, [arrays.frequencies for arrays in self._arrays])
        for number, piece in enumerate(self._runs.pieces()):
            frequencies = source.moved(piece, piece.documents)
            kept = None
            if not self._is_whole:
                kept = np.unpackbits(self._masks[number], count=len(frequencies)).view(np.bool_)
            yield piece, frequencies, kept

    def _renumbered(self) -> list[Numbers]:
        """Return for each part what the numbers of its documents become; -1 for those that are left out."""
        firsts = bounds_of(np.array([part.size for part in self._parts]))
        return [
            np.where(part.kept, first + np.cumsum(part.kept) - 1, -1)
            for part, first in zip(self._parts, firsts[:-1], strict=True)
        ]


class _Source:
    """Reads one kind of array of all fields of all parts, each from its beginning to its end.

    The runs of a part are neighbours there, too, so each piece reads one stretch of each array.
    """

    def __init__(self, parts: Sequence[Part], names: Sequence[str]) -> None:
        self._parts = parts
        self._names = names
        self._read = [[0] * len(names) for _ in parts]

    def moved(
        self, piece: _Runs, lengths: Numbers, translate: Callable[[int, Array], Array] = lambda _, stretch: stretch
    ) -> Array:
        """Return the runs of a piece, of these lengths, in their order."""
        starts = bounds_of(lengths)
        stretches, moves = [], []
        for number in np.unique(piece.parts).tolist():
            own = piece.parts == number
            stretches.append(translate(number, self._stretch(number, piece.fields[own], lengths[own])))
            moves.append((starts[:-1][own], lengths[own]))
        if len(stretches) <= 1:
            return stretches[0] if stretches else np.empty(0, np.uint32)
        moved = np.empty(starts[-1], np.result_type(*stretches))
        for stretch, (begins, sizes) in zip(stretches, moves, strict=True):
            moved[places_of(begins, sizes)] = stretch
        return moved

    def _stretch(self, number: int, fields: Numbers, lengths: Numbers) -> Array:
        file, read = self._parts[number].columns.file, self._read[number]
        found = []
        for field, size in _by_field(fields, lengths):
            found.append(file.array(self._names[field], read[field], read[field] + size))
            read[field] += size
        return found[0] if len(found) == 1 else np.concatenate(found)


class _Output:
    """Writes one kind of array of all fields."""

    def __init__(self, file: ArrayFileWriter, parts: Sequence[Part], names: Sequence[str]) -> None:
        self._file = file
        self._parts = parts
        self._names = names
        self._field = -1

    def append(self, fields: Numbers, lengths: Numbers, values: Array) -> None:
        """Write runs of these fields and lengths, end to end."""
        done = 0
        for field, size in _by_field(fields, lengths):
            if field != self._field:
                self._field = field
                self._file.begin(self._names[field], self._widest(self._names[field]))
            self._file.append(values[done : done + size])
            done += size

    def _widest(self, name: str) -> np.dtype[Any]:
        files = [part.columns.file for part in self._parts]
        return np.result_type(*(file.kind(name) for file in files if name in file))


def _by_field(fields: Numbers, lengths: Numbers) -> Iterator[tuple[int, int]]:
    """Yield the fields of some runs, each with the length of its runs together."""
    if len(fields):
        first = np.flatnonzero(np.concatenate(([True], fields[1:] != fields[:-1])))
        yield from zip(fields[first].tolist(), np.add.reduceat(lengths, first).tolist(), strict=True)


def _field(name: str, number: int, parts: Sequence[Part], runs: _Runs, entries: Entries) -> Field:
    having = [part for part in parts if name in part.columns.fields]
    arrays, file = layout.field_arrays(name), having[0].columns.file
    return Field(
        name,
        positions=arrays.positions in file,
        lengths=np.concatenate([_lengths(name, part) for part in parts]) if arrays.lengths in file else None,
        codes=_codes(name, number, parts, runs, entries) if arrays.codes in file else None,
    )


def _lengths(name: str, part: Part) -> NDArray[np.uint8]:
    lengths = part.columns.lengths(name)
    return np.zeros(part.size, np.uint8) if lengths is None else lengths[part.kept]


def _codes(name: str, number: int, parts: Sequence[Part], runs: _Runs, entries: Entries) -> tuple[Array, Array]:
    """Return how many codes of a facet each document has, and the numbers that these codes have now."""
    all_counts, all_codes = [], []
    terms = entries.terms[entries.fields == number]
    own = runs.fields == number
    for place, part in enumerate(parts):
        if name not in part.columns.fields:
            all_counts.append(np.zeros(part.size, np.int64))
            continue
        bounds, codes = part.columns.facet_by_document(name)
        counts = counts_of(bounds)
        term_of_code = runs.terms[own & (runs.parts == place)]
        all_counts.append(counts[part.kept])
        all_codes.append(np.searchsorted(terms, term_of_code[codes[np.repeat(part.kept, counts)]]))
    return np.concatenate(all_counts), np.concatenate(all_codes)


def _kept_documents(parts: Sequence[Part], numbers: Sequence[Numbers]) -> Documents:
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
        ranks=merged_by_language({language: [_ranked(part, language) for part in parts] for language in LANGUAGES}),
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


def _kept_subjects(part: Part, numbers: Numbers) -> tuple[Array, Array, Array]:
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
