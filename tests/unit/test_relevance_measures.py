"""The measures of relevance give what their definitions give, worked out by hand; so does the reference search."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.relevance.metrics import Score, dcg, ndcg, recall, score
from benchmarks.relevance.reference import K1, B, Page, Reference, stems
from benchmarks.relevance.rows import OURS, REFERENCE, mean, row, side_by_side

JUDGED = {"a": 3, "b": 1, "c": 2}


def test_a_grade_is_worth_twice_the_one_below_and_one_more_and_each_rank_discounts_by_its_logarithm() -> None:
    assert dcg([3, 0, 1]) == pytest.approx(7 / 1 + 0 + 1 / 2)


def test_a_ranking_is_compared_with_the_best_that_all_judgements_allow() -> None:
    ideal = 7 + 3 / 1.5849625007211562 + 1 / 2
    assert ndcg(["a", "x", "b"], JUDGED) == pytest.approx(7.5 / ideal)
    assert ndcg(["a", "c", "b"], JUDGED) == 1


def test_only_the_first_ten_count() -> None:
    others = [str(number) for number in range(10)]
    assert ndcg([*others[:9], "a"], JUDGED) == pytest.approx(7 / math.log2(11) / (7 + 3 / math.log2(3) + 0.5))
    assert ndcg([*others, "a"], JUDGED) == 0


def test_a_document_counts_at_its_first_place_only() -> None:
    assert ndcg(["a", "a", "c", "b"], JUDGED) == 1
    assert recall(["a", "a", "a"], JUDGED, depth=3) == pytest.approx(1 / 3)


def test_recall_is_the_share_of_all_that_is_relevant() -> None:
    assert recall(["x", "b", "a"], JUDGED) == pytest.approx(2 / 3)
    assert recall(["x", "b", "a"], JUDGED, depth=2) == pytest.approx(1 / 3)
    assert recall([], JUDGED) == 0
    assert recall(["z"], {"z": 1, "y": 0}) == 1


def test_with_more_relevant_documents_than_places_a_full_page_of_them_is_perfect() -> None:
    many = {str(number): 1 for number in range(30)}
    assert ndcg([str(number) for number in range(10)], many) == 1
    assert recall([str(number) for number in range(10)], many) == pytest.approx(1 / 3)


@pytest.mark.parametrize("measure", [ndcg, recall])
def test_where_nothing_is_relevant_there_is_nothing_to_measure(measure: Any) -> None:
    with pytest.raises(ValueError, match="nothing relevant"):
        measure(["a"], {"a": 0})


def test_an_answer_with_nothing_in_it_counts_as_nought_and_is_told() -> None:
    assert score([(["z"], {"z": 1}), ([], {"z": 1})]) == Score(queries=2, ndcg10=0.5, recall50=0.5, empty=1)


@given(
    st.dictionaries(st.sampled_from("abcdefghijklmno"), st.integers(1, 3), min_size=1),
    st.permutations("abcdefghijklmno"),
)
def test_no_order_is_better_than_that_of_the_grades(judged: dict[str, int], order: list[str]) -> None:
    best = sorted(order, key=lambda name: -judged.get(name, 0))
    assert 0 <= ndcg(order, judged) <= ndcg(best, judged) == pytest.approx(1)


def test_the_reference_scores_by_the_formula_of_bm25_with_titles_counted_twice() -> None:
    pages = [Page("1", "en", "police", "school"), Page("2", "en", "harbour", "ship police ship")]
    scores = Reference.of(pages).indexes["en"].scores("police")
    idf, average = math.log(1 + 0.5 / 2.5), (3 + 5) / 2
    expected = {
        "1": idf * 2 * (K1 + 1) / (2 + K1 * (1 - B + B * 3 / average)),
        "2": idf * 1 * (K1 + 1) / (1 + K1 * (1 - B + B * 5 / average)),
    }
    assert scores == pytest.approx(expected)


def test_the_reference_cuts_endings_by_language_and_leaves_icelandic_whole() -> None:
    assert stems("Skolorna", "sv") == stems("skola", "sv")
    assert stems("Skólarnir", "is") == ["skólarnir"]


def test_the_reference_finds_a_name_once_through_its_best_page_and_in_one_language_if_asked() -> None:
    pages = [
        Page("1", "en", "police", ""),
        Page("1", "da", "en lang titel", "som en gang siger police"),
        Page("2", "da", "police", "politi"),
        Page("3", "en", "harbour", ""),
    ]
    plain = Reference.of(pages)
    assert plain.ranking("police") == ["1", "2"]
    assert plain.ranking("police", "da") == ["2", "1"]
    assert plain.ranking("politi", "en") == []


def test_rows_of_two_engines_are_put_side_by_side_with_their_ratio() -> None:
    good, poor = [(["a", "c", "b"], JUDGED)], [(["b"], JUDGED)]
    rows = [row("set", OURS, "da", "sv", good), row("set", REFERENCE, "da", "sv", poor)]
    [both] = side_by_side(rows)
    assert (both["ndcg10"], both["reference_ndcg10"]) == (1, rows[1]["ndcg10"])
    assert both["ratio"] == pytest.approx(1 / rows[1]["ndcg10"], rel=1e-3)


def test_in_a_mean_every_pair_of_languages_weighs_the_same() -> None:
    rows = [row("set", OURS, "da", "sv", [(["a"], {"a": 1})] * 3), row("set", OURS, "da", "fi", [([], {"a": 1})])]
    assert mean(rows, "da", "other") == {
        "set": "set",
        "engine": OURS,
        "query_language": "da",
        "document_language": "other",
        "queries": 4,
        "ndcg10": 0.5,
        "recall50": 0.5,
        "empty": 1,
    }
