"""Two texts where one is wanted: what an author typed beside what was saved meanwhile, field by field. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from library import record
from library.comparison import Kind, Segment, Speak, items, words
from library.drafting.fields import KEYED, is_long
from library.drafting.paths import plain, value_at
from library.drafting.steps import name_in
from library.drafting.versions import Trail, changed_since
from library.record import Field

Lines = tuple[tuple[Segment, ...], ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field that two have edited.

    :param path: in the document.
    :param language: of the text; empty for what is the same in every language.
    :param theirs: what is saved, in lines, with what the author has not marked as removed.
    :param mine: what the author typed, in lines, with what is not saved marked as added.
    :param both: the two in one, to go on from; ``None`` where they cannot be joined without losing something.
    :param contested: whether somebody else changed it; else it waits only because other fields had to.
    """

    path: str
    field: Field
    language: str
    theirs: Lines
    mine: Lines
    both: Any
    contested: bool

    @property
    def anchor(self) -> str:
        """The path as part of an identifier on a page."""
        return self.path.replace(".", "-")

    @property
    def is_long(self) -> bool:
        """Whether an answer may run over several lines."""
        return is_long(self.field)


def conflicts(
    typed: Mapping[str, Any], document: Mapping[str, Any], *, trail: Trail, base: int, speak: Speak
) -> list[Conflict]:
    """Return the fields in which a kept edit differs from what is saved, in the order of the template.

    :param typed: path -> value, as the kept edit holds it.
    :param base: version from which the author began.
    :param speak: tells a field's value as lines in the reader's words; see ``wording.Wording.lines``.
    """
    order = list(record.BY_NAME)
    paths = [path for path in typed if name_in(path) in record.BY_NAME]
    paths.sort(key=lambda path: (order.index(name_in(path)), path))
    differing = (path for path in paths if plain(typed[path]) != value_at(document, path))
    contested = {path for path in paths if not base or changed_since(trail, path, base)}
    return [
        _conflict(path, typed[path], value_at(document, path), speak, contested=path in contested) for path in differing
    ]


def _conflict(path: str, mine: Any, theirs: Any, speak: Speak, *, contested: bool) -> Conflict:
    field = record.BY_NAME[name_in(path)]
    if field.translated:
        marked: Lines = (words(str(theirs or ""), str(mine or "")),)
    else:
        marked = items(list(speak(field, theirs)), list(speak(field, mine)))
    return Conflict(
        path,
        field,
        path.split(".")[1] if field.translated else "",
        tuple(_without(marked, Kind.ADDED)),
        tuple(_without(marked, Kind.REMOVED)),
        _both(field, mine, theirs),
        contested,
    )


def _without(lines: Lines, kind: Kind) -> Iterator[tuple[Segment, ...]]:
    for line in lines:
        if left := tuple(segment for segment in line if segment.kind is not kind):
            yield left


def _both(field: Field, mine: Any, theirs: Any) -> Any:
    """Return one value that holds all of two, as far as there is one."""
    if field.translated:
        return ("\n\n" if is_long(field) else " ").join(str(text) for text in (theirs, mine) if text)
    if not (isinstance(mine, list) and isinstance(theirs, list)):
        return None
    joined = [*theirs, *(item for item in mine if item not in theirs)]
    return None if _has_doubles(joined, KEYED.get(field.name, "slug")) else joined


def _has_doubles(rows: Sequence[Any], key: str) -> bool:
    """Return whether two rows are about the same, which the template refuses; so one of them would have to go."""
    keys = [row.get(key) for row in rows if isinstance(row, Mapping) and row.get(key)]
    return len(set(keys)) < len(keys)
