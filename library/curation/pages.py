"""A collection cut into pages, and lists of collections: the links between them. Runs no query."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from library.showing.collections import Part, Place, ShownCollection, Words

PAGES_AROUND: Final = 2  # links to pages before and after the current one
PER_PAGE: Final = 12  # practices at most on one page of a collection
CARD_WEIGHT: Final = 1_800  # bytes of markup, about
PAGE_WEIGHT: Final = 40_000  # bytes of cards and words; with all around them a page stays below 60 kB


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


def starts_of_pages(shown: ShownCollection) -> list[int]:
    """Return the place of the first practice of each page, from 0.

    A page holds a dozen practices, or fewer where curators wrote much: it must stay light.
    """
    starts, used, position = [0], _weight(shown.introduction), 0
    for part in shown.parts:
        used += _weight(part.introduction)
        for place in part.places:
            weight = CARD_WEIGHT + _weight(shown.words(place.notes))
            if position > starts[-1] and (position - starts[-1] >= PER_PAGE or used + weight > PAGE_WEIGHT):
                starts.append(position)
                used = 0
            used += weight
            position += 1
    return starts


def _weight(words: Words) -> int:
    return len(words.source.encode())


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


def parts_of_page(shown: ShownCollection, starts: Sequence[int], number: int) -> Iterator[PartOfPage]:
    """Yield the parts of one page with those of their practices that stand on it; empty parts where they belong."""
    start, end = starts[number - 1], [*starts, shown.total][number]
    before = 0
    for part in shown.parts:
        places = part.places[max(0, start - before) : max(0, end - before)]
        if places or (not part.places and page_of_part(shown, starts, part) == number):
            yield PartOfPage(part, places, max(start, before) + 1, continued=before < start)
        before += len(part.places)


def page_of_part(shown: ShownCollection, starts: Sequence[int], part: Part) -> int:
    """Return the number of the page on which a part begins; one without practices stands where the next would."""
    before = sum(len(one.places) for one in shown.parts[: shown.parts.index(part)])
    return bisect_right(starts, before)
