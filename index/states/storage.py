"""Whoosh's files, made durable, and the table of contents (TOC) that each commit replaces.

Whoosh never calls fsync. Here every file is on disk before the TOC that names it is, and the TOC carries
our stamp: what the files must agree on, and the position in the job log that they contain.
"""

from pathlib import Path
from typing import Any, TypedDict

from whoosh.filedb.filestore import FileStorage

from index.columns.toc import read_newest, toc_name
from index.errors import IndexUnavailable
from index.states.generations import sync_directory


class Stamp(TypedDict):
    """What is committed along with the documents, as an attribute of the pickled schema.

    Built of plain types only, so that any later code can read it.
    """

    fingerprint: str
    position: int


class DurableStorage(FileStorage):  # type: ignore[misc]  # Whoosh has no types
    """A directory of files whose names are on disk before one of them is renamed, which is how Whoosh commits."""

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """Rename a file after all names are on disk, and make that durable."""
        sync_directory(Path(self.folder))
        super().rename_file(oldname, newname, safe)
        sync_directory(Path(self.folder))


def read_toc(storage: FileStorage, expected: str) -> tuple[Any, Stamp]:
    """Read the newest TOC and its stamp.

    Raises IndexUnavailable when it is not as we wrote it, or for another fingerprint than `expected`.
    """
    toc = read_newest(storage)
    stamp: Stamp | None = getattr(toc.schema, "stamp", None)
    if stamp is None:
        raise IndexUnavailable("foreign", f"{storage.folder} holds a Whoosh index that is not ours")
    if stamp["fingerprint"] != expected:
        raise IndexUnavailable("outdated", f"{storage.folder} was built for other fields, facets or analysis")
    return toc, stamp


def toc_path(generation: Path, number: int) -> Path:
    """Name the file of a TOC."""
    return generation / toc_name(number)
