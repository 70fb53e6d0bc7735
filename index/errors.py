"""What can go wrong with a search index, as exceptions a caller can act upon.

Knows no Whoosh: its many exception types are translated to these at the border.
"""

from typing import Literal

Reason = Literal["missing", "damaged", "foreign", "outdated", "busy"]


class SearchIndexError(Exception):
    """Anything that keeps the index from doing what was asked; the message is for an operator."""


class IndexLocked(SearchIndexError):
    """Another process writes to the index, and went on longer than we wanted to wait."""


class IndexUnavailable(SearchIndexError):
    """There is no usable index in the directory; a rebuild makes one.

    `reason` is "missing" (none was built), "damaged" (unreadable files), "foreign" (not written by us,
    or open to other users), "outdated" (built for other fields, facets or analysis) or "busy" (the system
    has no memory or no file handles to spare; nothing is known to be wrong, and a rebuild helps nobody).
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"search index {reason}: {detail}")
        self.reason: Reason = reason
