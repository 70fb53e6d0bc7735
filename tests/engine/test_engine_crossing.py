"""Two facets crossed count what counting by hand gives."""

from collections import Counter
from collections.abc import Iterable, Mapping

import pytest
from engine_corpus import FACETS, document
from hypothesis import given
from hypothesis import strategies as st

from index import Crossing, Document, Index

_filters = st.dictionaries(
    st.sampled_from(FACETS), st.lists(st.sampled_from([f"{f}-{n}" for f in FACETS for n in range(1, 7)]), max_size=3)
)


def _by_hand(documents: Iterable[Document], filters: Mapping[str, list[str]]) -> Counter[tuple[str, str, str]]:
    passing = (d for d in documents if all(not c or set(c) & set(d.facets.get(f, ())) for f, c in filters.items()))
    return Counter(
        (row, column, part)
        for d in passing
        for row in set(d.facets.get("theme", ()))
        for column in set(d.facets.get("agency", ()))
        for part in set(d.facets.get("country", ()))
    )


@given(_filters)
def test_cells_equal_brute_force(
    random_index: Index, random_corpus: dict[int, Document], filters: dict[str, list[str]]
) -> None:
    found = random_index.cross(Crossing(rows="theme", columns="agency", apart="country", filters=filters))
    counted = {
        (row, column, part): number
        for (row, column), counts in found.cells.items()
        for part, number in zip(found.apart, counts, strict=True)
        if number
    }
    assert counted == _by_hand(random_corpus.values(), filters)


def test_a_document_counts_once_for_each_row_and_for_the_whole(index: Index) -> None:
    both = {"theme": ("top", "narrower", "other"), "agency": ("police",), "country": ("se",)}
    alone = {"theme": ("top",), "country": ("dk",)}
    index.rebuild([document(1, facets=both), document(2, facets=alone), document(3)], position=1)
    found = index.cross(Crossing(rows="theme", columns="agency", apart="country"))
    assert found.apart == ("dk", "se")
    assert found.total == (1, 1)
    assert found.rows == {"top": (1, 1), "narrower": (0, 1), "other": (0, 1)}
    assert found.columns == {"police": (0, 1)}
    assert found.cells == {("top", "police"): (0, 1), ("narrower", "police"): (0, 1), ("other", "police"): (0, 1)}
    assert found.outside == 1


def test_deleted_documents_are_not_counted(index: Index) -> None:
    facets = {"theme": ("hate",), "agency": ("police",), "country": ("se",)}
    index.rebuild([document(n, facets=facets) for n in (1, 2, 3)], position=1)
    index.apply([], [2], position=2)
    assert index.cross(Crossing("theme", "agency", "country")).cells == {("hate", "police"): (2,)}


def test_an_empty_index_and_an_unknown_facet(index: Index) -> None:
    index.rebuild([], position=1)
    assert index.cross(Crossing("theme", "agency", "country")).cells == {}
    with pytest.raises(ValueError, match="unknown facets"):
        index.cross(Crossing("theme", "colour", "country"))
