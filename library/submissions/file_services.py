"""Verbs for the files of a submission: a file and the row of the document that names it come and go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from sqlalchemy.orm import Session

from library.attachments import services as attachments
from library.attachments.queries import by_key
from library.attachments.reasons import Refused
from library.attachments.services import Quota
from library.attachments.storage import FileStore
from library.drafting.saving import save
from library.drafting.versions import Base
from library.models import Account, Attachment, Submission

MATERIALS: Final = "materials"
MAX_TITLE: Final = 120  # characters taken from a file's name


@dataclass(frozen=True, slots=True)
class Upload:
    """What was sent: a file and what its sender calls it."""

    stream: BinaryIO
    filename: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the files that were sent.

    :param added: in the order in which they were sent.
    :param refused: names as they were sent, each with its reason.
    """

    added: Sequence[Attachment]
    refused: Sequence[tuple[str, Refused]]


def add_files(
    session: Session,
    submission: Submission,
    uploads: Sequence[Upload],
    *,
    actor: Account,
    files: FileStore,
    quota: Quota,
) -> Outcome:
    """Store files and name them in the document; each is taken or refused for itself.

    :raises NotFound: for all but the submission's authors.
    :raises NotPermitted: while it is not theirs to write.
    """
    added: list[Attachment] = []
    refused: list[tuple[str, Refused]] = []
    for upload in uploads:
        try:
            added.append(
                attachments.store(
                    session,
                    submission,
                    upload.stream,
                    filename=upload.filename,
                    actor=actor,
                    files=files,
                    quota=quota,
                )
            )
        except Refused as reason:
            refused.append((upload.filename, reason))
    if added:
        rows = [_row(attachment, submission.language) for attachment in added]
        _change(session, submission, lambda kept: kept + rows, actor=actor)
    return Outcome(added, refused)


def describe_files(
    session: Session, submission: Submission, about: Mapping[str, Mapping[str, Any]], *, base: Base, actor: Account
) -> Submission:
    """Save what authors say of their files.

    :param about: key -> title, alt, language and licence.
    :param base: what the form was filled from.
    :raises EditedMeanwhile: if somebody has changed the materials since; what was typed is kept.
    """
    rows = [{k: v for k, v in {**row, **about.get(row.get("file", ""), {})}.items() if v} for row in _rows(submission)]
    return save(session, submission, {MATERIALS: rows}, base=base, actor=actor)


def remove_file(session: Session, submission: Submission, key: str, *, actor: Account) -> str:
    """Take a file out of the document and, where nothing else shows it, out of the library.

    :return: what it was called; empty if somebody else was faster.
    """
    title = next((str(row.get("title", "")) for row in _rows(submission) if row.get("file") == key), "")
    _change(session, submission, lambda kept: [row for row in kept if row.get("file") != key], actor=actor)
    attachment = by_key(session, [key]).get(key)
    if attachment is not None and attachment.submission_id == submission.id:
        attachments.remove(session, submission, attachment, actor=actor)
    return title


def _change(session: Session, submission: Submission, change: Any, *, actor: Account) -> None:
    """Change the rows as they are now, which nobody changes meanwhile: the row of the submission is held."""
    session.refresh(submission, with_for_update={"of": Submission})
    save(session, submission, {MATERIALS: change(_rows(submission))}, base=submission.version, actor=actor)


def _rows(submission: Submission) -> list[dict[str, Any]]:
    rows = submission.document.get(MATERIALS)
    return [dict(row) for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _row(attachment: Attachment, language: str) -> dict[str, Any]:
    title = attachment.filename.rpartition(".")[0].replace("_", " ").strip()[:MAX_TITLE]
    return {"file": attachment.key, "title": title or attachment.filename, "language": language}
