"""A file comes in, a harmless one comes out, or a reason. Pure: knows bytes, no database and no store.

The name says what the file claims to be; the content must be that and nothing else besides. Pictures and texts are
written anew, documents are looked through and kept as they are. Nothing of a refused file is kept.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, BinaryIO, Final

import puremagic

from library.attachments.kinds import REFUSED_EXTENSIONS, Family, Kind
from library.attachments.names import clean_name
from library.attachments.office import COMPOUND, PROGRAMS, check_office, check_opendocument
from library.attachments.pdf import check_pdf
from library.attachments.pictures import repaint
from library.attachments.plain import read_text
from library.attachments.reasons import Reason, Refused

MAX_FILE: Final = 20_000_000  # bytes
HEAD: Final = 8_192  # bytes by which a file is recognised


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be stored.

    :param filename: as readers see it; harmless.
    :param size: bytes.
    :param stream: what to store, at its beginning.
    """

    filename: str
    kind: Kind
    size: int
    sha256: str
    stream: IO[bytes]


@contextmanager
def checked(stream: BinaryIO, filename: str | None, *, largest: int = MAX_FILE) -> Iterator[Checked]:
    """Check a file and lend what may be stored of it; gone when the block ends.

    :param stream: what was sent, seekable.
    :param filename: as its sender calls it.
    :param largest: bytes that are taken.
    :raises Refused: with the reason.
    """
    name, kind = clean_name(filename)
    size = _size_of(stream)
    if size == 0:
        raise Refused(Reason.EMPTY)
    if size > largest:
        raise Refused(Reason.TOO_LARGE)
    with TemporaryFile() as harmless:
        _make_harmless(stream, kind, harmless)
        size = harmless.seek(0, 2)
        if not 0 < size <= largest:
            raise Refused(Reason.TOO_LARGE if size else Reason.UNREADABLE)
        yield Checked(name, kind, size, _digest(harmless), harmless)


def _make_harmless(stream: BinaryIO, kind: Kind, into: IO[bytes]) -> None:
    try:
        if kind.family is Family.PICTURE:
            repaint(stream, kind, into)
        elif kind.family is Family.TEXT:
            into.write(read_text(stream, kind))
        else:
            _copy(stream, into)
            _check_document(into, kind)
    except Refused as refused:
        if refused.reason is Reason.MISMATCH:
            raise Refused(_what_it_is(stream)) from refused
        raise


def _check_document(stream: IO[bytes], kind: Kind) -> None:
    """Look through a copy that nobody else can change meanwhile, and that is a real file."""
    if kind.family is Family.PDF:
        check_pdf(stream)  # type: ignore[arg-type] # IO and BinaryIO are one at run time
    elif kind.family is Family.OFFICE:
        check_office(stream, kind)  # type: ignore[arg-type]
    else:
        check_opendocument(stream, kind)  # type: ignore[arg-type]


def _what_it_is(stream: BinaryIO) -> Reason:
    """Return why a file that is not what it claims is refused, told by what it is."""
    stream.seek(0)
    head = stream.read(HEAD)
    if head.startswith(PROGRAMS):
        return Reason.PROGRAM
    if head.startswith(COMPOUND):
        return Reason.OLD_OFFICE
    try:
        found = puremagic.from_string(head).lstrip(".").lower()
    except (puremagic.PureError, ValueError):
        return Reason.MISMATCH
    known = REFUSED_EXTENSIONS.get(found)
    # Office files are ZIP files: only one that claims to be something else is an archive.
    telling = known in (Reason.PROGRAM, Reason.ARCHIVE, Reason.OLD_OFFICE) and not head.startswith(b"PK")
    return known if known and telling else Reason.MISMATCH


def _copy(stream: BinaryIO, into: IO[bytes]) -> None:
    stream.seek(0)
    shutil.copyfileobj(stream, into)
    into.flush()


def _size_of(stream: BinaryIO) -> int:
    size = stream.seek(0, 2)
    stream.seek(0)
    return size


def _digest(stream: IO[bytes]) -> str:
    stream.seek(0)
    digest = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type] # a real file
    stream.seek(0)
    return digest
