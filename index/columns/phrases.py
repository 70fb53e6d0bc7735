"""Which documents have terms in a row: positions compared as whole arrays."""

from collections.abc import Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from index.columns.files import Array
from index.columns.reading import Columns, Found


def documents_in_a_row(columns: Columns, field: str, entries: Sequence[int | None]) -> NDArray[np.uint32]:
    """Return the documents in which the terms of these entries follow each other in the field; None is no entry."""
    known = [columns.found(field, entry) for entry in entries if entry is not None]
    if len(known) < len(entries):
        return np.empty(0, np.uint32)
    rarest_first = sorted((found.documents for found in known), key=len)
    shared = reduce(lambda one, other: one[_holds(other, one)], rarest_first)
    if len(known) == 1 or not len(shared):
        return shared
    # A place in a document, less the place in the phrase, is the same for all terms of a phrase that stands there.
    places = [_positions(columns, field, found, shared) for found in known]
    span = max(int(positions.max()) for _, positions in places) + len(known) + 1
    starts = [owners * span + positions + (len(known) - number) for number, (owners, positions) in enumerate(places)]
    in_a_row = reduce(lambda one, other: np.intersect1d(one, other, assume_unique=True), starts)
    return shared[np.unique(in_a_row // span)]


def _holds(documents: NDArray[np.uint32], wanted: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Return which of the wanted documents are among the documents; both are sorted."""
    places = np.searchsorted(documents, wanted)
    found: NDArray[np.bool_] = documents[np.minimum(places, len(documents) - 1)] == wanted
    return found


def _positions(
    columns: Columns, field: str, found: Found, documents: NDArray[np.uint32]
) -> tuple[NDArray[np.int64], Array]:
    """Return where some of the documents have a term: for each place, which of the documents, and where in it."""
    ends = np.cumsum(found.frequencies, dtype=np.int64)
    own = np.searchsorted(found.documents, documents)
    counts = found.frequencies[own].astype(np.int64)
    owners = np.repeat(np.arange(len(documents)), counts)
    firsts = np.cumsum(counts) - counts
    inside = np.arange(len(owners)) - np.repeat(firsts, counts)
    places = np.repeat(ends[own] - counts, counts) + inside
    return owners, columns.positions(field, found)[places].astype(np.int64)
