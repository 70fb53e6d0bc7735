"""A writer of an index that is killed at any moment, and what must hold afterwards. Used here and by tests/torture.

What the index holds follows from the position alone: position n is `state(n)`. So whoever comes after a kill can tell
whether the index is whole without having been told how far the writer got.

Writers are forked, and a lock that some other thread holds just then stays locked in them for ever. So all of it runs
in a process without other threads: ``python engine_kills.py DIRECTORY SEED KILLS``, see `run`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from engine_corpus import FACETS, document

from index import MAX_PER_PAGE, Index, SearchRequest, kernel
from index.states.generations import writer_lock
from index.states.writing import MAX_SEGMENTS

IDS = 12
STEPS = 60  # file operations among which a writer is killed
PATIENCE = 0.08  # seconds in which one is killed otherwise
SECONDS_EACH = 6  # until somebody who runs this gives up, for each kill; it takes a tenth of a second
# What a commit is made of; a writer is killed just before or just after one.
_OPERATIONS = ("fsync", "replace", "rename", "remove", "unlink")


def run(path: Path, seed: int, kills: int) -> str:
    """Kill so many writers of an index in a process of its own; return what it printed.

    :raises AssertionError: if what must hold does not, with what that process said.
    :raises subprocess.TimeoutExpired: if it hangs.
    """
    here = Path(__file__)
    done = subprocess.run(
        [sys.executable, str(here), str(path), str(seed), str(kills)],
        env=os.environ | {"PYTHONPATH": f"{here.parents[2]}:{here.parent}"},
        capture_output=True,
        text=True,
        timeout=60 + SECONDS_EACH * kills,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@lru_cache(maxsize=100_000)
def state(position: int) -> dict[int, int]:
    """Return the version of each document at a position."""
    if not position:
        return {}
    puts, deletes = changes(position)
    before = {id: version for id, version in state(position - 1).items() if id not in deletes}
    return before | {id: position for id in puts if id not in deletes}


def changes(position: int) -> tuple[list[int], list[int]]:
    """Return what is put and what is deleted on the way to a position."""
    puts = [position % IDS + 1, position * 7 % IDS + 1]
    return puts, [position * 5 % IDS + 1] if position % 3 == 0 else []


def word(version: int) -> str:
    """Return the word that only one version of documents has; in letters, to be found in files as it stands."""
    return "zq" + "".join(chr(ord("a") + int(digit)) for digit in str(version)) + "qz"


def write(index: Index) -> None:
    """Go on from where the index is for ever: changes, now and then a purge, a rebuild, a tidying up."""
    position = index.position() or 0
    while True:
        position += 1
        puts, deletes = changes(position)
        if position % 11 == 0:
            index.rebuild([_made(id, version) for id, version in state(position).items()], position)
        else:
            index.apply([_made(id, position) for id in puts], deletes, position)
        if position % 5 == 0:
            index.purge()
        if position % 7 == 0:
            index.finish()


def kill_a_writer(path: Path, random: Random) -> None:
    """Start a writer in a process of its own, and kill it: at some operation on files, or at some time."""
    at_step = random.randrange(1, STEPS) if random.random() < 0.7 else 0
    before = random.random() < 0.5
    child = os.fork()
    if not child:
        _die_writing(path, at_step, before)
    if not at_step:
        time.sleep(random.random() * PATIENCE)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"the writer failed by itself: {os.waitstatus_to_exitcode(status)}"
    assert os.WTERMSIG(status) == signal.SIGKILL


def check(path: Path, reached: int) -> int:
    """Tell that an index is whole and at a position not before `reached`; return its position."""
    index = Index(path, facets=FACETS)
    position = index.position()
    assert position is not None, "the index does not open"
    assert position >= reached, "a commit that was acknowledged is gone"
    held = state(position)
    assert index.versions() == held
    for version in sorted(set(held.values()))[-2:]:
        hits = index.search(SearchRequest(word(version), per_page=MAX_PER_PAGE)).hits
        assert {hit.id for hit in hits} == {id for id, of in held.items() if of == version}
    with writer_lock(path, timeout=0):
        pass  # no lock is left
    return position


def check_finished(path: Path) -> None:
    """Finish what the dead left undone, and tell that nothing more than the commit needs is left."""
    index = Index(path, facets=FACETS)
    assert index.finish()
    status = index.status()
    assert status.segments <= MAX_SEGMENTS
    generation = path / status.generation
    assert len(list(generation.iterdir())) == status.segments + 1, "files that no commit names"
    put = {id: version for n in range(1, status.position + 1) for id, version in _put(n)}
    content = b"".join(file.read_bytes() for file in generation.iterdir())
    withdrawn = {put[id] for id in put.keys() - state(status.position).keys()} - set(state(status.position).values())
    for version in withdrawn:
        assert word(version).encode() not in content, "a withdrawn word is still in the files"


def prepare(path: Path) -> int:
    """Begin with a few documents, and what a process reads once is read before it is forked."""
    shutil.rmtree(path, ignore_errors=True)
    index = Index(path, facets=FACETS)
    index.rebuild([], 0)
    for position in range(1, 4):
        puts, deletes = changes(position)
        index.apply([_made(id, position) for id in puts], deletes, position)
    index.purge()
    return check(path, 3)


def _put(position: int) -> list[tuple[int, int]]:
    puts, deletes = changes(position)
    return [(id, position) for id in puts if id not in deletes]


def _made(id: int, version: int) -> Any:
    return document(id, f"plan {word(version)}", summary=f"school {id}", version=version)


def _die_writing(path: Path, at_step: int, before: bool) -> None:
    """Write until killed, in a child; it must never come back to what its parent was doing."""
    with suppress(BaseException):
        if at_step:
            _die_at(at_step, before)
        write(Index(path, facets=FACETS))
    os._exit(1)


def _die_at(step: int, before: bool) -> None:
    left = step

    def dying(operation: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **options: Any) -> Any:
            nonlocal left
            left -= 1
            if not left and before:
                os.kill(os.getpid(), signal.SIGKILL)
            result = operation(*arguments, **options)
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return run

    for name in _OPERATIONS:
        setattr(os, name, dying(getattr(os, name)))


def main(path: Path, seed: int, kills: int) -> None:
    """Kill writers one after the other, look at the index after each, and say how far it came."""
    random = Random(seed)
    kernel.use(kernel.PLAIN)  # a thread that compiles others would hold locks when a writer is forked
    reached = begun = prepare(path)
    for number in range(1, kills + 1):
        kill_a_writer(path, random)
        reached = check(path, reached)
        if number % 5 == 0:
            check_finished(path)
    check_finished(path)
    assert reached > begun + kills, "writers were killed before they did anything"
    sys.stdout.write(f"{kills} kills, position {reached}, whole each time\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
