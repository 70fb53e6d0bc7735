"""Text files: read as what they are, written as UTF-8, refused where they are something else in disguise."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from library.attachments.kinds import Kind
from library.attachments.reasons import Reason, Refused

MAX_TEXT: Final = 5_000_000  # bytes; a text of this length is two thousand pages
_SIGNATURES: Final = re.compile(
    rb"PK\x03\x04|Rar!|7z\xbc\xaf|MZ.{2}|\x7fELF|%PDF-|GIF8[79]a|\x89PNG|\xff\xd8\xff|\xd0\xcf\x11\xe0|\{\\rtf|#!|MSCF|BM.{4}\x00{4}",
    re.DOTALL,
)
_MARKUP: Final = re.compile(
    r"<\s*/?\s*(?:!doctype|html|head|body|script|iframe|object|embed|applet|svg|meta|link|style|form|base|xml)\b"
    r"|<\?(?:php|xml|=)|<%|<\w+[^>]{0,300}\son\w+\s*=|(?:javascript|vbscript)\s*:\s*\S|data:text/html",
    re.IGNORECASE,
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\x80-\x9f\ufffe\uffff]")
_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_FORMULA: Final = re.compile(r"\s*[=@]|\s*[+-](?!\s*[\d.,]+\s*(?:%|[€$£]|kr\.?)?\s*$)\s*\S*[(|!]")
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_text(stream: BinaryIO, kind: Kind) -> bytes:
    """Return a text as UTF-8 with plain line ends.

    UTF-8, UTF-16 with its mark, and the Western code page that Excel still writes are understood.

    :raises Refused: with the reason.
    """
    stream.seek(0)
    raw = stream.read(MAX_TEXT + 1)
    if len(raw) > MAX_TEXT:
        raise Refused(Reason.TOO_LARGE)
    if _SIGNATURES.match(raw):
        raise Refused(Reason.MISMATCH)
    text = _decoded(raw).replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROL.search(text) or _TURNING.search(text):
        raise Refused(Reason.ENCODING)
    if not text.strip():
        raise Refused(Reason.EMPTY)
    if _MARKUP.search(text):
        raise Refused(Reason.WEB_PAGE)
    if kind.extension == "csv" and any(_FORMULA.match(cell) for cell in _cells(text)):
        raise Refused(Reason.FORMULAS)
    return text.encode()


def _decoded(raw: bytes) -> str:
    encoding = next((name for mark, name in _BOMS if raw.startswith(mark)), "utf-8")
    if raw.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise Refused(Reason.ENCODING)
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8" or b"\x00" in raw:
            raise Refused(Reason.ENCODING) from error
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError as error:
        raise Refused(Reason.ENCODING) from error


def _cells(text: str) -> Iterator[str]:
    """Yield the cells of a table by every separator that a program may read it with."""
    for separator in (",", ";", "\t"):
        rows = csv.reader(io.StringIO(text), delimiter=separator)
        try:
            for row in rows:
                yield from row
        except csv.Error as error:  # a cell longer than any table has
            raise Refused(Reason.UNREADABLE) from error
