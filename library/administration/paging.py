"""A long list cut into pages, as the pages below it link to each other. Runs no query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import request, url_for

from library.administration.queries import Slice

PAGES_AROUND: Final = 2  # links to pages before and after the current one


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
    return int(asked) if asked.isdecimal() and asked.isascii() and len(asked) < 7 else 1


def pages(found: Slice, endpoint: str, **asked: Any) -> Pages:
    """Return the links between the pages of a list.

    :param asked: what the list was asked for, to be asked again on every page.
    """
    kept = {name: value for name, value in asked.items() if value}

    def address(number: int) -> str:
        wanted: dict[str, Any] = {**kept, "page": number} if number > 1 else kept
        return url_for(endpoint, **wanted)

    near = range(max(1, found.number - PAGES_AROUND), min(found.pages, found.number + PAGES_AROUND) + 1)
    shown = sorted({1, *near, found.pages})
    links: list[tuple[int, str | None]] = []
    for before, number in zip([0, *shown], shown, strict=False):
        if number - before > 1:
            links.append((0, None))
        links.append((number, None if number == found.number else address(number)))
    return Pages(
        found.total,
        found.number,
        found.pages,
        address(found.number - 1) if found.number > 1 else None,
        address(found.number + 1) if found.number < found.pages else None,
        tuple(links),
    )
