"""Characters that some store, file or letter cannot hold. Knows no field and no form."""

from __future__ import annotations

import re
from typing import Final

# Controls but tab and line ends, DEL, halves of characters, and the two that are none: XML 1.0, 2.2; PDF; databases.
_CLASS: Final = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff"

UNWRITABLE: Final = re.compile(f"[{_CLASS}]")
WRITABLE: Final = re.compile(rf"[^{_CLASS}]*\Z")
ONE_LINE: Final = re.compile(rf"[^{_CLASS}\t\n\r]*\Z")


def writable(text: str, *, instead: str = "") -> str:
    """Return a text without what no file can hold."""
    return UNWRITABLE.sub(instead, text)
