"""One segment of the index, opened: the columns that every search needs, and access to its postings.

Segment files never change, so a segment is opened once and shared by all snapshots that contain it. It
knows nothing of deletions: those belong to the snapshot, as Whoosh keeps them in the TOC.
"""

import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice, takewhile
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import W3Codec, _lenfield
from whoosh.reading import SegmentReader, TermNotFound
from whoosh.util.numeric import byte_to_length

from index.errors import IndexUnavailable
from index.facets import SegmentFacets
from index.postings import Docs, Values, docs_in_a_row, read_postings, read_values
from index.schema import RECORD, SUBJECT, facet_field

Record = tuple[int, int, int, str, dict[str, str]]
Postings = tuple[Docs, Values]

MOST_EXAMINED = 500

_LENGTHS = np.array([byte_to_length(code) for code in range(256)], np.float64)


class IndexSegment:
    """The documents of one segment, numbered from 0.

    Whoosh's files are read by seeking, so all reading takes turns. They are closed with the object. Whatever
    it raises over files that opened well but cannot be read is IndexUnavailable here.
    """

    def __init__(self, storage: Any, schema: Any, segment: Any, facets: tuple[str, ...]) -> None:
        self._reader: Any = SegmentReader(storage, schema, segment)
        self._turn = threading.Lock()
        weakref.finalize(self, self._reader.close)
        self.size: int = segment.doc_count_all()
        self._field_names = frozenset(self._reader.indexed_field_names())
        self.records: tuple[Record, ...] = tuple(self._stored(doc)[RECORD] for doc in range(self.size))
        self.facets = SegmentFacets(self.size, {facet: self._facet(facet) for facet in facets})
        self._length_codes = {name: self._read_length_codes(storage, segment, name) for name in self._field_names}

    def field_length(self, field: str) -> int:
        """Return the number of terms that all documents have in a field."""
        return int(self._reader.field_length(field))

    def lengths(self, field: str, docs: Docs) -> Values:
        """Return how many terms each of the documents has in the field, as roughly as Whoosh stores it."""
        return _LENGTHS[self._length_codes[field][docs]]

    def postings(self, field: str, term: str) -> Postings | None:
        """Return the documents that have the term in the field and its weight in each; None if none has."""
        if field not in self._field_names:
            return None
        word = term.encode()
        with self._turn, _reading():
            matcher = self._matcher(field, word)
            if not matcher:
                return None
            docs, weights = read_postings(matcher)
        self._check(docs)
        return docs, weights

    def phrase_docs(self, field: str, terms: tuple[str, ...]) -> Docs:
        """Return the documents that have the terms one after the other in the field."""
        if field not in self._field_names:
            return np.empty(0, np.int64)
        words = [term.encode() for term in terms]
        with self._turn, _reading():
            matchers = [self._matcher(field, word) for word in words]
            if None in matchers:
                return np.empty(0, np.int64)
            docs = docs_in_a_row([read_values(matcher) for matcher in matchers], self._format(field))
        self._check(docs)
        return docs

    def continuations(self, field: str, beginning: str) -> dict[str, int]:
        """Return the longer terms of a field that begin with a term, each with its number of documents.

        Of the many that a common beginning can have, the first `MOST_EXAMINED` in the alphabet are seen.
        """
        if field not in self._field_names:
            return {}
        prefix = beginning.encode()
        with self._turn, _reading():
            following = (term for name, term in self._reader.terms_from(field, prefix) if name == field)
            terms = [*islice(takewhile(lambda term: term.startswith(prefix), following), MOST_EXAMINED)]
            return {term.decode(): self._reader.doc_frequency(field, term) for term in terms if term != prefix}

    def lexicon(self, field: str) -> Iterator[tuple[str, int]]:
        """Yield the terms of a field in order, each with its number of documents, deleted ones included.

        Takes turns with searches after every `MOST_EXAMINED` terms: a lexicon is long.
        """
        following = ""
        while field in self._field_names:
            with self._turn, _reading():
                found = islice(self._reader.iter_field(field, following.encode()), MOST_EXAMINED)
                terms = [(term.decode(), int(info.doc_frequency())) for term, info in found]
            yield from terms
            if len(terms) < MOST_EXAMINED:
                return
            following = terms[-1][0] + "\0"

    def subject(self, doc: int) -> dict[str, tuple[str, ...]]:
        """Return, by language, the terms of a document's title and summary."""
        with self._turn, _reading():
            subject: dict[str, tuple[str, ...]] = dict(self._stored(doc)[SUBJECT])
            return subject

    def _check(self, docs: Docs) -> None:
        """Raise IndexUnavailable for numbers that no documents have, or that are out of order."""
        if len(docs) and (docs[0] < 0 or docs[-1] >= self.size or (np.diff(docs) <= 0).any()):
            raise IndexUnavailable("damaged", "postings of documents that are not there")

    def _matcher(self, field: str, word: bytes) -> Any | None:
        try:
            return self._reader._terms.matcher(field, word, self._format(field))
        except TermNotFound:
            return None

    def _format(self, field: str) -> Any:
        return self._reader.schema[field].format

    def _stored(self, doc: int) -> dict[str, Any]:
        stored: dict[str, Any] = self._reader.stored_fields(doc)
        return stored

    def _facet(self, facet: str) -> dict[str, Docs]:
        field = facet_field(facet)
        if field not in self._field_names:
            return {}
        codes = [code.decode() for code in self._reader.lexicon(field)]
        return {code: found[0] for code in codes if (found := self.postings(field, code))}

    def _read_length_codes(self, storage: Any, segment: Any, field: str) -> NDArray[np.uint8]:
        codes = np.zeros(self.size, np.uint8)
        name = W3Codec.column_filename(segment, _lenfield(field))
        if storage.file_exists(name):
            with storage.open_file(name) as file:
                stored = np.frombuffer(file.read(), np.uint8)
            codes[: len(stored)] = stored  # the column ends at the last document that has the field
        return codes


@contextmanager
def _reading() -> Iterator[None]:
    """Say "damaged" for whatever Whoosh raises over files that it cannot read; that has no common base.

    Nothing but its reading belongs inside: a mistake of ours must not look like damage.
    """
    try:
        yield
    except Exception as error:
        raise IndexUnavailable("damaged", f"{type(error).__name__}: {error}") from error
