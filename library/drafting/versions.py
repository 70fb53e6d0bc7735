"""What an editor saw, and what changed since: how two editors of one draft are told apart, field by field. Pure.

A draft remembers for each changed field a short trail of steps: at that version its value became one with that mark,
and it came from that page. So a form that was opened at version 12 need not say which boxes were touched: a box whose
value has the mark of version 12 was not, and whatever somebody else wrote there since stands. And a page whose save
arrived while the answer got lost does not take its own text for somebody else's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, NamedTuple, Self

from library.drafting.paths import tidy, value_at

Trail = Mapping[str, Any]

MOST_STEPS: Final = 100  # for one field; whoever began before is asked more often than needed, and loses nothing
MOST_NAME: Final = 32  # characters of a page's name
_MARK: Final = 12  # hexadecimal digits
_MOST_NUMBER: Final = 2**31 - 1


class Standing(StrEnum):
    """How a value that somebody sends stands to what is stored."""

    FREE = "free"  # nobody else has changed the field since it was read
    UNTOUCHED = "untouched"  # it is what was read, or what a later save of the same page has overtaken
    CONTESTED = "contested"  # somebody else has changed the field, and so has the sender


class Step(NamedTuple):
    """One change of a field.

    :param version: of the draft, that the change made.
    :param mark: of the new value.
    :param page: the open page that it came from; empty if it did not say.
    :param turn: number of the save on that page.
    """

    version: int
    mark: str
    page: str = ""
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Base:
    """What an open form was filled from.

    :param version: of the draft, when the form was made or last saved.
    :param held: path -> version, for boxes that still show an older value because somebody else's stands.
    :param kept: the kept edit that this form has already led to; what is typed further goes there.
    :param page: a name that the open page gave itself, to know its own saves again.
    :param turn: number of the save on that page: what is sent earlier may arrive later.
    """

    version: int
    held: Mapping[str, int] = field(default_factory=dict)
    kept: int | None = None
    page: str = ""
    turn: int = 0

    @classmethod
    def read(cls, token: str) -> Self:
        """Return what the hidden box of a form says; what nobody could have been given counts as outdated."""
        try:
            told: list[Any] = json.loads(token) if token.startswith("[") else [token]
            version, held, kept, page, turn = told + [0, {}, 0, "", 0][len(told) :]
            seen = {str(path): _number(since) for path, since in held.items()}
            return cls(_number(version), seen, _number(kept) or None, str(page)[:MOST_NAME], _number(turn))
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
            return cls(0)

    def __str__(self) -> str:
        """Return the value for the hidden box: the bare version in all but a few cases."""
        if self == Base(self.version):
            return str(self.version)
        told = [self.version, dict(self.held), self.kept or 0, self.page, self.turn]
        return json.dumps(told, separators=(",", ":"))

    def of(self, path: str) -> int:
        """Return the version at which the value in a box was read."""
        return self.held.get(path, self.version)


def _number(value: Any) -> int:
    number = int(value)
    return number if 0 <= number <= _MOST_NUMBER else 0


def steps_of(trail: Trail, path: str) -> list[Step]:
    """Return the remembered changes of a field, oldest first."""
    return [Step(*step) for step in trail.get(path, ())]


def changed_since(trail: Trail, path: str, version: int) -> bool:
    """Return whether a field was changed after a version."""
    return any(step.version > version for step in steps_of(trail, path))


def standing_of(trail: Trail, path: str, value: Any, base: Base, *, current: int) -> Standing:
    """Return how a value stands to what is stored, which differs from it.

    :param current: version of what is stored; a base that is newer was given to nobody.
    """
    seen = base.of(path) if 0 < base.of(path) <= current else 0
    known: list[Step] = []
    others: list[Step] = []
    own: list[Step] = []
    for step in steps_of(trail, path):
        kind = known if step.version <= seen else own if base.page and step.page == base.page else others
        kind.append(step)
    if own and own[-1].turn >= base.turn:
        return Standing.UNTOUCHED
    if seen and not others:
        return Standing.FREE
    last = [*known, *own][-1:]
    untouched = bool(seen and last and last[0].mark == mark_of(value))
    return Standing.UNTOUCHED if untouched else Standing.CONTESTED


def extended(
    trail: Trail, before: Mapping[str, Any], after: Mapping[str, Any], paths: Iterable[str], version: int, base: Base
) -> dict[str, Any]:
    """Return the trail after a save that changed some fields and made a version."""
    longer = dict(trail)
    for path in paths:
        steps = longer.get(path) or [Step(0, mark_of(value_at(before, path)))]
        step = Step(version, mark_of(value_at(after, path)), base.page, base.turn)
        longer[path] = [list(known) for known in (*steps, step)][-MOST_STEPS:]
    return longer


def mark_of(value: Any) -> str:
    """Return a short mark by which a value is recognised."""
    told = json.dumps(tidy(value), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(told.encode()).hexdigest()[:_MARK]
