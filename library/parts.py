"""The part of a document for which one author answers: what their agency does, and the story it belongs to. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from library import record
from library.models import Submission, SubmissionAuthor

Document = Mapping[str, Any]


def digest_of_part(document: Document, agency_id: str | None) -> str:
    """Return a mark by which the part of an agency is recognised: its row, and the texts.

    :param agency_id: such as ``agencies/police``; ``None`` for an author of no agency, who answers for all of them.
    """
    agencies = [row for row in document.get("agencies") or () if agency_id in (None, _agency_of(row))]
    told = json.dumps([agencies, document.get(record.TEXT_KEY) or {}], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def has_changed_since_confirmed(submission: Submission, author: SubmissionAuthor) -> bool:
    """Return whether an author's part reads otherwise than when they said that it is right."""
    confirmed = author.confirmed_at is not None
    return confirmed and author.confirmed_part != digest_of_part(submission.document, author.agency_id)


def _agency_of(row: Any) -> str | None:
    return record.concept_id("agencies", str(row.get("code"))) if isinstance(row, Mapping) else None
