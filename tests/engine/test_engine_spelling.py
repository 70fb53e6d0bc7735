"""Did you mean: published words for those that nothing has, by few slips, in the reader's language first."""

from __future__ import annotations

import pytest
from engine_corpus import document
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from index import Correction, Index, SearchRequest, Spelling, Text
from index.helping.distance import beginning_distances, distances


def corrected(index: Index, text: str, language: str = "en") -> list[str]:
    return [correction.text for correction in index.corrections(SearchRequest(text, language))]


def reference(word: str, other: str) -> int:
    """Return the optimal string alignment distance, from its definition."""
    far: dict[tuple[int, int], int] = {}
    for i in range(len(word) + 1):
        for j in range(len(other) + 1):
            if not (i and j):
                far[i, j] = i + j
                continue
            same = word[i - 1] == other[j - 1]
            far[i, j] = min(far[i - 1, j] + 1, far[i, j - 1] + 1, far[i - 1, j - 1] + (not same))
            if i > 1 and j > 1 and (word[i - 1], word[i - 2]) == (other[j - 2], other[j - 1]):
                far[i, j] = min(far[i, j], far[i - 2, j - 2] + 1)
    return far[len(word), len(other)]


WORD = st.text(st.sampled_from("abcåø𝔸"), max_size=8)


@settings(max_examples=80, deadline=None)
@given(word=WORD, others=st.lists(WORD, max_size=6))
def test_slips_are_counted_as_defined(word: str, others: list[str]) -> None:
    assert distances(word, others).tolist() == [reference(word, other) for other in others]
    nearest = [min(reference(word, other[:end]) for end in range(len(other) + 1)) for other in others]
    assert beginning_distances(word, others).tolist() == nearest


# --- words that lie near -----------------------------------------------------------------------------------------

# Without þ, which is folded to two letters.
LONG = st.text("abdefgiklmnoprstuvåäöæøð", min_size=4, max_size=16)


@st.composite
def slips(draw: st.DrawFn) -> tuple[str, str]:
    """A word, and the same with one slip."""
    word = draw(LONG)
    place = draw(st.integers(0, len(word) - 1))
    letter = draw(st.sampled_from("aeiouå"))
    return word, draw(
        st.sampled_from(
            [
                word[:place] + word[place + 1 :],
                word[:place] + letter + word[place:],
                word[:place] + letter + word[place + 1 :],
                word[: max(place - 1, 0)] + word[max(place - 1, 0) : place + 1][::-1] + word[place + 1 :],
            ]
        )
    )


@settings(max_examples=120, deadline=None)
@given(pair=slips(), others=st.lists(LONG, max_size=5))
def test_a_word_is_found_from_whatever_lies_a_slip_away(pair: tuple[str, str], others: list[str]) -> None:
    word, typed = pair
    assume(len(typed) >= 4)
    spelling = Spelling((one, "sv", 1) for one in dict.fromkeys([word, *others]))
    found = {near.word: near.slips for near in spelling.near(typed)}
    assert found.get(word, 9) <= 1


@settings(max_examples=80, deadline=None)
@given(counted=st.lists(st.text(max_size=12), max_size=6, unique=True), typed=st.text(max_size=12))
def test_any_text_can_be_looked_up_among_any_words(counted: list[str], typed: str) -> None:
    for near in Spelling((word, "is", 3) for word in counted).near(typed):
        assert near.word in counted
        assert near.slips <= 2
        assert (near.language, near.documents) == ("is", 3)


@pytest.mark.parametrize(
    ("typed", "word"),
    [("malmo", "malmö"), ("kobenhavn", "københavn"), ("koebenhavn", "københavn"), ("aarhus", "århus")],
)
def test_a_letter_without_its_ring_or_dots_is_no_slip(typed: str, word: str) -> None:
    assert [near.slips for near in Spelling([(word, "", 1)]).near(typed)] == [0]


def test_short_words_and_numbers_are_left_alone() -> None:
    spelling = Spelling([("ssp", "da", 9), ("slt", "nb", 9), ("2024", "en", 9)])
    assert not spelling.near("ssl")
    assert not spelling.near("2025")


