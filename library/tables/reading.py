"""Tables of strangers as rows of cells: CSV in whatever encoding and with whatever separator, and XLSX.

Everything is read as it comes: memory does not grow with the file. What a file is, is told by looking at it, and said
to its sender. A formula is handed on as a ``Formula``, never as its value, which somebody else has calculated.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, BinaryIO, Final, cast

from library.attachments.kinds import REFUSED_EXTENSIONS
from library.attachments.names import clean_name
from library.attachments.office import COMPOUND, PROGRAMS
from library.attachments.reasons import Reason, Refused
from library.tables.cells import unescape, unguard
from library.tables.refusals import MAX_COLUMNS, MAX_ROWS, RefusedTable, TableReason
from library.tables.workbook import Formula, Workbook

__all__ = ["Formula", "Recognised", "Table", "opened", "recognise", "rows_of_csv"]

MAX_FILE: Final = 50_000_000  # bytes
MAX_RECORD: Final = 2_000_000  # characters of one row
CHUNK: Final = 65_536
HEAD: Final = 8_192  # bytes by which UTF-16 without a mark is recognised
SEPARATORS: Final = (",", ";", "\t")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_ZIP: Final = b"PK\x03\x04"

Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file turned out to be.

    :param encoding: as Python calls it; empty for XLSX.
    :param mark: whether it begins with a byte order mark.
    :param separator: between the cells; empty for XLSX.
    """

    encoding: str = ""
    mark: bool = False
    separator: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A file that can be read as a table.

    :param filename: as readers see it; harmless.
    :param sheets: the names of its sheets; one without a name for CSV.
    """

    filename: str
    recognised: Recognised
    sheets: tuple[str, ...]
    _stream: BinaryIO
    _book: Workbook | None = None

    def rows(self, sheet: str = "") -> Iterator[Row]:
        """Yield the rows that hold anything, with the number that spreadsheets show beside them.

        :raises RefusedTable: where a limit is passed.
        """
        if self._book is not None:
            return self._book.rows(sheet)
        return rows_of_csv(self._stream, self.recognised)


@contextmanager
def opened(stream: BinaryIO, filename: str | None, *, checked: bool = False) -> Iterator[Table]:
    """Look through a file and lend it as a table.

    :param stream: what was sent, seekable.
    :param filename: as its sender calls it.
    :param checked: whether it was looked through before, so that only its head is looked at now.
    :raises Refused: if it is none that anybody should open.
    :raises RefusedTable: if it is no table.
    """
    name, extension = _named(filename)
    _check_size(stream)
    stream.seek(0)
    head = stream.read(len(COMPOUND))
    if extension == "csv":
        if head.startswith((_ZIP, COMPOUND, *PROGRAMS, b"%PDF-")):
            raise Refused(Reason.MISMATCH)
        yield Table(name, recognise(stream), ("",), stream)
        return
    if head.startswith(COMPOUND):
        raise Refused(Reason.ENCRYPTED if _holds(stream, _ENCRYPTED) else Reason.OLD_OFFICE)
    with Workbook(stream, checked=checked) as book:
        yield Table(name, Recognised(), book.sheets, stream, book)


def _named(filename: str | None) -> tuple[str, str]:
    given = (filename or "").rpartition(".")[2].lower()
    if given in ("tsv", "tab"):
        filename = f"{(filename or '').rpartition('.')[0]}.csv"
    elif given not in ("csv", "txt", "xlsx") and REFUSED_EXTENSIONS.get(given) is not Reason.MACROS:
        raise RefusedTable(TableReason.TYPE)
    name, kind = clean_name(filename)
    return name, "xlsx" if kind.extension == "xlsx" else "csv"


def _check_size(stream: BinaryIO) -> None:
    size = stream.seek(0, 2)
    if size == 0:
        raise Refused(Reason.EMPTY)
    if size > MAX_FILE:
        raise RefusedTable(TableReason.TOO_LARGE)


def _holds(stream: BinaryIO, wanted: bytes) -> bool:
    stream.seek(0)
    before = b""
    while chunk := stream.read(CHUNK):
        if wanted in before + chunk:
            return True
        before = chunk[-len(wanted) :]
    return False


# --- what a text file is -----------------------------------------------------------------------------------------


def recognise(stream: BinaryIO, *, separators: Iterable[str] = SEPARATORS) -> Recognised:
    """Return the encoding and the separator of a text file, told from what is in it.

    UTF-8 and UTF-16 with and without a mark, and Windows-1252, which Excel still writes.

    :param separators: which to try; the one that divides the first row into most cells wins.
    :raises Refused: if it is no text in any of them.
    """
    stream.seek(0)
    head = stream.read(HEAD)
    encoding, mark = _encoding(stream, head)
    with text_of(stream, Recognised(encoding, mark)) as text:
        line = text.readline(MAX_RECORD)
        told = line.strip()[4:] if line.lower().startswith("sep=") else ""  # what Excel writes for itself
        if told in SEPARATORS:
            return Recognised(encoding, mark, told)
        # A heading may itself be broken over lines inside quotation marks.
        first = line + "".join(text.readline(MAX_RECORD) for _ in range(3)) if line.count('"') % 2 else line
    return Recognised(encoding, mark, max(separators, key=lambda one: len(_cells(first, one))))


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line, newline=""), delimiter=separator), [])
    except csv.Error:
        return []


def _encoding(stream: BinaryIO, head: bytes) -> tuple[str, bool]:
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise Refused(Reason.ENCODING)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), "")
    tried = [marked] if marked else [*_without_mark(head), "utf-8", "cp1252"]
    for encoding in tried:
        if _decodes(stream, encoding):
            return encoding, bool(marked)
    raise Refused(Reason.ENCODING)


def _without_mark(head: bytes) -> Iterator[str]:
    """Yield UTF-16 where every other byte is mostly nought, as in European text."""
    pairs = len(head) // 2
    for encoding, high in (("utf-16-le", 1), ("utf-16-be", 0)):
        if pairs and head[high::2].count(0) > pairs * 0.6 and head[1 - high :: 2].count(0) < pairs * 0.1:
            yield encoding


def _decodes(stream: BinaryIO, encoding: str) -> bool:
    """Return whether a whole file is text in an encoding; NUL is in no text."""
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    try:
        while chunk := stream.read(CHUNK):
            if "\x00" in decoder.decode(chunk):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


@contextmanager
def text_of(stream: BinaryIO, recognised: Recognised) -> Iterator[IO[str]]:
    """Lend a file as text from its beginning, line ends as they are; the file stays open."""
    stream.seek(0)
    text = io.TextIOWrapper(cast("Any", _Unclosed(stream)), encoding=recognised.encoding, newline="")
    try:
        yield text
    finally:
        text.detach()


class _Unclosed(io.BufferedIOBase):
    """A file that its reader does not close, and that needs to know nothing but how to read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes."""
        return self._stream.read(-1 if size is None else size)

    read1 = read


# --- CSV ---------------------------------------------------------------------------------------------------------


def rows_of_csv(stream: BinaryIO, recognised: Recognised) -> Iterator[Row]:
    """Yield the rows of a CSV file that hold anything, with their numbers.

    :raises RefusedTable: where a limit is passed.
    """
    with text_of(stream, recognised) as text:
        lines = _Lines(text)
        found = 0
        try:
            for number, cells in enumerate(csv.reader(lines, delimiter=recognised.separator), start=1):
                lines.record = 0
                if number == 1 and cells and cells[0].lower().startswith("sep=") and len(cells) <= 2:
                    continue
                if len(cells) > MAX_COLUMNS:
                    raise RefusedTable(TableReason.COLUMNS)
                if any(cells):
                    found += 1
                    _check_rows(found)
                    yield number, [_cell(words) for words in cells]
        except csv.Error as error:  # a cell longer than the module takes
            raise RefusedTable(TableReason.CELL) from error


def _check_rows(found: int) -> None:
    if found > MAX_ROWS + 2:  # headings
        raise RefusedTable(TableReason.ROWS)


def _cell(words: str) -> str:
    if words.startswith("="):
        return Formula(words)
    plain = words.replace("\r\n", "\n").replace("\r", "\n") if "\r" in words else words
    return unescape(unguard(plain))


class _Lines:
    """The lines of a text, refused where a row grows beyond all measure."""

    def __init__(self, text: IO[str]) -> None:
        self._text = text
        self.record = 0  # characters since the last row was whole

    def __iter__(self) -> Iterator[str]:
        """Yield line after line."""
        while line := self._text.readline(MAX_RECORD):
            self.record += len(line)
            if self.record >= MAX_RECORD:
                columns = max(line.count(separator) for separator in SEPARATORS)
                raise RefusedTable(TableReason.COLUMNS if columns > MAX_COLUMNS else TableReason.CELL)
            yield line
