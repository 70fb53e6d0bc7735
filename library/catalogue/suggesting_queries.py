"""What the database says of suggestions once more: that they are public, where a title leads, what a body is called.

In one statement, for somebody waits for it with a finger on the next key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Integer,
    String,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from library.choices import CollectionState, OrganisationKind, PracticeState
from library.models import Collection, CollectionText, Organisation, Practice

PRACTICE, COLLECTION = "practice", "collection"
NO_LANGUAGE: Final = literal_column("''", String)


@dataclass(frozen=True, slots=True)
class Public:
    """What is public of that which was asked for, by its key.

    :param practices: their slugs.
    :param municipalities: what readers of the language call them.
    :param collections: their titles in the language, else as they were written.
    """

    practices: Mapping[str, str] = field(default_factory=dict)
    municipalities: Mapping[str, str] = field(default_factory=dict)
    collections: Mapping[str, str] = field(default_factory=dict)


def public(
    session: Session,
    language: str,
    *,
    practices: Iterable[str],
    municipalities: Iterable[str],
    collections: Iterable[str],
) -> Public:
    """Return what is public of these, and what it is called.

    :param practices: their numbers, written as the keys of labels are.
    :param municipalities: their slugs, as those of collections.
    """
    asked = {
        "practices": [int(key) for key in practices],
        "municipalities": list(municipalities),
        "collections": list(collections),
    }
    if not any(asked.values()):
        return Public()
    rows = session.execute(_statement(language), asked)
    said: dict[str, dict[str, str]] = defaultdict(dict)
    for kind, _language, key, text in sorted(rows, key=lambda row: row[1] == language):
        said[kind][key] = text
    return Public(said[PRACTICE], said[OrganisationKind.MUNICIPALITY], said[COLLECTION])


@cache
def _statement(language: str) -> CompoundSelect[Any]:
    """Return the statement for readers of a language: to make it anew takes as long as to have it answered.

    What kind a body is of is read, not asked for: SQLite would go through all municipalities to find three by name.
    """
    practices = (
        select(_word(PRACTICE), NO_LANGUAGE, cast(Practice.id, String), Practice.slug)
        .where(Practice.id.in_(_those("practices", Integer)))
        .where(Practice.state == PracticeState.PUBLISHED)
    )
    bodies = select(
        cast(Organisation.kind, String),
        NO_LANGUAGE,
        Organisation.slug,
        func.coalesce(Organisation.names[language].as_string(), Organisation.name),
    ).where(Organisation.slug.in_(_those("municipalities", String)))
    collections = (
        select(_word(COLLECTION), CollectionText.language, Collection.slug, CollectionText.title)
        .join(CollectionText, CollectionText.collection_id == Collection.id)
        .where(Collection.slug.in_(_those("collections", String)), Collection.state == CollectionState.PUBLISHED)
        .where(CollectionText.language.in_((language, Collection.original_language)))
    )
    return union_all(practices, bodies, collections)


def _word(word: str) -> ColumnElement[str]:
    return literal_column(f"'{word}'", String)


def _those(name: str, kind: type[Integer | String]) -> BindParameter[Any]:
    return bindparam(name, expanding=True, type_=kind)
