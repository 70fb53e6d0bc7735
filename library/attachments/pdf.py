"""What must not be in a PDF: scripts, programs to start, other files, actions on opening, passwords, another file type.

No PDF library: only names are looked for, in the file as it lies there and in its compressed object streams, where
writers since PDF 1.5 keep most objects. Names may be written with ``#4a`` for a letter. Source: ISO 32000-2, 7.3.5,
7.5.7, 7.5.8, 12.6.
"""

from __future__ import annotations

import mmap
import re
import zlib
from base64 import a85decode
from binascii import unhexlify
from collections.abc import Iterator
from typing import BinaryIO, Final

from library.attachments.reasons import Reason, Refused

MAX_STREAM: Final = 16_000_000  # bytes of one object stream, unpacked
MAX_UNPACKED: Final = 64_000_000  # bytes of all of them
MAX_TAIL: Final = 2_048  # bytes after the last end mark
MAX_DICTIONARY: Final = 4_096  # bytes before a stream that say what it is
END_OF_ZIP: Final = 65_557  # bytes from the end in which a ZIP directory may end


def _name(word: str) -> bytes:
    """Return a pattern for a name however its letters are written."""
    letters = (f"(?:{re.escape(c)}|#{ord(c):02x}|#{ord(c):02X})" for c in word)
    return b"/" + "".join(letters).encode() + rb"(?![A-Za-z0-9_.#-])"


def _any(*words: str) -> re.Pattern[bytes]:
    return re.compile(b"|".join(_name(word) for word in words))


_ACTIVE: Final = _any("JavaScript", "Launch", "RichMedia", "ImportData", "SubmitForm", "Rendition", "GoToE", "Movie")
_EMBEDDED: Final = _any("EmbeddedFile", "EmbeddedFiles", "FileAttachment", "Collection")
_ENCRYPTED: Final = _any("Encrypt")
# Short names turn up in compressed bytes by chance, so they are looked for in objects alone.
_SHORT: Final = _any("JS", "AA", "XFA")
_OPENING: Final = re.compile(_name("OpenAction") + rb"\s*(?P<value>\[|<<|\d{1,9}\s+\d{1,5}\s+R)?")
_HARMLESS: Final = re.compile(rb"\s*(?:\[|<<(?:(?!>>).){0,400}?/S\s*/(?:GoTo|Named)(?![A-Za-z]))", re.DOTALL)
_STREAM: Final = re.compile(rb"stream\r?\n")
_TYPE: Final = _any("ObjStm")
_IMAGE: Final = re.compile(rb"/(?:DCTDecode|JPXDecode|CCITTFaxDecode|JBIG2Decode)|/Subtype\s*/Image|/FontFile|/Length1")
_FILTERS: Final = re.compile(
    rb"/(ASCIIHexDecode|AHx|ASCII85Decode|A85|FlateDecode|Fl|LZWDecode|LZW|RunLengthDecode|RL)\b"
)
_NUMBERS: Final = re.compile(rb"\s*\d{1,9}\s+\d{1,9}\s")


def check_pdf(stream: BinaryIO) -> None:
    """Check a PDF.

    :param stream: the whole file, a real file on disk.
    :raises Refused: with the reason.
    """
    with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as raw:
        _check_shape(raw)
        _check_names(raw, _ENCRYPTED, Reason.ENCRYPTED)
        _check_names(raw, _ACTIVE, Reason.ACTIVE)
        _check_names(raw, _EMBEDDED, Reason.EMBEDDED)
        spans = list(_streams(raw))
        unpacked = list(_object_streams(raw, spans))
        for objects in unpacked:
            for pattern, reason in _ALL:
                _check_names(objects, pattern, reason)
        for objects in (*_outside(raw, spans), *unpacked):
            _check_names(objects, _SHORT, Reason.ACTIVE)
        _check_opening(raw, unpacked)


_ALL: Final = ((_ENCRYPTED, Reason.ENCRYPTED), (_ACTIVE, Reason.ACTIVE), (_EMBEDDED, Reason.EMBEDDED))
_Bytes = mmap.mmap | bytes


def _check_names(raw: _Bytes, pattern: re.Pattern[bytes], reason: Reason) -> None:
    if pattern.search(raw):
        raise Refused(reason)


def _check_shape(raw: mmap.mmap) -> None:
    """Refuse what is not a PDF from its first byte to its last: what is two things deceives somebody."""
    if raw[:5] != b"%PDF-":
        raise Refused(Reason.MISMATCH)
    end = raw.rfind(b"%%EOF")
    if end < 0:
        raise Refused(Reason.UNREADABLE)
    if len(raw) - end > MAX_TAIL or b"PK\x05\x06" in raw[-END_OF_ZIP:]:
        raise Refused(Reason.MISMATCH)
    if re.search(rb"(?i)<(?:!doctype|html|script|svg|\?php)", raw[:1024] + raw[end:]):
        raise Refused(Reason.MISMATCH)


