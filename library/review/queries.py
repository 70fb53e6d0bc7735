"""What the desk reads. Each function runs a fixed number of statements, whatever the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from library.access import REVIEWERS, check_desk
from library.choices import SubmissionState
from library.deadlines import WITH_ADVISERS, is_overdue
from library.errors import NotFound
from library.lexicon import Lexicon, current
from library.models import (
    Account,
    Assessment,
    Comment,
    Opinion,
    Practice,
    Revision,
    Role,
    Submission,
    SubmissionAuthor,
    SubmissionEvent,
    SubmissionRound,
    now,
)

PER_PAGE: Final = 20
LATELY: Final = timedelta(days=90)
OPEN: Final = (*WITH_ADVISERS, SubmissionState.CHANGES_REQUESTED)
DECIDED: Final = (SubmissionState.ACCEPTED, SubmissionState.DECLINED)


class Queue(StrEnum):
    """A heap on the desk."""

    UNASSIGNED = "unassigned"
    MINE = "mine"
    OPINION = "opinion"
    OVERDUE = "overdue"
    WAITING = "waiting"
    OTHERS = "others"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Row:
    """A submission in a queue, with what was sent in last."""

    submission: Submission
    sent: SubmissionRound


def conditions(actor: Account, today: date) -> dict[Queue, ColumnElement[bool]]:
    """Return what puts a submission in each queue of an adviser."""
    with_advisers = Submission.state.in_(WITH_ADVISERS)
    asked = exists().where(
        Opinion.submission_id == Submission.id, Opinion.adviser_id == actor.id, Opinion.given_at.is_(None)
    )
    return {
        Queue.UNASSIGNED: with_advisers & Submission.adviser_id.is_(None),
        Queue.MINE: with_advisers & (Submission.adviser_id == actor.id),
        Queue.OPINION: Submission.state.in_(OPEN) & asked,
        Queue.OVERDUE: is_overdue(today),
        Queue.WAITING: Submission.state == SubmissionState.CHANGES_REQUESTED,
        Queue.OTHERS: with_advisers & (Submission.adviser_id != actor.id),
        Queue.DECIDED: Submission.state.in_(DECIDED) & (Submission.decided_at >= now() - LATELY),
    }


def lexicon(session: Session) -> Lexicon:
    """Return the vocabularies as they stand now."""
    return current(session)


def counts(session: Session, actor: Account, today: date) -> dict[Queue, int]:
    """Return how many submissions lie in each queue."""
    wanted = conditions(actor, today)
    sums = [func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in wanted.values()]
    found = session.execute(select(*sums).select_from(Submission)).one()
    return dict(zip(wanted, map(int, found), strict=True))


def rows(session: Session, actor: Account, queue: Queue, today: date, *, page: int) -> list[Row]:
    """Return one page of a queue: what is due first comes first, then what has waited longest.

    The queue of decisions shows the latest first.
    """
    order = (Submission.due_on.nulls_last(), Submission.submitted_at, Submission.id)
    if queue is Queue.DECIDED:
        order = (Submission.decided_at.desc(), Submission.id.desc())  # type: ignore[assignment] # as good an order
    later = aliased(SubmissionRound)
    newer = exists().where(later.submission_id == Submission.id, later.number > SubmissionRound.number)
    query = (
        select(Submission, SubmissionRound)
        .join(SubmissionRound, and_(SubmissionRound.submission_id == Submission.id, ~newer))
        .where(conditions(actor, today)[queue])
        .options(*_LISTED)
        .order_by(*order)
    )
    page_of = query.limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    return [Row(submission, sent) for submission, sent in session.execute(page_of)]


def at_the_desk(session: Session, identifier: int, actor: Account) -> Submission:
    """Return a submission with its authors, its adviser and its rounds.

    :raises NotFound: if there is none that this person may see here.
    """
    submission = session.scalars(select(Submission).where(Submission.id == identifier).options(*_WHOLE)).one_or_none()
    if submission is None or not submission.rounds:
        raise NotFound
    check_desk(submission, actor)
    return submission


def public_document(session: Session, submission: Submission) -> tuple[int, Mapping[str, Any]]:
    """Return the number and the content of the revision that is public; 0 and nothing for a new practice."""
    if submission.practice_id is None:
        return 0, {}
    query = select(Revision.number, Revision.content).where(Revision.practice_id == submission.practice_id)
    found = session.execute(query.order_by(Revision.number.desc()).limit(1)).one_or_none()
    return (found[0], found[1]) if found else (0, {})


def timeline(session: Session, submission: Submission) -> list[SubmissionEvent]:
    """Return what happened to a submission, in the order in which it happened."""
    query = select(SubmissionEvent).where(SubmissionEvent.submission_id == submission.id)
    query = query.options(joinedload(SubmissionEvent.actor)).order_by(SubmissionEvent.id)
    return list(session.scalars(query))


def opinions(session: Session, submission: Submission) -> list[Opinion]:
    """Return the second opinions on a submission, asked and given, oldest first."""
    query = select(Opinion).where(Opinion.submission_id == submission.id)
    query = query.options(joinedload(Opinion.adviser), joinedload(Opinion.asked_by)).order_by(Opinion.id)
    return list(session.scalars(query))


def assessment(session: Session, submission: Submission) -> Assessment | None:
    """Return the sheet of a submission, or ``None`` while nobody has saved one."""
    return session.get(Assessment, submission.id)


def open_comments(session: Session, submission: Submission) -> int:
    """Return how many threads are not settled."""
    threads = select(func.count(Comment.id)).where(Comment.submission_id == submission.id)
    return session.scalar(threads.where(Comment.parent_id.is_(None), Comment.resolved_at.is_(None))) or 0


def advisers(session: Session) -> Sequence[Account]:
    """Return everybody who works at the desk, by name, with their organisations."""
    query = select(Account).where(Account.active, Account.roles.any(Role.name.in_(REVIEWERS)))
    return session.scalars(query.options(selectinload(Account.organisations)).order_by(Account.name, Account.id)).all()


_AUTHORS: Final = selectinload(Submission.authors).options(
    joinedload(SubmissionAuthor.account), joinedload(SubmissionAuthor.organisation)
)
_LISTED: Final = (
    _AUTHORS,
    joinedload(Submission.adviser),
    joinedload(Submission.practice).selectinload(Practice.answered_by),
    selectinload(Submission.events),
    joinedload(Submission.owner),
)
_WHOLE: Final = (*_LISTED, selectinload(Submission.rounds))
