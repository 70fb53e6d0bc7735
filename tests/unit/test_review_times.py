"""How long authors waited, out of what happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from library.insight.times import Happened, Month, by_month, times

START = datetime(2026, 3, 1, tzinfo=UTC)


def happened(*steps: tuple[int, str, float]) -> list[Month]:
    """Return the months of steps, each (submission, step, day after the first of March)."""
    all_of = [Happened(number, step, START + timedelta(days=day)) for number, step, day in steps]
    return by_month(all_of, since=START)


def test_an_answer_counts_from_its_round_and_a_decision_from_the_first() -> None:
    [month] = happened((1, "submit", 0), (1, "request-changes", 4), (1, "submit", 10), (1, "accept", 12))

    assert month.answers.days == (2, 4)
    assert month.decisions.days == (12,)
    assert (month.year, month.month) == (2026, 3)


def test_months_are_those_of_the_answers_the_latest_first() -> None:
    later, earlier = happened((1, "submit", 0), (2, "submit", 1), (1, "decline", 2), (2, "accept", 40))

    assert (later.month, later.answers.days) == (4, (39,))
    assert (earlier.month, earlier.answers.days) == (3, (2,))


def test_what_was_withdrawn_waits_for_nothing() -> None:
    assert not happened((1, "submit", 0), (1, "withdraw", 3))
    [month] = happened((1, "submit", 0), (1, "withdraw", 3), (1, "submit", 10), (1, "accept", 11))
    assert (month.answers.days, month.decisions.days) == ((1,), (1,))


def test_an_answer_from_before_is_not_counted_and_ends_its_round() -> None:
    [month] = happened((1, "submit", -20), (1, "request-changes", -5), (1, "submit", 1), (1, "accept", 2))

    assert month.answers.days == (1,)
    assert month.decisions.days == (22,)


@pytest.mark.parametrize(
    ("days", "median", "ninetieth"),
    [
        ((), None, None),
        ((3,), 3, 3),
        ((1, 2), 1.5, 2),
        (range(1, 11), 5.5, 9),
        (range(1, 12), 6, 10),
        (reversed(range(1, 101)), 50.5, 90),
    ],
)
def test_median_and_ninetieth_percentile(days: tuple[int, ...], median: float | None, ninetieth: float | None) -> None:
    taken = times(days)

    assert (taken.median, taken.ninetieth) == (median, ninetieth)
