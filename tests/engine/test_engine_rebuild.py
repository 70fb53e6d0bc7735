"""A rebuild is made aside and swapped in: whole, or not at all."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_corpus import document

from index import Document, Index, SearchIndexError, SearchRequest
from index.states.generations import GRACE_SECONDS


def _generations(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.iterdir() if entry.is_dir())


def _age_pointer(path: Path) -> None:
    then = (path / "CURRENT").stat().st_mtime - GRACE_SECONDS - 1
    os.utime(path / "CURRENT", (then, then))


def test_the_old_index_is_read_until_the_new_one_is_complete(index: Index) -> None:
    index.rebuild([document(1)], position=1)

    def documents() -> Iterator[Document]:
        for id in (2, 3):
            assert dict(index.versions()) == {1: 1}
            assert index.search(SearchRequest()).total == 1
            yield document(id)

    index.rebuild(documents(), position=2)
    assert (index.position(), dict(index.versions())) == (2, {2: 1, 3: 1})


def test_progress_counts_the_documents(index: Index) -> None:
    counts: list[int] = []
    index.rebuild([document(1), document(2)], position=1, progress=counts.append)
    assert counts == [1, 2]


def test_a_failed_rebuild_changes_nothing(path: Path, index: Index) -> None:
    index.rebuild([document(1)], position=1)

    def documents() -> Iterator[Document]:
        yield document(2)
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError, match="went away"):
        index.rebuild(documents(), position=2)
    with pytest.raises(ValueError, match="document 2 comes twice"):
        index.rebuild([document(2), document(2)], position=2)
    assert (_generations(path), dict(index.versions())) == (["gen-000001"], {1: 1})


def test_an_old_generation_stays_for_a_minute(path: Path, index: Index) -> None:
    index.rebuild([document(1)], position=1)
    index.rebuild([document(1)], position=2)
    index.apply([], [], position=3)
    assert _generations(path) == ["gen-000001", "gen-000002"]
    _age_pointer(path)
    index.apply([], [], position=4)
    assert _generations(path) == ["gen-000002"]


def test_what_an_abandoned_rebuild_left_is_deleted(path: Path, index: Index) -> None:
    index.rebuild([document(1)], position=1)
    (path / "gen-000002").mkdir(mode=0o700)
    index.apply([], [], position=2)
    assert _generations(path) == ["gen-000001"]


def test_directories_are_private(path: Path, index: Index) -> None:
    path.mkdir(mode=0o755)
    index.rebuild([document(1)], position=1)
    for directory in (path, path / "gen-000001"):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_a_directory_that_cannot_be_made_is_named(path: Path) -> None:
    path.write_text("a file is in the way")
    with pytest.raises(SearchIndexError, match=str(path)):
        Index(path, facets=()).rebuild([], position=1)
