"""What the pages of an import read. Each function runs a fixed number of statements, whatever the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from library.choices import BatchKind
from library.errors import NotFound
from library.models import Batch, BatchRow, ConceptChange, ConceptScheme
from library.vocabulary.comparing import Deed

A_PAGE: Final = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One concept that an import changes."""

    id: str
    before: dict[str, Any]
    after: dict[str, Any]


def batch(session: Session, identifier: int) -> Batch:
    """Return an import of a vocabulary.

    :raises NotFound: if there is none.
    """
    query = select(Batch).where(Batch.id == identifier, Batch.kind == BatchKind.VOCABULARY)
    found = session.scalars(query.options(joinedload(Batch.actor))).one_or_none()
    if found is None:
        raise NotFound(str(identifier))
    return found


def schemes(session: Session) -> dict[str, dict[str, str]]:
    """Return code -> names of all vocabularies."""
    query = select(ConceptScheme.code, ConceptScheme.labels).order_by(ConceptScheme.code)
    return {code: dict(labels) for code, labels in session.execute(query)}


def about(session: Session, found: Batch) -> Row | None:
    """Return what an import changes in the vocabulary itself; ``None`` for nothing, or for one that is not compared."""
    rows = _rows(session, found, start=0, limit=1)
    return rows[0] if rows and rows[0].id == found.options["scheme"] and rows[0].before != rows[0].after else None


def rows(session: Session, found: Batch, deed: Deed, *, page: int) -> list[Row]:
    """Return a page of the concepts to which something is done."""
    start = _first(found, deed) + (page - 1) * A_PAGE
    last = _first(found, deed) + count(found, deed)
    return _rows(session, found, start=start, limit=max(0, min(A_PAGE, last - start)))


def count(found: Batch, deed: Deed) -> int:
    """Return to how many concepts something is done."""
    groups: dict[str, int] = found.options.get("groups", {})
    return groups.get(deed.value, 0)


def _first(found: Batch, deed: Deed) -> int:
    """Return the number of the first row of a group; row 0 is the vocabulary itself."""
    return 1 + sum(count(found, other) for other in list(Deed)[: list(Deed).index(deed)])


def _rows(session: Session, found: Batch, *, start: int, limit: int) -> list[Row]:
    """Return rows by their numbers: those of the comparison, or once it is applied those of the history."""
    scheme = found.options["scheme"]
    query = select(BatchRow.number, BatchRow.before, BatchRow.after).where(BatchRow.batch_id == found.id)
    picked = query.where(BatchRow.number >= start, BatchRow.number < start + limit).order_by(BatchRow.number)
    compared = session.execute(picked).all()
    if compared or found.applied_at is None:
        return [Row(_name(before, after, scheme), before, after) for _, before, after in compared]
    kept = select(ConceptChange.concept_id, ConceptChange.before, ConceptChange.after)
    kept = kept.where(ConceptChange.batch_id == found.id).order_by(ConceptChange.id)
    # The vocabulary itself comes first in the history too, but only if something was said of it.
    first = session.scalar(select(func.min(ConceptChange.id)).where(ConceptChange.batch_id == found.id))
    named = select(ConceptChange.concept_id).where(ConceptChange.id == first)
    ahead = session.scalar(named) == f"{scheme}/"
    offset = start if ahead else start - 1
    if offset < 0:
        return []
    return [
        Row(name.rstrip("/"), before, after)
        for name, before, after in session.execute(kept.offset(offset).limit(limit))
    ]


def _name(before: dict[str, Any], after: dict[str, Any], scheme: str) -> str:
    return str((after or before).get("id", scheme))
