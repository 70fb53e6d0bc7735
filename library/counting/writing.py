"""From notes to counts in the database: a thread a process, a transaction of its own, never that of a request.

The thread begins with the first note and ends when there is nothing to write. Whoever kills the process loses what was
noted since; an orderly end writes it.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Any, Final

from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from library.counting.heap import Heap, Reading, Search
from library.counting.phrases import LITTLE, concepts_in, may_be_kept, normal
from library.extensions import db
from library.lexicon import Lexicon, current
from library.models import Base, Concept, ConceptTally, Practice, ReadTally, SearchTally

log = logging.getLogger(__name__)

EXTENSION: Final = "library-counting"
COUNTS_KEPT: Final = timedelta(days=2 * 366)  # of readings and concepts, which say nothing of anybody
MOST_ROWS: Final = 20_000  # that wait while the database cannot be reached
_INSERT: Final[dict[str, Callable[[Any], Any]]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Tallies:
    """Counts that are to be added to those in the database."""

    def __init__(self) -> None:
        self.reads: Counter[tuple[date, int]] = Counter()
        self.concepts: Counter[tuple[date, str]] = Counter()
        self.words: dict[tuple[date, str, str], tuple[int, int]] = {}  # -> searches, practices found the last time

    def __len__(self) -> int:
        return len(self.reads) + len(self.concepts) + len(self.words)

    def add(self, note: Reading | Search, lexicon: Lexicon, heap: Heap) -> None:
        """Count a note; what a search names counts once a reader and day, however often it is narrowed."""
        if isinstance(note, Reading):
            self.reads[note] += 1
            return
        words = normal(note.words)
        for concept in {*note.concepts, *concepts_in(words, lexicon)}:
            if _first(heap, note, concept):
                self.concepts[note.day, concept] += 1
        if note.found is not None and note.found <= LITTLE and may_be_kept(words, note.words):
            self._add_words(note, words, heap)

    def _add_words(self, note: Search, words: str, heap: Heap) -> None:
        key = (note.day, note.language, words)
        with heap.lock:
            room = heap.today().has_room_for(words)
        if room and _first(heap, note, ("words", note.language, words)):
            self.words[key] = (self.words.get(key, (0, 0))[0] + 1, note.found or 0)


def _first(heap: Heap, note: Search, thing: Any) -> bool:
    with heap.lock:
        return heap.today().first(note.mark, thing)


class Counting:
    """The counting of one application in this process."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._every: float = app.config["COUNT_EVERY"]
        self.start_afresh()
        _all.add(self)

    def start_afresh(self) -> None:
        """Forget everything: a process that was forked has a lock, notes and a salt of its own, and no thread yet."""
        self._heap = Heap()
        self._tallies = Tallies()
        self._writing = threading.Lock()
        self._thread: threading.Thread | None = None

    def reading(self, reader: str, practice_id: int) -> None:
        """Note that a reader opened a practice."""
        with self._heap.lock:
            self._heap.reading(reader, practice_id)
            self._see_to_it()

    def search(self, reader: str, words: str, language: str, found: int | None, concepts: tuple[str, ...]) -> None:
        """Note that a reader searched."""
        if not words and not concepts:
            return
        with self._heap.lock:
            self._heap.search(reader, words, language, found, concepts)
            self._see_to_it()

    def _see_to_it(self) -> None:
        """Let a thread write what waits; it does not hold up the end of the process."""
        if self._thread is None and self._every and len(self._heap):
            self._thread = threading.Thread(target=self._run, name="counting", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            time.sleep(self._every)
            try:
                self.write()
            except Exception:
                log.exception("counts could not be written; trying again in %s s", self._every)
            with self._heap.lock:
                if not len(self._heap) and not len(self._tallies):
                    self._thread = None
                    return

    def write(self) -> None:
        """Write all that was noted, in one transaction; what cannot be written waits for the next time."""
        with self._writing, self._app.app_context():
            notes = self._heap.take()
            if notes:
                self._count(notes)
            if len(self._tallies):
                with db.sessionmaker.begin() as session:
                    _store(session, self._tallies)
                self._tallies = Tallies()

    def _count(self, notes: list[Reading | Search]) -> None:
        try:
            with db.sessionmaker() as session:
                lexicon = current(session)
        except Exception:
            self._heap.put_back(notes)
            raise
        for note in notes:
            if len(self._tallies) < MOST_ROWS:
                self._tallies.add(note, lexicon, self._heap)


_all: weakref.WeakSet[Counting] = weakref.WeakSet()


def counting_of(app: Flask) -> Counting:
    """Return the counting of an application."""
    found = app.extensions.get(EXTENSION)
    if found is None:
        whole: Flask = getattr(app, "_get_current_object", lambda: app)()
        found = app.extensions.setdefault(EXTENSION, Counting(whole))
    counting: Counting = found
    return counting


@atexit.register
def _write_all() -> None:
    """Write what waits before the process ends; what cannot be is lost, for nobody waits for counts."""
    for counting in list(_all):
        with suppress(Exception):
            counting.write()


def _after_fork() -> None:
    for counting in list(_all):
        counting.start_afresh()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


# --- the tables --------------------------------------------------------------------------------------------------


def _store(session: Session, tallies: Tallies) -> None:
    """Add counts to those of each day. Rows go in the order of their keys, so that processes do not lock each other."""
    practices = _there(session, Practice.id, {identifier for _, identifier in tallies.reads})
    concepts = _there(session, Concept.id, {identifier for _, identifier in tallies.concepts})
    reads = [
        {"day": day, "practice_id": identifier, "reads": count}
        for (day, identifier), count in sorted(tallies.reads.items())
        if identifier in practices
    ]
    named = [
        {"day": day, "concept_id": identifier, "searches": count}
        for (day, identifier), count in sorted(tallies.concepts.items())
        if identifier in concepts
    ]
    words = [
        {"day": day, "language": language, "words": text, "searches": searches, "found": found}
        for (day, language, text), (searches, found) in sorted(tallies.words.items())
    ]
    _add(session, ReadTally, reads, sums=("reads",))
    _add(session, ConceptTally, named, sums=("searches",))
    _add(session, SearchTally, words, sums=("searches",), last=("found",))


def _there(session: Session, column: Any, wanted: set[Any]) -> set[Any]:
    """Return those that exist still: one that is gone must not keep the others from being counted."""
    return set(session.scalars(select(column).where(column.in_(wanted)))) if wanted else set()


def _add(
    session: Session,
    table: type[Base],
    rows: list[Mapping[str, Any]] | list[dict[str, Any]],
    *,
    sums: Iterable[str],
    last: Iterable[str] = (),
) -> None:
    """Insert rows, or add them to those that are there.

    :param sums: columns that are added up.
    :param last: columns of which the newest value stands.
    """
    if not rows:
        return
    there: Any = table.__table__
    adding = _INSERT[session.get_bind().dialect.name](there)
    values = {name: there.c[name] + adding.excluded[name] for name in sums}
    values |= {name: adding.excluded[name] for name in last}
    keys = [column.name for column in there.primary_key]
    session.connection().execute(adding.on_conflict_do_update(index_elements=keys, set_=values), rows)


def forget_words(session: Session, words: str) -> bool:
    """Forget words that were searched for; return whether there were any."""
    return bool(session.connection().execute(delete(SearchTally).where(SearchTally.words == words)).rowcount)


def forget_old(session: Session, *, today: date, days: int) -> None:
    """Forget what was counted long ago.

    :param days: for which words are kept.
    """
    session.execute(delete(SearchTally).where(SearchTally.day < today - timedelta(days=days)))
    for table in (ReadTally, ConceptTally):
        session.execute(delete(table).where(table.day < today - COUNTS_KEPT))
