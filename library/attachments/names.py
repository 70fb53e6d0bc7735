"""What a file may be called: the name decides nothing but how readers see it, and must not deceive them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from library.attachments.kinds import BY_EXTENSION, REFUSED_EXTENSIONS, Kind
from library.attachments.reasons import Reason, Refused

MAX_LENGTH: Final = 150  # characters, extension included
# Marks that turn the reading direction: "invoice\u202egnp.exe" reads as "invoiceexe.png".
_TURNING: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_RESERVED: Final = re.compile(r"(?i)(?:con|prn|aux|nul|clock\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)")
_AWKWARD: Final = re.compile(r'[<>:"|?*\\/;%$&`\'{}\x7f]')
_ALIKE: Final = str.maketrans({"․": ".", "．": ".", "。": ".", "∕": "/", "⁄": "/", "／": "/", "＼": "\\"})


def clean_name(given: str | None) -> tuple[str, Kind]:
    """Return a harmless name for a file, and the kind that its ending claims.

    Folders before the name fall away, awkward characters become hyphens, names that Windows keeps for itself get a
    word before them, long ones are cut.

    :raises Refused: if the name deceives (turned letters, a second ending, NUL) or the kind is not taken.
    """
    name = unicodedata.normalize("NFC", (given or "").translate(_ALIKE))
    if "\x00" in name or _TURNING.search(name) or any(unicodedata.category(c) in ("Cs", "Co", "Cn") for c in name):
        raise Refused(Reason.NAME)
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf"))
    name = re.split(r"[\\/]", name)[-1].strip().rstrip(". ")
    stem, kind = _split(name)
    stem = re.sub(r"[\s-]*[-]\s*[-]+|\s+", " ", _AWKWARD.sub("-", stem)).strip(" .-") or "file"
    if _RESERVED.match(stem):
        stem = f"file {stem}"
    return f"{stem[: MAX_LENGTH - len(kind.extension) - 1].rstrip(' .')}.{kind.extension}", kind


def _split(name: str) -> tuple[str, Kind]:
    """Return a name without its ending, and the kind of that; a dangerous ending further in is as good as the last."""
    stem, dot, ending = name.rpartition(".")
    if not dot:
        raise Refused(Reason.TYPE)
    inner = [part.strip().lower() for part in stem.split(".")[1:]]
    kind = BY_EXTENSION.get(ending.lower())
    if kind is None:
        raise Refused(REFUSED_EXTENSIONS.get(ending.lower(), Reason.TYPE))
    if any(REFUSED_EXTENSIONS.get(part) in _DECEIVING for part in inner):
        raise Refused(Reason.NAME)
    return stem, kind


_DECEIVING: Final = (Reason.PROGRAM, Reason.WEB_PAGE, Reason.MACROS, Reason.ARCHIVE)
