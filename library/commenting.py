"""Comments on a submission: what advisers remark on a field, what authors answer, and when it is settled.

Both desks use it, the authors' and the advisers'. Knows submissions and mail, and no request.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from library.access import check_decider, check_desk, check_reader, is_author
from library.auditing import audit
from library.choices import SubmissionState
from library.errors import NotFound, NotPermitted
from library.mail import MailKind, notify
from library.models import Account, Comment, Submission, now
from library.record import BY_NAME
from library.workflow import tell

TALKED_ABOUT: Final = frozenset(
    {SubmissionState.SUBMITTED, SubmissionState.IN_REVIEW, SubmissionState.CHANGES_REQUESTED}
)
MAX_COMMENT_CHARACTERS: Final = 5000
COMMENTED: Final = "comment"  # on the timeline


def threads(session: Session, submission: Submission) -> list[Comment]:
    """Return the comments that answer no other, oldest first, each with its replies and their authors."""
    query = (
        select(Comment)
        .where(Comment.submission_id == submission.id, Comment.parent_id.is_(None))
        .options(selectinload(Comment.author), selectinload(Comment.replies).selectinload(Comment.author))
        .order_by(Comment.id)
    )
    return list(session.scalars(query))


def comment_of(session: Session, submission: Submission, identifier: int) -> Comment:
    """Return a comment that opens a thread on this submission.

    :raises NotFound: if there is none, or it belongs to another submission.
    """
    found = session.get(Comment, identifier)
    if found is None or found.submission_id != submission.id or found.parent_id is not None:
        raise NotFound
    return found


def comment(session: Session, submission: Submission, *, actor: Account, field: str, body: str) -> Comment:
    """Remark on a field of a submission, or on the whole of it, and let its authors know.

    :param field: name of a field of the template; empty for the whole.
    :param body: plain text that is not blank.
    :return: the comment, flushed; the one that stands if the very same was just made.
    :raises NotFound: for those who may not see the submission at the desk, and for a field that does not exist.
    :raises NotPermitted: after a decision, and for its authors, who answer comments.
    """
    check_desk(submission, actor)
    if is_author(submission, actor):
        raise NotPermitted("authors answer comments on their own work")
    if field and field not in BY_NAME:
        raise NotFound
    _check_open(submission)
    made, new = _once(session, submission, actor=actor, field=field, body=body, parent=None)
    if new:
        tell(session, submission, COMMENTED, actor=actor)
        audit(session, "submission.comment", actor=actor, subject=submission)
        _let_know(session, submission, MailKind.COMMENT, _authors(submission), actor)
    return made


def reply(session: Session, parent: Comment, *, actor: Account, body: str) -> Comment:
    """Answer a comment; whoever opened the thread, the adviser and the authors get to know, save the one who writes.

    :return: the answer, flushed; the one that stands if the very same was just made.
    :raises NotFound: for those who may not see the submission.
    :raises NotPermitted: after a decision.
    """
    submission = _submission_of(session, parent)
    check_reader(submission, actor)
    _check_open(submission)
    made, new = _once(session, submission, actor=actor, field=parent.field, body=body, parent=parent)
    if new:
        audit(session, "submission.reply", actor=actor, subject=submission)
        _let_know(session, submission, MailKind.COMMENT, _other_side(submission, parent, actor), actor)
    return made


def resolve(session: Session, thread: Comment, *, actor: Account) -> None:
    """Settle a thread; settling it twice changes nothing.

    :raises NotFound: for those who may not see the submission at the desk.
    :raises NotPermitted: for its authors and their organisations: they say that it is done, the adviser that it is.
    """
    submission = _submission_of(session, thread)
    check_decider(submission, actor)
    if thread.resolved_at is None:
        thread.resolved_at = now()
        thread.resolved_by_id = actor.id
        audit(session, "submission.comment-resolved", actor=actor, subject=submission)
        _let_know(session, submission, MailKind.COMMENT_RESOLVED, _authors(submission), actor)


def reopen(session: Session, thread: Comment, *, actor: Account) -> None:
    """Open a settled thread again.

    :raises NotFound: for those who may not see the submission at the desk.
    :raises NotPermitted: for its authors and their organisations.
    """
    submission = _submission_of(session, thread)
    check_decider(submission, actor)
    if thread.resolved_at is not None:
        thread.resolved_at = thread.resolved_by_id = None
        audit(session, "submission.comment-reopened", actor=actor, subject=submission)


def _once(
    session: Session, submission: Submission, *, actor: Account, field: str, body: str, parent: Comment | None
) -> tuple[Comment, bool]:
    """Return the comment and whether it is new: a second click on the button makes no second one."""
    body = body.strip()
    query = select(Comment).where(Comment.submission_id == submission.id, Comment.author_id == actor.id)
    last = session.scalars(query.order_by(Comment.id.desc()).limit(1)).first()
    parent_id = parent.id if parent else None
    if last and (last.field, last.body, last.parent_id) == (field, body, parent_id) and last.resolved_at is None:
        return last, False
    made = Comment(submission_id=submission.id, parent_id=parent_id, field=field, author_id=actor.id, body=body)
    session.add(made)
    session.flush()
    return made, True


def _check_open(submission: Submission) -> None:
    if submission.state not in TALKED_ABOUT:
        raise NotPermitted("it is not with an adviser, or it is decided")


def _submission_of(session: Session, comment: Comment) -> Submission:
    return session.get_one(Submission, comment.submission_id)


def _authors(submission: Submission) -> list[Account]:
    return [author.account for author in submission.authors]


def _other_side(submission: Submission, thread: Comment, actor: Account) -> list[Account | None]:
    """Return who hears of an answer: advisers of an author's, authors of an adviser's."""
    if is_author(submission, actor):
        return [thread.author, submission.adviser]
    return [*_authors(submission), submission.adviser]


def _let_know(
    session: Session, submission: Submission, kind: MailKind, receivers: Iterable[Account | None], actor: Account
) -> None:
    path = f"/submissions/{submission.id}"
    for receiver in {account.id: account for account in receivers if account and account.id != actor.id}.values():
        at_desk = not is_author(submission, receiver)
        where = f"/review/{submission.id}" if at_desk else path
        notify(session, kind, receiver, path=where, title=submission.title, actor=actor.name)
