"""What a table that does not have every column leaves as it is. Pure.

A table says nothing of the columns it lacks: there the record keeps what it says. What it has and leaves empty is
emptied.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from library import record
from library.record import Field
from library.tables.columns import Column, columns_in

Document = Mapping[str, Any]


def merged(old: Document, new: Document, columns: Collection[Column]) -> dict[str, Any]:
    """Return a document with what the table does not speak of taken from the former one.

    :param new: as the row of the table tells it.
    :param columns: those of the table.
    """
    spoken = {(column.field.name, column.inner.name if column.inner else "", column.language) for column in columns}
    named = {column.field.name for column in columns}
    document: dict[str, Any] = {}
    for field in record.FIELDS:
        if field.translated:
            continue
        source = new if field.name in named else old
        if (value := source.get(field.name)) is not None:
            document[field.name] = value
        if field.name in named and columns_in(field) and value:
            document[field.name] = _rows(field, value, old.get(field.name) or [], spoken)
    document[record.TEXT_KEY] = _texts(old.get(record.TEXT_KEY) or {}, new.get(record.TEXT_KEY) or {}, spoken)
    return document


_Spoken = Collection[tuple[str, str, str]]


def _texts(
    old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str]], spoken: _Spoken
) -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = {}
    for language in (*old, *(code for code in new if code not in old)):
        kept = {n: w for n, w in old.get(language, {}).items() if (n, "", language) not in spoken}
        words = {**kept, **new.get(language, {})}
        if words:
            texts[language] = words
    return texts


def _rows(
    field: Field, new: Sequence[Mapping[str, Any]], old: Sequence[Mapping[str, Any]], spoken: _Spoken
) -> list[dict[str, Any]]:
    partners = _partners(field, new, old)
    return [dict(_cells(field, row, before, spoken)) for row, before in zip(new, partners, strict=True)]


def _partners(
    field: Field, new: Sequence[Mapping[str, Any]], old: Sequence[Mapping[str, Any]]
) -> Iterator[Mapping[str, Any]]:
    """Yield for each row the one that it was before: of the same name, else at the same place among as many."""
    key = columns_in(field)[0].name
    left = list(old)
    for place, row in enumerate(new):
        same = next((before for before in left if before.get(key) == row.get(key)), None)
        if same is not None:
            left.remove(same)
        yield same if same is not None else old[place] if len(old) == len(new) else {}


def _cells(
    field: Field, row: Mapping[str, Any], before: Mapping[str, Any], spoken: _Spoken
) -> Iterator[tuple[str, Any]]:
    for column in columns_in(field):
        if column.translated:
            former = before.get(column.name) or {}
            kept = {code: said for code, said in former.items() if (field.name, column.name, code) not in spoken}
            if words := {**kept, **(row.get(column.name) or {})}:
                yield column.name, words
        elif (field.name, column.name, "") in spoken:
            if column.name in row:
                yield column.name, row[column.name]
        elif column.name in before:
            yield column.name, before[column.name]
