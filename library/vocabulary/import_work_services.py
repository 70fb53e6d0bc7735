"""Bringing a vocabulary in from a file: what the worker does. One batch at a time, each step claimed in the database.

Reading and comparing take seconds and write nothing; what is written is written in one transaction, together with the
state of the batch, so that a worker that dies leaves everything as it was, and another takes the batch up again.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from library.attachments.reasons import Refused as RefusedUpload
from library.attachments.storage import FileStore
from library.auditing import audit
from library.choices import BatchDeed, BatchKind, BatchState
from library.errors import RefusedFile
from library.models import Account, Batch, BatchRow, Concept, ConceptChange, now
from library.tables.reading import opened
from library.vocabulary import csv_form, reading, skos_reading, state_queries, state_services
from library.vocabulary.comparing import Deed, Difference, Missing, compare, faults_of
from library.vocabulary.desk_services import hold
from library.vocabulary.faults import Fault, FaultKind
from library.vocabulary.fixed import EXACTLY_ONE
from library.vocabulary.states import SchemeState, concept_of, mark, scheme_of

log = logging.getLogger(__name__)

LEASE: Final = timedelta(minutes=5)  # after which another worker takes up what nobody has ended
MOST_FAULTS: Final = 200  # that are kept; a file with more has one cause
DEED: Final = "import"  # in the history of the vocabularies
WORK: Final = (BatchState.WAITING, BatchState.CHECKING, BatchState.APPLYING, BatchState.UNDOING)
_DEEDS: Final = {
    Deed.ADDED: BatchDeed.CREATE,
    Deed.REMOVED: BatchDeed.ARCHIVE,
    Deed.DEPRECATED: BatchDeed.ARCHIVE,
}

Sessions = sessionmaker[Session]


class _Overtaken(Exception):
    """The vocabulary, or the batch, is no longer as it was; what was begun is rolled back."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__()
        self.faults = faults


def work(sessions: Sessions, store: FileStore) -> bool:
    """Do the next step of the import that waits longest; return whether there was any."""
    claimed = _claim(sessions)
    if claimed:
        _step(sessions, store, *claimed)
    return claimed is not None


def _claim(sessions: Sessions) -> tuple[int, BatchState] | None:
    """Take up the batch that waits longest; nobody else does then."""
    with sessions.begin() as session:
        free = or_(Batch.claimed_at.is_(None), Batch.claimed_at < now() - LEASE)
        waiting = select(Batch.id, Batch.state).where(Batch.kind == BatchKind.VOCABULARY, Batch.state.in_(WORK), free)
        found = session.execute(waiting.order_by(Batch.id).limit(1)).one_or_none()
        if found is None:
            return None
        identifier, state = found
        begun = BatchState.CHECKING if state is BatchState.WAITING else state
        mine = update(Batch).where(Batch.id == identifier, Batch.state == state, free)
        taken: Any = session.execute(mine.values(state=begun, claimed_at=now()))
        return (identifier, begun) if taken.rowcount == 1 else None


def _step(sessions: Sessions, store: FileStore, identifier: int, state: BatchState) -> None:
    does: dict[BatchState, Callable[[Session, Batch], None]] = {
        BatchState.CHECKING: partial(_check, store=store),
        BatchState.APPLYING: _apply,
        BatchState.UNDOING: _undo,
    }
    back = BatchState.APPLIED if state is BatchState.UNDOING else BatchState.FAULTY
    try:
        with sessions.begin() as session:
            does[state](session, session.get_one(Batch, identifier))
    except _Overtaken as overtaken:
        _end_apart(sessions, identifier, state, back, overtaken.faults)
    except Exception:
        log.exception("the import of vocabulary %s failed", identifier)
        _end_apart(sessions, identifier, state, back, (Fault(FaultKind.FAILED),))


