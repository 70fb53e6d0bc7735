"""One state of the index, whole and unchanging: what a search sees from its start to its end.

Knows how to open a state and whether a newer one exists. Documents are numbered through all segments;
deleted ones keep their numbers and are masked by `live`. Whoosh's `Searcher.refresh()` is never used: it
is a known source of stale results.
"""

import errno
import time
from bisect import bisect_right
from collections import Counter
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.columns.codec import Record
from index.columns.titles import merged_ranks
from index.errors import IndexUnavailable
from index.kernel import Docs, Places
from index.schema import fingerprint, prose_beside
from index.states.facets import Facets
from index.states.generations import CURRENT, current_generation, is_marked_damaged
from index.states.memory import Memory
from index.states.segment import MOST_EXAMINED, IndexSegment
from index.states.storage import DurableStorage, read_toc, toc_path

# A reader may be held up between the list of segments and their files for as long as some commits take.
OPEN_ATTEMPTS = 8
RETRY_SECONDS = 0.02
# What the system says when it has too little of something, not when something is wrong with a file.
_SCARCE = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN}


class Snapshot:
    """The documents, columns and facets of one commit of one generation."""

    def __init__(self, path: Path, facets: tuple[str, ...], previous: "Snapshot | None") -> None:
        """Open the newest commit, taking over the segments that it shares with the previous snapshot."""
        self._pointer = path / CURRENT
        self._pointer_state = _file_state(self._pointer)
        self.generation = current_generation(path)
        storage = DurableStorage(str(self.generation), readonly=True)
        toc, self.stamp = read_toc(storage, fingerprint(facets))
        self._number: int = toc.generation
        self.opened_at = datetime.now(UTC)
        known = previous._segments if previous else {}
        self._segments: dict[str, IndexSegment] = {}
        for part in toc.segments:
            name = part.segment_id()
            self._segments[name] = known.get(name) or IndexSegment(self.generation, part, facets)
        self._add_columns(toc.segments)
        self.facets = Facets(facets, [(offset, segment.facets) for offset, segment in self.parts], self.live)
        self.memory = Memory()

    def _add_columns(self, parts: list[Any]) -> None:
        sizes = [segment.size for segment in self._segments.values()]
        self.size = sum(sizes)
        self.offsets = [sum(sizes[:n]) for n in range(len(sizes))]  # of each segment, the number of its first document
        self.live = np.ones(self.size, np.bool_)
        for offset, part in zip(self.offsets, parts, strict=True):
            self.live[[offset + doc for doc in part.deleted_docs()]] = False
        columns = [segment.columns for segment in self._segments.values()]
        nothing = np.empty(0, np.int64)
        self.ids = np.concatenate([nothing, *(of.ids for of in columns)])
        self.versions = np.concatenate([nothing, *(of.versions for of in columns)])
        self.published = np.concatenate([nothing, *(of.published for of in columns)])
        self._title_ranks: dict[str, NDArray[np.int64]] = {}
        self._averages: dict[str, float] = {}
        self._having: dict[str, int] = {}

    @cached_property
    def parts(self) -> tuple[tuple[int, IndexSegment], ...]:
        """The segments, each after the number of its first document."""
        return tuple(zip(self.offsets, self._segments.values(), strict=True))

    @cached_property
    def live_docs(self) -> Docs:
        """The documents that are not deleted, in order."""
        return np.flatnonzero(self.live)

    @cached_property
    def has_deleted(self) -> bool:
        """Whether some documents are deleted."""
        return len(self.live_docs) < self.size

    @cached_property
    def recency(self) -> Places:
        """The place of each document if the newest came first, and of equals the lowest id."""
        places = np.empty(self.size, np.int64)
        places[np.lexsort((self.ids, -self.published))] = np.arange(self.size)
        return places

    @property
    def segments(self) -> tuple[IndexSegment, ...]:
        """The segments, in the order in which their documents are numbered."""
        return tuple(self._segments.values())

    @property
    def segment_count(self) -> int:
        """The number of segments."""
        return len(self._segments)

    def is_current(self) -> bool:
        """Whether no newer commit or generation is on disk, and this one is not marked: four calls of stat."""
        return (
            _file_state(self._pointer) == self._pointer_state
            and toc_path(self.generation, self._number).exists()
            and not toc_path(self.generation, self._number + 1).exists()
            and not is_marked_damaged(self.generation)
        )

    def check_files(self) -> None:
        """Raise IndexUnavailable if somebody has written to a file of an open segment; a call of stat for each."""
        for segment in self._segments.values():
            segment.check_file()

    def is_in_place(self) -> bool:
        """Whether the files of all segments are where they were opened, and as they were."""
        try:
            return all(segment.columns.file.is_untouched(segment.path) for segment in self._segments.values())
        except FileNotFoundError:
            return False

    def title_ranks(self, language: str) -> NDArray[np.int64]:
        """Return the place of each document in the order of titles that a reader of the language expects."""
        ranks = self._title_ranks.get(language)
        if ranks is None:
            parts = [segment.ranked_titles(language) for segment in self._segments.values()]
            ranks = self._title_ranks[language] = merged_ranks(language, parts)
        return ranks

    def find(self, id: int) -> int | None:
        """Return the number of the live document with an id."""
        found = np.flatnonzero((self.ids == id) & self.live)
        return int(found[0]) if len(found) else None

    def subject(self, doc: int) -> dict[str, tuple[str, ...]]:
        """Return, by language, the terms of a document's title and summary."""
        offset, segment = self._part_of(doc)
        return segment.subject(doc - offset)

    def record(self, doc: int) -> Record:
        """Return what is known of a document beside its words."""
        offset, segment = self._part_of(doc)
        return segment.record(doc - offset)

    def _part_of(self, doc: int) -> tuple[int, IndexSegment]:
        return self.parts[bisect_right(self.offsets, doc) - 1]

    def continuations(self, field: str, beginning: str, most: int) -> list[str]:
        """Return the longer terms of a field that begin with a term, the commonest first."""
        found: Counter[str] = Counter()
        examined = most if len(self._segments) == 1 else max(most, MOST_EXAMINED)
        for segment in self._segments.values():
            found.update(segment.continuations(field, beginning, examined))
        return [term for term, _ in sorted(found.items(), key=lambda item: (-item[1], item[0]))[:most]]

    def has(self, field: str, term: str) -> bool:
        """Whether any document has a term in a field."""
        return any(segment.has(field, term) for segment in self._segments.values())

    def phrase_docs(self, field: str, terms: tuple[str, ...]) -> Docs:
        """Return the documents that have the terms one after the other in the field."""
        found = [segment.phrase_docs(field, terms) + offset for offset, segment in self.parts]
        return np.concatenate([*found, np.empty(0, np.int64)])

    def average_length(self, field: str) -> float:
        """Return how many terms the documents that have a field have in it on average."""
        average = self._averages.get(field)
        if average is None:
            total = sum(segment.field_length(field) for segment in self._segments.values())
            average = self._averages[field] = total / (self.having(field) or 1) or 1
        return average

    def comparable(self, field: str) -> int:
        """Return among how many documents a term of a field is rare or common.

        For prose those with a text in its language; for other fields all there are.
        """
        prose = prose_beside(field)
        return self.having(prose) if prose else self.size

    def having(self, field: str) -> int:
        """Return how many documents have a field that counts its terms; deleted ones are counted."""
        having = self._having.get(field)
        if having is None:
            lengths = (segment.columns.lengths(field) for segment in self._segments.values())
            having = self._having[field] = sum(int(np.count_nonzero(codes)) for codes in lengths if codes is not None)
        return having


def open_snapshot(path: Path, facets: tuple[str, ...], previous: Snapshot | None) -> Snapshot:
    """Open the newest state of the index; raise IndexUnavailable, whatever Whoosh or the system raised."""
    for attempt in range(OPEN_ATTEMPTS):
        try:
            return Snapshot(path, facets, previous)
        except FileNotFoundError as error:  # a writer replaced files while they were being opened
            missing = error
            time.sleep(RETRY_SECONDS * attempt)
        except IndexUnavailable:
            raise
        except MemoryError as error:
            raise IndexUnavailable("busy", "out of memory") from error
        except Exception as error:  # Whoosh has no common base for what broken files raise
            scarce = isinstance(error, OSError) and error.errno in _SCARCE
            raise IndexUnavailable("busy" if scarce else "damaged", f"{type(error).__name__}: {error}") from error
    raise IndexUnavailable("damaged", f"no {missing.filename}") from missing


def _file_state(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns
