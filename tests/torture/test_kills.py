"""A thousand kills of a process that writes the index; fifty of them are in `make test`. ``TORTURE_INDEX_KILLS``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

from engine_kills import run

KILLS = int(os.environ.get("TORTURE_INDEX_KILLS", "1000"))
SEED = int(os.environ.get("TORTURE_SEED", "2026"))
AT_ONCE = 100  # kills of one index; then comes another


def test_the_index_equals_what_was_committed_after_each_kill(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(0, KILLS, AT_ONCE):
        said = run(tmp_path / f"index-{number}", SEED + number, min(AT_ONCE, KILLS - number))
        with capsys.disabled():
            sys.stdout.write(f"\n{number}: {said}")
            sys.stdout.flush()
