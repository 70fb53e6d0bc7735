"""Whoosh's code of one byte for the length of a field, for whole arrays. Stock Whoosh scores with it, so we do."""

import numpy as np
from numpy.typing import NDArray
from whoosh.util.numeric import byte_to_length

from index.columns.files import Array

# Length 0 has code 0, and any length the code of the next longer one that has its own; Whoosh gives up counting at
# the last.
LENGTHS = np.array([byte_to_length(code) for code in range(256)], np.float64)


def length_codes(lengths: Array) -> NDArray[np.uint8]:
    """Return the codes of lengths."""
    return np.minimum(np.searchsorted(LENGTHS, lengths), 255).astype(np.uint8)
