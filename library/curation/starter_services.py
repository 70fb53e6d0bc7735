"""Three collections that a demo begins with, so that nobody's first look at the shelf is at an empty one.

They are made by the verbs of the desk; translations are written all at once, so that the history stays short.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.curation import section_services, services
from library.languages import LANGUAGES
from library.models import Account, Collection, Practice

ORIGINAL = "en"


def put_out(session: Session, *, actor: Account) -> int:
    """Publish the starter collections, unless there is a collection already; return how many.

    Practices that the library does not have are left out; a collection of none stays a draft.

    :param actor: who curates them.
    """
    if session.scalar(select(Collection.id).limit(1)):
        return 0
    folder = files("library") / "starter" / "collections"
    found = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    for file in found:
        _publish(session, tomllib.loads(file.read_text("utf-8")), actor)
    return len(found)


def _publish(session: Session, told: Mapping[str, Any], actor: Account) -> None:
    first = {name: told[name][ORIGINAL] for name in ("title", "introduction", "audience")}
    collection = services.begin(session, actor=actor, language=ORIGINAL, cover=told["cover"], **first)
    for language in LANGUAGES:
        words = {name: told[name][language] for name in first}
        services.write_text(session, collection, language, words, actor=actor, seen=collection.version)
    for section in told["sections"]:
        _add(session, collection, section, actor)
    if not services.missing(session, collection):
        services.publish(session, collection, actor=actor)


def _add(session: Session, collection: Collection, told: Mapping[str, Any], actor: Account) -> None:
    heading = told["heading"]
    search, most = told.get("search"), told.get("most")
    section = section_services.add_section(
        session, collection, actor=actor, language=ORIGINAL, heading=heading[ORIGINAL], search=search, most=most
    )
    section.headings = dict(heading)
    session.flush()
    notes = {one["practice"]: one["note"] for one in told.get("practices", ())}
    known = session.scalars(select(Practice).where(Practice.external_id.in_(notes)))
    practices = {practice.external_id: practice for practice in known}
    chosen = [practices[name] for name in notes if name in practices]
    if added := section_services.add_practices(session, collection, chosen, actor=actor, section=section):
        for item in added:
            item.notes = dict(notes[item.practice.external_id or ""])
        services.record(session, collection, "note", actor=actor)
