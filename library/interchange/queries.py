"""What bulk work reads: batches with their rows, and what a table may name. A fixed number of statements each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from library.choices import BatchDeed, BatchKind, BatchState, PracticeState
from library.errors import NotFound
from library.interchange.identifying import Known, Registry
from library.models import Attachment, Batch, BatchRow, Event, Organisation, Practice, PracticeText, Revision

PER_PAGE: Final = 25
_OURS: Final = Batch.kind.in_([BatchKind.IMPORT, BatchKind.EDIT])  # those of vocabularies have pages of their own


def registry_of(session: Session) -> Registry:
    """Return every practice by every way to name it."""
    told = select(Practice.id, Practice.external_id, Practice.slug, Practice.state)
    titles = select(PracticeText.title, PracticeText.practice_id)
    return Registry(
        by_id={row[0]: Known(row[0], row[1] or "", row[2], row[3]) for row in session.execute(told)},
        undone=frozenset(session.scalars(_undone())),
        titles={title.casefold(): number for title, number in session.execute(titles)},
    )


def _undone() -> Any:
    """Return the query for practices that are archived because their import was undone, and that nobody archived since.

    The last step of such a practice is the archiving by the undoing, which lies between the applying and the end of
    the undoing; rows that the undoing left alone are marked.
    """
    newest = select(func.max(Event.id)).where(Event.practice_id == BatchRow.practice_id)
    last = newest.correlate(BatchRow).scalar_subquery()
    rows = select(BatchRow.practice_id).join(Batch, Batch.id == BatchRow.batch_id).join(Event, Event.id == last)
    return rows.where(
        Batch.state == BatchState.UNDONE,
        BatchRow.deed == BatchDeed.CREATE,
        ~BatchRow.warned,
        Event.to_state == PracticeState.ARCHIVED,
        Event.created_at.between(Batch.applied_at, Batch.undone_at),
    )


# --- batches -----------------------------------------------------------------------------------------------------


def batches(session: Session, *, page: int) -> tuple[Sequence[Batch], int]:
    """Return one page of all batches, the latest first, and how many there are."""
    query = select(Batch).where(_OURS).options(joinedload(Batch.actor)).order_by(Batch.id.desc())
    total = session.scalar(select(func.count()).select_from(Batch).where(_OURS)) or 0
    return session.scalars(query.limit(PER_PAGE).offset((page - 1) * PER_PAGE)).all(), total


def batch(session: Session, identifier: int) -> Batch:
    """Return a batch.

    :raises NotFound: if there is none.
    """
    query = select(Batch).where(Batch.id == identifier, _OURS).options(joinedload(Batch.actor))
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def _condition(heap: str) -> Any:
    if heap == "faulty":
        return BatchRow.deed.is_(None)
    if heap in ("warned", "touched"):
        return BatchRow.warned
    return BatchRow.deed == BatchDeed(heap)


def rows(session: Session, batch: Batch, heap: str, *, page: int) -> Sequence[BatchRow]:
    """Return one page of a heap of rows.

    :param heap: ``faulty``, ``warned``, ``touched``, or the code of a deed.
    """
    condition = BatchRow.batch_id == batch.id, _condition(heap)
    query = select(BatchRow).where(*condition).order_by(BatchRow.number)
    return session.scalars(query.limit(PER_PAGE).offset((page - 1) * PER_PAGE)).all()


def counts(session: Session, batch: Batch) -> dict[str, int]:
    """Return how many rows lie on each heap that is not empty."""
    by_deed = select(BatchRow.deed, func.count()).where(BatchRow.batch_id == batch.id).group_by(BatchRow.deed)
    found = {deed.value if deed else "faulty": number for deed, number in session.execute(by_deed)}
    own = select(func.count()).select_from(BatchRow).where(BatchRow.batch_id == batch.id)
    found["warned"] = session.scalar(own.where(BatchRow.warned)) or 0
    if batch.state in (BatchState.APPLIED, BatchState.UNDONE):  # what was said before is over: see ``undo``
        found["touched"] = found.pop("warned") if batch.options.get("touched") else 0
    return found


def row(session: Session, batch: Batch, number: int) -> BatchRow:
    """Return a row of a batch.

    :raises NotFound: if there is none.
    """
    found = session.get(BatchRow, (batch.id, number))
    if found is None:
        raise NotFound
    return found


def contents(session: Session, row: BatchRow) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a record said before a row and what it says after: documents, empty where there is none."""
    numbers = [n for n in (row.before.get("revision"), row.after.get("revision")) if n]
    kept: dict[int, dict[str, Any]] = {}
    if row.practice_id and numbers:
        query = select(Revision.number, Revision.content).where(
            Revision.practice_id == row.practice_id, Revision.number.in_(numbers)
        )
        kept = {found[0]: found[1] for found in session.execute(query)}
    before = kept.get(row.before.get("revision", 0), {})
    after = row.after.get("document") or kept.get(row.after.get("revision", 0), {})
    return before, after


def messages(session: Session, batch: Batch) -> Any:
    """Return the numbers and faults of all rows that have any, as they come."""
    query = select(BatchRow.number, BatchRow.faults).where(BatchRow.batch_id == batch.id).order_by(BatchRow.number)
    return session.execute(query.execution_options(yield_per=500))


def pictured(session: Session, document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the rows of what a document names, by code, as ``library.showing.draft`` takes them."""
    slugs = {document.get("owner"), *document.get("municipalities", ())}
    slugs |= {row.get("slug") for row in document.get("organisations", ())}
    keys = {row.get("file") for row in document.get("materials", ())}
    bodies = session.scalars(select(Organisation).where(Organisation.slug.in_(slugs)))
    models = select(Practice).where(
        Practice.external_id == document.get("model"), Practice.state == PracticeState.PUBLISHED
    )
    return {
        "bodies": {body.slug: body for body in bodies},
        "models": {str(model.external_id): model for model in session.scalars(models)},
        "files": {file.key: file for file in session.scalars(select(Attachment).where(Attachment.key.in_(keys)))},
    }
