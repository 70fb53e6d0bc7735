"""What a cell may hold, and how words that a spreadsheet would misread are written so that they come back unchanged.

Two things are done to a cell on the way out and undone on the way in. Characters that XML cannot hold, and carriage
returns, which every program rewrites, become ``_x000D_`` and the like, as ECMA-376 part 1, 22.9.2.19 writes them. A
cell that a spreadsheet would run as a formula gets an apostrophe before it (OWASP, CSV injection).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

MAX_CELL: Final = 32_767  # UTF-16 code units, the most that Excel and LibreOffice keep of a cell
_ESCAPED_WIDTH: Final = 7  # of _x000D_
_UNSAFE: Final = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPE: Final = re.compile("_x([0-9A-Fa-f]{4})_")
_RUN: Final = "=+-@\t\r\n|%\uff1d\uff0b\uff0d\uff20"  # what opens a formula, also in East Asian spreadsheets
_GUARDED: Final = re.compile(f"'*[{re.escape(_RUN)}]")


def escape(words: str) -> str:
    """Return words with every character that a file could lose written out."""
    return _UNSAFE.sub(lambda found: f"_x{ord(found[0]):04X}_", words)


def unescape(words: str) -> str:
    """Return what ``escape`` was given."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), words) if "_x" in words else words


def guard(words: str) -> str:
    """Return a cell that no spreadsheet runs: with an apostrophe before what would open a formula."""
    return f"'{words}" if _GUARDED.match(words) else words


def unguard(words: str) -> str:
    """Return what ``guard`` was given; an apostrophe before anything else stays."""
    return words[1:] if words.startswith("'") and _GUARDED.match(words[1:]) else words


def pieces(words: str) -> Iterator[str]:
    """Yield words in pieces of which each fits a cell, however it is written."""
    start = width = 0
    for place, character in enumerate(words):
        wide = _ESCAPED_WIDTH if _UNSAFE.match(words, place) else 2 if character > "\uffff" else 1
        if width + wide > MAX_CELL - 1:  # one for the apostrophe
            yield words[start:place]
            start, width = place, 0
        width += wide
    yield words[start:]
