"""Files as people send them, of every kind that is taken; made of code, none kept in the repository."""

from __future__ import annotations

import io
import random
import zipfile
import zlib
from collections.abc import Callable, Mapping

from PIL import Image

Parts = dict[str, bytes | str]

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
