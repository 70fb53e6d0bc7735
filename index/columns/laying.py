"""How a segment's file is laid out from its parts: fields one after the other, then the dictionary, then documents.

Both who builds a segment from documents and who merges segments end here. Knows arrays, not where they come from.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.columns import layout
from index.columns.files import Array, ArrayFileWriter, narrowed
from index.columns.sorting import stable_order
from index.columns.terms import bounds_of, write_dictionary


@dataclass(frozen=True, slots=True)
class Entries:
    """The terms of a field in alphabetical order: their numbers, and what `layout` says of entries."""

    terms: Array
    documents: NDArray[np.int64]
    occurrences: NDArray[np.int64]
    positions: bool


@dataclass(slots=True)
class Documents:
    """What a segment keeps of each document beside its terms; see `layout`.

    Titles are, by language, bytes end to end and how many of them belong to each document.
    """

    ids: Array
    versions: Array
    published: Array
    original: Array
    languages: Array
    titles: dict[str, tuple[Array, Array]]
    ranks: dict[str, Array]
    subject_counts: Array
    subject_terms: Array
    subject_languages: Array


@dataclass(slots=True)
class SegmentLayer:
    """Lays out one file. Fields come first, in any order, and `finish` last.

    What is given in parts need not be in memory as a whole.
    """

    file: ArrayFileWriter
    _fields: dict[str, Entries] = field(default_factory=dict)
    _scorable: list[str] = field(default_factory=list)
    _facets: list[str] = field(default_factory=list)

    def add_documents(self, name: str, documents: Iterable[Array]) -> None:
        """Write the documents of a field, given in parts, term by term."""
        self.file.add_parts(layout.field_arrays(name).documents, np.dtype("<u4"), documents)

    def add_frequencies(self, name: str, kind: np.dtype[Any], frequencies: Iterable[Array]) -> None:
        """Write how often each document has the term, in the order of the documents."""
        self.file.add_parts(layout.field_arrays(name).frequencies, kind, frequencies)

    def add_positions(self, name: str, kind: np.dtype[Any], positions: Iterable[Array]) -> None:
        """Write where the documents have the terms, in the same order."""
        self.file.add_parts(layout.field_arrays(name).positions, kind, positions)

    def add_entries(self, name: str, entries: Entries) -> None:
        """Say which terms the postings belong to."""
        self._fields[name] = entries

    def add_lengths(self, name: str, lengths: NDArray[np.uint8]) -> None:
        """Write how many terms each document has in the field."""
        self._scorable.append(name)
        self.file.add(layout.field_arrays(name).lengths, lengths)

    def add_codes(self, name: str, counts: Array, codes: Array) -> None:
        """Write how many codes of a facet each document has, and the number of each code among the entries."""
        names = layout.field_arrays(name)
        self._facets.append(name)
        self.file.add(names.bounds, narrowed(bounds_of(counts)))
        self.file.add(names.codes, narrowed(codes))
        self.file.add(names.postings, narrowed(bounds_of(self._fields[name].documents)))

    def finish(self, terms: Sequence[bytes], documents: Documents) -> None:
        """Write the dictionary and the documents; terms that no field has are left out, and the others renumbered."""
        names = sorted(name for name, entries in self._fields.items() if len(entries.terms))
        all_terms = [self._fields[name].terms for name in names]
        used = np.zeros(len(terms), np.bool_)
        for numbers in all_terms:
            used[numbers] = True
        renumbered = np.cumsum(used) - 1
        if not used.all():
            terms = [terms[number] for number in np.flatnonzero(used).tolist()]
        for name in self._facets:
            self._add(layout.field_arrays(name).terms, renumbered[self._fields[name].terms])
        self._write_entries(names, len(terms), renumbered)
        write_dictionary(self.file, terms)
        self._write_documents(documents, renumbered)
        fields = [(name, int(self._fields[name].occurrences.sum()) * (name in self._scorable)) for name in names]
        self.file.finish({"documents": len(documents.ids), "fields": fields})

    def _write_entries(self, names: Sequence[str], term_count: int, renumbered: Array) -> None:
        columns = [self._fields[name] for name in names]
        terms = _joined([renumbered[column.terms] for column in columns])
        order = stable_order(terms.astype(np.uint32))
        sizes = [len(column.terms) for column in columns]
        postings = _joined([bounds_of(column.documents)[:-1] for column in columns])
        positions = _joined([bounds_of(column.occurrences * column.positions)[:-1] for column in columns])
        self._add(layout.TERM_ENTRIES, bounds_of(np.bincount(terms, minlength=term_count)))
        self._add(layout.ENTRY_FIELD, np.repeat(np.arange(len(names)), sizes)[order])
        self._add(layout.ENTRY_DOCUMENTS, _joined([column.documents for column in columns])[order])
        self._add(layout.ENTRY_OCCURRENCES, _joined([column.occurrences for column in columns])[order])
        self._add(layout.ENTRY_POSTINGS, postings[order])
        self._add(layout.ENTRY_POSITIONS, positions[order])

    def _write_documents(self, documents: Documents, renumbered: Array) -> None:
        self.file.add(layout.DOCUMENT_ID, documents.ids.astype("<i8"))
        self.file.add(layout.DOCUMENT_VERSION, documents.versions.astype("<i8"))
        self.file.add(layout.DOCUMENT_PUBLISHED, documents.published.astype("<i4"))
        self._add(layout.DOCUMENT_ORIGINAL, documents.original)
        self._add(layout.DOCUMENT_LANGUAGES, documents.languages)
        for language, titles in documents.titles.items():
            names = layout.title_arrays(language)
            self.file.add(names.bytes, titles[0])
            self._add(names.bounds, bounds_of(titles[1]))
            self._add(names.ranks, documents.ranks[language])
        self._add(layout.SUBJECT_BOUNDS, bounds_of(documents.subject_counts))
        self._add(layout.SUBJECT_TERMS, renumbered[documents.subject_terms])
        self._add(layout.SUBJECT_LANGUAGES, documents.subject_languages)

    def _add(self, name: str, numbers: NDArray[Any]) -> None:
        self.file.add(name, narrowed(numbers))


def _joined(parts: Sequence[NDArray[Any]]) -> NDArray[np.int64]:
    return np.concatenate([*parts, np.empty(0, np.int64)])
