"""The codec by which stock Whoosh reads our segments, as its extension point for codecs asks.

The application never searches so: stock Whoosh over the same files is the oracle of the tests, and the way out should
ours fail. It only reads; segments are written by `building` and `merging`. Made for Whoosh 2.7.4, which is pinned.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec.base import Codec, PerDocumentReader, Segment, TermsReader
from whoosh.matching.mcore import ListMatcher, ReadTooFar
from whoosh.reading import TermInfo, TermNotFound

from index.columns.encoding import LENGTHS
from index.columns.layout import EXTENSION
from index.columns.reading import Columns, Found
from index.documents import LANGUAGES

# The only stored field: what tells which document a hit is.
RECORD = "record"

Record = tuple[int, int, int, str, dict[str, str]]


class ColumnSegment(Segment):  # type: ignore[misc]  # Whoosh has no types
    """A segment as the table of contents names it: its file, how many documents it has, and which are deleted.

    `withdrawn`: words of documents are in the file that are to be in no file any more.
    """

    withdrawn = False

    def __init__(self, indexname: str) -> None:
        super().__init__(indexname)
        self.size = 0
        self.deleted: frozenset[int] = frozenset()

    @property
    def file_name(self) -> str:
        """The name of the segment's only file."""
        return str(self.make_filename(EXTENSION))

    def delete(self, documents: Iterable[int]) -> None:
        """Leave documents out from now on. They stay in the file until the segment is merged."""
        self.deleted |= frozenset(documents)

    def codec(self) -> "ColumnCodec":
        """Return what reads the segment."""
        return ColumnCodec()

    def doc_count_all(self) -> int:
        """Return how many documents there are, deleted ones too."""
        return self.size

    def deleted_count(self) -> int:
        """Return how many are deleted."""
        return len(self.deleted)

    def deleted_docs(self) -> Iterator[int]:
        """Return the numbers of the deleted ones."""
        return iter(self.deleted)

    def is_deleted(self, docnum: int) -> bool:
        """Whether a document is deleted."""
        return docnum in self.deleted

    def should_assemble(self) -> bool:
        """Never: Whoosh would copy the whole of an assembled segment into memory at each opening."""
        return False


class ColumnCodec(Codec):  # type: ignore[misc]
    """Opens segments for reading."""

    def terms_reader(self, storage: Any, segment: ColumnSegment) -> "ColumnTermsReader":
        """Open the terms and postings of a segment."""
        return ColumnTermsReader(Columns(Path(storage.folder) / segment.file_name))

    def per_document_reader(self, storage: Any, segment: ColumnSegment) -> "ColumnDocumentReader":
        """Open what a segment keeps of its documents."""
        return ColumnDocumentReader(Columns(Path(storage.folder) / segment.file_name), segment)


class ColumnTermsReader(TermsReader):  # type: ignore[misc]
    """The terms of a segment, field by field in alphabetical order, as Whoosh wants them."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._columns.entry(*term) is not None

    def indexed_field_names(self) -> tuple[str, ...]:
        """Return the fields that any document has terms in."""
        return self._columns.fields

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Yield all terms, each with its field."""
        return ((field, term) for field in self._columns.fields for term in self._lexicon(field))

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """Yield the terms of a field from the first that is not before `prefix`, and then those of later fields."""
        for field in self._columns.fields:
            if field >= fieldname:
                terms = self._lexicon(field)
                first = bisect_left(terms, prefix) if field == fieldname else 0
                yield from ((field, term) for term in terms[first:])

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Yield all terms with their figures."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Yield the terms from a place in the alphabet with their figures."""
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Return the figures of a term; made when asked for, since only Whoosh's limited search needs them."""
        found = self._found(fieldname, text)
        lengths = self._columns.lengths(fieldname)
        codes = np.zeros(1, np.uint8) if lengths is None else lengths[found.documents]
        return TermInfo(
            weight=found.occurrences,
            df=len(found.documents),
            minlength=int(LENGTHS[codes.min()]),
            maxlength=int(LENGTHS[codes.max()]),
            maxweight=int(found.frequencies.max()),
            minid=int(found.documents[0]),
            maxid=int(found.documents[-1]),
        )

    def frequency(self, fieldname: str, text: bytes) -> int:
        """Return how many times all documents have a term; 0 if none does."""
        entry = self._columns.entry(fieldname, text)
        return 0 if entry is None else self._columns.found(fieldname, entry).occurrences

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """Return how many documents have a term."""
        entry = self._columns.entry(fieldname, text)
        return 0 if entry is None else self._columns.document_count(entry)

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> "PostingsMatcher":
        """Return what walks through the postings of a term."""
        found = self._found(fieldname, text)
        positions = self._columns.positions(fieldname, found) if self._columns.has_positions(fieldname) else None
        return PostingsMatcher(
            found.documents.tolist(),
            found.frequencies.astype(np.float64).tolist(),
            None if positions is None else _Values(format_, found.frequencies, positions),
            format_,
            scorer,
            term=(fieldname, text),
            terminfo=self.term_info(fieldname, text),
        )

    def _found(self, field: str, term: bytes) -> Found:
        entry = self._columns.entry(field, term)
        if entry is None:
            raise TermNotFound(f"No term {field}:{term!r}")
        return self._columns.found(field, entry)

    @cache  # noqa: B019 - lives as long as a test's searcher
    def _lexicon(self, field: str) -> list[bytes]:
        numbers, _ = self._columns.lexicon(field)
        return [self._columns.dictionary[number] for number in numbers.tolist()]


