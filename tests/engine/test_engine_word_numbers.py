"""A batch of texts is split as each of them is alone, and each distinct word has one number."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.words import WordNumbers, words

LETTERS = "abcdeåäöæøðþßÅÖ01²ªºčŋσΣıİǰΐﬁ_-\u0301\u00ad\u200b\x00\ud800😀 \n.’“"
TEXTS = st.text(st.sampled_from(LETTERS), max_size=60) | st.text(max_size=30)


@given(st.lists(TEXTS, max_size=8), st.lists(TEXTS, max_size=8))
def test_the_words_of_a_batch_are_those_of_each_text(first: list[str], second: list[str]) -> None:
    numbers = WordNumbers()
    for batch in (first, second):
        found = [tuple(numbers.words[number] for number in of) for of in numbers.of_texts(batch)]
        assert found == [words(text) for text in batch]
    assert len(set(numbers.words)) == len(numbers.words)
    assert {*numbers.words} == {*chain.from_iterable(map(words, first + second))}


@pytest.mark.parametrize("length", [1, 7, 8, 9, 15, 16, 17, 23, 24, 25, 31, 32, 33, 100])
def test_words_that_differ_in_their_last_letter_are_two_at_any_length_and_any_place(length: int) -> None:
    numbers = WordNumbers()
    one, other = "å" * length, "å" * (length - 1) + "ö"
    for shift in range(9):
        (found,) = numbers.of_texts(["." * shift + f"{one} {other} {one}"])
        assert [numbers.words[number] for number in found] == [one, other, one]
    assert numbers.words == [one, other]


def test_a_hundred_thousand_words_keep_their_numbers_while_the_table_grows() -> None:
    numbers = WordNumbers()
    many = [f"ord{number}" for number in range(100_000)]
    for start in range(0, len(many), 7_000):
        (found,) = numbers.of_texts([" ".join(many[: start + 7_000])])
        assert found.tolist() == list(range(len(found)))
    assert numbers.of_words(many).tolist() == list(range(len(many)))


def test_a_word_has_one_number_whichever_way_it_comes() -> None:
    numbers = WordNumbers()
    known = numbers.of_words(["skole", "ungdomskriminalitetsforebyggelsesplan"]).tolist()
    (found,) = numbers.of_texts(["Skole, ungdomskriminalitetsforebyggelsesplan; ny"])
    assert found.tolist() == [*known, 2]
    assert numbers.of_texts(["Ŋy skole"])[0].tolist() == [3, 0]
