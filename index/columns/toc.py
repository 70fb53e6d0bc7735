"""Whoosh's table of contents (TOC): the list of segments that one commit replaces by another, in one step.

    Whoosh's bytes | magic | CRC-32 of Whoosh's bytes

Whoosh pickles it and checks nothing, so a flipped bit could bring deleted documents back or move the position in the
job log. With a checksum behind it none gets as far as pickle; stock Whoosh stops reading before it. Knows names and
pickles of Whoosh 2.7.4, which is pinned; not what is in a segment.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from struct import Struct
from typing import Any
from zlib import crc32

from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.index import TOC, clean_files

from index.columns.codec import ColumnSegment
from index.errors import IndexUnavailable

INDEX_NAME = "MAIN"
MAGIC = b"SCLTABLE"

_SEAL = Struct("<8sI")


def toc_name(number: int) -> str:
    """Name the file of a TOC."""
    return str(TOC._filename(INDEX_NAME, number))


def read_newest(storage: FileStorage) -> Any:
    """Read the newest TOC; raise IndexUnavailable for one that is not as we wrote it, FileNotFoundError for none.

    Trap: a directory that is listed while a file in it is renamed may show neither name, so none may be there for a
    moment only.
    """
    number = max(_numbers(storage), default=None)
    if number is None:
        raise FileNotFoundError(None, "no table of contents", str(storage.folder))
    memory = RamStorage()
    memory.files[toc_name(number)] = _unsealed(Path(storage.folder) / toc_name(number))
    return TOC.read(memory, INDEX_NAME, number)


def commit(storage: FileStorage, schema: Any, segments: Sequence[ColumnSegment], number: int) -> None:
    """Make a new list of segments the one that counts, and delete files that no segment of it needs."""
    memory = RamStorage()
    TOC(schema, list(segments), number).write(memory, INDEX_NAME)
    content = memory.files[toc_name(number)]
    unfinished = Path(storage.folder) / f"{toc_name(number)}.new"
    with unfinished.open("wb") as file:
        file.write(content + _SEAL.pack(MAGIC, crc32(content)))
        file.flush()
        os.fsync(file.fileno())
    storage.rename_file(unfinished.name, toc_name(number))
    delete_unused(storage, segments, number)


def delete_unused(storage: FileStorage, segments: Sequence[ColumnSegment], number: int) -> None:
    """Delete the files of other segments and commits, finished or not: their words may be withdrawn."""
    clean_files(storage, INDEX_NAME, number, segments)
    for unfinished in Path(storage.folder).glob(f"_{INDEX_NAME}_*.new"):
        unfinished.unlink(missing_ok=True)


def new_segment(size: int) -> ColumnSegment:
    """Name a segment of so many documents that is to be written."""
    segment = ColumnSegment(INDEX_NAME)
    segment.size = size
    return segment


def _numbers(storage: FileStorage) -> Iterator[int]:
    pattern = TOC._pattern(INDEX_NAME)
    return (int(match[1]) for match in map(pattern.match, storage.list()) if match)


def _unsealed(path: Path) -> bytes:
    sealed = path.read_bytes()
    if len(sealed) < _SEAL.size:
        raise IndexUnavailable("damaged", f"{path.name} is too short")
    content = sealed[: -_SEAL.size]
    magic, checksum = _SEAL.unpack(sealed[-_SEAL.size :])
    if magic != MAGIC:
        raise IndexUnavailable("foreign", f"{path.name} was not written by us, or not all of it is there")
    if crc32(content) != checksum:
        raise IndexUnavailable("damaged", f"{path.name} does not have its checksum")
    return content
