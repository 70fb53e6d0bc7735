"""The corpus on disk, as texts and as terms, so that no engine's time holds the making of it."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.search.corpus import AT_ONCE, LANGUAGE, Record, thousand
from benchmarks.search.engines import Terms
from index.schema import BREAK, weighted
from index.words import analyse

# Every engine keeps phrases within a part of a text by a word that nobody asks for; most could not take ours.
_BREAK = "zzbreakzz"


def prepare(folder: Path, count: int) -> Path:
    """Write so many records below a folder, unless they are there; return where."""
    place = folder / f"corpus-{count}"
    done = place / "done"
    if not done.exists():
        place.mkdir(parents=True, exist_ok=True)
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as processes:
            for _ in processes.map(partial(_prepare, place, count), range(0, count, AT_ONCE)):
                pass
        done.touch()
    return place


def _prepare(place: Path, count: int, start: int) -> None:
    some = [*islice(thousand(start), count - start)]
    _write(place / f"texts-{start}", some)
    _write(place / f"terms-{start}", [_terms(record) for record in some])


def texts(place: Path) -> Iterator[Record]:
    """Yield the records as they were written."""
    yield from _read(place, "texts")


def terms(place: Path) -> Iterator[Terms]:
    """Yield the records as terms."""
    yield from _read(place, "terms")


def bodies(place: Path) -> dict[int, str]:
    """Return the body of each record."""
    return {record.id: record.body for record in texts(place)}


def _terms(record: Record) -> Terms:
    parts = (analyse(LANGUAGE, text) for text in (record.title, record.summary, record.body))
    return Terms(record.id, " ".join(chain.from_iterable(weighted(*parts))).replace(BREAK, _BREAK), record.facets)


def _write(path: Path, content: list[Any]) -> None:
    with path.open("wb") as file:
        pickle.dump(content, file, protocol=pickle.HIGHEST_PROTOCOL)


def _read(place: Path, kind: str) -> Iterator[Any]:
    for path in sorted(place.glob(f"{kind}-*"), key=lambda path: int(path.name.partition("-")[2])):
        with path.open("rb") as file:
            yield from pickle.load(file)  # noqa: S301 - written by `prepare`
