"""What the public pages read. Each function runs a fixed number of statements, whatever the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from library.choices import CollectionState, OrganisationKind, PracticeState
from library.errors import Erased, NotFound
from library.lexicon import Lexicon, current
from library.models import (
    Collection,
    CollectionItem,
    Material,
    Membership,
    Organisation,
    Practice,
    PracticeAgency,
    PracticeAuthor,
    PracticeConcept,
    PracticeOrganisation,
    PracticePlace,
    Revision,
)
from library.showing.loading import CARD

VISIBLE: Final = (PracticeState.PUBLISHED, PracticeState.ARCHIVED)


def lexicon(session: Session) -> Lexicon:
    """Return the vocabularies as they stand now."""
    return current(session)


def published(session: Session, ids: Sequence[int]) -> list[Practice]:
    """Return published practices with their texts, in the order of ``ids``.

    Whatever the index said, the state is asked of the database again: what is no longer published is left out.
    """
    query = select(Practice).where(Practice.id.in_(ids), Practice.state == PracticeState.PUBLISHED)
    found = {practice.id: practice for practice in session.scalars(query.options(selectinload(Practice.texts)))}
    return [found[identifier] for identifier in ids if identifier in found]


def newest(session: Session, *, limit: int) -> Sequence[int]:
    """Return the ids of the practices published last."""
    query = select(Practice.id).where(Practice.state == PracticeState.PUBLISHED)
    return session.scalars(query.order_by(Practice.published_at.desc(), Practice.id.desc()).limit(limit)).all()


def practice(session: Session, slug: str) -> Practice:
    """Return one practice with everything its page shows.

    :raises NotFound: if there is none that the public may see.
    :raises Erased: if there was one.
    """
    query = select(Practice).where(Practice.slug == slug, Practice.state.in_(VISIBLE)).options(*_PAGE)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise _absence(session, slug)
    return found


def _absence(session: Session, slug: str) -> NotFound | Erased:
    """Return why no practice is shown at an address: there never was one, or it was erased."""
    erased_at = session.scalar(select(Practice.erased_at).where(Practice.slug == slug))
    return Erased(erased_at) if erased_at else NotFound(slug)


def slug_of(session: Session, identifier: int) -> str:
    """Return the readable address of a practice, which for an erased one shows its tombstone.

    :raises NotFound: if there is none.
    """
    query = select(Practice.slug).where(Practice.id == identifier)
    slug = session.scalar(query)
    if slug is None:
        raise NotFound(str(identifier))
    return slug


def revision_number(session: Session, practice_id: int) -> int:
    """Return the number of the latest revision."""
    return session.scalar(select(func.max(Revision.number)).where(Revision.practice_id == practice_id)) or 1


def credited_authors(session: Session, practice_id: int) -> list[PracticeAuthor]:
    """Return those who wrote a practice and wanted to be named, in their order, with their organisations."""
    query = select(PracticeAuthor).where(PracticeAuthor.practice_id == practice_id, PracticeAuthor.credited)
    query = query.options(joinedload(PracticeAuthor.organisation)).order_by(PracticeAuthor.position)
    return list(session.scalars(query))


def implementations(session: Session, practice_id: int) -> Sequence[int]:
    """Return which published practices apply a model, the oldest first."""
    query = select(Practice.id).where(Practice.model_id == practice_id, Practice.state == PracticeState.PUBLISHED)
    return session.scalars(query.order_by(Practice.id)).all()


def newest_collections(session: Session, *, limit: int) -> list[Collection]:
    """Return the collections published last, with their titles."""
    query = _collections().order_by(Collection.published_at.desc(), Collection.id.desc()).limit(limit)
    return list(session.scalars(query))


def collections_of(session: Session, practice_id: int, *, limit: int) -> list[Collection]:
    """Return the published collections for which a practice was chosen, the newest first."""
    holding = select(CollectionItem.collection_id).where(CollectionItem.practice_id == practice_id)
    query = _collections().where(Collection.id.in_(holding))
    return list(session.scalars(query.order_by(Collection.published_at.desc(), Collection.id.desc()).limit(limit)))


def _collections() -> Select[Collection]:
    published = select(Collection).where(Collection.state == CollectionState.PUBLISHED)
    return published.options(selectinload(Collection.texts))


def municipalities(session: Session) -> list[Organisation]:
    """Return all municipalities with their memberships, in no particular order."""
    query = select(Organisation).where(Organisation.kind == OrganisationKind.MUNICIPALITY)
    return list(session.scalars(query.options(_MEMBERSHIPS)))


def practices_by_municipality(session: Session) -> Mapping[int, int]:
    """Return how many published practices each municipality houses or owns."""
    published = Practice.state == PracticeState.PUBLISHED
    places = select(PracticePlace.municipality_id, PracticePlace.practice_id).join(Practice).where(published)
    owners = select(Practice.owner_id, Practice.id).where(published, Practice.owner_id.is_not(None))
    pairs = {(place, practice_id) for query in (places, owners) for place, practice_id in session.execute(query)}
    return Counter(place for place, _ in pairs if place is not None)


def municipality(session: Session, slug: str) -> Organisation:
    """Return one municipality with its memberships.

    :raises NotFound: if there is none of this name.
    """
    query = select(Organisation).where(Organisation.slug == slug, Organisation.kind == OrganisationKind.MUNICIPALITY)
    found = session.scalars(query.options(_MEMBERSHIPS)).one_or_none()
    if found is None:
        raise NotFound(slug)
    return found


def practices_of_municipality(session: Session, identifier: int, *, limit: int) -> tuple[Sequence[int], int]:
    """Return the ids of the newest published practices that a municipality houses or owns, and how many there are."""
    housed = select(PracticePlace.practice_id).where(PracticePlace.municipality_id == identifier)
    query = (
        select(Practice.id)
        .where(Practice.id.in_(housed) | (Practice.owner_id == identifier))
        .where(Practice.state == PracticeState.PUBLISHED)
        .order_by(Practice.published_at.desc(), Practice.id)
    )
    ids = session.scalars(query).all()
    return ids[:limit], len(ids)


def practices_owned(session: Session, identifier: int) -> int:
    """Return how many published practices an organisation owns."""
    query = select(func.count()).where(Practice.owner_id == identifier, Practice.state == PracticeState.PUBLISHED)
    return session.scalar(query) or 0


def practices_of_agency(session: Session, agency: str, *, limit: int) -> tuple[Sequence[int], int]:
    """Return the ids of the newest published practices in which an agency takes part, and how many there are.

    For while there is no index to ask.
    """
    query = _published_with(agency).order_by(Practice.published_at.desc(), Practice.id)
    ids = session.scalars(query).all()
    return ids[:limit], len(ids)


def partners_of_agency(session: Session, agency: str) -> list[tuple[str, int]]:
    """Return the agencies that work together with one, with the number of practices, most first."""
    with_it = _published_with(agency)
    query = (
        select(PracticeAgency.concept_id, func.count())
        .where(PracticeAgency.practice_id.in_(with_it), PracticeAgency.concept_id != agency)
        .group_by(PracticeAgency.concept_id)
        .order_by(func.count().desc(), PracticeAgency.concept_id)
    )
    return [(identifier, count) for identifier, count in session.execute(query)]


def themes_of_agency(session: Session, agency: str) -> list[tuple[str, int]]:
    """Return the themes of an agency's practices, with the number of practices, most first."""
    query = (
        select(PracticeConcept.concept_id, func.count())
        .where(
            PracticeConcept.practice_id.in_(_published_with(agency)),
            PracticeConcept.concept_id.startswith("themes/"),
        )
        .group_by(PracticeConcept.concept_id)
        .order_by(func.count().desc(), PracticeConcept.concept_id)
    )
    return [(identifier, count) for identifier, count in session.execute(query)]


def _published_with(agency: str) -> Select[int]:
    return (
        select(PracticeAgency.practice_id)
        .join(Practice, Practice.id == PracticeAgency.practice_id)
        .where(PracticeAgency.concept_id == agency, Practice.state == PracticeState.PUBLISHED)
    )


_MEMBERSHIPS: Final[ExecutableOption] = selectinload(Organisation.memberships).joinedload(Membership.network)
_PAGE: Final[tuple[ExecutableOption, ...]] = (
    *CARD,
    selectinload(Practice.concepts),
    selectinload(Practice.partners).joinedload(PracticeOrganisation.organisation),
    selectinload(Practice.evaluations),
    selectinload(Practice.recognitions),
    selectinload(Practice.grades),
    selectinload(Practice.materials).joinedload(Material.attachment),
    selectinload(Practice.sources),
    joinedload(Practice.owner),
    joinedload(Practice.model).selectinload(Practice.texts),
)
