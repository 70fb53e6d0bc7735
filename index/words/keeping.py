"""Where the compiled dictionaries are kept, and how they are made: once, by whoever first needs them.

They are a cache, as Python's bytecode is: beside this module where that may be written, else where `also_keep_in` says,
else in a temporary folder of the process. Making them takes tens of seconds and a gigabyte, so it is done by
processes of their own, while all others that need them wait for a lock.
"""

import fcntl
import logging
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final

from index.words.languages import LANGUAGES
from index.words.tables import Table

# Raise with every change of what is compiled, or of how it is written.
TABLES_VERSION: Final = 2

_BESIDE: Final = Path(__file__).parent / "__pycache__"
_PROGRAM: Final = "index.words.making"
_PROCESSES: Final = 2
_MOST_OTHERS: Final = 4
_LARGEST: Final = "nb da sv fi"

_log = logging.getLogger(__name__)
_others: list[Path] = []
_tables: dict[str, Table] = {}
_turn = threading.Lock()


def edition() -> str:
    """Name what the tables are made from: other editions give other keys."""
    return f"{TABLES_VERSION}-{version('simplemma')}"


def also_keep_in(folder: Path) -> None:
    """Use a folder for the compiled dictionaries where those beside the program cannot be written."""
    if folder not in _others:
        _others[:] = (*_others[1 - _MOST_OTHERS :], folder)


def table(language: str) -> Table:
    """Return the table of a language; if there is none, make those of all languages first."""
    found = _tables.get(language)
    return found or _opened(language)


def _opened(language: str) -> Table:
    with _turn:
        if language not in _tables:
            _tables[language] = _found(language) or _made(language)
        return _tables[language]


def _path(folder: Path, language: str) -> Path:
    return folder / f"{language}-{edition()}.words"


def _found(language: str) -> Table | None:
    for folder in (_BESIDE, *_others):
        path = _path(folder, language)
        try:
            return Table(path)
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as unusable:
            _log.warning("the words of a language are made again: %s", unusable)
    return None


def _made(language: str) -> Table:
    """Make the tables in the first folder that lets us, unless somebody else did while we waited for our turn."""
    for folder in (_BESIDE, *_others):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with _locked(folder):
                if found := _found(language):
                    return found
                _make(folder)
            return Table(_path(folder, language))
        except OSError as refused:
            _log.info("no words can be kept in %s: %s", folder, refused)
    _log.warning("no folder can keep the words of the languages: they are made for this process alone")
    folder = Path(tempfile.mkdtemp(prefix="words-"))
    _make(folder)
    return Table(_path(folder, language))


def _is_whole(path: Path) -> bool:
    try:
        Table(path)
    except (OSError, ValueError):
        return False
    return True


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / "words.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(folder: Path) -> None:
    """Make the tables that a folder lacks, the largest first; remove those of other editions."""
    lacking = [language for language in LANGUAGES if not _is_whole(_path(folder, language))]
    _log.info("compiling the dictionaries of %s, once", ", ".join(lacking))
    waiting = sorted(lacking, key=_LARGEST.find)
    running: list[subprocess.Popen[bytes]] = []
    while waiting or running:
        while waiting and len(running) < _PROCESSES:
            language = waiting.pop()
            command = [sys.executable, "-m", _PROGRAM, language, str(_path(folder, language))]
            running.append(subprocess.Popen(command, cwd=Path(__file__).parents[2]))  # noqa: S603 - our own program
        if running.pop(0).wait():
            raise RuntimeError("the words of a language cannot be compiled; what is wrong stands above")
    for old in folder.glob("*.words"):
        if not old.stem.endswith(f"-{edition()}"):
            old.unlink(missing_ok=True)
