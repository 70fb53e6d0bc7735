"""The dictionary of a segment: from a term to its number, and through the terms in alphabetical order.

Knows terms as bytes in UTF-8, whose order is that of their code points; no fields and no postings.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import overload
from zlib import crc32

import numpy as np

from index.columns.files import Array, ArrayFile, ArrayFileWriter, narrowed, scalars
from index.columns.layout import TERM_BOUNDS, TERM_BUCKETS, TERM_BYTES, TERM_SLOTS
from index.columns.sorting import stable_order
from index.runs import bounds_of

HASH_BITS = 32


# Prefixes whose terms are remembered.
KNOWN_BEGINNINGS = 1000


class Strings(Sequence[bytes]):
    """Strings that lie end to end in one array."""

    def __init__(self, content: Array, bounds: Array) -> None:
        self._content = scalars(content)
        self._bounds = scalars(bounds)

    def __len__(self) -> int:
        return len(self._bounds) - 1

    @overload
    def __getitem__(self, number: int) -> bytes: ...

    @overload
    def __getitem__(self, number: slice) -> list[bytes]: ...

    def __getitem__(self, number: int | slice) -> bytes | list[bytes]:
        if isinstance(number, slice):
            return [self[n] for n in range(*number.indices(len(self)))]
        return bytes(self._content[self._bounds[number] : self._bounds[number + 1]])

    def to_list(self) -> list[bytes]:
        """Return all of them, several times as fast as one by one."""
        content, bounds = bytes(self._content), self._bounds.tolist()
        return [content[start:end] for start, end in pairwise(bounds)]


class Dictionary(Strings):
    """All terms of a segment, each with its number, which is its place in the alphabet."""

    def __init__(self, file: ArrayFile) -> None:
        super().__init__(file.array(TERM_BYTES), file.array(TERM_BOUNDS))
        self._buckets = scalars(file.array(TERM_BUCKETS))
        self._slots = scalars(file.array(TERM_SLOTS))
        self._shift = _shift(len(self))
        self._beginnings: dict[bytes, range] = {}

    def find(self, term: bytes) -> int | None:
        """Return the number of a term; None if the segment has no such term."""
        bucket = crc32(term) >> self._shift
        for number in self._slots[self._buckets[bucket] : self._buckets[bucket + 1]]:
            if self[number] == term:
                return int(number)
        return None

    def beginning_with(self, prefix: bytes) -> range:
        """Return the numbers of the terms that begin with a prefix. Each field is asked for the same ones, so they
        are remembered.
        """
        known = self._beginnings.get(prefix)
        if known is None:
            first = bisect_left(self, prefix)
            known = range(first, bisect_left(self, prefix + b"\xff", lo=first))
            if len(self._beginnings) >= KNOWN_BEGINNINGS:
                self._beginnings.clear()
            self._beginnings[prefix] = known
        return known


def joined(strings: Sequence[bytes]) -> tuple[Array, Array]:
    """Return strings end to end, and the length of each."""
    return np.frombuffer(b"".join(strings), np.uint8), np.fromiter(map(len, strings), np.int64, len(strings))


def write_dictionary(file: ArrayFileWriter, terms: Sequence[bytes]) -> None:
    """Write distinct terms, which are sorted, so that they can be found by their hash too."""
    content, lengths = joined(terms)
    file.add(TERM_BYTES, content)
    file.add(TERM_BOUNDS, narrowed(bounds_of(lengths)))
    hashes = np.fromiter(map(crc32, terms), np.uint32, len(terms))
    shift = _shift(len(terms))
    buckets = hashes.astype(np.uint64) >> np.uint64(shift)
    file.add(TERM_BUCKETS, narrowed(bounds_of(np.bincount(buckets.astype(np.int64), minlength=1 << HASH_BITS - shift))))
    file.add(TERM_SLOTS, narrowed(stable_order(buckets)))


def _shift(count: int) -> int:
    """Return how many bits of a hash to leave out, so that a bucket holds one term, more or less."""
    return HASH_BITS - max(count - 1, 0).bit_length()
