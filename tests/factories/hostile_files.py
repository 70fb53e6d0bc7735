"""Two hundred files and more that must not come in as they are; made of code, none kept in the repository."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Callable, Iterator

from PIL import Image, PngImagePlugin

from factories.harmless_files import docx, jpeg_with_place, noise_png, odf, pdf, picture, png, zipped
from factories.hostile_documents import (
    ELF,
    EXE,
    HTML,
    OLE,
    RAR,
    SCRIPT,
    SEVEN,
    SVG,
    Hostile,
    offices,
    opendocuments,
    pdfs,
    zips,
)
from library.attachments.reasons import Reason


def hostile() -> list[Hostile]:
    """Return all of them, in an order that stays."""
    return [
        *_names(),
        *_types(),
        *pdfs(),
        *offices(),
        *opendocuments(),
        *zips(),
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
