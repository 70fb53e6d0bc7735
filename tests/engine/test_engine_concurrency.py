"""Readers and writers in threads and processes, and processes that are killed."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from engine_corpus import FACETS, document, random_documents

from index import Index, SearchIndexError, SearchRequest, store
from index.states.generations import writer_lock

PATIENCE = 60.0  # seconds for a process that searches

# Puts documents 1 and 2 in step with the position, deletes and re-adds 3, and rebuilds now and then.
WRITER = """
import sys
from itertools import count
from pathlib import Path
from engine_corpus import FACETS, document
from index import Index

index = Index(Path(sys.argv[1]), facets=FACETS)
for n in count((index.position() or 0) + 1):
    both = [document(id, f"word{n}", version=n) for id in (1, 2)]
    if n % 10 == 0:
        index.rebuild([*both, document(3)], n)
    else:
        index.apply([*both, *([document(3)] if n % 2 else [])], [] if n % 2 else [3], n)
    print(n, flush=True)
"""


def _start_writer(path: Path) -> "subprocess.Popen[str]":
    here = Path(__file__).parent
    environment = os.environ | {"PYTHONPATH": f"{here.parents[1]}:{here}"}
    command = [sys.executable, "-c", WRITER, str(path)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def test_a_killed_writer_leaves_a_whole_index_at_a_reported_position(path: Path, index: Index) -> None:
    index.rebuild([document(1), document(2)], position=0)
    for round in range(10):
        process = _start_writer(path)
        assert process.stdout
        first = process.stdout.readline()
        time.sleep(0.05 + 0.037 * round)
        process.send_signal(signal.SIGKILL)
        reported = int((first + process.communicate()[0]).split()[-1])
        position = index.position()
        assert position in (reported, reported + 1)
        versions = index.versions()
        assert versions[1] == versions[2] == position
        assert (3 in versions) == (position % 2 == 1 or position % 10 == 0)
        assert index.search(SearchRequest(f"word{position}")).total == 2


def test_readers_see_whole_states_while_another_process_writes(path: Path, index: Index) -> None:
    index.rebuild([document(id, "word0") for id in (1, 2)], position=0)
    process = _start_writer(path)
    assert process.stdout
    process.stdout.readline()
    until = time.monotonic() + 2.0

    def read() -> set[int]:
        seen = set()
        while time.monotonic() < until:
            hits = index.search(SearchRequest("-nowhere")).hits
            assert {1, 2} <= {hit.id for hit in hits} <= {1, 2, 3}
            versions = index.versions()
            assert versions[1] == versions[2]
            seen.add(versions[1])
        return seen

    with ThreadPoolExecutor(4) as pool:
        seen = [future.result() for future in [pool.submit(read) for _ in range(4)]]
    process.kill()
    process.communicate()
    assert all(len(states) > 3 for states in seen)


def test_threads_get_the_same_answers_as_one(index: Index) -> None:
    index.rebuild(random_documents(60, seed=8), position=1)
    queries = ["skole", "politi vold", '"skole politi"', "unge -plan", "", "tillid"] * 10
    alone = [index.search(SearchRequest(text)) for text in queries]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda text: index.search(SearchRequest(text)), queries))
    assert together == alone


def test_a_second_writer_waits_and_then_gives_up(path: Path, index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    index.rebuild([document(1)], position=1)
    monkeypatch.setattr(store, "LOCK_TIMEOUT_SECONDS", 0.1)
    with writer_lock(path, timeout=0), pytest.raises(SearchIndexError, match="being written to"):
        index.apply([document(2)], [], position=2)
    index.apply([document(2)], [], position=2)
    assert index.position() == 2


def test_writers_take_turns(path: Path, index: Index) -> None:
    index.rebuild([], position=0)

    def write(first: int) -> None:
        own = Index(path, facets=FACETS)
        for id in range(first, first + 4):
            own.apply([document(id)], [], position=id)
        own.close()

    threads = [threading.Thread(target=write, args=(first,)) for first in (10, 20, 30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(index.versions()) == [*range(10, 14), *range(20, 24), *range(30, 34)]


def _search_in_child(index: Index, expected: int) -> None:
    for _ in range(30):
        assert index.search(SearchRequest("skole")).total == expected


def test_an_opened_index_can_be_used_on_both_sides_of_a_fork(index: Index) -> None:
    index.rebuild(random_documents(60, seed=9), position=1)
    expected = index.search(SearchRequest("skole")).total
    fork = multiprocessing.get_context("fork")
    children = [fork.Process(target=_search_in_child, args=(index, expected), daemon=True) for _ in range(3)]
    for child in children:
        child.start()
    _search_in_child(index, expected)
    for child in children:
        child.join(PATIENCE)
    assert [child.exitcode for child in children] == [0, 0, 0]


def test_a_closed_index_can_be_used_again(index: Index) -> None:
    index.rebuild([document(1)], position=1)
    index.close()
    assert index.position() == 1
