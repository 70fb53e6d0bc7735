"""A long list in pages, a step at a time. Runs no query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for


@dataclass(frozen=True, slots=True)
class Steps:
    """One page of a list, as ``pagination`` shows it.

    :param offset: of its first row.
    """

    total: int
    number: int
    offset: int
    prev_url: str | None
    next_url: str | None
    page_links: tuple[tuple[int, str | None], ...] = ()


def steps(total: int, wanted: int, size: int, endpoint: str, **values: Any) -> Steps:
    """Return the page that was asked for, or the last one, with what leads to its neighbours."""
    last = max(1, -(-total // size))
    number = min(wanted, last)
    return Steps(
        total=total,
        number=number,
        offset=(number - 1) * size,
        prev_url=url_for(endpoint, page=number - 1, **values) if number > 1 else None,
        next_url=url_for(endpoint, page=number + 1, **values) if number < last else None,
    )
