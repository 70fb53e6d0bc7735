"""Suggestions while typing: which labels fit, in which order, and never one that is not public any more."""

from __future__ import annotations

import threading

import pytest
from engine_corpus import document
from hypothesis import given, settings
from hypothesis import strategies as st

from index import Fit, Index, Label, Labels, Text
from index.helping.distance import beginning_distances
from index.helping.preparing import Preparation
from index.helping.sieve import WIDTH, Sieve
from index.helping.suggesting import Titles, Typing, suggest, titles_of
from index.words import fold_long, fold_short, words


def texts(index: Index, typed: str, language: str = "en", *, near: bool = False) -> list[str]:
    return [match.label.text for match in index.suggest(typed, language, most=20, near=near).matches]


def fitting(labels: list[str], typed: str, *, near: bool = False) -> list[str]:
    made = Labels.of(Label(text, "en", text) for text in labels)
    return [match.label.text for match in made.matches(typed, "en", most=50, near=near)]


# --- what fits ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("men", "Mentors for youth"),
        ("you", "Mentors for youth"),
        ("you men", "Mentors for youth"),
        ("malmo", "Safer Malmö"),
        ("malmø", "Safer Malmö"),
        ("MALMÖ", "Safer Malmö"),
        ("koebenh", "Natteravnene i København"),
        ("kobenhavn", "Natteravnene i København"),
        ("aarhus", "Århus"),
        ("århus", "Aarhus"),
        ("arhus", "Århus"),
        ("thing", "Þingeyri"),
    ],
)
def test_words_are_found_by_their_beginnings_in_any_spelling(typed: str, label: str) -> None:
    assert fitting([label, "Something else"], typed) == [label]


@pytest.mark.parametrize("typed", ["", " ", "m", "?!", "-", "\u00ad"])
def test_too_little_suggests_nothing(typed: str) -> None:
    assert fitting(["Mentors", "m"], typed) == []


def test_who_types_a_letter_with_its_ring_does_not_mean_it_without() -> None:
    assert fitting(["Åbo", "Concerns about youth"], "åbo") == ["Åbo"]


def test_a_slip_is_forgiven_when_asked_for_and_two_are_not() -> None:
    labels = ["Radicalisation", "Mentors"]
    assert fitting(labels, "radiclisa") == []
    assert fitting(labels, "radiclisa", near=True) == ["Radicalisation"]
    assert fitting(labels, "radciala", near=True) == []
    assert fitting(labels, "mnt", near=True) == [], "too short to tell a slip from another word"


@settings(max_examples=100, deadline=None)
@given(
    word=st.text("abcd", min_size=5, max_size=9),
    place=st.integers(1, 8),
    letter=st.sampled_from("abce"),
    kind=st.integers(0, 3),
)
def test_any_one_slip_after_the_first_letter_is_forgiven(word: str, place: int, letter: str, kind: int) -> None:
    place = min(place, len(word) - 1)
    typed = [
        word[:place] + word[place + 1 :],
        word[:place] + letter + word[place:],
        word[:place] + letter + word[place + 1 :],
        word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
    ][kind]
    assert fitting([word], typed, near=True) == [word]


def test_the_beginning_of_a_label_comes_before_a_word_within_and_a_whole_word_before_a_longer_one() -> None:
    labels = ["Against hate online", "Hateful speech", "Hate", "Hate crime"]
    assert fitting(labels, "hate") == ["Hate", "Hate crime", "Hateful speech", "Against hate online"]


def test_the_readers_language_comes_first_and_each_thing_once() -> None:
    labels = Labels.of(
        [
            Label("hate", "da", "Had"),
            Label("hate", "sv", "Hat"),
            Label("hat", "en", "Hatred"),
            Label("hate", "nb", "Hat"),
        ]
    )
    found = labels.matches("hat", "sv", most=5)
    assert [(match.label.key, match.label.language) for match in found] == [("hate", "sv"), ("hat", "en")]
    assert [match.fit for match in found] == [Fit.WHOLE, Fit.BEGINS]


def test_of_equals_the_one_with_fewer_words_comes_first_however_many_there_are() -> None:
    labels = [*(f"Mentors for group {number}" for number in range(500)), "Mentors abroad", "Mentors"]
    made = Labels.of(Label(text, "en", text) for text in labels)
    found = [match.label.text for match in made.matches("mentor", "en", most=4)]
    assert found == ["Mentors", "Mentors abroad", "Mentors for group 0", "Mentors for group 1"]


LETTERS = st.text(st.characters(codec="utf-8"), max_size=12)
NORDIC = st.text(st.sampled_from("aåäeæoöøþð dn"), max_size=8)


@settings(max_examples=100, deadline=None)
@given(labels=st.lists(NORDIC | LETTERS, max_size=8), typed=NORDIC | LETTERS)
def test_whatever_is_typed_what_fits_fits_by_every_word(labels: list[str], typed: str) -> None:
    wanted = words(typed)
    for label in fitting(labels, typed):
        spelled = {spelling for word in words(label) for spelling in (word, fold_short(word), fold_long(word))}
        for word in wanted:
            spellings = {word, fold_short(word), fold_long(word)}
            assert any(one.startswith(tuple(spellings)) for one in spelled), (label, typed)


