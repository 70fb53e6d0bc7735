"""The product served as ``docs/operations.md`` says: gunicorn with processes and threads, a worker beside it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.installation import Installation
from benchmarks.measuring import Unmeasurable

PROCESSES: Final = 2
THREADS: Final = 8
ROOT: Final = Path(__file__).resolve().parent.parent
PATIENCE: Final = 60.0  # seconds until a server must answer
PAUSE: Final = 0.02  # seconds between two looks


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    port: int
    process: int

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def memory(self) -> tuple[float, float]:
        """Return resident and private megabytes of the biggest process that answers.

        :raises Unmeasurable: where there is no ``/proc`` to read them from.
        """
        children = Path(f"/proc/{self.process}/task/{self.process}/children")
        if not children.exists():
            raise Unmeasurable("the memory of a process is read from /proc, which only Linux has")
        return max(_memory(child) for child in children.read_text().split())


@contextmanager
def served(installation: Installation) -> Iterator[Server]:
    """Serve an installation until the block ends."""
    port = free_port()
    python = [sys.executable, "-m"]
    gunicorn = ["gunicorn", "--workers", str(PROCESSES), "--threads", str(THREADS), "--bind", f"127.0.0.1:{port}"]
    follow = [sys.executable, "-c", "from wsgi import command; command()", "worker"]
    with (
        running([*python, *gunicorn, "--log-level", "warning", "wsgi:app"], env=installation.environment) as web,
        running(follow, env=installation.environment),
    ):
        server = Server(port, web.pid)
        wait_until_answered(f"{server.address}/en/practices", web)
        yield server


@contextmanager
def running(command: list[str], **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command from the checkout in a process group of its own, which ends with the block."""
    options = {"cwd": ROOT, "stdin": subprocess.DEVNULL, **options}
    process = subprocess.Popen(command, start_new_session=True, **options)
    try:
        yield process
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process group, kindly at first."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(timeout=15)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
        return


def wait_until_answered(url: str, process: subprocess.Popen[bytes], *, patience: float = PATIENCE) -> None:
    """Return as soon as an address answers 200.

    :raises Unmeasurable: if the process ends before, or nothing answers in time.
    """
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if process.poll() is not None:
            raise Unmeasurable(f"{process.args!r} ended with {process.returncode} before it answered")
        try:
            with urllib.request.urlopen(url, timeout=patience) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(PAUSE)
    raise Unmeasurable(f"{url} did not answer within {patience:.0f} seconds")


def free_port() -> int:
    """Return a port on the loopback interface that nobody uses now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _memory(process: str) -> tuple[float, float]:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    private = kilobytes["Private_Clean"] + kilobytes["Private_Dirty"]
    return round(kilobytes["Rss"] / 1024, 1), round(private / 1024, 1)
