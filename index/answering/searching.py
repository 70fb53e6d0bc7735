"""A search from request to result: parse, match, filter, count, sort, take one page.

Knows one snapshot, from which everything in the result comes.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from index.answering.explaining import Explanation
from index.answering.matching import Matches, match
from index.answering.ranking import first_of
from index.answering.scoring import clause_scores, has_clause
from index.asking.clauses import Clause, Query
from index.asking.querying import build_query, widened, wider_ways
from index.asking.thesaurus import NO_THESAURUS, Thesaurus
from index.kernel import Docs, Values, prepare
from index.parsing import ParsedQuery, parse
from index.requests import SearchRequest, Sort
from index.results import Hit, SearchResult
from index.schema import WHOLE_TITLE, whole_title
from index.states.facets import Narrowed, count_codes, narrow
from index.states.snapshot import Snapshot
from index.words import normalise, words

# Words may begin in twenty ways in each of two dozen fields. Of a longer question the words as they are find enough.
MOST_WIDENED = 6

# A result in memory, roughly: for itself, for each hit and for each code with its count.
_RESULT_BYTES, _HIT_BYTES, _COUNT_BYTES = 2000, 400, 150


def search(snapshot: Snapshot, request: SearchRequest, thesaurus: Thesaurus = NO_THESAURUS) -> SearchResult:
    """Answer a request whose filters are on facets of the index, from memory if it was asked before."""
    key = _key(request, thesaurus)
    result: SearchResult | None = snapshot.memory.get(key)
    if result is None:
        prepare()
        result = _search(snapshot, request, thesaurus)
        snapshot.memory.put(key, result, _size(result))
    return result


def _search(snapshot: Snapshot, request: SearchRequest, thesaurus: Thesaurus) -> SearchResult:
    parsed = _parsed(snapshot, request)
    query = build_query(parsed, request.language, thesaurus, snapshot.has)
    matches, beginnings = _match(snapshot, query)
    narrowed = _narrow(snapshot, request, matches.docs)
    page = _Page(snapshot, request, query, matches)
    docs, scores = narrowed.docs, narrowed.left(matches.scores)
    return SearchResult(
        hits=page.hits(docs, scores),
        total=len(docs),
        facets=count_codes(snapshot.facets, narrowed, request.together),
        parsed=parsed,
        whole=matches.whole,
        fewer_words=matches.some and not matches.whole,
        best_first=matches.some and matches.whole > 0,
        beginnings=beginnings,
        more=page.more(len(docs)),
        recognised=query.recognised,
    )


def _parsed(snapshot: Snapshot, request: SearchRequest) -> ParsedQuery:
    """Take a query apart; in one that is the title of a document a hyphen excludes nothing: *kiva koulu -ohjelma*.

    Who types a title need not know that a hyphen can mean anything.
    """
    parsed = parse(request.text, request.language)
    if parsed.exclusions and _is_title(snapshot, request.text):
        return parse(request.text, request.language, excluding=False)
    return parsed


def _is_title(snapshot: Snapshot, text: str) -> bool:
    """Return whether a document is called so, signs and all."""
    written = _as_written(text)
    found = [clause_scores(snapshot, Clause(WHOLE_TITLE, (title,), 1.0))[0] for title in whole_title(words(text))]
    titles = (title for docs in found for doc in docs.tolist() for title in snapshot.record(doc)[4].values())
    return any(_as_written(title) == written for title in titles)


def _as_written(title: str) -> str:
    """Return a title with all its signs, but without case, and one space where there is space."""
    return " ".join(normalise(title).casefold().split())


def _match(snapshot: Snapshot, query: Query) -> tuple[Matches, bool]:
    """Match words as they are; where no document has them all, also words that begin with them.

    The wider match is taken, and said so, where it finds all words, or anything after nothing was found.
    """
    exact = match(snapshot, query)
    if query.everything or exact.whole or len(query.required) > MOST_WIDENED:
        return exact, False
    if len(exact.docs) and not all(_may_be_found(snapshot, query, place) for place in _lacking(query, exact)):
        return exact, False  # the wider match would lack it too
    wide = match(snapshot, widened(query, snapshot.continuations))
    better = wide.whole or (len(wide.docs) and not len(exact.docs))
    return (wide, True) if better else (exact, False)


def _lacking(query: Query, exact: Matches) -> list[int]:
    """Return the places, in what is required, of that which no document has in any way."""
    found = {place for place, scored in enumerate(exact.typed) if len(scored.docs)}
    for expansion, scored in zip(query.expansions, exact.expanded, strict=True):
        found.update(expansion.covers if len(scored.docs) else ())
    return [place for place in range(len(exact.typed)) if place not in found]


def _may_be_found(snapshot: Snapshot, query: Query, place: int) -> bool:
    return any(has_clause(snapshot, clause) for clause in wider_ways(query, place, snapshot.continuations))


def _narrow(snapshot: Snapshot, request: SearchRequest, docs: Docs) -> Narrowed:
    return narrow(snapshot.facets, request.filters, request.together, docs, snapshot.memory)


@dataclass(frozen=True, slots=True)
class _Page:
    """The page that was asked for, of what was found."""

    snapshot: Snapshot
    request: SearchRequest
    query: Query
    matches: Matches

    def hits(self, docs: Docs, scores: Values) -> tuple[Hit, ...]:
        """Choose the documents of the page, out of all that were found."""
        end = self.request.page * self.request.per_page
        # Where nothing was looked for, all score alike.
        sort = Sort.NEWEST if self.query.everything and self.request.sort is Sort.RELEVANCE else self.request.sort
        return self._hits(docs, scores, sort, end - self.request.per_page, end, some=self.matches.some)

    def more(self, total: int) -> tuple[Hit, ...]:
        """Choose the best documents with fewer words, as many as the last page of the others has room for."""
        room = self.request.page * self.request.per_page - total
        if not 0 < room <= self.request.per_page or self.request.sort is not Sort.RELEVANCE:
            return ()
        docs, scores = self.matches.nearly(self.snapshot)
        narrowed = _narrow(self.snapshot, self.request, docs)
        return self._hits(narrowed.docs, narrowed.left(scores), Sort.RELEVANCE, 0, room, some=True)

    def _hits(self, docs: Docs, scores: Values, sort: Sort, start: int, end: int, *, some: bool) -> tuple[Hit, ...]:
        if start >= len(docs):
            return ()
        language = self.request.language
        chosen = first_of(self.snapshot, docs, scores, end, sort, language)[start:]
        explained = Explanation(self.snapshot, self.query, self.matches, np.sort(docs[chosen]), language)

        def missing(doc: int) -> tuple[str, ...]:
            return tuple(self.query.typed[place] for place in explained.missing(doc)) if some else ()

        return tuple(
            Hit(int(self.snapshot.ids[doc]), score, explained.language(doc), explained.through(doc), missing(doc))
            for doc, score in zip(docs[chosen].tolist(), scores[chosen].tolist(), strict=True)
        )


def _key(request: SearchRequest, thesaurus: Thesaurus) -> Hashable:
    filters = tuple((name, tuple(codes)) for name, codes in sorted(request.filters.items()))
    asked = (request.text, request.language, request.sort, request.page, request.per_page)
    return ("search", *asked, filters, frozenset(request.together), thesaurus)


def _size(result: SearchResult) -> int:
    codes = sum(map(len, result.facets.values()))
    return _RESULT_BYTES + _HIT_BYTES * (len(result.hits) + len(result.more)) + _COUNT_BYTES * codes
