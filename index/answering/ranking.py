"""Which documents come first: by score, age or title; where these are equal the newest, then the lowest id.

Knows one snapshot. Only what can stand on the pages asked for is put in order.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.kernel import Docs, Places, Values, loops
from index.requests import Sort
from index.states.snapshot import Snapshot

# So many documents that are alike are put in order by their dates; for more, the order of all is worth having.
_MANY_ALIKE = 1000


def newest_first(snapshot: Snapshot, docs: Docs) -> tuple[Docs, Docs]:
    """Return sorting keys, the last one first, that put the newest document first and then the lowest id."""
    return snapshot.ids[docs], -snapshot.published[docs]


def first_of(snapshot: Snapshot, docs: Docs, scores: Values, count: int, sort: Sort, language: str) -> Places:
    """Return the places, among some documents, of the `count` that come first, in their order."""
    match sort:
        case Sort.RELEVANCE:
            return _first(snapshot, docs, scores, count)
        case Sort.NEWEST:
            return _first(snapshot, docs, -snapshot.recency[docs], count)
        case Sort.TITLE:
            return _first(snapshot, docs, -snapshot.title_ranks(language)[docs], count)


def _first(snapshot: Snapshot, docs: Docs, worth: NDArray[Any], count: int) -> Places:
    best = loops().at_least(worth, count)
    if len(best) > count + _MANY_ALIKE:
        best = _newest_of_alike(snapshot, docs, worth, best, count)
    order = np.lexsort((*newest_first(snapshot, docs[best]), -worth[best]))
    return best[order[:count]]


def _newest_of_alike(snapshot: Snapshot, docs: Docs, worth: NDArray[Any], best: Places, count: int) -> Places:
    """Leave out, of very many that are equal to the last of the first, those that are too old to be on the page."""
    last = worth[best].min()
    better, alike = best[worth[best] > last], best[worth[best] == last]
    newest = loops().at_least(-snapshot.recency[docs[alike]], count - len(better))
    return np.concatenate((better, alike[newest]))
