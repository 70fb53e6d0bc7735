"""What an editor saw, and what changed since: how two editors of one draft are told apart, field by field. Pure.

A draft remembers for each changed field a short trail of ``[version, mark]``: at that version its value became one with
that mark. So a form that was opened at version 12 need not say which boxes were touched: a box whose value has the mark
of version 12 was not, and whatever somebody else wrote there since stands.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from library.drafting.paths import tidy, value_at

Trail = Mapping[str, Any]

MOST_STEPS: Final = 100  # for one field; whoever began before is asked more often than needed, and loses nothing
_MARK: Final = 12  # hexadecimal digits
_MOST_NUMBER: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Base:
    """What an open form was filled from.

    :param version: of the draft, when the form was made or last saved.
    :param held: path -> version, for boxes that still show an older value because somebody else's stands.
    :param kept: the kept edit that this form has already led to; what is typed further goes there.
    """

    version: int
    held: Mapping[str, int] = field(default_factory=dict)
    kept: int | None = None

    @classmethod
    def read(cls, token: str) -> Self:
        """Return what the hidden box of a form says; what nobody could have been given counts as outdated."""
        try:
            version, held, kept = json.loads(token) if token.startswith("[") else (token, {}, 0)
            seen = {str(path): _number(since) for path, since in held.items()}
            return cls(_number(version), seen, _number(kept) or None)
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
            return cls(0)

    def __str__(self) -> str:
        """Return the value for the hidden box: the bare version in all but a few cases."""
        if not self.held and self.kept is None:
            return str(self.version)
        return json.dumps([self.version, dict(self.held), self.kept or 0], separators=(",", ":"))

    def of(self, path: str) -> int:
        """Return the version at which the value in a box was read."""
        return self.held.get(path, self.version)


def _number(value: Any) -> int:
    number = int(value)
    return number if 0 <= number <= _MOST_NUMBER else 0


def changed_since(trail: Trail, path: str, version: int) -> bool:
    """Return whether a field was changed after a version."""
    return any(since > version for since, _mark in trail.get(path, ()))


def was_touched(trail: Trail, path: str, value: Any, version: int) -> bool:
    """Return whether a value differs from the one that the field had at a version; also if nobody knows any more."""
    known = [mark for since, mark in trail.get(path, ()) if since <= version]
    return not known or known[-1] != mark_of(value)


def extended(
    trail: Trail, before: Mapping[str, Any], after: Mapping[str, Any], paths: Iterable[str], version: int
) -> dict[str, Any]:
    """Return the trail after a save that changed some fields and made a version."""
    longer = dict(trail)
    for path in paths:
        steps = longer.get(path) or [[0, mark_of(value_at(before, path))]]
        longer[path] = [*steps, [version, mark_of(value_at(after, path))]][-MOST_STEPS:]
    return longer


def mark_of(value: Any) -> str:
    """Return a short mark by which a value is recognised."""
    told = json.dumps(tidy(value), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(told.encode()).hexdigest()[:_MARK]
