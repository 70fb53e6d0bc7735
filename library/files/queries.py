"""Which attachment somebody may have."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from library import access
from library.attachments.queries import keys_in
from library.choices import PracticeState
from library.errors import NotFound
from library.models import Account, Attachment, Material, Practice, Submission


def readable(session: Session, key: str, *, actor: Account | None) -> tuple[Attachment, bool]:
    """Return an attachment, and whether everybody may have it.

    :param actor: who asks; ``None`` for a reader.
    :raises NotFound: for those who may not even know of it, and if there is none.
    """
    attachment = session.scalars(select(Attachment).where(Attachment.key == key)).one_or_none()
    if attachment is None:
        raise NotFound(key)
    if _is_shown(session, attachment):
        return attachment, True
    if actor is None or _of_erased(session, attachment) or not _may_read(session, attachment, actor):
        raise NotFound(key)
    return attachment, False


def _is_shown(session: Session, attachment: Attachment) -> bool:
    """Return whether a practice that the public sees, archived ones included, has it among its materials."""
    shown = select(Material.id).join(Practice, Practice.id == Material.practice_id)
    wanted = (Material.attachment_id == attachment.id, Practice.state != PracticeState.ERASED)
    return session.scalar(shown.where(*wanted).limit(1)) is not None


def _of_erased(session: Session, attachment: Attachment) -> bool:
    practice = session.get(Practice, attachment.practice_id) if attachment.practice_id else None
    return practice is not None and practice.state == PracticeState.ERASED


def _may_read(session: Session, attachment: Attachment, actor: Account) -> bool:
    """Return whether somebody writes the submission, or was sent it: advisers see what was sent in, and no more."""
    submission = session.get(Submission, attachment.submission_id) if attachment.submission_id else None
    if submission is None:
        return False
    if access.is_author(submission, actor):
        return True
    sent = any(attachment.key in keys_in(sent.document) for sent in submission.rounds)
    return sent and access.reviews(actor) and access.is_at_the_desk(submission)
