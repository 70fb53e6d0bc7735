"""Where the bytes of attachments lie: a folder outside the web root, or a bucket, by one setting (fsspec).

A file is named by its key alone, never by what its sender called it. In a folder it is written under another name and
moved when it is whole, so that half a file is never found; a bucket shows a file when it is whole by itself.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final, cast
from uuid import uuid4

from flask import Flask, current_app
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

EXTENSION: Final = "library-files"
_KEY: Final = re.compile(r"[0-9a-f]{32}")


class FileStore:
    """A folder or bucket of files by key.

    :param url: such as ``file:///srv/library/files`` or ``s3://bucket/files``.
    """

    def __init__(self, url: str) -> None:
        self._files, self._root = url_to_fs(url)
        self._local = isinstance(self._files, LocalFileSystem)

    def put(self, key: str, stream: IO[bytes]) -> None:
        """Store a file; when this returns it is on the disk."""
        place = self._place(key)
        self._make_folder(place)
        fresh = f"{place}.{uuid4().hex}.new" if self._local else place
        try:
            with self._files.open(fresh, "wb") as stored:
                shutil.copyfileobj(stream, stored)
                if self._local:
                    stored.flush()
                    os.fsync(stored.fileno())
            if self._local:
                Path(fresh).chmod(0o600)
                Path(fresh).replace(place)
        except BaseException:
            if self._local:
                Path(fresh).unlink(missing_ok=True)
            raise

    def open(self, key: str) -> IO[bytes]:
        """Return a file to read, seekable.

        :raises FileNotFoundError: if there is none.
        """
        return cast("IO[bytes]", self._files.open(self._place(key), "rb"))

    def remove(self, key: str) -> None:
        """Delete a file; one that is gone already is no fault."""
        try:
            self._files.rm_file(self._place(key))
        except FileNotFoundError:
            return

    def all(self) -> Iterator[tuple[str, datetime]]:
        """Yield every key with the time since which its file lies there; also of files that were never finished."""
        if not self._files.exists(self._root):
            return
        for path, about in self._files.find(self._root, detail=True).items():
            name = path.rpartition("/")[2]
            yield name, _time_of(about)

    def remove_by_name(self, name: str) -> None:
        """Delete what ``all`` has named, a key or the rest of an interrupted write."""
        key = name[:32]
        if _KEY.fullmatch(key) and "/" not in name:
            self._files.rm_file(f"{self._root}/{key[:2]}/{name}")

    def _place(self, key: str) -> str:
        if not _KEY.fullmatch(key):
            raise FileNotFoundError(key)
        return f"{self._root}/{key[:2]}/{key}"

    def _make_folder(self, place: str) -> None:
        if self._local:
            for folder in (Path(self._root), Path(place).parent):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _time_of(about: dict[str, Any]) -> datetime:
    """Return when a file was written: seconds in a folder, a time in a bucket."""
    written = about.get("mtime") or about.get("LastModified") or about.get("last_modified")
    if isinstance(written, datetime):
        return written if written.tzinfo else written.replace(tzinfo=UTC)
    return datetime.fromtimestamp(float(written or 0), UTC)


def init_app(app: Flask) -> None:
    """Give an application its store; nothing is opened or made before the first file."""
    app.extensions[EXTENSION] = FileStore(app.config["FILES_URL"])


def store_of_app() -> FileStore:
    """Return the store of the current application."""
    store: FileStore = current_app.extensions[EXTENSION]
    return store
