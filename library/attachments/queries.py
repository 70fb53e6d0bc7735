"""What is known of attachments, for pages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.attachments.kinds import PICTURES
from library.attachments.naming import keys_in
from library.models import Attachment, Submission


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
