"""Eight people save one draft at once: one wins each round, every other text is kept. The long run: make torture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.drafts import WRITERS, race

if TYPE_CHECKING:
    from factories.instances import Place

ROUNDS = 25


def test_eight_people_who_save_at_once_have_one_winner_a_round_and_lose_nothing(empty_place: Place) -> None:
    url = empty_place.url or f"sqlite:///{empty_place.instance / 'race.sqlite3'}"
    outcome = race(url.replace("postgresql://", "postgresql+psycopg://"), rounds=ROUNDS)
    assert len(outcome.winners) == ROUNDS
    assert len(outcome.typed) == ROUNDS * WRITERS
    assert len(outcome.kept) == ROUNDS * (WRITERS - 1)
    assert not outcome.lost
