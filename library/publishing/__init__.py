"""Making documents public: the verbs that create practices or their next revisions.

``publish`` makes one public, ``publish_many`` as many as a table holds, with a few statements for hundreds of them.
Both check the document, write the same rows (``rows``) and keep the document itself as an immutable revision.
"""

from __future__ import annotations

from library.publishing.many import Piece, Published, publish_many
from library.publishing.one import archive, known_to, publish, restore
from library.publishing.rows import MAX_SLUG_LENGTH, slugify

__all__ = [
    "MAX_SLUG_LENGTH",
    "Piece",
    "Published",
    "archive",
    "known_to",
    "publish",
    "publish_many",
    "restore",
    "slugify",
]
