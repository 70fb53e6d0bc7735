"""Runs of values that lie end to end in an array: the postings of each term, the words of each document.

Runs are given by how many values each has, in their order; or by their bounds, one more than there are runs.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.integer[Any]]


def counts_of(bounds: Numbers) -> NDArray[np.int64]:
    """Return how long each of the runs is that lie between these bounds."""
    wide = bounds.astype(np.int64)
    return wide[1:] - wide[:-1]


def bounds_of(counts: Numbers) -> NDArray[np.int64]:
    """Return where each of some runs begins if they lie end to end, and where the last one ends."""
    bounds = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, dtype=np.int64, out=bounds[1:])
    return bounds


def sums_of(values: NDArray[Any], counts: Numbers) -> NDArray[np.int64]:
    """Add up the values of each run; none may be empty."""
    return np.add.reduceat(values, bounds_of(counts)[:-1], dtype=np.int64)


def places_of(starts: Numbers, counts: Numbers) -> NDArray[np.int64]:
    """Return the places of all values of some runs, which begin at these places of an array, run after run."""
    bounds = bounds_of(counts)
    return np.repeat(starts - bounds[:-1], counts) + np.arange(bounds[-1])
