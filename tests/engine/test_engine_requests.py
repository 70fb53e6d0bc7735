"""Wrong requests and documents are the caller's mistakes, and are refused at once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from engine_corpus import document

from index import Document, Index, SearchRequest, Text


@pytest.mark.parametrize(
    "wrong",
    [{"language": "de"}, {"page": 0}, {"per_page": 0}, {"per_page": 101}],
)
def test_a_request_outside_its_bounds_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"unknown|before|between"):
        SearchRequest(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "make",
    [
        lambda: document(language="de"),
        lambda: document(concepts={"de": ("Schule",)}),
        lambda: document(texts=(Text("en", "", "", ""), Text("en", "", "", ""))),
        lambda: Document(1, 1, (), "en", {}, (), {}, document().published),
    ],
)
def test_a_document_needs_known_distinct_languages_and_its_original(make: Callable[[], Document]) -> None:
    with pytest.raises(ValueError, match="document 1"):
        make()


@pytest.mark.parametrize("facets", [("Theme",), ("a b",), ("_x",), ("a", "a"), ("",)])
def test_facets_have_distinct_names_that_can_name_fields(path: Path, facets: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="facets"):
        Index(path, facets=facets)


def test_a_document_with_an_unknown_facet_is_refused_and_changes_nothing(index: Index) -> None:
    index.rebuild([document(1)], position=1)
    with pytest.raises(ValueError, match="colour"):
        index.apply([document(2), document(3, facets={"colour": ("red",)})], [1], position=2)
    assert (index.position(), dict(index.versions())) == (1, {1: 1})


def test_a_filter_on_an_unknown_facet_is_refused(index: Index) -> None:
    index.rebuild([], position=1)
    with pytest.raises(ValueError, match="colour"):
        index.search(SearchRequest(filters={"colour": ("red",)}))
