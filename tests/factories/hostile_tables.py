"""Tables that somebody made to do harm, or that a program made badly; each with why it is refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from openpyxl import Workbook

SHEET = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = "</sheetData></worksheet>"


@dataclass(frozen=True)
class Hostile:
    """A file that must be refused.

    :param reason: the code of the reason.
    """

    title: str
    filename: str
    make: Callable[[], bytes]
    reason: str


def a_workbook(rows: list[list[str]] | None = None) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows or [["Title (English)", "Country"], ["Open school", "Denmark"]]:
        book.active.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def with_parts(parts: dict[str, bytes], *, instead: Callable[[str, bytes], bytes] = lambda _, part: part) -> bytes:
    """Return a workbook with some parts added or replaced."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(a_workbook())) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename not in parts:
                new.writestr(entry.filename, instead(entry.filename, old.read(entry)))
        for name, content in parts.items():
            new.writestr(name, content)
    return made.getvalue()


def _sheet(inside: str, head: str = HEAD) -> bytes:
    return with_parts({SHEET: (head + inside + TAIL).encode()})


def _wide() -> bytes:
    return ";".join(["title.en"] * 1_000_000).encode()


def _wide_sheet() -> bytes:
    cells = "".join(f'<c t="inlineStr"><is><t>x{n % 10}</t></is></c>' for n in range(20_000))
    return _sheet(f'<row r="1">{cells}</row>')


def _types(macro: bytes) -> Callable[[str, bytes], bytes]:
    def instead(name: str, part: bytes) -> bytes:
        if name != "[Content_Types].xml":
            return part
        return part.replace(
            b"</Types>", b'<Override PartName="/xl/vbaProject.bin" ContentType="' + macro + b'"/></Types>'
        )

    return instead


def _link() -> bytes:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath"
    rels = "http://schemas.openxmlformats.org/package/2006/relationships"
    return (
        f'<Relationships xmlns="{rels}"><Relationship Id="rId1" Type="{kind}" Target="file:///c:/secret.xlsx" '
        'TargetMode="External"/></Relationships>'
    ).encode()


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)


def hostile() -> list[Hostile]:
    """Return the files."""
    return [
        Hostile("a million columns of text", "wide.csv", _wide, "columns"),
        Hostile("a quotation mark that never closes", "open.csv", lambda: b'title.en\n"' + b"x" * 3_000_000, "cell"),
        Hostile("nothing", "empty.csv", lambda: b"", "empty"),
        Hostile("bytes of no alphabet", "bytes.csv", lambda: bytes(range(256)) * 10, "encoding"),
        Hostile("UTF-32", "utf32.csv", lambda: "title.en\nx".encode("utf-32"), "encoding"),
        Hostile("a workbook that calls itself text", "book.csv", a_workbook, "mismatch"),
        Hostile("a table without our headings", "other.csv", lambda: b"a,b\n1,2\n", "headings"),
        Hostile("text that calls itself a workbook", "text.xlsx", lambda: b"title.en\nx\n", "mismatch"),
        Hostile("a picture", "cat.png", lambda: b"\x89PNG\r\n", "type"),
        Hostile("a workbook with macros by its name", "book.xlsm", a_workbook, "macros"),
        Hostile(
            "a workbook with macros by its types",
            "book.xlsx",
            lambda: with_parts({}, instead=_types(b"application/vnd.ms-office.vbaProject")),
            "macros",
        ),
        Hostile(
            "a workbook with macros inside",
            "book.xlsx",
            lambda: with_parts({"xl/vbaProject.bin": b"x" * 100}),
            "macros",
        ),
        Hostile(
            "a workbook that fetches another",
            "link.xlsx",
            lambda: with_parts({"xl/externalLinks/_rels/externalLink1.xml.rels": _link()}),
            "external",
        ),
        Hostile(
            "an encrypted workbook",
            "locked.xlsx",
            lambda: OLE + "EncryptedPackage".encode("utf-16-le"),
            "encrypted",
        ),
        Hostile("an old workbook", "old.xlsx", lambda: OLE, "old-office"),
        Hostile(
            "a workbook of nothing that unpacks to a gigabyte",
            "bomb.xlsx",
            lambda: with_parts({"xl/media/x.xml": b"<a>" + b" " * 250_000_000 + b"</a>"}),
            "bomb",
        ),
        Hostile("entities that multiply", "laugh.xlsx", lambda: with_parts({SHEET: BOMB + b"]><x>&j;</x>"}), "bomb"),
        Hostile(
            "elements a thousand deep",
            "deep.xlsx",
            lambda: with_parts({SHEET: b"<a>" * 1000 + b"</a>" * 1000}),
            "bomb",
        ),
        Hostile("twenty thousand columns in a sheet", "wide.xlsx", _wide_sheet, "columns"),
        Hostile(
            "a column that no spreadsheet has",
            "far.xlsx",
            lambda: _sheet('<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>'),
            "columns",
        ),
        Hostile(
            "a billion rows declared, and none there",
            "tall.xlsx",
            lambda: _sheet("", head=HEAD.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')),
            "headings",
        ),
        Hostile("half a workbook", "half.xlsx", lambda: a_workbook()[:2000], "unreadable"),
    ]
