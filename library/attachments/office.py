"""What must not be in Word, Excel, PowerPoint and OpenDocument files: programs, macros, other files, fetched things.

Sources: ECMA-376 part 2 (packages and relationships), OASIS OpenDocument 1.3 part 2 (packages).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, BinaryIO, Final
from urllib.parse import urlsplit
from zipfile import ZIP_STORED, ZipInfo

from library.attachments import markup
from library.attachments.kinds import Kind
from library.attachments.reasons import Reason, Refused
from library.attachments.zips import Package

MAX_LIST: Final = 2_000_000  # bytes of a list of parts
MAX_NESTED: Final = 20_000_000  # bytes of a workbook behind a chart
MAX_FIELD: Final = 20_000  # characters of one field code or formula that are looked at

_MAIN: Final = {
    "docx": "wordprocessingml.document.main+xml",
    "xlsx": "spreadsheetml.sheet.main+xml",
    "pptx": "presentationml.presentation.main+xml",
}
_MACRO_TYPES: Final = re.compile(r"macroenabled|vbaproject|vbadata|macrosheet|intlmacrosheet|keymapcustom", re.I)
_CONTROL_TYPES: Final = re.compile(r"activex|customui|userinterface", re.I)
_MACRO_NAMES: Final = re.compile(
    r"(?i)(?:^|/)(?:vba[^/]*\.(?:bin|xml)|macrosheets/|dialogsheets/)|^(?:basic|scripts)/."
)
_CONTROL_NAMES: Final = re.compile(r"(?i)(?:^|/)(?:activex|customui)/")
_WORKBOOK: Final = re.compile(r"(?i)^(?:word|ppt|xl)/embeddings/[^/]+\.(xlsx|docx|pptx)$")
_XML: Final = re.compile(r"(?i)\.(?:xml|rels|vml|rdf|svg|xsd|xsl)$")
_FETCHING_FIELD: Final = re.compile(
    r"(?i)(?:^|[^\w])(?:DDE(?:AUTO)?\b|INCLUDE(?:PICTURE|TEXT)\b[^\w]*(?:\w+:|\\\\)|WEBSERVICE\s*\(|FILTERXML\s*\("
    r"|(?:_xlfn\.)?IMAGE\s*\(|IMPORT\w+\s*\(|\bEXEC\s*\(|\bCALL\s*\(|\bREGISTER(?:\.ID)?\s*\()|\w+\s*\|\s*'"
)
_FIELD_ELEMENTS: Final = frozenset({"instrText", "delInstrText", "f", "formula", "formula1", "formula2", "definedName"})
# Elements of OpenDocument whose address is followed on a click, never by itself.
_CLICKED: Final = frozenset({"a", "user-defined", "bookmark-ref", "auto-reload-off"})

# What a part begins with that has no business in a document.
PROGRAMS: Final = (
    *(b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa"),
    *(b"#!", b"L\x00\x00\x00\x01\x14"),
)
ARCHIVES: Final = (
    *(b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh"),
    *(b"\xfd7zXZ", b"MSCF", b"\x28\xb5\x2f\xfd"),
)
COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # old Office and OLE packages


def check_office(stream: BinaryIO, kind: Kind, *, nested: bool = False) -> None:
    """Check a Word, Excel or PowerPoint file.

    :param nested: whether it is the workbook behind a chart, in which nothing more may be nested.
    :raises Refused: with the reason.
    """
    package = Package(stream)
    _check_part_names(package)
    _check_content_types(package.read("[Content_Types].xml", MAX_LIST), kind)
    for entry in package.entries:
        if entry.filename.lower().endswith(".rels"):
            _check_relationships(package.read(entry.filename, MAX_LIST))
    for entry in package.entries:
        _check_office_part(package, entry, nested=nested)


def check_opendocument(stream: BinaryIO, kind: Kind) -> None:
    """Check an OpenDocument file.

    :raises Refused: with the reason.
    """
    package = Package(stream)
    first = package.first
    if first is None or first.filename != "mimetype" or first.compress_type != ZIP_STORED:
        raise Refused(Reason.MISMATCH)
    if package.read("mimetype", 200).strip() != kind.media_type.encode():
        raise Refused(Reason.MISMATCH)
    _check_part_names(package)
    if not {"META-INF/manifest.xml", "content.xml"} <= package.names:
        raise Refused(Reason.MISMATCH)
    for entry in package.entries:
        _check_part(package, entry, _look_at_opendocument)


def _check_part_names(package: Package) -> None:
    for name in package.names:
        if _MACRO_NAMES.search(name):
            raise Refused(Reason.MACROS)
        if _CONTROL_NAMES.search(name):
            raise Refused(Reason.ACTIVE)


# --- Word, Excel, PowerPoint -------------------------------------------------------------------------------------


def _check_content_types(raw: bytes, kind: Kind) -> None:
    types: list[str] = []

    def element(name: str, attributes: Mapping[str, str]) -> None:
        if name in ("Default", "Override"):
            types.append(attributes.get("ContentType", ""))

    markup.read([raw], element)
    if any(_MACRO_TYPES.search(given) for given in types):
        raise Refused(Reason.MACROS)
    if any(_CONTROL_TYPES.search(given) for given in types):
        raise Refused(Reason.ACTIVE)
    if not any(given.endswith(_MAIN[kind.extension]) for given in types):
        raise Refused(Reason.MISMATCH)


def _check_relationships(raw: bytes) -> None:
    def element(name: str, attributes: Mapping[str, str]) -> None:
        if name != "Relationship":
            return
        kind = attributes.get("Type", "").rpartition("/")[2].lower()
        if "vbaproject" in kind or "macrosheet" in kind:
            raise Refused(Reason.MACROS)
        if kind in ("control", "activexcontrolbinary", "ui", "extensibility"):
            raise Refused(Reason.ACTIVE)
        target = attributes.get("Target", "")
        outside = attributes.get("TargetMode", "").lower() == "external" or _leads_elsewhere(target)
        if outside and not (kind == "hyperlink" and _may_be_clicked(target)):
            raise Refused(Reason.EXTERNAL)

    markup.read([raw], element)


def _check_office_part(package: Package, entry: ZipInfo, *, nested: bool) -> None:
    workbook = _WORKBOOK.match(entry.filename)
    if workbook and not nested and entry.file_size <= MAX_NESTED:
        _check_workbook(package, entry, workbook[1].lower())
        return
    fields = _Fields()
    _check_part(package, entry, fields.element, fields.text)
    fields.close()


def _check_workbook(package: Package, entry: ZipInfo, extension: str) -> None:
    """Check the file in which Word and PowerPoint keep the numbers behind a chart; what is in it may nest no more."""
    from tempfile import TemporaryFile

    from library.attachments.kinds import BY_EXTENSION

    with TemporaryFile() as inside:
        for chunk in package.chunks(entry):
            inside.write(chunk)
        try:
            check_office(inside, BY_EXTENSION[extension], nested=True)
        except Refused as refused:
            plain = refused.reason in (Reason.MISMATCH, Reason.UNREADABLE)
            raise Refused(Reason.EMBEDDED if plain else refused.reason) from refused


class _Fields:
    """Collects field codes and formulas, which Word may cut into many runs, and refuses those that fetch or run."""

    def __init__(self) -> None:
        self._kept = ""

    def element(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "fldSimple":
            _check_field(attributes.get("instr", ""))
        elif name in ("ddeLink", "oleLink"):
            raise Refused(Reason.EXTERNAL)
        elif name in ("fldChar", "c", "p") and self._kept and attributes.get("fldCharType") != "separate":
            self.close()

    def text(self, name: str, piece: str) -> None:
        if name in _FIELD_ELEMENTS:
            self._kept = (self._kept + piece)[-MAX_FIELD:]

    def close(self) -> None:
        _check_field(self._kept)
        self._kept = ""


def _check_field(code: str) -> None:
    if _FETCHING_FIELD.search(code):
        raise Refused(Reason.EXTERNAL)


# --- OpenDocument ------------------------------------------------------------------------------------------------


def _look_at_opendocument(name: str, attributes: Mapping[str, str]) -> None:
    if name in ("event-listener", "script", "script-data"):
        raise Refused(Reason.MACROS)
    if name == "encryption-data":
        raise Refused(Reason.ENCRYPTED)
    if name in ("dde-source", "dde-connection-decl", "dde-link"):
        raise Refused(Reason.EXTERNAL)
    if name in ("applet", "plugin", "floating-frame"):
        raise Refused(Reason.ACTIVE)
    address = attributes.get("href", "")
    if re.match(r"(?i)\s*(?:vnd\.sun\.star\.\w+|macro|service|slot|javascript|vbscript):", address):
        raise Refused(Reason.MACROS)
    fetched = name not in _CLICKED and (_leads_elsewhere(address) or address.startswith("../"))
    if fetched and not (name == "template" and not _leads_to_a_host(address)):
        raise Refused(Reason.EXTERNAL)
    if "formula" in attributes:
        _check_field(attributes["formula"][:MAX_FIELD])


# --- parts of both -----------------------------------------------------------------------------------------------


def _check_part(package: Package, entry: ZipInfo, element: markup.Element, text: markup.Text | None = None) -> None:
    """Unpack one part to its end, looking at its beginning and, if it is XML, at every element."""
    chunks = package.chunks(entry)
    head = next(chunks, b"")
    _check_head(head)
    if _XML.search(entry.filename) or head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00").startswith(b"<"):
        drawn = entry.filename.lower().endswith(".svg")
        markup.read(_again(head, chunks), element, text, doctype=drawn)
    else:
        for _chunk in chunks:
            pass


def _again(head: bytes, rest: Any) -> Any:
    yield head
    yield from rest


def _check_head(head: bytes) -> None:
    if head.startswith(PROGRAMS):
        raise Refused(Reason.PROGRAM)
    if head.startswith(COMPOUND):
        raise Refused(Reason.EMBEDDED)
    if head.startswith(ARCHIVES) or head.startswith(b"%PDF-"):
        raise Refused(Reason.EMBEDDED)


def _leads_elsewhere(address: str) -> bool:
    """Return whether an address leaves the file."""
    plain = address.strip().replace("\\", "/")
    return plain.startswith("//") or bool(re.match(r"(?i)[a-z][a-z0-9+.-]*:", plain))


def _leads_to_a_host(address: str) -> bool:
    plain = address.strip().replace("\\", "/")
    if plain.startswith("//"):
        return True
    parts = urlsplit(plain) if plain.isprintable() else None
    return parts is None or parts.scheme.lower() not in ("", "file") or bool(parts.netloc)


def _may_be_clicked(address: str) -> bool:
    """Return whether following a link is what readers expect: a web page, a letter, a place in the file."""
    return bool(re.match(r"(?i)(?:https?://|mailto:|tel:|#)", address.strip())) or not _leads_elsewhere(address)
