"""A booklet as a tagged PDF (PDF/UA-1), set by Typst in a process of its own.

What people wrote reaches Typst as JSON and is set as text, never as markup. Each process of the server sets one booklet
at a time; what was set last is kept, for whoever asks next.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any, Final

from flask import current_app
from flask_babel import format_date, gettext
from werkzeug.exceptions import ServiceUnavailable

from library.curation.blocks import blocks
from library.curation.leaves import AgencyLine, Booklet, Chapter, Leaf, contact_line, part_is_waiting
from library.showing.collections import Words

PROGRAM: Final = Path(__file__).with_name("typesetting.py")
TEMPLATE: Final = "collections/booklet.typ"
LONGEST: Final = 60.0  # seconds to set one booklet
PATIENCE: Final = 5.0  # seconds to wait for another to be set
MOST_KEPT: Final = 16 * 1024 * 1024  # bytes of booklets

_one_at_a_time = threading.Lock()
_kept: OrderedDict[bytes, bytes] = OrderedDict()
_THEMED: Final = re.compile(r"var\(--[a-z-]+, (#[0-9a-f]{6})\)")


class BookletFailed(Exception):
    """Typst refused what we wrote."""


def write(booklet: Booklet) -> bytes:
    """Return the PDF.

    :raises ServiceUnavailable: if others are being set, or it takes too long.
    :raises BookletFailed: if Typst says that the booklet is wrong.
    """
    wanted = json.dumps(
        {
            "template": _template(TEMPLATE),
            "booklet": json.dumps(data(booklet), ensure_ascii=False),
            "timestamp": int(booklet.changed_on.timestamp()),
        }
    ).encode()
    key = hashlib.sha256(wanted).digest()
    if (kept := _kept.get(key)) is not None:  # whoever wants what is there waits for nobody
        return kept
    if not _one_at_a_time.acquire(timeout=PATIENCE):
        raise ServiceUnavailable
    try:
        if key not in _kept:
            _keep(key, _set(wanted))
        _kept.move_to_end(key)
        return _kept[key]
    finally:
        _one_at_a_time.release()


def _template(name: str) -> str:
    return Path(current_app.root_path, current_app.template_folder or "", name).read_text(encoding="utf-8")


def _keep(key: bytes, pdf: bytes) -> None:
    """Keep a booklet, and forget the oldest ones when they grow too many; always keeps the one just set."""
    _kept[key] = pdf
    while len(_kept) > 1 and sum(map(len, _kept.values())) > MOST_KEPT:
        _kept.popitem(last=False)


def _set(wanted: bytes) -> bytes:
    command = [sys.executable, "-I", str(PROGRAM)]
    try:
        done = subprocess.run(command, input=wanted, capture_output=True, timeout=LONGEST, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise ServiceUnavailable from error
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        raise BookletFailed(done.stderr.decode(errors="replace")[-2000:])
    return done.stdout


# --- what the template reads -------------------------------------------------------------------------------------


def data(booklet: Booklet) -> dict[str, Any]:
    """Return a booklet as the template reads it."""
    return {
        "lang": booklet.language,
        "title": _said(booklet.title),
        "audience": _said(booklet.audience),
        "introduction": _written(booklet.introduction),
        "authors": list(booklet.curators) or [booklet.site],
        "keywords": sorted({theme for leaf in booklet.leaves for theme in leaf.themes}),
        "about": _about(booklet),
        "site": booklet.site,
        "url": booklet.url,
        "contact": contact_line(booklet),
        "cover": cover(booklet.cover),
        "words": _labels(),
        "chapters": [_chapter(chapter) for chapter in booklet.chapters],
    }


def _labels() -> dict[str, str]:
    return {
        "collection": gettext("Collection"),
        "contents": gettext("Contents"),
        "about": gettext("About this collection"),
        "why": gettext("Why it is here"),
        "evidence": gettext("Evidence"),
        "facts": gettext("At a glance"),
        "agencies": gettext("Agencies"),
        "leads": gettext("leads"),
        "failed": gettext("What did not work"),
        "undocumented": gettext("Not documented"),
        "contact": gettext("Contact"),
    }


def _about(booklet: Booklet) -> list[str]:
    """Return who curated it, and when it was published and changed, a line each."""
    published = gettext("Published on %(day)s", day=format_date(booklet.published_on, "long"))
    changed = gettext("Changed on %(day)s", day=format_date(booklet.changed_on, "long")) if booklet.is_changed else ""
    by = gettext("Curated by %(names)s", names=", ".join(booklet.curators)) if booklet.curators else ""
    return [line for line in (by, published, changed) if line]


def _chapter(chapter: Chapter) -> dict[str, Any]:
    return {
        "heading": _said(chapter.heading),
        "introduction": _written(chapter.introduction),
        "waiting": part_is_waiting() if chapter.waiting else "",
        "leaves": [_leaf(leaf) for leaf in chapter.leaves],
    }


def _leaf(leaf: Leaf) -> dict[str, Any]:
    return {
        "number": leaf.number,
        "title": leaf.title,
        "lang": leaf.language,
        "summary": leaf.summary,
        "notices": list(leaf.notices),
        "note": _written(leaf.note),
        "evidence": evidence(leaf),
        "facts": list(leaf.facts),
        "agencies": [_agency(agency, leaf.language) for agency in leaf.agencies],
        "failed": _written(leaf.did_not_work),
        "url": leaf.url,
    }


def evidence(leaf: Leaf) -> list[tuple[str, str]]:
    """Return what is known of whether it works: side by side, never as one score."""
    return [
        (gettext("Stage"), leaf.stage),
        (gettext("Outcome"), leaf.outcome),
        (gettext("Evaluations"), str(leaf.evaluations or gettext("None found"))),
        (gettext("Review"), leaf.review),
    ]


def _agency(agency: AgencyLine, language: str) -> dict[str, Any]:
    return {"label": agency.label, "lead": agency.lead, "role": agency.role, "lang": language}


def _said(words: Words) -> dict[str, Any]:
    return {"text": words.source, "lang": words.language}


def _written(words: Words) -> dict[str, Any]:
    return {"blocks": blocks(words.source), "lang": words.language}


def cover(name: str) -> str:
    """Return a picture in its light colours; Typst knows no custom properties."""
    svg = Path(current_app.static_folder or "", "img", "covers", f"{name}.svg").read_text(encoding="utf-8")
    return _THEMED.sub(r"\1", svg)
