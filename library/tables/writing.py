"""Rows of a table as files: CSV and XLSX, written as they come, so that memory does not grow with the table.

Nothing that is written can run as a formula: see ``cells``. Knows no practice beyond the columns it is handed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import IO, Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from library.record import Type
from library.tables.cells import escape, guard
from library.tables.columns import Column
from library.tables.lines import csv_lines

XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REQUIRED_MARK: Final = " *"
_HEAD: Final = PatternFill("solid", fgColor="FF1E3A4C")
_NAMES: Final = PatternFill("solid", fgColor="FFE8EDF0")
_WIDE: Final = 44
_NARROW: Final = 22

Row = Mapping[str, str]


def heading_of(column: Column) -> str:
    """Return the heading of a column, with the mark of what is required."""
    return f"{column.heading}{REQUIRED_MARK}" if column.required else column.heading


def csv_text(columns: Sequence[Column], rows: Iterable[Row], *, by_name: bool = False) -> Iterator[str]:
    """Yield a table as CSV, see ``csv_lines``.

    :param by_name: whether the headings are the names for machines.
    """
    head = [column.name if by_name else heading_of(column) for column in columns]
    names = [column.name for column in columns]
    return csv_lines(chain([head], ([row.get(name, "") for name in names] for row in rows)))


def write_xlsx(stream: IO[bytes], columns: Sequence[Column], rows: Iterable[Row], *, title: str) -> None:
    """Write a table as a workbook with one sheet: headings, names for machines, rows; the head is frozen.

    :param title: of the sheet.
    """
    book = Workbook(write_only=True)
    write_table(book.create_sheet(sheet_title(title)), columns, rows)
    book.save(stream)


def sheet_title(title: str) -> str:
    """Return a name that a sheet may have: without what Excel forbids, 31 characters at most."""
    return "".join(" " if character in "[]:*?/\\'" else character for character in title)[:31].strip() or "Table"


def write_table(sheet: Any, columns: Sequence[Column], rows: Iterable[Row]) -> None:
    """Write the head and the rows of a table into an empty sheet."""
    for place, column in enumerate(columns, start=1):
        wide = column.value.translated or column.name in ("external_id",)
        about = sheet.column_dimensions[get_column_letter(place)]
        about.width = _WIDE if wide else _NARROW
        if column.value.type is not Type.NUMBER:
            about.number_format = "@"  # so that Excel takes "- one thing" for words and not for a formula
    sheet.freeze_panes = "D3"
    sheet.append([_heading(sheet, column) for column in columns])
    sheet.append([_name(sheet, column) for column in columns])
    names = [column.name for column in columns]
    for row in rows:
        sheet.append([text_cell(sheet, row[name]) if name in row else None for name in names])


def text_cell(sheet: Any, words: str) -> Any:
    """Return a cell that holds words and nothing but words, whatever they begin with."""
    plain = escape(words)
    # An apostrophe of one's own is doubled, for reading takes one away: tables travel from CSV to Excel and back.
    cell = WriteOnlyCell(sheet, value=guard(plain) if plain.startswith("'") else plain)
    cell.data_type = "s"  # else openpyxl takes "=…" for a formula and "#N/A" for an error
    if guard(plain) != plain:
        cell.quotePrefix = True  # what the apostrophe is in Excel: shown nowhere, and stays when the cell is edited
    return cell


def _heading(sheet: Any, column: Column) -> Any:
    cell = WriteOnlyCell(sheet, value=heading_of(column))
    cell.font, cell.fill = Font(bold=True, color="FFFFFFFF"), _HEAD
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _name(sheet: Any, column: Column) -> Any:
    cell = WriteOnlyCell(sheet, value=column.name)
    cell.font, cell.fill = Font(color="FF4A5A64", size=9), _NAMES
    return cell
