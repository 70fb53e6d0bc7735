"""How long authors waited for an answer, out of what happened to submissions. Pure: dates in, numbers out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
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
    """How long something took, each time it happened.

    :param days: in rising order.
    """

    days: tuple[float, ...] = ()

    @property
    def count(self) -> int:
        """How often it happened."""
        return len(self.days)

    @property
    def median(self) -> float | None:
        """Half of them took no longer than so many days."""
        return median(self.days) if self.days else None

    @property
    def ninetieth(self) -> float | None:
        """Nine of ten took no longer than so many days (nearest rank)."""
        return self.days[-(-len(self.days) * 9 // 10) - 1] if self.days else None


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

    @property
    def first_day(self) -> date:
        """The first day of the month."""
        return date(self.year, self.month, 1)


def by_month(happened: Iterable[Happened], *, since: datetime) -> list[Month]:
    """Return the months in which advisers answered, the latest first.

    :param happened: in the order in which it happened.
    :param since: answers from before are not counted; they end what was waited for all the same.
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
            waited = _days(sent.pop(submission), at)
            if at < since:
                continue
            answers[at.year, at.month].append(waited)
            if step in DECISIONS:
                decisions[at.year, at.month].append(_days(first[submission], at))
        elif step == SubmissionStep.WITHDRAW:
            sent.pop(submission, None)
            first.pop(submission, None)
    return [Month(*month, times(answers[month]), times(decisions[month])) for month in sorted(answers, reverse=True)]


def times(days: Iterable[float]) -> Times:
    """Return how long something took, out of the days of each time."""
    return Times(tuple(sorted(days)))


def _days(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start).total_seconds() / DAY)
