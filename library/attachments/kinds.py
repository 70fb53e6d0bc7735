"""The kinds of file that the library takes, and the ones that it knows and refuses with a reason of their own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from flask_babel import format_decimal

from library.attachments.reasons import Reason


class Family(StrEnum):
    """How a kind of file is checked."""

    PDF = "pdf"
    OFFICE = "office"
    OPENDOCUMENT = "opendocument"
    PICTURE = "picture"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file.

    :param extension: as the stored name ends.
    :param media_type: as it is served.
    :param name: as pages call it.
    """

    extension: str
    media_type: str
    family: Family
    name: str


_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_OPEN: Final = "application/vnd.oasis.opendocument."
KINDS: Final[tuple[Kind, ...]] = (
    Kind("pdf", "application/pdf", Family.PDF, "PDF"),
    Kind("docx", f"{_OFFICE}wordprocessingml.document", Family.OFFICE, "Word"),
    Kind("xlsx", f"{_OFFICE}spreadsheetml.sheet", Family.OFFICE, "Excel"),
    Kind("pptx", f"{_OFFICE}presentationml.presentation", Family.OFFICE, "PowerPoint"),
    Kind("odt", f"{_OPEN}text", Family.OPENDOCUMENT, "OpenDocument"),
    Kind("ods", f"{_OPEN}spreadsheet", Family.OPENDOCUMENT, "OpenDocument"),
    Kind("odp", f"{_OPEN}presentation", Family.OPENDOCUMENT, "OpenDocument"),
    Kind("png", "image/png", Family.PICTURE, "PNG"),
    Kind("jpg", "image/jpeg", Family.PICTURE, "JPEG"),
    Kind("webp", "image/webp", Family.PICTURE, "WebP"),
    Kind("gif", "image/gif", Family.PICTURE, "GIF"),
    Kind("txt", "text/plain", Family.TEXT, "TXT"),
    Kind("csv", "text/csv", Family.TEXT, "CSV"),
    Kind("md", "text/markdown", Family.TEXT, "Markdown"),
)
BY_EXTENSION: Final[dict[str, Kind]] = {kind.extension: kind for kind in KINDS} | {
    "jpeg": next(kind for kind in KINDS if kind.extension == "jpg"),
    "markdown": next(kind for kind in KINDS if kind.extension == "md"),
}
BY_MEDIA_TYPE: Final[dict[str, Kind]] = {kind.media_type: kind for kind in KINDS}
PICTURES: Final = frozenset(kind.media_type for kind in KINDS if kind.family is Family.PICTURE)
ACCEPT: Final = ",".join(f".{extension}" for extension in BY_EXTENSION)


def _all(reason: Reason, extensions: str) -> dict[str, Reason]:
    return dict.fromkeys(extensions.split(), reason)


REFUSED_EXTENSIONS: Final[dict[str, Reason]] = {
    **_all(Reason.ARCHIVE, "zip rar 7z tar gz tgz bz2 xz zst cab iso img dmg arj lzh ace z epub jar war ear apk xpi"),
    **_all(Reason.OLD_OFFICE, "doc dot xls xlt xlm ppt pot pps rtf wri pub mpp vsd msg"),
    **_all(Reason.MACROS, "docm dotm dotx xlsm xltm xltx xlsb xlam pptm potm potx ppsm ppsx ppam sldm ott ots otp"),
    **_all(Reason.WEB_PAGE, "html htm xhtml xht shtml mht mhtml svg svgz xml xsl xslt swf php php3 phtml asp aspx jsp"),
    **_all(
        Reason.PROGRAM,
        "exe com bat cmd scr pif msi msp dll sys cpl hta js jse mjs vbs vbe wsf wsh ps1 psm1 sh bash zsh py pyc pl rb "
        "lnk url desktop reg inf gadget app command workflow scf chm hlp jnlp application appref-ms bin elf so",
    ),
}


def describe(media_type: str, size: int) -> str:
    """Return kind and size as readers see them beside a file, such as "PDF, 1.2 MB"."""
    kind = BY_MEDIA_TYPE.get(media_type)
    unit, step = ("MB", 1_000_000) if size >= 1_000_000 else ("kB", 1_000)
    amount = size / step
    number = format_decimal(round(amount, 1) if amount < 10 else round(amount))
    return f"{kind.name if kind else media_type}, {number} {unit}" if amount >= 0.1 else kind.name if kind else ""