def _end_apart(
    sessions: Sessions, identifier: int, before: BatchState, after: BatchState, faults: tuple[Fault, ...]
) -> None:
    """End a step that was rolled back, with the reason."""
    with sessions.begin() as session:
        _finish(session, identifier, before, after, faults=[fault.as_json() for fault in faults])


def _finish(session: Session, identifier: int, before: BatchState, after: BatchState, **values: Any) -> None:
    ended: Any = session.execute(
        update(Batch)
        .where(Batch.id == identifier, Batch.state == before)
        .values(state=after, claimed_at=None, changed_at=now(), **values)
    )
    if ended.rowcount != 1:
        raise _Overtaken


# --- checking ----------------------------------------------------------------------------------------------------


def _check(session: Session, batch: Batch, *, store: FileStore) -> None:
    """Compare the file with the vocabulary, and keep the difference as rows of the batch."""
    options = batch.options
    before = state_queries.scheme_state(session, options["scheme"])
    known = state_queries.known_elsewhere(session, options["scheme"])
    after, faults, remarks = _read(batch, store, before, known)
    if options["fresh"] is not (before is None):
        faults = [Fault(FaultKind.OVERTAKEN)]
    now_there = before.concepts if before else {}
    differences: list[Difference] = []
    if not faults:
        differences = compare(now_there, after.concepts, Missing(options["missing"]))
        going = [one.id for one in differences if one.deed in (Deed.REMOVED, Deed.DEPRECATED)]
        faults = faults_of(
            now_there,
            differences,
            known=known.values(),
            used=state_services.used(session, going, scheme=after.code),
            exactly_one=after.code in EXACTLY_ONE,
        )
    session.execute(delete(BatchRow).where(BatchRow.batch_id == batch.id))
    if not faults:
        _keep_rows(session, batch, before, after, differences)
    groups = {deed.value: sum(1 for one in differences if one.deed is deed) for deed in Deed}
    about = {
        "mark": mark(before),
        "groups": {deed: count for deed, count in groups.items() if count} if not faults else {},
        "remarks": [remark.as_json() for remark in remarks],
        "faults": len(faults),
    }
    _finish(
        session,
        batch.id,
        BatchState.CHECKING,
        BatchState.FAULTY if faults else BatchState.READY,
        faults=[fault.as_json() for fault in faults[:MOST_FAULTS]],
        options={**options, **about},
        total=len(differences),
        done=len(differences),
    )


def _read(
    batch: Batch, store: FileStore, before: SchemeState | None, known: dict[str, str]
) -> tuple[SchemeState, list[Fault], list[Fault]]:
    options = batch.options
    existing = before or SchemeState(options["scheme"])
    try:
        with store.open(batch.key or "") as stream:
            content = stream.read(reading.MOST_BYTES + 1)
    except FileNotFoundError:
        return existing, [Fault(FaultKind.GONE)], []
    if batch.filename.lower().endswith(".ttl"):
        return _read_turtle(content, existing, options, known)
    return _read_table(content, batch.filename, existing, options, known)


def _read_turtle(
    content: bytes, existing: SchemeState, options: dict[str, Any], known: dict[str, str]
) -> tuple[SchemeState, list[Fault], list[Fault]]:
    if options.get("home"):  # so that what we have handed out is known again; an export writes it back
        content = content.replace(options["home"].encode(), reading.BASE.encode())
    try:
        found = reading.read(content)
    except reading.Broken as error:
        return existing, [Fault(FaultKind.NOT_TURTLE, line=error.line, detail=error.reason)], []
    read = skos_reading.scheme_in(found, options["scheme"], known=known, existing=existing, name=_name(options))
    return read.scheme, read.faults, read.remarks


def _read_table(
    content: bytes, filename: str, existing: SchemeState, options: dict[str, Any], known: dict[str, str]
) -> tuple[SchemeState, list[Fault], list[Fault]]:
    after = SchemeState(**{**existing.about(), "habits": existing.habits})
    if not after.labels:
        after.labels = _name(options)
    try:
        with opened(io.BytesIO(content), filename) as table:
            after.concepts, faults = csv_form.concepts_in(table.rows(table.sheets[0]), existing, known.values())
    except (RefusedUpload, RefusedFile) as refused:
        return existing, [Fault(FaultKind.REFUSED, detail=str(refused))], []
    if not after.labels:
        faults.append(Fault(FaultKind.NO_NAME))
    return after, faults, []


