"""Whoosh's table of contents (TOC): the list of segments that one commit replaces by another, in one step.

Knows names and pickles of Whoosh 2.7.4, which is pinned; not what is in a segment.
"""

from collections.abc import Sequence
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, clean_files

from index.columns.codec import ColumnSegment

INDEX_NAME = "MAIN"


def toc_name(number: int) -> str:
    """Name the file of a TOC."""
    return str(TOC._filename(INDEX_NAME, number))


def read_newest(storage: FileStorage) -> Any:
    """Read the newest TOC. Raises whatever Whoosh, pickle or the system raises for one that cannot be read."""
    return TOC.read(storage, INDEX_NAME)


def commit(storage: FileStorage, schema: Any, segments: Sequence[ColumnSegment], number: int) -> None:
    """Make a new list of segments the one that counts, and delete files that no segment of it needs."""
    TOC(schema, list(segments), number).write(storage, INDEX_NAME)
    clean_files(storage, INDEX_NAME, number, segments)


def new_segment(size: int) -> ColumnSegment:
    """Name a segment of so many documents that is to be written."""
    segment = ColumnSegment(INDEX_NAME)
    segment.size = size
    return segment
