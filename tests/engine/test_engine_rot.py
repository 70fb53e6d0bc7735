"""Files that rot, shrink or go away, wherever that may be: the answer is right, or the index says what is wrong.

Never a wrong answer, never another exception, and no process dies of it.
"""

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from engine_corpus import FACETS, THESAURUS, document, random_documents
from hypothesis import given, settings
from hypothesis import strategies as st

from index import Crossing, Index, IndexUnavailable, SearchRequest, Sort, store
from index.states.generations import CURRENT, DAMAGED

PATIENCE = 60.0  # seconds for a process that reads

_QUESTIONS: tuple[Callable[[Index], Any], ...] = (
    Index.versions,
    lambda index: index.search(SearchRequest("skole politi", "nb", per_page=100)),
    lambda index: index.search(SearchRequest("unge familie", "da", per_page=100), THESAURUS),
    lambda index: index.search(SearchRequest('"skole plan" -vold', "nn", per_page=100)),
    lambda index: index.search(SearchRequest("nettve", "en", per_page=100)),
    lambda index: index.search(SearchRequest("", "sv", sort=Sort.TITLE, per_page=100)),
    lambda index: index.search(SearchRequest("plan", "fi", {"theme": ("theme-1", "theme-2")})),
    lambda index: index.similar(7),
    lambda index: index.cross(Crossing("theme", "agency", "country")),
    lambda index: list(index.corrections(SearchRequest("skoole", "nb"))),
    lambda index: index.suggest("sko", "nb").matches,
)


@pytest.fixture(scope="module", autouse=True)
def _patient() -> Iterator[None]:
    """Let suggestions and corrections wait until all is ready, so that answers can be compared."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "PATIENCE_SECONDS", 20.0)
        yield


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of several segments with deleted documents, which nobody harms."""
    path = tmp_path_factory.mktemp("sound") / "index"
    index = Index(path, facets=FACETS)
    index.rebuild(random_documents(40, seed=1), position=1)
    index.apply(list(random_documents(3, seed=2)), [], position=2)
    index.apply([document(41, "skole plan"), document(42, "politi")], [], position=3)
    return path


@pytest.fixture(scope="module")
def answers(sound: Path) -> list[Any]:
    index = Index(sound, facets=FACETS)
    return [ask(index) for ask in _QUESTIONS]


def _files(path: Path) -> list[Path]:
    """Return the files of an index: small ones as often as large ones."""
    return [path / CURRENT, *sorted((path / "gen-000001").iterdir())]


def _asked(index: Index, answers: list[Any]) -> bool:
    """Ask everything; return whether all answers came, each of which must be right."""
    refused: set[str] = set()
    for ask, answer in zip(_QUESTIONS, answers, strict=True):
        try:
            assert ask(index) == answer
        except IndexUnavailable as unusable:
            refused.add(unusable.reason)
    assert "busy" not in refused
    return not refused


def _spoil(content: bytes, data: Any) -> bytes:
    """Flip a bit, overwrite or cut; as often near the end, where the files say what is in them, as anywhere."""
    first = data.draw(st.sampled_from((0, max(0, len(content) - 400))))
    at = data.draw(st.integers(first, len(content) - 1))
    match data.draw(st.sampled_from(("flip", "flip", "flip", "zero", "cut", "lengthen"))):
        case "flip":
            return content[:at] + bytes([content[at] ^ 1 << data.draw(st.integers(0, 7))]) + content[at + 1 :]
        case "zero":
            return content[:at] + bytes(len(content[at : at + 512])) + content[at + 512 :]
        case "cut":
            return content[:at]
        case _:
            return content + content[at:]


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_a_file_that_rots_anywhere_gives_right_answers_or_none(sound: Path, answers: list[Any], data: Any) -> None:
    path = sound.parent / "spoiled"
    shutil.copytree(sound, path)
    try:
        file = data.draw(st.sampled_from(_files(path)))
        content = file.read_bytes()
        file.write_bytes(_spoil(content, data))
        reader = Index(path, facets=FACETS)
        if not _asked(reader, answers):
            assert reader.position() is None, "who follows is not told"
            assert Index(path, facets=FACETS).position() is None, "others are not told"
            reader.rebuild([document(1, "skole")], position=4)
            assert reader.versions() == {1: 1}
    finally:
        shutil.rmtree(path)


@pytest.mark.parametrize("which", range(3))
def test_every_bit_of_the_list_of_segments_counts(sound: Path, tmp_path: Path, which: int) -> None:
    path = tmp_path / "index"
    shutil.copytree(sound, path)
    (toc,) = path.glob("gen-*/*.toc")
    content = bytearray(toc.read_bytes())
    for bit in range(which, 8 * len(content), 997):
        content[bit >> 3] ^= 1 << (bit & 7)
        toc.write_bytes(content)
        content[bit >> 3] ^= 1 << (bit & 7)
        with pytest.raises(IndexUnavailable):
            Index(path, facets=FACETS).status()
        (path / "gen-000001" / DAMAGED).unlink()