def _name(options: dict[str, Any]) -> dict[str, str]:
    return {options["language"]: options["name"]} if options["name"] else {}


def _keep_rows(
    session: Session, batch: Batch, before: SchemeState | None, after: SchemeState, differences: list[Difference]
) -> None:
    """Keep what is said of the vocabulary as row 0, and each concept that differs as a row of its own."""
    about = (before.about() if before else {}, after.about())
    rows = [
        {
            "batch_id": batch.id,
            "number": 0,
            "deed": BatchDeed.KEEP if about[0] == about[1] else BatchDeed.CHANGE,
            "title": "",
            "before": about[0],
            "after": about[1],
        }
    ]
    for number, one in enumerate(differences, start=1):
        shown = one.after or one.before
        rows.append(
            {
                "batch_id": batch.id,
                "number": number,
                "deed": _DEEDS.get(one.deed, BatchDeed.CHANGE),
                "title": shown.label() if shown else "",
                "before": one.before.as_json() if one.before else {},
                "after": one.after.as_json() if one.after else {},
            }
        )
    for some in state_services.chunks(rows):
        session.execute(insert(BatchRow), some)


# --- applying ----------------------------------------------------------------------------------------------------


def _apply(session: Session, batch: Batch) -> None:
    """Write the difference, if the vocabulary is still as it was when it was compared."""
    options, identifier = batch.options, batch.id
    scheme = options["scheme"]
    # First, for it takes what a transaction of SQLite has to have before it looks at anything.
    _finish(session, identifier, BatchState.APPLYING, BatchState.APPLIED, applied_at=now(), key=None, faults=[])
    hold(session, scheme)
    if mark(state_queries.scheme_state(session, scheme)) != options["mark"]:
        raise _Overtaken(Fault(FaultKind.OVERTAKEN))
    query = select(BatchRow.number, BatchRow.before, BatchRow.after).where(BatchRow.batch_id == identifier)
    rows = session.execute(query.order_by(BatchRow.number)).all()
    pairs = [_pair(before, after) for _, before, after in rows[1:]]
    _check_still(session, scheme, pairs)
    about_before, about_after = rows[0].before, rows[0].after
    if about_before != about_after:
        state_services.write_scheme(session, scheme_of(about_after), fresh=not about_before)
    state_services.write_concepts(session, scheme, pairs)
    changes = [(f"{scheme}/", about_before, about_after)] if about_before != about_after else []
    changes += [((before or after)["id"], before, after) for _, before, after in rows[1:]]
    actor = session.get(Account, batch.actor_id) if batch.actor_id else None
    _keep_changes(session, identifier, scheme, changes, actor)
    session.execute(delete(BatchRow).where(BatchRow.batch_id == identifier))
    audit(session, "batch.apply", actor=actor, subject=session.get_one(Batch, identifier))


def _pair(before: dict[str, Any], after: dict[str, Any]) -> state_services.Pair:
    return concept_of(before) if before else None, concept_of(after) if after else None


def _check_still(session: Session, scheme: str, pairs: list[state_services.Pair]) -> None:
    """Ask again what other tables say, for they may have changed although the vocabulary has not.

    :raises _Overtaken: if something that goes is used by now, or something that is pointed at elsewhere is gone.
    """
    gone = [before.id for before, after in pairs if before and not after]
    targets = {
        target
        for _, after in pairs
        if after
        for several in (*after.relations.values(), [after.replaced_by])
        for target in several
        if target and not target.startswith(f"{scheme}/")
    }
    there = {one for some in state_services.chunks(targets) for one in session.scalars(_those(some))}
    if state_services.used(session, gone, scheme=scheme) or targets - there:
        raise _Overtaken(Fault(FaultKind.OVERTAKEN))


