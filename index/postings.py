"""Whoosh's postings as arrays: which documents have a term, how often, and where.

Knows the blocks of Whoosh 2.7.4's codec, private parts included: the version is pinned.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from whoosh.codec.whoosh3 import W3LeafMatcher

from index.kernel import Docs as Docs
from index.kernel import Values as Values


def read_postings(matcher: Any) -> tuple[Docs, Values]:
    """Read a term's postings to the end: document numbers in order, and the term's weight in each."""
    docs: list[int] = []
    weights: list[float] = []
    for block in _blocks(matcher, W3LeafMatcher._read_weights):
        docs.extend(block._ids)
        weights.extend(block._weights)
    if len(docs) != len(weights):
        raise ValueError(f"{len(docs)} documents but {len(weights)} weights")
    return np.array(docs, np.int64), np.array(weights, np.float64)


def read_values(matcher: Any) -> dict[int, bytes]:
    """Read a term's postings to the end: for each document the term's positions, still encoded."""
    values: dict[int, bytes] = {}
    for block in _blocks(matcher, W3LeafMatcher._read_values):
        values.update(zip(block._ids, block._values, strict=True))
    return values


def docs_in_a_row(terms: Sequence[dict[int, bytes]], format: Any) -> Docs:
    """Return the documents in which the terms, given by their values, follow each other."""
    shared = set(terms[0]).intersection(*terms[1:])
    found = (doc for doc in sorted(shared) if _in_a_row([format.decode_positions(t[doc]) for t in terms]))
    return np.fromiter(found, np.int64)


def _in_a_row(positions: Sequence[Sequence[int]]) -> bool:
    starts = set(positions[0])
    for distance, later in enumerate(positions[1:], start=1):
        starts.intersection_update(position - distance for position in later)
    return bool(starts)


def _blocks(matcher: Any, read: Callable[[Any], None]) -> Iterator[Any]:
    """Walk a matcher from block to block; the only posting of a rare term is in memory already."""
    if not isinstance(matcher, W3LeafMatcher):
        yield matcher
        return
    while matcher.is_active():
        matcher._read_ids()
        read(matcher)
        yield matcher
        matcher._next_block()
