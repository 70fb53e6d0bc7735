"""Many documents to one segment: terms become numbers as they come in, and arrays are sorted once in the end.

Knows what the terms of a document are from its caller. Holds a segment's worth of tokens in memory, four bytes each;
`is_full` says when that is enough.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.columns import layout
from index.columns.codec import Record
from index.columns.encoding import length_codes
from index.columns.files import Array, ArrayFileWriter, narrowed, new_array_file, smallest_type
from index.columns.laying import NO_ENTRIES, Documents, Entries, Field, lay_out
from index.columns.sorting import stable_order
from index.columns.terms import bounds_of, joined
from index.columns.titles import ranks_of
from index.documents import LANGUAGES, Document

# About 400 MB with what sorting them needs, and as much for distinct words if texts are noise.
MOST_TOKENS = 24_000_000
MOST_WORDS = 3_000_000
SORTED_AT_ONCE = 4_000_000

Reading = Callable[[str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class FieldKind:
    """What is kept of a field beside which document has which term how often."""

    positions: bool
    lengths: bool
    codes: bool


class _Numbers(dict[str, tuple[int, ...]]):
    """The numbers of the terms of each word, by one reading. A word that is new is read, and its terms numbered."""

    def __init__(self, read: Reading, terms: dict[str, int]) -> None:
        super().__init__()
        self._read = read
        self._terms = terms

    def __missing__(self, word: str) -> tuple[int, ...]:
        terms = self._terms
        numbers = self[word] = tuple([terms.setdefault(term, len(terms)) for term in self._read(word)])
        return numbers


@dataclass(slots=True)
class _Tokens:
    """The terms of one field, document after document; documents without any are left out."""

    numbers: "array[int]" = field(default_factory=lambda: array("I"))
    documents: "array[int]" = field(default_factory=lambda: array("I"))
    counts: "array[int]" = field(default_factory=lambda: array("I"))


@dataclass(frozen=True, slots=True)
class _Postings:
    """Some fields turned round: for each term of each its documents, how often, and where.

    :param bounds: where the documents and the positions of each field begin, and end.
    """

    entries: Entries
    documents: Array
    frequencies: Array
    positions: Array
    bounds: list[tuple[int, int]]


class SegmentBuilder:
    """Collects documents, then writes them as a segment.

    :param kinds: the kind of each field.
    :param readings: how a word becomes terms; each distinct word is read once for all documents.
    """

    def __init__(self, kinds: Mapping[str, FieldKind], readings: Mapping[str, Reading]) -> None:
        self._kinds = kinds
        self._terms: dict[str, int] = {}
        self._readings = {name: _Numbers(read, self._terms) for name, read in readings.items()}
        self._fields: dict[str, _Tokens] = {}
        self._records: list[Record] = []  # and not the documents, which hold all their prose
        self._subject_terms = array("I")
        self._subject_languages = array("B")
        self._subject_counts = array("I")
        self._tokens = 0

    def __len__(self) -> int:
        return len(self._records)

    @property
    def is_full(self) -> bool:
        """Whether it is time to write, and to go on with another builder."""
        return self._tokens >= MOST_TOKENS or sum(map(len, self._readings.values())) >= MOST_WORDS

    def add(
        self,
        document: Document,
        passages: Iterable[tuple[str, str, Sequence[str]]],
        subjects: Iterable[tuple[str, Sequence[str]]],
    ) -> None:
        """Take in a document.

        :param passages: what it has in its fields: the field, the name of a reading, and the words to read.
        :param subjects: languages, each with the words that say what the document is about.
        """
        for field_name, reading, words in passages:
            if words:
                self._add_field(field_name, self._readings[reading], words)
        self._subject_counts.append(0)
        for language, words in subjects:
            self._add_subject(LANGUAGES.index(language), self._readings[language], words)
        titles = {text.language: text.title for text in document.texts}
        self._records.append(
            (document.id, document.version, document.published.toordinal(), document.original_language, titles)
        )

    def write(self, path: Path) -> None:
        """Write the segment's file, which is on disk when this returns. The builder is of no use afterwards."""
        terms = sorted(self._terms)
        places = np.empty(len(terms), np.uint32)
        places[np.fromiter(map(self._terms.__getitem__, terms), np.int64, len(terms))] = np.arange(len(terms))
        with new_array_file(path) as file:
            names = sorted(self._fields)
            fields: list[Field] = []
            entries: list[Entries] = []
            for some in self._in_memory(names):
                postings = _turned_round([self._fields[name] for name in some], places)
                self._write_postings(file, some, postings)
                fields += (self._field(name, places) for name in some)
                entries.append(postings.entries)
                for name in some:
                    del self._fields[name]
            lay_out(file, fields, _joined(entries), [term.encode() for term in terms], self._kept(places))

    def _add_field(self, name: str, reading: "_Numbers", words: Sequence[str]) -> None:
        numbers = array("I", chain.from_iterable(map(reading.__getitem__, words)))
        if numbers:
            tokens = self._fields.get(name)
            if tokens is None:
                tokens = self._fields[name] = _Tokens()
            tokens.numbers.extend(numbers)
            tokens.documents.append(len(self))
            tokens.counts.append(len(numbers))
            self._tokens += len(numbers)

    def _add_subject(self, language: int, reading: "_Numbers", words: Sequence[str]) -> None:
        numbers = dict.fromkeys(chain.from_iterable(map(reading.__getitem__, words)))
        self._subject_terms.extend(numbers)
        self._subject_languages.extend([language] * len(numbers))
        self._subject_counts[-1] += len(numbers)

    def _in_memory(self, names: Sequence[str]) -> Iterator[list[str]]:
        """Yield fields that are sorted together: the many small ones cost little more than one."""
        some: list[str] = []
        for name in names:
            if some and sum(len(self._fields[of].numbers) for of in (*some, name)) > SORTED_AT_ONCE:
                yield some
                some = []
            some.append(name)
        if some:
            yield some

    def _write_postings(self, file: ArrayFileWriter, names: Sequence[str], postings: _Postings) -> None:
        for name, ((start, first), (stop, end)) in zip(names, pairwise(postings.bounds), strict=True):
            arrays = layout.field_arrays(name)
            file.add(arrays.documents, postings.documents[start:stop].astype("<u4"))
            file.add(arrays.frequencies, narrowed(postings.frequencies[start:stop]))
            if self._kinds[name].positions:
                file.add(arrays.positions, narrowed(postings.positions[first:end]))

    def _field(self, name: str, places: Array) -> Field:
        kind, tokens = self._kinds[name], self._fields[name]
        counts = np.zeros(len(self), np.int64)
        counts[_as_array(tokens.documents)] = _as_array(tokens.counts)
        codes = None
        if kind.codes:
            _, numbers = np.unique(places[_as_array(tokens.numbers)], return_inverse=True)
            codes = counts, numbers[np.lexsort((numbers, np.repeat(np.arange(len(self)), counts)))]
        return Field(name, kind.positions, length_codes(counts) if kind.lengths else None, codes)

    def _kept(self, places: Array) -> Documents:
        ids, versions, published, originals, titles = zip(*self._records, strict=True)
        shown = {
            language: [of.get(language) or of[original] for of, original in zip(titles, originals, strict=True)]
            for language in LANGUAGES
        }
        return Documents(
            ids=np.array(ids, np.int64),
            versions=np.array(versions, np.int64),
            published=np.array(published, np.int64),
            original=np.array([*map(LANGUAGES.index, originals)], np.int64),
            languages=np.array([sum(1 << LANGUAGES.index(name) for name in of) for of in titles], np.int64),
            titles={language: joined([of.get(language, "").encode() for of in titles]) for language in LANGUAGES},
            ranks={language: ranks_of(language, shown[language]) for language in LANGUAGES},
            subject_counts=_as_array(self._subject_counts),
            subject_terms=places[_as_array(self._subject_terms)],
            subject_languages=_as_array(self._subject_languages),
        )


