"""One segment of the index, opened: the columns that every search needs, and access to its postings.

Segment files never change, so a segment is opened once and shared by all snapshots that contain it. It
knows nothing of deletions: those belong to the snapshot, as Whoosh keeps them in the TOC.
"""

from collections.abc import Iterator
from functools import cached_property, partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from index.columns.codec import Record, record
from index.columns.phrases import documents_in_a_row
from index.columns.reading import Found, open_columns
from index.columns.titles import Ranked
from index.documents import LANGUAGES
from index.errors import IndexUnavailable
from index.kernel import Docs
from index.schema import facet_field
from index.states.facets import SegmentFacets

MOST_EXAMINED = 500


class IndexSegment:
    """The documents of one segment, numbered from 0. Any number of threads may read at once.

    Its file is read through memory and checked when it is first read: reading may raise IndexUnavailable.
    """

    def __init__(self, directory: Path, segment: Any, facets: tuple[str, ...]) -> None:
        self.path = directory / segment.file_name
        self.columns = open_columns(self.path)
        self.size: int = self.columns.size
        if self.size != segment.doc_count_all():
            raise IndexUnavailable("damaged", f"{segment.file_name} does not hold {segment.doc_count_all()} documents")
        self._facets = facets

    def check_file(self) -> None:
        """Raise IndexUnavailable if somebody has written to the file since it was opened.

        What was checked may be something else now, and reading beyond a new end would end the process.
        """
        if not self.columns.file.is_untouched():
            raise IndexUnavailable("damaged", f"{self.columns.file.name} was changed by somebody else")

    @cached_property
    def facets(self) -> SegmentFacets:
        """The codes of each facet, each with the documents that have it."""
        return SegmentFacets(self.size, {facet: self._facet(facet_field(facet)) for facet in self._facets})

    def field_length(self, field: str) -> int:
        """Return the number of terms that all documents have in a field."""
        return self.columns.total_length(field)

    def has(self, field: str, term: str) -> bool:
        """Whether any document has a term in a field."""
        return self.columns.entry(field, term.encode()) is not None

    def found(self, field: str, term: str) -> Found | None:
        """Return the postings of a term in a field as they lie in the file; None if no document has it there."""
        entry = self.columns.entry(field, term.encode())
        return None if entry is None else self.columns.found(field, entry)

    def phrase_docs(self, field: str, terms: tuple[str, ...]) -> Docs:
        """Return the documents that have the terms one after the other in the field."""
        entries = [self.columns.entry(field, term.encode()) for term in terms]
        return documents_in_a_row(self.columns, field, entries).astype(np.int64)

    def continuations(self, field: str, beginning: str, most: int = MOST_EXAMINED) -> dict[str, int]:
        """Return the longer terms of a field that begin with a term, each with its number of documents.

        Of the many that a common beginning can have, at least `most` are named, those that most documents have.
        """
        prefix = beginning.encode()
        terms, counts = self.columns.lexicon(field, self.columns.dictionary.beginning_with(prefix))
        commonest = np.argsort(-counts.astype(np.int64), kind="stable")[: most + 1]  # one may be the term
        found = zip(terms[commonest].tolist(), counts[commonest].tolist(), strict=True)
        named = ((self.columns.dictionary[term], count) for term, count in found)
        return {term.decode(): count for term, count in named if term != prefix}

    def lexicon(self, field: str) -> Iterator[tuple[str, int]]:
        """Yield the terms of a field in order, each with its number of documents, deleted ones included."""
        terms, counts = self.columns.lexicon(field)
        for term, count in zip(terms.tolist(), counts.tolist(), strict=True):
            yield self.columns.dictionary[term].decode(), count

    def ranked_titles(self, language: str) -> Ranked:
        """Return the places of the documents in the order of titles that a reader of a language expects."""
        shown = partial(self.columns.shown_title, language)
        return Ranked(self.columns.title_ranks(language), shown)

    def record(self, doc: int) -> Record:
        """Return what is known of a document beside its words."""
        return record(self.columns, doc)

    def subject(self, doc: int) -> dict[str, tuple[str, ...]]:
        """Return, by language, the terms of a document's title and summary."""
        subject: dict[str, list[str]] = {}
        for language, term in self.columns.subject(doc):
            subject.setdefault(LANGUAGES[language], []).append(term.decode())
        return {language: tuple(terms) for language, terms in subject.items()}

    def _facet(self, field: str) -> dict[str, Any]:
        codes = self.columns.facet_codes(field)
        if not codes:
            return {}
        bounds, docs = self.columns.facet_by_code(field)
        stretches = pairwise(bounds.tolist())
        found = zip(codes, stretches, strict=True)
        return {code: docs[start:end] for code, (start, end) in found}
