"""Documents like another: those that share its rarer facet codes, and words of its title and summary.

Knows one snapshot. What it compares was stored with the document, so that no body is read again.
"""

from math import log

import numpy as np

from index.clauses import Clause
from index.postings import Values
from index.ranking import newest_first
from index.schema import LANGUAGE_FIELD_BOOSTS, language_field
from index.scoring import clause_scores
from index.snapshot import Snapshot

# The words that tell a document from others; more of them cost time and add common words.
MAX_TERMS = 25
# People chose the codes, so a shared code says more than a shared word of the same rarity.
CODE_BOOST = 3.0


def similar(snapshot: Snapshot, id: int, limit: int) -> tuple[int, ...]:
    """Return the ids of the most similar documents, best first; none for an unknown id."""
    doc = snapshot.find(id)
    if doc is None:
        return ()
    scores = _code_scores(snapshot, doc) + _word_scores(snapshot, doc)
    scores[~snapshot.live] = 0.0
    scores[doc] = 0.0
    docs = np.flatnonzero(scores)
    order = np.lexsort((*newest_first(snapshot, docs), -scores[docs]))
    return tuple(int(id) for id in snapshot.ids[docs[order[:limit]]])


def _code_scores(snapshot: Snapshot, doc: int) -> Values:
    scores = np.zeros(snapshot.size)
    for facet, code in snapshot.facets.codes_of(doc):
        docs = snapshot.facets[facet].having(code)
        scores[docs] += CODE_BOOST * log(snapshot.size / len(docs))
    return scores


def _word_scores(snapshot: Snapshot, doc: int) -> Values:
    found = [
        clause_scores(snapshot, Clause(language_field(kind, language), (term,), LANGUAGE_FIELD_BOOSTS[kind]))
        for language, terms in snapshot.subject(doc).items()
        for term in terms
        for kind in ("title", "summary")
    ]
    shared = sorted((part for part in found if len(part[0]) > 1), key=lambda part: len(part[0]))
    scores = np.zeros(snapshot.size)
    for docs, values in shared[:MAX_TERMS]:
        scores[docs] += values
    return scores
