"""The test set of relevance is whole: practices were read, judgements have reasons, every way of asking is there."""

from __future__ import annotations

from collections import Counter

from benchmarks.relevance.judgements import Kind, Need, needs, read_records
from index import LANGUAGES, MAX_QUERY_LENGTH
from library.cli import STARTER
from library.interchange.services import read_documents

PRACTICES = dict(read_documents(STARTER / "practices"))
NEEDS = needs()
ASKED = [asked for need in NEEDS for asked in need.asked]
FEWEST = 120
FEWEST_IN_A_LANGUAGE = 20


def test_every_practice_of_the_starter_library_was_read_and_no_other() -> None:
    assert set(read_records()) == set(PRACTICES), "judge new practices for every need, then name them in read.toml"
    assert all(read_records().values())


def test_there_are_enough_queries_in_every_language() -> None:
    counts = Counter(asked.language for asked in ASKED)
    assert set(counts) == set(LANGUAGES)
    assert sum(counts.values()) >= FEWEST
    assert min(counts.values()) >= FEWEST_IN_A_LANGUAGE


def test_every_kind_of_query_is_asked_and_most_in_most_languages() -> None:
    languages = {kind: {asked.language for asked in ASKED if asked.kind == kind} for kind in Kind}
    assert min(len(some) for some in languages.values()) >= len(LANGUAGES) - 1


def test_no_query_is_asked_twice_in_a_language() -> None:
    counts = Counter((asked.language, asked.text.casefold()) for asked in ASKED)
    assert [text for text, count in counts.items() if count > 1] == []


def test_needs_have_names_of_their_own() -> None:
    assert len({need.name for need in NEEDS}) == len(NEEDS)


def test_every_need_is_said_in_words_and_asked() -> None:
    assert [need.name for need in NEEDS if not (need.asked and need.wanted.endswith("."))] == []
    assert [
        text for asked in ASKED if not 0 < len(text := asked.text) <= MAX_QUERY_LENGTH or text != text.strip()
    ] == []


def test_every_judgement_names_a_practice_a_grade_and_a_reason() -> None:
    judgements = [(need.name, practice, judged) for need in NEEDS for practice, judged in need.judged.items()]
    assert [(need, practice) for need, practice, _ in judgements if practice not in PRACTICES] == []
    assert [(need, practice) for need, practice, judged in judgements if judged.grade not in (1, 2, 3)] == []
    assert [(need, practice) for need, practice, judged in judgements if not judged.reason.endswith(".")] == []


def test_for_every_need_something_in_the_library_is_useful() -> None:
    assert [need.name for need in NEEDS if max(need.grades.values()) < 2] == []


def test_a_query_that_is_called_an_exact_title_is_that_of_a_practice_with_the_best_grade() -> None:
    strangers = [
        asked.text
        for need in NEEDS
        for asked in need.asked
        if asked.kind == Kind.TITLE and asked.text not in titles_of_the_best(need)
    ]
    assert strangers == []


def titles_of_the_best(need: Need) -> set[str]:
    best = [name for name, grade in need.grades.items() if grade == 3]
    return {text["title"] for name in best for text in PRACTICES[name]["text"].values()}
