"""How soon a changed record is found, and what a process that searches needs in memory.

One process changes a record at a time, as the worker does; others search again and again, as web processes do. The
clock runs from before `Index.apply` until the first search that another process begins finds the new word and the old
one no more; merges fall where they fall. Before it comes what the worker waits until it looks for jobs, at most
`follower.PAUSE`.
"""

from __future__ import annotations

import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any, Final

import click

from benchmarks.measuring import Unmeasurable, percentile
from benchmarks.search.corpus import FACETS, LANGUAGE, Record, records, words
from index import Document, Index, SearchRequest, Text

SIZES: Final = (10_000,)
CHANGES: Final = 200
CHANGING: Final = 50  # different records
READERS: Final = 2
SEED: Final = 2026
PATIENCE: Final = 300.0  # seconds for one change
QUESTIONS: Final = 50  # before memory is looked at
ROLLUP: Final = Path("/proc/self/smaps_rollup")


def measure(sizes: Sequence[int]) -> list[dict[str, Any]]:
    """Return a row for each size of corpus."""
    if not ROLLUP.exists():
        raise Unmeasurable("memory of a process is read from /proc/self/smaps_rollup, which Linux has")
    return [_measured(size) for size in sizes]


def _measured(size: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        path = Path(folder) / "index"
        index = Index(path, facets=tuple(FACETS))
        index.rebuild((_document(record) for record in records(size)), position=1)
        anew = multiprocessing.get_context("spawn")
        readers = [_Reader(anew, path) for _ in range(READERS)]
        memory = [reader.hear() for reader in readers]
        took, applied = _changes(index, readers, size)
        for reader in readers:
            reader.stop()
        row = {
            "records": size,
            "changes": CHANGES,
            "median_ms": round(statistics.median(took), 1),
            "p95_ms": round(percentile(took, 95), 1),
            "applied_median_ms": round(statistics.median(applied), 1),
            "applied_p95_ms": round(percentile(applied, 95), 1),
            "segments": index.status().segments,
            "index_mb": round(index.status().bytes / 1e6, 1),
            "resident_mb": max(of["resident_mb"] for of in memory),
            "private_mb": max(of["private_mb"] for of in memory),
        }
    click.echo("  ".join(f"{name} {value}" for name, value in row.items()))
    return row


def _changes(index: Index, readers: Sequence[_Reader], size: int) -> tuple[list[float], list[float]]:
    """Change records and change them again; return, in ms, how long the slowest reader took each time, and `apply`."""
    chance = Random(SEED)
    some = list(records(min(size, CHANGING)))
    words_of: dict[int, str] = {}
    took, applied = [], []
    for number in range(CHANGES):  # words of one length: where one is gone, longer ones would be taken for it
        record = chance.choice(some)
        new, old = f"zqnewest{number:06}", words_of.get(record.id, "")
        for reader in readers:
            reader.tell((new, old))
            reader.hear()  # it has looked, and there is no such word yet
        begun = time.monotonic()
        index.apply([_document(record, f"{record.title} {new}", number + 2)], [], number + 2)
        applied.append(1000 * (time.monotonic() - begun))
        took.append(1000 * (max(reader.hear() for reader in readers) - begun))
        words_of[record.id] = new
    return took, applied


def _document(record: Record, title: str = "", version: int = 1) -> Document:
    return Document(
        id=record.id,
        version=version,
        texts=(Text(LANGUAGE, title or record.title, record.summary, record.body),),
        original_language=LANGUAGE,
        concepts={},
        names=(),
        facets=record.facets,
        published=date(2024, 1, 1),
    )


class _Reader:
    """A process that searches."""

    def __init__(self, context: Any, path: Path) -> None:
        self._here, there = context.Pipe()
        self._process = context.Process(target=_read, args=(path, there), daemon=True)
        self._process.start()

    def tell(self, what: tuple[str, str] | None) -> None:
        self._here.send(what)

    def hear(self) -> Any:
        if not self._here.poll(PATIENCE):
            raise Unmeasurable(f"a reader did not find a change in {PATIENCE} s")
        return self._here.recv()

    def stop(self) -> None:
        self.tell(None)
        self._process.join(PATIENCE)


def _read(path: Path, there: Connection) -> None:
    """Search for common words, say how much memory that took, and then look for each change until it is found."""
    before = _memory()
    index = Index(path, facets=tuple(FACETS))
    chance = Random(SEED)
    for _ in range(QUESTIONS):
        text = " ".join(str(word) for word in chance.sample(list(words()[:2000]), 3))
        index.search(SearchRequest(text, LANGUAGE))
    there.send({name: round(value - before[name], 1) for name, value in _memory().items()})
    while wanted := there.recv():
        new, old = wanted
        assert not _finds(index, new)
        there.send("ready")
        while True:
            begun = time.monotonic()
            if _finds(index, new) and not (old and _finds(index, old)):
                break
            time.sleep(max(0.0, 0.001 - (time.monotonic() - begun)))
        there.send(time.monotonic())


def _finds(index: Index, word: str) -> bool:
    return bool(index.search(SearchRequest(f'"{word}"', LANGUAGE, per_page=1)).total)


def _memory() -> dict[str, float]:
    """Return what is resident of this process, and what of it no other process shares."""
    sizes: dict[str, int] = {}
    for line in ROLLUP.read_text().splitlines()[1:]:
        name, _, value = line.partition(":")
        sizes[name] = int(value.split()[0])
    private = sizes["Private_Clean"] + sizes["Private_Dirty"]
    return {"resident_mb": sizes["Rss"] / 1024, "private_mb": private / 1024}
