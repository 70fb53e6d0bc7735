"""Documents like another: those that share its rarer facet codes, and words of its title and summary.

Knows one snapshot. What it compares was stored with the document, so that no body is read again. Codes are of no
language, and the mainland Scandinavian languages share many words: so a document has cousins in other languages too.
"""

from collections.abc import Collection, Iterator
from heapq import nsmallest
from math import log

import numpy as np

from index.answering.ranking import first_of
from index.answering.scoring import clause_scores
from index.asking.clauses import Clause
from index.kernel import Values
from index.requests import Sort
from index.schema import PROSE, language_field
from index.states.snapshot import Snapshot

# The words that tell a document from others; more of them cost time and add common words.
MAX_TERMS = 25
# People chose the codes, so a shared code says more than a shared word of the same rarity.
CODE_BOOST = 3.0
# What more than half of all documents have in common tells none of them apart, and costs most to add up.
MOST_SHARED = 0.5
# A word of one of these is looked for in the others as well: one in eight is spelled alike.
SCANDINAVIAN = ("da", "nb", "nn", "sv")
_RESULT_BYTES = 500


def similar(snapshot: Snapshot, id: int, limit: int, facets: Collection[str]) -> tuple[int, ...]:
    """Return the ids of the most similar documents, best first; none for an unknown id.

    :param facets: those whose codes say what a document is about.
    """
    key = ("similar", id, limit, tuple(sorted(facets)))
    ids: tuple[int, ...] | None = snapshot.memory.get(key)
    if ids is None:
        doc = snapshot.find(id)
        ids = () if doc is None else _similar(snapshot, doc, limit, facets)
        snapshot.memory.put(key, ids, _RESULT_BYTES)
    return ids


def _similar(snapshot: Snapshot, doc: int, limit: int, facets: Collection[str]) -> tuple[int, ...]:
    scores = np.zeros(snapshot.size)
    _add_codes(snapshot, doc, facets, scores)
    _add_words(snapshot, doc, scores)
    scores[~snapshot.live] = 0.0
    scores[doc] = 0.0
    docs = np.flatnonzero(scores > 0)
    best = first_of(snapshot, docs, scores[docs], limit, Sort.RELEVANCE, "")
    return tuple(int(id) for id in snapshot.ids[docs[best]])


def _add_codes(snapshot: Snapshot, doc: int, facets: Collection[str], scores: Values) -> None:
    for facet, code in snapshot.facets.codes_of(doc):
        if facet in facets:
            docs = snapshot.facets[facet].having(code)
            if len(docs) <= max(MOST_SHARED * snapshot.size, 2):
                scores[docs] += CODE_BOOST * log(snapshot.size / len(docs))


def _add_words(snapshot: Snapshot, doc: int, scores: Values) -> None:
    """Add what the rarest of the shared words score; how rare each is, is known before any is scored."""
    counted = ((_count(snapshot, clause), own, clause) for own, clause in _clauses(snapshot, doc))
    shared = ((count, clause) for count, own, clause in counted if count > own)
    for _, clause in nsmallest(MAX_TERMS, shared, key=lambda pair: pair[0]):
        docs, values = clause_scores(snapshot, clause)
        scores[docs] += values


def _clauses(snapshot: Snapshot, doc: int) -> Iterator[tuple[bool, Clause]]:
    """Yield what to look up, and whether the document itself is among those that may have it."""
    for language, terms in snapshot.subject(doc).items():
        for other in SCANDINAVIAN if language in SCANDINAVIAN else (language,):
            for term in terms:
                yield other == language, Clause(language_field(PROSE, other), (term,), 1.0)


def _count(snapshot: Snapshot, clause: Clause) -> int:
    """Return how many documents have a clause's term, deleted ones too."""
    (term,) = clause.terms
    found = (segment.found(clause.field, term) for segment in snapshot.segments)
    return sum(len(one.documents) for one in found if one is not None)
