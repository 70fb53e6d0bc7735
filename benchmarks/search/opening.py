"""How long the first reader waits: a new process opens an index and answers; prints what it took as JSON."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from benchmarks.search.engines import Engine, engines
from benchmarks.search.ours import Cold
from benchmarks.search.questions import questions

STATUS = Path("/proc/self/smaps_rollup")


def main() -> None:
    """Open, ask the first question, then all others, and tell times and memory of its own."""
    name, place = sys.argv[1:]
    engine = _called(name)
    asked = questions()
    before = private_mb()
    begun = time.perf_counter()
    engine.open(Path(place))
    opened = time.perf_counter()
    engine.prepare(asked[0])
    engine.ask(asked[0], total=True, facets=True)
    first = time.perf_counter()
    for question in asked if opened - begun + first - opened < 1 else []:
        engine.prepare(question)
        engine.ask(question, total=True, facets=True)
    print(
        json.dumps(
            {
                "open_ms": round((opened - begun) * 1000, 1),
                "first_ms": round((first - opened) * 1000, 1),
                "private_mb": round(private_mb() - before, 1),
            }
        )
    )


def private_mb() -> float:
    """Return the memory that this process shares with no other, in MB."""
    lines = (line.split() for line in STATUS.read_text().splitlines()[1:])
    return sum(int(line[1]) for line in lines if line[0].startswith("Private_")) / 1000


def _called(name: str) -> Engine:
    found = [*engines()[0], Cold()]
    return next(engine for engine in found if name.startswith(engine.name))  # some learn their version as they open


if __name__ == "__main__":
    main()
