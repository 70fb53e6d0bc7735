"""The loops of a search, NumPy's and the compiled ones, do what plain Python does; and so does counting codes."""

from collections import Counter, defaultdict
from importlib.util import find_spec
from random import Random

import numpy as np
import pytest
from engine_corpus import FACETS, THESAURUS, random_words
from hypothesis import given
from hypothesis import strategies as st

from index import LANGUAGES, Index, SearchRequest, Sort, kernel
from index.kernel import Loops, Placed, Postings
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
    parts = [(np.array([d for d, _ in run], np.int64), np.array([s for _, s in run])) for run in map(sorted, runs)]
    docs, scores = loops.merge([*parts, (np.empty(0, np.int64), np.empty(0))], 100_000 if wide else 401)
    assert docs.tolist() == sorted(expected)
    assert scores.tolist() == [expected[doc] for doc in docs.tolist()]


@st.composite
def _postings(draw: st.DrawFn, offset: int = 0) -> Postings:
    """The postings of a term in a segment of a hundred documents, which have lengths or not."""
    docs = draw(st.sets(st.integers(0, 99)).map(sorted))
    weights = draw(st.lists(st.integers(1, 200), min_size=len(docs), max_size=len(docs)))
    codes = draw(st.none() | st.lists(st.integers(0, 3), min_size=100, max_size=100))
    return Postings(
        np.array(docs, np.uint32),
        np.array(weights, draw(st.sampled_from([np.uint8, np.uint16, np.uint32]))),
        offset,
        np.array([0.3, 0.9, 1.2, 3.7]),
        None if codes is None else np.array(codes, np.uint8),
        2.2,
        draw(st.floats(0.1, 9)),
        draw(_scores),
    )


def _worth(one: Postings) -> dict[int, float]:
    """What each document scores by BM25, number by number."""
    found = {}
    for doc, weight in zip(one.docs.tolist(), map(float, one.weights.tolist()), strict=True):
        norm = float(one.norms[1 if one.codes is None else one.codes[doc]])
        found[one.offset + doc] = weight * one.gain / (weight + norm) * one.idf * one.boost
    return found


@given(st.lists(_postings() | _postings(100), max_size=6), st.booleans())
def test_postings_are_weighed_and_what_documents_score_added_in_order(
    loops: Loops, postings: list[Postings], wide: bool
) -> None:
    expected: defaultdict[int, float] = defaultdict(float)
    for one in postings:
        for doc, score in _worth(one).items():
            expected[doc] += score
    docs, scores = loops.weigh(postings, 100_000 if wide else 200)
    assert docs.tolist() == sorted(expected)
    assert scores.tolist() == [expected[doc] for doc in docs.tolist()]


@given(_postings(), _postings(100), st.sets(st.integers(0, 199)).map(sorted))
def test_some_documents_are_worth_what_they_are_among_all(
    loops: Loops, one: Postings, other: Postings, wanted: list[int]
) -> None:
    every = _worth(one) | _worth(other)
    places, scores = loops.worth([one, other], np.array(wanted, np.int64))
    assert [wanted[place] for place in places] == [doc for doc in wanted if doc in every]
    assert scores.tolist() == [every[doc] for doc in wanted if doc in every]


_standing = st.dictionaries(st.integers(0, 30), st.sets(st.integers(0, 250), min_size=1, max_size=9))


def _placed(standing: dict[int, set[int]], counts: type, places: type) -> Placed:
    return Placed(
        np.array(sorted(standing), np.uint32),
        np.array([len(standing[doc]) for doc in sorted(standing)], counts),
        np.array([place for doc in sorted(standing) for place in sorted(standing[doc])], places),
    )


@given(_standing, _standing, st.integers(-3, 3).filter(bool), st.sampled_from([np.uint8, np.uint16, np.uint32]))
def test_places_at_a_distance_are_found(
    loops: Loops, one: dict[int, set[int]], other: dict[int, set[int]], distance: int, kind: type
) -> None:
    left = {doc: {at for at in places if at + distance in other.get(doc, ())} for doc, places in one.items()}
    found = loops.at_distance(_placed(one, np.uint8, kind), _placed(other, np.uint8, kind), distance)
    expected = _placed({doc: places for doc, places in left.items() if places}, np.uint8, kind)
    assert [array.tolist() for array in found] == [array.tolist() for array in expected]
    assert [array.dtype for array in found] == [array.dtype for array in expected]


@given(_docs, _docs, st.sampled_from([np.int64, np.uint32]), st.sampled_from([1, 1000]))
def test_what_is_in_both_is_found_in_both(
    loops: Loops, one: list[int], other: list[int], kind: type, apart: int
) -> None:
    first, second = loops.pairs(np.array(one, kind) * apart, np.array(other, kind) * apart)
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


@pytest.mark.skipif(find_spec("numba") is None, reason="numba is not installed")
def test_no_search_has_to_wait_for_a_loop_to_be_compiled(random_index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    from index import compiled

    monkeypatch.setattr(kernel._chosen, "loops", compiled.load())
    functions = [value for value in vars(compiled).values() if hasattr(value, "signatures")]
    known = {function.__name__: len(function.signatures) for function in functions}
    random = Random(4)
    for number in range(200):
        text = random_words(random, random.randint(0, 4)) + random.choice(("", ' -plan "skole plan"', " nettve"))
        filters = {FACETS[0]: (f"{FACETS[0]}-1",)} if number % 3 else {}
        random_index._own_holder().snapshot.memory.clear()
        random_index.search(
            SearchRequest(text, random.choice(LANGUAGES), filters, sort=random.choice([*Sort])), THESAURUS
        )
    assert {function.__name__: len(function.signatures) for function in functions} == known
    assert len(known) >= 7


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
