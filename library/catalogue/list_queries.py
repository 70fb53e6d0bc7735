"""What lists as files read: every practice that a search finds, with the document of its latest revision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from index import SearchRequest, Sort
from library.choices import PracticeState
from library.indexing import search
from library.models import Practice, PracticeAuthor, Revision

READ_AT_ONCE: Final = 200  # practices


@dataclass(frozen=True, slots=True)
class Entry:
    """One practice of a list, as it stands.

    :param revision: number of the latest one, whose document this is.
    :param authors: names of those who wrote it and wanted to be named.
    """

    id: int
    slug: str
    external_id: str | None
    original_language: str
    published_at: datetime
    revised_at: datetime
    revision: int
    document: Mapping[str, Any]
    authors: tuple[str, ...]


def found_ids(session: Session, wanted: SearchRequest, *, most: int) -> list[int] | None:
    """Return every practice that a search finds, in its order; a list without words begins with the newest.

    :param most: how many at most.
    :return: their numbers; ``None`` while there is no index, for titles are searched then, which no filter narrows.
    """
    if not wanted.text and wanted.sort is Sort.RELEVANCE:
        wanted = replace(wanted, sort=Sort.NEWEST)
    return search.found_ids(session, wanted, most=most)


def entries(session: Session, ids: Sequence[int]) -> Iterator[Entry]:
    """Yield published practices in the order given, reading some at a time; what is no longer public is left out."""
    for start in range(0, len(ids), READ_AT_ONCE):
        some = ids[start : start + READ_AT_ONCE]
        found = _entries(session, some)
        yield from (found[identifier] for identifier in some if identifier in found)


def _entries(session: Session, ids: Sequence[int]) -> dict[int, Entry]:
    latest = select(Revision.practice_id, func.max(Revision.number).label("number"))
    last = latest.where(Revision.practice_id.in_(ids)).group_by(Revision.practice_id).subquery()
    rows = session.execute(
        select(
            Practice.id,
            Practice.slug,
            Practice.external_id,
            Practice.original_language,
            Practice.published_at,
            Practice.revised_at,
            Revision.number.label("revision"),
            Revision.content.label("document"),
        )
        .join(last, last.c.practice_id == Practice.id)
        .join(Revision, (Revision.practice_id == Practice.id) & (Revision.number == last.c.number))
        .where(Practice.state == PracticeState.PUBLISHED)
    )
    authors = _authors(session, ids)
    return {row.id: Entry(authors=tuple(authors[row.id]), **row._mapping) for row in rows}


def _authors(session: Session, ids: Sequence[int]) -> Mapping[int, list[str]]:
    named = select(PracticeAuthor.practice_id, PracticeAuthor.name)
    named = named.where(PracticeAuthor.practice_id.in_(ids), PracticeAuthor.credited).order_by(PracticeAuthor.position)
    found: dict[int, list[str]] = defaultdict(list)
    for practice_id, name in session.execute(named):
        found[practice_id].append(name)
    return found
