"""Where a submission stands, in one sentence: who has it, what happens next, what it needs from its authors. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask_babel import format_date, gettext
from flask_babel import lazy_gettext as _l

from library.choices import SubmissionState
from library.models import Submission

# The lists of one's submissions, by what they need: what waits for the authors comes first.
GROUPS: Final[tuple[tuple[Any, frozenset[SubmissionState]], ...]] = (
    (_l("Waiting for you"), frozenset({SubmissionState.CHANGES_REQUESTED})),
    (_l("Drafts"), frozenset({SubmissionState.DRAFT})),
    (_l("With the advisers"), frozenset({SubmissionState.SUBMITTED, SubmissionState.IN_REVIEW})),
    (_l("Published"), frozenset({SubmissionState.ACCEPTED})),
    (_l("Declined"), frozenset({SubmissionState.DECLINED})),
    (_l("Withdrawn"), frozenset({SubmissionState.WITHDRAWN})),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A submission in a list.

    :param at: when something last happened to it.
    """

    submission: Submission
    at: datetime
    today: date

    @property
    def title(self) -> str:
        """Its title, or words for having none yet."""
        return title_of(self.submission)

    @property
    def revises(self) -> bool:
        """Whether it is a revision of what the public reads already."""
        return self.submission.base_revision is not None

    @property
    def next(self) -> str:
        """Who has it and until when."""
        return next_of(self.submission, self.today)


@dataclass(frozen=True, slots=True)
class Section:
    """Submissions that need the same."""

    title: str
    rows: list[Row]


def sections(found: Iterable[tuple[Submission, datetime]], *, today: date) -> list[Section]:
    """Return submissions by what they need; groups without any are left out."""
    rows = [Row(submission, at, today) for submission, at in found]
    grouped = [Section(str(title), [row for row in rows if row.submission.state in states]) for title, states in GROUPS]
    return [section for section in grouped if section.rows]


def title_of(submission: Submission) -> str:
    """Return the title, or words for having none yet."""
    return submission.title or str(gettext("Untitled case"))


def next_of(submission: Submission, today: date) -> str:
    """Return in one sentence what happens next."""
    match submission.state:
        case SubmissionState.DRAFT:
            return str(gettext("It is yours to write. Nobody else sees it until you send it in."))
        case SubmissionState.SUBMITTED | SubmissionState.IN_REVIEW:
            return _next_at_the_desk(submission, today)
        case SubmissionState.CHANGES_REQUESTED:
            return _changes_requested(submission)
        case SubmissionState.ACCEPTED:
            return str(gettext("It is published."))
        case SubmissionState.DECLINED:
            return str(gettext("It was declined."))
        case _:
            return str(gettext("It was withdrawn. You can take it up again."))


def _next_at_the_desk(submission: Submission, today: date) -> str:
    day, late = in_words(submission.due_on), submission.due_on is not None and submission.due_on < today
    if late:
        return str(gettext("You should have had an answer by %(day)s. The advisers see that it is late.", day=day))
    if submission.adviser is None:
        return str(gettext("An adviser will take it. You have an answer by %(day)s.", day=day))
    return str(gettext("%(adviser)s has it and means to answer by %(day)s.", adviser=submission.adviser.name, day=day))


def _changes_requested(submission: Submission) -> str:
    if submission.adviser is None:
        return str(gettext("Changes are needed. Make them and send it in again."))
    return str(
        gettext("%(adviser)s asks for changes. Make them and send it in again.", adviser=submission.adviser.name)
    )


def in_words(day: date | None) -> str:
    """Return a day as people write it; nothing for none."""
    return str(format_date(day, "long")) if day else ""
