"""Some rows of a long list, and the links between its pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from flask import request, url_for

Row = TypeVar("Row")

PER_PAGE: Final = 25
AROUND: Final = 2  # links to pages before and after the current one
HIGHEST: Final = 100_000  # page that is asked of a database


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """One page of a list.

    :param total: rows in all.
    """

    rows: Sequence[Row]
    total: int
    number: int = 1

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return pages_of(self.total)


@dataclass(frozen=True, slots=True)
class Links:
    """What the pagination shows. ``page_links`` holds (number, address); no address means this page or a gap."""

    number: int
    pages: int
    prev_url: str | None
    next_url: str | None
    page_links: tuple[tuple[int, str | None], ...]


def pages_of(total: int) -> int:
    """Return how many pages so many rows fill, at least one."""
    return max(1, -(-total // PER_PAGE))


def wanted_page() -> int:
    """Return the page that was asked for; what is no number is the first."""
    asked = request.args.get("page", "")
    return max(1, min(int(asked), HIGHEST)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1


def links(found: Slice[Any], endpoint: str, /, **asked: Any) -> Links:
    """Return the links between the pages of a list.

    :param asked: what the list was asked for, to be asked again on every page.
    """

    def address(number: int) -> str | None:
        if number == found.number or not 1 <= number <= found.pages:
            return None
        values: dict[str, Any] = {**asked, "page": number} if number > 1 else asked
        return url_for(endpoint, **values)

    near = range(max(1, found.number - AROUND), min(found.pages, found.number + AROUND) + 1)
    shown = sorted({1, *near, found.pages})
    steps: list[tuple[int, str | None]] = []
    for before, number in zip([0, *shown], shown, strict=False):
        steps += [(0, None)] if number - before > 1 else []
        steps.append((number, address(number)))
    return Links(found.number, found.pages, address(found.number - 1), address(found.number + 1), tuple(steps))
