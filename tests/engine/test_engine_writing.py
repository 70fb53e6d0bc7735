"""Changes: visible at once, with their position, and without a trace of what was deleted."""

import os
from pathlib import Path

import pytest
from engine_corpus import document, random_documents

from index import Document, Index, IndexUnavailable, SearchRequest
from index.states import writing
from index.states.writing import MAX_SEGMENTS


def _ids(index: Index, text: str = "") -> list[int]:
    return [hit.id for hit in index.search(SearchRequest(text, per_page=100)).hits]


def _files_with(path: Path, word: str) -> list[str]:
    return [file.name for file in path.rglob("*") if file.is_file() and word.encode() in file.read_bytes()]


def test_changes_are_seen_by_the_next_search_of_any_index_object(path: Path, index: Index) -> None:
    reader = Index(path, facets=("theme", "agency", "country"))
    index.rebuild([document(1, "old")], position=1)
    assert _ids(reader, "old") == [1]
    index.apply([document(1, "new", version=2), document(2, "new")], [], position=2)
    assert (_ids(reader, "old"), _ids(reader, "new")) == ([], [1, 2])
    index.apply([], [1], position=3)
    assert _ids(reader, "new") == [2]
    reader.close()


def test_position_and_versions_are_those_of_the_last_commit(index: Index) -> None:
    index.rebuild([document(1), document(2)], position=5)
    assert (index.position(), dict(index.versions())) == (5, {1: 1, 2: 1})
    index.apply([document(2, version=7), document(3)], [1], position=9)
    assert (index.position(), dict(index.versions())) == (9, {2: 7, 3: 1})
    index.apply([], [], position=12)
    assert (index.position(), dict(index.versions())) == (12, {2: 7, 3: 1})


def test_changes_may_be_repeated(index: Index) -> None:
    index.rebuild([], position=0)
    for _ in range(3):
        index.apply([document(1), document(2)], [3], position=1)
    assert dict(index.versions()) == {1: 1, 2: 1}


def test_of_two_puts_the_last_counts_and_a_delete_beats_any(index: Index) -> None:
    index.rebuild([], position=0)
    index.apply([document(1, version=1), document(1, version=2), document(2)], [2], position=1)
    assert dict(index.versions()) == {1: 2}


def test_an_index_can_become_empty_and_grow_again(index: Index) -> None:
    index.rebuild([document(1)], position=1)
    index.apply([], [1], position=2)
    assert (_ids(index), index.position(), index.status().segments) == ([], 2, 0)
    index.apply([document(2)], [], position=3)
    assert _ids(index) == [2]


def test_words_of_a_deleted_document_are_gone_from_every_file(path: Path, index: Index) -> None:
    secret = document(70, "Quixotzy", summary="Quixotzy", body="quixotzy", names=("Quixotzy",))
    index.rebuild([*random_documents(60, seed=3), secret], position=1)
    index.apply([document(80, "other quixotzyb")], [], position=2)
    assert _files_with(path, "uixotzy")
    index.apply([document(90)], [70, 80], position=3)
    assert _files_with(path, "uixotzy") == []
    assert len(_ids(index)) == 61


def test_words_of_a_replaced_text_are_gone_after_a_purge(path: Path, index: Index) -> None:
    index.rebuild([*random_documents(200, seed=3), document(300, "quixotzy")], position=1)
    index.apply([document(300, "harmless")], [], position=2)
    assert _files_with(path, "quixotzy")
    index.purge()
    assert _files_with(path, "quixotzy") == []
    assert (index.position(), _ids(index, "harmless")) == (2, [300])
    files = sorted(path.rglob("*"))
    index.purge()
    assert sorted(path.rglob("*")) == files, "a purge of a clean index writes nothing"


def test_words_of_older_versions_go_with_a_deleted_document(path: Path, index: Index) -> None:
    index.rebuild([*random_documents(60, seed=3), document(70, "quixotzy")], position=1)
    index.apply([document(70, "harmless", version=2)], [], position=2)
    assert _files_with(path, "quixotzy")
    index.apply([], [70], position=3)
    assert _files_with(path, "quixotzy") == []


