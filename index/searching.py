"""A search from request to result: parse, match, filter, count, sort, take one page.

Knows one snapshot, from which everything in the result comes.
"""

import numpy as np

from index.facets import Mask, apply_filters
from index.parsing import parse
from index.postings import Docs
from index.querying import Query, build_query, widened
from index.requests import SearchRequest, Sort
from index.results import Hit, SearchResult
from index.scoring import Scores, match
from index.snapshot import Snapshot


def search(snapshot: Snapshot, request: SearchRequest) -> SearchResult:
    """Answer a request whose filters are on facets of the index."""
    parsed = parse(request.text)
    (matching, scores, fewer_words), beginnings = _match(snapshot, build_query(parsed, request.language))
    narrowed, facets = apply_filters(snapshot.facets, request.filters, matching, request.together)
    page = _page(request, _sorted(snapshot, request, narrowed, scores))
    return SearchResult(
        hits=tuple(_hit(snapshot, request.language, int(doc), scores) for doc in page),
        total=int(np.count_nonzero(narrowed)),
        facets=facets,
        parsed=parsed,
        fewer_words=fewer_words,
        beginnings=beginnings,
    )


def _match(snapshot: Snapshot, query: Query) -> tuple[tuple[Mask, Scores, bool], bool]:
    """Match words as they are; where no document has them all, also words that begin with them.

    The wider match is taken, and said so, where it finds all words, or anything after nothing was found.
    """
    exact = match(snapshot, query)
    matching, _, fewer_words = exact
    if query.everything or (matching.any() and not fewer_words):
        return exact, False
    wide = match(snapshot, widened(query, snapshot.continuations))
    better = wide[0].any() and (not wide[2] or not matching.any())
    return (wide, True) if better else (exact, False)


def newest_first(snapshot: Snapshot, docs: Docs) -> tuple[Docs, Docs]:
    """Return sorting keys, the last one first, that put the newest document first and then the lowest id."""
    return snapshot.ids[docs], -snapshot.published[docs]


def _sorted(snapshot: Snapshot, request: SearchRequest, narrowed: Mask, scores: Scores) -> Docs:
    docs = np.flatnonzero(narrowed)
    by_age = newest_first(snapshot, docs)
    match request.sort:
        case Sort.NEWEST:
            order = np.lexsort(by_age)
        case Sort.TITLE:
            order = np.lexsort((*by_age, snapshot.title_ranks(request.language)[docs]))
        case Sort.RELEVANCE:
            order = np.lexsort((*by_age, -scores.total[docs]))
    return docs[order]


def _page(request: SearchRequest, docs: Docs) -> Docs:
    start = (request.page - 1) * request.per_page
    return docs[start : start + request.per_page]


def _hit(snapshot: Snapshot, reader_language: str, doc: int, scores: Scores) -> Hit:
    return Hit(
        id=int(snapshot.ids[doc]),
        score=float(scores.total[doc]),
        language=_best_language(snapshot, reader_language, doc, scores),
    )


def _best_language(snapshot: Snapshot, reader_language: str, doc: int, scores: Scores) -> str:
    *_, original, titles = snapshot.records[doc]
    candidates = [name for name in dict.fromkeys((reader_language, original, *titles)) if name in titles]
    found = {name: values[doc] for name, values in scores.by_language.items()}
    return max(candidates, key=lambda name: found.get(name, 0.0))  # the first of equals
