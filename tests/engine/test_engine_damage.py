"""Damage that shows only when open files are read: named, marked for every process, and gone with a rebuild."""

import gc
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest
from engine_corpus import FACETS, document, random_documents

from index import Index, IndexUnavailable, SearchRequest, store
from index.states.generations import DAMAGED
from index.states.snapshot import Snapshot

# Whoosh leaves files open when it fails to read them; the interpreter closes them, and says so.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

Ask = Callable[[Index], object]


@pytest.fixture(autouse=True)
def _files_left_open() -> Iterator[None]:
    """Let the interpreter say it here, and not in whatever test comes after."""
    yield
    gc.collect()


def _scramble(path: Path, pattern: str = "*.arrays") -> None:
    """Overwrite a segment's file where it lies, so that those who have it open read noise."""
    for file in (path / "gen-000001").glob(pattern):
        with file.open("r+b") as open_file:
            open_file.write(Random(3).randbytes(file.stat().st_size))


@pytest.fixture
def opened(path: Path, index: Index) -> Index:
    """An open index that has read no postings of words yet."""
    index.rebuild(random_documents(300, seed=5), position=1)
    assert index.position() == 1
    return index


@pytest.mark.parametrize(
    "ask",
    [
        lambda index: index.search(SearchRequest("skole")),
        lambda index: index.search(SearchRequest('"skole politi"')),
        lambda index: index.search(SearchRequest("-skole")),
        lambda index: index.similar(7),
    ],
    ids=["word", "phrase", "exclusion", "similar"],
)
def test_damage_in_an_open_file_is_named_with_its_cause_and_marked(path: Path, opened: Index, ask: Ask) -> None:
    other = Index(path, facets=FACETS)
    assert other.position() == 1
    _scramble(path)
    with pytest.raises(IndexUnavailable, match="damaged") as raised:
        ask(opened)
    assert raised.value.reason == "damaged"
    assert (path / "gen-000001" / DAMAGED).read_text() == str(raised.value)
    for index in (opened, other, Index(path, facets=FACETS)):
        assert index.position() is None
        with pytest.raises(IndexUnavailable, match="marked") as marked:
            index.status()
        assert marked.value.reason == "damaged"
        assert str(raised.value) in str(marked.value)


def test_stored_words_that_cannot_be_read_are_damage_too(path: Path, opened: Index) -> None:
    _scramble(path)
    with pytest.raises(IndexUnavailable) as raised:
        opened.similar(7)
    assert raised.value.reason == "damaged"
    assert opened.position() is None


def test_the_mark_goes_with_the_swap(path: Path, opened: Index) -> None:
    other = Index(path, facets=FACETS)
    assert other.position() == 1
    _scramble(path)
    with pytest.raises(IndexUnavailable):
        opened.search(SearchRequest("skole"))
    opened.rebuild([document(1, "skole")], position=2)
    for index in (opened, other, Index(path, facets=FACETS)):
        assert index.position() == 2
        assert index.search(SearchRequest("skole")).total == 1


def test_an_index_that_is_marked_is_not_written_to(path: Path, opened: Index) -> None:
    _scramble(path)
    with pytest.raises(IndexUnavailable):
        opened.search(SearchRequest("skole"))
    with pytest.raises(IndexUnavailable, match="marked"):
        opened.apply([document(1)], [], position=2)


def test_who_still_reads_a_replaced_generation_does_not_mark_the_new_one(
    path: Path, opened: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    _scramble(path)
    monkeypatch.setattr(Snapshot, "is_current", lambda _: True)  # it has looked just before the swap
    Index(path, facets=FACETS).rebuild([document(1, "skole")], position=2)
    with pytest.raises(IndexUnavailable):
        opened.search(SearchRequest("skole"))
    assert Index(path, facets=FACETS).search(SearchRequest("skole")).total == 1


def test_a_mark_that_the_disk_refuses_is_told_with_the_damage(path: Path, opened: Index) -> None:
    _scramble(path)
    (path / "gen-000001" / f"{DAMAGED}.away").mkdir()
    (path / "gen-000001" / DAMAGED).symlink_to(f"{DAMAGED}.away/none/none")
    (path / "gen-000001" / f"{DAMAGED}.away" / "none").write_text("a file where a directory should be")
    with pytest.raises(IndexUnavailable) as raised:
        opened.search(SearchRequest("skole"))
    assert "could not be marked" in raised.value.__notes__[0]


@pytest.mark.parametrize(
    ("ask", "kind"),
    [
        (lambda index: index.search(SearchRequest(filters={"colour": ("red",)})), ValueError),
        (lambda index: index.search(SearchRequest(5)), (AttributeError, TypeError)),
        (lambda index: index.search("skole"), AttributeError),
        (lambda index: index.similar(7, limit="five"), Exception),  # compiled loops raise one of their own
    ],
    ids=["unknown facet", "number for text", "text for request", "text for number"],
)
def test_a_wrong_call_is_the_callers_mistake_and_no_damage(opened: Index, ask: Ask, kind: type[Exception]) -> None:
    with pytest.raises(kind) as raised:
        ask(opened)
    assert not isinstance(raised.value, IndexUnavailable)
    assert opened.position() == 1


# --- while writing ---


@pytest.mark.parametrize("pattern", ["*.arrays", "*.toc"])
def test_a_file_that_vanished_is_damage_when_writing_and_is_noticed_from_then_on(
    path: Path, opened: Index, pattern: str
) -> None:
    next((path / "gen-000001").glob(pattern)).unlink()
    with pytest.raises(IndexUnavailable) as raised:
        opened.apply([], [1], position=2)
    assert raised.value.reason == "damaged"
    assert opened.position() is None
    opened.rebuild([document(1)], position=2)
    opened.apply([document(2)], [], position=3)
    assert sorted(opened.versions()) == [1, 2]


# --- while a newer snapshot is being opened ---


def test_searches_are_answered_from_the_old_state_while_the_new_one_is_opened(
    path: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.rebuild([document(1, "skole")], position=1)
    assert index.position() == 1
    Index(path, facets=FACETS).apply([document(2, "skole")], [], position=2)
    opening, go_on = threading.Event(), threading.Event()
    open_snapshot = store.open_snapshot

    def slow(*arguments: object) -> Snapshot:
        opening.set()
        assert go_on.wait(20)
        return open_snapshot(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "open_snapshot", slow)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(index.search, SearchRequest("skole"))
        assert opening.wait(20)
        assert index.search(SearchRequest("skole")).total == 1
        assert index.similar(1) == ()
        position = pool.submit(index.position)
        assert not position.done()
        go_on.set()
        assert first.result().total == 2
        assert position.result() == 2, "who asks how far the index is waits for the newest"
    assert index.search(SearchRequest("skole")).total == 2
