"""Many documents to one segment: words become numbers as they come in, and terms are sorted once in the end.

Knows what the terms of a document are from its caller. Holds a segment's worth of tokens in memory, four bytes each;
`is_full` says when that is enough.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np

from index.columns import layout
from index.columns.codec import Record
from index.columns.encoding import length_codes
from index.columns.files import Array, ArrayFileWriter, narrowed, new_array_file, smallest_type
from index.columns.laying import NO_ENTRIES, Documents, Entries, Field, lay_out
from index.columns.sorting import stable_order
from index.columns.terms import joined
from index.columns.titles import ranks_by_language
from index.columns.vocabulary import Vocabulary
from index.documents import LANGUAGES, Document
from index.runs import bounds_of, sums_of

# Words in memory before a segment is written. A hundred thousand records are indexed in about a gigabyte.
MOST_TOKENS = 24_000_000
SORTED_AT_ONCE = 4_000_000

# Characters of text that are split together.
SPLIT_AT_ONCE = 1_000_000

# Prose, or words in a row that are as they should be.
Run = str | tuple[str, ...]


class Passage(NamedTuple):
    """What a document has in a field.

    :param reading: the name of what makes terms of words.
    :param distinct: whether each term is kept once only.
    """

    field: str
    reading: str
    runs: Sequence[Run]
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class FieldKind:
    """What is kept of a field beside which document has which term how often."""

    positions: bool
    lengths: bool
    codes: bool


@dataclass(slots=True)
class _Words:
    """The words of one field, document after document; documents without any are left out.

    Of the documents that came last there are only runs, to be numbered together with those of other fields.
    """

    reading: str
    distinct: bool
    numbers: list[Array] = field(default_factory=list)
    documents: list[Array] = field(default_factory=list)
    counts: list[Array] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    run_owners: list[int] = field(default_factory=list)
    run_counts: list[int] = field(default_factory=list)

    def add(self, document: int, runs: Sequence[Run]) -> None:
        """Put what a document has after what others have; there must be a run, if only an empty one."""
        self.run_owners.append(document)
        self.run_counts.append(len(runs))
        self.runs.extend(runs)

    def number(self, numbers: Mapping[Run, Array]) -> int:
        """Put numbers in the place of runs; return how many."""
        if not self.runs:
            return 0
        found = [*map(numbers.__getitem__, self.runs)]
        counts = sums_of(np.fromiter(map(len, found), np.int64, len(found)), np.array(self.run_counts))
        self.numbers.append(np.concatenate(found))
        self.documents.append(np.array(self.run_owners, np.uint32)[counts > 0])
        self.counts.append(counts[counts > 0])
        for kept in (self.runs, self.run_owners, self.run_counts):
            kept.clear()
        return len(self.numbers[-1])


@dataclass(frozen=True, slots=True)
class _Tokens:
    """The terms of one field, document after document: which documents, how many each has, and all their numbers."""

    documents: Array
    counts: Array
    terms: Array

    @property
    def owners(self) -> Array:
        """The document of each term."""
        return np.repeat(self.documents, self.counts)

    def distinct(self) -> Self:
        """Return the same without the terms that a document has already; those that are left are in order."""
        owners, terms = self.owners.astype(np.int64), self.terms.astype(np.int64)
        first = np.sort(np.unique(owners * (int(terms.max(initial=0)) + 1) + terms, return_index=True)[1])
        counts = np.bincount(owners[first], minlength=int(self.documents.max(initial=0)) + 1)
        return replace(self, counts=counts[self.documents], terms=self.terms[first])


@dataclass(frozen=True, slots=True)
class _Subjects:
    """What documents are about, document after document: terms of their titles and summaries, and of which language."""

    documents: Array
    terms: Array
    languages: Array


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
    :param vocabulary: the words of earlier documents too, if others are built from these.
    """

    def __init__(self, kinds: Mapping[str, FieldKind], vocabulary: Vocabulary) -> None:
        self._kinds = kinds
        self._vocabulary = vocabulary
        self._fields: dict[str, _Words] = {}
        self._records: list[Record] = []  # and not the documents, which hold all their prose
        self._subjects = {language: _Words(language, distinct=True) for language in LANGUAGES}
        self._characters = 0
        self._words = 0

    def __len__(self) -> int:
        return len(self._records)

    @property
    def is_full(self) -> bool:
        """Whether it is time to write, and to go on with another builder."""
        return self._words >= MOST_TOKENS

    def add(
        self, document: Document, passages: Iterable[Passage], subjects: Iterable[tuple[str, Sequence[Run]]]
    ) -> None:
        """Take in a document.

        :param passages: what it has in its fields: the field, the name of its reading, what to read, and whether words
            are kept once only.
        :param subjects: languages, each with the texts that say what the document is about.
        """
        for name, reading, runs, distinct in passages:
            if any(runs):
                if name not in self._fields:
                    self._fields[name] = _Words(reading, distinct)
                self._fields[name].add(len(self), runs)
        for language, runs in subjects:
            self._subjects[language].add(len(self), runs)
        titles = {text.language: text.title for text in document.texts}
        self._records.append(
            (document.id, document.version, document.published.toordinal(), document.original_language, titles)
        )
        self._characters += sum(len(text.body) for text in document.texts)
        if self._characters >= SPLIT_AT_ONCE:
            self._number()

    def write(self, path: Path) -> None:
        """Write the segment's file, which is on disk when this returns. The builder is of no use afterwards."""
        self._number()
        fields = {name: self._read(self._fields.pop(name)) for name in sorted(self._fields)}
        subjects = _together([self._read(self._subjects[language]) for language in LANGUAGES])
        terms, places = self._vocabulary.sorted_terms()
        with new_array_file(path) as file:
            written: list[Field] = []
            entries: list[Entries] = []
            for some in _in_memory({name: len(tokens.terms) for name, tokens in fields.items()}):
                postings = _turned_round([fields[name] for name in some], places)
                self._write_postings(file, some, postings)
                written += (self._field(name, fields.pop(name), places) for name in some)
                entries.append(postings.entries)
            lay_out(file, written, _joined(entries), [term.encode() for term in terms], self._kept(subjects, places))

    def _number(self) -> None:
        """Make numbers of the words of the documents that wait for it."""
        waiting = [*self._fields.values(), *self._subjects.values()]
        numbers = self._numbers({*chain.from_iterable(words.runs for words in waiting)})
        self._words += sum(words.number(numbers) for words in waiting)
        self._characters = 0

    def _numbers(self, runs: Iterable[Run]) -> dict[Run, Array]:
        texts: list[str] = []
        found: dict[Run, Array] = {}
        for run in runs:
            if isinstance(run, str):
                texts.append(run)
            else:
                found[run] = self._vocabulary.words.of_words(run)
        return found | dict(zip(texts, self._vocabulary.words.of_texts(texts), strict=True))

    def _read(self, words: _Words) -> _Tokens:
        """Make terms of the words of a field."""
        counts, terms = self._vocabulary.terms(words.reading, _end_to_end(words.numbers))
        tokens = _Tokens(_end_to_end(words.documents), sums_of(counts, _end_to_end(words.counts)), terms)
        return tokens.distinct() if words.distinct else tokens

    def _write_postings(self, file: ArrayFileWriter, names: Sequence[str], postings: _Postings) -> None:
        for name, ((start, first), (stop, end)) in zip(names, pairwise(postings.bounds), strict=True):
            arrays = layout.field_arrays(name)
            file.add(arrays.documents, postings.documents[start:stop].astype("<u4"))
            file.add(arrays.frequencies, narrowed(postings.frequencies[start:stop]))
            if self._kinds[name].positions:
                file.add(arrays.positions, narrowed(postings.positions[first:end]))

    def _field(self, name: str, tokens: _Tokens, places: Array) -> Field:
        kind = self._kinds[name]
        counts = np.zeros(len(self), np.int64)
        counts[tokens.documents] = tokens.counts
        codes = None
        if kind.codes:
            _, numbers = np.unique(places[tokens.terms], return_inverse=True)
            codes = counts, numbers[np.lexsort((numbers, np.repeat(np.arange(len(self)), counts)))]
        return Field(name, kind.positions, length_codes(counts) if kind.lengths else None, codes)

    def _kept(self, subjects: _Subjects, places: Array) -> Documents:
        ids, versions, published, originals, titles = zip(*self._records, strict=True)
        return Documents(
            ids=np.array(ids, np.int64),
            versions=np.array(versions, np.int64),
            published=np.array(published, np.int64),
            original=np.array([*map(LANGUAGES.index, originals)], np.int64),
            languages=np.array([sum(1 << LANGUAGES.index(name) for name in of) for of in titles], np.int64),
            titles={language: joined([of.get(language, "").encode() for of in titles]) for language in LANGUAGES},
            ranks=ranks_by_language(
                {
                    language: [of.get(language) or of[original] for of, original in zip(titles, originals, strict=True)]
                    for language in LANGUAGES
                }
            ),
            subject_counts=np.bincount(subjects.documents, minlength=len(self)),
            subject_terms=places[subjects.terms],
            subject_languages=subjects.languages,
        )


