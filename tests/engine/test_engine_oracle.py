"""The oracle: stock Whoosh with `limit=None` finds the same documents with the same scores.

It is given our two statistics of a field, through the weighting model that Whoosh has for the purpose.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, groupby
from pathlib import Path
from random import Random

import pytest
from engine_corpus import FACETS, THESAURUS, random_documents, random_words
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query
from whoosh.index import open_dir
from whoosh.scoring import BM25F
from whoosh.searching import Searcher

from index import Hit, Index, SearchRequest
from index.answering.matching import QUESTION, match
from index.answering.scoring import inverse_frequency
from index.asking.clauses import Choice, Clause, Expansion, Query
from index.asking.querying import build_query
from index.parsing import parse
from index.schema import prose_beside
from index.states.facets import narrow
from index.states.snapshot import Snapshot, open_snapshot
from index.words import term_of


class _WithinTheLanguage(BM25F):
    """Counts only documents that have a text in the language of the field."""

    def idf(self, searcher: Searcher, fieldname: str, text: bytes) -> float:
        size, count = searcher.doc_count_all(), searcher.doc_frequency(fieldname, text)
        prose = prose_beside(fieldname)
        return inverse_frequency(size, having(searcher, prose) if prose else size, count)


class _Stock(Searcher):
    def avg_field_length(self, fieldname: str, default: float | None = None) -> float:  # noqa: ARG002 - as Whoosh has it
        return self.field_length(fieldname) / (having(self, fieldname) or 1) or 1


def having(searcher: Searcher, field: str) -> int:
    reader = searcher.reader()
    return sum(reader.doc_field_length(doc, field) > 0 for doc in range(searcher.doc_count_all()))


def _clause(clause: Clause) -> query.Query:
    if len(clause.terms) == 1:
        return query.Term(clause.field, clause.terms[0], boost=clause.boost)
    return query.Phrase(clause.field, list(clause.terms), boost=clause.boost)


def _choice(choice: Choice) -> query.Query:
    return query.Or([_clause(clause) for clause in choice])


def _stock_scores(searcher: Searcher, text: str, language: str) -> tuple[dict[int, float], dict[int, float]]:
    """Return what stock Whoosh says: the documents with all words, or failing that some, and those that follow."""
    return _stock_scores_of(searcher, build_query(parse(text), language, THESAURUS))


def _stock_scores_of(searcher: Searcher, wanted: Query) -> tuple[dict[int, float], dict[int, float]]:
    clauses = (*chain(*wanted.required), *chain(*(e.clauses for e in wanted.expansions)), *wanted.bonus)
    scores = _found(searcher, query.Or([_clause(clause) for clause in clauses]))
    required = [_covered(wanted, place) for place in range(len(wanted.required))]
    mask = query.Or([_choice(choice) for choice in wanted.excluded])  # a Not would add 1.0 to every score
    whole = _found(searcher, query.And(required), mask)
    some = _found(searcher, query.Or(required), mask)
    all_first = whole and len(required) < QUESTION
    first, rest = (whole, some.keys() - whole) if all_first else (some, set())
    return {id: scores[id] for id in first}, {id: scores[id] for id in rest}


def _covered(wanted: Query, place: int) -> query.Query:
    expansions = [e.clauses for e in wanted.expansions if place in e.covers]
    return _choice((*wanted.required[place], *chain(*expansions)))


def _found(searcher: Searcher, wanted: query.Query, mask: query.Query | None = None) -> dict[int, float]:
    return {hit["record"][0]: hit.score for hit in searcher.search(wanted, limit=None, mask=mask)}


def _random_query(random: Random) -> str:
    parts = [random_words(random, 1) for _ in range(random.randint(1, 3))]
    if random.random() < 0.3:
        parts.append(f'"{random_words(random, 2)}"')
    if random.random() < 0.3:
        parts.append(f"-{random_words(random, 1)}")
    return " ".join(parts)


def _assert_equal(hits: Sequence[Hit], expected: Mapping[int, float]) -> None:
    assert {hit.id: hit.score for hit in hits} == pytest.approx(expected, rel=1e-9)
    ranked = sorted(expected, key=lambda id: -round(expected[id], 9))
    by_score = [set(group) for _, group in groupby(ranked, key=lambda id: round(expected[id], 9))]
    ours = iter(hit.id for hit in hits)
    assert by_score == [{next(ours) for _ in group} for group in by_score]


@pytest.mark.parametrize("seed", range(4))
def test_hits_order_and_scores_equal_those_of_stock_whoosh(path: Path, seed: int) -> None:
    index = Index(path, facets=FACETS)
    index.rebuild(random_documents(40, seed), position=1)
    for step in range(seed):  # more segments; their deleted documents count in both
        index.apply(list(random_documents(2 + step, seed + 10 + step)), [], position=2)
    random = Random(seed)
    reader = open_dir(str(path / index.status().generation)).reader()
    with _Stock(reader, weighting=_WithinTheLanguage()) as searcher:
        for _ in range(25):
            text, language = _random_query(random), random.choice(("da", "nb", "en"))
            result = index.search(SearchRequest(text, language, per_page=100), THESAURUS)
            for hits, expected in zip((result.hits, result.more), _stock_scores(searcher, text, language), strict=True):
                _assert_equal(hits, expected)
    index.close()


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Snapshot, Searcher]]:
    """An index of several segments with replaced documents, as we read it and as stock Whoosh does."""
    path = tmp_path_factory.mktemp("both") / "index"
    index = Index(path, facets=FACETS)
    index.rebuild(random_documents(80, seed=21), position=1)
    for step in range(3):
        index.apply(list(random_documents(2, seed=22 + step)), [], position=2)
    snapshot = open_snapshot(path, FACETS, None)
    assert snapshot.segment_count > 1
    assert snapshot.has_deleted
    reader = open_dir(str(snapshot.generation)).reader()
    with _Stock(reader, weighting=_WithinTheLanguage()) as searcher:
        yield snapshot, searcher
    index.close()


def _clauses(boosts: st.SearchStrategy[float]) -> st.SearchStrategy[Clause]:
    words = st.sampled_from(["skole", "politi", "unge", "tillid", "plan", "dialog", "trygg", "nowhere"])
    fields = st.sampled_from(["text_da", "text_nb", "text_en", "text_fi", "parts_da", "folded_short", "names"])

    def made(field: str, typed: tuple[str, ...], boost: float) -> Clause:
        language = field[-2:] if field[-3] == "_" else None
        terms = tuple(term_of(language, word) if language else word for word in typed)
        return Clause(field, terms, boost, language)

    typed = st.one_of(st.tuples(words), st.tuples(words), st.tuples(words, words), st.tuples(words, words, words))
    return st.builds(made, fields, typed, boosts)


@st.composite
def _queries(draw: st.DrawFn) -> Query:
    choices = st.lists(_clauses(st.sampled_from([0.15, 1.0, 2.5, 60.0])), min_size=1, max_size=5, unique=True).map(
        tuple
    )
    required = draw(st.lists(choices, min_size=1, max_size=3))
    covered = st.lists(st.sampled_from(range(len(required))), min_size=1, unique=True).map(tuple)
    return Query(
        tuple(required),
        tuple(draw(st.lists(choices, max_size=2))),
        everything=False,
        expansions=tuple(draw(st.lists(st.builds(Expansion, choices, covered), max_size=2))),
        bonus=draw(st.one_of(st.just(()), choices)),
    )


_filters = st.dictionaries(
    st.sampled_from(FACETS), st.lists(st.sampled_from([f"{f}-{n}" for f in FACETS for n in range(1, 7)]), max_size=2)
)


@settings(deadline=None, max_examples=100)
@given(_queries(), _filters)
def test_any_tree_of_clauses_finds_and_scores_what_stock_whoosh_does(
    both: tuple[Snapshot, Searcher], wanted: Query, filters: dict[str, list[str]]
) -> None:
    snapshot, searcher = both
    expected, nearly = _stock_scores_of(searcher, wanted)

    matches = match(snapshot, wanted)

    ids = snapshot.ids[matches.docs].tolist()
    assert dict(zip(ids, matches.scores.tolist(), strict=True)) == pytest.approx(expected, rel=1e-9)
    if not matches.some:
        docs, scores = matches.nearly(snapshot)
        assert dict(zip(snapshot.ids[docs].tolist(), scores.tolist(), strict=True)) == pytest.approx(nearly, rel=1e-9)
    narrowed = narrow(snapshot.facets, filters, (), matches.docs, snapshot.memory)
    fields = [
        query.Or([query.Term(f"facet_{facet}", code) for code in codes]) for facet, codes in filters.items() if codes
    ]
    passing = _found(searcher, query.And(fields)) if fields else expected
    assert set(snapshot.ids[narrowed.docs].tolist()) == expected.keys() & passing.keys()
