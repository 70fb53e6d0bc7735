"""Reading XLSX of strangers as a stream: no tree, no calculated value, no more memory for a larger file.

The file is looked through as any attachment is (``attachments.office``) before a cell is read. Sizes that a sheet
declares are not believed: only cells that are there count.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Mapping
from functools import lru_cache
from tempfile import TemporaryFile
from types import TracebackType
from typing import BinaryIO, Final, Self
from urllib.parse import unquote
from zipfile import ZipInfo

from library.attachments import markup
from library.attachments.kinds import BY_EXTENSION
from library.attachments.office import check_office
from library.attachments.reasons import Reason, Refused
from library.attachments.zips import Package
from library.tables.cells import unescape, unguard
from library.tables.refusals import MAX_COLUMNS, MAX_ROWS, RefusedTable, TableReason

MAX_LIST: Final = 2_000_000  # bytes of the list of sheets
MAX_STRINGS: Final = 3_000_000
MAX_CELL: Final = 200_000  # characters
MAX_SHEETS: Final = 50
KEPT: Final = 10_000  # shared strings in memory
_COLUMN: Final = re.compile(r"([A-Z]{1,7})(\d{0,9})")

Row = tuple[int, list[str]]


class Formula(str):
    """A cell that holds a formula instead of words."""

    __slots__ = ()


class Workbook:
    """A workbook whose sheets are read row by row.

    :param stream: the whole file, seekable.
    :param checked: whether it was looked through before.
    :raises Refused: if it is none that anybody should open.
    """

    def __init__(self, stream: BinaryIO, *, checked: bool = False) -> None:
        if not checked:
            check_office(stream, BY_EXTENSION["xlsx"])
        self._package = Package(stream)
        self._parts = _sheets(self._package)
        self.sheets = tuple(self._parts)
        self._strings: _Strings | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._strings is not None:
            self._strings.close()

    def rows(self, sheet: str) -> Iterator[Row]:
        """Yield the rows of a sheet that hold anything, with their numbers.

        :raises Refused: if the sheet is damaged.
        :raises RefusedTable: where a limit is passed.
        """
        if self._strings is None:
            self._strings = _Strings()
            for text in _shared(self._package):
                self._strings.add(text)
        self._package.unpacked = 0  # its limit is meant for one reading
        entry = _entry(self._package, self._parts[sheet])
        found = _Cells(self._strings)
        for _step in markup.stepwise(self._package.chunks(entry), found.element, found.text):
            yield from found.take()
        yield from found.take(last=True)


def _sheets(package: Package) -> dict[str, str]:
    """Return the part of each sheet that is shown, by its name."""
    targets: dict[str, str] = {}
    parts: dict[str, str] = {}

    def relation(name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def sheet(name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet" and attributes.get("state", "visible") == "visible" and len(parts) < MAX_SHEETS:
            target = unquote(targets.get(attributes.get("id", ""), ""))
            parts[attributes.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    markup.read([package.read("xl/_rels/workbook.xml.rels", MAX_LIST)], relation)
    markup.read([package.read("xl/workbook.xml", MAX_LIST)], sheet)
    return {name: part for name, part in parts.items() if part in package.names}


def _entry(package: Package, name: str) -> ZipInfo:
    found = next((entry for entry in package.entries if entry.filename == name), None)
    if found is None:
        raise Refused(Reason.UNREADABLE)
    return found


# --- shared strings ----------------------------------------------------------------------------------------------


class _Strings:
    """The words that cells refer to by number: on disk, for there may be more of them than of memory."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - closed with the workbook
        self._ends = array("Q")
        self.get = lru_cache(KEPT)(self._read)

    def add(self, text: str) -> None:
        if len(self._ends) >= MAX_STRINGS:
            raise RefusedTable(TableReason.ROWS)
        self._file.write(text.encode("utf-8", "surrogatepass"))
        self._ends.append(self._file.tell())

    def _read(self, number: int) -> str:
        if not 0 <= number < len(self._ends):
            return ""
        start = self._ends[number - 1] if number else 0
        self._file.seek(start)
        return self._file.read(self._ends[number] - start).decode("utf-8", "surrogatepass")

    def close(self) -> None:
        self.get.cache_clear()
        self._file.close()


