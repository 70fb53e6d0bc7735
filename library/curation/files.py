"""Booklets handed out as files: which kinds there are, what they are called, and how long a cache may keep them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Final

from flask import Request, Response

from library.curation import booklet as pdf
from library.curation import feed, sheets, word
from library.curation.data import data_of
from library.curation.leaves import Booklet

MEDIA_TYPES: Final = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "atom": "application/atom+xml",
    "json": "application/json",
}
SHOWN: Final = ("atom", "json")  # read by programs at their address; the others are saved
RELEASE: Final = "1"  # raise when files of the same words come to look different: caches ask by it
POLICY: Final = "default-src 'none'; sandbox"

_WRITERS: Final[dict[str, Callable[[Booklet], bytes]]] = {
    "pdf": pdf.write,
    "docx": word.write,
    "xlsx": sheets.write_workbook,
    "csv": sheets.write_csv,
    "atom": feed.write,
    "json": lambda booklet: json.dumps(data_of(booklet), ensure_ascii=False, indent=1).encode(),
}


@dataclass(frozen=True, slots=True)
class Handing:
    """What to hand out, and by which name, without its suffix."""

    suffix: str
    name: str


def handed_out(booklet: Booklet, handing: Handing, request: Request) -> Response:
    """Return a booklet as a file; nothing is written where the client has these very words already.

    No cache hands it on without asking, so that what is withdrawn from the library is gone from its files too.
    """
    answer = Response(content_type=MEDIA_TYPES[handing.suffix])
    answer.set_etag(_mark(booklet, handing.suffix))
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.headers["Content-Security-Policy"] = POLICY
    kind = "inline" if handing.suffix in SHOWN else "attachment"
    answer.headers.set("Content-Disposition", kind, filename=f"{handing.name}.{handing.suffix}")
    answer.make_conditional(request)
    if answer.status_code == 200:
        answer.data = _WRITERS[handing.suffix](booklet)
    return answer


def _mark(booklet: Booklet, suffix: str) -> str:
    """Return a mark of everything that the file says."""
    words = json.dumps(asdict(booklet), ensure_ascii=False, default=str, sort_keys=True)
    return hashlib.sha256(f"{RELEASE} {suffix} {words}".encode()).hexdigest()[:32]
