"""Loading practices, organisations and municipalities from files. One practice a file; TOML.

The starter library is loaded once, into an empty database; from then on the database is the truth.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.choices import OrganisationKind, Provenance
from library.errors import InvalidRecord
from library.models import Membership, Organisation, Practice
from library.publishing import known_to, publish
from library.record import concept_id

_LAST: Final = ("nordic", "ax", "fo", "gl", "is", "fi", "dk", "no", "se")


def read_documents(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the identifier (the file's name) and the document of each file, in order of identifier.

    :raises InvalidRecord: if a file is not TOML.
    """
    for path in sorted(folder.glob("*.toml")):
        try:
            yield path.stem, tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise InvalidRecord(path.name, [f"is not TOML: {error}"]) from error


def in_order_of_publication(documents: Iterable[tuple[str, dict[str, Any]]]) -> list[tuple[str, dict[str, Any]]]:
    """Return documents in the order in which a starter library publishes them.

    Countries take turns, the comparison cities first, so that what is newest at the start comes from all over the
    Nordic countries.
    """
    by_country: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for name, document in documents:
        by_country.setdefault(document["country"], []).append((name, document))
    turns = [
        (-place, _LAST.index(country) if country in _LAST else -1, name, document)
        for country, group in by_country.items()
        for place, (name, document) in enumerate(group)
    ]
    turns.sort(key=lambda turn: (turn[1] >= 0, turn[0], turn[1], turn[2]))
    return [(name, document) for *_, name, document in turns]


def is_empty(session: Session) -> bool:
    """Return whether the database holds no practice at all."""
    return not session.scalar(select(func.count()).select_from(Practice))


def load_organisations(session: Session, folder: Path) -> None:
    """Store the organisations and municipalities of a starter folder, networks before their members."""
    organisations = [
        row for _, document in read_documents(folder / "organisations") for row in document["organisations"]
    ]
    municipalities = [
        row for _, document in read_documents(folder / "municipalities") for row in document["municipalities"]
    ]
    session.add_all(_organisation(row, OrganisationKind(row["kind"])) for row in organisations)
    session.flush()
    networks = {o.slug: o for o in session.scalars(select(Organisation).where(Organisation.kind == "network"))}
    for row in municipalities:
        municipality = _organisation(row, OrganisationKind.MUNICIPALITY)
        municipality.memberships = [
            Membership(network=networks[item["network"]], note=item.get("note", ""), sources=item.get("sources", []))
            for item in row.get("memberships", ())
        ]
        session.add(municipality)
    session.flush()


def load_practices(
    session: Session,
    documents: Iterable[tuple[str, dict[str, Any]]],
    *,
    progress: Callable[[], None] = lambda: None,
) -> None:
    """Publish documents that the library compiled from public sources, models before what applies them.

    :param progress: called after each practice.
    :raises InvalidRecord: if a document does not fit the template, or names a model that is not there.
    """
    known = known_to(session)
    practices = set(known.practices)
    for name, document in _models_first(list(documents)):
        now_known = replace(known, practices=practices)
        publish(session, document, provenance=Provenance.COMPILED, known=now_known, external_id=name)
        practices.add(name)
        progress()
    session.flush()


def _models_first(documents: list[tuple[str, dict[str, Any]]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield documents in their order, but each only after the model that it applies."""
    waiting = dict(documents)

    def with_model(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
        document = waiting.pop(name)
        if document.get("model") in waiting:
            yield from with_model(document["model"])
        yield name, document

    for name, _ in documents:
        if name in waiting:
            yield from with_model(name)


def _organisation(row: dict[str, Any], kind: OrganisationKind) -> Organisation:
    country = row.get("country")
    return Organisation(
        slug=row["slug"],
        kind=kind,
        country_id=concept_id("countries", country) if country else None,
        name=row["name"],
        names=row.get("names", {}),
    )
