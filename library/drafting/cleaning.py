"""What people type and paste, freed of what nobody meant to type. Pure; cleaning twice changes nothing more.

Word and web pages bring along control characters, marks that turn the direction of text and so can make it lie, spaces
without width, and bullets of a font of their own. What can be seen stays exactly as it was typed.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Line ends of other systems and of Word, and spaces that look like any other.
_BREAKS: Final = re.compile("\r\n|[\r\v\f\x85\u2028]")
_PARAGRAPHS: Final = "\u2029"
_SPACES: Final = re.compile("[\u00a0\u2007\u202f\u3000]")
# No width, or a change of direction; \ufeff is also a byte order mark, \u00ad the soft hyphen of Word.
_UNSEEN: Final = re.compile("[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
# Joiners hold pictures together; beside letters and spaces of our languages they are leftovers.
_JOINERS: Final = re.compile(r"(?<![^\w\s])[\u200c\u200d]+|[\u200c\u200d]+(?![^\w\s])")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufff9-\ufffb]")
_BULLETS: Final = re.compile(r"(?m)^[ \t]*[\u2022\u00b7\u25aa\u25cf\u25e6\u2023\uf0b7\uf0a7\uf0d8][ \t]+")
# What Windows puts where Unicode has controls: curly quotes, dashes and dots.
_WINDOWS: Final = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0) if code != 0x85}


def clean_text(typed: str) -> str:
    """Return prose of several lines without what cannot be seen, in composed characters (NFC), with plain line ends."""
    text = _BREAKS.sub("\n", typed.replace(_PARAGRAPHS, "\n\n")).translate(_WINDOWS)
    text = _UNSEEN.sub("", _CONTROLS.sub("", _SPACES.sub(" ", text)))
    text = unicodedata.normalize("NFC", _JOINERS.sub("", text))
    return _BULLETS.sub("- ", text).strip()


def clean_line(typed: str) -> str:
    """Return the same in one line, with single spaces."""
    return " ".join(clean_text(typed).split())
