"""Making many documents public in one transaction, with a fixed number of statements for every few hundred of them.

What ``publish`` does with the objects of one practice, this does with rows, for the transaction of thousands must be
over before SQLite's other writers lose patience. No listener sees such rows: index jobs are written here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any, Final

from sqlalchemy import String, cast, delete, func, insert, literal, select, update
from sqlalchemy.orm import Session

from library import record
from library.choices import OrganisationRole, Origin, PracticeState, Provenance
from library.document import Document, Known, check, with_replacements
from library.models import (
    Account,
    Attachment,
    Base,
    Evaluation,
    Material,
    Organisation,
    Practice,
    PracticeAgency,
    PracticeConcept,
    PracticeOrganisation,
    PracticePlace,
    PracticeText,
    Recognition,
    Revision,
    Source,
    now,
)
from library.publishing.rows import (
    Row,
    agencies_of,
    concepts_of,
    evaluations_of,
    facts_of,
    numbered,
    plain,
    text_of,
    wanted_slug,
)
from library.workflow import Step, advance_many

AT_ONCE: Final = 500  # documents between two rounds of statements
_WITH_NULLS: Final = {"render_nulls": True}  # else each set of columns that are given becomes a statement
_PARTS: Final[tuple[Any, ...]] = (
    *(PracticeAgency, PracticeConcept, PracticePlace, PracticeOrganisation),
    *(Evaluation, Recognition, Material, Source),
)
_TEXT: Final = (
    *(PracticeText.practice_id, PracticeText.language, PracticeText.origin, PracticeText.made_from),
    *(PracticeText.title, PracticeText.summary, PracticeText.sections),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One document to be made public.

    :param external_id: of a new practice where it came from; ``None`` for one of its number.
    :param revises: number of the practice of which it is the next revision; ``None`` for a new one.
    :param mark: anything by which the caller knows it again.
    """

    document: Document
    external_id: str | None = None
    revises: int | None = None
    mark: int = 0


@dataclass(frozen=True, slots=True)
class Published:
    """What a piece has become."""

    mark: int
    practice_id: int
    revision: int


def checked(pieces: Iterable[Piece], known: Known) -> Iterator[Piece]:
    """Yield pieces whose documents fit the template, as plain as a revision keeps them. Touches no database.

    :raises InvalidRecord: for the first that does not fit.
    """
    for piece in pieces:
        document = with_replacements(piece.document, known.replaced)
        check(document, known, subject=piece.external_id or "practice")
        yield Piece(plain(document), piece.external_id, piece.revises, piece.mark)


def publish_many(
    session: Session,
    pieces: Iterable[Piece],
    *,
    provenance: Provenance,
    enqueue: Callable[[Session, Iterable[int]], None],
    actor: Account | None = None,
    note: str = "",
) -> Iterator[Published]:
    """Create practices from documents, or their next revisions; models must come before what applies them, or be there.

    :param pieces: documents that ``checked`` has let pass.
    :param provenance: who wrote the new ones; revisions keep theirs.
    :param enqueue: asks for practices to be indexed: ``indexing.outbox.enqueue``, which this layer does not know.
    :param note: what changed, for the lists of revisions.
    :return: what each has become; nothing happens to those that nobody asks for.
    :raises InvalidTransition: if a practice may not be revised in its state.
    """
    many = _Many(session, provenance, actor, note)
    waiting = iter(pieces)
    while chunk := list(islice(waiting, AT_ONCE)):
        done = many.publish(chunk)
        enqueue(session, [one.practice_id for one in done])
        yield from done


