"""The part ``first-answer``: from ``git clone`` to the first search answered, and what every later start costs."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click

from benchmarks.installation import Installation, clean_environment
from benchmarks.measuring import Unmeasurable
from benchmarks.serving import ROOT, free_port, running, wait_until_answered

PATIENCE: Final = 900.0  # seconds: packages come over the network
IMPORTS: Final = 5  # times; the median counts
SEARCH: Final = "/en/practices?q=police"

Row = dict[str, Any]


def measure(repository: Path) -> list[Row]:
    """Return the rows: what was waited for, and for how many seconds.

    :param repository: what to clone; its ``HEAD`` is what is measured.
    :raises Unmeasurable: if a start fails.
    """
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        clone = Path(folder) / "clone"
        begun = time.perf_counter()
        subprocess.run(["git", "clone", "--quiet", str(repository), str(clone)], check=True)
        if not (clone / "Makefile").exists():
            raise Unmeasurable(
                f"HEAD of {repository} has no Makefile: commit it, since a clone holds what is committed"
            )
        rows = [_row("git clone, make run, first search answered", begun, _start(clone))]
        begun = time.perf_counter()
        rows.append(_row("make run again, first search answered", begun, _start(clone)))
    return rows + _imports()


def _start(clone: Path) -> float:
    """Run ``make run`` and return the moment of its first answer."""
    port = free_port()
    command = ["make", "run", f"PORT={port}", f"PYTHON={_python()}"]
    environment = {**clean_environment(os.environ), "PIP_NO_CACHE_DIR": "1"}
    with running(command, cwd=clone, env=environment) as process:
        wait_until_answered(f"http://127.0.0.1:{port}{SEARCH}", process, patience=PATIENCE)
        return time.perf_counter()


def _imports() -> list[Row]:
    """Time a new interpreter that imports the application: as after an installation, and as ever after."""
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        environment = {
            **Installation(Path(folder) / "instance", 0).environment,
            "PYTHONPYCACHEPREFIX": f"{folder}/cache",
        }
        compiling = _import(environment)
        later = statistics.median(_import(environment) for _ in range(IMPORTS))
    return [
        {"what": "import of the application, nothing compiled yet", "seconds": round(compiling, 2)},
        {"what": "import of the application", "seconds": round(later, 2)},
    ]


def _import(environment: Mapping[str, str]) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import wsgi"], check=True, cwd=ROOT, env=environment)
    return time.perf_counter() - begun


def _python() -> str:
    """Return the interpreter under this environment, which a newcomer would have."""
    return str(getattr(sys, "_base_executable", sys.executable))


def _row(what: str, begun: float, answered: float) -> Row:
    row = {"what": what, "seconds": round(answered - begun, 1)}
    click.echo("  ".join(str(value) for value in row.values()))
    return row
