"""A file of named arrays: written once from front to back, then mapped into memory and never changed.

    magic | arrays, each at a multiple of 64 bytes | checksums | directory | footer

The checksums are CRC-32, one for every block of 4 KiB before them, so that what is read is checked when it is first
read, and opening a file of a gigabyte costs no more than one of a kilobyte. The directory is JSON and names each
array's type, offset and length. The footer is found from the end of the file: a file that was cut off, lengthened or
never finished has none. All numbers are little-endian.

Trap: a mapped file that another process truncates kills whoever reads beyond its new end (SIGBUS), and one that it
overwrites is no longer what was checked. Nothing of ours ever writes to a finished file, so `is_untouched` compares
size and time of change with what they were; readers ask before each search.
"""

import json
import mmap
import os
import weakref
from array import array
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from struct import Struct
from typing import Any, BinaryIO
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexUnavailable

MAGIC = b"SCLARRAY"
# Raise with every change of what is written here or in `layout`.
FORMAT_VERSION = 1

BLOCK_BITS = 12
BLOCK = 1 << BLOCK_BITS
ALIGNMENT = 64
BUFFER = 1 << 20

# Bytes of arrays, of checksums and of the directory; the version; the CRC of checksums, directory and these; magic.
_FOOTER = Struct("<QQQII8s")

Array = NDArray[Any]


def smallest_type(largest: int) -> np.dtype[Any]:
    """Return the smallest type of unsigned numbers that holds a number."""
    return np.dtype(next(kind for kind in ("<u1", "<u2", "<u4", "<u8") if largest <= np.iinfo(kind).max))


def narrowed(array: Array) -> Array:
    """Return the same numbers, none below 0, in the smallest type that holds them all."""
    return array.astype(smallest_type(int(array.max()) if len(array) else 0))


def scalars(array: Array) -> memoryview:
    """Return the same numbers, each of which costs a quarter of what it costs to get one from an array."""
    return memoryview(array)  # type: ignore[arg-type]  # arrays are buffers before Python 3.12 says so


