"""Batches: tables that were sent, and how they stand."""

from __future__ import annotations

from sqlalchemy.orm import Session

from factories.documents import a_document
from library.choices import BatchDeed, BatchKind, BatchState
from library.models import Account, Batch, BatchRow


def a_batch(session: Session, actor: Account, *, state: BatchState = BatchState.READY) -> Batch:
    """Return a table of one new practice that was checked; flushed."""
    made = Batch(kind=BatchKind.IMPORT, state=state, actor_id=actor.id, filename="practices.csv", total=1)
    session.add(made)
    session.flush()
    document = a_document()
    title = document["text"]["sv"]["title"]
    row = BatchRow(batch_id=made.id, number=2, deed=BatchDeed.CREATE, title=title, after={"document": document})
    session.add(row)
    session.flush()
    return made
