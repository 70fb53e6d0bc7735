"""What the policy tests look at: the files of this repository, as git sees them."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
BINARY = {".woff2", ".png", ".jpg", ".ico", ".mo", ".gz"}


@cache
def files(suffix: str = "", under: str = ".") -> tuple[Path, ...]:
    """Return the files that are in the repository, or would be after ``git add``."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", under]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    found = (ROOT / name for name in names if name.endswith(suffix) and name)
    return tuple(sorted(path for path in found if path.is_file() and path.suffix not in BINARY))


def name(path: Path) -> str:
    """Return a file's path as a reader of the repository knows it."""
    return path.relative_to(ROOT).as_posix()


def shown(faults: list[str] | set[str]) -> str:
    """Return faults one a line, for the message of a failed test."""
    return "\n" + "\n".join(sorted(faults))
