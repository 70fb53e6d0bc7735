"""What bulk work reads: batches with their rows, and what a table may name. A fixed number of statements each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session, joinedload

from library.choices import BatchDeed, BatchState
from library.errors import NotFound
from library.interchange.identifying import Known, Registry
from library.lexicon import current
from library.models import Batch, BatchRow, Organisation, Practice, PracticeText, Revision
from library.tables.speech import Speech

PER_PAGE: Final = 25


def speech_of(session: Session, language: str) -> Speech:
    """Return what words mean in a table, and how codes are told to readers of a language."""
    bodies = session.execute(select(Organisation.slug, Organisation.name, Organisation.names)).all()
    practices: dict[str, str] = {}
    for identifier, slug, external_id in session.execute(select(Practice.id, Practice.slug, Practice.external_id)):
        if external_id:
            practices |= {str(identifier): external_id, f"/p/{identifier}": external_id, slug: external_id}
    return Speech(
        lexicon=current(session),
        organisations={slug: (name, *names.values()) for slug, name, names in bodies},
        practices=practices | {code: code for code in practices.values()},
        shown={slug: names.get(language, name) for slug, name, names in bodies},
    )


def registry_of(session: Session) -> Registry:
    """Return every practice by every way to name it."""
    told = select(Practice.id, Practice.external_id, Practice.slug, Practice.state)
    undone = select(BatchRow.practice_id).join(Batch, Batch.id == BatchRow.batch_id)
    undone = undone.where(Batch.state == BatchState.UNDONE, BatchRow.deed == BatchDeed.CREATE)
    titles = select(PracticeText.title, PracticeText.practice_id)
    return Registry(
        by_id={row[0]: Known(row[0], row[1] or "", row[2], row[3]) for row in session.execute(told)},
        undone=frozenset(session.scalars(undone)),
        titles={title.casefold(): number for title, number in session.execute(titles)},
        bodies={row[0]: row[1] for row in session.execute(select(Organisation.slug, Organisation.id))},
    )


# --- batches -----------------------------------------------------------------------------------------------------


def batches(session: Session, *, page: int) -> tuple[Sequence[Batch], int]:
    """Return one page of all batches, the latest first, and how many there are."""
    query = select(Batch).options(joinedload(Batch.actor)).order_by(Batch.id.desc())
    total = session.scalar(select(func.count()).select_from(Batch)) or 0
    return session.scalars(query.limit(PER_PAGE).offset((page - 1) * PER_PAGE)).all(), total


def batch(session: Session, identifier: int) -> Batch:
    """Return a batch.

    :raises NotFound: if there is none.
    """
    found = session.scalars(select(Batch).where(Batch.id == identifier).options(joinedload(Batch.actor))).one_or_none()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Heap:
    """Some of the rows of a batch."""

    rows: Sequence[BatchRow]
    total: int


def _condition(heap: str) -> Any:
    if heap == "faulty":
        return BatchRow.deed.is_(None)
    if heap == "warned":
        return BatchRow.warned
    if heap == "touched":
        return func.length(cast(BatchRow.faults, String)) > 2  # more than []
    return BatchRow.deed == BatchDeed(heap)


def rows(session: Session, batch: Batch, heap: str, *, page: int) -> Heap:
    """Return one page of a heap of rows.

    :param heap: ``faulty``, ``warned``, ``touched``, or the code of a deed.
    """
    condition = BatchRow.batch_id == batch.id, _condition(heap)
    total = session.scalar(select(func.count()).select_from(BatchRow).where(*condition)) or 0
    query = select(BatchRow).where(*condition).order_by(BatchRow.number)
    return Heap(session.scalars(query.limit(PER_PAGE).offset((page - 1) * PER_PAGE)).all(), total)


def counts(session: Session, batch: Batch) -> dict[str, int]:
    """Return how many rows lie on each heap that is not empty."""
    by_deed = select(BatchRow.deed, func.count()).where(BatchRow.batch_id == batch.id).group_by(BatchRow.deed)
    found = {deed.value if deed else "faulty": number for deed, number in session.execute(by_deed)}
    warned = select(func.count()).select_from(BatchRow).where(BatchRow.batch_id == batch.id, BatchRow.warned)
    return found | {"warned": session.scalar(warned) or 0}


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
