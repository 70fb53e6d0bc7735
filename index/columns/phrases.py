"""Which documents have terms in a row."""

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.columns.reading import Columns
from index.kernel import Placed, loops


def documents_in_a_row(columns: Columns, field: str, entries: Sequence[int | None]) -> NDArray[np.unsignedinteger[Any]]:
    """Return the documents in which the terms of these entries follow each other in the field; None is no entry."""
    known = [entry for entry in entries if entry is not None]
    if len(known) < len(entries):
        return np.empty(0, np.uint32)
    # The rarest comes first: of where it stands, less and less is left by each of the others.
    rarest, *others = sorted(range(len(known)), key=lambda place: columns.document_count(known[place]))

    def left(standing: Placed, place: int) -> Placed:
        if not len(standing.docs):
            return standing
        return loops().at_distance(standing, _placed(columns, field, known[place]), place - rarest)

    return reduce(left, others, _placed(columns, field, known[rarest])).docs


def _placed(columns: Columns, field: str, entry: int) -> Placed:
    found = columns.found(field, entry)
    return Placed(found.documents, found.frequencies, columns.positions(field, found))
