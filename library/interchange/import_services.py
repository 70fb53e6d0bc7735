"""Bringing in practices by the table: taking the file, and the dry run that says of every row what it would do.

The dry run changes nothing but the batch itself. It reads the table twice: once for what it names, so that a row may
apply a model that stands further down, and once row by row, some hundreds at a time.
"""

from __future__ import annotations

import secrets
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Final, cast

from sqlalchemy import delete, func, insert, select, tuple_
from sqlalchemy.orm import Session

from library import record
from library.attachments.reasons import Refused
from library.attachments.storage import FileStore
from library.auditing import audit
from library.choices import BatchDeed, BatchKind, BatchState, PracticeState, Provenance
from library.document import Known, with_replacements
from library.interchange.batch_services import Claim
from library.interchange.heads import Head, head_of
from library.interchange.identifying import Found, Registry
from library.interchange.partiality_queries import Interests, interests_of, partial_to
from library.interchange.queries import registry_of
from library.interchange.row_checks import (
    Given,
    Message,
    document_in,
    faults_in,
    message,
    understood,
    warnings_in,
    without_files,
)
from library.models import Account, Batch, BatchRow, Revision
from library.publishing import known_to
from library.tables.merging import merged
from library.tables.queries import speech_of
from library.tables.reading import Row, Table, opened
from library.tables.refusals import RefusedTable, TableReason
from library.tables.speech import Speech

