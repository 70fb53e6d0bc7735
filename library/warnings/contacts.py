"""Phone numbers in the forms of the Nordic countries, and e-mail addresses, in running text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_ADDRESS: Final = re.compile(r"(?:https?://|www\.)[^\s@]+", re.IGNORECASE)
_EMAIL: Final = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}(?:@|\s?[\[(](?:at|a|snabel-a|@)[\])]\s?)(?:[\w-]{1,63}\.){1,6}[^\W\d_]{2,24}\b",
    re.IGNORECASE,
)
_LEFT: Final = r"(?<![\w/.:+#§-])"
_RIGHT: Final = r"(?![\w/%‰°]|[-.,:]\d| ?(?:%|kr\b|€|EUR|DKK|SEK|NOK|ISK))"
# With the country in front anything of the right length is a number to call.
_ABROAD: Final = rf"{_LEFT}(?:\+|00)\s?(?:45|46|47|358|354|298|299)(?:[\s-]?\(0\))?(?:[\s./-]?\d){{5,11}}{_RIGHT}"
_NATIONAL: Final = "|".join(
    rf"{_LEFT}{form}{_RIGHT}"
    for form in (
        r"[2-9]\d \d\d \d\d \d\d",  # Denmark, Norway: 12 34 56 78
        r"[489]\d\d \d\d \d\d\d",  # Norwegian mobiles: 912 34 567
        r"07[02369][ -]?\d{3} ?\d\d ?\d\d",  # Swedish mobiles: 070-123 45 67
        r"0\d{1,3}-\d{2,3} \d\d(?: \d\d\d?)?",  # Sweden: 08-123 456 78, 040-12 34 56
        r"0\d{1,3}-\d{3} \d{3}(?: \d\d)?",
        r"(?:04\d|050)[ -]?\d{3,4}[ -]?\d{3,4}",  # Finnish mobiles: 040 123 4567
        r"09[ -]\d{3} \d{3,5}",  # Helsinki
    )
)
# Bare digits are a phone number only when somebody says so.
_SAID: Final = (
    r"\b(?:t(?:e)?lf|tel|telefon(?:nummer)?|telephone|phone|mobil(?:nr|nummer|e)?|mob|puh|puhelin(?:numero)?|s[ií]mi"
    r"|s[ií]manúmer|gsm|call|ring|soita)\b[.:]?\s{0,2}(?:(?:nr|no|nummer|number|på|to|us on|on)\b[.:]?\s)?"
    r"(?P<said>\d(?:[ .-]?\d){5,10})(?![\w%])"
)
_PHONE: Final = re.compile(f"{_ABROAD}|{_NATIONAL}|{_SAID}", re.IGNORECASE)
_HELPLINE: Final = re.compile(r"116 ?\d{3}")  # European numbers of social value, the same for everybody


def contacts_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield (``email`` or ``phone``, start, end) of whatever leads to one person."""
    spaced = text.replace("\u00a0", " ").replace("\u202f", " ")
    for found in _EMAIL.finditer(spaced):
        yield "email", *found.span()
    plain = _ADDRESS.sub(lambda found: " " * len(found[0]), spaced)
    for found in _PHONE.finditer(plain):
        start, end = found.span("said") if found["said"] else found.span()
        if not _HELPLINE.fullmatch(plain[start:end]):
            yield "phone", start, end
