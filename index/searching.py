"""A search from request to result: parse, match, filter, count, sort, take one page.

Knows one snapshot, from which everything in the result comes.
"""

import numpy as np

from index.clauses import Query
from index.facets import Mask, apply_filters
from index.parsing import parse
from index.postings import Docs
from index.querying import build_query, widened
from index.requests import SearchRequest, Sort
from index.results import Hit, SearchResult
from index.scoring import Matches, Scores, clause_scores, match
from index.snapshot import Snapshot
from index.thesaurus import NO_THESAURUS, Thesaurus


def search(snapshot: Snapshot, request: SearchRequest, thesaurus: Thesaurus = NO_THESAURUS) -> SearchResult:
    """Answer a request whose filters are on facets of the index."""
    parsed = parse(request.text)
    query = build_query(parsed, request.language, thesaurus)
    matches, beginnings = _match(snapshot, query)
    narrowed, facets = apply_filters(snapshot.facets, request.filters, matches.found, request.together)
    total = int(np.count_nonzero(narrowed))
    page = _page(request, _sorted(snapshot, request, narrowed, matches.scores))
    more = _more(snapshot, request, matches, total)
    return SearchResult(
        hits=tuple(_hit(snapshot, request.language, query, int(doc), matches) for doc in page),
        total=total,
        facets=facets,
        parsed=parsed,
        fewer_words=matches.fewer_words,
        beginnings=beginnings,
        more=tuple(_hit(snapshot, request.language, query, int(doc), matches) for doc in more),
        recognised=query.recognised,
    )


def _match(snapshot: Snapshot, query: Query) -> tuple[Matches, bool]:
    """Match words as they are; where no document has them all, also words that begin with them.

    The wider match is taken, and said so, where it finds all words, or anything after nothing was found.
    """
    exact = match(snapshot, query)
    if query.everything or (exact.found.any() and not exact.fewer_words):
        return exact, False
    wide = match(snapshot, widened(query, snapshot.continuations))
    better = wide.found.any() and (not wide.fewer_words or not exact.found.any())
    return (wide, True) if better else (exact, False)


def _more(snapshot: Snapshot, request: SearchRequest, matches: Matches, total: int) -> Docs:
    """Return the best documents with fewer words, as many as the last page of the others has room for."""
    room = request.page * request.per_page - total
    if not 0 < room <= request.per_page or request.sort is not Sort.RELEVANCE or not matches.nearly.any():
        return np.empty(0, np.int64)
    narrowed, _ = apply_filters(snapshot.facets, request.filters, matches.nearly, request.together)
    return _sorted(snapshot, request, narrowed, matches.scores)[:room]


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


def _hit(snapshot: Snapshot, reader_language: str, query: Query, doc: int, matches: Matches) -> Hit:
    language = _best_language(snapshot, reader_language, doc, matches.scores)
    return Hit(
        id=int(snapshot.ids[doc]),
        score=float(matches.scores.total[doc]),
        language=language,
        through=() if matches.typed[doc] else _through(snapshot, query, language, doc),
    )


def _through(snapshot: Snapshot, query: Query, language: str, doc: int) -> tuple[str, ...]:
    """Return the words of the vocabulary that a document's text in a language has."""
    clauses = (clause for expansion in query.expansions for clause in expansion.clauses)
    there = (c.label for c in clauses if c.language == language and doc in clause_scores(snapshot, c)[0])
    return tuple(dict.fromkeys(there))


def _best_language(snapshot: Snapshot, reader_language: str, doc: int, scores: Scores) -> str:
    *_, original, titles = snapshot.records[doc]
    candidates = [name for name in dict.fromkeys((reader_language, original, *titles)) if name in titles]
    found = {name: values[doc] for name, values in scores.by_language.items()}
    return max(candidates, key=lambda name: found.get(name, 0.0))  # the first of equals
