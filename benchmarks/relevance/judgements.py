"""The test set of our own: what practitioners ask of the starter library, and which practices answer it how well.

``needs/*.toml`` holds one need after another, as the topics of TREC and CLEF do: what is wanted, in a sentence; how it
is asked, in one language or several; and every practice that has something to say on it, with a grade and a reason.
Grades: 3 it is exactly what was asked for, 2 it is useful, 1 it touches on it. Every practice in ``read.toml`` was held
against every need, so one that is not named is of no use for it, whatever an engine makes of it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
NEEDS: Final = HERE / "needs"
READ: Final = HERE / "read.toml"


class Kind(StrEnum):
    """How somebody asks."""

    WORD = "word"
    WORDS = "several words"
    QUESTION = "question"
    COMPOUND = "compound"
    INFLECTED = "inflected form"
    MISSPELT = "misspelling"
    ABROAD = "term of another country"
    NAME = "name"
    ACRONYM = "acronym"
    TITLE = "exact title"


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as somebody types it."""

    text: str
    language: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Judgement:
    """How well a practice answers a need, and why."""

    grade: int
    reason: str


@dataclass(frozen=True, slots=True)
class Need:
    """What somebody wants to know; ``judged`` maps practices, by the names of their files, to what was judged."""

    name: str
    wanted: str
    asked: tuple[Asked, ...]
    judged: Mapping[str, Judgement]

    @property
    def grades(self) -> dict[str, int]:
        """Return the grades alone."""
        return {practice: judgement.grade for practice, judgement in self.judged.items()}


def needs(folder: Path = NEEDS) -> list[Need]:
    """Return all needs, in the order of the files' names.

    :raises KeyError, ValueError: if a file is not in the form that the module's description gives.
    """
    return [_need(entry) for path in sorted(folder.glob("*.toml")) for entry in _entries(path)]


def read_records(path: Path = READ) -> dict[str, str]:
    """Return the practices that were read for the judgements, by the names of their files, and what each is about."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _entries(path: Path) -> Iterator[Mapping[str, Any]]:
    yield from tomllib.loads(path.read_text(encoding="utf-8"))["need"]


def _need(entry: Mapping[str, Any]) -> Need:
    return Need(
        name=entry["name"],
        wanted=entry["wanted"],
        asked=tuple(Asked(a["text"], a["language"], Kind(a["kind"])) for a in entry["asked"]),
        judged={practice: Judgement(grade, reason) for practice, (grade, reason) in entry["judged"].items()},
    )
