"""Counting what readers look for and read: no person, no address, no cookie, and no write while a page is made.

A page only leaves a note in memory (``heap``), once a reader, thing and day. A thread of each process turns notes into
counts every half minute (``writing``), in a transaction of its own. ADR 0022 says why, and what that cannot tell.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import current_app

from library.counting.phrases import LITTLE, concepts_in
from library.counting.readers import reader
from library.counting.writing import counting_of, forget_old, forget_words

__all__ = ["LITTLE", "concepts_in", "flush", "forget_old", "forget_words", "note_reading", "note_search"]


def note_search(words: str, language: str, found: int | None, concepts: Iterable[str]) -> None:
    """Note that the reader of this request has searched; costs microseconds and asks nothing of the database.

    :param words: as they were typed.
    :param language: of the page.
    :param found: practices that hold all of the words; ``None`` where filters narrowed it, so that it says nothing
        of the words. Those that found enough are counted for their concepts alone, and never stored.
    :param concepts: identifiers of the concepts that were filtered by; of those that exist, which bounds what waits.
    """
    if (somebody := reader()) is not None:
        counting_of(current_app).search(somebody, words, language, found, tuple(concepts))


def note_reading(practice_id: int) -> None:
    """Note that the reader of this request has opened a practice."""
    if (somebody := reader()) is not None:
        counting_of(current_app).reading(somebody, practice_id)


def flush() -> None:
    """Write what was noted in this process so far; for tests, and before a process ends."""
    counting_of(current_app).write()
