"""Two facets crossed: how many documents have both codes, apart by the codes of a third. Knows arrays, no words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from index.states.facets import Facet, Mask

Counts = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Crossing:
    """Which facets to cross.

    :param apart: the facet whose codes are counted apart; documents without any of them are not counted.
    :param filters: any of these codes, in all of the facets that name some.
    """

    rows: str
    columns: str
    apart: str
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def facets(self) -> set[str]:
        """Every facet that is named."""
        return {self.rows, self.columns, self.apart, *self.filters}


@dataclass(frozen=True, slots=True)
class Crossed:
    """The answer: for the whole, each row, each column and each cell one count for each code of ``apart``.

    Cells that no document is in are left out.

    :param outside: documents that no column holds.
    """

    apart: tuple[str, ...]
    total: Counts
    rows: Mapping[str, Counts]
    columns: Mapping[str, Counts]
    cells: Mapping[tuple[str, str], Counts]
    outside: int = 0


def cross(facets: Mapping[str, Facet], live: Mask, wanted: Crossing) -> Crossed:
    """Count the documents of every row and column. A document is in each cell once, however it came there."""
    size, counted = len(live), live
    for name, codes in wanted.filters.items():
        counted = counted & facets[name].having_any(codes, size) if codes else counted
    apart, columns = facets[wanted.apart], facets[wanted.columns]
    # Numbers, for a product of matrices counts faster than booleans; float32 is exact up to 16 million documents.
    parts = _marks(apart, size) * counted
    below = _marks(columns, size)
    rows: dict[str, Counts] = {}
    cells: dict[tuple[str, str], Counts] = {}
    for code, docs in facets[wanted.rows].documents():
        rows[code] = _whole(parts[:, docs].sum(axis=1))
        crossed = below[:, docs] @ parts[:, docs].T
        cells |= {(code, column): _whole(counts) for column, counts in _filled(columns.codes, crossed)}
    return Crossed(
        apart=apart.codes,
        total=_whole(parts.sum(axis=1)),
        rows={code: counts for code, counts in rows.items() if any(counts)},
        columns={code: _whole(counts) for code, counts in _filled(columns.codes, below @ parts.T)},
        cells=cells,
        outside=int(np.count_nonzero(parts.any(axis=0) & ~below.any(axis=0))),
    )


def _marks(facet: Facet, size: int) -> NDArray[np.float32]:
    """Return a row for each code with a 1 for every document that has it."""
    marks = np.zeros((len(facet.codes), size), np.float32)
    for row, (_code, docs) in zip(marks, facet.documents(), strict=True):
        row[docs] = 1
    return marks


def _filled(codes: Iterable[str], counts: NDArray[np.float32]) -> list[tuple[str, NDArray[np.float32]]]:
    return [(code, row) for code, row in zip(codes, counts, strict=True) if row.any()]


def _whole(counts: NDArray[np.float32]) -> Counts:
    return tuple(int(count) for count in counts)
