"""How long authors waited for an answer, out of what happened to submissions. Pure: dates in, numbers out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Final, NamedTuple

from library.workflow import SubmissionStep

ANSWERS: Final = (SubmissionStep.ACCEPT, SubmissionStep.DECLINE, SubmissionStep.REQUEST_CHANGES)
DECISIONS: Final = (SubmissionStep.ACCEPT, SubmissionStep.DECLINE)
DAY: Final = 24 * 3600  # seconds


class Happened(NamedTuple):
    """One step of a submission."""

    submission_id: int
    step: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took: how often it happened, and half and nine tenths of it within so many days."""

    count: int
    median: float | None = None
    ninetieth: float | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """What advisers did in a month.

    :param answers: from each time that authors sent something in to the answer, whatever it was.
    :param decisions: from the first time to the decision, with all rounds between.
    """

    year: int
    month: int
    answers: Times
    decisions: Times


def by_month(happened: Iterable[Happened]) -> list[Month]:
    """Return the months in which advisers answered, the latest first.

    :param happened: in the order in which it happened.
    """
    answers: dict[tuple[int, int], list[float]] = defaultdict(list)
    decisions: dict[tuple[int, int], list[float]] = defaultdict(list)
    sent: dict[int, datetime] = {}
    first: dict[int, datetime] = {}
    for submission, step, at in happened:
        if step == SubmissionStep.SUBMIT:
            sent[submission] = at
            first.setdefault(submission, at)
        elif step in ANSWERS and submission in sent:
            answers[at.year, at.month].append(_days(sent.pop(submission), at))
            if step in DECISIONS:
                decisions[at.year, at.month].append(_days(first.pop(submission), at))
        elif step == SubmissionStep.WITHDRAW:
            sent.pop(submission, None)
            first.pop(submission, None)
    return [Month(*month, times(answers[month]), times(decisions[month])) for month in sorted(answers, reverse=True)]


def times(days: Sequence[float]) -> Times:
    """Return how often, the median and the 90th percentile (nearest rank: nine of ten took no longer)."""
    if not days:
        return Times(0)
    ranked = sorted(days)
    return Times(len(ranked), median(ranked), ranked[-(-len(ranked) * 9 // 10) - 1])


def _days(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start).total_seconds() / DAY)
