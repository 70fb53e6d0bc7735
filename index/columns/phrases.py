"""Which documents have terms in a row: positions compared as whole arrays."""

from collections.abc import Sequence
from functools import reduce
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.columns.files import Array
from index.columns.reading import Columns, Found
from index.columns.runs import places_of
from index.kernel import loops

_Number = TypeVar("_Number", bound=np.integer[Any])


def documents_in_a_row(columns: Columns, field: str, entries: Sequence[int | None]) -> NDArray[np.uint32]:
    """Return the documents in which the terms of these entries follow each other in the field; None is no entry."""
    known = [columns.found(field, entry) for entry in entries if entry is not None]
    if len(known) < len(entries):
        return np.empty(0, np.uint32)
    rarest_first = sorted((found.documents for found in known), key=len)
    shared = reduce(_in_both, rarest_first)
    if len(known) == 1 or not len(shared):
        return shared
    # A place in a document, less the place in the phrase, is the same for all terms of a phrase that stands there.
    places = [_positions(columns, field, found, shared) for found in known]
    span = max(int(positions.max()) for _, positions in places) + len(known) + 1
    starts = [owners * span + positions + (len(known) - number) for number, (owners, positions) in enumerate(places)]
    in_a_row = reduce(_in_both, starts)
    return shared[np.unique(in_a_row // span)]


def _in_both(one: NDArray[_Number], other: NDArray[_Number]) -> NDArray[_Number]:
    """Return the numbers that are in both; both are sorted."""
    return one[loops().pairs(one, other)[0]]


def _positions(
    columns: Columns, field: str, found: Found, documents: NDArray[np.uint32]
) -> tuple[NDArray[np.int64], Array]:
    """Return where some of the documents have a term: for each place, which of the documents, and where in it."""
    ends = np.cumsum(found.frequencies, dtype=np.int64)
    own, _ = loops().pairs(found.documents, documents)
    counts = found.frequencies[own].astype(np.int64)
    owners = np.repeat(np.arange(len(documents)), counts)
    places = places_of(ends[own] - counts, counts)
    return owners, columns.positions(field, found)[places].astype(np.int64)
