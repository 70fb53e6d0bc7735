"""A segment's file, opened: its terms, postings, documents and facets, all as views into the file.

Knows nothing of deletions and of scores. Checksums are looked at when something is first read, so an object may
turn out damaged long after it was opened; it raises IndexUnavailable then. Safe for any number of threads.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from index.columns import layout
from index.columns.files import Array, ArrayFile, scalars
from index.columns.terms import Dictionary, Strings
from index.documents import LANGUAGES

# Terms whose entries are remembered; a search asks for each of its words in every field.
KNOWN_TERMS = 5000

_OPEN: "WeakValueDictionary[Path, Columns]" = WeakValueDictionary()


class Found(NamedTuple):
    """The postings of a term in a field: documents, how often each has it, and where the positions begin."""

    documents: NDArray[np.uint32]
    frequencies: Array
    positions_from: int
    occurrences: int


def open_columns(path: Path) -> "Columns":
    """Open a segment's file, or share what this process has open of it: it never changes, and is checked once."""
    known = _OPEN.get(path)
    if known is None or not known.file.is_untouched(path):
        known = _OPEN[path] = Columns(path)
    return known


class Columns:
    """The arrays of one segment."""

    def __init__(self, path: Path) -> None:
        self.file = ArrayFile(path)
        self.size: int = self.file.about["documents"]
        self._totals: dict[str, int] = dict(self.file.about["fields"])
        self.fields: tuple[str, ...] = tuple(self._totals)
        self._numbers = {field: number for number, field in enumerate(self.fields)}
        self._known: dict[bytes, Mapping[int, int]] = {}
        self._titles: dict[str, Strings] = {}

    # --- terms ---

    @cached_property
    def dictionary(self) -> Dictionary:
        """The terms of all fields."""
        return Dictionary(self.file)

    def entry(self, field: str, term: bytes) -> int | None:
        """Return the number of the entry of a term in a field; None if no document has it there."""
        number = self._numbers.get(field)
        if number is None:
            return None
        entries = self._known.get(term)
        if entries is None:
            entries = self._entries_of(term)
        return entries.get(number)

    def document_count(self, entry: int) -> int:
        """Return how many documents have the term of an entry."""
        return self._entry_documents[entry]

    def found(self, field: str, entry: int) -> Found:
        """Return the postings of an entry in its field."""
        names = layout.field_arrays(field)
        start = self._entry_postings[entry]
        stop = start + self._entry_documents[entry]
        return Found(
            self.file.array(names.documents, start, stop),
            self.file.array(names.frequencies, start, stop),
            self._entry_positions[entry],
            self._entry_occurrences[entry],
        )

    def has_positions(self, field: str) -> bool:
        """Whether the places of terms in a field are known."""
        return layout.field_arrays(field).positions in self.file

    def positions(self, field: str, found: Found) -> Array:
        """Return where the documents have a term, all positions of one document after those of another."""
        start = found.positions_from
        return self.file.array(layout.field_arrays(field).positions, start, start + found.occurrences)

    def lexicon(self, field: str, terms: range | None = None) -> tuple[NDArray[np.int64], Array]:
        """Return the numbers of the terms of a field, or of those in a range, and how many documents have each."""
        terms = range(len(self.dictionary)) if terms is None else terms
        bounds = self.file.array(layout.TERM_ENTRIES)
        first, end = int(bounds[terms.start]), int(bounds[terms.stop])
        entries = first + np.flatnonzero(self._entry_fields[first:end] == self._numbers.get(field, len(self.fields)))
        # Only their own bounds, and in the type of the entries: else all bounds would be copied into it.
        own = bounds[terms.start : terms.stop + 1].astype(np.int64)
        numbers = terms.start + np.searchsorted(own, entries, side="right") - 1
        return numbers, self.file.array(layout.ENTRY_DOCUMENTS)[entries]

    # --- fields ---

    def total_length(self, field: str) -> int:
        """Return how many terms all documents have in a field."""
        return self._totals.get(field, 0)

    def lengths(self, field: str) -> NDArray[np.uint8] | None:
        """Return how many terms each document has in a field, in Whoosh's code; None for a facet."""
        name = layout.field_arrays(field).lengths
        return self.file.array(name) if name in self.file else None

    def facet_codes(self, field: str) -> list[str]:
        """Return the codes of a facet, in the order of their numbers; none if no document has any."""
        name = layout.field_arrays(field).terms
        numbers = self.file.array(name).tolist() if name in self.file else ()
        return [self.dictionary[number].decode() for number in numbers]

    def facet_by_code(self, field: str) -> tuple[Array, NDArray[np.uint32]]:
        """Return where the documents of each code begin, and the documents, code by code."""
        names = layout.field_arrays(field)
        return self.file.array(names.postings), self.file.array(names.documents)

    def facet_by_document(self, field: str) -> tuple[Array, Array]:
        """Return where the codes of each document begin, and the numbers of the codes, document by document."""
        names = layout.field_arrays(field)
        return self.file.array(names.bounds), self.file.array(names.codes)

    # --- documents ---

    @cached_property
    def ids(self) -> NDArray[np.int64]:
        """The id of each document."""
        return self.file.array(layout.DOCUMENT_ID)

    @cached_property
    def versions(self) -> NDArray[np.int64]:
        """The version of each document."""
        return self.file.array(layout.DOCUMENT_VERSION)

    @cached_property
    def published(self) -> NDArray[np.int32]:
        """The day of publication of each document, as an ordinal."""
        return self.file.array(layout.DOCUMENT_PUBLISHED)

    @cached_property
    def original(self) -> Array:
        """The number of the original language of each document."""
        return self.file.array(layout.DOCUMENT_ORIGINAL)

    @cached_property
    def languages(self) -> Array:
        """For each document a bit for every language that it has a text in."""
        return self.file.array(layout.DOCUMENT_LANGUAGES)

    def titles(self, language: str) -> Strings:
        """Return the title of each document in a language, empty where there is none."""
        if language not in self._titles:
            names = layout.title_arrays(language)
            self._titles[language] = Strings(self.file.array(names.bytes), self.file.array(names.bounds))
        return self._titles[language]

    def shown_title(self, language: str, document: int) -> str:
        """Return a document's title in a language, or in its original language if there is none."""
        title = self.titles(language)[document] or self.titles(LANGUAGES[int(self.original[document])])[document]
        return title.decode()

    def title_ranks(self, language: str) -> Array:
        """Return the place of each document in the order of titles for readers of a language."""
        return self.file.array(layout.title_arrays(language).ranks)

    def subject(self, document: int) -> Iterator[tuple[int, bytes]]:
        """Yield the distinct terms of title and summary of a document, each with the number of its language."""
        start, stop = (int(bound) for bound in self.file.array(layout.SUBJECT_BOUNDS)[document : document + 2])
        terms = self.file.array(layout.SUBJECT_TERMS, start, stop)
        languages = self.file.array(layout.SUBJECT_LANGUAGES, start, stop)
        for language, term in zip(languages.tolist(), terms.tolist(), strict=True):
            yield language, self.dictionary[term]

    # --- entries ---

    @cached_property
    def _entry_fields(self) -> Array:
        return self.file.array(layout.ENTRY_FIELD)

    @cached_property
    def _entry_documents(self) -> memoryview:
        return scalars(self.file.array(layout.ENTRY_DOCUMENTS))

    @cached_property
    def _entry_occurrences(self) -> memoryview:
        return scalars(self.file.array(layout.ENTRY_OCCURRENCES))

    @cached_property
    def _entry_postings(self) -> memoryview:
        return scalars(self.file.array(layout.ENTRY_POSTINGS))

    @cached_property
    def _entry_positions(self) -> memoryview:
        return scalars(self.file.array(layout.ENTRY_POSITIONS))

    @cached_property
    def _term_entries(self) -> memoryview:
        return scalars(self.file.array(layout.TERM_ENTRIES))

    def _entries_of(self, term: bytes) -> Mapping[int, int]:
        """Find the fields that have a term, each with the number of the entry; also that there are none."""
        number = self.dictionary.find(term)
        entries: dict[int, int] = {}
        if number is not None:
            first, end = self._term_entries[number], self._term_entries[number + 1]
            entries = dict(zip(self._entry_fields[first:end].tolist(), range(first, end), strict=True))
        if len(self._known) >= KNOWN_TERMS:
            self._known.clear()
        self._known[term] = entries
        return entries
