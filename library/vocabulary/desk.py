"""What the pages of the vocabulary desk share: their blueprint, and long lists cut into pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, request, url_for

from library.languages import LANGUAGES
from library.web import language, never_stored

blueprint = Blueprint("words", __name__, url_prefix="/<lang:lang>/curate/vocabularies")
blueprint.after_request(never_stored)

PAGES_AROUND: Final = 2  # links to pages before and after the current one
LONGEST_SEARCH: Final = 200  # characters


@dataclass(frozen=True, slots=True)
class Pages:
    """One page of a list. ``page_links`` holds (number, address); no address means the current page or a gap."""

    total: int
    number: int
    pages: int
    prev_url: str | None
    next_url: str | None
    page_links: tuple[tuple[int, str | None], ...]


def wanted_page() -> int:
    """Return the page that was asked for; what is no number is the first."""
    asked = request.args.get("page", "")
    return max(1, int(asked)) if asked.isdecimal() and asked.isascii() and len(asked) < 6 else 1


def pages(total: int, number: int, per_page: int, endpoint: str, **asked: Any) -> Pages:
    """Return the links between the pages of a list.

    :param asked: what the list was asked for, to be asked again on every page.
    """
    last = max(1, -(-total // per_page))
    kept = {name: value for name, value in asked.items() if value}

    def address(page: int) -> str:
        wanted: dict[str, Any] = {**kept, "page": page} if page > 1 else kept
        return url_for(endpoint, **wanted)

    shown = sorted({1, last, *range(max(1, number - PAGES_AROUND), min(last, number + PAGES_AROUND) + 1)})
    links: list[tuple[int, str | None]] = []
    for before, page in zip([0, *shown], shown, strict=False):
        if page - before > 1:
            links.append((0, None))
        links.append((page, None if page == number else address(page)))
    return Pages(
        total,
        number,
        last,
        address(number - 1) if number > 1 else None,
        address(number + 1) if number < last else None,
        tuple(links),
    )


def typed() -> str:
    """Return the words that somebody looks for, cut where no label is as long."""
    return request.args.get("q", "").strip()[:LONGEST_SEARCH]


def labels_in() -> str:
    """Return the language in which labels are wanted: the one asked for, else that of the page."""
    asked = request.args.get("labels", "")
    return asked if asked in LANGUAGES else language()
