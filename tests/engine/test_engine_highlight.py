"""Snippets mark what was looked for, and give back the text and nothing else."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import LANGUAGES, Segment, highlight
from index.parsing import parse
from index.words import normalise


def _marked(query: str, text: str, language: str = "en", **options: int) -> list[str]:
    fragments = highlight(parse(query), language, text, **options)
    return [segment.text for fragment in fragments for segment in fragment if segment.hit]


def test_words_are_marked_by_their_stem_and_without_case() -> None:
    assert _marked("prevent", "Prevention works; preventing helps.") == ["Prevention", "preventing"]


def test_words_are_marked_by_folded_spelling() -> None:
    assert _marked("aarhus malmo", "Fra Århus til Malmö", "da") == ["Århus", "Malmö"]


def test_phrases_are_marked_as_a_whole_only() -> None:
    text = "Safe city. The city is safe. A safe, city-wide plan."
    assert _marked('"safe city"', text) == ["Safe city", "safe, city"]


def test_stop_words_inside_a_phrase_belong_to_it() -> None:
    assert _marked('"school and the police"', "Our school and the police meet") == ["school and the police"]


def test_stop_words_are_marked_only_when_there_is_nothing_else() -> None:
    assert _marked("the school", "the school") == ["school"]
    assert _marked("the", "the school") == ["the"]


def test_where_nothing_else_is_marked_compounds_are_by_their_parts() -> None:
    assert _marked("kriminalitet", "Ungdomskriminaliteten falder", "da") == ["Ungdomskriminaliteten"]
    assert _marked("ungdomskriminalitet", "Om kriminalitet i byen", "da") == ["kriminalitet"]
    assert _marked("kriminalitet", "Kriminalitet og ungdomskriminalitet", "da") == ["Kriminalitet"]
    assert _marked('"kriminalitet i byen"', "Ungdomskriminalitet", "da") == []


def test_exclusions_are_not_marked() -> None:
    assert _marked("school -police", "school police") == ["school"]


def test_a_text_without_hits_gives_its_beginning() -> None:
    assert highlight(parse("absent"), "en", "Some words here", length=10) == ((Segment("Some words", False),),)
    assert highlight(parse("x"), "en", "") == ()


def test_fragments_are_those_with_the_most_different_words_in_the_order_of_the_text() -> None:
    filler = "filler " * 40
    text = f"{filler}alpha {filler}alpha beta {filler}beta gamma alpha {filler}"
    fragments = highlight(parse("alpha beta gamma"), "en", text, length=80, fragments=2)
    marked = [[segment.text for segment in fragment if segment.hit] for fragment in fragments]
    assert marked == [["alpha", "beta"], ["beta", "gamma", "alpha"]]


@given(
    st.text(st.characters(), max_size=40),
    st.sampled_from(LANGUAGES),
    st.text(st.sampled_from("skole Å<b>&\u0308\u00ad ö.\n-"), max_size=400),
    st.integers(1, 300),
    st.integers(1, 4),
)
def test_fragments_are_parts_of_the_text(query: str, language: str, text: str, length: int, count: int) -> None:
    fragments = highlight(parse(query + " skole å"), language, text, length=length, fragments=count)
    assert len(fragments) <= count
    rest = normalise(text)
    for fragment in fragments:
        piece = "".join(segment.text for segment in fragment)
        assert len(piece) <= length
        before, found, rest = rest.partition(piece)
        assert found, (before, piece)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_text_full_of_hits_takes_no_longer_than_a_reader_notices(language: str) -> None:
    text = "skole og politi " * 2000
    start = time.process_time()
    assert _marked("skole politi plan", text, language)
    assert time.process_time() - start < 0.5
