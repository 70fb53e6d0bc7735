"""Some rows of a long list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from library.paging import last_page

Row = TypeVar("Row")

PER_PAGE: Final = 25


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


def pages_of(total: int) -> int:
    """Return how many pages so many rows fill, at least one."""
    return last_page(total, PER_PAGE)
