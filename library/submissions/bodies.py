"""The organisations, models and files that a draft names: known or not, found by name, added. Few statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from library import record
from library.auditing import audit
from library.choices import OrganisationKind, PracticeState
from library.document import Known
from library.drafting.fields import WITH_ROLES, rows_of
from library.drafting.suggestions import MOST, Suggestion, fitness, folded
from library.lexicon import Lexicon
from library.models import Account, Attachment, Organisation, Practice, PracticeText
from library.publishing import slugify
from library.record import Field, Type

MAX_NAME: Final = 200  # characters, as the table
MODEL: Final = "kinds/model"
ORGANISATIONS: Final = "organisations"
MUNICIPALITIES: Final = "municipalities"
MODELS: Final = "models"
NOBODY: Final = Known(concepts=(), organisations=(), practices=())


@dataclass(frozen=True, slots=True)
class Named:
    """What a draft names.

    :param known: as ``library.document`` asks for it.
    :param names: code -> what people call it.
    """

    known: Known
    names: Mapping[str, str]


def named_in(session: Session, document: Mapping[str, Any], lexicon: Lexicon, language: str) -> Named:
    """Return which of the organisations, models and files in a document exist, with their names."""
    slugs, models, files = (sorted(set(_codes(document, kind))) for kind in (_BODIES, _MODELS, _FILES))
    bodies = list(session.scalars(select(Organisation).where(Organisation.slug.in_(slugs)))) if slugs else []
    titles = _titles(session, language, models) if models else {}
    filed = select(Attachment.key, Attachment.filename).where(Attachment.key.in_(files))
    filenames = {row.key: row.filename for row in session.execute(filed)} if files else {}
    known = Known(
        concepts=lexicon.entries.keys(),
        organisations={body.slug for body in bodies},
        practices=set(titles),
        municipalities={body.slug for body in bodies if body.kind == OrganisationKind.MUNICIPALITY},
        files=set(filenames),
    )
    return Named(known, {**{body.slug: body.name_in(language) for body in bodies}, **titles, **filenames})


def pictured(session: Session, document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the rows of what a document names, by code, as ``library.showing.draft`` takes them."""
    slugs, models, files = (sorted(set(_codes(document, kind))) for kind in (_BODIES, _MODELS, _FILES))
    bodies = session.scalars(select(Organisation).where(Organisation.slug.in_(slugs)))
    published = select(Practice).where(Practice.state == PracticeState.PUBLISHED, Practice.external_id.in_(models))
    filed = session.scalars(select(Attachment).where(Attachment.key.in_(files)))
    return {
        "bodies": {body.slug: body for body in bodies},
        "models": {str(model.external_id): model for model in session.scalars(published)},
        "files": {attachment.key: attachment for attachment in filed},
    }


def scheme_of(field: Field) -> str:
    """Return in which of the lists a field looks up names."""
    if field.type is Type.PRACTICE:
        return MODELS
    return MUNICIPALITIES if field.type is Type.ORGANISATIONS and field.name not in WITH_ROLES else ORGANISATIONS


def find(session: Session, scheme: str, typed: str, lexicon: Lexicon, language: str) -> list[Suggestion]:
    """Return the organisations, municipalities or models whose name in any language holds what was typed."""
    wanted = folded(typed)
    if not wanted:
        return []
    if scheme == MODELS:
        return _best(wanted, ((code, title, (title,), "") for code, title in _titles(session, language).items()))
    return _best(wanted, _bodies(session, scheme, lexicon, language))


def add_organisation(
    session: Session, *, name: str, kind: OrganisationKind, country: str | None, actor: Account
) -> Organisation:
    """Return the organisation with this name and kind, made if the library does not know it.

    :param country: code of the concept, such as ``se``.
    """
    name = name[:MAX_NAME]
    same = select(Organisation).where(Organisation.name == name, Organisation.kind == kind)
    if found := session.scalars(same.order_by(Organisation.id).limit(1)).first():
        return found
    wanted = slugify(f"{country} {name}" if country else name)
    taken = set(session.scalars(select(Organisation.slug).where(Organisation.slug.startswith(wanted))))
    slug = next(s for n in range(1, len(taken) + 2) if (s := wanted if n == 1 else f"{wanted}-{n}") not in taken)
    country_id = record.concept_id("countries", country) if country else None
    organisation = Organisation(slug=slug, name=name, kind=kind, country_id=country_id)
    session.add(organisation)
    session.flush()
    audit(session, "organisation.add", actor=actor, subject=organisation)
    return organisation


_BODIES: Final = frozenset({Type.ORGANISATION, Type.ORGANISATIONS})
_MODELS: Final = frozenset({Type.PRACTICE})
_FILES: Final = frozenset({Type.FILE})


def _codes(document: Mapping[str, Any], types: frozenset[Type]) -> Iterator[str]:
    """Yield the codes that the fields of some types hold, rows included."""
    for field in record.FIELDS:
        value = document.get(field.name)
        if field.type in types:
            given = value if isinstance(value, list) else [value]
            yield from (
                _strings(row.get("slug") for row in rows_of(value)) if field.name in WITH_ROLES else _strings(given)
            )
        for column in field.columns:
            if column.type in types:
                yield from _strings(row.get(column.name) for row in rows_of(value))


def _strings(values: Any) -> Iterator[str]:
    return (value for value in values if isinstance(value, str))


def _titles(session: Session, language: str, codes: list[str] | None = None) -> dict[str, str]:
    """Return the titles of published models by their identifier, in the reader's language where they have one."""
    query = (
        select(Practice.external_id, PracticeText.language, PracticeText.title, Practice.original_language)
        .join(PracticeText)
        .where(Practice.state == PracticeState.PUBLISHED, Practice.external_id.is_not(None))
    )
    query = query.where(Practice.kind_id == MODEL) if codes is None else query.where(Practice.external_id.in_(codes))
    titles: dict[str, str] = {}
    for code, spoken, title, original in session.execute(query.order_by(Practice.id)):
        if spoken == language or (spoken == original and code not in titles):
            titles[str(code)] = title
    return titles


_Candidate = tuple[str, str, tuple[str, ...], str]


def _bodies(session: Session, scheme: str, lexicon: Lexicon, language: str) -> Iterator[_Candidate]:
    query = select(Organisation.slug, Organisation.name, Organisation.names, Organisation.country_id)
    if scheme == MUNICIPALITIES:
        query = query.where(Organisation.kind == OrganisationKind.MUNICIPALITY)
    for slug, name, names, country_id in session.execute(query):
        country = lexicon.get(country_id or "")
        yield slug, names.get(language, name), (name, *names.values()), country.label(language) if country else ""


def _best(wanted: str, candidates: Iterator[_Candidate]) -> list[Suggestion]:
    found = []
    for code, label, words, above in candidates:
        fits = [(fit, word) for word in words if (fit := fitness(folded(word), wanted)) is not None]
        if fits:
            fit, word = min(fits)
            found.append((fit, label, Suggestion(code, label, above, word if word != label else "")))
    return [suggestion for _fit, _label, suggestion in sorted(found, key=lambda row: row[:2])[:MOST]]
