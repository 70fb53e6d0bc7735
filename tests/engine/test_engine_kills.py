"""Processes that are killed while they write: the index is whole each time. A thousand of them: `make torture`."""

from pathlib import Path
from random import Random

from engine_kills import check, check_finished, kill_a_writer, prepare

KILLS = 50


def test_an_index_is_whole_after_each_of_fifty_kills(path: Path) -> None:
    random = Random(2026)
    reached = begun = prepare(path)
    for number in range(KILLS):
        kill_a_writer(path, random)
        reached = check(path, reached)
        if number % 5 == 0:
            check_finished(path)
    check_finished(path)
    assert reached > begun + KILLS, "writers were killed before they did anything"
