"""Pictures are painted anew: what was in the file besides pixels (place, camera, comments, other files) is gone.

Memory is bounded. Only one picture is open at a time in a process; what would not fit is refused by its header, and
large JPEGs are read at half or a quarter of their size, which their format allows.
"""

from __future__ import annotations

import threading
from typing import IO, Any, BinaryIO, Final

from PIL import Image, ImageOps, UnidentifiedImageError

from library.attachments.kinds import Kind
from library.attachments.reasons import Reason, Refused

MAX_SIDE: Final = 4_000  # pixels of what is stored; enough for a poster
MAX_PIXELS: Final = 12_000_000  # of formats that must be unpacked whole: 48 MB
MAX_JPEG_PIXELS: Final = 60_000_000
MAX_PROGRESSIVE_PIXELS: Final = 20_000_000  # the decoder holds all of a progressive one
QUALITY: Final = 85
_FORMATS: Final = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP", "gif": "GIF"}
_one_at_a_time = threading.Lock()


def repaint(stream: BinaryIO, kind: Kind, into: IO[bytes]) -> None:
    """Write a picture anew, upright, without metadata and colour profile, at most ``MAX_SIDE`` wide and high.

    Of an animation the first frame stays.

    :raises Refused: if it is too large, damaged, or not of its kind.
    """
    stream.seek(0)
    with _one_at_a_time:
        try:
            # Only the decoder of the kind that the name claims may run: there are thirty more.
            with Image.open(stream, formats=(_FORMATS[kind.extension],)) as picture:
                _check_size(picture)
                _paint(picture, kind).save(into, **_options(kind))
        except Refused:
            raise
        except Image.DecompressionBombError as error:
            raise Refused(Reason.TOO_MANY_PIXELS) from error
        except UnidentifiedImageError as error:
            raise Refused(Reason.MISMATCH) from error
        except Exception as error:  # decoders raise whatever damaged bytes make of them
            too_many = isinstance(error, Warning)
            raise Refused(Reason.TOO_MANY_PIXELS if too_many else Reason.UNREADABLE) from error


def _check_size(picture: Image.Image) -> None:
    pixels = picture.width * picture.height
    most = MAX_PIXELS
    if picture.format == "JPEG":
        most = MAX_PROGRESSIVE_PIXELS if picture.info.get("progressive") else MAX_JPEG_PIXELS
    if pixels > most or max(picture.size) > 30_000:
        raise Refused(Reason.TOO_MANY_PIXELS)


def _paint(picture: Image.Image, kind: Kind) -> Image.Image:
    """Return the pixels, upright and plain."""
    if kind.extension == "jpg":
        picture.draft("RGB", (MAX_SIDE // 2, MAX_SIDE // 2))  # never smaller than asked, where there is as much
    picture.seek(0)
    turned = ImageOps.exif_transpose(picture, in_place=False)
    plain = _in_plain_colours(turned, kind)
    plain.thumbnail((MAX_SIDE, MAX_SIDE))
    plain.info.clear()  # what writers would take over from it: comments, profiles, texts
    return plain


def _in_plain_colours(picture: Image.Image, kind: Kind) -> Image.Image:
    if kind.extension == "jpg":
        return picture if picture.mode in ("RGB", "L") else picture.convert("RGB")
    clear = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    if clear:
        return picture.convert("RGBA")
    return picture if picture.mode in ("RGB", "L") else picture.convert("RGB")


def _options(kind: Kind) -> dict[str, Any]:
    quality = {"quality": QUALITY} if kind.extension in ("jpg", "webp") else {}
    return {"format": _FORMATS[kind.extension], **quality}
