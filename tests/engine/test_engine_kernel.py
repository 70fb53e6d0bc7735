"""The loops of a search, NumPy's and the compiled ones, do what plain Python does; and so does counting codes."""

from collections import Counter, defaultdict
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import kernel
from index.kernel import Loops
from index.states.counting import CodeTable
from index.states.memory import Memory

_docs = st.sets(st.integers(0, 400), max_size=200).map(sorted)
_scores = st.floats(0.125, 100)


@pytest.fixture(scope="module", params=["plain", "compiled"])
def loops(request: pytest.FixtureRequest) -> Loops:
    if request.param == "plain":
        return kernel.PLAIN
    if find_spec("numba") is None:
        pytest.skip("numba is not installed")
    from index import compiled

    return compiled.load()


@given(st.lists(st.lists(st.tuples(st.integers(0, 400), _scores), unique_by=lambda pair: pair[0])), st.booleans())
def test_runs_are_merged_and_their_scores_added_in_order(
    loops: Loops, runs: list[list[tuple[int, float]]], wide: bool
) -> None:
    expected: defaultdict[int, float] = defaultdict(float)
    pairs = [pair for run in runs for pair in sorted(run)]
    for doc, score in pairs:
        expected[doc] += score
    docs, scores = loops.merge(
        np.array([doc for doc, _ in pairs], np.int64), np.array([score for _, score in pairs]), 100_000 if wide else 401
    )
    assert docs.tolist() == sorted(expected)
    assert scores.tolist() == [expected[doc] for doc in docs.tolist()]


@given(_docs, _docs, st.sampled_from([np.int64, np.uint32]))
def test_what_is_in_both_is_found_in_both(loops: Loops, one: list[int], other: list[int], kind: type) -> None:
    first, second = loops.pairs(np.array(one, kind), np.array(other, kind))
    shared = sorted(set(one) & set(other))
    assert [one[place] for place in first] == shared
    assert [other[place] for place in second] == shared


@given(st.lists(st.sampled_from([0.5, 1.0, 1.5, 2.0, 7.25]), max_size=1500), st.integers(1, 30))
def test_the_best_are_chosen_with_all_that_equal_the_last(loops: Loops, scores: list[float], count: int) -> None:
    places = loops.at_least(np.array(scores), count)
    last = sorted(scores, reverse=True)[:count][-1:]
    assert sorted(places.tolist()) == [place for place, score in enumerate(scores) if [score] >= last]


@given(st.lists(st.tuples(*[st.integers(0, 20)] * 3), min_size=1, max_size=50), st.data())
def test_numbers_of_rows_are_counted(loops: Loops, rows: list[tuple[int, ...]], data: st.DataObject) -> None:
    wanted = data.draw(st.lists(st.sampled_from(range(len(rows))), unique=True).map(sorted))
    columns = slice(1, data.draw(st.integers(1, 3)))
    counts = loops.histogram(np.array(rows, np.uint16), np.array(wanted, np.int64), columns, 21)
    expected = Counter(number for row in wanted for number in rows[row][columns])
    assert {number: count for number, count in enumerate(counts.tolist()) if count} == expected


@st.composite
def _facets(draw: st.DrawFn) -> list[list[list[int]]]:
    """Documents by code by facet: a rare facet, one of many codes a document, and one of very many codes."""
    size = 40
    some = st.sets(st.integers(0, size - 1)).map(sorted)
    return [
        draw(st.lists(some, max_size=5)),
        draw(st.lists(some, min_size=9, max_size=12)),
        [[code % size] for code in range(draw(st.integers(0, 90)))],
    ]


@given(_facets(), st.sets(st.integers(0, 39)).map(sorted))
def test_codes_are_counted_however_many_a_document_has(facets: list[list[list[int]]], docs: list[int]) -> None:
    table = CodeTable(40, [[np.array(having, np.int64) for having in codes] for codes in facets])
    chosen = np.array(docs, np.int64)
    expected = [[len(set(having) & set(docs)) for having in codes] for codes in facets]

    assert table.count(chosen).tolist() == [count for counts in expected for count in counts]
    start = 0
    for facet, counts in enumerate(expected):
        assert table.count(chosen, facet)[start : start + len(counts)].tolist() == counts
        start += len(counts)
    every = [having for codes in facets for having in codes]
    for doc in docs[:3]:
        assert table.codes_of(doc).tolist() == [code for code, having in enumerate(every) if doc in having]


@pytest.mark.parametrize("pairs", [1, 5000])
def test_many_documents_are_counted_as_few_are(monkeypatch: pytest.MonkeyPatch, pairs: int) -> None:
    monkeypatch.setattr("index.states.counting._MOST_PAIRS", pairs)  # with 1, no two codes share a column
    random = np.random.default_rng(5)
    codes = [np.flatnonzero(random.random(9000) < share) for share in (0.9, 0.5, 0.5, 0.3, 0.01, 0.0)]
    table = CodeTable(9000, [codes[:4], codes[4:]])
    for count in (3, 9000):
        docs = np.sort(random.choice(9000, count, replace=False))
        assert table.count(docs).tolist() == [len(np.intersect1d(docs, having)) for having in codes]


def test_what_was_not_asked_for_longest_is_forgotten_first() -> None:
    memory = Memory(limit=3000)
    for key in "abc":
        memory.put(key, key.upper(), 400)
    assert memory.get("a") == "A"
    memory.put("d", "D", 400)
    assert [memory.get(key) for key in "abcd"] == ["A", None, "C", "D"]
    memory.put("e", "E", 5000)
    assert memory.get("e") is None
    assert memory.bytes <= 3000
    memory.put("a", "AA", 400)
    assert memory.get("a") == "AA"
    memory.clear()
    assert (memory.get("a"), memory.bytes) == (None, 0)
