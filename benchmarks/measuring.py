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
from concurrent.futures import ThreadPoolExecutor
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


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer: how long it took from the first connection to the last byte, and its size."""

    ms: float
    bytes: int


def each_once(port: int, rounds: Sequence[Sequence[str]], *, readers: int) -> list[Answered]:
    """Ask for each path once, so many readers at the same time, over a new connection each, as behind a proxy.

    :param rounds: what somebody asks for, one after the other, from a loopback address of their own: some addresses
        answer nobody more than so often a minute.
    :return: the answers in the order of the paths.
    :raises Unmeasurable: if an answer is not 200.
    """
    numbered = list(enumerate(rounds))
    with ThreadPoolExecutor(readers) as crowd:
        answers = crowd.map(lambda one: [_answered(port, _loopback(one[0]), path) for path in one[1]], numbered)
        return [answered for some in answers for answered in some]


def _loopback(number: int) -> str:
    """Return an address of this machine, another one for each number; Linux has sixteen million."""
    return f"127.{1 + number // 62_500}.{1 + number // 250 % 250}.{1 + number % 250}"


def _answered(port: int, source: str, path: str) -> Answered:
    begun = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=(source, 0))
    connection.request("GET", path, headers={"Connection": "close"})
    answer = connection.getresponse()
    body = answer.read()
    took = time.perf_counter() - begun
    connection.close()
    if answer.status != 200:
        raise Unmeasurable(f"{path} answered {answer.status}")
    return Answered(1000 * took, len(body))


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
