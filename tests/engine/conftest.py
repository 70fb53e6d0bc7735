"""Indexes to test on: always real Whoosh in a real directory."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_corpus import FACETS, Search, document, random_documents

from index import Document, Index, SearchRequest


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def index(path: Path) -> Iterator[Index]:
    index = Index(path, facets=FACETS)
    yield index
    index.close()


@pytest.fixture
def found(index: Index) -> Search:
    """Build the index from documents, search it, and return the ids in order."""

    def search(documents: list[Document], text: str, language: str = "en", **options: object) -> list[int]:
        index.rebuild(documents, position=1)
        request = SearchRequest(text, language, **options)  # type: ignore[arg-type]
        return [hit.id for hit in index.search(request).hits]

    return search


@pytest.fixture(scope="module")
def random_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """An index of several segments, with replaced and deleted documents; see `random_corpus`."""
    index = Index(tmp_path_factory.mktemp("random") / "index", facets=FACETS)
    index.rebuild(random_documents(60, seed=1), position=1)
    index.apply(list(random_documents(5, seed=2)), [], position=2)
    index.apply([document(id, "plan") for id in (61, 62)], [], position=3)
    yield index
    index.close()


@pytest.fixture(scope="module")
def random_corpus() -> dict[int, Document]:
    """The documents of `random_index`."""
    documents = {d.id: d for d in random_documents(60, seed=1)}
    documents |= {d.id: d for d in random_documents(5, seed=2)}
    return documents | {id: document(id, "plan") for id in (61, 62)}
