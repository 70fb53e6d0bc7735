"""The head of a table: which columns its headings name, and where its rows begin. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from library.tables.columns import Column, column_named
from library.tables.reading import Table
from library.tables.refusals import RefusedTable, TableReason
from library.tables.speech import Speech

LOOKED_AT: Final = 2  # rows: headings for people, and perhaps names for machines
MOST_SHOWN: Final = 100  # characters of a heading that nobody understands


@dataclass(frozen=True, slots=True)
class Head:
    """What the first rows of a table say.

    :param sheet: on which the table stands.
    :param columns: by their place; ``None`` where there is no heading.
    :param first: the number of the first row that is data.
    :param faults: headings that name nothing, and that name the same.
    """

    sheet: str
    columns: tuple[Column | None, ...]
    first: int
    faults: list[dict[str, Any]] = field(default_factory=list)

    @property
    def known(self) -> list[Column]:
        """The columns that the table has."""
        return [column for column in self.columns if column]


def head_of(table: Table, speech: Speech) -> Head:
    """Return the head of the first sheet that has one.

    :raises RefusedTable: if none has.
    """
    heads = [head for sheet in table.sheets if (head := _head(table, sheet, speech)) is not None]
    if not heads:
        raise RefusedTable(TableReason.HEADINGS)
    return max(heads, key=lambda head: len(head.known))


def _head(table: Table, sheet: str, speech: Speech) -> Head | None:
    rows = list(islice(table.rows(sheet), LOOKED_AT))
    if not rows:
        return None
    by_name = next((row for row in rows if _are_names(row[1])), None)
    number, headings = by_name or rows[0]
    columns = tuple(_column(words, speech) for words in headings)
    if sum(column is not None for column in columns) < max(1, sum(map(bool, headings)) // 2):
        return None
    return Head(sheet, columns, number + 1, list(_faults(headings, columns)))


def _are_names(cells: Sequence[str]) -> bool:
    given = [words.strip() for words in cells if words.strip()]
    return bool(given) and all(column_named(words) for words in given)


def _column(words: str, speech: Speech) -> Column | None:
    return speech.column(words) if words.strip() else None


def _faults(headings: Sequence[str], columns: Sequence[Column | None]) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    for words, column in zip(headings, columns, strict=True):
        if column is None and words.strip():
            yield {"code": "unknown-heading", "value": words.strip()[:MOST_SHOWN]}
        elif column is not None and column.name in seen:
            yield {"code": "same-heading", "value": words.strip()[:MOST_SHOWN]}
        seen.add(column.name if column else "")
