"""What a reader types is words, "phrases" and -exclusions, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import MAX_QUERY_LENGTH, ParsedQuery
from index.parsing import MAX_TERMS, parse


@pytest.mark.parametrize(
    ("text", "words", "phrases", "exclusions"),
    [
        ("", (), (), ()),
        ("  two   words ", ("two", "words"), (), ()),
        ('"a phrase" word', ("word",), ("a phrase",), ()),
        ('"left open', (), ("left open",), ()),
        ("“curly quotes”", (), ("curly quotes",), ()),
        ("”svenska citat”", (), ("svenska citat",), ()),
        ("„nordisk“ »dansk« «norsk»", (), ("nordisk", "dansk", "norsk"), ()),
        ("vold -skole", ("vold",), (), ("skole",)),
        ('vold -"i hjemmet"', ("vold",), (), ("i hjemmet",)),
        ("-only", (), (), ("only",)),
        ("SSP-samarbejde", ("SSP-samarbejde",), (), ()),
        ("a - b", ("a", "-", "b"), (), ()),
        ("--force", (), (), ("-force",)),
        ("-!!! -", ("!!!", "-"), (), ()),
        ("title:x AND [a TO z] ?*", ("title:x", "AND", "[a", "TO", "z]", "?*"), (), ()),
        ("same same", ("same",), (), ()),
        ('""', (), (), ()),
        ("nul\0l\x07 tab\tline\nend", ("null", "tab", "line", "end"), (), ()),
        ("Malmo\u0308", ("Malmö",), (), ()),
        ("före\u00adbygga", ("förebygga",), (), ()),
    ],
)
def test_a_query_is_taken_apart(
    text: str, words: tuple[str, ...], phrases: tuple[str, ...], exclusions: tuple[str, ...]
) -> None:
    assert parse(text) == ParsedQuery(words, phrases, exclusions, cut=False)


@pytest.mark.parametrize(
    ("text", "language", "words", "exclusions"),
    [
        ("KiVa Koulu -ohjelma", "fi", ("KiVa", "Koulu", "ohjelma"), ()),
        ("nuorten Bellator 206 -ottelu", "fi", ("nuorten", "Bellator", "206", "ottelu"), ()),
        ("Safe City -school", "en", ("Safe", "City"), ("school",)),
        ("Poliisi -koulu", "fi", ("Poliisi",), ("koulu",)),
        ("KiVa koulu -ohjelma", "fi", ("KiVa", "koulu"), ("ohjelma",)),
        ('KiVa Koulu -"hyvä ohjelma"', "fi", ("KiVa", "Koulu"), ("hyvä ohjelma",)),
    ],
)
def test_after_a_name_of_several_words_finnish_joins_by_a_hyphen(
    text: str, language: str, words: tuple[str, ...], exclusions: tuple[str, ...]
) -> None:
    parsed = parse(text, language)
    assert (parsed.words, parsed.exclusions) == (words, exclusions)


def test_a_long_query_is_cut_between_words_and_says_so() -> None:
    parsed = parse("word " * 10 + "x" * 145 + " lastword")
    assert parsed.cut
    assert parsed.words == ("word", "x" * 145)


def test_one_endless_word_is_cut_in_the_middle() -> None:
    assert parse("x" * 1000).words == ("x" * MAX_QUERY_LENGTH,)


def test_too_many_terms_are_cut_wherever_they_stand() -> None:
    assert parse(" ".join(map(str, range(30)))).words == tuple(map(str, range(MAX_TERMS)))
    assert parse('"' + "a " * 30).phrases == (" ".join("a" * MAX_TERMS),)
    parsed = parse("-".join("b" * 50))
    assert parsed.words == ("-".join("b" * MAX_TERMS),)
    assert parsed.cut


@given(st.text(st.characters(), max_size=300))
def test_any_text_can_be_parsed(text: str) -> None:
    parsed = parse(text)
    parts = (*parsed.words, *parsed.phrases, *parsed.exclusions)
    assert all(part and part == part.strip() for part in parts)
    assert sum(map(len, parts)) <= 3 * MAX_QUERY_LENGTH  # composing can lengthen some scripts
