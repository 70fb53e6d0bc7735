"""Batches from beginning to end, whatever they change: claimed by a worker, applied as a whole, undone as a whole.

A batch is *ready* when each of its rows says what to do: ``deed``, ``practice_id`` (none for a new one),
``before["revision"]`` (the revision from which it starts; a record that has another by now is not touched), and
``after["document"]`` or, to archive, ``after["reason"]``. ``confirm`` hands it to the worker, which calls ``apply``.

Nothing is half done: all records change in one transaction, together with the state of the batch. What takes long,
reading and checking, comes before it, and tells how far it is in transactions of its own: SQLite has one writer, and
others must not wait.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO, Any, Final

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from library.attachments.storage import FileStore
from library.auditing import audit
from library.choices import BatchDeed, BatchKind, BatchState, PracticeState, Provenance
from library.errors import InvalidRecord, Overtaken
from library.indexing.outbox import enqueue
from library.interchange.owner_services import tell_owners
from library.mail import MailKind
from library.models import Account, Batch, BatchRow, Practice, Revision, now
from library.publishing import Piece, Published, known_to, publish_many
from library.publishing.many import checked
from library.workflow import Step, advance_many

LEASE: Final = timedelta(minutes=2)  # after which another worker takes up what nobody tells of any more
AT_ONCE: Final = 500
KEPT_FOR: Final = timedelta(days=30)  # documents of what was never applied, and files of what has faults
WORK: Final = (BatchState.WAITING, BatchState.CHECKING, BatchState.APPLYING, BatchState.UNDOING)
OPEN: Final = (BatchState.READY, BatchState.FAULTY)

Sessions = sessionmaker[Session]
Marked = tuple[int, dict[str, Any]]  # the number of a row, and what is wrong with it
_WHOLE_ROW: Final = {"column": "", "value": ""}


class Stopped(Exception):
    """The worker ends; the batch is taken up again from its beginning."""


# --- what people do ----------------------------------------------------------------------------------------------


def confirm(session: Session, batch: Batch, *, actor: Account) -> None:
    """Let a batch be applied by the worker.

    :raises Overtaken: if it is no longer as this person saw it.
    """
    _move(session, batch, (BatchState.READY,), BatchState.APPLYING)
    audit(session, "batch.confirm", actor=actor, subject=batch)


def check_again(session: Session, batch: Batch, *, actor: Account, overwrite: bool) -> None:
    """Let a table be looked through once more, for instance because an organisation was added meanwhile.

    :param overwrite: whether records may be changed that somebody has revised since the table was made.
    :raises Overtaken: if it is no longer as this person saw it, or its file is gone.
    """
    if batch.key is None:
        raise Overtaken
    _move(session, batch, OPEN, BatchState.WAITING)
    batch.options = {**batch.options, "overwrite": overwrite}
    audit(session, "batch.check", actor=actor, subject=batch)


def discard(session: Session, batch: Batch, *, actor: Account) -> None:
    """Give a batch up before anything was changed.

    :raises Overtaken: if it is being worked on, or done.
    """
    _move(session, batch, OPEN, BatchState.DISCARDED)
    audit(session, "batch.discard", actor=actor, subject=batch)
    session.execute(delete(BatchRow).where(BatchRow.batch_id == batch.id))


def ask_to_undo(session: Session, batch: Batch, *, actor: Account, leave_touched: bool) -> None:
    """Let a batch be undone by the worker.

    :param leave_touched: whether to leave records that somebody has changed since; else nothing is undone then.
    :raises Overtaken: if it is no longer as this person saw it.
    """
    _move(session, batch, (BatchState.APPLIED,), BatchState.UNDOING)
    batch.options = {**batch.options, "leave_touched": leave_touched, "undone_by": actor.id}
    audit(session, "batch.undo", actor=actor, subject=batch)


def _move(session: Session, batch: Batch, before: Sequence[BatchState], after: BatchState) -> None:
    """Take a batch from one state to the next; of two people who try at once, one does it."""
    moved: Any = session.execute(
        update(Batch)
        .where(Batch.id == batch.id, Batch.state.in_(before))
        .values(state=after, claimed_at=None, done=0, changed_at=now())
    )
    if moved.rowcount != 1:
        raise Overtaken
    session.refresh(batch)


# --- what the worker does ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Claim:
    """A batch that this worker has taken up."""

    sessions: Sessions
    batch_id: int
    state: BatchState
    stopping: Callable[[], bool]

    def tell(self, done: int, **values: Any) -> None:
        """Say how far it is, in a transaction of its own.

        :raises Stopped: if the worker ends.
        """
        if self.stopping():
            raise Stopped
        with self.sessions.begin() as session:
            at = {"done": done, "claimed_at": now(), **values}
            session.execute(update(Batch).where(Batch.id == self.batch_id).values(**at))

    def hold(self, session: Session) -> None:
        """Let nobody else write to the batch and its practices: what is seen of them from here on stays so.

        First of all in a transaction: SQLite shows it what was there when it first looked, and then lets it write
        only if nobody else has meanwhile.

        :raises Overtaken: if another worker has ended this piece of work.
        """
        ours = update(Batch).where(Batch.id == self.batch_id, Batch.state == self.state)
        held: Any = session.execute(ours.values(claimed_at=now()))
        if held.rowcount != 1:
            raise Overtaken
        named = select(BatchRow.practice_id).where(BatchRow.batch_id == self.batch_id)
        session.execute(select(Practice.id).where(Practice.id.in_(named)).order_by(Practice.id).with_for_update()).all()

    def finish(self, session: Session, state: BatchState, **values: Any) -> None:
        """End this piece of work in the transaction that did it.

        :raises Overtaken: if another worker has ended it, so that the caller rolls back.
        """
        ended: Any = session.execute(
            update(Batch)
            .where(Batch.id == self.batch_id, Batch.state == self.state)
            .values(state=state, claimed_at=None, changed_at=now(), **values)
        )
        if ended.rowcount != 1:
            raise Overtaken

    def release(self) -> None:
        """Let the next worker take it up at once."""
        with self.sessions.begin() as session:
            ours = update(Batch).where(Batch.id == self.batch_id, Batch.state == self.state)
            session.execute(ours.values(claimed_at=None))


def claim(sessions: Sessions, kinds: Iterable[BatchKind], *, stopping: Callable[[], bool]) -> Claim | None:
    """Take up the batch that has waited longest, if any waits; nobody else does then."""
    due = or_(Batch.claimed_at.is_(None), Batch.claimed_at < now() - LEASE)
    waiting = select(Batch.id, Batch.state).where(Batch.state.in_(WORK), Batch.kind.in_(list(kinds)), due)
    with sessions() as session:
        found = session.execute(waiting.order_by(Batch.id).limit(1)).one_or_none()
    if found is None:
        return None
    with sessions.begin() as session:
        free = update(Batch).where(Batch.id == found[0], Batch.state == found[1], due)
        state = BatchState.CHECKING if found[1] is BatchState.WAITING else found[1]
        taken: Any = session.execute(free.values(claimed_at=now(), state=state, done=0))
    return Claim(sessions, found[0], state, stopping) if taken.rowcount == 1 else None


# --- applying ----------------------------------------------------------------------------------------------------


def apply(work: Claim) -> None:
    """Do what every row of a batch says, all or nothing.

    Where a record was changed since the batch was checked, nothing is done and the rows say which.

    :raises Stopped: if the worker ends.
    """
    with TemporaryFile("w+", encoding="utf-8") as spooled:
        faults = _spool(work, spooled, lambda session: _pieces(session, work.batch_id))
        if not faults:
            with work.sessions.begin() as session:
                work.hold(session)
                faults = list(_overtaken(session, work.batch_id))
                if not faults:
                    _write(session, work, spooled)
    if faults:
        _refuse(work, faults)


def _spool(work: Claim, spooled: IO[str], pieces: Callable[[Session], Iterator[Piece]]) -> list[Marked]:
    """Check every document once more, for the vocabularies may have changed; put them aside for one swift writing."""
    faults: list[Marked] = []
    done = 0
    with work.sessions() as session:
        known = known_to(session)
        known = replace(known, practices={*known.practices, *session.scalars(_external_ids(work.batch_id))})
        for done, piece in enumerate(pieces(session), start=1):
            try:
                for one in checked([piece], known):
                    spooled.write(json.dumps(asdict(one)) + "\n")
            except InvalidRecord as error:
                faults.append((piece.mark, {**_WHOLE_ROW, "code": "no-longer", "why": "; ".join(error.problems[:3])}))
            if done % AT_ONCE == 0:
                work.tell(done)
    work.tell(done)
    return faults


def _external_ids(batch_id: int) -> Any:
    return select(BatchRow.external_id).where(BatchRow.batch_id == batch_id, BatchRow.external_id.is_not(None))


def _pieces(session: Session, batch_id: int) -> Iterator[Piece]:
    """Yield what the rows of a batch bring; those of an erased practice have lost it, which ``_overtaken`` tells."""
    for row in _rows(session, batch_id):
        if document := row.after.get("document"):
            revises = row.practice_id if row.deed is BatchDeed.CHANGE else None
            yield Piece(document, row.external_id, revises, row.number)


def _rows(session: Session, batch_id: int) -> Iterator[Any]:
    """Yield the rows that bring a document, without holding all of them at once."""
    wanted = BatchRow.deed.in_([BatchDeed.CREATE, BatchDeed.CHANGE])
    columns = (BatchRow.number, BatchRow.deed, BatchRow.practice_id, BatchRow.external_id, BatchRow.after)
    query = select(*columns).where(BatchRow.batch_id == batch_id, wanted).order_by(BatchRow.number)
    return iter(session.execute(query.execution_options(yield_per=AT_ONCE)))


def _overtaken(session: Session, batch_id: int) -> Iterator[Marked]:
    """Yield the rows whose records are not as they were when they were checked."""
    latest = select(func.max(Revision.number)).where(Revision.practice_id == BatchRow.practice_id).scalar_subquery()
    query = (
        select(BatchRow.number, BatchRow.before, latest, Practice.state)
        .outerjoin(Practice, Practice.id == BatchRow.practice_id)
        .where(BatchRow.batch_id == batch_id, BatchRow.deed.in_([BatchDeed.CHANGE, BatchDeed.ARCHIVE]))
    )
    for number, before, revision, state in session.execute(query):
        expected = PracticeState.ARCHIVED if before.get("restore") else PracticeState.PUBLISHED
        if revision != before.get("revision") or state is not expected:
            yield number, {**_WHOLE_ROW, "code": "overtaken"}
    taken = select(BatchRow.number).join(Practice, Practice.external_id == BatchRow.external_id)
    for number in session.scalars(taken.where(BatchRow.batch_id == batch_id, BatchRow.deed == BatchDeed.CREATE)):
        yield number, {**_WHOLE_ROW, "code": "overtaken"}


def _refuse(work: Claim, faults: list[Marked]) -> None:
    with work.sessions.begin() as session:
        for number, fault in faults:
            row = session.get_one(BatchRow, (work.batch_id, number))
            row.faults, row.deed = [*row.faults, fault], None
        work.finish(session, BatchState.FAULTY, done=0)


def _write(session: Session, work: Claim, spooled: IO[str]) -> None:
    batch = session.get_one(Batch, work.batch_id)
    actor = session.get(Account, batch.actor_id) if batch.actor_id else None
    note = batch.options.get("note", "")
    _restore(session, batch, actor)
    provenance = Provenance(batch.options.get("provenance", Provenance.COMPILED))
    pieces = _spooled(spooled)
    for done in publish_many(session, pieces, provenance=provenance, enqueue=enqueue, actor=actor, note=note):
        _note(session, batch.id, done)
    _write_notes(session)
    _archive(session, batch, actor)
    audit(session, "batch.apply", actor=actor, subject=batch)
    work.finish(session, BatchState.APPLIED, applied_at=now())


def _spooled(spooled: IO[str]) -> Iterator[Piece]:
    """Yield the pieces that were put aside: those that apply no model first, for others may apply them."""
    for with_model in (False, True):
        spooled.seek(0)
        for line in spooled:
            piece = Piece(**json.loads(line))
            if bool(piece.document.get("model")) is with_model:
                yield piece


def _note(session: Session, batch_id: int, done: Published) -> None:
    """Remember what has become of a row; written some hundreds at once."""
    notes = session.info.setdefault("batch-rows", [])
    row = {"batch_id": batch_id, "number": done.mark, "practice_id": done.practice_id}
    notes.append({**row, "after": {"revision": done.revision}})
    if len(notes) >= AT_ONCE:
        _write_notes(session)


def _write_notes(session: Session) -> None:
    notes = session.info.pop("batch-rows", [])
    if notes:
        session.execute(update(BatchRow), notes)


def _restore(session: Session, batch: Batch, actor: Account | None) -> None:
    """Bring back records that were archived because an import was undone, and that come in again."""
    rows = session.execute(_deeds(batch.id, BatchDeed.CHANGE, BatchRow.practice_id, BatchRow.before))
    again = [practice_id for practice_id, before in rows if before.get("restore")]
    for numbers in _in_turn(again):
        advance_many(session, numbers, Step.RESTORE, before=PracticeState.ARCHIVED, actor=actor)
        enqueue(session, numbers)


def _archive(session: Session, batch: Batch, actor: Account | None) -> None:
    """Archive what is to be archived: rows that say so, and new records where the adviser chose it."""
    reason = batch.options.get("reason", "")
    rows = session.execute(_deeds(batch.id, BatchDeed.ARCHIVE, BatchRow.practice_id, BatchRow.after)).all()
    by_reason: dict[str, list[int]] = {}
    for practice_id, after in rows:
        by_reason.setdefault(after.get("reason") or reason, []).append(practice_id)
    for why, practices in by_reason.items():
        for numbers in _in_turn(practices):
            tell_owners(session, numbers, MailKind.PRACTICE_ARCHIVED, actor=actor, reason=why)
    if batch.options.get("state") == PracticeState.ARCHIVED:
        created = session.scalars(_deeds(batch.id, BatchDeed.CREATE, BatchRow.practice_id))
        by_reason.setdefault(reason, []).extend(created)
    for why, practices in by_reason.items():
        for numbers in _in_turn(practices):
            advance_many(session, numbers, Step.ARCHIVE, before=PracticeState.PUBLISHED, actor=actor, reason=why)
            enqueue(session, numbers)


def _deeds(batch_id: int, deed: BatchDeed, *columns: Any) -> Any:
    return select(*columns).where(BatchRow.batch_id == batch_id, BatchRow.deed == deed).order_by(BatchRow.number)


def _in_turn(numbers: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (numbers[start : start + AT_ONCE] for start in range(0, len(numbers), AT_ONCE))


# --- undoing -----------------------------------------------------------------------------------------------------


def undo(work: Claim, *, reason: str) -> None:
    """Take back what a batch did: new records are archived, changed ones get their former content as a new revision.

    Identifiers and revisions stay: what was public once leads to something for ever, and says what became of it.

    :param reason: why the new ones are archived, as their pages say it.
    :raises Stopped: if the worker ends.
    """
    with TemporaryFile("w+", encoding="utf-8") as spooled:
        lost = _spool(work, spooled, lambda session: _former(session, work.batch_id))
        with work.sessions.begin() as session:
            work.hold(session)
            _undo(session, work, spooled, dict(lost), reason)


def _undo(session: Session, work: Claim, spooled: IO[str], lost: dict[int, dict[str, Any]], reason: str) -> None:
    """Take a batch back, or say which rows are in the way.

    :param lost: rows whose records can no longer say what they said before.
    """
    batch = session.get_one(Batch, work.batch_id)
    touched = {**lost, **_touched(session, batch)}
    leave = bool(batch.options.get("leave_touched"))
    batch.options = {**batch.options, "touched": len(touched)}
    session.execute(update(BatchRow).where(BatchRow.batch_id == batch.id).values(faults=[], warned=False))
    marks = [
        {"batch_id": batch.id, "number": number, "faults": [fault], "warned": True} for number, fault in touched.items()
    ]
    if marks:
        session.execute(update(BatchRow), marks)
    if touched and not leave:
        session.flush()
        work.finish(session, BatchState.APPLIED, done=0)
        return
    _take_back(session, batch, touched, spooled, reason)
    audit(session, "batch.undone", actor=session.get(Account, batch.options.get("undone_by") or 0), subject=batch)
    work.finish(session, BatchState.UNDONE, undone_at=now())


def _touched(session: Session, batch: Batch) -> dict[int, dict[str, Any]]:
    """Return the rows whose records somebody has changed since, with in which way."""
    latest = select(func.max(Revision.number)).where(Revision.practice_id == BatchRow.practice_id).scalar_subquery()
    query = (
        select(BatchRow.number, BatchRow.deed, BatchRow.before, BatchRow.after, latest, Practice.state)
        .outerjoin(Practice, Practice.id == BatchRow.practice_id)
        .where(BatchRow.batch_id == batch.id, BatchRow.deed.in_(_DONE))
    )
    archived = batch.options.get("state") == PracticeState.ARCHIVED
    found: dict[int, dict[str, Any]] = {}
    for number, deed, before, after, revision, state in session.execute(query):
        was = PracticeState.ARCHIVED if deed is BatchDeed.ARCHIVE or (archived and deed is BatchDeed.CREATE) else None
        if revision != after.get("revision", before.get("revision")):
            found[number] = {**_WHOLE_ROW, "code": "revised-since"}
        elif state is not (was or PracticeState.PUBLISHED):
            found[number] = {**_WHOLE_ROW, "code": "state-since"}
    return found


_DONE: Final = (BatchDeed.CREATE, BatchDeed.CHANGE, BatchDeed.ARCHIVE)


def _take_back(session: Session, batch: Batch, touched: Container[int], spooled: IO[str], reason: str) -> None:
    actor = session.get(Account, batch.options.get("undone_by") or 0)
    rows = session.execute(_all_done(batch.id)).all()
    by_deed = {deed: [row for row in rows if row.deed is deed and row.number not in touched] for deed in _DONE}
    if batch.options.get("state") != PracticeState.ARCHIVED:
        for numbers in _in_turn([row.practice_id for row in by_deed[BatchDeed.CREATE]]):
            advance_many(session, numbers, Step.ARCHIVE, before=PracticeState.PUBLISHED, actor=actor, reason=reason)
            enqueue(session, numbers)
    for numbers in _in_turn([row.practice_id for row in by_deed[BatchDeed.ARCHIVE]]):
        advance_many(session, numbers, Step.RESTORE, before=PracticeState.ARCHIVED, actor=actor)
        enqueue(session, numbers)
        tell_owners(session, numbers, MailKind.PRACTICE_RESTORED, actor=actor)
    pieces = (piece for piece in _spooled(spooled) if piece.mark not in touched)
    deque(publish_many(session, pieces, provenance=Provenance.COMPILED, enqueue=enqueue, actor=actor, note=reason), 0)
    again = [row.practice_id for row in by_deed[BatchDeed.CHANGE] if row.before.get("restore")]
    for numbers in _in_turn(again):
        advance_many(session, numbers, Step.ARCHIVE, before=PracticeState.PUBLISHED, actor=actor, reason=reason)
        enqueue(session, numbers)


def _all_done(batch_id: int) -> Any:
    columns = (BatchRow.number, BatchRow.deed, BatchRow.practice_id, BatchRow.before)
    return select(*columns).where(BatchRow.batch_id == batch_id, BatchRow.deed.in_(_DONE)).order_by(BatchRow.number)


def _former(session: Session, batch_id: int) -> Iterator[Piece]:
    """Yield what changed records said before; nothing of those that were erased since."""
    rows = session.execute(_deeds(batch_id, BatchDeed.CHANGE, BatchRow.number, BatchRow.practice_id, BatchRow.before))
    for chunk in _in_turn(rows.all()):
        some = {row.practice_id: row for row in chunk}
        query = select(Revision.practice_id, Revision.number, Revision.content).where(Revision.practice_id.in_(some))
        for practice_id, number, content in session.execute(query):
            if number == some[practice_id].before.get("revision"):
                yield Piece(content, None, practice_id, some[practice_id].number)


# --- tidying -----------------------------------------------------------------------------------------------------


def tidy(session: Session, *, at: datetime | None = None) -> None:
    """Give up batches that nobody has looked at for a month; their documents and files go."""
    old: ColumnElement[bool] = Batch.changed_at < (at or now()) - KEPT_FOR
    given_up = list(session.scalars(select(Batch.id).where(Batch.state.in_(OPEN), old)))
    session.execute(delete(BatchRow).where(BatchRow.batch_id.in_(given_up)))
    session.execute(update(Batch).where(Batch.id.in_(given_up)).values(state=BatchState.DISCARDED))


def collect_files(sessions: Sessions, files: FileStore) -> None:
    """Remove the files of batches that have ended."""
    ended = Batch.state.in_([BatchState.APPLIED, BatchState.UNDONE, BatchState.DISCARDED])
    with sessions() as session:
        ended_ones = session.execute(select(Batch.id, Batch.key).where(Batch.key.is_not(None), ended)).all()
    for number, key in ended_ones:
        files.remove(str(key))
        with sessions.begin() as session:
            session.execute(update(Batch).where(Batch.id == number).values(key=None))