@settings(max_examples=100, deadline=None)
@given(labels=st.lists(NORDIC | LETTERS, max_size=8), typed=st.text("aådn", min_size=2, max_size=4))
def test_nothing_that_fits_as_it_was_typed_is_left_out(labels: list[str], typed: str) -> None:
    expected = {label for label in labels if any(word.startswith(typed) for word in words(label))}
    assert expected <= set(fitting(labels, typed))


@settings(max_examples=80, deadline=None)
@given(labels=st.lists(LETTERS, max_size=6), typed=LETTERS)
def test_forgiving_slips_never_fails_and_never_takes_anything_away(labels: list[str], typed: str) -> None:
    assert set(fitting(labels, typed)) <= set(fitting(labels, typed, near=True))


WORDS = st.text(st.sampled_from("abcåŁ"), min_size=1, max_size=WIDTH + 4)


@settings(max_examples=300, deadline=None)
@given(others=st.lists(WORDS, min_size=1, max_size=12), typed=st.text("abcåš", min_size=4, max_size=WIDTH + 4))
def test_no_word_that_a_slip_could_have_meant_falls_through_the_sieve(others: list[str], typed: str) -> None:
    others = sorted({*others, typed[1:], typed[:2] + "c" + typed[2:]})
    meant = [at for at, away in enumerate(beginning_distances(typed, others).tolist()) if away <= 1]
    assert set(meant) <= set(Sieve(others).passing(typed, 0, len(others)).tolist())
    assert set(meant) - {0} <= set(Sieve(others).passing(typed, 1, len(others)).tolist())


def test_the_sieve_lets_few_words_through() -> None:
    others = ["polis", "politik", "pols", "polsi", "porsi", "pol", "plats", "porslin", "spolis"]
    assert Sieve(others).passing("polsi", 0, len(others)).tolist() == [0, 1, 2, 3, 4]


# --- titles ------------------------------------------------------------------------------------------------------


def test_titles_are_suggested_in_all_languages_each_document_once(index: Index) -> None:
    both = (Text("da", "Natteravne i byen", "", ""), Text("en", "Night ravens in town", "", ""))
    index.rebuild([document(1, texts=both), document(2, "Natural surveillance")], position=1)
    assert texts(index, "nat", "da") == ["Natteravne i byen", "Natural surveillance"]
    assert texts(index, "night", "da") == ["Night ravens in town"]


def test_a_title_is_suggested_as_soon_as_it_is_there_and_never_after_it_is_withdrawn(index: Index) -> None:
    index.rebuild([document(1, "Mentors"), document(2, "Mentoring")], position=1)
    assert texts(index, "ment") == ["Mentors", "Mentoring"]
    index.apply([document(3, "Mentorship"), document(2, "Guidance", version=2)], [1], position=2)
    assert texts(index, "ment") == ["Mentorship"]
    assert texts(index, "guid") == ["Guidance"]


def test_while_new_titles_are_prepared_old_ones_are_suggested_if_they_still_hold(index: Index) -> None:
    index.rebuild([document(1, "Mentors"), document(2, "Mentoring"), document(3, "Mentor pool")], position=1)
    go_on = threading.Event()
    preparation = blocked_after_the_first(go_on)
    assert set(suggested(index, preparation)) == {"Mentors", "Mentoring", "Mentor pool"}

    index.apply([document(2, "Guidance", version=2)], [1], position=2)
    held_up = suggested(index, preparation)
    go_on.set()

    assert held_up == ["Mentor pool"], "neither the withdrawn title nor the replaced one"
    assert suggested(index, preparation, patience=5.0) == ["Mentor pool"]


def blocked_after_the_first(go_on: threading.Event) -> Preparation[Titles]:
    """Return a preparation that makes the first segment at once and the others when it may."""
    seen = []

    def make(segment: object) -> Titles:
        seen.append(segment)
        if len(seen) > 1:
            go_on.wait(10)
        return titles_of(segment)  # type: ignore[arg-type]

    return Preparation(make)


def suggested(index: Index, preparation: Preparation[Titles], patience: float = 1.0) -> list[str]:
    found = suggest(index._snapshot(), preparation, Typing("mentor", "en", 5, near=False), patience)
    return [match.label.text for match in found.matches]


def test_what_goes_wrong_while_preparing_is_told_to_who_waits_and_tried_again(index: Index) -> None:
    index.rebuild([document(1, "Mentors")], position=1)
    troubles = [ValueError("once")]

    def make(segment: object) -> Titles:
        if troubles:
            raise troubles.pop()
        return titles_of(segment)  # type: ignore[arg-type]

    preparation: Preparation[Titles] = Preparation(make)
    with pytest.raises(ValueError, match="once"):
        suggested(index, preparation)
    assert suggested(index, preparation) == ["Mentors"]


def test_many_readers_at_once_get_the_same_and_prepare_it_once(index: Index) -> None:
    index.rebuild([document(id, f"Mentors number {id}") for id in range(1, 200)], position=1)
    made = []

    def make(segment: object) -> Titles:
        made.append(segment)
        return titles_of(segment)  # type: ignore[arg-type]

    preparation: Preparation[Titles] = Preparation(make)
    answers: list[list[str]] = []
    threads = [threading.Thread(target=_ask, args=(answers, index, preparation)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert len(answers) == 8
    assert all(answer == answers[0] for answer in answers)


def _ask(answers: list[list[str]], index: Index, preparation: Preparation[Titles]) -> None:
    answers.append(suggested(index, preparation, patience=10.0))
