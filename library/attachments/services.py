"""Storing and removing attachments, quotas, and collecting what nothing names any more."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO, Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from library.access import check_editable
from library.attachments.checks import MAX_FILE, Checked, checked
from library.attachments.queries import is_named
from library.attachments.reasons import Reason, Refused
from library.attachments.storage import FileStore
from library.auditing import audit
from library.choices import PracticeState
from library.models import Account, Attachment, Batch, Material, Practice, Submission, now

KEPT_FOR: Final = timedelta(days=7)  # what nothing names any more may be wanted back
UNCLAIMED_FOR: Final = timedelta(hours=2)  # bytes whose row is still in somebody's transaction
MONTH: Final = timedelta(days=30)
BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Quota:
    """How much is taken, in bytes and files."""

    file: int = MAX_FILE
    submission: int = 100_000_000
    account: int = 500_000_000  # in thirty days
    files: int = 50  # of one submission


def store(
    session: Session,
    submission: Submission,
    upload: BinaryIO,
    *,
    filename: str | None,
    actor: Account,
    files: FileStore,
    quota: Quota | None = None,
) -> Attachment:
    """Check a file and store what is harmless of it.

    The bytes come first: if the transaction fails they lie unclaimed and are collected.

    :return: the attachment, flushed; no document names it yet.
    :raises Refused: with the reason; nothing is stored then.
    :raises NotFound: for all but the submission's authors.
    :raises NotPermitted: while it is not theirs to write.
    """
    quota = quota or Quota()
    check_editable(submission, actor)
    with checked(upload, filename, largest=quota.file) as fit:
        _check_quota(session, submission, actor, fit.size, quota)
        attachment = _attachment(submission, actor, fit)
        files.put(attachment.key, fit.stream)
    session.add(attachment)
    session.flush()
    audit(session, "attachment.add", actor=actor, subject=attachment)
    return attachment


def remove(session: Session, submission: Submission, attachment: Attachment, *, actor: Account) -> None:
    """Remove a file of a submission whose document names it no more.

    What an adviser was sent or a revision shows stays. The bytes go with the next collection.

    :raises NotFound: for all but the submission's authors.
    :raises NotPermitted: while it is not theirs to write.
    """
    check_editable(submission, actor)
    audit(session, "attachment.remove", actor=actor, subject=attachment)
    if not is_named(session, attachment):
        session.delete(attachment)
        session.flush()


def collect_orphans(session: Session, files: FileStore, *, at: datetime | None = None) -> int:
    """Delete files that nothing has named for a week, those of erased practices, and bytes without a row.

    :param at: now, unless a test says otherwise.
    :return: how many rows and files went.
    """
    at = at or now()
    # Read before rows go: their bytes wait until that is committed, and go with the next collection.
    known = {*session.scalars(select(Attachment.key)), *session.scalars(select(Batch.key))}
    gone = _erased(session) + _unnamed(session, at - KEPT_FOR)
    return gone + _collect_bytes(files, known, at - UNCLAIMED_FOR)


# --- storing -----------------------------------------------------------------------------------------------------


def _attachment(submission: Submission, actor: Account, fit: Checked) -> Attachment:
    return Attachment(
        key=secrets.token_hex(16),
        submission_id=submission.id,
        account_id=actor.id,
        filename=fit.filename,
        media_type=fit.kind.media_type,
        size=fit.size,
        sha256=fit.sha256,
    )


def _check_quota(session: Session, submission: Submission, actor: Account, size: int, quota: Quota) -> None:
    own = select(func.coalesce(func.sum(Attachment.size), 0), func.count()).where(
        Attachment.submission_id == submission.id
    )
    stored, number = session.execute(own).one()
    if number >= quota.files:
        raise Refused(Reason.TOO_MANY)
    if stored + size > quota.submission:
        raise Refused(Reason.SUBMISSION_FULL)
    lately = select(func.coalesce(func.sum(Attachment.size), 0)).where(
        Attachment.account_id == actor.id, Attachment.created_at > now() - MONTH
    )
    if session.scalars(lately).one() + size > quota.account:
        raise Refused(Reason.ACCOUNT_FULL)


# --- collecting --------------------------------------------------------------------------------------------------


def _erased(session: Session) -> int:
    """Forget the files of erased practices at once: the law's erasure does not wait a week."""
    of_erased = select(Practice.id).where(Practice.state == PracticeState.ERASED)
    gone = list(session.scalars(select(Attachment.id).where(Attachment.practice_id.in_(of_erased))))
    session.execute(delete(Material).where(Material.attachment_id.in_(gone), Material.practice_id.in_(of_erased)))
    return _delete(session, (number for number in gone if not _in_use(session, number)))


def _in_use(session: Session, attachment_id: int) -> bool:
    """Return whether another practice shows a file."""
    return session.scalar(select(Material.id).where(Material.attachment_id == attachment_id).limit(1)) is not None


def _unnamed(session: Session, before: datetime) -> int:
    last, gone = 0, []
    while batch := _older(session, before, last):
        last = batch[-1].id
        gone += [attachment.id for attachment in batch if not is_named(session, attachment)]
    return _delete(session, iter(gone))


def _older(session: Session, before: datetime, last: int) -> list[Attachment]:
    query = select(Attachment).where(Attachment.created_at < before, Attachment.id > last)
    return list(session.scalars(query.order_by(Attachment.id).limit(BATCH)))


def _delete(session: Session, ids: Iterator[int]) -> int:
    gone = list(ids)
    for start in range(0, len(gone), BATCH):
        session.execute(delete(Attachment).where(Attachment.id.in_(gone[start : start + BATCH])))
    return len(gone)


def _collect_bytes(files: FileStore, known: set[str], before: datetime) -> int:
    gone = [name for name, since in files.all() if name not in known and since < before]
    for name in gone:
        files.remove_by_name(name)
    return len(gone)
