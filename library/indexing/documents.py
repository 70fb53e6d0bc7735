"""A practice as the index sees it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql.base import ExecutableOption

from index import Document, Text
from library import record
from library.choices import CollectionState, PracticeState
from library.languages import LANGUAGES
from library.lexicon import Lexicon, current
from library.models import Collection, CollectionItem, Practice, PracticeOrganisation, PracticePlace, PracticeText

BATCH = 500


def published() -> Select[Practice]:
    """Return the query for all that the public index may hold: published practices, and nothing else."""
    return select(Practice).where(Practice.state == PracticeState.PUBLISHED)


def documents_of(session: Session, ids: Sequence[int]) -> list[Document]:
    """Return the documents of those practices that are published now; the others have none."""
    lexicon = current(session)
    query = published().where(Practice.id.in_(ids)).options(*_loading()).order_by(Practice.id)
    holding = _collections_of(session, ids)
    return [document_of(practice, lexicon, holding.get(practice.id, ())) for practice in session.scalars(query)]


def all_documents(session: Session) -> Iterator[Document]:
    """Yield the document of every published practice, reading ``BATCH`` practices at a time."""
    ids = list(
        session.scalars(select(Practice.id).where(Practice.state == PracticeState.PUBLISHED).order_by(Practice.id))
    )
    for start in range(0, len(ids), BATCH):
        yield from documents_of(session, ids[start : start + BATCH])
        session.expunge_all()


def _collections_of(session: Session, ids: Sequence[int]) -> Mapping[int, list[str]]:
    """Return the slugs of the published collections for which practices were chosen."""
    query = (
        select(CollectionItem.practice_id, Collection.slug)
        .join(Collection, Collection.id == CollectionItem.collection_id)
        .where(CollectionItem.practice_id.in_(ids), Collection.state == CollectionState.PUBLISHED)
        .order_by(Collection.id)
    )
    holding: dict[int, list[str]] = {}
    for practice_id, slug in session.execute(query):
        holding.setdefault(practice_id, []).append(slug)
    return holding


def document_of(practice: Practice, lexicon: Lexicon, collections: Sequence[str]) -> Document:
    """Return a practice as a document for the index.

    :param collections: the slugs of the published collections for which it was chosen.
    """
    concepts = lexicon.with_ancestors(concepts_of(practice))
    return Document(
        id=practice.id,
        version=practice.version,
        texts=tuple(_text(text) for text in practice.texts),
        original_language=practice.original_language,
        concepts=_concept_words(concepts, lexicon),
        names=tuple(_names(practice)),
        facets={**_facets(practice, lexicon), "collection": tuple(collections)},
        published=practice.published_at.date(),
        codes=tuple(identifier for identifier in concepts if identifier not in lexicon.replaced),
    )


def body_of(sections: Mapping[str, str]) -> str:
    """Return all prose of a text but title and summary, in the order of the template."""
    return "\n\n".join(sections[f.name] for f in record.SECTIONS if f.name in sections)


def _text(text: PracticeText) -> Text:
    return Text(language=text.language, title=text.title, summary=text.summary, body=body_of(text.sections))


def concepts_of(practice: Practice) -> list[str]:
    """Return the concepts by whose words a practice is found, wider ones not included."""
    return [
        *(agency.concept_id for agency in practice.agencies),
        *(link.concept_id for link in practice.concepts),
        practice.kind_id,
        practice.country_id,
    ]


def _concept_words(identifiers: Iterable[str], lexicon: Lexicon) -> dict[str, tuple[str, ...]]:
    entries = [lexicon[identifier] for identifier in identifiers]
    return {
        language: tuple(
            word for entry in entries for word in (entry.label(language), *entry.synonyms.get(language, ()))
        )
        for language in LANGUAGES
    }


def _names(practice: Practice) -> Iterator[str]:
    organisations = [place.municipality for place in practice.places]
    organisations += [partner.organisation for partner in practice.partners]
    if practice.owner:
        organisations.append(practice.owner)
    for organisation in organisations:
        yield organisation.name
        yield from organisation.names.values()


def _facets(practice: Practice, lexicon: Lexicon) -> dict[str, tuple[str, ...]]:
    def codes(*identifiers: str) -> tuple[str, ...]:
        found = lexicon.with_ancestors(identifiers)
        return tuple(lexicon[identifier].code for identifier in found if identifier not in lexicon.replaced)

    return {
        "agency": codes(*(agency.concept_id for agency in practice.agencies)),
        "theme": codes(*practice.concepts_of("themes")),
        "target_group": codes(*practice.concepts_of("target-groups")),
        "prevention_level": codes(*practice.concepts_of("prevention-levels")),
        "kind": codes(practice.kind_id),
        "country": codes(practice.country_id),
        "municipality": tuple(place.municipality.slug for place in practice.places),
        "stage": codes(practice.evidence_stage_id),
        "outcome": codes(practice.outcome_id),
        "language": tuple(text.language for text in practice.texts),
        "year": (str(practice.start_year),) if practice.start_year else (),
    }


def _loading() -> tuple[ExecutableOption, ...]:
    return (
        selectinload(Practice.texts),
        selectinload(Practice.agencies),
        selectinload(Practice.concepts),
        selectinload(Practice.places).joinedload(PracticePlace.municipality),
        selectinload(Practice.partners).joinedload(PracticeOrganisation.organisation),
        selectinload(Practice.owner),
    )
