"""The part ``map``: the gap map of a big library, each way to cut it, in one request."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click

from benchmarks.installation import Installation, installed
from benchmarks.measuring import Unmeasurable, latency, statements, warm
from benchmarks.serving import served
from library.extensions import db
from library.indexing.search import index_of_app

MAPS: Final = {
    "theme × agency": "/en/map",
    "theme × target group": "/en/map?by=target_group",
    "theme × prevention level": "/en/map?by=prevention_level",
    "one theme × agency": "/en/map?theme=safe-communities",
    "theme × agency, two filters": "/en/map?country=se&language=sv",
    "whole map as JSON": "/en/map.json",
}

Row = dict[str, Any]


def measure(folder: Path, sizes: Sequence[int], *, seconds: float) -> list[Row]:
    """Return a row for each map and size.

    :raises Unmeasurable: if the number of SQL statements is not the same for every map and size.
    """
    rows: list[Row] = []
    for installation in installed(folder, sorted(set(sizes))):
        counts = _counted(installation)
        with served(installation) as server:
            warm(server.port, list(MAPS.values()))
            for name, path in MAPS.items():
                alone = latency(server.port, [path], seconds=seconds)
                row = {
                    "map": name,
                    "records": installation.records,
                    "median_ms": alone.median_ms,
                    "p95_ms": alone.p95_ms,
                    "sql_statements": counts[name],
                    "kilobytes": alone.kilobytes,
                }
                rows.append(row)
                click.echo("  ".join(f"{key} {value}" for key, value in row.items()))
    if len({row["sql_statements"] for row in rows if "JSON" not in row["map"]}) != 1:
        raise Unmeasurable("SQL statements are not constant")
    return rows


def _counted(installation: Installation) -> dict[str, int]:
    with installation.app() as app:
        if index_of_app().position() is None:
            raise Unmeasurable(f"{installation.folder} has no usable index: remove the folder")
        db.session.close()
        return dict(zip(MAPS, statements(app, list(MAPS.values())), strict=True))
