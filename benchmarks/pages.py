"""The part ``pages``: whole pages over HTTP, at growing sizes of the library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click

from benchmarks import queries
from benchmarks.installation import STARTER_SIZE, Installation, installed
from benchmarks.measuring import Unmeasurable, latency, requests_per_second, statements, warm
from benchmarks.serving import served
from library.extensions import db
from library.indexing.search import index_of_app

SIZES: Final = (STARTER_SIZE, 1_000, 10_000)
PRACTICE: Final = "practice"
MODEL: Final = "practice that most others apply"
WARMED: Final = 5  # addresses of each page to warm the server with
OTHERS: Final = 50  # practices beyond the starter library whose statements are counted

Addresses = Mapping[str, Sequence[str]]
Counts = Mapping[str, int]
Row = dict[str, Any]


def measure(folder: Path, sizes: Sequence[int], *, seconds: float) -> tuple[list[Row], list[Row]]:
    """Return the rows of the pages, and those of the memory of a process that has answered them.

    :param folder: where the installations are kept.
    :param seconds: how long each page is asked for, by one reader and again by the crowd.
    :raises Unmeasurable: if a figure could not be had, or a page's number of SQL statements is not constant.
    """
    pages: list[Row] = []
    memory: list[Row] = []
    before: dict[str, int] = {}
    for installation in installed(folder, sorted(set(sizes))):
        addresses, counts = _prepared(installation)
        _refuse_growth(before, counts)
        before |= counts
        with served(installation) as server:
            warm(server.port, [path for paths in addresses.values() for path in paths[:WARMED]])
            for page, paths in addresses.items():
                throughput = requests_per_second(server.port, paths, seconds=seconds)
                alone = latency(server.port, paths, seconds=seconds)
                row = {
                    "page": page,
                    "records": installation.records,
                    "median_ms": alone.median_ms,
                    "p95_ms": alone.p95_ms,
                    "requests_per_second": throughput,
                    "sql_statements": counts[page],
                    "kilobytes": alone.kilobytes,
                }
                pages.append(row)
                click.echo("  ".join(f"{name} {value}" for name, value in row.items()))
            resident, private = server.memory()
        memory.append({"records": installation.records, "resident_mb": resident, "private_mb": private})
    return pages, memory


def _prepared(installation: Installation) -> tuple[Addresses, Counts]:
    """Return the addresses to ask for by page, and the most SQL statements that one of a page takes."""
    searches = queries.searches()
    with installation.app() as app:
        if index_of_app().position() is None:
            raise Unmeasurable(
                f"{installation.folder} has no usable index: remove the folder, it is from another version"
            )
        starter = queries.starter_practices(db.session)
        drawn = queries.practices(db.session)
        model = queries.most_applied(db.session)
        db.session.close()
        counted = {**searches, PRACTICE: [*starter, *drawn[:OTHERS]], MODEL: [model]}
        counts = {page: max(statements(app, paths)) for page, paths in counted.items()}
    return {**searches, PRACTICE: drawn, MODEL: [model]}, counts


def _refuse_growth(before: Counts, now: Counts) -> None:
    """Insist that no page takes more statements, or fewer, than in a smaller library."""
    changed = [f"{page} took {before[page]}, now {now[page]}" for page in before if now[page] != before[page]]
    if changed:
        raise Unmeasurable("SQL statements are not constant: " + "; ".join(changed))
