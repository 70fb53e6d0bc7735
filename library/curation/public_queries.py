"""What readers see of collections. Each function runs a fixed number of statements, whatever the data."""

from __future__ import annotations

from collections.abc import Collection as Some
from collections.abc import Mapping, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from library.choices import CollectionState, PracticeState
from library.errors import NotFound
from library.indexing.search import search
from library.lexicon import Lexicon, current
from library.models import Collection, CollectionCurator, CollectionItem, CollectionSection, Practice
from library.showing.collections import CollectionCard, ShownCollection, collection_card, show_collection
from library.showing.loading import CARD, LEAF


def lexicon(session: Session) -> Lexicon:
    """Return the vocabularies as they stand now."""
    return current(session)


def published_collections(
    session: Session, language: str, *, page: int, per_page: int
) -> tuple[list[CollectionCard], int]:
    """Return one page of the published collections as cards, the newest first, and how many there are."""
    total = session.scalar(select(func.count()).select_from(_published().subquery())) or 0
    query = _published().order_by(Collection.published_at.desc(), Collection.id.desc())
    query = query.limit(per_page).offset((page - 1) * per_page)
    found = session.scalars(query.options(selectinload(Collection.texts))).all()
    chosen = _chosen(session, [collection.id for collection in found])
    words = lexicon(session)
    return [collection_card(one, words, language, chosen=chosen.get(one.id, 0)) for one in found], total


def collection(session: Session, slug: str, language: str) -> ShownCollection:
    """Return a published collection as its reader meets it.

    :raises NotFound: if there is none at this address that the public may see.
    """
    query = (
        _published()
        .where(Collection.slug == slug)
        .options(
            selectinload(Collection.texts),
            selectinload(Collection.sections).selectinload(CollectionSection.items),
            selectinload(Collection.curators).joinedload(CollectionCurator.account),
        )
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(slug)
    return show_collection(
        found,
        lexicon(session),
        language,
        find=lambda request: search(session, request),
        published=lambda ids: _public_among(session, ids),
    )


def why_archived(session: Session, slug: str) -> str:
    """Return why a collection that was public is so no longer.

    :raises NotFound: if none at this address was archived.
    """
    query = select(Collection.archive_reason).where(Collection.state == CollectionState.ARCHIVED)
    reason = session.scalar(query.where(Collection.slug == slug))
    if reason is None:
        raise NotFound(slug)
    return reason


def practices(session: Session, ids: Sequence[int], *, whole: bool = False) -> Mapping[int, Practice]:
    """Return those practices that are published, by number, with all that their cards show.

    :param whole: read what a sheet of a booklet shows as well.
    """
    query = select(Practice).where(Practice.id.in_(ids), Practice.state == PracticeState.PUBLISHED)
    return {practice.id: practice for practice in session.scalars(query.options(*(LEAF if whole else CARD)))}


def _published() -> Select[Collection]:
    return select(Collection).where(Collection.state == CollectionState.PUBLISHED)


def _public_among(session: Session, ids: Some[int]) -> set[int]:
    query = select(Practice.id).where(Practice.id.in_(ids), Practice.state == PracticeState.PUBLISHED)
    return set(session.scalars(query))


def _chosen(session: Session, ids: Sequence[int]) -> Mapping[int, int]:
    """Return how many published practices were chosen for each collection."""
    query = (
        select(CollectionItem.collection_id, func.count())
        .join(Practice, Practice.id == CollectionItem.practice_id)
        .where(CollectionItem.collection_id.in_(ids), Practice.state == PracticeState.PUBLISHED)
        .group_by(CollectionItem.collection_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}
