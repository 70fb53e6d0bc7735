"""Test sets of others, asked of our engine and of the reference in the same run.

Documents go into a real index in a temporary folder, and are asked for with the words of our vocabularies, as the site
asks; an answer is what a page shows, the hits and then those with fewer words. Where a set has judgements for a pair of
languages, readers of the one ask for documents in the other alone, by the filter that the library has for it; the
judgements of the whole set are asked for without it.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.relevance.metrics import RECALL_DEPTH
from benchmarks.relevance.outside import FACET, GivenSet, Pair
from benchmarks.relevance.reference import Page, Reference
from benchmarks.relevance.rows import ANY, OTHER, OURS, REFERENCE, SAME, Row, mean, row
from index import Index, SearchRequest, Thesaurus

Find = Callable[[str, Pair], Sequence[str]]


def measure(chosen: GivenSet, thesaurus: Thesaurus) -> list[Row]:
    """Return the rows of both engines on one set.

    :param thesaurus: of the vocabularies of the starter library.
    """
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        index = Index(Path(folder) / "index", facets=(FACET,))
        index.rebuild(chosen.documents(), position=1)
        ours = _rows(chosen, OURS, _ours(index, thesaurus, chosen))
        index.close()
    plain = Reference.of(Page(s.name, s.language, s.title, s.text) for s in chosen.sources)
    return [*ours, *_rows(chosen, REFERENCE, lambda text, pair: plain.ranking(text, pair.document_language))]


def _ours(index: Index, thesaurus: Thesaurus, chosen: GivenSet) -> Find:
    names = {number: source.name for number, source in enumerate(chosen.sources, start=1)}

    def find(text: str, pair: Pair) -> list[str]:
        filters = {FACET: (pair.document_language,)} if pair.document_language else {}
        request = SearchRequest(text=text, language=pair.query_language, filters=filters, per_page=RECALL_DEPTH)
        result = index.search(request, thesaurus)
        return [names[hit.id] for hit in (*result.hits, *result.more)]

    return find


def _rows(chosen: GivenSet, engine: str, find: Find) -> list[Row]:
    """Return a row for each pair of languages, and the means over pairs by the language of queries and of documents."""
    texts = {query.name: query.text for query in chosen.queries}
    rows = [
        row(
            chosen.name,
            engine,
            pair.query_language,
            pair.document_language or ANY,
            [(find(texts[name], pair), grades) for name, grades in judged.items()],
        )
        for pair, judged in sorted(chosen.judged().items(), key=lambda item: (item[0][0], item[0][1] or ""))
    ]
    return [*rows, *_means(rows)] if len(rows) > 1 else rows


def _means(rows: Sequence[Row]) -> Iterator[Row]:
    groups: Mapping[tuple[str, str], list[Row]] = defaultdict(list)
    for one in rows:
        asked, found = one["query_language"], one["document_language"]
        if found == ANY:
            continue
        across = SAME if asked == found else OTHER
        groups[ANY, across].append(one)
        if across == OTHER:
            groups[asked, OTHER].append(one)
            groups[OTHER, found].append(one)
    for (asked, found), some in sorted(groups.items()):
        yield mean(some, asked, found)
