"""One row of a table: what it says as a document, and what is wrong with it, cell by cell. Pure.

A fault is a mapping that is kept with the row: column and value, and a code that ``messages`` tells in the reader's
words. One with ``warning`` keeps nothing from being done, once somebody has looked at it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from library import record
from library.document import Code, Fault, Known, faults_of
from library.record import Field, Type
from library.tables.columns import (
    KEY_NAMES,
    NONE,
    Column,
    column_named,
    columns_in,
    document_of,
    is_list,
    rows_of_group,
    split,
)
from library.tables.reading import Formula
from library.tables.speech import Speech, has_codes
from library.warnings import PERSONAL_DATA, warnings_of

SHOWN: Final = 200  # characters of a value that is repeated in a message
MOST: Final = 50  # faults of a row that are kept; nobody reads more

Row = dict[str, str]
Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Given:
    """A row as it was read.

    :param cells: codes and words, by the names of their columns.
    :param raw: what stood in each cell.
    :param faults: what could not be understood.
    """

    cells: Row
    raw: Row
    faults: list[Message]


def message(column: str, value: Any, code: str, **more: Any) -> Message:
    """Return a fault as it is kept."""
    return {"column": column, "value": str(value)[:SHOWN], "code": code, **more}


def understood(cells: Sequence[str], columns: Sequence[Column | None], speech: Speech, known: Known) -> Given:
    """Return a row by its columns, labels turned into codes."""
    row: Row = {}
    raw: Row = {}
    faults: list[Message] = []
    for place, words in enumerate(cells):
        if not words:
            continue
        column = columns[place] if place < len(columns) else None
        if column is None:
            faults += [message("", words, "no-heading")] if words.strip() else []
            continue
        raw[column.name] = words
        if isinstance(words, Formula):
            faults.append(message(column.name, words, "formula"))
            continue
        row[column.name], found = _coded(column, words, speech, known)
        faults += found
    return Given(row, raw, faults)


def _coded(column: Column, words: str, speech: Speech, known: Known) -> tuple[str, list[Message]]:
    field = column.value
    if not has_codes(field) or column.field.name in KEY_NAMES:
        return words.strip() if field.type in (Type.URL, Type.NUMBER) else words, []
    several = is_list(column.field) and not column.number
    items = split(words) if several else [words]
    codes = [_code(field, item, speech, known) for item in items if item.strip()]
    faults = [
        message(column.name, item, "ambiguous" if speech.is_ambiguous(field, item) else "unknown")
        for item, code in zip((item for item in items if item.strip()), codes, strict=True)
        if not _is_known(field, code, known) and not (code == NONE and column.number == 1)
    ]
    return "\n".join(codes), faults


def _code(field: Field, words: str, speech: Speech, known: Known) -> str:
    """Return what words stand for; a code means itself although it is no longer offered, as in a table of last year."""
    given = words.strip()
    if field.vocabulary and record.concept_id(field.vocabulary, given) in known.concepts:
        return given
    return speech.code(field, words)


def _is_known(field: Field, code: str, known: Known) -> bool:
    if field.choices is not None:
        return code in [choice.value for choice in field.choices]
    if field.vocabulary:
        return record.concept_id(field.vocabulary, code) in known.concepts
    if field.type in (Type.ORGANISATION, Type.ORGANISATIONS):
        return code in known.organisations
    if field.type is Type.PRACTICE:
        return code in known.practices
    return True


def document_in(given: Given) -> dict[str, Any]:
    """Return the document that a row tells."""
    return document_of(given.cells)


def faults_in(document: Mapping[str, Any], given: Given, known: Known) -> list[Message]:
    """Return what is wrong with a row, each cell once."""
    faults = list(given.faults)
    taken = {fault["column"].split(".")[0] for fault in faults if fault["code"] in ("unknown", "ambiguous", "formula")}
    for fault in faults_of(document, known):
        for told in _told(fault, document, given):
            column = told["column"]
            # An answer that was not understood is not missing as well.
            if not (column.split(".")[0] in taken and fault.code in (Code.UNKNOWN, Code.REQUIRED, Code.PLACE)):
                faults.append(told)
    return list({(fault["column"], fault["code"]): fault for fault in reversed(faults)}.values())[::-1][:MOST]


def _told(fault: Fault, document: Mapping[str, Any], given: Given) -> Iterator[Message]:
    languages = fault.languages or ("",)
    for language in languages:
        path = f"{fault.path}.{language}" if fault.code is Code.LANGUAGES and language else fault.path
        name = column_of(path, document, given.cells)
        more = {"limit": fault.limit} if fault.limit else {}
        yield message(name, given.raw.get(name, ""), fault.code.value, **more)


def warnings_in(document: Mapping[str, Any], former: Mapping[str, Any], given: Given) -> list[Message]:
    """Return what somebody should look at, without what the former revision said already."""
    seen = {(finding.code, finding.excerpt) for finding in warnings_of(former)} if former else set()
    return [
        message(
            column_of(finding.path, document, given.cells),
            finding.excerpt,
            finding.code.value,
            warning=True,
            personal=finding.code in PERSONAL_DATA,
        )
        for finding in warnings_of(document)
        if (finding.code, finding.excerpt) not in seen and finding.code in PERSONAL_DATA
    ][:MOST]


def column_of(path: str, document: Mapping[str, Any], row: Mapping[str, str]) -> str:
    """Return the name of the column that a path in the document comes from: rows as the table counts them."""
    parts = path.split(".")
    if parts[0] == record.TEXT_KEY:
        return f"{parts[2]}.{parts[1]}" if len(parts) > 2 else "original_language"
    field = record.BY_NAME.get(parts[0])
    if field is None or len(parts) < 2:
        return parts[0] if field is None or not columns_in(field) else f"{parts[0]}.1.{columns_in(field)[0].name}"
    numbers = rows_of_group(row, field.name)
    place = int(parts[1])
    number = numbers[place] if place < len(numbers) else place + 1
    inner = {column.name: column for column in columns_in(field)}.get(parts[2] if len(parts) > 2 else "")
    name = f"{field.name}.{number}.{(inner or columns_in(field)[0]).name}"
    if inner is not None and inner.translated:
        return f"{name}.{parts[3] if len(parts) > 3 else document.get('original_language', 'en')}"
    return name if column_named(name) else field.name


def without_files(known: Known, former: Mapping[str, Any]) -> Known:
    """Return what a row may refer to: of files only those that its own record has, for keys are no secret."""
    own = {row["file"] for row in former.get("materials", ()) if row.get("file")}
    return replace(known, files=own)
