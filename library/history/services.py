"""Taking a practice out of the search, bringing it back, and erasing it for good."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from library.choices import SubmissionState
from library.mail import MailKind, notify
from library.models import (
    Account,
    Adoption,
    Assessment,
    Attachment,
    Batch,
    BatchRow,
    Claim,
    Comment,
    Event,
    Invitation,
    KeptEdit,
    Notice,
    Opinion,
    Practice,
    PracticeAuthor,
    Reminder,
    Revision,
    Submission,
    SubmissionEvent,
    SubmissionRound,
)
from library.ownership import owners
from library.workflow import DECIDED, Step, SubmissionStep, advance, advance_submission


def archive(session: Session, practice: Practice, *, actor: Account, reason: str) -> None:
    """Take a practice out of the search; its page stays, marked with the reason, and its owners are told.

    :raises InvalidTransition: if it is not published, or the reason is blank.
    """
    advance(session, practice, Step.ARCHIVE, actor=actor, reason=reason.strip())
    _tell_owners(session, practice, MailKind.PRACTICE_ARCHIVED, actor=actor, reason=reason.strip())


def restore(session: Session, practice: Practice, *, actor: Account) -> None:
    """Bring an archived practice back.

    :raises InvalidTransition: if it is not archived.
    """
    advance(session, practice, Step.RESTORE, actor=actor)
    _tell_owners(session, practice, MailKind.PRACTICE_RESTORED, actor=actor)


def erase(session: Session, practice: Practice, *, actor: Account, reason: str) -> None:
    """Erase all that a practice says, in every revision and submission of it; number and address stay as a tombstone.

    The words leave the search index with the next job, and the files of the store with the next tidying up.

    :raises InvalidTransition: if it is erased already, or the reason is blank.
    """
    _tell_owners(session, practice, MailKind.PRACTICE_ERASED, actor=actor)
    advance(session, practice, Step.ERASE, actor=actor, reason=reason.strip())
    _forget_submissions(session, practice, actor=actor)
    _forget_batches(session, practice)
    _forget_content(practice)
    session.flush()
    for table in (Revision, PracticeAuthor, Claim, Reminder, Attachment, Adoption):
        session.execute(delete(table).where(table.practice_id == practice.id))
    earlier = update(Event).where(Event.practice_id == practice.id, Event.step != Step.ERASE)
    session.execute(earlier.values(reason=""))


def _forget_batches(session: Session, practice: Practice) -> None:
    """Empty what work in bulk remembers of a practice: which row did what with it stays, and what was wrong there."""
    rows = session.scalars(select(BatchRow).where(BatchRow.practice_id == practice.id)).all()
    for row in rows:
        row.title, row.external_id, row.before, row.after = "", None, {}, {}
        row.faults = [_without_words(fault) for fault in row.faults]
    batches = session.scalars(select(Batch).where(Batch.id.in_([row.batch_id for row in rows])))
    ours = {(row.batch_id, row.number) for row in rows}
    for batch in batches:
        groups = batch.options.get("groups", [])  # each repeats the first of its faults
        kept = [_without_words(one) if (batch.id, one.get("first")) in ours else one for one in groups]
        batch.options = {**batch.options, "groups": kept} if groups else batch.options


def _without_words(fault: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fault.items() if name not in ("why", "message")} | {"value": ""}


def _forget_content(practice: Practice) -> None:
    practice.owner = practice.model = practice.external_id = None
    practice.start_year = practice.end_year = practice.age_from = practice.age_to = None
    practice.confirmed_on = practice.confirm_by = None
    practice.material_languages = []
    for part in (
        practice.texts,
        practice.agencies,
        practice.concepts,
        practice.places,
        practice.partners,
        practice.evaluations,
        practice.recognitions,
        practice.grades,
        practice.materials,
        practice.sources,
    ):
        part.clear()


def _forget_submissions(session: Session, practice: Practice, *, actor: Account) -> None:
    """Empty what was sent in for a practice; what is still open is withdrawn."""
    submissions = session.scalars(select(Submission).where(Submission.practice_id == practice.id)).all()
    for submission in submissions:
        if submission.state not in {*DECIDED, SubmissionState.WITHDRAWN}:
            advance_submission(session, submission, SubmissionStep.WITHDRAW, actor=actor)
        submission.document, submission.title, submission.owner = {}, "", None
        submission.trail, submission.personal_data_checked = {}, ""
        submission.version += 1
    ids = [submission.id for submission in submissions]
    session.flush()
    for table in (SubmissionRound, Comment, Assessment, Opinion, KeptEdit, Invitation, Attachment):
        session.execute(delete(table).where(table.submission_id.in_(ids)))
    told = update(SubmissionEvent).where(SubmissionEvent.submission_id.in_(ids))
    session.execute(told.values(good="", reason=""))
    _forget_news(session, practice, ids)


def _forget_news(session: Session, practice: Practice, submissions: list[int]) -> None:
    """Forget news that waits for a digest, which would tell the title once more."""
    desks = [f"/{desk}/{number}" for desk in ("submissions", "review") for number in submissions]
    session.execute(delete(Notice).where(Notice.path.in_([f"/p/{practice.id}", *desks])))


def _tell_owners(session: Session, practice: Practice, kind: MailKind, *, actor: Account, reason: str = "") -> None:
    for owner in owners(session, practice):
        title = practice.title_in(owner.language)
        notify(session, kind, owner, path=f"/p/{practice.id}", title=title, actor=actor.name, reason=reason)