def _those(identifiers: list[str]) -> Any:
    return select(Concept.id).where(Concept.id.in_(identifiers))


def _keep_changes(
    session: Session, batch_id: int, scheme: str, changes: list[tuple[str, Any, Any]], actor: Account | None
) -> None:
    at = now()
    rows = [
        {
            "scheme_code": scheme,
            "concept_id": identifier,
            "deed": DEED,
            "before": before,
            "after": after,
            "batch_id": batch_id,
            "actor_id": actor.id if actor else None,
            "created_at": at,
        }
        for identifier, before, after in changes
    ]
    for some in state_services.chunks(rows):
        session.execute(insert(ConceptChange), some)


# --- undoing -----------------------------------------------------------------------------------------------------


def _undo(session: Session, batch: Batch) -> None:
    """Put everything back, if nothing that the import set was changed since."""
    scheme, identifier = batch.options["scheme"], batch.id
    _finish(session, identifier, BatchState.UNDOING, BatchState.UNDONE, undone_at=now(), faults=[])
    hold(session, scheme)
    query = select(ConceptChange.concept_id, ConceptChange.before, ConceptChange.after)
    changes = session.execute(query.where(ConceptChange.batch_id == identifier).order_by(ConceptChange.id)).all()
    there = state_queries.scheme_state(session, scheme)
    about = next(((before, after) for name, before, after in changes if name == f"{scheme}/"), None)
    concepts = [(name, before, after) for name, before, after in changes if name != f"{scheme}/"]
    faults = _in_the_way(session, there, about, concepts)
    if faults:
        raise _Overtaken(*faults[:MOST_FAULTS])
    state_services.write_concepts(session, scheme, [_pair(after, before) for _, before, after in concepts])
    if about:
        if about[0]:
            state_services.write_scheme(session, scheme_of(about[0]), fresh=False)
        else:
            state_services.remove_scheme(session, scheme)
    by = batch.options.get("undone_by")
    mine = update(ConceptChange).where(ConceptChange.batch_id == identifier)
    session.execute(mine.values(undone_at=now(), undone_by_id=by), execution_options={"synchronize_session": False})
    actor = session.get(Account, by) if by else None
    audit(session, "batch.undone", actor=actor, subject=session.get_one(Batch, identifier))


def _in_the_way(
    session: Session,
    there: SchemeState | None,
    about: tuple[dict[str, Any], dict[str, Any]] | None,
    concepts: list[tuple[str, dict[str, Any], dict[str, Any]]],
) -> list[Fault]:
    """Return what was changed or used since: undoing would take that away as well."""
    if there is None or (about and there.about() != about[1]):
        return [Fault(FaultKind.CHANGED_SINCE)]
    found = []
    for identifier, _before, after in concepts:
        is_now = there.concepts.get(identifier)
        if _still(is_now.as_json() if is_now else {}) != _still(after):
            found.append(Fault(FaultKind.CHANGED_SINCE, concept=identifier))
    added = [identifier for identifier, before, _ in concepts if not before]
    for identifier in sorted(state_services.used(session, added, scheme=there.code)):
        found.append(Fault(FaultKind.USED_SINCE, concept=identifier))
    going = set(added)
    ours = {identifier for identifier, _, _ in concepts}
    for concept in there.concepts.values():
        if concept.id not in ours and {*concept.broader, concept.replaced_by} & going:
            found.append(Fault(FaultKind.CHANGED_SINCE, concept=concept.id))
    if about and not about[0]:
        found.extend(Fault(FaultKind.CHANGED_SINCE, concept=one) for one in there.concepts if one not in going)
    return found


def _still(said: dict[str, Any]) -> dict[str, Any]:
    """Return a state without its place in the order, which says nothing of what was brought in."""
    return {name: value for name, value in said.items() if name != "position"}