def test_a_deletion_leaves_segments_alone_that_never_held_the_document(path: Path, index: Index) -> None:
    index.rebuild(random_documents(60, seed=3), position=1)
    (large,) = path.glob("gen-*/*.arrays")
    index.apply([document(80, "word")], [], position=2)
    index.apply([document(1, "replaced")], [80], position=3)
    assert large.exists(), "of sixty documents one is replaced"
    assert sorted(index.versions()) == [*range(1, 61)]


def test_what_a_killed_process_left_of_a_commit_is_deleted_by_the_next(path: Path, index: Index) -> None:
    index.rebuild([document(1)], position=1)
    left = [path / "gen-000001" / name for name in ("_MAIN_7.toc.new", "MAIN_0123456789abcdef.arrays")]
    for file in left:
        file.write_bytes(b"half of it")
    index.apply([document(2)], [], position=2)
    assert not any(file.exists() for file in left)


def test_a_purge_that_a_crash_prevented_is_made_up_for(
    path: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.rebuild([*random_documents(60, seed=3), document(70, "quixotzy")], position=1)
    with monkeypatch.context() as patched:
        patched.setattr(writing, "merge_segments", lambda *_: None)
        index.apply([], [70], position=2)
    assert (_ids(index, "quixotzy"), bool(_files_with(path, "quixotzy"))) == ([], True)
    index.apply([document(80)], [], position=3)
    assert _files_with(path, "quixotzy") == []


def test_segments_stay_few_however_many_commits(index: Index) -> None:
    index.rebuild(random_documents(60, seed=4), position=0)
    for step in range(1, 25):
        index.apply([document(100 + step), document(step)], [], position=step)
        assert index.status().segments <= MAX_SEGMENTS
    assert len(index.versions()) == 60 + 24


def test_random_changes_leave_exactly_what_was_put(index: Index) -> None:
    expected: dict[int, Document] = {}
    index.rebuild([], position=0)
    for step, puts in enumerate(random_documents(18, seed=s) for s in range(8)):
        changed = [put for put in puts if put.id % 3 == step % 3]
        deletes = [id for id in expected if id % 7 == step]
        index.apply(changed, deletes, position=step)
        expected |= {put.id: put for put in changed}
        expected = {id: put for id, put in expected.items() if id not in deletes}
        assert set(index.versions()) == set(expected)
        assert sorted(_ids(index, "-nowhere")) == sorted(expected)


def test_status_describes_the_index(path: Path, index: Index) -> None:
    index.rebuild([document(1), document(2)], position=4)
    status = index.status()
    assert (status.documents, status.segments, status.position, status.generation) == (2, 1, 4, "gen-000001")
    assert status.bytes == sum(file.stat().st_size for file in (path / "gen-000001").iterdir())
    assert status.opened_at.tzinfo


def test_every_file_is_on_disk_before_the_commit_that_names_it(
    path: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    synced_before_commit: set[Path] = set()
    fsync, rename = os.fsync, os.rename

    def record_fsync(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        fsync(descriptor)

    def record_rename(old: str, new: str) -> None:
        synced_before_commit.update(synced)
        assert Path(old) in synced, "the TOC itself"
        rename(old, new)

    index.rebuild([document(1)], position=1)
    monkeypatch.setattr(os, "fsync", record_fsync)
    monkeypatch.setattr(os, "rename", record_rename)
    index.apply([document(2, "word")], [], position=2)

    generation = path / "gen-000001"
    newest = max(generation.glob("*.arrays"), key=lambda file: file.stat().st_mtime_ns)
    assert newest in synced_before_commit
    assert generation in synced_before_commit
    assert synced[-1] == generation


def test_an_index_that_was_never_built_cannot_be_changed(index: Index) -> None:
    with pytest.raises(IndexUnavailable, match="missing"):
        index.apply([document(1)], [], position=1)
    with pytest.raises(IndexUnavailable, match="missing"):
        index.purge()
