"""A proposed revision, when the public text has moved on since its authors began: which changes fit together.

Pure: knows documents and their paths, and no database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from library import record
from library.drafting.paths import value_at, with_fields

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rebased:
    """The proposal with everything that became public meanwhile.

    :param overlapping: paths that both sides changed; the proposal's text stands there.
    """

    document: dict[str, Any]
    overlapping: tuple[str, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that both sides changed, each once, in their order."""
        return tuple(dict.fromkeys(path.rpartition(".")[2] for path in self.overlapping))


def rebased(proposed: Document, *, base: Document, latest: Document) -> Rebased:
    """Return a proposal that began from ``base`` as if it had begun from ``latest``.

    A field that the authors left alone says what is public now; one that only they changed says what they wrote.
    """
    taken: dict[str, Any] = {}
    overlapping: list[str] = []
    for path in paths(base, latest, proposed):
        before, public, wanted = (value_at(document, path) for document in (base, latest, proposed))
        if public in (before, wanted):
            continue
        if wanted == before:
            taken[path] = public
        else:
            overlapping.append(path)
    return Rebased(with_fields(proposed, taken), tuple(overlapping))


def paths(*documents: Document) -> Iterator[str]:
    """Yield the path of every field that documents may fill, in the order of the template."""
    languages = dict.fromkeys(language for document in documents for language in document.get(record.TEXT_KEY, ()))
    for field in record.FIELDS:
        if field.translated:
            yield from (f"{record.TEXT_KEY}.{language}.{field.name}" for language in languages)
        else:
            yield field.name
