"""What a measurement must say of itself: when, on what machine, by which command."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

MEMINFO = Path("/proc/meminfo")
ELSEWHERE: Final = (
    "--note",
    "--data",
    "--sets",
)  # a note has a place of its own; folders of one machine tell others nothing


def circumstances() -> dict[str, Any]:
    """Return command, moment, commit and machine."""
    arguments = sys.argv[1:]
    for name in ELSEWHERE:
        if name in arguments:
            at = arguments.index(name)
            del arguments[at : at + 2]
    return {
        "command": " ".join(["python -m", _program(), *arguments]),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": {
            "cores": os.cpu_count(),
            "memory_gb": _memory(),
            "processor": _processor(),
            "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
            "load_before": round(os.getloadavg()[0], 1),
        },
    }


def _program() -> str:
    """Return the module that was started, as one names it to start it again."""
    started = sys.modules["__main__"].__spec__
    return started.name.removesuffix(".__main__") if started else "benchmarks"


def commit() -> str:
    """Return the commit of the checkout, marked where files differ from it."""
    return _output("git", "describe", "--always", "--dirty", "--abbrev=10") or "no checkout"


def _memory() -> float | None:
    if not MEMINFO.exists():
        return None
    kilobytes = next(int(line.split()[1]) for line in MEMINFO.read_text().splitlines() if line.startswith("MemTotal"))
    return round(kilobytes / 1024**2, 1)


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor()
    )


def _output(*command: str) -> str:
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parent)
    return result.stdout.strip()
