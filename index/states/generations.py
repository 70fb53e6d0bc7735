"""The directory of an index: which generation is current, who may write, when old ones go.

Knows names and permissions, not what is in a generation:

    <path>/CURRENT        the name of the generation that readers use, replaced atomically
    <path>/gen-000001/    one complete Whoosh index
    <path>/gen-000001/DAMAGED    found unreadable, and why: nobody uses that generation any more
    <path>/writer.lock    held by the one process that writes
"""

import fcntl
import os
import re
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from index.errors import IndexLocked, IndexUnavailable

CURRENT = "CURRENT"
DAMAGED = "DAMAGED"
LOCK = "writer.lock"
# A reader in another process may have read CURRENT just before it changed, and be about to open files.
GRACE_SECONDS = 60
LOCK_POLL_SECONDS = 0.05

_GENERATION = re.compile(r"gen-(\d{6,})")


def current_generation(path: Path) -> Path:
    """Return the directory of the current generation; raise IndexUnavailable if it is not ours to read."""
    try:
        check_private(path)
        name = _read_pointer(path)
        if not _GENERATION.fullmatch(name):
            raise IndexUnavailable("damaged", f"{CURRENT} does not name a generation")
        check_private(path / name)
        if is_marked_damaged(path / name):
            cause = (path / name / DAMAGED).read_text(encoding="utf-8", errors="replace")
            raise IndexUnavailable("damaged", f"{name} is marked: {cause}")
    except FileNotFoundError as error:
        raise IndexUnavailable("missing", f"no {error.filename}") from error
    except OSError as error:
        raise IndexUnavailable("damaged", str(error)) from error
    return path / name


def check_private(directory: Path) -> None:
    """Raise IndexUnavailable unless only this user can write here: index files hold pickles."""
    status = directory.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise IndexUnavailable("foreign", f"{directory} is not a directory")
    if status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise IndexUnavailable("foreign", f"{directory} is not private to this user (mode 0700)")


def make_private(directory: Path) -> None:
    """Make a directory if it is not there, and close it to others."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory.chmod(0o700)


def new_generation(path: Path) -> Path:
    """Make the directory for the next generation; readers do not see it before `publish`."""
    generation = path / f"gen-{max(_generations(path), default=0) + 1:06d}"
    generation.mkdir(mode=0o700)
    return generation


def publish(generation: Path) -> None:
    """Make a complete generation the current one, in one step that survives a crash."""
    pointer = generation.parent / f"{CURRENT}.new"
    with pointer.open("w", encoding="ascii") as file:
        file.write(generation.name)
        file.flush()
        os.fsync(file.fileno())
    sync_directory(generation)
    sync_directory(generation.parent)
    pointer.replace(generation.parent / CURRENT)
    sync_directory(generation.parent)


def mark_damaged(generation: Path, cause: str) -> None:
    """Tell all processes, now and after a crash, not to use a generation; the next one has no such mark."""
    with (generation / DAMAGED).open("w", encoding="utf-8", errors="replace") as file:
        file.write(cause)
        file.flush()
        os.fsync(file.fileno())
    sync_directory(generation)


def is_marked_damaged(generation: Path) -> bool:
    """Whether some process could not read a generation."""
    return (generation / DAMAGED).exists()


def collect_old_generations(path: Path) -> None:
    """Delete what an abandoned rebuild left, and generations that were replaced more than a minute ago.

    Call it only while holding the writer's lock.
    """
    pointer = path / CURRENT
    current = _GENERATION.fullmatch(_read_pointer(path)) if pointer.exists() else None
    if current is None:
        return
    settled = time.time() - pointer.stat().st_mtime >= GRACE_SECONDS
    for number, name in _generations(path).items():
        if number > int(current[1]) or (settled and number < int(current[1])):
            shutil.rmtree(path / name, ignore_errors=True)


def size_on_disk(directory: Path) -> int:
    """Return the bytes of the files in a directory; those that a writer removes meanwhile count as none."""
    size = 0
    for file in directory.iterdir():
        with suppress(FileNotFoundError):
            size += file.stat().st_size
    return size


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def writer_lock(path: Path, timeout: float) -> Iterator[None]:
    """Hold the right to write to an index; raise IndexLocked after `timeout` seconds of waiting.

    The system releases the lock of a process that dies.
    """
    make_private(path)
    check_private(path)
    with (path / LOCK).open("w", encoding="ascii") as file:
        deadline = time.monotonic() + timeout
        while not _try_lock(file.fileno()):
            if time.monotonic() >= deadline:
                raise IndexLocked(f"{path} is being written to by another process; waited {timeout} s")
            time.sleep(LOCK_POLL_SECONDS)
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read_pointer(path: Path) -> str:
    return (path / CURRENT).read_text(encoding="ascii", errors="replace").strip()


def _generations(path: Path) -> dict[int, str]:
    """Return the names of all generations by number."""
    matches = (_GENERATION.fullmatch(entry.name) for entry in path.iterdir())
    return {int(match[1]): match[0] for match in matches if match}
