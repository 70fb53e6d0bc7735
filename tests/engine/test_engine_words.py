"""Words: how they become terms, and where titles stand in each alphabet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import LANGUAGES
from index.collation import sort_key
from index.words import analyse, fold_long, fold_short, words


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "prevention", "preventing"),
        ("da", "kommunen", "kommunerne"),
        ("sv", "flickorna", "flicka"),
        ("nb", "skolene", "skoler"),
        ("nn", "kommunane", "kommuna"),
        ("fi", "koulussa", "koulusta"),
        ("is", "BARN", "barn"),
    ],
)
def test_forms_of_a_word_become_one_term(language: str, one: str, other: str) -> None:
    assert analyse(language, one) == analyse(language, other) != ()


def test_stop_words_are_left_out_of_their_own_language_only() -> None:
    assert analyse("da", "skolen og politiet") == analyse("da", "skolen politiet")
    assert analyse("en", "og") == ("og",)
    assert analyse("is", "lögreglan og skólinn") == ("lögregla", "skóli")


def test_numbers_and_abbreviations_stay_whole() -> None:
    for language in LANGUAGES:
        assert analyse(language, "SLT CIRV 112 2024") == ("slt", "cirv", "112", "2024")


def test_text_is_normalised() -> None:
    assert words("Malmo\u0308 FÖRE\u00adBYGGA e_post") == ("malmö", "förebygga", "e", "post")


@pytest.mark.parametrize(
    ("word", "short", "long"),
    [
        ("malmö", "malmo", "malmoe"),
        ("århus", "arhus", "aarhus"),
        ("københavn", "kobenhavn", "koebenhavn"),
        ("ísafjörður", "isafjordur", "isafjoerdur"),
        ("þjóð", "thjod", "thjod"),
        ("plain", "plain", "plain"),
    ],
)
def test_words_are_folded_in_two_spellings(word: str, short: str, long: str) -> None:
    assert (fold_short(word), fold_long(word)) == (short, long)


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("da", ["abe", "Zebra", "æble", "ørn", "ånd"]),
        ("nb", ["a", "z", "ä", "ö", "å"]),
        ("sv", ["Anna", "zebra", "åk", "ära", "ö"]),
        ("fi", ["z", "å", "ä", "ö"]),
        ("is", ["a", "az", "á", "b", "d", "ð", "e", "z", "þ", "æ", "ö"]),
        ("en", ["åben", "apple", "øre", "pear"]),
        ("en", ["2 a", "“A” plan", "a plan b", "a plans", "été"]),
    ],
)
def test_titles_stand_in_the_order_of_the_readers_alphabet(language: str, titles: list[str]) -> None:
    keys = [sort_key(language, title) for title in titles]
    assert keys == sorted(set(keys))


@given(st.sampled_from(LANGUAGES), st.text(st.characters()))
def test_any_text_can_be_analysed_and_sorted(language: str, text: str) -> None:
    assert all(term.encode() for term in analyse(language, text))
    assert all(fold_short(word) and fold_long(word) for word in words(text))
    sort_key(language, text)
