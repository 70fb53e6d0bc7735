"""A long list cut into pages, as the pages below it link to each other. Runs no query."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flask import request, url_for

AROUND: Final = 2  # links to pages before and after the current one
HIGHEST: Final = 100_000  # page that is asked of a database

Links = tuple[tuple[int, str | None], ...]


@dataclass(frozen=True, slots=True)
class Pages:
    """Which page of a list this is. ``page_links`` holds (number, address); no address means this page or a gap.

    :param total: rows of the whole list, for pages that say so.
    """

    number: int
    pages: int
    prev_url: str | None
    next_url: str | None
    page_links: Links
    total: int = 0


def last_page(total: int, per_page: int) -> int:
    """Return the number of the last page, 1 of an empty list."""
    return max(1, -(-total // per_page))


def wanted_page() -> int:
    """Return the page that was asked for; what is no number is the first."""
    asked = request.args.get("page", "")
    return max(1, min(int(asked), HIGHEST)) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 1


def pages(number: int, last: int, address: Callable[[int], str], *, total: int = 0) -> Pages:
    """Return the links between the pages of a list.

    :param address: what gives the address of a page.
    """
    before = address(number - 1) if number > 1 else None
    after = address(number + 1) if number < last else None
    return Pages(number, last, before, after, page_links(number, last, address), total)


def page_links(number: int, last: int, address: Callable[[int], str]) -> Links:
    """Return number and address of the first page, the last and those around this one, with gaps between."""
    shown = sorted({1, last, *range(max(1, number - AROUND), min(last, number + AROUND) + 1)})
    links: list[tuple[int, str | None]] = []
    for before, page in zip([0, *shown], shown, strict=False):
        if page - before > 1:
            links.append((0, None))
        links.append((page, None if page == number else address(page)))
    return tuple(links)


def address_of(endpoint: str, **asked: Any) -> Callable[[int], str]:
    """Return what gives the address of each page of a view.

    :param asked: what the list was asked for, to be asked again on every page.
    """
    kept = {name: value for name, value in asked.items() if value}

    def address(page: int) -> str:
        wanted: dict[str, Any] = {**kept, "page": page} if page > 1 else kept
        return url_for(endpoint, **wanted)

    return address
