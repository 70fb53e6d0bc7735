"""The part ``files``: two hundred hostile files through the checks, and the memory that takes.

The files are made by one process and checked by another, which handles nothing but them, so that its peak is theirs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

LIST: Final = "files.json"
ROOT: Final = Path(__file__).resolve().parent.parent

Row = dict[str, Any]


def measure(folder: Path | None = None) -> list[Row]:
    """Return the row: how many files were refused or made harmless, in how many seconds, at which peak.

    :raises subprocess.CalledProcessError: if one is neither.
    """
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as own:
        place = folder or Path(own)
        _make(place)
        checking = [sys.executable, "-m", "benchmarks.files", "--check", str(place)]
        done = subprocess.run(checking, check=True, capture_output=True, text=True, cwd=ROOT)
    row: Row = json.loads(done.stdout)
    return [row]


def _make(folder: Path) -> None:
    """Write every file with what is expected of it; the factory belongs to the tests."""
    sys.path.insert(0, str(ROOT / "tests"))
    from factories.hostile_files import hostile

    listed = []
    for number, one in enumerate(hostile()):
        (folder / str(number)).write_bytes(one.make())
        listed.append({"name": one.filename, "expected": one.expected, "title": one.title})
    (folder / LIST).write_text(json.dumps(listed), encoding="utf-8")


def _check(folder: Path) -> Row:
    """Check every file as an upload is checked, and say what became of them all."""
    from library.attachments.checks import checked
    from library.attachments.reasons import Refused

    before, begun, outcomes = _peak(), time.perf_counter(), Counter[str]()
    for number, one in enumerate(json.loads((folder / LIST).read_text(encoding="utf-8"))):
        with (folder / str(number)).open("rb") as stream:
            try:
                with checked(stream, one["name"]):
                    reason = None
            except Refused as refused:
                reason = refused.reason.value
        if reason != one["expected"]:
            raise SystemExit(f"{one['title']}: {reason or 'taken'}, expected {one['expected'] or 'harmless'}")
        outcomes["refused" if reason else "made harmless"] += 1
    seconds = round(time.perf_counter() - begun, 1)
    return {
        "files": outcomes.total(),
        "refused": outcomes["refused"],
        "harmless": outcomes["made harmless"],
        "seconds": seconds,
        "idle_mb": before,
        "peak_mb": _peak(),
    }


def _peak() -> float:
    """Return the largest resident memory of this process so far, in MB.

    Not from ``getrusage``, which hands a child the peak of its parent.
    """
    status = Path(f"/proc/{os.getpid()}/status").read_text(encoding="ascii")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return round(int(peak.split()[1]) / 1000, 1)


if __name__ == "__main__":
    if sys.argv[1] == "--check":
        print(json.dumps(_check(Path(sys.argv[2]))))
    else:
        print(json.dumps(measure(Path(sys.argv[1]))[0]))
