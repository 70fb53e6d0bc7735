"""What differs between two documents, field by field, with the words marked.

Pure: knows the template and no database. How a value reads in words is told by whoever asks, see ``wording``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, Final

from library import record
from library.record import Field, Type

Document = Mapping[str, Any]
Speak = Callable[[Field, Any], Sequence[str]]

MOST_PAIRS: Final = 1_000_000  # words of one text times words of the other that are compared one by one; about a second
_TOKENS: Final = re.compile(r"\n+|[^\S\n]+|\w+|[^\w\s]")


class Kind(StrEnum):
    """What became of a stretch of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text that stayed, came or went."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that two documents fill differently.

    :param path: such as ``text.sv.problem`` or ``agencies``.
    :param language: of the text; empty for what is the same in every language.
    :param lines: the value in lines, each a row of segments; prose is a single line.
    """

    path: str
    field: Field
    language: str
    lines: tuple[tuple[Segment, ...], ...]


def words(old: str, new: str) -> tuple[Segment, ...]:
    """Return a text's stretches, in the order in which somebody reads both at once.

    Joined without what was added they give the old text, without what was removed the new one. Very long texts that
    differ a great deal are compared line by line.
    """
    before, after = _TOKENS.findall(old), _TOKENS.findall(new)
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    middle = before[head : len(before) - tail], after[head : len(after) - tail]
    if len(middle[0]) * len(middle[1]) > MOST_PAIRS:
        middle = "".join(middle[0]).splitlines(keepends=True), "".join(middle[1]).splitlines(keepends=True)
    if len(middle[0]) * len(middle[1]) > MOST_PAIRS:
        middle = ["".join(middle[0])], ["".join(middle[1])]
    pieces = [
        (Kind.SAME, "".join(before[:head])),
        *_pieces(*middle),
        (Kind.SAME, "".join(before[len(before) - tail :])),
    ]
    return tuple(_joined(pieces))


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    """Return how many tokens two texts begin with alike."""
    limit = min(len(first), len(second))
    return next((number for number in range(limit) if first[number] != second[number]), limit)


def _pieces(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Kind, str]]:
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Kind.SAME, "".join(before[i1:i2])
        else:
            yield Kind.REMOVED, "".join(before[i1:i2])
            yield Kind.ADDED, "".join(after[j1:j2])


def _joined(pieces: Iterable[tuple[Kind, str]]) -> Iterator[Segment]:
    """Join neighbours of a kind; a change on both sides of a mere space takes the space along, and reads calmer."""
    parts = _without_lonely_spaces([piece for piece in pieces if piece[1]])
    removed = added = same = ""
    for kind, text in parts:
        if kind is Kind.SAME:
            yield from _changed(removed, added)
            removed = added = ""
            same += text
            continue
        if same:
            yield Segment(Kind.SAME, same)
            same = ""
        removed += text if kind is Kind.REMOVED else ""
        added += text if kind is Kind.ADDED else ""
    yield from _changed(removed, added)
    if same:
        yield Segment(Kind.SAME, same)


def _without_lonely_spaces(parts: list[tuple[Kind, str]]) -> Iterator[tuple[Kind, str]]:
    for number, (kind, text) in enumerate(parts):
        between = 0 < number < len(parts) - 1
        if kind is Kind.SAME and between and text.isspace() and "\n" not in text:
            yield Kind.REMOVED, text
            yield Kind.ADDED, text
        else:
            yield kind, text


def _changed(removed: str, added: str) -> Iterator[Segment]:
    if removed:
        yield Segment(Kind.REMOVED, removed)
    if added:
        yield Segment(Kind.ADDED, added)


def items(old: Sequence[str], new: Sequence[str]) -> tuple[tuple[Segment, ...], ...]:
    """Return the lines of a list: those that stayed, came or went, and those that changed with their words marked."""
    lines: list[tuple[Segment, ...]] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [(Segment(Kind.SAME, text),) for text in old[i1:i2]]
        elif tag == "replace" and i2 - i1 == j2 - j1:
            lines += [words(before, after) for before, after in zip(old[i1:i2], new[j1:j2], strict=True)]
        else:
            lines += [(Segment(Kind.REMOVED, text),) for text in old[i1:i2]]
            lines += [(Segment(Kind.ADDED, text),) for text in new[j1:j2]]
    return tuple(lines)


def differences(old: Document, new: Document, speak: Speak) -> list[Difference]:
    """Return the fields that two documents fill differently, in the order of the template.

    :param speak: tells a field's value as lines in the reader's words; see ``wording.Wording.lines``.
    """
    languages = sorted({*_texts(old), *_texts(new)})
    found: list[Difference] = []
    for field in record.FIELDS:
        if field.translated:
            for language in languages:
                before, after = _text(old, language, field.name), _text(new, language, field.name)
                if before != after:
                    path = f"{record.TEXT_KEY}.{language}.{field.name}"
                    found.append(Difference(path, field, language, (words(before, after),)))
        elif _value(field, old) != _value(field, new):
            lines = items(list(speak(field, old.get(field.name))), list(speak(field, new.get(field.name))))
            found.append(Difference(field.name, field, "", lines))
    return found


def _value(field: Field, document: Document) -> Any:
    """Return what a document says; nothing said and nothing chosen are the same."""
    value = document.get(field.name)
    return None if value in ("", [], {}) or (field.type is Type.FLAG and value is False) else value


def _texts(document: Document) -> Mapping[str, Any]:
    texts = document.get(record.TEXT_KEY)
    return texts if isinstance(texts, Mapping) else {}


def _text(document: Document, language: str, name: str) -> str:
    text = _texts(document).get(language)
    said = text.get(name) if isinstance(text, Mapping) else None
    return said if isinstance(said, str) else ""