# --- whole queries -----------------------------------------------------------------------------------------------


def test_unknown_words_are_mended_and_the_rest_of_the_query_stays(index: Index) -> None:
    index.rebuild([document(1, "Mentors against radicalisation", summary="For schools")], position=1)
    assert corrected(index, "radiclisation") == ["radicalisation"]
    assert corrected(index, '"mentors agianst" Radicalisaton -schols') == ['"mentors against" Radicalisation -schols']
    assert corrected(index, "mentors") == []
    assert corrected(index, "zzzzzz") == []
    assert corrected(index, "") == []


def test_what_differs_is_named(index: Index) -> None:
    index.rebuild([document(1, "Mentors against radicalisation")], position=1)
    found = tuple(index.corrections(SearchRequest("mentrs radiclisation")))
    expected = (("mentrs", "mentors"), ("radiclisation", "radicalisation"))
    assert found == (Correction("mentors radicalisation", expected),)


def test_the_readers_language_comes_before_what_more_documents_have(index: Index) -> None:
    in_danish = Text("da", "politiet", "", "")
    in_finnish = [document(id, texts=(Text("fi", "politiel", "", ""),)) for id in range(2, 9)]
    index.rebuild([document(1, texts=(in_danish,)), *in_finnish], position=1)
    assert corrected(index, "politiex", "da")[0] == "politiet"
    assert corrected(index, "politiex", "en")[0] == "politiel"


def test_a_withdrawn_word_is_never_put_in(index: Index) -> None:
    index.rebuild([document(1, "Secretive"), document(2, "Mentors")], position=1)
    assert corrected(index, "secretivee") == ["secretive"]
    index.apply([], [1], position=2)
    assert corrected(index, "secretivee") == []
    assert corrected(index, "mentorrs") == ["mentors"]


def test_a_replaced_word_is_never_put_in(index: Index) -> None:
    others = [document(id, "Mentors") for id in range(2, 80)]
    index.rebuild([document(1, "Secretive"), *others], position=1)
    assert corrected(index, "secretivee") == ["secretive"]
    index.apply([document(1, "Openly", version=2)], [], position=2)
    assert corrected(index, "secretivee") == []
    assert corrected(index, "openlyy") == ["openly"]


def test_words_of_a_vocabulary_are_put_in_only_where_a_document_is_found_by_them(index: Index) -> None:
    index.rebuild([document(1, "Work", concepts={"en": ("School attendance",)})], position=1)
    vocabulary = Spelling.of_texts([("School attendance", "en"), ("Housing", "en")])
    request = SearchRequest("attendanse")
    assert [one.text for one in index.corrections(request, vocabulary=vocabulary)] == ["attendance"]
    assert not list(index.corrections(SearchRequest("housinng"), vocabulary=vocabulary))
    assert not list(index.corrections(request))


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=60))
def test_any_query_can_be_asked_about(random_index: Index, text: str) -> None:
    for correction in random_index.corrections(SearchRequest(text, "nb")):
        assert correction.swapped


# --- words written apart -----------------------------------------------------------------------------------------


def test_words_that_are_one_are_put_together(index: Index) -> None:
    documents = [document(1, "Skolfrånvaro", language="sv"), document(2, "Skola", language="sv")]
    index.rebuild(documents, position=1)
    assert corrected(index, "skol frånvaro", "sv")[0] == "skolfrånvaro"
    (first, *_) = index.corrections(SearchRequest("mot Skol  frånvaro nu", "sv"))
    assert first == Correction("mot Skolfrånvaro nu", (("Skol  frånvaro", "Skolfrånvaro"),))


@pytest.mark.parametrize("typed", ['"skol frånvaro"', "skol -frånvaro", "skol. frånvaro", "skola skola"])
def test_words_that_somebody_keeps_apart_stay_apart(index: Index, typed: str) -> None:
    index.rebuild([document(1, "Skolfrånvaro", language="sv")], position=1)
    assert not any("skolfrånvaro" in text for text in corrected(index, typed, "sv"))