def _shared(package: Package) -> Iterator[str]:
    """Yield the shared strings of a workbook in their order."""
    entry = next((one for one in package.entries if one.filename.lower() == "xl/sharedstrings.xml"), None)
    if entry is None:
        return
    words = _Words()
    done: list[str] = []

    def element(name: str, _attributes: Mapping[str, str]) -> None:
        if name == "si":
            if words.begun:
                done.append(words.end())
            words.begin()
        else:
            words.element(name)

    for _step in markup.stepwise(package.chunks(entry), element, words.text):
        yield from done
        done.clear()
    if words.begun:
        yield words.end()


class _Words:
    """Collects the words of a string, which may be in runs; how they are pronounced is left out."""

    def __init__(self) -> None:
        self.begun = False
        self._spoken = False
        self._pieces: list[str] = []
        self._length = 0

    def begin(self) -> None:
        self.begun, self._spoken, self._length = True, False, 0
        self._pieces.clear()

    def element(self, name: str) -> None:
        if name == "rPh":
            self._spoken = True
        elif name == "r":
            self._spoken = False

    def text(self, name: str, piece: str) -> None:
        if name == "t" and self.begun and not self._spoken:
            self._length += len(piece)
            if self._length > MAX_CELL:
                raise RefusedTable(TableReason.CELL)
            self._pieces.append(piece)

    def end(self) -> str:
        self.begun = False
        return "".join(self._pieces)


# --- cells -------------------------------------------------------------------------------------------------------


class _Cells:
    """Collects the cells of a sheet into rows while its markup goes by."""

    def __init__(self, strings: _Strings) -> None:
        self._strings = strings
        self._done: list[Row] = []
        self._found = 0
        self._number = 0
        self._row: dict[int, str] = {}
        self._column = -1
        self._kind = ""
        self._value: list[str] = []
        self._length = 0
        self._formula: list[str] | None = None
        self._words = _Words()

    def element(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "c":
            self._end_cell()
            self._begin_cell(attributes)
        elif name == "row":
            self._end_row()
            self._begin_row(attributes.get("r", ""))
        elif name == "f":
            self._formula = []
        elif name == "sheetData":
            self._end_row()
        else:
            self._words.element(name)

    def text(self, name: str, piece: str) -> None:
        if name == "v":
            self._length += len(piece)
            if self._length > MAX_CELL:
                raise RefusedTable(TableReason.CELL)
            self._value.append(piece)
        elif name == "f" and self._formula is not None and len(self._formula) < 10:
            self._formula.append(piece)
        else:
            self._words.text(name, piece)

    def take(self, *, last: bool = False) -> Iterator[Row]:
        """Yield the rows that are whole."""
        if last:
            self._end_row()
        yield from self._done
        self._done.clear()

    def _begin_row(self, given: str) -> None:
        self._number = int(given) if given.isascii() and given.isdigit() and len(given) < 9 else self._number + 1
        self._column = -1

    def _end_row(self) -> None:
        self._end_cell()
        if any(self._row.values()):
            self._found += 1
            if self._found > MAX_ROWS + 2:  # headings
                raise RefusedTable(TableReason.ROWS)
            last = max(column for column, words in self._row.items() if words)
            self._done.append((self._number, [self._row.get(column, "") for column in range(last + 1)]))
        self._row = {}

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        self._column = _column_of(attributes.get("r", ""), self._column + 1)
        self._kind = attributes.get("t", "n")
        self._value, self._length, self._formula = [], 0, None
        self._words.begin()

    def _end_cell(self) -> None:
        if self._column < 0 or not self._words.begun:
            return
        words = self._cell("".join(self._value), self._words.end())
        if not words:
            return
        if self._column >= MAX_COLUMNS:
            raise RefusedTable(TableReason.COLUMNS)
        self._row[self._column] = words

    def _cell(self, value: str, inline: str) -> str:
        if self._formula is not None:
            return Formula(f"={''.join(self._formula)}"[:200])
        if self._kind == "s":
            return _plain(self._strings.get(int(value) if value.isascii() and value.isdigit() else -1))
        if self._kind == "inlineStr":
            return _plain(inline)
        if self._kind == "b":
            return "yes" if value.strip() == "1" else "no"
        return _plain(value) if self._kind in ("str", "e", "d") else _number(value)


def _plain(words: str) -> str:
    return unguard(unescape(words))


def _number(value: str) -> str:
    """Return a number as people write it: 2016, not 2016.0."""
    try:
        number = float(value)
    except ValueError:
        return value
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else value


def _column_of(reference: str, following: int) -> int:
    """Return the place of a cell in its row, from nought: "AB7" is 27."""
    found = _COLUMN.fullmatch(reference)
    if found is None:
        return following
    place = 0
    for letter in found[1]:
        place = place * 26 + ord(letter) - 64
    return place - 1
