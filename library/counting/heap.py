"""What was noted since it was last written, in memory, and what is remembered of a day so that a reader counts once.

Bounded in every direction: by notes, by readers' notes a day, by different things a day, by different words a day. What
is over a bound is not counted; nothing is ever counted twice for it. Knows no request and no database.
"""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from collections.abc import Hashable
from datetime import date
from hashlib import blake2b
from typing import Final, NamedTuple

from library.models import now

MOST_WAITING: Final = 10_000  # notes between two writings
MOST_OF_A_READER: Final = 300  # notes a day; whoever has more is a machine, or a house behind one address
MOST_A_DAY: Final = 100_000  # pairs of a reader and a thing that are remembered: some 8 MB
MOST_WORDS: Final = 2_000  # different ones a day that are stored, so that nobody fills the table with made-up words


class Reading(NamedTuple):
    """A practice's page was opened."""

    day: date
    practice_id: int


class Search(NamedTuple):
    """Somebody searched.

    :param mark: of the reader, which means nothing outside of this process and this day.
    """

    day: date
    mark: bytes
    words: str
    language: str
    found: int | None
    concepts: tuple[str, ...]


class Today:
    """What a process remembers of one day: marks, by a salt that goes with them."""

    def __init__(self, day: date) -> None:
        self.day = day
        self._salt = secrets.token_bytes(32)
        self._seen: set[int] = set()
        self._of_readers: Counter[bytes] = Counter()
        self._words: set[int] = set()

    def mark(self, reader: str) -> bytes:
        """Return eight bytes that stand for a reader; without the salt nobody can tell for whom."""
        return blake2b(reader.encode("utf-8", "replace"), key=self._salt, digest_size=8).digest()

    def first(self, mark: bytes, thing: Hashable) -> bool:
        """Return whether a reader meets something for the first time today, and remember that they did."""
        key = hash((mark, thing))
        if key in self._seen or len(self._seen) >= MOST_A_DAY:
            return False
        self._seen.add(key)
        return True

    def first_note(self, mark: bytes, thing: Hashable) -> bool:
        """Return ``first``, until a reader has left as many notes as one day holds."""
        if self._of_readers[mark] >= MOST_OF_A_READER or not self.first(mark, thing):
            return False
        self._of_readers[mark] += 1
        return True

    def has_room_for(self, words: str) -> bool:
        """Return whether words may be stored: those that were stored today, and so many others."""
        key = hash(words)
        if key not in self._words and len(self._words) >= MOST_WORDS:
            return False
        self._words.add(key)
        return True


class Heap:
    """The notes of one process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._today = Today(now().date())
        self._waiting: list[Reading | Search] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def today(self) -> Today:
        """Return what is remembered of this day, which at midnight (UTC) forgets the last; held by ``lock``."""
        day = now().date()
        if day != self._today.day:
            self._today = Today(day)
        return self._today

    def reading(self, reader: str, practice_id: int) -> None:
        """Note that a reader opened a practice; held by ``lock``."""
        today = self.today()
        if len(self._waiting) < MOST_WAITING and today.first_note(today.mark(reader), practice_id):
            self._waiting.append(Reading(today.day, practice_id))

    def search(self, reader: str, words: str, language: str, found: int | None, concepts: tuple[str, ...]) -> None:
        """Note that a reader searched; held by ``lock``."""
        today = self.today()
        mark = today.mark(reader)
        if len(self._waiting) < MOST_WAITING and today.first_note(mark, (words, language, concepts)):
            self._waiting.append(Search(today.day, mark, words, language, found, concepts))

    def take(self) -> list[Reading | Search]:
        """Return all notes, and let go of them."""
        with self.lock:
            notes, self._waiting = self._waiting, []
            return notes

    def put_back(self, notes: list[Reading | Search]) -> None:
        """Keep notes for later, as many as there is room for."""
        with self.lock:
            self._waiting = [*notes, *self._waiting][:MOST_WAITING]
