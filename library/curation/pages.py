"""A collection cut into pages, and lists of collections: the links between them. Runs no query."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from library.showing.collections import Part, Place, ShownCollection

PAGES_AROUND: Final = 2  # links to pages before and after the current one


@dataclass(frozen=True, slots=True)
class Pages:
    """One page of a list. ``page_links`` holds (number, address); no address means the current page or a gap."""

    number: int
    pages: int
    prev_url: str | None
    next_url: str | None
    page_links: tuple[tuple[int, str | None], ...]


def wanted_page(asked: str) -> int:
    """Return the page that was asked for; what is no number is the first."""
    return max(1, int(asked)) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 1


def last_page(total: int, per_page: int) -> int:
    """Return the number of the last page, 1 of an empty list."""
    return max(1, -(-total // per_page))


def pages(number: int, last: int, address: Callable[[int], str]) -> Pages:
    """Return the links between the pages of a list."""
    near = range(max(1, number - PAGES_AROUND), min(last, number + PAGES_AROUND) + 1)
    links: list[tuple[int, str | None]] = []
    before = 0
    for n in sorted({1, *near, last}):
        if n - before > 1:
            links.append((0, None))
        links.append((n, None if n == number else address(n)))
        before = n
    return Pages(
        number,
        last,
        address(number - 1) if number > 1 else None,
        address(number + 1) if number < last else None,
        tuple(links),
    )


@dataclass(frozen=True, slots=True)
class PartOfPage:
    """What one page shows of a part.

    :param first: the place of its first practice in the whole collection, from 1.
    :param continued: the part began on an earlier page.
    """

    part: Part
    places: tuple[Place, ...]
    first: int
    continued: bool


def parts_of_page(shown: ShownCollection, number: int, per_page: int) -> Iterator[PartOfPage]:
    """Yield the parts of one page with those of their practices that stand on it; empty parts where they belong."""
    start, end = (number - 1) * per_page, number * per_page
    before = 0
    for part in shown.parts:
        places = part.places[max(0, start - before) : max(0, end - before)]
        if places or (not part.places and page_of_part(shown, part, per_page) == number):
            yield PartOfPage(part, places, max(start, before) + 1, continued=before < start)
        before += len(part.places)


def page_of_part(shown: ShownCollection, part: Part, per_page: int) -> int:
    """Return the number of the page on which a part begins."""
    before = sum(len(one.places) for one in shown.parts[: shown.parts.index(part)])
    return min(before // per_page + 1, last_page(shown.total, per_page))