def _in_memory(sizes: Mapping[str, int]) -> Iterator[list[str]]:
    """Yield fields that are sorted together: the many small ones cost little more than one. Empty ones are left out."""
    some: list[str] = []
    for name, size in sizes.items():
        if some and sum(sizes[of] for of in some) + size > SORTED_AT_ONCE:
            yield some
            some = []
        if size:
            some.append(name)
    if some:
        yield some


def _together(languages: Sequence[_Tokens]) -> _Subjects:
    """Put the terms of documents together that are kept by language: document after document, language by language."""
    owners = np.concatenate([tokens.owners for tokens in languages])
    terms = np.concatenate([tokens.terms for tokens in languages])
    spoken = np.repeat(np.arange(len(languages)), [len(tokens.terms) for tokens in languages])
    order = np.argsort(owners, kind="stable")
    return _Subjects(owners[order], terms[order], spoken[order])


def _turned_round(fields: Sequence[_Tokens], places: Array) -> _Postings:
    """Sort the terms of some fields, given document after document, into postings: term by term, then by document."""
    # A passage is what a document has in a field: its terms come one after the other.
    counts = np.concatenate([tokens.counts for tokens in fields])
    passages = np.repeat(np.arange(len(counts), dtype=np.uint32), counts)
    keys = np.concatenate([_keys(places, tokens, number) for number, tokens in enumerate(fields)])
    order = stable_order(keys)
    keys, passages = keys[order], passages[order]
    positions = order - (np.cumsum(counts) - counts)[passages]
    changes = keys[1:] != keys[:-1]
    first = np.flatnonzero(np.concatenate(([True], changes | (passages[1:] != passages[:-1]))))
    documents = np.concatenate([tokens.documents for tokens in fields])[passages[first]]
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
    return _Postings(entries, documents, frequencies, positions, bounds)


def _keys(places: Array, tokens: _Tokens, number: int) -> Array:
    """Return numbers that sort by field and then by term."""
    terms = places[tokens.terms]
    return terms.astype(smallest_type((number + 1) * len(places))) + number * len(places)


def _joined(parts: Sequence[Entries]) -> Entries:
    """Put entries of fields after those of others; the fields of each part are numbered from 0."""
    fields, before = [np.empty(0, np.int64)], 0
    for part in parts:
        fields.append(part.fields + before)
        before = int(fields[-1][-1]) + 1
    columns = zip(*((part.terms, part.documents, part.occurrences) for part in parts), strict=True)
    return Entries(np.concatenate(fields), *(np.concatenate(column) for column in columns)) if parts else NO_ENTRIES


def _end_to_end(parts: Sequence[Array]) -> Array:
    return np.concatenate(parts) if parts else np.empty(0, np.uint32)
