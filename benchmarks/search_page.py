"""The part ``search-page``: search pages and suggestions of a big library, from two processes, for one reader and two.

Each address is asked for once, or nearly, for what was asked for before is answered from memory.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any, Final

import click

from benchmarks import typed
from benchmarks.installation import Installation, installed
from benchmarks.measuring import Answered, Unmeasurable, each_once, percentile, statements
from benchmarks.records import SEED
from benchmarks.serving import THREADS, served
from benchmarks.typed import Typed
from library.extensions import db
from library.indexing.search import index_of_app

SIZES: Final = (100_000,)
COUNTED: Final = 5  # addresses of each kind whose SQL statements are counted
WARMED: Final = 5  # of each kind to warm the server with, which are not measured
WARMINGS: Final = 3  # times: each process makes ready what it keeps, and not all of that at once
BLOCK: Final = 2**24  # bytes of a file that are read at once
TOGETHER: Final = 2  # readers, as many as processes answer

SEARCHES: Final = "search, all of these"

Row = dict[str, Any]
# What one reader asks for, one after the other; each comes from an address of its own.
Rounds = Sequence[Sequence[Typed]]


def measure(folder: Path, sizes: Sequence[int]) -> list[Row]:
    """Return a row for each kind of address and size of the library, and one for all searches together.

    :param folder: where the installations are kept.
    :raises Unmeasurable: if a figure could not be had.
    """
    return [row for installation in installed(folder, sorted(set(sizes))) for row in _measured(installation)]


def _measured(installation: Installation) -> Iterator[Row]:
    searches, beginnings, counts = _prepared(installation)
    warming, rounds = _apart([*([one] for one in searches), *beginnings])
    alone, together = (_asked(installation, warming, rounds, readers=readers) for readers in (1, TOGETHER))
    for kind, kinds in {SEARCHES: {one.kind for one in searches}, **{kind: {kind} for kind in counts}}.items():
        one, two = _of(alone, kinds), _of(together, kinds)
        row = {
            "page": kind,
            "records": installation.records,
            "asked": len(one),
            **_latency(one),
            **{f"two_{name}": value for name, value in _latency(two).items()},
            "sql_statements": max(counts[kind] for kind in kinds),
            "kilobytes": round(statistics.median(answered.bytes for answered in one) / 1000, 1),
        }
        click.echo("  ".join(f"{name} {value}" for name, value in row.items()))
        yield row


def _of(answers: Sequence[tuple[Typed, Answered]], kinds: set[str]) -> list[Answered]:
    return [answered for one, answered in answers if one.kind in kinds]


def _latency(answers: Sequence[Answered]) -> Row:
    ms = [answered.ms for answered in answers]
    return {"median_ms": round(statistics.median(ms), 1), "p95_ms": round(percentile(ms, 95), 1)}


def _asked(
    installation: Installation, warming: Rounds, rounds: Rounds, *, readers: int
) -> list[tuple[Typed, Answered]]:
    """Ask a server that has only just been started, in an order of chance."""
    mixed = Random(SEED).sample(rounds, len(rounds))
    _read_through(installation.folder)
    with served(installation) as server:
        for _ in range(WARMINGS):
            each_once(server.port, _paths(warming), readers=THREADS)
        answers = each_once(server.port, _paths(mixed), readers=readers)
    return list(zip(chain.from_iterable(mixed), answers, strict=True))


def _read_through(folder: Path) -> None:
    """Let the system hold the files, as it does those of a library that is in use; else a disk would be measured."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                while file.read(BLOCK):
                    pass


def _paths(rounds: Rounds) -> list[list[str]]:
    return [[one.path for one in some] for some in rounds]


def _apart(rounds: Rounds) -> tuple[Rounds, Rounds]:
    """Part what the server is warmed with from what is measured: the first of each kind."""
    by_kind: dict[str, list[Sequence[Typed]]] = {}
    for some in rounds:
        by_kind.setdefault(some[0].kind, []).append(some)
    warming = chain.from_iterable(some[:WARMED] for some in by_kind.values())
    return list(warming), list(chain.from_iterable(some[WARMED:] for some in by_kind.values()))


def _prepared(installation: Installation) -> tuple[list[Typed], list[list[Typed]], Mapping[str, int]]:
    """Return the addresses to ask for, and the most SQL statements that one of a kind takes."""
    with installation.app() as app:
        if index_of_app().position() is None:
            raise Unmeasurable(
                f"{installation.folder} has no usable index: remove the folder, it is from another version"
            )
        searches, beginnings = typed.searches(), typed.beginnings(db.session)
        db.session.close()
        by_kind: dict[str, list[str]] = {}
        for one in chain(searches, *beginnings):
            by_kind.setdefault(one.kind, []).append(one.path)
        counts = {kind: max(statements(app, paths[:COUNTED])) for kind, paths in by_kind.items()}
    return searches, beginnings, counts
