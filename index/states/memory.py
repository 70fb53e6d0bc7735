"""What searches have worked out about one snapshot, kept for the next ones until a number of bytes is reached.

Knows keys, values and their sizes only. A snapshot never changes, so nothing that is kept here grows stale; it goes
with the snapshot.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

# For one process. Of a hundred thousand documents, a word that 12,000 have costs 600 kB, and one that few have next to
# nothing: the words of some hundred searches fit, and the results of many thousand.
DEFAULT_BYTES = 64 * 2**20
# A key with its places in the tables, roughly: a million words that no document has are not free either.
_KEY_BYTES = 500


class Memory:
    """The values used last, by key, up to a sum of bytes. Any number of threads may use it."""

    def __init__(self, limit: int = DEFAULT_BYTES) -> None:
        """Keep at most `limit` bytes; with 0 nothing is kept."""
        self.limit = limit
        self._bytes = 0
        self._values: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._turn = threading.Lock()

    @property
    def bytes(self) -> int:
        """The size of what is kept."""
        return self._bytes

    def get(self, key: Hashable) -> Any | None:
        """Return what is kept under a key, or None."""
        with self._turn:
            kept = self._values.get(key)
            if kept is None:
                return None
            self._values.move_to_end(key)
            return kept[0]

    def put(self, key: Hashable, value: Any, size: int) -> None:
        """Keep a value of so many bytes, and forget those that were not asked for longest."""
        size += _KEY_BYTES
        if size > self.limit:
            return
        with self._turn:
            _, replaced = self._values.pop(key, (None, 0))
            self._values[key] = value, size
            self._bytes += size - replaced
            while self._bytes > self.limit:
                _, (_, forgotten) = self._values.popitem(last=False)
                self._bytes -= forgotten

    def clear(self) -> None:
        """Forget everything."""
        with self._turn:
            self._values.clear()
            self._bytes = 0