class _Many:
    """What is looked up once for all pieces."""

    def __init__(self, session: Session, provenance: Provenance, actor: Account | None, note: str) -> None:
        self._session, self._provenance, self._actor, self._note = session, provenance, actor, note
        self._slugs = set(session.scalars(select(Practice.slug)))
        self._bodies = dict(_pairs(session.execute(select(Organisation.slug, Organisation.id))))
        self._models = dict(_pairs(session.execute(select(Practice.external_id, Practice.id))))

    def publish(self, chunk: Sequence[Piece]) -> list[Published]:
        """Write a few hundred at once."""
        new = [piece for piece in chunk if piece.revises is None]
        revised = [(piece, piece.revises) for piece in chunk if piece.revises is not None]
        created = self._create(new)
        placed = [*created, *((number, piece) for piece, number in revised)]
        numbers = self._next_numbers([number for number, _ in placed])
        kept = self._clear([number for _, number in revised])
        if revised:
            columns = [{"id": number, **self._columns(p.document), "revised_at": now()} for p, number in revised]
            self._session.execute(update(Practice), columns)
        self._write_texts(placed, kept, numbers)
        self._write_parts(placed)
        self._write_models(placed)
        self._advance(Step.PUBLISH, [number for number, _ in created])
        self._advance(Step.REVISE, [number for _, number in revised])
        self._keep_revisions(placed, numbers)
        return [Published(piece.mark, number, numbers[number]) for number, piece in placed]

    def _create(self, pieces: Sequence[Piece]) -> list[tuple[int, Piece]]:
        if not pieces:
            return []
        rows = [
            {
                "external_id": piece.external_id,
                "slug": self._free_slug(piece.document),
                "provenance": self._provenance,
                **self._columns(piece.document),
            }
            for piece in pieces
        ]
        adding = insert(Practice).returning(Practice.id, sort_by_parameter_order=True)
        made = self._session.scalars(adding, rows, execution_options=_WITH_NULLS).all()
        unnamed = [number for number, piece in zip(made, pieces, strict=True) if piece.external_id is None]
        # Documents name a model by it, so everyone has one.
        named = update(Practice).where(Practice.id.in_(unnamed)).execution_options(synchronize_session=False)
        self._session.execute(named.values(external_id=literal("p").concat(cast(Practice.id, String))))
        self._models |= {piece.external_id: number for number, piece in zip(made, pieces, strict=True)}
        return list(zip(made, pieces, strict=True))

    def _columns(self, document: Document) -> Row:
        owner = document.get("owner")
        return {**facts_of(document), "owner_id": self._bodies[owner] if owner else None}

    def _free_slug(self, document: Document) -> str:
        wanted = slug = wanted_slug(document)
        number = 1
        while slug in self._slugs:
            number += 1
            slug = f"{wanted}-{number}"
        self._slugs.add(slug)
        return slug

    def _clear(self, numbers: Sequence[int]) -> dict[tuple[int, str], Row]:
        """Take away the rows of former revisions; return the texts, which remember how they came about."""
        if not numbers:
            return {}
        found = self._session.execute(select(*_TEXT).where(PracticeText.practice_id.in_(numbers))).mappings()
        kept = {(row["practice_id"], row["language"]): dict(row) for row in found}
        for part in (PracticeText, *_PARTS):
            gone = delete(part).where(part.practice_id.in_(numbers))
            self._session.execute(gone.execution_options(synchronize_session=False))
        return kept

    def _write_texts(
        self,
        placed: Sequence[tuple[int, Piece]],
        kept: Mapping[tuple[int, str], Row],
        numbers: Mapping[int, int],
    ) -> None:
        rows = []
        for number, piece in placed:
            for language, words in piece.document[record.TEXT_KEY].items():
                said, before = text_of(words), kept.get((number, language), {})
                same = bool(before) and all(before[name] == value for name, value in said.items())
                how = {
                    "origin": before.get("origin", Origin.ORIGINAL),
                    "made_from": before["made_from"] if same else numbers[number],
                }
                rows.append({"practice_id": number, "language": language, **said, **how})
        _insert(self._session, PracticeText, rows)

    def _write_parts(self, placed: Sequence[tuple[int, Piece]]) -> None:
        files = self._files(piece.document for _, piece in placed)
        for model in _PARTS:
            rows = [
                {"practice_id": number, **row}
                for number, piece in placed
                for row in self._rows(model, piece.document, files)
            ]
            _insert(self._session, model, rows)

    def _rows(self, model: Any, document: Document, files: Mapping[str, int]) -> list[Row]:
        if model is PracticePlace:
            places = enumerate(document.get("municipalities", ()))
            return [{"municipality_id": self._bodies[slug], "position": position} for position, slug in places]
        if model is PracticeOrganisation:
            return [self._partner(position, row) for position, row in enumerate(document.get("organisations", ()))]
        if model is Material:
            return [_material(row, files) for row in numbered(document, "materials")]
        return _UNBOUND[model](document)

    def _partner(self, position: int, row: Mapping[str, Any]) -> Row:
        return {
            "organisation_id": self._bodies[row["slug"]],
            "role": OrganisationRole(row["role"]),
            "position": position,
        }

    def _files(self, documents: Iterable[Document]) -> dict[str, int]:
        keys = {row["file"] for document in documents for row in document.get("materials", ()) if row.get("file")}
        if not keys:
            return {}
        return dict(
            _pairs(self._session.execute(select(Attachment.key, Attachment.id).where(Attachment.key.in_(keys))))
        )

    def _write_models(self, placed: Sequence[tuple[int, Piece]]) -> None:
        """Say which model each applies, once all of them are there."""
        rows = [
            {"id": number, "model_id": self._models[model] if model else None}
            for number, piece in placed
            if (model := piece.document.get("model")) or piece.revises is not None
        ]
        if rows:
            self._session.execute(update(Practice), rows)

    def _advance(self, step: Step, numbers: Sequence[int]) -> None:
        before = None if step is Step.PUBLISH else PracticeState.PUBLISHED
        advance_many(self._session, numbers, step, before=before, actor=self._actor, reason=self._note)

    def _next_numbers(self, identifiers: Sequence[int]) -> dict[int, int]:
        """Return the number of the revision that each is about to get."""
        highest = select(Revision.practice_id, func.max(Revision.number)).where(Revision.practice_id.in_(identifiers))
        last = dict(_pairs(self._session.execute(highest.group_by(Revision.practice_id))))
        return {identifier: last.get(identifier, 0) + 1 for identifier in identifiers}

    def _keep_revisions(self, placed: Sequence[tuple[int, Piece]], numbers: Mapping[int, int]) -> None:
        by = {"actor_id": self._actor.id if self._actor else None, "note": self._note}
        rows = [
            {"practice_id": number, "number": numbers[number], "content": dict(piece.document), **by}
            for number, piece in placed
        ]
        _insert(self._session, Revision, rows)


_UNBOUND: Final[dict[Any, Callable[[Document], list[Row]]]] = {
    PracticeAgency: agencies_of,
    PracticeConcept: concepts_of,
    Evaluation: evaluations_of,
    Recognition: lambda document: numbered(document, "recognitions"),
    Source: lambda document: numbered(document, "sources"),
}


def _material(row: Row, files: Mapping[str, int]) -> Row:
    fields = {name: value for name, value in row.items() if name != "file"}
    return {**fields, "attachment_id": files[row["file"]] if row.get("file") else None}


def _pairs(rows: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    return ((row[0], row[1]) for row in rows)


def _insert(session: Session, model: type[Base], rows: list[Row]) -> None:
    """Add rows; those that name the same columns are one statement."""
    table: Any = model.__table__  # without the unit of work: half the time while others wait for the lock
    for _names, alike in groupby(sorted(rows, key=sorted), key=sorted):
        session.execute(insert(table), list(alike))