# --- who has it open ---


def _survives(index: Index, harm: Callable[[], None], answers: list[Any]) -> None:
    """Read in a process of its own before and after a harm; fail if that process dies of it."""
    child = os.fork()
    if not child:
        with suppress(BaseException):
            assert _asked(index, answers)
            harm()
            _asked(index, answers)
            os._exit(0)
        os._exit(1)
    until = time.monotonic() + PATIENCE
    while not (ended := os.waitpid(child, os.WNOHANG))[0] and time.monotonic() < until:
        time.sleep(0.01)
    if not ended[0]:
        os.kill(child, signal.SIGKILL)
        ended = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(ended[1]) == 0


@pytest.mark.parametrize("length", [0, 10, 4096, 20_000])
def test_a_file_that_somebody_cuts_off_kills_no_process_that_reads_it(
    sound: Path, tmp_path: Path, answers: list[Any], length: int
) -> None:
    path = tmp_path / "index"
    shutil.copytree(sound, path)
    index = Index(path, facets=FACETS)

    def cut() -> None:
        for file in path.glob("gen-*/*.arrays"):
            os.truncate(file, length)

    _survives(index, cut, answers)


@pytest.mark.parametrize("lost", ["*.arrays", "*.toc", "*"])
def test_a_follower_that_has_all_open_notices_that_files_are_gone(sound: Path, tmp_path: Path, lost: str) -> None:
    path = tmp_path / "index"
    shutil.copytree(sound, path)
    follower = Index(path, facets=FACETS)
    assert follower.position() == 3
    for file in path.glob(f"gen-*/{lost}"):
        file.unlink()
    assert follower.position() is None
    with pytest.raises(IndexUnavailable):
        follower.status()


def test_a_file_that_only_a_new_process_cannot_open_is_told_to_those_who_have_it_open(
    sound: Path, tmp_path: Path
) -> None:
    path = tmp_path / "index"
    shutil.copytree(sound, path)
    follower = Index(path, facets=FACETS)
    assert follower.position() == 3
    (toc,) = path.glob("gen-*/*.toc")
    toc.write_bytes(b"")
    assert follower.position() == 3, "it has read the list of segments, and would not read it again"
    with pytest.raises(IndexUnavailable):
        Index(path, facets=FACETS).search(SearchRequest("skole"))
    assert follower.position() is None


def test_what_the_system_refuses_for_want_of_room_is_no_damage(
    sound: Path, answers: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Index(sound, facets=FACETS)
    assert reader.position() == 3

    def refuse(*_: object, **__: object) -> int:
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as patch:
        patch.setattr("index.states.snapshot.read_toc", refuse)
        with pytest.raises(IndexUnavailable) as raised:
            Index(sound, facets=FACETS).status()
        assert raised.value.reason == "busy"
        patch.setattr("index.states.snapshot.Snapshot.is_current", lambda _: False)
        assert reader.search(SearchRequest("skole")).total, "reading goes on with what is open"
    assert not (sound / "gen-000001" / DAMAGED).exists()
    assert _asked(reader, answers)


def test_a_directory_that_is_deleted_again_and_again_breaks_no_reader(path: Path, index: Index) -> None:
    """One thread deletes, one rebuilds as the follower does, and two read."""
    documents = list(random_documents(20, seed=4))
    index.rebuild(documents, position=1)
    whole = index.search(SearchRequest("skole", per_page=100)).total
    stop = threading.Event()

    def delete() -> None:
        for number in range(12):
            time.sleep(0.02 * (number + 1))  # at first while it is being rebuilt
            shutil.rmtree(path, ignore_errors=True)
        stop.set()

    def follow() -> None:
        own = Index(path, facets=FACETS)
        while not (stop.is_set() and own.position() == 1):
            if own.position() is None:
                with suppress(store.SearchIndexError):
                    own.rebuild(documents, position=1)

    def read() -> Index:
        own = Index(path, facets=FACETS)
        while not stop.is_set():
            with suppress(IndexUnavailable):
                assert own.search(SearchRequest("skole", per_page=100)).total == whole
        return own

    with ThreadPoolExecutor(4) as pool:
        others = [pool.submit(delete), pool.submit(follow)]
        readers = [pool.submit(read) for _ in range(2)]
        for other in others:
            other.result(60)
        for own in (index, *(reader.result(60) for reader in readers)):
            assert own.search(SearchRequest("skole", per_page=100)).total == whole
