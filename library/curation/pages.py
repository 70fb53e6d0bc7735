"""A collection cut into pages that stay light. Runs no query."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from library.showing.collections import Part, Place, ShownCollection, Words

PER_PAGE: Final = 12  # practices at most on one page of a collection
CARD_WEIGHT: Final = 1_800  # bytes of markup, about
PAGE_WEIGHT: Final = 40_000  # bytes of cards and words; with all around them a page stays below 60 kB


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
