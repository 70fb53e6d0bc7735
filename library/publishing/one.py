"""Making a document public: the one verb that creates a practice or its next revision.

Everything that publishes (the starter library, imports, an adviser's acceptance) calls ``publish``. It checks the
document, writes the rows that pages and filters read, keeps the document itself as an immutable revision, and takes
the workflow's step, all in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library import record
from library.choices import OrganisationKind, OrganisationRole, Origin, Provenance
from library.document import Document, Known, check, with_replacements
from library.lexicon import current
from library.models import (
    Account,
    Attachment,
    Concept,
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
    agencies_of,
    concepts_of,
    evaluations_of,
    facts_of,
    numbered,
    plain,
    text_of,
    wanted_slug,
)
from library.workflow import Step, advance

MAX_SLUG_LENGTH: Final = 80
_LETTERS: Final = str.maketrans({"ø": "o", "æ": "ae", "ð": "d", "þ": "th", "ß": "ss", "đ": "d", "ł": "l"})


def known_to(session: Session) -> Known:
    """Return what documents may refer to, as it stands in the database now."""
    return Known(
        concepts=set(session.scalars(select(Concept.id))),
        organisations=set(session.scalars(select(Organisation.slug))),
        practices=set(session.scalars(select(Practice.external_id).where(Practice.external_id.is_not(None)))),
        municipalities=set(
            session.scalars(select(Organisation.slug).where(Organisation.kind == OrganisationKind.MUNICIPALITY))
        ),
        files=set(session.scalars(select(Attachment.key))),
        replaced=current(session).replaced,
    )


def publish(
    session: Session,
    document: Document,
    *,
    provenance: Provenance,
    known: Known,
    external_id: str | None = None,
    revises: Practice | None = None,
    actor: Account | None = None,
    note: str = "",
) -> Practice:
    """Create a practice from a document, or its next revision.

    :param provenance: who wrote the document.
    :param known: what the document may refer to; see ``known_to``.
    :param external_id: identifier of the record where it came from, for new practices only; else one of its number.
    :param revises: the practice that the document is a new revision of.
    :param actor: who publishes; ``None`` for the library itself.
    :param note: what changed, for the list of revisions.
    :return: the practice, flushed.
    :raises InvalidRecord: if the document does not fit the template.
    :raises InvalidTransition: if the practice may not be revised in its state.
    """
    document = with_replacements(document, known.replaced)
    check(document, known, subject=external_id or "practice")
    document = plain(document)
    practice = revises or Practice(external_id=external_id, slug=_free_slug(session, document))
    number = _next_number(session, practice)
    with session.no_autoflush:
        _write_identity(session, practice, document, provenance)
        _write_classification(practice, document)
        _write_texts(practice, document[record.TEXT_KEY], number=number)
        _write_evidence(practice, document)
        practice.materials = _materials(session, document)
    practice.revised_at = now()
    advance(session, practice, Step.REVISE if revises else Step.PUBLISH, actor=actor, reason=note)
    practice.external_id = practice.external_id or f"p{practice.id}"  # documents name a model by it
    for material in practice.materials:
        if material.attachment is not None:
            material.attachment.practice_id = practice.id
    _keep_revision(session, practice, document, number=number, actor=actor, note=note)
    return practice


def archive(session: Session, practice: Practice, *, actor: Account | None, reason: str) -> None:
    """Take a practice out of search; its page stays, marked with the reason.

    :raises InvalidTransition: if it is not published, or the reason is blank.
    """
    advance(session, practice, Step.ARCHIVE, actor=actor, reason=reason)


def restore(session: Session, practice: Practice, *, actor: Account | None) -> None:
    """Bring an archived practice back.

    :raises InvalidTransition: if it is not archived.
    """
    advance(session, practice, Step.RESTORE, actor=actor)


def _write_identity(session: Session, practice: Practice, document: Document, provenance: Provenance) -> None:
    practice.provenance = provenance
    for name, value in facts_of(document).items():
        setattr(practice, name, value)
    practice.owner = _organisation(session, document["owner"]) if document.get("owner") else None
    practice.model = _model(session, document["model"]) if document.get("model") else None
    practice.partners = [
        PracticeOrganisation(
            organisation=_organisation(session, item["slug"]), role=OrganisationRole(item["role"]), position=position
        )
        for position, item in enumerate(document.get("organisations", ()))
    ]
    practice.places = [
        PracticePlace(municipality=_municipality(session, slug), position=position)
        for position, slug in enumerate(document.get("municipalities", ()))
    ]


def _write_classification(practice: Practice, document: Document) -> None:
    practice.agencies = [PracticeAgency(**row) for row in agencies_of(document)]
    practice.concepts = [PracticeConcept(**row) for row in concepts_of(document)]


def _write_texts(practice: Practice, texts: Mapping[str, Mapping[str, str]], *, number: int) -> None:
    """Write the prose. A text that says something new is marked with the revision: by it translations are found that
    are older than their original.
    """
    kept = {text.language: text for text in practice.texts}
    practice.texts = []
    for language, words in texts.items():
        text = kept.get(language) or PracticeText(language=language, origin=Origin.ORIGINAL)
        said = text_of(words)
        if said != {name: getattr(text, name) for name in said}:
            text.made_from = number
        for name, value in said.items():
            setattr(text, name, value)
        practice.texts.append(text)


def _write_evidence(practice: Practice, document: Document) -> None:
    practice.evaluations = [Evaluation(**row) for row in evaluations_of(document)]
    practice.recognitions = [Recognition(**row) for row in numbered(document, "recognitions")]
    practice.sources = [Source(**row) for row in numbered(document, "sources")]


def _materials(session: Session, document: Document) -> list[Material]:
    rows = document.get("materials", ())
    keys = [row["file"] for row in rows if row.get("file")]
    if not keys:
        return [Material(**row) for row in numbered(document, "materials")]
    files = {file.key: file for file in session.scalars(select(Attachment).where(Attachment.key.in_(keys)))}
    return [
        Material(
            position=position,
            attachment=files.get(row.get("file", "")),
            **{name: value for name, value in row.items() if name != "file"},
        )
        for position, row in enumerate(rows)
    ]


def _next_number(session: Session, practice: Practice) -> int:
    """Return the number of the revision that is being published; a new practice has no identifier yet."""
    if practice.id is None:
        return 1
    return (session.scalar(select(func.max(Revision.number)).where(Revision.practice_id == practice.id)) or 0) + 1


def _keep_revision(
    session: Session, practice: Practice, document: Document, *, number: int, actor: Account | None, note: str
) -> None:
    session.add(
        Revision(
            practice_id=practice.id,
            number=number,
            content=dict(document),
            actor_id=actor.id if actor else None,
            note=note,
        )
    )
    session.flush()


def _organisation(session: Session, slug: str) -> Organisation:
    return session.scalars(select(Organisation).where(Organisation.slug == slug)).one()


def _model(session: Session, external_id: str) -> Practice:
    return session.scalars(select(Practice).where(Practice.external_id == external_id)).one()


def _municipality(session: Session, slug: str) -> Organisation:
    query = select(Organisation).where(Organisation.slug == slug, Organisation.kind == OrganisationKind.MUNICIPALITY)
    return session.scalars(query).one()


def _free_slug(session: Session, document: Document) -> str:
    wanted = wanted_slug(document)
    taken = set(session.scalars(select(Practice.slug).where(Practice.slug.startswith(wanted))))
    return next(s for n in range(1, len(taken) + 2) if (s := wanted if n == 1 else f"{wanted}-{n}") not in taken)
