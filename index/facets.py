"""Facets as arrays: which documents have which code; filters and counts by arithmetic, not by reading.

Knows codes and document numbers only. Built once per snapshot.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.postings import Docs

Mask = NDArray[np.bool_]


class Facet:
    """The codes of one facet, and for each the documents that have it, end to end in one array."""

    def __init__(self, parts: Iterable[tuple[int, Mapping[str, Docs]]]) -> None:
        """Join the parts of the segments: the number of a segment's first document, and its codes."""
        found: dict[str, list[Docs]] = {}
        for offset, codes in parts:
            for code, docs in codes.items():
                found.setdefault(code, []).append(docs + offset)
        joined = {code: np.concatenate(found[code]) for code in sorted(found)}
        self._docs_of = joined
        self._docs = np.concatenate([*joined.values(), np.empty(0, np.int64)])
        sizes = [len(docs) for docs in joined.values()]
        self._starts = np.cumsum([0, *sizes[:-1]])

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes, sorted."""
        return tuple(self._docs_of)

    def documents(self) -> Iterable[tuple[str, Docs]]:
        """Return each code with the documents that have it, deleted ones too."""
        return self._docs_of.items()

    def counts(self, matching: Mask) -> dict[str, int]:
        """Count the matching documents of each code; codes that none has are left out."""
        if not self._docs_of:
            return {}
        totals = np.add.reduceat(matching[self._docs], self._starts, dtype=np.int64)
        return {code: int(total) for code, total in zip(self._docs_of, totals, strict=True) if total}

    def having_any(self, codes: Iterable[str], size: int) -> Mask:
        """Mark, of `size` documents, those that have at least one of the codes."""
        mask = np.zeros(size, np.bool_)
        for docs in map(self._docs_of.get, codes):
            if docs is not None:
                mask[docs] = True
        return mask

    def having_all(self, codes: Iterable[str], size: int) -> Mask:
        """Mark, of `size` documents, those that have every one of the codes."""
        return _all_of(np.ones(size, np.bool_), (self.having_any((code,), size) for code in codes))

    def codes_of(self, doc: int) -> dict[str, Docs]:
        """Return the codes of one document, each with all documents that have it."""
        return {code: docs for code, docs in self._docs_of.items() if doc in docs}


def apply_filters(
    facets: Mapping[str, Facet],
    filters: Mapping[str, Sequence[str]],
    matching: Mask,
    together: Collection[str] = (),
) -> tuple[Mask, dict[str, dict[str, int]]]:
    """Narrow the matching documents by all filters, and count every facet without its own.

    A facet in `together` asks for all of its codes, and is counted among what is left: each of its counts
    says how many would remain if that code were asked for too. A filter without codes filters nothing.
    """
    size = len(matching)
    masks = {
        name: facets[name].having_all(codes, size) if name in together else facets[name].having_any(codes, size)
        for name, codes in filters.items()
        if codes
    }
    narrowed = _all_of(matching, masks.values())
    counts = {}
    for name, facet in facets.items():
        others = [mask for filtered, mask in masks.items() if filtered != name]
        own_left_out = name in masks and name not in together
        counts[name] = facet.counts(_all_of(matching, others) if own_left_out else narrowed)
    return narrowed, counts


def _all_of(first: Mask, others: Iterable[Mask]) -> Mask:
    result = first
    for mask in others:
        result = result & mask
    return result
