"""Words that readers typed: one spelling, and nothing of persons."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.counting.phrases import LONGEST, concepts_in, may_be_kept, normal
from library.lexicon import Entry, Lexicon


def lexicon() -> Lexicon:
    def entry(identifier: str, label: str, *synonyms: str) -> Entry:
        scheme, _, code = identifier.partition("/")
        return Entry(identifier, scheme, code, {"en": label}, {"sv": synonyms}, {})

    entries = (
        entry("agencies/schools", "Schools", "Skola"),
        entry("agencies/police", "Police", "Polis"),
        entry("thesaurus/school-police", "School police", "Skol-polis"),
        entry("thesaurus/ssp", "SSP (schools, social services, police)", "SSP"),
    )
    return Lexicon("made here", {one.id: one for one in entries})


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Wire   TAPPING! ", "wire tapping"),
        ('"wire tapping"', "wire tapping"),
        ("«Ungdomsråd»", "ungdomsråd"),
        ("A\u030arhus", "århus"),
        ("nul\x00l\x07 \ud800", "null"),
        ("…", "…"),
        ("-", ""),
    ],
)
def test_one_spelling(typed: str, kept: str) -> None:
    assert normal(typed) == kept


@given(st.text(max_size=300))
def test_any_words_can_be_looked_at(typed: str) -> None:
    words = normal(typed)

    assert normal(words) == words
    words.encode("utf-8")
    if may_be_kept(words, typed):
        assert 0 < len(words) <= LONGEST
        assert "@" not in words


@pytest.mark.parametrize("words", ["wire tapping", "klasse 8b", "2024 plan", "emma", "exit", "æø"])
def test_words_of_the_field_are_kept(words: str) -> None:
    assert may_be_kept(words, words)


@pytest.mark.parametrize("words", ["emma andersson", "om hassans bror", "8 12 34 56 7", "", "1 2", "x", "www.x.se"])
def test_words_that_may_be_about_somebody_are_not(words: str) -> None:
    assert not may_be_kept(words, words)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("schools", ["agencies/schools"]),
        ("POLIS and skola", ["agencies/police", "agencies/schools"]),
        ("the school police", ["thesaurus/school-police"]),
        ("skol-polis", ["thesaurus/school-police"]),
        ("ssp", ["thesaurus/ssp"]),
        ("police police", ["agencies/police"]),
        ("zeppelin", []),
        ("", []),
    ],
)
def test_concepts_are_known_by_any_label_and_the_longest_counts(words: str, found: list[str]) -> None:
    assert concepts_in(words, lexicon()) == found
