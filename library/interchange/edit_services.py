"""Changing many practices at once: a batch like any other, whose rows are made of what is public now."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.auditing import audit
from library.choices import BatchDeed, BatchKind, BatchState, PracticeState
from library.document import Known, faults_of
from library.interchange.edits import Change, Edit, edited
from library.interchange.partiality_queries import Interests, interests_of, partial_to
from library.interchange.row_checks import message
from library.models import Account, Batch, BatchRow, Practice, Revision
from library.publishing import known_to
from library.record import TEXT_KEY

Document = Mapping[str, Any]


def prepare(session: Session, practices: Sequence[int], edit: Edit, *, actor: Account, name: str) -> Batch:
    """Write down what a change would make of each practice; nothing is changed before somebody confirms it.

    :param practices: numbers, in the order in which the batch lists them; those that are not public are left out.
    :param name: what the batch is called, in the words of whoever began it.
    :return: the batch, ready to be confirmed; faulty where a record could not say so.
    """
    known, interests = known_to(session), interests_of(actor)
    partial = partial_to(session, interests, practices)
    rows = [_row(number, *found, edit, known) for number, found in enumerate(_latest(session, practices), start=1)]
    for row in rows:
        _leave_to_others(row, interests, partial)
    faulty = any(row.deed is None for row in rows)
    options = {"change": edit.change.value, **({"reason": edit.value} if edit.change is Change.ARCHIVE else {})}
    batch = Batch(
        kind=BatchKind.EDIT,
        state=BatchState.FAULTY if faulty else BatchState.READY,
        actor_id=actor.id,
        filename=name[:200],
        options=options,
        total=len(rows),
        done=len(rows),
    )
    session.add(batch)
    session.flush()
    for row in rows:
        row.batch_id = batch.id
    session.add_all(rows)
    audit(session, "batch.edit", actor=actor, subject=batch)
    session.flush()
    return batch


def _latest(session: Session, practices: Sequence[int]) -> Iterator[tuple[int, int, Document]]:
    """Yield number, latest revision and document of published practices, in the order given."""
    latest = select(Revision.practice_id, func.max(Revision.number).label("number"))
    last = latest.where(Revision.practice_id.in_(practices)).group_by(Revision.practice_id).subquery()
    query = (
        select(Revision.practice_id, Revision.number, Revision.content)
        .join(last, (last.c.practice_id == Revision.practice_id) & (last.c.number == Revision.number))
        .join(Practice, Practice.id == Revision.practice_id)
        .where(Practice.state == PracticeState.PUBLISHED)
    )
    found = {row[0]: row for row in session.execute(query)}
    yield from ((row[0], row[1], row[2]) for identifier in dict.fromkeys(practices) if (row := found.get(identifier)))


def _row(number: int, practice_id: int, revision: int, before: Document, edit: Edit, known: Known) -> BatchRow:
    after = edited(before, edit)
    archives = edit.change is Change.ARCHIVE
    faults = [] if archives else [message("", "", "no-longer", why=fault) for fault in _faults(after, before, known)]
    deed = BatchDeed.ARCHIVE if archives else BatchDeed.KEEP if after == before else BatchDeed.CHANGE
    return BatchRow(
        number=number,
        practice_id=practice_id,
        title=str(before[TEXT_KEY][before["original_language"]].get("title", ""))[:200],
        deed=None if faults else deed,
        faults=faults,
        before={"revision": revision},
        after={"document": after} if deed is BatchDeed.CHANGE else {"revision": revision},
    )


def _leave_to_others(row: BatchRow, interests: Interests, partial: Collection[int]) -> None:
    """Mark a row that would change what its actor may not decide on."""
    found = interests.faults(row.practice_id, row.after.get("document", {}), partial)
    if found and row.deed is not BatchDeed.KEEP:
        row.deed, row.faults = None, [*row.faults, *found]


def _faults(after: Document, before: Document, known: Known) -> list[str]:
    """Return what a record could not say after a change that it may say now, such as an organisation twice."""
    former = {fault.sentence for fault in faults_of(before, known)}
    return [fault.sentence for fault in faults_of(after, known) if fault.sentence not in former]
