"""What changing many practices reads: which ones, and what they are called. A fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from index import MAX_PER_PAGE
from library.choices import PracticeState
from library.indexing import search
from library.indexing.asking import read_query
from library.models import Organisation, Practice


def found(session: Session, query: str, language: str, *, most: int) -> list[int] | None:
    """Return the practices that a search finds, in its order.

    :param query: what stands behind the question mark of a search page.
    :return: their numbers; ``None`` while there is no index, for titles are searched then, which no filter narrows.
    """
    return search.found_ids(session, read_query(query, language, per_page=MAX_PER_PAGE), most=most)


def titles(session: Session, practices: Sequence[int], language: str) -> dict[int, str]:
    """Return the titles of those practices that are public, by number, in the order given."""
    query = select(Practice).where(Practice.id.in_(practices), Practice.state == PracticeState.PUBLISHED)
    known = {one.id: one.title_in(language) for one in session.scalars(query.options(selectinload(Practice.texts)))}
    return {identifier: known[identifier] for identifier in practices if identifier in known}


def bodies(session: Session, language: str) -> list[str]:
    """Return the names of all organisations, for a box that completes what is typed."""
    rows = session.execute(select(Organisation.name, Organisation.names).order_by(Organisation.name))
    return [names.get(language, name) for name, names in rows][:1000]
