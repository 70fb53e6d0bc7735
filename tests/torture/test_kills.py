"""A thousand kills of a process that writes the index; fifty of them are in `make test`. ``TORTURE_INDEX_KILLS``."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

from engine_kills import check, check_finished, kill_a_writer, prepare

KILLS = int(os.environ.get("TORTURE_INDEX_KILLS", "1000"))
SEED = int(os.environ.get("TORTURE_SEED", "2026"))


def test_the_index_equals_what_was_committed_after_each_kill(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)
    reached = prepare(tmp_path / "index")
    for number in range(1, KILLS + 1):
        kill_a_writer(tmp_path / "index", chance)
        reached = check(tmp_path / "index", reached)
        if chance.random() < 0.2:
            check_finished(tmp_path / "index")
        if number % 100 == 0:
            with capsys.disabled():
                sys.stdout.write(f"\n{number} kills, position {reached}, whole each time")
                sys.stdout.flush()
    check_finished(tmp_path / "index")
