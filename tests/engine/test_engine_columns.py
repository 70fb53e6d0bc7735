"""Segments: whatever is put, deleted and merged, the files hold what a fresh index would, and stock Whoosh agrees."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from engine_corpus import FACETS, document, random_documents, random_words
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh import query
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex, open_dir

from index import LANGUAGES, Document, Index, IndexUnavailable, SearchRequest
from index.columns.codec import ColumnSegment, record
from index.columns.policy import MAX_SEGMENTS, worth_merging
from index.columns.reading import Columns
from index.columns.sorting import stable_order
from index.columns.titles import Ranked, merged_ranks, ranks_of
from index.schema import READINGS, build_schema, facet_field, language_field, passages
from index.words import words

SETTINGS = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])

Content = dict[str, object]


def segments(path: Path) -> list[Columns]:
    """Open the only segment files of an index."""
    return [Columns(file) for file in sorted(path.glob("gen-*/*.arrays"))]


def content(columns: Columns) -> Content:
    """Return everything that a segment says, by the ids of its documents, whose order does not matter."""
    ids = columns.ids.tolist()
    return {
        "postings": {field: dict(postings(columns, field, ids)) for field in columns.fields},
        "totals": {field: columns.total_length(field) for field in columns.fields},
        "lengths": {
            field: {id: length for id, length in zip(ids, lengths.tolist(), strict=True) if length}
            for field in columns.fields
            if (lengths := columns.lengths(field)) is not None
        },
        "codes": {facet: codes(columns, facet_field(facet), ids) for facet in FACETS},
        "records": {id: record(columns, doc) for doc, id in enumerate(ids)},
        "all records": {one[0]: one for one in (record(columns, doc) for doc in range(columns.size))},
        "subjects": {id: sorted(columns.subject(doc)) for doc, id in enumerate(ids)},
        "titles": {language: in_order(columns.title_ranks(language), ids) for language in LANGUAGES},
    }


def postings(columns: Columns, field: str, ids: Sequence[int]) -> Iterator[tuple[bytes, dict[int, tuple[int, ...]]]]:
    """Yield the terms of a field, each with its documents, and how often and where these have it."""
    numbers, counts = columns.lexicon(field)
    for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
        term = columns.dictionary[number]
        entry = columns.entry(field, term)
        assert entry is not None
        found = columns.found(field, entry)
        assert len(found.documents) == count
        assert (np.diff(found.documents.astype(int)) > 0).all()
        places = columns.positions(field, found) if columns.has_positions(field) else np.empty(0, int)
        ends = np.cumsum(found.frequencies, dtype=int)
        yield (
            term,
            {
                ids[doc]: (int(times), *places[end - times : end].tolist())
                for doc, times, end in zip(found.documents, found.frequencies.astype(int), ends, strict=True)
            },
        )


def codes(columns: Columns, field: str, ids: Sequence[int]) -> Mapping[int, list[str]]:
    """Return the codes of each document, which must be those that the postings say."""
    names = columns.facet_codes(field)
    if not names:
        return {}
    bounds, numbers = columns.facet_by_document(field)
    by_document = {id: [names[n] for n in numbers[bounds[d] : bounds[d + 1]]] for d, id in enumerate(ids)}
    starts, documents = columns.facet_by_code(field)
    by_code = {name: {ids[d] for d in documents[starts[c] : starts[c + 1]]} for c, name in enumerate(names)}
    assert by_code == {name: {id for id, own in by_document.items() if name in own} for name in names}
    return {id: own for id, own in by_document.items() if own}


def in_order(ranks: np.ndarray, ids: Sequence[int]) -> list[set[int]]:
    """Return the ids by rank, without the ranks themselves: those of deleted documents leave gaps."""
    return [{id for id, own in zip(ids, ranks.tolist(), strict=True) if own == rank} for rank in sorted(set(ranks))]


steps = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "put", "delete", "purge", "reopen"]),
        st.lists(st.integers(1, 12), min_size=1, max_size=4),
        st.integers(0, 10_000),
    ),
    min_size=1,
    max_size=14,
)


@SETTINGS
@given(steps)
def test_after_any_changes_the_files_hold_what_a_fresh_index_holds(steps: list[tuple[str, list[int], int]]) -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "index"
        index = Index(path, facets=FACETS)
        index.rebuild([], position=0)
        expected: dict[int, Document] = {}
        for number, (step, ids, seed) in enumerate(steps):
            if step == "put":
                made = [*random_documents(12, seed)]
                index.apply([made[id - 1] for id in ids], [], position=number)
                expected |= {id: made[id - 1] for id in ids}
            elif step == "delete":
                index.apply([], ids, position=number)
                expected = {id: put for id, put in expected.items() if id not in ids}
                held = [id for _, part in index._snapshot().parts for id in part.columns.ids.tolist()]
                assert not set(held).intersection(ids), "words of withdrawn documents stay in the files"
            elif step == "purge":
                index.purge()
            else:
                index.close()
            assert set(index.versions()) == set(expected)
            assert index.search(SearchRequest("", per_page=100)).total == len(expected)
            assert index.status().segments <= MAX_SEGMENTS
        index.purge()
        index.apply([], [], position=1)
        fresh = Path(directory) / "fresh"
        Index(fresh, facets=FACETS).rebuild(expected.values(), position=0)
        assert united(segments(path)) == united(segments(fresh))


def stored_segments(index: Index, path: Path) -> list[ColumnSegment]:
    """Return the segments as the table of contents names them."""
    found: list[ColumnSegment] = open_dir(str(path / index.status().generation))._segments()
    return found


def united(parts: Sequence[Columns]) -> Content:
    """Return what several segments say together, but for the order of titles."""
    whole: dict[str, dict[object, object]] = {}
    for part in map(content, parts):
        del part["titles"]
        for name, value in part.items():
            assert isinstance(value, dict)
            for key, inner in value.items():
                before = whole.setdefault(name, {}).get(key)
                if isinstance(inner, dict) and isinstance(before, dict):
                    inner = {t: {**before.get(t, {}), **v} if isinstance(v, dict) else v for t, v in inner.items()} | {
                        t: v for t, v in before.items() if t not in inner
                    }
                elif isinstance(inner, int) and isinstance(before, int):
                    inner += before
                whole[name][key] = inner
    return dict(whole)


@SETTINGS
@given(st.integers(0, 10_000), st.lists(st.lists(st.integers(1, 30), max_size=10), max_size=4))
def test_a_merge_without_withdrawn_documents_equals_a_build_without_them(seed: int, withdrawn: list[list[int]]) -> None:
    with TemporaryDirectory() as directory:
        path, fresh = Path(directory) / "index", Path(directory) / "fresh"
        index = Index(path, facets=FACETS)
        documents = {put.id: put for put in random_documents(30, seed)}
        index.rebuild(documents.values(), position=0)
        for ids in withdrawn:
            index.apply([], ids, position=1)
            documents = {id: put for id, put in documents.items() if id not in ids}
        Index(fresh, facets=FACETS).rebuild(documents.values(), position=0)
        assert [*map(content, segments(path))] == [*map(content, segments(fresh))]


@pytest.fixture
def stock(tmp_path: Path) -> FileIndex:
    """An index of the same documents as `ours`, written by Whoosh alone, by a writer and codec of its own."""
    (tmp_path / "stock").mkdir()
    index = FileStorage(str(tmp_path / "stock")).create_index(build_schema(FACETS), "MAIN")
    for number in range(3):
        with index.writer(compound=False) as writer:
            for put in random_documents(40, seed=21 + number):
                if put.id % 3 == number:
                    values = {}
                    for field, reading, runs, distinct in passages(put, FACETS):
                        found = chain.from_iterable(words(run) if isinstance(run, str) else run for run in runs)
                        terms = [*chain.from_iterable(map(READINGS[reading], found))]
                        terms = [*dict.fromkeys(terms)] if distinct else terms
                        if terms:
                            values[field] = terms
                    writer.add_document(**values, record=(put.id, put.version))
            writer.merge = False
    return index


@pytest.fixture
def ours(path: Path) -> FileIndex:
    """Our own, in as many segments."""
    index = Index(path, facets=FACETS)
    index.rebuild([put for put in random_documents(40, seed=21) if put.id % 3 == 0], position=0)
    for number in (1, 2):
        index.apply([put for put in random_documents(40, seed=21 + number) if put.id % 3 == number], [], number)
    return open_dir(str(path / "gen-000001"))


def random_query(random: Random, depth: int = 2) -> query.Query:
    """Make a query of the kinds that stock Whoosh answers rightly."""
    field = language_field(random.choice(("text", "parts")), random.choice(("nb", "sv", "en")))
    kinds = ("term", "phrase", "prefix") if not depth else ("term", "phrase", "prefix", "and", "or", "not")
    match random.choice(kinds):
        case "and":
            return query.And([random_query(random, depth - 1) for _ in range(2)])
        case "or":
            return query.Or([random_query(random, depth - 1) for _ in range(3)])
        case "not":
            return query.And([random_query(random, depth - 1), query.Not(random_query(random, depth - 1))])
        case "phrase":
            return query.Phrase(field, random_words(random, 2).split(), boost=2.0)
        case "prefix":
            return query.Prefix(field, random_words(random, 1)[:2])
    return query.Term(field, random_words(random, 1), boost=random.choice((1.0, 3.0)))


def test_stock_whoosh_answers_from_our_files_as_from_its_own(stock: FileIndex, ours: FileIndex) -> None:
    random = Random(4)
    with stock.searcher() as one, ours.searcher() as other:
        assert other.doc_count_all() == one.doc_count_all() == 40
        assert [*other.reader().all_terms()] == [*one.reader().all_terms()]
        found = 0
        for _ in range(150):
            wanted = random_query(random)
            expected, answer = one.search(wanted, limit=None), other.search(wanted, limit=None)
            assert [(hit["record"][0], hit.score) for hit in answer] == [
                (hit["record"][0], hit.score) for hit in expected
            ], wanted
            found += len(answer)
        assert found > 200


def test_any_flipped_bit_is_noticed_or_harmless(path: Path) -> None:
    Index(path, facets=FACETS).rebuild(random_documents(20, seed=3), position=1)
    (file,) = path.glob("gen-*/*.arrays")
    whole, expected = file.read_bytes(), content(Columns(file))
    random, noticed = Random(6), 0
    for _ in range(150):
        place = random.randrange(len(whole))
        damaged = bytearray(whole)
        damaged[place] ^= 1 << random.randrange(8)
        file.write_bytes(damaged)
        try:
            assert content(Columns(file)) == expected
        except IndexUnavailable:
            noticed += 1
    assert noticed > 100, "the rest fell between arrays"


def test_documents_without_words_are_indexed_too(path: Path) -> None:
    index = Index(path, facets=FACETS)
    nothing = [document(1), document(2, "the", summary="and", body="of", names=("...",))]
    index.rebuild(nothing, position=0)
    index.apply([document(3)], [], position=1)
    index.apply([document(4, "word")], [1], position=2)
    assert sorted(index.versions()) == [2, 3, 4]
    assert [hit.id for hit in index.search(SearchRequest("word")).hits] == [4]


@given(st.lists(st.integers(0, 2**40)), st.sampled_from(["u1", "u2", "u4", "u8"]))
def test_sorting_by_digits_is_a_stable_sort(numbers: list[int], kind: str) -> None:
    array = np.array(numbers, "u8").astype(kind)
    assert stable_order(array).tolist() == np.argsort(array, kind="stable").tolist()


@given(st.lists(st.lists(st.sampled_from(["Å", "å", "Ø", "Zoo", "zoo", "a", "b", "Öl", ""])), max_size=4))
def test_orders_of_titles_are_merged_as_if_sorted_together(parts: list[list[str]]) -> None:
    ranked = [Ranked(ranks_of("sv", titles), titles.__getitem__) for titles in parts]
    together = ranks_of("sv", [*chain.from_iterable(parts)])
    merged = merged_ranks("sv", ranked)
    assert np.unique(merged, return_inverse=True)[1].tolist() == together.tolist()


def test_a_few_titles_are_inserted_into_many_without_reading_all(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [f"title {number:05}" for number in range(2000)]
    read: list[int] = []
    base = Ranked(ranks_of("en", many), lambda number: (read.append(number), many[number])[1])
    merged = merged_ranks("en", [Ranked(np.array([0]), lambda _: "title 00700b"), base])
    assert merged[0] == 701
    assert merged[1:].tolist() == [*range(701), *range(702, 2001)]
    assert len(read) < 20


def test_commits_of_one_document_rewrite_few_others() -> None:
    sizes = [100_000]
    rewritten = 0
    for _ in range(3000):
        sizes.append(1)
        groups = worth_merging([segment(size) for size in sizes])
        for group in groups:
            merged = [part.size for part in group]
            rewritten += sum(merged)
            for size in merged:
                sizes.remove(size)
            sizes.append(sum(merged))
        assert len(sizes) <= MAX_SEGMENTS
    assert sizes[0] == 100_000
    assert rewritten < 3000 * 12


def segment(size: int) -> ColumnSegment:
    """Make a segment that is nothing but its size."""
    made = ColumnSegment("MAIN")
    made.size = size
    return made
