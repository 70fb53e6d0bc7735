"""Reading ZIP files of strangers: every promise of the directory is checked before a byte is unpacked.

Office and OpenDocument files are ZIP files. What makes a ZIP dangerous is what readers disagree about: bytes before,
between and after the entries, entries that overlap or share a name, sizes that lie. None of that is in files that
office programs write, so all of it is refused.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from library.attachments.reasons import Reason, Refused

MAX_ENTRIES: Final = 4_000
MAX_DIRECTORY: Final = 1_000_000  # bytes
MAX_TOTAL: Final = 300_000_000  # bytes unpacked; nothing is kept, but somebody has to count
MAX_RATIO: Final = 150  # unpacked to packed, for whole files of more than SMALL
MAX_ENTRY_RATIO: Final = 800  # deflate cannot do more than 1,032
SMALL: Final = 5_000_000  # bytes
MAX_GAP: Final = 64  # bytes between entries: data descriptors
CHUNK: Final = 65_536
_END: Final = struct.Struct("<4s4H2LH")
_LOCAL: Final = struct.Struct("<4s5H3L2H")


class Package:
    """A ZIP file whose directory has been checked; entries are read with a count of what comes out.

    :param stream: the whole file, seekable.
    :raises Refused: if it is not a plain ZIP file.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        entries, start = _end_of(stream)
        try:
            self._zip = zipfile.ZipFile(stream)
            self.entries = [entry for entry in self._zip.infolist() if not entry.is_dir()]
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as error:
            raise Refused(Reason.UNREADABLE) from error
        if len(self._zip.infolist()) != entries:
            raise Refused(Reason.UNREADABLE)
        _check_names(self._zip.infolist())
        _check_sizes(self._zip.infolist())
        _check_places(stream, self._zip.infolist(), start)
        self.names = {entry.filename for entry in self.entries}
        self.unpacked = 0

    def chunks(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """Yield what an entry holds, piece by piece.

        :raises Refused: if it is not what the directory says.
        """
        size = 0
        try:
            with self._zip.open(entry) as opened:
                while chunk := opened.read(CHUNK):
                    size += len(chunk)
                    self.unpacked += len(chunk)
                    if self.unpacked > MAX_TOTAL:
                        raise Refused(Reason.BOMB)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise Refused(Reason.UNREADABLE) from error
        if size != entry.file_size:
            raise Refused(Reason.UNREADABLE)

    def read(self, name: str, most: int) -> bytes:
        """Return a small entry whole.

        :raises Refused: if it is missing or larger than ``most`` bytes.
        """
        try:
            entry = self._zip.getinfo(name)
        except KeyError as error:
            raise Refused(Reason.MISMATCH) from error
        if entry.file_size > most:
            raise Refused(Reason.BOMB)
        return b"".join(self.chunks(entry))

    @property
    def first(self) -> zipfile.ZipInfo | None:
        """The entry that stands first in the file."""
        return min(self._zip.infolist(), key=lambda entry: entry.header_offset, default=None)


def _end_of(stream: BinaryIO) -> tuple[int, int]:
    """Return how many entries the directory promises and where it starts; the file must end with it."""
    stream.seek(0)
    if stream.read(4) != b"PK\x03\x04":
        raise Refused(Reason.MISMATCH)
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _END.size))
    try:
        mark, disk, first_disk, here, entries, length, start, comment = _END.unpack(stream.read(_END.size))
    except struct.error as error:
        raise Refused(Reason.UNREADABLE) from error
    if mark != b"PK\x05\x06" or disk or first_disk or comment or here != entries or entries == 0xFFFF:
        raise Refused(Reason.UNREADABLE)
    if entries > MAX_ENTRIES or length > MAX_DIRECTORY:
        raise Refused(Reason.BOMB)
    if start + length != size - _END.size:
        raise Refused(Reason.MISMATCH)
    return entries, start


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    seen = set()
    for entry in entries:
        name = entry.filename
        parts = name.replace("\\", "/").split("/")
        if name.startswith("/") or ".." in parts or "\\" in name or "\x00" in name or entry.orig_filename != name:
            raise Refused(Reason.MISMATCH)
        if (entry.external_attr >> 28) == 0xA:  # a symbolic link
            raise Refused(Reason.MISMATCH)
        if name.casefold() in seen:
            raise Refused(Reason.MISMATCH)
        seen.add(name.casefold())


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    packed = sum(entry.compress_size for entry in entries)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_TOTAL or (unpacked > SMALL and unpacked > packed * MAX_RATIO):
        raise Refused(Reason.BOMB)
    for entry in entries:
        if entry.flag_bits & 0x41:
            raise Refused(Reason.ENCRYPTED)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused(Reason.UNREADABLE)
        if entry.file_size > SMALL and entry.file_size > entry.compress_size * MAX_ENTRY_RATIO:
            raise Refused(Reason.BOMB)


def _check_places(stream: BinaryIO, entries: list[zipfile.ZipInfo], start: int) -> None:
    """Refuse entries that overlap and room between them where something could hide."""
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        gap = entry.header_offset - end
        if gap < 0 or gap > MAX_GAP:
            raise Refused(Reason.BOMB if gap < 0 else Reason.MISMATCH)
        stream.seek(entry.header_offset)
        try:
            mark, *_rest, name, extra = _LOCAL.unpack(stream.read(_LOCAL.size))
        except struct.error as error:
            raise Refused(Reason.UNREADABLE) from error
        if mark != b"PK\x03\x04":
            raise Refused(Reason.UNREADABLE)
        end = entry.header_offset + _LOCAL.size + name + extra + entry.compress_size
    if not 0 <= start - end <= MAX_GAP:
        raise Refused(Reason.BOMB if start < end else Reason.MISMATCH)
