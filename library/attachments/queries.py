"""What is known of attachments: which files a document names, and whether anything names a file at all."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.attachments.kinds import PICTURES
from library.models import Attachment, KeptEdit, Material, Revision, Submission, SubmissionRound


def attachments_of(session: Session, submission: Submission) -> dict[str, Attachment]:
    """Return the files that a submission's document names, by key."""
    return by_key(session, list(keys_in(submission.document)))


def by_key(session: Session, keys: Collection[str]) -> dict[str, Attachment]:
    """Return attachments by key; keys that name none are left out."""
    if not keys:
        return {}
    return {file.key: file for file in session.scalars(select(Attachment).where(Attachment.key.in_(keys)))}


def pictures_of(session: Session, document: Mapping[str, Any]) -> frozenset[str]:
    """Return the keys of those files of a document that are pictures; ``warnings_of`` asks for them."""
    named = by_key(session, list(keys_in(document)))
    return frozenset(key for key, file in named.items() if file.media_type in PICTURES)


def keys_in(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys of the files that a document names among its materials."""
    rows = document.get("materials")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, Mapping) and isinstance(row.get("file"), str):
            yield row["file"]


def is_named(session: Session, attachment: Attachment) -> bool:
    """Return whether a draft, a kept edit, what was sent in, a revision or a practice names a file."""
    if session.scalar(select(Material.id).where(Material.attachment_id == attachment.id).limit(1)) is not None:
        return True
    return any(attachment.key in keys_in(document) for document in _documents(session, attachment))


def _documents(session: Session, attachment: Attachment) -> Iterator[Mapping[str, Any]]:
    """Yield the documents in which a file may be named: those of its submission and of its practice."""
    own = attachment.submission_id
    yield from session.scalars(select(Submission.document).where(Submission.id == own))
    yield from session.scalars(select(SubmissionRound.document).where(SubmissionRound.submission_id == own))
    yield from session.scalars(select(KeptEdit.fields).where(KeptEdit.submission_id == own))
    practice = attachment.practice_id
    if practice is not None:
        yield from session.scalars(select(Revision.content).where(Revision.practice_id == practice))
        revising = select(Submission.document).where(Submission.practice_id == practice)
        yield from session.scalars(revising)
