"""A vocabulary and its concepts as plain values, between tables, files and the difference of two. Pure.

The form of a concept is also what an import writes down of it, before and after.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

OWN_HABITS: Final = ("in-scheme", "notation", "top-concept-of", "has-top-concept", "broader")


@dataclass(slots=True)
class ConceptState:
    """One concept.

    :param id: such as ``agencies/police``.
    :param uri: its own address, if it was made elsewhere.
    :param labels: language -> preferred label.
    :param synonyms: language -> alternative labels, in their order.
    :param relations: kind -> identifiers.
    :param rest: what its file says beyond that, as N-Triples.
    :param unsaid: what follows from that and its file does not say.
    :param position: in the order of its vocabulary; -1 for at its end. No file says it.
    """

    id: str
    uri: str = ""
    deprecated: bool = False
    replaced_by: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    synonyms: dict[str, list[str]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    relations: dict[str, list[str]] = field(default_factory=dict)
    rest: str = ""
    unsaid: str = ""
    position: int = -1

    @property
    def scheme(self) -> str:
        """Code of its vocabulary."""
        return self.id.partition("/")[0]

    @property
    def code(self) -> str:
        """What it is called within its vocabulary."""
        return self.id.partition("/")[2]

    @property
    def broader(self) -> list[str]:
        """What stands above it."""
        return self.relations.get("broader", [])

    def label(self, language: str = "en") -> str:
        """Return its label in a language, else in English, else in any, else its code."""
        return self.labels.get(language) or self.labels.get("en") or next(iter(self.labels.values()), self.code)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON, for the tables of changes; the order of languages and relations says nothing."""
        said = asdict(self)
        said["labels"] = dict(sorted(self.labels.items()))
        said["notes"] = dict(sorted(self.notes.items()))
        said["synonyms"] = {code: list(words) for code, words in sorted(self.synonyms.items()) if words}
        said["relations"] = {kind: sorted(ids) for kind, ids in sorted(self.relations.items()) if ids}
        return said


def concept_of(said: Mapping[str, Any]) -> ConceptState:
    """Return the concept that ``as_json`` wrote down."""
    return ConceptState(**said)


@dataclass(slots=True)
class SchemeState:
    """One vocabulary with its concepts in their order.

    :param habits: which statements that follow from others its file makes.
    """

    code: str
    uri: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    habits: tuple[str, ...] = OWN_HABITS
    rest: str = ""
    unsaid: str = ""
    concepts: dict[str, ConceptState] = field(default_factory=dict)

    def about(self) -> dict[str, Any]:
        """Return what is said of the vocabulary itself, as JSON."""
        return {
            "code": self.code,
            "uri": self.uri,
            "labels": dict(sorted(self.labels.items())),
            "notes": dict(sorted(self.notes.items())),
            "habits": sorted(self.habits),
            "rest": self.rest,
            "unsaid": self.unsaid,
        }

    def children(self) -> dict[str, list[str]]:
        """Return the concepts directly below each concept of this vocabulary."""
        below: dict[str, list[str]] = {}
        for concept in self.concepts.values():
            for parent in concept.broader:
                below.setdefault(parent, []).append(concept.id)
        return below


def scheme_of(about: Mapping[str, Any]) -> SchemeState:
    """Return the vocabulary that ``about`` wrote down, without concepts."""
    return SchemeState(**{**about, "habits": tuple(about["habits"])})


def mark(state: SchemeState | None) -> str:
    """Return a digest by which it is seen whether a vocabulary is still as it was; empty for none."""
    if state is None:
        return ""
    told = [state.about(), *(concept.as_json() for _, concept in sorted(state.concepts.items()))]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
