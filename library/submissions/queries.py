"""What the pages of those who write show, read with a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from library.access import check_author
from library.choices import PracticeState
from library.document import Document
from library.errors import NotFound
from library.models import (
    Account,
    Concept,
    Invitation,
    Organisation,
    Practice,
    Submission,
    SubmissionAuthor,
    SubmissionEvent,
)


def own_submission(session: Session, identifier: int, actor: Account) -> Submission:
    """Return a submission that somebody writes, with its authors and rounds.

    :raises NotFound: if there is none, or it is none of theirs.
    """
    query = (
        select(Submission)
        .where(Submission.id == identifier)
        .options(
            joinedload(Submission.adviser),
            joinedload(Submission.practice),
            selectinload(Submission.rounds),
            selectinload(Submission.authors).joinedload(SubmissionAuthor.account),
            selectinload(Submission.authors).joinedload(SubmissionAuthor.organisation),
        )
    )
    submission = session.scalars(query).one_or_none()
    if submission is None:
        raise NotFound
    check_author(submission, actor)
    return submission


def submissions_of(session: Session, actor: Account) -> list[tuple[Submission, datetime]]:
    """Return what somebody writes with the moment of its last change, the latest first."""
    last = (
        select(SubmissionEvent.submission_id, func.max(SubmissionEvent.created_at).label("at"))
        .group_by(SubmissionEvent.submission_id)
        .subquery()
    )
    query = (
        select(Submission, last.c.at)
        .outerjoin(last, last.c.submission_id == Submission.id)
        .where(Submission.authors.any(SubmissionAuthor.account_id == actor.id))
        .options(joinedload(Submission.adviser), joinedload(Submission.practice), selectinload(Submission.authors))
    )
    found = [(submission, max(submission.changed_at, at)) for submission, at in session.execute(query)]
    return sorted(found, key=lambda row: (row[1], row[0].id), reverse=True)


def events_of(session: Session, submission: Submission) -> list[SubmissionEvent]:
    """Return what happened to a submission, in order, with who did it."""
    query = select(SubmissionEvent).where(SubmissionEvent.submission_id == submission.id)
    return list(session.scalars(query.options(joinedload(SubmissionEvent.actor)).order_by(SubmissionEvent.id)))


def invitations_to(session: Session, submission: Submission) -> list[Invitation]:
    """Return the invitations that nobody has accepted yet, those that are over too, oldest first."""
    query = select(Invitation).where(Invitation.submission_id == submission.id, Invitation.accepted_at.is_(None))
    return list(session.scalars(query.options(joinedload(Invitation.organisation)).order_by(Invitation.id)))


def invitation_to(session: Session, submission: Submission, identifier: int) -> Invitation:
    """Return one of them.

    :raises NotFound: if there is none, or it is accepted, or invites to something else.
    """
    invitation = session.get(Invitation, identifier)
    if invitation is None or invitation.submission_id != submission.id or invitation.accepted_at is not None:
        raise NotFound
    return invitation


def concept(session: Session, identifier: str | None) -> Concept | None:
    """Return a concept, such as ``agencies/police``."""
    return session.get(Concept, identifier) if identifier else None


def organisations_in(session: Session, document: Document, actor: Account) -> list[Organisation]:
    """Return the organisations that authors may write for: those that the document names, and the person's own."""
    own = {body.id for body in actor.organisations}
    query = select(Organisation).where(Organisation.slug.in_(sorted(set(_named(document)))) | Organisation.id.in_(own))
    return list(session.scalars(query.order_by(Organisation.name)))


def _named(document: Document) -> Iterable[str]:
    yield from filter(None, [document.get("owner")])
    yield from document.get("municipalities") or ()
    yield from (row["slug"] for row in document.get("organisations") or () if "slug" in row)


def published_practice(session: Session, identifier: int) -> Practice:
    """Return a practice that the public sees.

    :raises NotFound: if there is none, or it is archived or erased.
    """
    practice = session.get(Practice, identifier)
    if practice is None or practice.state != PracticeState.PUBLISHED:
        raise NotFound
    return practice