class ArrayFileWriter:
    """Writes one file; use it through `new_array_file`."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = 0
        self._checksum = 0
        self._checksums = array("I")
        self._directory: dict[str, tuple[str, int, int]] = {}
        self._name = ""
        self._kind: np.dtype[Any] = np.dtype("<u1")
        self._write(MAGIC)

    def add(self, name: str, array: Array) -> None:
        """Write an array in the type that it has."""
        self.begin(name, array.dtype)
        self.append(array)

    def begin(self, name: str, kind: np.dtype[Any]) -> None:
        """Begin an array that comes in parts, so that it need not be in memory as a whole."""
        self._write(bytes(-self._size % ALIGNMENT))
        self._name, self._kind = name, kind.newbyteorder("<")
        self._directory[name] = (self._kind.str, self._size, 0)

    def append(self, part: Array) -> None:
        """Write a part of the array that was begun last."""
        _, start, length = self._directory[self._name]
        self._write(np.ascontiguousarray(part, self._kind).view(np.uint8).data)
        self._directory[self._name] = (self._kind.str, start, length + len(part))

    def finish(self, about: Mapping[str, Any]) -> None:
        """Write what is needed to read the file, and anything else that there is to say about it, as JSON."""
        checksums = np.array([*self._checksums, self._checksum], "<u4").tobytes()
        directory = json.dumps({"arrays": self._directory, "about": about}, separators=(",", ":")).encode()
        sizes = (self._size, len(checksums), len(directory), FORMAT_VERSION)
        checksum = crc32(repr(sizes).encode(), crc32(directory, crc32(checksums)))
        self._file.write(checksums + directory + _FOOTER.pack(*sizes, checksum, MAGIC))

    def _write(self, data: bytes | memoryview) -> None:
        self._file.write(data)
        rest = memoryview(data)
        while len(rest):
            part, rest = rest[: BLOCK - self._size % BLOCK], rest[BLOCK - self._size % BLOCK :]
            self._checksum = crc32(part, self._checksum)
            self._size += len(part)
            if self._size % BLOCK == 0:
                self._checksums.append(self._checksum)
                self._checksum = 0


@contextmanager
def new_array_file(path: Path) -> Iterator[ArrayFileWriter]:
    """Make a file, which is on disk in the end; what was written of it is deleted again on an error."""
    with path.open("xb", buffering=BUFFER) as file:
        try:
            yield ArrayFileWriter(file)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise


class ArrayFile:
    """A finished file, mapped into memory. Its arrays are views, which keep it open as long as they are used.

    Raises FileNotFoundError when it is not there, IndexUnavailable when it cannot be what was written. Blocks that
    do not have their checksum raise that too, whenever they are first read. Any number of threads may read at once.
    """

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._descriptor)
        self._state = _state(self._descriptor)
        if self._state[0] < _FOOTER.size:
            raise self._damage("is too short")
        self._map = mmap.mmap(self._descriptor, 0, access=mmap.ACCESS_READ)
        self._data_size, checksums, content = self._tail()
        self.about: dict[str, Any] = content["about"]
        self._directory: dict[str, tuple[str, int, int]] = content["arrays"]
        self._checksums = checksums
        self._checked = bytearray(len(checksums))
        self._whole: dict[str, tuple[Array, int]] = {}

    @property
    def size(self) -> int:
        """The bytes of the file."""
        return len(self._map)

    def is_untouched(self, path: Path | None = None) -> bool:
        """Whether nobody has written to the file since it was opened; one call of stat.

        :param path: where it should still be; raises FileNotFoundError if nothing is there.
        """
        return _state(self._descriptor if path is None else path) == self._state

    def __contains__(self, name: str) -> bool:
        return name in self._directory

    def array(self, name: str, start: int = 0, stop: int | None = None) -> Array:
        """Return an array, or a part of it, as it lies in the file."""
        whole, offset = self._whole.get(name) or self._located(name)
        stop = len(whole) if stop is None else stop
        if not 0 <= start <= stop <= len(whole):
            raise self._damage(f"has no {name}[{start}:{stop}]")
        self.check(offset + start * whole.itemsize, offset + stop * whole.itemsize)
        return whole[start:stop]

    def _located(self, name: str) -> tuple[Array, int]:
        """Return an array without looking at its checksums, and where in the file it begins; a search asks for many."""
        kind, offset, length = self._directory[name]
        located = self._whole[name] = np.frombuffer(self._map, np.dtype(kind), length, offset), offset
        return located

    def kind(self, name: str) -> np.dtype[Any]:
        """Return the type of an array."""
        return np.dtype(self._directory[name][0])

    def check(self, first: int, end: int) -> None:
        """Raise IndexUnavailable unless the blocks that hold these bytes of the file have their checksums."""
        block, last = first >> BLOCK_BITS, (end - 1 >> BLOCK_BITS) + 1
        if first >= end or self._checked.find(0, block, last) < 0:
            return
        with memoryview(self._map) as content:
            for number in range(block, last):
                start = number << BLOCK_BITS
                part = content[start : min(start + BLOCK, self._data_size)]
                if not self._checked[number] and crc32(part) != self._checksums[number]:
                    raise self._damage(f"does not have its checksum in block {number}")
                self._checked[number] = 1

    def _tail(self) -> tuple[int, memoryview, dict[str, Any]]:
        *sizes, version, checksum, magic = _FOOTER.unpack(self._map[-_FOOTER.size :])
        if magic != MAGIC:
            raise self._damage("is not a file of arrays, or not all of it is there")
        if version != FORMAT_VERSION:
            raise IndexUnavailable("outdated", f"{self.name} has format {version}, not {FORMAT_VERSION}")
        data_size, checksums_size, _ = sizes
        if sum(sizes) + _FOOTER.size != len(self._map):
            raise self._damage("does not have the size that it says")
        checksums = self._map[data_size : data_size + checksums_size]
        directory = self._map[data_size + checksums_size : -_FOOTER.size]
        if crc32(repr((*sizes, version)).encode(), crc32(directory, crc32(checksums))) != checksum:
            raise self._damage("does not have its checksum at the end")
        return data_size, scalars(np.frombuffer(checksums, "<u4")), json.loads(directory)

    def _damage(self, what: str) -> IndexUnavailable:
        return IndexUnavailable("damaged", f"{self.name} {what}")


def _state(file: int | Path) -> tuple[int, int, int]:
    status = os.stat(file)  # noqa: PTH116 - of a descriptor too
    return status.st_size, status.st_mtime_ns, status.st_ino
