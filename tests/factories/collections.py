"""Collections in every state, with honest defaults."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from library.choices import CollectionState
from library.curation.changes import document_of
from library.models import (
    Account,
    Collection,
    CollectionChange,
    CollectionCurator,
    CollectionItem,
    CollectionSection,
    CollectionText,
    Practice,
)
from library.workflow import CollectionStep, advance_collection

_numbers = itertools.count(1)


def a_section(
    heading: str = "Where to begin", *practices: Practice, note: str = "", **values: Any
) -> CollectionSection:
    """Return a section with practices in their order; ``search`` and ``most`` make one that a saved search feeds.

    :param note: why each practice is here, in English.
    :param values: of the section: ``introductions`` and the like.
    """
    values.setdefault("headings", {"en": heading})
    section = CollectionSection(**values)
    section.items = [
        CollectionItem(practice_id=practice.id, position=position, notes={"en": note} if note else {})
        for position, practice in enumerate(practices)
    ]
    return section


def a_collection(
    session: Session,
    curator: Account | None = None,
    *,
    title: str = "Young people at night",
    state: CollectionState = CollectionState.PUBLISHED,
    practices: Sequence[Practice] = (),
    sections: Sequence[CollectionSection] = (),
    slug: str = "",
    **values: Any,
) -> Collection:
    """Make a collection and take it as far as a state; flushed, not committed.

    :param practices: what its first section holds, where no ``sections`` are given.
    :param sections: in their order; see ``a_section``.
    :param values: of the collection: ``cover_id``, ``original_language``, ``texts`` and the like.
    """
    values.setdefault("original_language", "en")
    values.setdefault(
        "texts",
        [
            CollectionText(
                language=values["original_language"],
                title=title,
                introduction="What keeps young people safe when the sun is **down**.",
                audience="Those who plan evenings in town",
            )
        ],
    )
    collection = Collection(slug=slug or f"collection-{next(_numbers)}", **values)
    collection.curators = [CollectionCurator(account=curator)] if curator else []
    collection.sections = list(sections) or [a_section("Where to begin", *practices)]
    for position, section in enumerate(collection.sections):
        section.position = position
    advance_collection(session, collection, CollectionStep.BEGIN, actor=curator)
    for step in _WAY[state]:
        advance_collection(session, collection, step, actor=curator, reason="It is out of date.")
    session.add(
        CollectionChange(collection_id=collection.id, version=1, deed="begin", document=document_of(collection))
    )
    session.flush()
    return collection


_WAY = {
    CollectionState.DRAFT: (),
    CollectionState.PUBLISHED: (CollectionStep.PUBLISH,),
    CollectionState.ARCHIVED: (CollectionStep.PUBLISH, CollectionStep.ARCHIVE),
}
