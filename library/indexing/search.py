"""Searching, for the areas: the index of this application, and what stands in while there is none."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from index import (
    MAX_PER_PAGE,
    Correction,
    Crossed,
    Crossing,
    Hit,
    Index,
    IndexUnavailable,
    Match,
    SearchRequest,
    SearchResult,
    parse,
)
from library.choices import PracticeState
from library.indexing.asking import in_use
from library.indexing.facets import NAMES
from library.indexing.naming import concepts_of
from library.indexing.thesaurus import thesaurus_of
from library.lexicon import Lexicon, current
from library.models import Practice, PracticeText

log = logging.getLogger(__name__)

EXTENSION: Final = "library-index"
# What makes practices alike: what is done, for whom, by whom, and that somebody has put them together. Not where or
# when, nor how well it was studied: the cousin in another country is the one worth finding.
ALIKE: Final = ("agency", "theme", "target_group", "prevention_level", "kind", "collection")
TROUBLE: Final = "library-index-trouble"  # the reasons that were logged since the index last answered


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a search.

    :param rebuilding: the index was not to be had, and titles were searched in the database instead.
    """

    result: SearchResult
    rebuilding: bool = False


def init_app(app: Flask) -> None:
    """Give an application its index; nothing is opened yet, so that processes may still fork."""
    app.extensions[EXTENSION] = Index(Path(app.config["INDEX_PATH"]), facets=NAMES)
    app.extensions[TROUBLE] = {}


def index_of_app() -> Index:
    """Return the index of the current application."""
    index: Index = current_app.extensions[EXTENSION]
    return index


def search(session: Session, request: SearchRequest, *, lexicon: Lexicon | None = None) -> Found:
    """Search the public index; while it is not to be had, search titles in the database.

    Words that name a concept find it in every language. Codes of concepts that were merged or replaced find what
    stands for them now.

    :param lexicon: the vocabularies as they stand, from callers that have asked for them already.
    """
    lexicon = lexicon or current(session)
    request = in_use(request, lexicon)
    try:
        result = index_of_app().search(request, thesaurus_of(lexicon))
    except IndexUnavailable as unusable:
        _log_once(unusable)
        return Found(_search_titles(session, request), rebuilding=True)
    current_app.extensions[TROUBLE].clear()
    return Found(result)


def found_ids(session: Session, wanted: SearchRequest, *, most: int) -> list[int] | None:
    """Return every practice that a search finds, in its order.

    :param most: how many at most.
    :return: their numbers; ``None`` while there is no index, for titles are searched then, which no filter narrows.
    """
    ids: dict[int, None] = {}
    for page in range(1, -(-most // MAX_PER_PAGE) + 1):
        found = search(session, replace(wanted, page=page, per_page=MAX_PER_PAGE))
        if found.rebuilding:
            return None
        ids.update(dict.fromkeys(hit.id for hit in found.result.hits))
        if page * MAX_PER_PAGE >= found.result.total:
            break
    return list(ids)[:most]


def similar(practice_id: int, *, limit: int) -> tuple[int, ...]:
    """Return practices like this one, the most alike first; none while there is no index."""
    try:
        return index_of_app().similar(practice_id, limit=limit, facets=ALIKE)
    except IndexUnavailable as unusable:
        _log_once(unusable)
        return ()


def suggest_titles(typed: str, language: str, *, most: int, near: bool) -> tuple[Match, ...]:
    """Return titles of published practices that fit the words typed so far; none while there is no index.

    :param near: also take words for others that are spelled nearly so.
    """
    try:
        return index_of_app().suggest(typed, language, most=most, near=near).matches
    except IndexUnavailable as unusable:
        _log_once(unusable)
        return ()


def corrections(request: SearchRequest, lexicon: Lexicon) -> Iterator[Correction]:
    """Yield searches with published words for those that nothing has, the likeliest first; none without an index.

    Whether they find anything with the filters of the request is for the caller to see.
    """
    try:
        yield from index_of_app().corrections(request, thesaurus_of(lexicon), concepts_of(lexicon).spelling)
    except IndexUnavailable as unusable:
        _log_once(unusable)


def cross(wanted: Crossing) -> Crossed | None:
    """Return how many practices have each pair of codes of two facets; nothing while there is no index."""
    try:
        return index_of_app().cross(wanted)
    except IndexUnavailable as unusable:
        _log_once(unusable)
        return None


def _log_once(unusable: IndexUnavailable) -> None:
    """Say what is wrong, with its cause, for the first of all requests that meet it."""
    told = object()
    if current_app.extensions[TROUBLE].setdefault(unusable.reason, told) is told:
        log.error("only titles are searched until the index is rebuilt: %s", unusable, exc_info=unusable)


def _search_titles(session: Session, request: SearchRequest) -> SearchResult:
    """Find published practices whose title holds every word, newest first, without facets.

    Compares here, not in SQL: SQLite folds the case of ASCII letters only, and PostgreSQL that of its locale.
    """
    parsed = parse(request.text, request.language)
    wanted = [word.casefold() for word in (*parsed.words, *parsed.phrases)]
    query = select(Practice.id, PracticeText.title).join(PracticeText).where(Practice.state == PracticeState.PUBLISHED)
    titles = session.execute(query.order_by(Practice.id.desc()))
    holding = (identifier for identifier, title in titles if all(word in title.casefold() for word in wanted))
    ids = list(dict.fromkeys(holding))
    start = (request.page - 1) * request.per_page
    return SearchResult(
        hits=tuple(Hit(id=n, score=0.0, language=request.language) for n in ids[start : start + request.per_page]),
        total=len(ids),
        facets={},
        parsed=parsed,
        whole=len(ids),
        fewer_words=False,
    )
