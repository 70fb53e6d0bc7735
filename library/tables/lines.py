"""Comma-separated values as every list is handed out: RFC 4180, UTF-8, and nothing that a spreadsheet runs."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Final

from library.tables.cells import escape, guard

CSV_TYPE: Final = "text/csv; charset=utf-8"
_AS_IS: Final = (int, float, type(None))
FLUSHED: Final = 64_000  # characters that are handed out at once


def csv_lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Yield rows as CSV, piece by piece: commas, CRLF, and a byte order mark, by which Excel knows UTF-8.

    Words are guarded, so that none of them is a formula; numbers stay numbers, and nothing is an empty cell.
    """
    buffer = StringIO()
    written = csv.writer(buffer)
    buffer.write("\ufeff")
    for row in rows:
        written.writerow([cell if isinstance(cell, _AS_IS) else guard(escape(str(cell))) for cell in row])
        if buffer.tell() > FLUSHED:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()
