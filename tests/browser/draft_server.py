"""A library in a process of its own, which can be killed, and what it has stored."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.serving import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds


@dataclass
class DraftServer:
    """A library in demo mode on a port of its own.

    :param instance: its folder.
    :param signed_in: cookies of a session that goes on, for here a sign-in takes as long as it does in the world.
    """

    instance: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    signed_in: list[Any] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, and return when it answers."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIBRARY_", "DATABASE_"))}
        environment = {**kept, "LIBRARY_INSTANCE": str(self.instance), "LIBRARY_MODE": "demo"}
        command = [sys.executable, "-c", "from wsgi import command; command()", "demo", "--port", str(self.port)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
        )
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.address}/healthz", timeout=5):  # noqa: S310 - our own address
                    return
            except (urllib.error.URLError, ConnectionError):
                assert self.process.poll() is None, "the library ended before it answered"
                time.sleep(0.05)
        raise AssertionError("the library did not answer")

    def ensure(self) -> None:
        """Start it unless it runs."""
        if self.process is None or self.process.poll() is not None:
            self.start()

    def kill(self) -> None:
        """End it as a power cut does: at once, whatever it does."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    # --- what is stored

    def texts(self) -> list[str]:
        """Return everything that drafts and kept edits say, as JSON."""
        rows = self._rows("SELECT document FROM submission UNION ALL SELECT fields FROM kept_edit")
        return [json.dumps(json.loads(row[0]), ensure_ascii=False) for row in rows]

    def holds(self, text: str) -> bool:
        return any(text in stored for stored in self.texts())

    def drafts(self) -> list[tuple[int, int]]:
        """Return the number and version of each draft."""
        return [(row[0], row[1]) for row in self._rows("SELECT id, version FROM submission ORDER BY id")]

    def end_sessions(self) -> None:
        """Let every session run out."""
        self.signed_in = []
        with sqlite3.connect(self.instance / "library.sqlite3", timeout=30) as connection:
            connection.execute("DELETE FROM server_session")

    def _rows(self, statement: str) -> list[Any]:
        with sqlite3.connect(self.instance / "library.sqlite3", timeout=30) as connection:
            return connection.execute(statement).fetchall()
