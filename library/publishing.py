"""Making a document public: the one verb that creates a practice or its next revision.

Everything that publishes (the starter library, imports, an adviser's acceptance) calls ``publish``. It checks the
document, writes the rows that pages and filters read, keeps the document itself as an immutable revision, and takes
the workflow's step, all in the caller's transaction.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library import record
from library.choices import OrganisationKind, OrganisationRole, Origin, Provenance
from library.document import Document, Known, check
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
from library.record import concept_id
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
    check(document, known, subject=external_id or "practice")
    document = _plain(document)
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
    practice.original_language = document["original_language"]
    practice.kind_id = concept_id("kinds", document["kind"])
    practice.country_id = concept_id("countries", document["country"])
    for name in ("geographic_level", "status", "start_year", "end_year"):
        setattr(practice, name, document.get(name))
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
    for name in ("age_from", "age_to", "prevention_level_basis", "cost_band"):
        setattr(practice, name, document.get(name))
    practice.material_languages = list(document.get("material_languages", ()))
    practice.agencies = [
        PracticeAgency(
            concept_id=concept_id("agencies", row["code"]),
            position=position,
            lead=row.get("lead", False),
            roles=dict(row.get("role", {})),
        )
        for position, row in enumerate(document["agencies"])
    ]
    concepts = [
        concept_id(scheme, code) for name, scheme in record.CONCEPT_LISTS.items() for code in document.get(name, ())
    ]
    practice.concepts = [
        PracticeConcept(concept_id=identifier, position=position) for position, identifier in enumerate(concepts)
    ]


def _write_texts(practice: Practice, texts: Mapping[str, Mapping[str, str]], *, number: int) -> None:
    """Write the prose. A text that says something new is marked with the revision: by it translations are found that
    are older than their original.
    """
    kept = {text.language: text for text in practice.texts}
    practice.texts = []
    for language, words in texts.items():
        text = kept.get(language) or PracticeText(language=language, origin=Origin.ORIGINAL)
        before = (text.title, text.summary, text.sections)
        text.title = words["title"].strip()
        text.summary = words["summary"].strip()
        text.sections = {f.name: words[f.name].strip() for f in record.SECTIONS if f.name in words}
        if before != (text.title, text.summary, text.sections):
            text.made_from = number
        practice.texts.append(text)


def _write_evidence(practice: Practice, document: Document) -> None:
    practice.evidence_stage_id = concept_id("evidence-stages", document["evidence_stage"])
    practice.outcome_id = concept_id("outcomes", document["outcome"])
    practice.evaluations = [
        Evaluation(
            position=position,
            by=row.get("by"),
            year=row.get("year"),
            design=row["design"],
            finding=row.get("finding"),
            summaries=dict(row["summary"]),
            url=row.get("url"),
        )
        for position, row in enumerate(document.get("evaluations", ()))
    ]
    practice.recognitions = [
        Recognition(position=position, **row) for position, row in enumerate(document.get("recognitions", ()))
    ]
    practice.sources = [Source(position=position, **row) for position, row in enumerate(document.get("sources", ()))]


def _materials(session: Session, document: Document) -> list[Material]:
    rows = document.get("materials", ())
    keys = [row["file"] for row in rows if row.get("file")]
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


def _plain(value: Any) -> Any:
    """Return a copy made of plain lists and dicts, as JSON keeps it; what is ``None`` is left out, as in a file."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def slugify(title: str) -> str:
    """Return a title as a readable address: ASCII letters, digits and hyphens, at most ``MAX_SLUG_LENGTH``."""
    # Case last: some letters, such as the mathematical ones, are capitals only once they are decomposed.
    folded = unicodedata.normalize("NFKD", title).casefold().translate(_LETTERS)
    plain = "".join(c if c.isascii() and c.isalnum() else " " for c in folded if not unicodedata.combining(c))
    slug = ""
    for word in plain.split():
        if len(slug) + len(word) + 1 > MAX_SLUG_LENGTH:
            break
        slug = f"{slug}-{word}" if slug else word
    return slug or "practice"


def _free_slug(session: Session, document: Document) -> str:
    texts = document[record.TEXT_KEY]
    wanted = slugify((texts.get("en") or texts[document["original_language"]])["title"])
    taken = set(session.scalars(select(Practice.slug).where(Practice.slug.startswith(wanted))))
    return next(s for n in range(1, len(taken) + 2) if (s := wanted if n == 1 else f"{wanted}-{n}") not in taken)
