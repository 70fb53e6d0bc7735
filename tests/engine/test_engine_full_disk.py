"""A disk that is full, at whatever moment: the last good state stays, the operator is told, and later all goes on."""

import errno
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from engine_corpus import FACETS, document, random_documents

from index import Index, SearchIndexError, SearchRequest
from index.states.writing import MAX_SEGMENTS

Work = Callable[[Index], object]

BEFORE = dict.fromkeys(range(1, 11), 1)
# What to do to an index that is at position MAX_SEGMENTS, and what it holds then.
WORK: dict[str, tuple[Work, dict[int, int]]] = {
    "put and merge": (lambda index: index.apply([document(1, "new", version=2)], [], 20), BEFORE | {1: 2}),
    "withdraw and purge": (lambda index: index.apply([], [1, 2], 20), {id: 1 for id in BEFORE if id > 2}),
    "rebuild": (lambda index: index.rebuild([document(77, "other words")], 20), {77: 1}),
}


@pytest.fixture
def filled(index: Index) -> Index:
    """An index of as many segments as it may have."""
    index.rebuild([document(id, "old words") for id in range(1, 12 - MAX_SEGMENTS)], position=1)
    for position, id in enumerate(range(12 - MAX_SEGMENTS, 11), 2):
        index.apply([document(id, "old words")], [], position)
    assert index.status().segments == MAX_SEGMENTS
    return index


@contextmanager
def _full_after(syncs: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the disk be full from some synchronisation on, which is when the system at last says so."""
    numbers, fsync = count(), os.fsync

    def refuse(descriptor: int) -> None:
        if next(numbers) >= syncs:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        yield


@pytest.mark.parametrize("name", WORK)
def test_a_disk_that_fills_up_at_any_moment_leaves_one_whole_state(
    path: Path, filled: Index, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    work, after = WORK[name]
    for syncs in count():
        try:
            with _full_after(syncs, monkeypatch):
                work(filled)
            break
        except SearchIndexError as refused:
            told = str(refused)
        assert "No space left" in told
        held = Index(path, facets=FACETS)
        assert held.versions() in (BEFORE, after)
        assert held.search(SearchRequest("words")).total == len([id for id, of in held.versions().items() if of == 1])
        assert (held.position() == 20) == (held.versions() == after), "position and documents are one commit"
    assert syncs > 3, "nothing was refused"
    work(filled)
    assert filled.finish()
    assert (filled.versions(), filled.position()) == (after, 20)
    assert filled.status().segments <= MAX_SEGMENTS
    held_files = list((path / filled.status().generation).iterdir())
    assert len(held_files) == filled.status().segments + 1, "half a file was left"


def test_a_write_that_the_system_cuts_short_changes_nothing(path: Path, filled: Index) -> None:
    """The limit of a file's size stands in for the disk: both refuse in the middle of a write."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in (1, 1000, 9000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limits[1]))
        try:
            with pytest.raises(SearchIndexError, match="cannot write"):
                filled.rebuild(random_documents(50, seed=1), position=30)
            with pytest.raises(SearchIndexError, match="cannot write"):
                filled.apply(list(random_documents(50, seed=1)), [], position=30)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert Index(path, facets=FACETS).versions() == filled.versions() == BEFORE
        assert filled.position() == MAX_SEGMENTS
    filled.apply(list(random_documents(50, seed=1)), [], position=30)
    assert len(filled.versions()) == 50


def test_withdrawn_words_that_a_full_disk_kept_leave_the_files_once_there_is_room(
    path: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.rebuild([document(1, "secretly"), document(2, "plan")], position=1)
    with _full_after(4, monkeypatch), pytest.raises(SearchIndexError):
        index.apply([], [1], position=2)
    assert (index.versions(), index.position()) == ({2: 1}, 2), "it is withdrawn at once"
    assert "secretly" in _content(path)
    assert index.finish(), "nothing else has to happen to it"
    assert "secretly" not in _content(path)


def _content(path: Path) -> str:
    return "".join(file.read_bytes().decode("latin-1") for file in path.glob("gen-*/*"))
