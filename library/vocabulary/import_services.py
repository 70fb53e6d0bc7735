"""Bringing a vocabulary in from a file: what people do. The worker reads, compares and writes (``import_work``).

A batch remembers the vocabulary as it was compared. It is applied only while that is still so, as a whole, and undone
as a whole; each concept's change is kept with what was before and after.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any, Final

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from library.attachments.storage import FileStore
from library.auditing import audit
from library.choices import BatchKind, BatchState
from library.errors import Overtaken
from library.models import Account, Batch, BatchRow, ConceptScheme, now
from library.vocabulary.comparing import Missing

# Codes that would hide behind pages of the desk or of the public vocabularies.
RESERVED: Final = frozenset({"add", "changes", "history", "imports", "missing", "suggest", "suggestions"})


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants a file to do.

    :param scheme: code of the vocabulary.
    :param fresh: whether it is a new one.
    :param name: of a new one whose file names it in no language of the library.
    :param language: of that name.
    :param home: the address below which this installation publishes its vocabularies, which a file may repeat.
    """

    scheme: str
    fresh: bool
    missing: Missing
    name: str = ""
    language: str = "en"
    home: str = ""


def is_taken(session: Session, code: str) -> bool:
    """Return whether a vocabulary has this code, or a page of the desk does."""
    return code in RESERVED or session.get(ConceptScheme, code) is not None


def begin(session: Session, stream: IO[bytes], filename: str, wish: Wish, *, actor: Account, store: FileStore) -> Batch:
    """Take a file in to be checked by the worker; nothing of the vocabulary is changed.

    :param filename: made harmless.
    """
    key = secrets.token_hex(16)
    store.put(key, stream)
    batch = Batch(
        kind=BatchKind.VOCABULARY,
        actor_id=actor.id,
        filename=filename,
        key=key,
        options={
            "scheme": wish.scheme,
            "fresh": wish.fresh,
            "missing": wish.missing.value,
            "name": wish.name,
            "language": wish.language,
            "home": wish.home,
        },
    )
    session.add(batch)
    session.flush()
    audit(session, "batch.begin", actor=actor, subject=batch)
    return batch


def confirm(session: Session, batch: Batch, *, actor: Account) -> None:
    """Let the worker bring in what was shown.

    :raises Overtaken: if the batch is no longer as this person saw it.
    """
    _move(session, batch, (BatchState.READY,), BatchState.APPLYING)
    audit(session, "batch.confirm", actor=actor, subject=batch)


def check_again(session: Session, batch: Batch, *, actor: Account) -> None:
    """Have the same file compared with the vocabulary as it is now.

    :raises Overtaken: if the batch is no longer as this person saw it, or its file is gone.
    """
    if batch.key is None:
        raise Overtaken
    _move(session, batch, (BatchState.READY, BatchState.FAULTY), BatchState.WAITING)
    audit(session, "batch.check", actor=actor, subject=batch)


def discard(session: Session, batch: Batch, *, actor: Account) -> None:
    """Give an import up before anything was changed.

    :raises Overtaken: if the batch is no longer as this person saw it.
    """
    _move(session, batch, (BatchState.READY, BatchState.FAULTY), BatchState.DISCARDED)
    session.execute(delete(BatchRow).where(BatchRow.batch_id == batch.id))
    audit(session, "batch.discard", actor=actor, subject=batch)


def ask_to_undo(session: Session, batch: Batch, *, actor: Account) -> None:
    """Let the worker take an import back.

    :raises Overtaken: if the batch is no longer as this person saw it.
    """
    _move(session, batch, (BatchState.APPLIED,), BatchState.UNDOING)
    batch.options = {**batch.options, "undone_by": actor.id}
    audit(session, "batch.undo", actor=actor, subject=batch)


def _move(session: Session, batch: Batch, before: Sequence[BatchState], after: BatchState) -> None:
    """Take a batch from one state to the next; of two people who try at once, one does it."""
    if batch.state not in before:
        raise Overtaken
    moved: Any = session.execute(
        update(Batch)
        .where(Batch.id == batch.id, Batch.state.in_(before))
        .values(state=after, claimed_at=None, faults=[], done=0, changed_at=now())
    )
    if moved.rowcount != 1:
        raise Overtaken
    session.refresh(batch)