def _turned_round(fields: Sequence[_Tokens], places: Array) -> _Postings:
    """Sort the terms of some fields, given document after document, into postings: term by term, then by document."""
    counts = np.concatenate([_as_array(tokens.counts) for tokens in fields]).astype(np.int64)
    owners = np.repeat(np.concatenate([_as_array(tokens.documents) for tokens in fields]), counts)
    starts = np.cumsum(counts) - counts
    inside = np.arange(len(owners), dtype=np.uint32) - np.repeat(starts.astype(np.uint32), counts)
    keys = np.concatenate([_keys(places, tokens, number) for number, tokens in enumerate(fields)])
    order = stable_order(keys)
    keys, owners = keys[order], owners[order]
    changes = keys[1:] != keys[:-1]
    first = np.flatnonzero(np.concatenate(([True], changes | (owners[1:] != owners[:-1]))))
    frequencies = np.diff(first, append=len(keys))
    keys = keys[first]
    begins = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    keys = keys[begins].astype(np.int64)
    entries = Entries(
        keys // len(places),
        keys % len(places),
        np.diff(begins, append=len(first)),
        np.add.reduceat(frequencies, begins),
    )
    ends = np.searchsorted(entries.fields, np.arange(len(fields)), side="right").tolist()
    posting_bounds, position_bounds = bounds_of(entries.documents), bounds_of(entries.occurrences)
    bounds = [(int(posting_bounds[at]), int(position_bounds[at])) for at in [0, *ends]]
    return _Postings(entries, owners[first], frequencies, inside[order], bounds)


def _keys(places: Array, tokens: _Tokens, number: int) -> Array:
    """Return numbers that sort by field and then by term."""
    terms = places[_as_array(tokens.numbers)]
    return terms.astype(smallest_type((number + 1) * len(places))) + number * len(places)


def _joined(parts: Sequence[Entries]) -> Entries:
    """Put entries of fields after those of others; the fields of each part are numbered from 0."""
    fields, before = [np.empty(0, np.int64)], 0
    for part in parts:
        fields.append(part.fields + before)
        before = int(fields[-1][-1]) + 1
    columns = zip(*((part.terms, part.documents, part.occurrences) for part in parts), strict=True)
    return Entries(np.concatenate(fields), *(np.concatenate(column) for column in columns)) if parts else NO_ENTRIES


def _as_array(numbers: "array[int]") -> NDArray[np.uint32]:
    return np.frombuffer(numbers, numbers.typecode) if numbers else np.empty(0, np.uint32)
