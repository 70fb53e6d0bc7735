"""Which practice a row of a table speaks of. Pure: knows a list of what there is, and no database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from library.choices import PracticeState
from library.interchange.row_checks import Given, Message, message

MAX_EXTERNAL_ID: Final = 120
_NUMBER: Final = re.compile(r"(?:https?://[^/\s]+)?(?:/?p/)?(\d{1,9})/?")
_SLUG: Final = re.compile(r"(?:(?:https?://[^/\s]+)?/(?:[a-z]{2}/)?practices/)?([a-z0-9]+(?:-[a-z0-9]+)*)/?")
_RESERVED: Final = re.compile(r"p\d+")  # what the library calls records that came without a name
_BROKEN: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Known:
    """One practice, as far as finding it goes."""

    id: int
    external_id: str
    slug: str
    state: PracticeState


@dataclass(frozen=True, slots=True)
class Found:
    """What a row speaks of.

    :param practice_id: the practice; ``None`` for a new one.
    :param external_id: the identifier that a new one gets.
    :param restore: whether it was archived only because an import was undone.
    """

    practice_id: int | None = None
    external_id: str = ""
    restore: bool = False
    faults: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Registry:
    """All practices by every way to name them.

    :param undone: those that are archived only because an import was undone.
    :param titles: title without case -> number of a practice that has it.
    """

    by_id: Mapping[int, Known]
    undone: frozenset[int] = frozenset()
    titles: Mapping[str, int] = field(default_factory=dict)
    _by_slug: dict[str, Known] = field(default_factory=dict)
    _by_external_id: dict[str, Known] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_slug.update({one.slug: one for one in self.by_id.values()})
        self._by_external_id.update({one.external_id: one for one in self.by_id.values() if one.external_id})

    def find(self, given: Given) -> Found:
        """Return what a row speaks of, with what is wrong about how it says so."""
        named = given.cells.get("identifier", "").strip()
        own = given.cells.get("external_id", "").strip()
        by_own = self._by_external_id.get(own) if own else None
        if named:
            record = self._named(named)
            if record is None:
                return _wrong("identifier", named, "unknown-record")
            if own and record.external_id != own:
                return _wrong("external_id", own, "other-record", practice=record.id)
            return self._usable(record, "identifier", named)
        if by_own:
            return self._usable(by_own, "external_id", own)
        if own and (_RESERVED.fullmatch(own) or len(own) > MAX_EXTERNAL_ID or _BROKEN.search(own)):
            return _wrong("external_id", own, "bad-identifier")
        return Found(external_id=own)

    def _named(self, words: str) -> Known | None:
        if found := _NUMBER.fullmatch(words):
            return self.by_id.get(int(found[1]))
        if words in self._by_external_id:
            return self._by_external_id[words]
        found = _SLUG.fullmatch(words)
        return self._by_slug.get(found[1]) if found else None

    def _usable(self, record: Known, column: str, words: str) -> Found:
        if record.state is PracticeState.ERASED:
            return _wrong(column, words, "erased")
        if record.state is PracticeState.ARCHIVED and record.id not in self.undone:
            return _wrong(column, words, "archived")
        return Found(practice_id=record.id, restore=record.state is PracticeState.ARCHIVED)


def _wrong(column: str, words: str, code: str, **more: Any) -> Found:
    return Found(faults=(message(column, words, code, **more),))