class ColumnDocumentReader(PerDocumentReader):  # type: ignore[misc]
    """The documents of a segment, as Whoosh wants them."""

    def __init__(self, columns: Columns, segment: ColumnSegment) -> None:
        self._columns = columns
        self._segment = segment

    def doc_count(self) -> int:
        """Return how many documents are not deleted."""
        return int(self._segment.doc_count())

    def doc_count_all(self) -> int:
        """Return how many documents there are, deleted ones too."""
        return self._segment.size

    def has_deletions(self) -> bool:
        """Whether any is deleted."""
        return bool(self._segment.deleted)

    def is_deleted(self, docnum: int) -> bool:
        """Whether one is deleted."""
        return self._segment.is_deleted(docnum)

    def deleted_docs(self) -> Iterator[int]:
        """Return the deleted ones."""
        return self._segment.deleted_docs()

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Return how many terms a document has in a field, as roughly as Whoosh keeps it."""
        lengths = self._columns.lengths(fieldname)
        return default if lengths is None else int(LENGTHS[lengths[docnum]])

    def field_length(self, fieldname: str) -> int:
        """Return how many terms all documents have in a field."""
        return self._columns.total_length(fieldname)

    def min_field_length(self, fieldname: str) -> int:
        """Return the length of the shortest field."""
        lengths = self._columns.lengths(fieldname)
        return 0 if lengths is None else int(LENGTHS[lengths.min()])

    def max_field_length(self, fieldname: str) -> int:
        """Return the length of the longest field."""
        lengths = self._columns.lengths(fieldname)
        return 0 if lengths is None else int(LENGTHS[lengths.max()])

    def stored_fields(self, docnum: int) -> dict[str, Record]:
        """Return what is known of a document."""
        return {RECORD: record(self._columns, docnum)}


class PostingsMatcher(ListMatcher):  # type: ignore[misc]
    """Whoosh's matcher over lists, with the two methods that it does slowly or wrongly in 2.7.4."""

    def skip_to(self, id: int) -> None:
        """Go to the first document that is not before this one."""
        if not self.is_active():
            raise ReadTooFar
        if id > self.id():
            self._i: int = bisect_left(self._ids, id, self._i)

    def copy(self) -> "PostingsMatcher":
        """Return another one at the same place; Whoosh's own forgets the figures of the term."""
        return PostingsMatcher(
            self._ids,
            self._weights,
            self._values,
            self._format,
            self._scorer,
            self._i,
            self._all_weights,
            self._term,
            self._terminfo,
        )


class _Values(Sequence[bytes]):
    """The positions of a term in each document, encoded as the field's format does, one when it is asked for."""

    def __init__(self, format_: Any, frequencies: Any, positions: Any) -> None:
        self._format = format_
        self._frequencies = frequencies
        self._positions = positions

    @cached_property
    def _ends(self) -> Any:
        return np.cumsum(self._frequencies, dtype=np.int64)

    def __len__(self) -> int:
        return len(self._frequencies)

    def __getitem__(self, place: Any) -> Any:
        end = self._ends[place]
        return self._format.encode(self._positions[end - self._frequencies[place] : end].tolist())


def record(columns: Columns, document: int) -> Record:
    """Return a document's id, version, day of publication, original language, and titles by language."""
    languages = int(columns.languages[document])
    return (
        int(columns.ids[document]),
        int(columns.versions[document]),
        int(columns.published[document]),
        LANGUAGES[int(columns.original[document])],
        {
            language: columns.titles(language)[document].decode()
            for number, language in enumerate(LANGUAGES)
            if languages >> number & 1
        },
    )
