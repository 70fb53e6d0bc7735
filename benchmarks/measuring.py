"""Three instruments: one patient reader, a crowd, and a count of SQL statements. None knows what it measures."""

from __future__ import annotations

import http.client
import json
import math
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any, Final

from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

FEWEST: Final = 100  # answers below which a 95th percentile says little
CONNECTIONS: Final = 16  # of the crowd: as many as the server has threads
CORES: Final = 2  # threads of wrk
ENOUGH: Final = 3 * CONNECTIONS  # answers to the crowd
WARMING: Final = 4  # seconds
LONGEST: Final = 30.0  # seconds that the crowd may take


class Unmeasurable(Exception):
    """Something is missing or failed, so that no figure would be honest."""


@dataclass(frozen=True, slots=True)
class Latency:
    """How long answers took one reader."""

    median_ms: float
    p95_ms: float
    kilobytes: float  # median size of an answer


def latency(port: int, paths: Sequence[str], *, seconds: float) -> Latency:
    """Ask for the paths in turn over one connection, from the request until the last byte of the answer.

    :raises Unmeasurable: if an answer is not 200.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    times: list[float] = []
    sizes: list[int] = []
    until = time.perf_counter() + seconds
    for path in cycle(paths):
        begun = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        ended = time.perf_counter()
        if answer.status != 200:
            raise Unmeasurable(f"{path} answered {answer.status}")
        times.append(1000 * (ended - begun))
        sizes.append(len(body))
        if ended > until and len(times) >= FEWEST:
            break
    connection.close()
    return Latency(
        median_ms=round(statistics.median(times), 1),
        p95_ms=round(percentile(times, 95), 1),
        kilobytes=round(statistics.median(sizes) / 1000, 1),
    )


def percentile(values: Sequence[float], rank: int) -> float:
    """Return the value that ``rank`` per cent of the values do not exceed (nearest rank)."""
    return sorted(values)[math.ceil(len(values) * rank / 100) - 1]


def requests_per_second(port: int, paths: Sequence[str], *, seconds: float) -> float:
    """Return how many answers a second wrk gets when all its connections ask for the paths in turn.

    Where so few come back that the last, unfinished ones would weigh, it asks again for twice as long.

    :raises Unmeasurable: if wrk is missing, or any answer failed.
    """
    summary = _crowd(port, paths, math.ceil(seconds))
    while summary["requests"] < ENOUGH and seconds < LONGEST:
        seconds *= 2
        summary = _crowd(port, paths, math.ceil(seconds))
    if summary["failed"] or not summary["requests"]:
        raise Unmeasurable(
            f"{summary['failed']} requests failed and {summary['requests']} went well, as for {paths[0]}"
        )
    return round(summary["requests"] / summary["microseconds"] * 1e6, 1)


def warm(port: int, paths: Sequence[str]) -> None:
    """Let every process of the server read, open and compile what it keeps, so that no figure pays for it."""
    _crowd(port, paths, WARMING)


def _crowd(port: int, paths: Sequence[str], seconds: int) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "paths.lua"
        script.write_text(_LUA % ",\n".join(json.dumps(path) for path in paths), encoding="utf-8")
        options = [f"--threads={CORES}", f"--connections={CONNECTIONS}", f"--duration={seconds}s", "--timeout=30s"]
        command = [wrk(), *options, f"--script={script}", f"http://127.0.0.1:{port}"]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    summary: dict[str, int] = json.loads(output.splitlines()[-1])
    return summary


def wrk() -> str:
    """Return where wrk is.

    :raises Unmeasurable: if it is not installed, with how to install it.
    """
    if found := shutil.which("wrk"):
        return found
    raise Unmeasurable("requests per second need wrk: apt-get install wrk (Debian, Ubuntu) or brew install wrk (macOS)")


# Each thread begins at another path, so that connections do not ask for the same one in step.
_LUA: Final = """
local paths = {
%s
}
local threads = 0
function setup(thread)
  thread:set("at", math.floor(#paths * threads / 2))
  threads = threads + 1
end
function request()
  at = at %% #paths + 1
  return wrk.format("GET", paths[at])
end
function done(summary)
  local e = summary.errors
  local format = '\\n{"requests": %%d, "microseconds": %%d, "failed": %%d}\\n'
  io.write(string.format(format, summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""


def statements(app: Flask, paths: Sequence[str]) -> list[int]:
    """Return how many SQL statements the answer to each path takes, once what a process keeps is warm.

    :raises Unmeasurable: if an answer is not 200.
    """
    client = app.test_client()
    client.get(paths[0])  # reads the vocabularies, once in a process
    counts: list[int] = []
    for path in paths:
        with _counted() as count:
            answer = client.get(path)
        if answer.status_code != 200:
            raise Unmeasurable(f"{path} answered {answer.status_code}")
        counts.append(len(count))
    return counts


@contextmanager
def _counted() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)
