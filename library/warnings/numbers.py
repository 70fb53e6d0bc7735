"""National identity numbers of Denmark, Sweden, Norway, Finland and Iceland in running text.

Every candidate must hold a real date, and a control digit where the country has one, so that years, case numbers and
phone numbers pass. Sources: CPR-kontoret, "Personnummeret i CPR" (no check since 2007); Skatteverket SKV 704;
Skatteetaten, "Fødselsnummer" with the rules of 2032; Digi- ja väestötietovirasto, "Henkilötunnus" with the separators
of 2023; Þjóðskrá Íslands, "Kennitala".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

# Digits and dashes as Word and phones write them; same length, so that positions hold.
_PLAIN: Final = str.maketrans("０１２３４５６７８９‐‑‒–—−－\u00a0\u202f", "0123456789-------  ")
_ADDRESS: Final = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
# Part of a longer number, a date, an address or a reference such as 2019/010190-1234.
_BEFORE: Final = r"(?<![\w/.:+-])"
_AFTER: Final = r"(?![\w/]|[-.:]\d)"
_SHAPE: Final = re.compile(
    rf"{_BEFORE}(?:"
    r"\d{6} ?- ?\d{4}|\d{6}\+\d{4}|\d{6} \d{4}|\d{10}"  # Danish, Swedish, Icelandic
    r"|\d{8} ?[-+] ?\d{4}|\d{8} \d{4}|\d{12}"  # Swedish with the century
    r"|\d{6} ?-?\d{5}|\d{11}"  # Norwegian
    r"|\d{6}[-+A-FYXWVUa-fyxwvu]\d{3}[0-9A-FHJ-NPR-Ya-fhj-npr-y]"  # Finnish
    rf"){_AFTER}"
)
_NAMED: Final = re.compile(
    r"\b(?:cpr|person(?:al)?\s?-?num|personnr|pers\.?nr|samordningsn|fødselsn|f\.?nr|d-num|henkilötunnu|hetu|kennit"
    r"|kt\.|national id|identity num|social security)",
    re.IGNORECASE,
)
_NEAR: Final = 40  # characters before a number in which its name may stand
_YEARS: Final = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])-(?:19|20)\d\d")  # from a month to a year: 201012-2013
_FINNISH_CHECK: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_FINNISH_CENTURY: Final = {
    "+": 1800,
    **dict.fromkeys("-YXWVU", 1900),
    **dict.fromkeys("ABCDEF", 2000),
}
_DANISH_WEIGHTS: Final = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_NORWEGIAN_FIRST: Final = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_NORWEGIAN_SECOND: Final = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_ICELANDIC_WEIGHTS: Final = (3, 2, 7, 6, 5, 4, 3, 2, 1)


def national_numbers_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of whatever looks like somebody's national identity number."""
    plain = _ADDRESS.sub(lambda found: " " * len(found[0]), text.translate(_PLAIN))
    for found in _SHAPE.finditer(plain):
        named = bool(_NAMED.search(plain[max(0, found.start() - _NEAR) : found.start()]))
        if any(is_one(found[0], named) for is_one in _COUNTRIES):
            yield found.span()


def is_danish(number: str, named: bool = True) -> bool:
    """Return whether a number may be a Danish CPR number.

    Since 2007 the control digit no longer holds, so the form must speak: six digits, a hyphen, four. Without the
    hyphen the number must be named, or hold the old control.
    """
    if not re.fullmatch(r"\d{6} ?-? ?\d{4}", number):
        return False
    if _YEARS.fullmatch(number) and not named:
        return False
    digits = _digits(number)
    hyphened = "-" in number
    checked = _weighed(digits, _DANISH_WEIGHTS) % 11 == 0
    return (hyphened or named or checked) and _is_day(
        _danish_century(digits) + int(digits[4:6]), digits[2:4], digits[:2]
    )


def is_swedish(number: str, _named: bool = True) -> bool:
    """Return whether a number may be a Swedish personnummer or samordningsnummer: date and Luhn."""
    if not re.fullmatch(r"(?:\d\d)?\d{6} ?[-+]? ?\d{4}", number):
        return False
    digits = _digits(number)
    if len(digits) == 12:
        if digits[:2] not in ("18", "19", "20"):
            return False
        years = [int(digits[:4])]
        digits = digits[2:]
    else:
        years = [1900 + int(digits[:2]), 2000 + int(digits[:2])]
    day = int(digits[4:6])
    day -= 60 if day > 60 else 0
    return _luhn(digits) and any(_is_day(year, digits[2:4], str(day)) for year in years)


def is_norwegian(number: str, _named: bool = True) -> bool:
    """Return whether a number may be a Norwegian fødselsnummer, D-number or helping number, also by the rules of 2032.

    From 2032 the first control may leave a rest up to three, so that the numbers last longer.
    """
    if not re.fullmatch(r"\d{6} ?-?\d{5}", number):
        return False
    digits = _digits(number)
    day, month = int(digits[:2]), int(digits[2:4])
    day -= 40 if day > 40 else 0
    month -= next((shift for shift in (80, 65, 40) if month > shift), 0)
    dated = any(_is_day(century + int(digits[4:6]), str(month), str(day)) for century in (1800, 1900, 2000))
    first = _weighed(digits[:10], _NORWEGIAN_FIRST) % 11
    return dated and first in (0, 1, 2, 3) and _weighed(digits, _NORWEGIAN_SECOND) % 11 == 0


def is_finnish(number: str, _named: bool = True) -> bool:
    """Return whether a number is a Finnish henkilötunnus: date, century sign, control character."""
    if not re.fullmatch(r"\d{6}[-+A-FYXWVU]\d{3}[0-9A-FHJ-NPR-Y]", number.upper()):
        return False
    number = number.upper()
    check = _FINNISH_CHECK[int(number[:6] + number[7:10]) % 31]
    year = _FINNISH_CENTURY[number[6]] + int(number[4:6])
    return number[10] == check and int(number[7:10]) >= 2 and _is_day(year, number[2:4], number[:2])


def is_icelandic(number: str, _named: bool = True) -> bool:
    """Return whether a number is a person's kennitala; those of companies, with 40 added to the day, are not."""
    if not re.fullmatch(r"\d{6} ?-? ?\d{4}", number):
        return False
    digits = _digits(number)
    centuries = {"8": 1800, "9": 1900, "0": 2000}
    if digits[9] not in centuries or _weighed(digits[:9], _ICELANDIC_WEIGHTS) % 11:
        return False
    return _is_day(centuries[digits[9]] + int(digits[4:6]), digits[2:4], digits[:2])


_COUNTRIES: Final[tuple[Callable[[str, bool], bool], ...]] = (
    is_danish,
    is_swedish,
    is_norwegian,
    is_finnish,
    is_icelandic,
)


def _danish_century(digits: str) -> int:
    """Return the century that the seventh digit and the year of a CPR number give together."""
    seventh, year = int(digits[6]), int(digits[4:6])
    if seventh <= 3:
        return 1900
    if seventh in (4, 9):
        return 2000 if year <= 36 else 1900
    return 2000 if year <= 57 else 1800


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (2 - position % 2) for position, digit in enumerate(digits))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _weighed(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


def _digits(number: str) -> str:
    return "".join(character for character in number if character.isdigit())


def _is_day(year: int, month: str, day: str) -> bool:
    try:
        date(year, int(month), int(day))
    except ValueError:
        return False
    return True
