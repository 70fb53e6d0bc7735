"""What tables may name, read from the database: vocabularies, organisations, practices. Two statements."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.choices import OrganisationKind
from library.lexicon import current
from library.models import Organisation, Practice
from library.tables.speech import Speech


def speech_of(session: Session, language: str) -> Speech:
    """Return what words mean in a table, and how codes are told to readers of a language."""
    told = select(Organisation.slug, Organisation.name, Organisation.names, Organisation.kind)
    bodies = session.execute(told).all()
    practices: dict[str, str] = {}
    for identifier, slug, external_id in session.execute(select(Practice.id, Practice.slug, Practice.external_id)):
        if external_id:
            practices |= {str(identifier): external_id, f"/p/{identifier}": external_id, slug: external_id}
    return Speech(
        lexicon=current(session),
        organisations={slug: (name, *names.values()) for slug, name, names, _ in bodies},
        practices=practices | {code: code for code in practices.values()},
        shown={slug: names.get(language, name) for slug, name, names, _ in bodies},
        municipalities=frozenset(slug for slug, *_, kind in bodies if kind is OrganisationKind.MUNICIPALITY),
    )