def _streams(raw: mmap.mmap) -> Iterator[tuple[int, int]]:
    """Yield where streams begin and end."""
    place = 0
    while found := _STREAM.search(raw, place):
        if raw[found.start() - 3 : found.start()] == b"end":
            place = found.end()
            continue
        end = raw.find(b"endstream", found.end())
        if end < 0:
            return
        yield found.end(), end
        place = end + len(b"endstream")


def _outside(raw: mmap.mmap, spans: list[tuple[int, int]]) -> Iterator[bytes]:
    """Yield the file without what is in its streams."""
    place = 0
    for start, end in spans:
        yield raw[place:start]
        place = end
    yield raw[place:]


def _object_streams(raw: mmap.mmap, spans: list[tuple[int, int]]) -> Iterator[bytes]:
    """Yield object streams unpacked: those that say so, and those that look like one without saying so."""
    budget, before = MAX_UNPACKED, 0
    for start, end in spans:
        about = raw[max(before, start - MAX_DICTIONARY) : start]
        about = about[about.rfind(b" obj") :]
        before = end
        named = bool(_TYPE.search(about))
        if not named and _IMAGE.search(about):
            continue
        filters = [found[1] for found in _FILTERS.finditer(about)]
        if named or _NUMBERS.match(_decoded(raw, start, end, filters, 64, strict=False)):
            objects = _decoded(raw, start, end, filters, MAX_STREAM, strict=named)
            budget -= len(objects)
            if budget < 0:
                raise Refused(Reason.BOMB)
            yield objects


def _decoded(raw: mmap.mmap, start: int, end: int, filters: list[bytes], most: int, *, strict: bool) -> bytes:
    """Return the beginning of a stream through its filters.

    :param strict: whether to refuse what cannot be unpacked or is larger than ``most``.
    """
    peek = not strict and most < MAX_STREAM
    data = raw[start : min(end, start + 4 * most) if peek else end]
    try:
        for name in filters:
            data = _through(data, name, most, peek=peek)
    except (zlib.error, ValueError) as error:
        if strict:
            raise Refused(Reason.UNREADABLE) from error
        return b""
    return data


def _through(data: bytes, name: bytes, most: int, *, peek: bool) -> bytes:
    if name in (b"FlateDecode", b"Fl"):
        unpacker = zlib.decompressobj()
        unpacked = unpacker.decompress(data, most)
        if unpacker.unconsumed_tail and not peek:
            raise Refused(Reason.BOMB)
        return unpacked
    if name in (b"ASCIIHexDecode", b"AHx"):
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", data.partition(b">")[0])
        return unhexlify(digits + b"0" * (len(digits) % 2))
    if name in (b"ASCII85Decode", b"A85"):
        return a85decode(data.partition(b"~>")[0][: len(data) if not peek else len(data) // 5 * 5])
    raise ValueError(f"nobody packs objects with {name!r}")


def _check_opening(raw: mmap.mmap, unpacked: list[bytes]) -> None:
    """Let a PDF open on a page of its own, and do nothing else by itself."""
    places: list[_Bytes] = [raw, *unpacked]
    for place in places:
        for found in _OPENING.finditer(place):
            value = found["value"]
            if value is None:
                raise Refused(Reason.ACTIVE)
            if value.endswith(b"R"):
                if not _is_harmless(int(value.split()[0]), raw, unpacked):
                    raise Refused(Reason.ACTIVE)
            elif not _HARMLESS.match(place, found.start("value")):
                raise Refused(Reason.ACTIVE)


def _is_harmless(number: int, raw: mmap.mmap, unpacked: list[bytes]) -> bool:
    """Return whether everything that goes by an object's number is a place in the file."""
    objects: list[tuple[_Bytes, int]] = [
        (raw, found.end()) for found in re.finditer(rb"(?<!\d)%d\s+\d{1,5}\s+obj" % number, raw)
    ]
    objects += [(held, place) for held in unpacked if (place := _place_in(held, number)) is not None]
    return bool(objects) and all(_HARMLESS.match(held, place) for held, place in objects)


def _place_in(objects: bytes, number: int) -> int | None:
    """Return where an object begins in an object stream: pairs of number and offset, then the objects."""
    pairs = re.match(rb"\s*(?:\d{1,9}\s+\d{1,9}\s+)+", objects)
    if pairs is None:
        return None
    numbers = list(map(int, pairs[0].split()))
    if len(numbers) % 2:  # the first object is a number itself
        numbers.pop()
    offsets = dict(zip(numbers[::2], numbers[1::2], strict=True))
    return pairs.end() + offsets[number] if number in offsets else None