SLICE: Final = 200  # rows between two looks at the database
GROUPS: Final = 60  # kinds of message that are counted one by one
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an adviser chose for the practices that a table brings.

    :param provenance: who wrote the new ones.
    :param state: published, or archived at once with the reason.
    :param overwrite: whether to change records that were revised since the table was made.
    """

    provenance: Provenance = Provenance.COMPILED
    state: PracticeState = PracticeState.PUBLISHED
    reason: str = ""
    overwrite: bool = False


def take(
    session: Session, upload: BinaryIO, *, filename: str | None, wishes: Wishes, actor: Account, files: FileStore
) -> Batch:
    """Look through a file and keep it for the worker.

    :return: the batch, flushed, waiting to be checked.
    :raises Refused: if it is none that anybody should open.
    :raises RefusedTable: if it is no table of practices.
    """
    speech = speech_of(session, actor.language)
    with opened(upload, filename) as table:
        head_of(table, speech)
        recognised, name = table.recognised, table.filename
    key = secrets.token_hex(16)
    upload.seek(0)
    files.put(key, upload)
    batch = Batch(
        kind=BatchKind.IMPORT,
        actor_id=actor.id,
        filename=name,
        key=key,
        options={
            "provenance": wishes.provenance.value,
            "state": wishes.state.value,
            "reason": wishes.reason,
            "overwrite": wishes.overwrite,
            "encoding": recognised.encoding,
            "mark": recognised.mark,
            "separator": recognised.separator,
        },
    )
    session.add(batch)
    session.flush()
    audit(session, "batch.take", actor=actor, subject=batch)
    return batch


# --- the dry run -------------------------------------------------------------------------------------------------


def check(work: Claim, files: FileStore) -> None:
    """Say of every row of a waiting table what it would do, and what is wrong with it.

    :raises Stopped: if the worker ends.
    """
    with work.sessions() as session:
        batch = session.get_one(Batch, work.batch_id)
        run = _run_of(session, batch)
        key, filename = str(batch.key), batch.filename
    with work.sessions.begin() as session:
        session.execute(delete(BatchRow).where(BatchRow.batch_id == work.batch_id))
    try:
        with files.open(key) as stored, TemporaryFile() as copy:
            shutil.copyfileobj(stored, copy)  # reading a workbook jumps about in it, which a bucket answers slowly
            with opened(cast("BinaryIO", copy), filename, checked=True) as table:
                faults = _check_table(work, run, table)
    except (Refused, RefusedTable) as refused:
        faults = [{"code": "refused", "reason": refused.reason.value}]
    except FileNotFoundError:
        faults = [{"code": "file-gone"}]
    with work.sessions.begin() as session:
        batch = session.get_one(Batch, work.batch_id)
        batch.faults, batch.options = faults, {**batch.options, **run.summary()}
        session.flush()
        bad = bool(faults) or run.counts["faulty"] > 0
        work.finish(session, BatchState.FAULTY if bad else BatchState.READY, total=run.total, done=0)


@dataclass(slots=True)
class Run:
    """One dry run: what is looked up once, and what is counted."""

    batch_id: int
    interests: Interests
    speech: Speech
    known: Known
    registry: Registry
    overwrite: bool
    total: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    groups: dict[tuple[str, str, str], Message] = field(default_factory=dict)
    seen: dict[Any, int] = field(default_factory=dict)

    def count(self, number: int, faults: Sequence[Message], deed: BatchDeed | None) -> None:
        """Count a row and what is to be said of it."""
        self.counts[deed.value if deed else "faulty"] += 1
        if any(fault.get("warning") for fault in faults):
            self.counts["warned"] += 1
        for fault in faults:
            key = (fault["code"], fault["column"], fault["value"] if fault["code"] == "unknown" else "")
            if key in self.groups or len(self.groups) < GROUPS:
                group = self.groups.setdefault(key, {**fault, "rows": 0, "first": number})
                group["rows"] += 1

    def summary(self) -> dict[str, Any]:
        """Return what the page of the batch needs to know of the whole."""
        groups = sorted(self.groups.values(), key=lambda group: (bool(group.get("warning")), -group["rows"]))
        return {"counts": dict(self.counts), "groups": groups}


def _run_of(session: Session, batch: Batch) -> Run:
    actor = session.get(Account, batch.actor_id) if batch.actor_id else None
    return Run(
        batch_id=batch.id,
        interests=interests_of(actor),
        speech=speech_of(session, actor.language if actor else "en"),
        known=known_to(session),
        registry=registry_of(session),
        overwrite=bool(batch.options.get("overwrite")),
    )


def _check_table(work: Claim, run: Run, table: Table) -> list[Message]:
    head = head_of(table, run.speech)
    if head.faults:
        return head.faults
    _announce(run, head, table)
    if not run.total:
        raise RefusedTable(TableReason.NO_ROWS)
    work.tell(0, total=run.total)
    rows = _data(table, head)
    done = 0
    while some := list(islice(rows, SLICE)):
        with work.sessions.begin() as session:
            found = list(_checked(session, run, head, some))
            session.execute(insert(BatchRow), found, execution_options={"render_nulls": True})
        done += len(some)
        work.tell(done)
    return []


def _data(table: Table, head: Head) -> Iterator[Row]:
    return (row for row in table.rows(head.sheet) if row[0] >= head.first)


def _announce(run: Run, head: Head, table: Table) -> None:
    """Count the rows, and learn the identifiers that they bring, which other rows may name as their model."""
    place = next((n for n, column in enumerate(head.columns) if column and column.name == "external_id"), None)
    incoming = set()
    for _, cells in _data(table, head):
        run.total += 1
        if place is not None and place < len(cells):
            incoming.add(cells[place].strip())
    run.known = replace(run.known, practices={*run.known.practices, *incoming} - {""})


def _checked(session: Session, run: Run, head: Head, rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    given = [(number, understood(cells, head.columns, run.speech, run.known)) for number, cells in rows]
    found = [run.registry.find(one) for _, one in given]
    former = _latest(session, [one.practice_id for one in found if one.practice_id])
    partial = partial_to(session, run.interests, list(former))
    for (number, one), record_of in zip(given, found, strict=True):
        yield _row(run, head, number, one, record_of, former.get(record_of.practice_id or 0), partial)


def _latest(session: Session, practices: Sequence[int]) -> dict[int, tuple[int, Document]]:
    """Return number and content of the public revision of each practice."""
    newest = select(Revision.practice_id, func.max(Revision.number)).where(Revision.practice_id.in_(practices))
    query = select(Revision.practice_id, Revision.number, Revision.content).where(
        tuple_(Revision.practice_id, Revision.number).in_(newest.group_by(Revision.practice_id))
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}


def _row(
    run: Run,
    head: Head,
    number: int,
    given: Given,
    found: Found,
    former: tuple[int, Document] | None,
    partial: set[int],
) -> dict[str, Any]:
    revision, before = former or (0, {})
    told = document_in(given)
    document = merged(before, told, head.known) if former else told
    # What a merge has changed since is no change that the table makes: both sides name what is in use now.
    said = with_replacements(document, run.known.replaced)
    planned = _deed(with_replacements(before, run.known.replaced), said, found)
    faults = [*found.faults, *faults_in(document, given, without_files(run.known, before))]
    if planned is not BatchDeed.KEEP:  # so that a list which was handed out comes in as it is, whoever sends it
        faults += _not_theirs(run, given, found, revision, document, partial)
    faults += _twice(run, number, given, found)
    warnings = warnings_in(document, before, given) + _same_title(run, document, former)
    deed = None if faults else planned
    kept = [*faults, *(warnings if deed is not BatchDeed.KEEP else [])]
    run.count(number, kept, deed)
    return {
        "batch_id": run.batch_id,
        "number": number,
        "deed": deed,
        "warned": any(fault.get("warning") for fault in kept),
        "practice_id": found.practice_id,
        "external_id": found.external_id or None,
        "title": _title(document),
        "faults": kept,
        "before": {"revision": revision, **({"restore": True} if found.restore else {})} if former else {},
        "after": {"document": said} if deed is not BatchDeed.KEEP else {"revision": revision},
    }


def _deed(before: Document, document: Document, found: Found) -> BatchDeed:
    if not before:
        return BatchDeed.CREATE
    return BatchDeed.KEEP if before == document and not found.restore else BatchDeed.CHANGE


def _not_theirs(
    run: Run, given: Given, found: Found, revision: int, document: Document, partial: set[int]
) -> Iterator[Message]:
    """Yield why a row may not do what it would: others have changed the record since, or others decide on it."""
    stated = given.cells.get("revision", "").strip()
    if revision and stated.isdigit() and int(stated) != revision and not run.overwrite:
        yield message("revision", stated, "revised", now=revision)
    yield from run.interests.faults(found.practice_id, document, partial)


def _twice(run: Run, number: int, given: Given, found: Found) -> list[Message]:
    """Return a fault where an earlier row speaks of the same record."""
    mark = found.practice_id or found.external_id
    if not mark:
        return []
    first = run.seen.setdefault(mark, number)
    column = "identifier" if given.raw.get("identifier") else "external_id"
    return [] if first == number else [message(column, given.raw.get(column, ""), "twice-in-file", first=first)]


def _same_title(run: Run, document: Document, former: tuple[int, Document] | None) -> list[Message]:
    """Return a warning where a new record has the title of one that is there."""
    if former:
        return []
    titles = ((code, str(text.get("title", ""))) for code, text in document[record.TEXT_KEY].items())
    return [
        message(f"title.{code}", title, "same-title", warning=True, practice=run.registry.titles[title.casefold()])
        for code, title in titles
        if title.casefold() in run.registry.titles
    ][:1]


def _title(document: Document) -> str:
    texts = document[record.TEXT_KEY]
    text: Document = texts.get(document.get("original_language")) or next(iter(texts.values()), {})
    return str(text.get("title", ""))[:200]
