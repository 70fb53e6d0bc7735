"""Processes that are killed while they write: the index is whole each time. A thousand of them: `make torture`."""

from pathlib import Path

from engine_kills import run


def test_an_index_is_whole_after_each_of_fifty_kills(path: Path) -> None:
    assert run(path, seed=2026, kills=50).startswith("50 kills")
