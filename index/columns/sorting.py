"""Sorting numbers, as fast as NumPy can."""

import numpy as np
from numpy.typing import NDArray

from index.columns.files import Array

_DIGIT = 16
_DIGITS = (1 << _DIGIT) - 1


def stable_order(numbers: Array) -> NDArray[np.int64]:
    """Return what `argsort(kind="stable")` does, for unsigned numbers, in a third of its time.

    NumPy sorts by radix only numbers of 16 bits. So this sorts by the lower digit, and then by the higher ones:
    least significant digit first (Knuth, The Art of Computer Programming 3, 5.2.5).
    """
    if numbers.dtype.itemsize * 8 <= _DIGIT:
        return np.argsort(numbers, kind="stable")
    largest = int(numbers.max()) if len(numbers) else 0
    order = np.argsort((numbers & _DIGITS).astype(np.uint16), kind="stable")
    for shift in range(_DIGIT, largest.bit_length(), _DIGIT):
        digit = (numbers >> shift & _DIGITS).astype(np.uint16)
        order = order[np.argsort(digit[order], kind="stable")]
    return order
