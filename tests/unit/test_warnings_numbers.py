"""National identity numbers: every real one is found in running text, and few others."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.warnings.numbers import (
    is_danish,
    is_finnish,
    is_icelandic,
    is_norwegian,
    is_swedish,
    national_numbers_in,
)

CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"
births = st.dates(date(1900, 1, 1), date(2025, 12, 31))


def found(text: str) -> list[str]:
    return [text[start:end] for start, end in national_numbers_in(text)]


def weighed(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(d) * w for d, w in zip(digits, weights, strict=False))


def luhn(digits: str) -> str:
    total = sum(sum(divmod(int(d) * (2 - n % 2), 10)) for n, d in enumerate(digits))
    return str(-total % 10)


@given(births, st.integers(0, 999))
def test_every_danish_number_with_a_hyphen_is_found(born: date, serial: int) -> None:
    seventh = "4" if 2000 <= born.year <= 2036 else "0"  # one that fits the century
    number = f"{born:%d%m%y}-{seventh}{serial:03d}"
    assert found(f"Sag om {number}, afsluttet.") in ([number], []) if number[4:6] in ("19", "20") else True
    assert is_danish(number)
    assert found(f"CPR {number}") == [number]
    assert found(f"cpr-nr. {number.replace('-', '')}") == [number.replace("-", "")]


@given(births, st.integers(0, 999), st.sampled_from(["-", "+", ""]), st.booleans(), st.booleans())
def test_every_swedish_number_is_found(born: date, serial: int, sign: str, century: bool, coordination: bool) -> None:
    day = born.day + 60 * coordination
    short = f"{born:%y%m}{day:02d}{serial:03d}"
    full = short + luhn(short)
    number = f"{f'{born:%Y}'[:2] if century else ''}{full[:6]}{sign}{full[6:]}"
    assert is_swedish(number)
    assert found(f"Personen {number} deltog.") == [number]
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert not is_swedish(wrong)


def norwegian(born: date, serial: int, *, d_number: bool = False, rest: int = 0) -> str | None:
    """Return a number with both controls; those of 2032 leave a rest in the first."""
    digits = f"{born.day + 40 * d_number:02d}{born:%m%y}{serial:03d}"
    first = (rest - weighed(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2))) % 11
    if first == 10:
        return None
    digits += str(first)
    second = -weighed(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return None if second == 10 else digits + str(second)


@given(births, st.integers(0, 999), st.booleans(), st.integers(0, 3), st.sampled_from(["", " "]))
def test_every_norwegian_number_is_found(born: date, serial: int, d_number: bool, rest: int, gap: str) -> None:
    number = norwegian(born, serial, d_number=d_number, rest=rest)
    if number is None:
        return
    assert is_norwegian(number)
    written = number[:6] + gap + number[6:]
    assert found(f"Fnr: {written}.") == [written]
    assert not is_norwegian(number[:-1] + str((int(number[-1]) + 1) % 10))


@given(births, st.integers(2, 999), st.data())
def test_every_finnish_number_is_found(born: date, serial: int, data: st.DataObject) -> None:
    sign = data.draw(st.sampled_from("-YXWVU" if born.year < 2000 else "ABCDEF"))
    digits = f"{born:%d%m%y}{serial:03d}"
    number = f"{born:%d%m%y}{sign}{serial:03d}{CHECK[int(digits) % 31]}"
    assert is_finnish(number)
    assert found(f"Asiakas {number} tuli.") == [number]
    assert found(f"hetu {number.lower()}") == [number.lower()]
    assert not is_finnish(number[:-1] + CHECK[(int(digits) + 1) % 31])


@given(births, st.integers(20, 99), st.sampled_from(["-", "", " "]))
def test_every_icelandic_number_is_found_and_no_company(born: date, serial: int, gap: str) -> None:
    digits = f"{born:%d%m%y}{serial}"
    control = -weighed(digits, (3, 2, 7, 6, 5, 4, 3, 2)) % 11
    if control == 10:
        return
    number = f"{digits[:6]}{gap}{digits[6:]}{control}{'9' if born.year < 2000 else '0'}"
    assert is_icelandic(number)
    assert found(f"Kennitala: {number}") == [number]
    company = f"{int(digits[:2]) + 40}{number[2:]}"
    assert not is_icelandic(company)


@pytest.mark.parametrize(
    "words",
    [
        "In 2010-2015, 2016/17 and 1999.",
        "From 201012-2013 to 201401.",
        "Report 2019/010190-1234 and case 12/345678-9012.",
        "https://example.org/010190-1234",
        "Phone 12345678, +45 12345678, 08-123 456 78.",
        "The sum was 1234567890 kr and 12 345 678 901.",
        "Organisation 556677-8899 and 202100-5489.",
        "ISBN 978-87-92966-12-3, DOI 10.1000/010190-1234.",
        "Version 010190-12345 of 320190-1234, 011390-1234 and 310290-1234.",
        "310290A123X and 010190Z123A",
        "2020-01-01 and 01-01-2020, 01.01.1990",
    ],
)
def test_years_cases_sums_and_phones_are_no_people(words: str) -> None:
    assert found(words) == []


@pytest.mark.parametrize("dash", ["-", "‐", "‑", "–", "—", "−"])
def test_every_kind_of_dash_is_read(dash: str) -> None:
    assert found(f"cpr 010190{dash}1234") == [f"010190{dash}1234"]


def test_numbers_by_chance_are_seldom_taken_for_people() -> None:
    """Of ten thousand numbers of ten or eleven digits fewer than one in a hundred looks like a person."""
    chance = random.Random(2026)
    texts = [str(chance.randrange(10**9, 10**11)) for _ in range(10_000)]
    assert sum(bool(found(text)) for text in texts) < 100


@given(st.text(max_size=300))
def test_no_text_raises(text: str) -> None:
    for start, end in national_numbers_in(text):
        assert 0 <= start < end <= len(text)
