"""Many documents to one segment: terms become numbers as they come in, and arrays are sorted once in the end.

Knows what the terms of a document are from its caller. Holds a segment's worth of tokens in memory, four bytes each;
`is_full` says when that is enough.
"""

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.columns.encoding import length_codes
from index.columns.files import Array, narrowed, new_array_file
from index.columns.laying import Documents, Entries, SegmentLayer
from index.columns.sorting import stable_order
from index.columns.terms import joined
from index.columns.titles import ranks_of
from index.documents import LANGUAGES, Document

# About 400 MB with what sorting them needs, and as much for distinct words if texts are noise.
MOST_TOKENS = 24_000_000
MOST_WORDS = 3_000_000

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


@dataclass(slots=True)
class _Postings:
    """A field turned round: for each term its documents, how often, and where."""

    entries: Entries
    documents: Array
    frequencies: Array
    positions: Array


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
        self._documents: list[Document] = []
        self._subject_terms = array("I")
        self._subject_languages = array("B")
        self._subject_counts = array("I")
        self._tokens = 0

    def __len__(self) -> int:
        return len(self._documents)

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
        self._documents.append(document)

    def write(self, path: Path) -> None:
        """Write the segment's file, which is on disk when this returns. The builder is of no use afterwards."""
        terms = sorted(self._terms)
        places = np.empty(len(terms), np.uint32)
        places[np.fromiter(map(self._terms.__getitem__, terms), np.int64, len(terms))] = np.arange(len(terms))
        with new_array_file(path) as file:
            layer = SegmentLayer(file)
            for name in sorted(self._fields):
                self._write_field(layer, name, self._fields.pop(name), places)
            layer.finish([term.encode() for term in terms], self._kept(places))

    def _add_field(self, name: str, reading: "_Numbers", words: Sequence[str]) -> None:
        tokens = self._fields.get(name)
        if tokens is None:
            tokens = self._fields[name] = _Tokens()
        before = len(tokens.numbers)
        tokens.numbers.extend(chain.from_iterable(map(reading.__getitem__, words)))
        count = len(tokens.numbers) - before
        if count:
            tokens.documents.append(len(self._documents))
            tokens.counts.append(count)
            self._tokens += count

    def _add_subject(self, language: int, reading: "_Numbers", words: Sequence[str]) -> None:
        numbers = dict.fromkeys(chain.from_iterable(map(reading.__getitem__, words)))
        self._subject_terms.extend(numbers)
        self._subject_languages.extend([language] * len(numbers))
        self._subject_counts[-1] += len(numbers)

    def _write_field(self, layer: SegmentLayer, name: str, tokens: _Tokens, places: Array) -> None:
        kind = self._kinds[name]
        numbers, documents, counts = (_as_array(a) for a in (tokens.numbers, tokens.documents, tokens.counts))
        postings = _turned_round(places[numbers], documents, counts, positions=kind.positions)
        layer.add_documents(name, (postings.documents,))
        layer.add_frequencies(name, postings.frequencies.dtype, (postings.frequencies,))
        layer.add_entries(name, postings.entries)
        if kind.positions:
            layer.add_positions(name, postings.positions.dtype, (postings.positions,))
        if kind.lengths:
            lengths = np.zeros(len(self), np.int64)
            lengths[documents] = counts
            layer.add_lengths(name, length_codes(lengths))
        if kind.codes:
            all_counts = np.zeros(len(self), np.int64)
            all_counts[documents] = counts
            codes = np.searchsorted(postings.entries.terms, places[numbers])
            owner = np.repeat(documents, counts)
            layer.add_codes(name, all_counts, codes[np.lexsort((codes, owner))])

    def _kept(self, places: Array) -> Documents:
        documents = self._documents
        titles = [{text.language: text.title for text in document.texts} for document in documents]
        shown = {
            language: [
                of.get(language) or of[document.original_language]
                for of, document in zip(titles, documents, strict=True)
            ]
            for language in LANGUAGES
        }
        return Documents(
            ids=np.array([document.id for document in documents], np.int64),
            versions=np.array([document.version for document in documents], np.int64),
            published=np.array([document.published.toordinal() for document in documents], np.int64),
            original=np.array([LANGUAGES.index(document.original_language) for document in documents], np.int64),
            languages=np.array([sum(1 << LANGUAGES.index(name) for name in of) for of in titles], np.int64),
            titles={language: joined([of.get(language, "").encode() for of in titles]) for language in LANGUAGES},
            ranks={language: ranks_of(language, shown[language]) for language in LANGUAGES},
            subject_counts=_as_array(self._subject_counts),
            subject_terms=places[_as_array(self._subject_terms)],
            subject_languages=_as_array(self._subject_languages),
        )


def _turned_round(terms: Array, owners: Array, counts: Array, *, positions: bool) -> _Postings:
    """Sort the terms of a field, given document after document, into postings: term by term, then by document."""
    order = stable_order(terms)
    terms, documents = terms[order], np.repeat(owners, counts)[order]
    changes = terms[1:] != terms[:-1]
    first = np.flatnonzero(np.concatenate(([True], changes | (documents[1:] != documents[:-1]))))
    frequencies = np.diff(first, append=len(terms))
    posting_terms = terms[first]
    begins = np.flatnonzero(np.concatenate(([True], posting_terms[1:] != posting_terms[:-1])))
    entries = Entries(
        posting_terms[begins],
        np.diff(begins, append=len(first)),
        np.add.reduceat(frequencies, begins),
        positions,
    )
    places: Array = np.empty(0, np.uint32)
    if positions:
        starts = np.cumsum(counts, dtype=np.int64) - counts
        places = narrowed(np.arange(len(terms)) - np.repeat(starts, counts))[order]
    return _Postings(entries, documents[first], narrowed(frequencies), places)


def _as_array(numbers: "array[int]") -> NDArray[np.uint32]:
    return np.frombuffer(numbers, numbers.typecode) if numbers else np.empty(0, np.uint32)
