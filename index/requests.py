"""What can be asked of the index.

Knows the shape of a request, not how it is answered. A wrong shape is the caller's mistake: ValueError.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from index.documents import LANGUAGES

MAX_PER_PAGE = 100


class Sort(StrEnum):
    """The orders in which hits can be listed."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A reader's words, language and filters: any of a facet's codes, in all of the facets that name some.

    The facets in `together` ask for all of their codes instead, such as agencies that work side by side.
    """

    text: str = ""
    language: str = "en"
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    together: frozenset[str] = frozenset()
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    per_page: int = 20

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise ValueError(f"unknown language {self.language!r}")
        if self.page < 1:
            raise ValueError(f"page {self.page} is before the first")
        if not 1 <= self.per_page <= MAX_PER_PAGE:
            raise ValueError(f"{self.per_page} hits a page is not between 1 and {MAX_PER_PAGE}")
