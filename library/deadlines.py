"""When advisers mean to have answered, and how long a confirmation holds.

Knows models; decides nothing about who is reminded, or how.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from library.choices import SubmissionState
from library.models import Submission

ANSWER_WITHIN: Final = 14  # days from the day on which authors sent it in
AT_LEAST: Final = 7  # days for whoever takes one that has waited too long
SATURDAY: Final = 5
WITH_ADVISERS: Final = (SubmissionState.SUBMITTED, SubmissionState.IN_REVIEW)


def due_after(day: date, *, days: int = ANSWER_WITHIN) -> date:
    """Return the day on which an answer is due; one that falls on a weekend is due on Monday."""
    due = day + timedelta(days=days)
    return due + timedelta(days=7 - due.weekday()) if due.weekday() >= SATURDAY else due


def due_when_taken(submission: Submission, today: date) -> date:
    """Return when an adviser who takes a submission today should have answered: as promised, if that can still be."""
    soonest = due_after(today, days=AT_LEAST)
    promised = submission.due_on
    return promised if promised and promised >= today else soonest


def a_year_after(day: date) -> date:
    """Return the day until which a confirmation holds; one given on a leap day holds until the 28th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def is_overdue(today: date) -> ColumnElement[bool]:
    """Return the condition that a submission has waited for an adviser longer than was promised."""
    return Submission.state.in_(WITH_ADVISERS) & (Submission.due_on < today)


def overdue(session: Session, today: date) -> list[Submission]:
    """Return the submissions whose adviser has not answered in time, the longest first, with that adviser."""
    query = select(Submission).where(is_overdue(today), Submission.adviser_id.is_not(None))
    query = query.options(joinedload(Submission.adviser)).order_by(Submission.due_on, Submission.id)
    return list(session.scalars(query))
