"""Facet counts and filters equal what counting by hand gives."""

from collections import Counter
from collections.abc import Mapping

from engine_corpus import FACETS
from hypothesis import given
from hypothesis import strategies as st

from index import Document, Index, SearchRequest

_filters = st.dictionaries(
    st.sampled_from(FACETS),
    st.lists(st.sampled_from([f"{f}-{n}" for f in FACETS for n in range(1, 7)]), max_size=3).map(tuple),
)


def _passes(document: Document, filters: Mapping[str, tuple[str, ...]]) -> bool:
    return all(not codes or set(codes) & set(document.facets.get(facet, ())) for facet, codes in filters.items())


@given(_filters, st.sampled_from(["", "plan", "skole", "vold politi", "-unge", "nowhere"]))
def test_counts_and_filters_equal_brute_force(
    random_index: Index, random_corpus: dict[int, Document], filters: dict[str, tuple[str, ...]], text: str
) -> None:
    unfiltered = random_index.search(SearchRequest(text, per_page=100))
    matching = [random_corpus[hit.id] for hit in unfiltered.hits]

    result = random_index.search(SearchRequest(text, filters=filters, per_page=100))

    passing = [document for document in matching if _passes(document, filters)]
    assert [hit.id for hit in result.hits] == [document.id for document in passing]
    assert result.total == len(passing)
    for facet in FACETS:
        others = {name: codes for name, codes in filters.items() if name != facet}
        counts = Counter(code for d in matching if _passes(d, others) for code in set(d.facets.get(facet, ())))
        assert result.facets[facet] == counts


def test_every_facet_is_in_the_result_even_without_codes(index: Index) -> None:
    index.rebuild([], position=1)
    assert index.search(SearchRequest()).facets == {facet: {} for facet in FACETS}


def test_codes_may_be_any_string(index: Index) -> None:
    from engine_corpus import document

    codes = ("a b", "Å:1/2", "", "*")
    index.rebuild([document(1, facets={"theme": codes})], position=1)
    result = index.search(SearchRequest(filters={"theme": ("a b",), "agency": ()}))
    assert result.total == 1
    assert result.facets["theme"] == dict.fromkeys(codes, 1)
    assert index.search(SearchRequest(filters={"theme": ("\ud800",)})).total == 0
