"""What the page of a batch shows. Pure: takes rows, returns words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext

from library.choices import BatchDeed, BatchState
from library.interchange.messages import Said, said
from library.models import Batch, BatchRow
from library.tables.speech import Speech

WORKING: Final = (BatchState.WAITING, BatchState.CHECKING, BatchState.APPLYING, BatchState.UNDOING)
HEAPS: Final = ("faulty", "warned", "create", "change", "archive", "keep")
MOST_SAID: Final = 5  # messages of a row that the list shows; the download has all
MOST_GROUPS: Final = 30

_ENCODINGS: Final = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a batch as the list shows it."""

    number: int
    title: str
    deed: str
    practice_id: int | None
    opens: bool
    said: tuple[Said, ...]
    more: int


@dataclass(frozen=True, slots=True)
class BatchView:
    """The page of a batch.

    :param heaps: code, label and number of rows of each heap.
    :param chosen: the heap that is shown; empty where there is none.
    """

    working: bool
    recognised: str
    problems: tuple[Said, ...]
    groups: tuple[Said, ...]
    heaps: tuple[tuple[str, str, int], ...]
    chosen: str
    lines: tuple[Line, ...]
    page: int
    last: int
    warned: int
    touched: int


def chosen_heap(wanted: str, counts: Mapping[str, int]) -> str:
    """Return the heap that was asked for, else the first that holds anything."""
    there = [heap for heap in (*HEAPS, "touched") if counts.get(heap)]
    return wanted if wanted in there else next(iter(there), "")


def batch_view(
    batch: Batch,
    counts: Mapping[str, int],
    chosen: str,
    rows: Sequence[BatchRow],
    speech: Speech,
    language: str,
    *,
    page: int,
    last: int,
) -> BatchView:
    """Return what the page of a batch shows."""
    return BatchView(
        working=batch.state in WORKING,
        recognised=recognised(batch.options),
        problems=_said(batch.faults, speech, language),
        groups=_said(batch.options.get("groups", [])[:MOST_GROUPS], speech, language),
        heaps=tuple((heap, _label(heap), counts[heap]) for heap in (*HEAPS, "touched") if counts.get(heap)),
        chosen=chosen,
        lines=tuple(_line(row, speech, language) for row in rows),
        page=page,
        last=last,
        warned=counts.get("warned", 0),
        touched=counts.get("touched", 0),
    )


def recognised(options: Mapping[str, Any]) -> str:
    """Return what a text file was recognised as; nothing for a workbook."""
    encoding = _ENCODINGS.get(str(options.get("encoding", "")), "")
    if not encoding:
        return ""
    names = {",": gettext("commas"), ";": gettext("semicolons"), "\t": gettext("tabs")}
    separator = names.get(str(options.get("separator", "")), "")
    if options.get("mark"):
        encoding = gettext("%(encoding)s with a byte order mark", encoding=encoding)
    words = gettext("Read as %(encoding)s, cells divided by %(separator)s.", encoding=encoding, separator=separator)
    return str(words)


def _said(faults: Iterable[Mapping[str, Any]], speech: Speech, language: str) -> tuple[Said, ...]:
    return tuple(said(fault, speech, language) for fault in faults)


def _label(heap: str) -> str:
    own = {
        "faulty": gettext("With faults"),
        "warned": gettext("To look at"),
        "touched": gettext("Changed since"),
    }
    return own.get(heap) or BatchDeed(heap).label


def _line(row: BatchRow, speech: Speech, language: str) -> Line:
    return Line(
        number=row.number,
        title=row.title,
        deed=BatchDeed(row.deed).label if row.deed else "",
        practice_id=row.practice_id,
        opens=row.deed is not None and row.deed is not BatchDeed.KEEP,
        said=_said(row.faults[:MOST_SAID], speech, language),
        more=max(0, len(row.faults) - MOST_SAID),
    )
