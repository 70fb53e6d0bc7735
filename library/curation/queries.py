"""What the desk of collections reads. Each function runs a fixed number of statements, whatever the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from library.access import REVIEWERS
from library.choices import CollectionState, OrganisationKind, PracticeState
from library.curation.changes import Document
from library.errors import NotFound
from library.indexing.search import search
from library.lexicon import Lexicon, current
from library.models import (
    Account,
    Collection,
    CollectionChange,
    CollectionCurator,
    CollectionItem,
    CollectionSection,
    Organisation,
    Practice,
    Role,
)
from library.showing.collections import ShownCollection, show_collection

PER_PAGE: Final = 25  # collections, or changes
MOST_OFFERED: Final = 50  # collections to put something into
BROUGHT_BACK: Final = "bring-back"  # the deed of a change that put something back


def collection(session: Session, identifier: int) -> Collection:
    """Return one collection with all that the desk shows of it.

    :raises NotFound: if there is none of this number.
    """
    query = select(Collection).where(Collection.id == identifier).options(*WHOLE)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(str(identifier))
    return found


def section_of(found: Collection, identifier: int) -> CollectionSection:
    """Return one section of a collection.

    :raises NotFound: if it has none of this number.
    """
    for section in found.sections:
        if section.id == identifier:
            return section
    raise NotFound(str(identifier))


def item_of(found: Collection, identifier: int) -> tuple[CollectionSection, CollectionItem]:
    """Return one chosen practice of a collection, and its section.

    :raises NotFound: if it has none of this number.
    """
    for section in found.sections:
        for item in section.items:
            if item.id == identifier:
                return section, item
    raise NotFound(str(identifier))


def as_readers_see(session: Session, found: Collection, language: str) -> ShownCollection:
    """Return a collection in any state as its readers meet it, or would."""
    return show_collection(
        found,
        lexicon(session),
        language,
        find=lambda request: search(session, request),
        published=lambda ids: _published_among(session, ids),
    )


def _published_among(session: Session, identifiers: Iterable[int]) -> set[int]:
    query = select(Practice.id).where(Practice.id.in_(set(identifiers)), Practice.state == PracticeState.PUBLISHED)
    return set(session.scalars(query))


# --- lists -------------------------------------------------------------------------------------------------------


def collections(session: Session, actor: Account, *, mine: bool, page: int) -> tuple[list[tuple[Collection, int]], int]:
    """Return a page of collections with the number of practices chosen for each, and how many collections there are.

    :param mine: those that the actor curates, or those of all others.
    """
    own = Collection.curators.any(CollectionCurator.account_id == actor.id)
    which = own if mine else ~own
    listed = select(Collection).where(which).order_by(Collection.changed_at.desc(), Collection.id.desc())
    listed = listed.options(selectinload(Collection.texts), _CURATORS).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    rows = list(session.scalars(listed))
    total = session.scalar(select(func.count()).select_from(Collection).where(which)) or 0
    counts = _chosen(session, [row.id for row in rows])
    return [(row, counts.get(row.id, 0)) for row in rows], total


def _chosen(session: Session, identifiers: Sequence[int]) -> Mapping[int, int]:
    query = select(CollectionItem.collection_id, func.count()).where(CollectionItem.collection_id.in_(identifiers))
    rows = session.execute(query.group_by(CollectionItem.collection_id))
    return {row[0]: row[1] for row in rows}


def to_put_into(session: Session, actor: Account) -> list[Collection]:
    """Return the collections that somebody may add to, with their sections, the one changed last first."""
    own = Collection.curators.any(CollectionCurator.account_id == actor.id)
    query = select(Collection).where(own, Collection.state != CollectionState.ARCHIVED)
    query = query.options(selectinload(Collection.texts), selectinload(Collection.sections))
    query = query.order_by(Collection.changed_at.desc(), Collection.id.desc())
    return list(session.scalars(query.limit(MOST_OFFERED)))


# --- practices ---------------------------------------------------------------------------------------------------


def published(session: Session, identifiers: Iterable[int]) -> list[Practice]:
    """Return those of some practices that the public sees in searches, in their order."""
    wanted = list(dict.fromkeys(identifiers))
    query = select(Practice).where(Practice.id.in_(wanted), Practice.state == PracticeState.PUBLISHED)
    found = {practice.id: practice for practice in session.scalars(query.options(selectinload(Practice.texts)))}
    return [found[identifier] for identifier in wanted if identifier in found]


def not_erased(session: Session, identifiers: Iterable[int]) -> Mapping[int, Practice]:
    """Return those of some practices of which there is something left, by number."""
    query = select(Practice).where(Practice.id.in_(set(identifiers)), Practice.state != PracticeState.ERASED)
    return {practice.id: practice for practice in session.scalars(query.options(selectinload(Practice.texts)))}


def titles(session: Session, identifiers: Iterable[int], language: str) -> Mapping[int, str]:
    """Return what practices are called, by number; one that is erased has no title."""
    practices = not_erased(session, identifiers)
    return {number: practice.title_in(language) or "" for number, practice in practices.items()}


def municipality_names(session: Session, slugs: Iterable[str], language: str) -> Mapping[str, str]:
    """Return what readers of a language call municipalities, by slug."""
    query = select(Organisation).where(
        Organisation.slug.in_(set(slugs)), Organisation.kind == OrganisationKind.MUNICIPALITY
    )
    return {place.slug: place.name_in(language) for place in session.scalars(query)}


def lexicon(session: Session) -> Lexicon:
    """Return the vocabularies as they stand now."""
    return current(session)


# --- people ------------------------------------------------------------------------------------------------------


def who_may_join(session: Session, found: Collection) -> list[Account]:
    """Return the advisers who could curate a collection and do not, by name."""
    query = select(Account).where(Account.active, Account.roles.any(Role.name.in_(REVIEWERS)))
    query = query.where(Account.id.not_in([curator.account_id for curator in found.curators]))
    return list(session.scalars(query.order_by(Account.name, Account.id)))


# --- history -----------------------------------------------------------------------------------------------------


def changes(session: Session, found: Collection, *, page: int) -> tuple[list[CollectionChange], int]:
    """Return a page of changes, the latest first, without what the collection said, and how many there are."""
    mine = CollectionChange.collection_id == found.id
    query = select(CollectionChange).where(mine).options(joinedload(CollectionChange.actor))
    query = query.options(defer(CollectionChange.document)).order_by(CollectionChange.version.desc())
    rows = session.scalars(query.limit(PER_PAGE).offset((page - 1) * PER_PAGE))
    return list(rows), session.scalar(select(func.count()).select_from(CollectionChange).where(mine)) or 0


def change(session: Session, found: Collection, version: int) -> CollectionChange:
    """Return one change.

    :raises NotFound: if none made this version.
    """
    query = select(CollectionChange).where(
        CollectionChange.collection_id == found.id, CollectionChange.version == version
    )
    made = session.scalars(query.options(joinedload(CollectionChange.actor))).one_or_none()
    if made is None:
        raise NotFound(str(version))
    return made


def latest_change(session: Session, found: Collection) -> CollectionChange | None:
    """Return the change that made a collection what it is, without what it says."""
    query = select(CollectionChange).where(CollectionChange.collection_id == found.id)
    query = query.options(joinedload(CollectionChange.actor), defer(CollectionChange.document))
    return session.scalars(query.order_by(CollectionChange.version.desc()).limit(1)).one_or_none()


def document_at(session: Session, found: Collection, version: int) -> Document:
    """Return what a collection said at a version; nothing for a version that it never had.

    Of many moves in a row the last alone is kept, so the one before may have to answer: they differ in order alone.
    """
    if not 0 < version <= found.version:
        return {}
    query = select(CollectionChange.document).where(
        CollectionChange.collection_id == found.id, CollectionChange.version <= version
    )
    said: dict[str, Any] | None = session.scalar(query.order_by(CollectionChange.version.desc()).limit(1))
    return said or {}


def put_back_since(session: Session, found: Collection, version: int) -> list[Mapping[str, int]]:
    """Return what was put back after a version, from the first time: old numbers of sections -> new ones."""
    again = CollectionChange.document["again"]
    query = select(again).where(CollectionChange.collection_id == found.id, CollectionChange.version > version)
    rows = session.scalars(query.where(CollectionChange.deed == BROUGHT_BACK).order_by(CollectionChange.version))
    return [moved for moved in rows if moved]


def document_before(session: Session, found: Collection, version: int) -> Document:
    """Return what a collection said before a change."""
    return document_at(session, found, version - 1)


_CURATORS: Final[ExecutableOption] = selectinload(Collection.curators).joinedload(CollectionCurator.account)
WHOLE: Final[tuple[ExecutableOption, ...]] = (
    selectinload(Collection.texts),
    _CURATORS,
    selectinload(Collection.sections)
    .selectinload(CollectionSection.items)
    .joinedload(CollectionItem.practice)
    .selectinload(Practice.texts),
)
