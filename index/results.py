"""What the index answers: hits, counts, and its own condition. Plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from index.parsing import ParsedQuery


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that matched; `language` is that of the text which matched best."""

    id: int
    score: float
    language: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page of hits, and counts over all of them.

    `facets` holds every facet, each with its codes that occur; a filtered facet is counted as if it were
    not. `fewer_words` says that no document has all the words, so these have some of them. `beginnings` says
    that words were found only as beginnings of others.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]]
    parsed: ParsedQuery
    fewer_words: bool
    beginnings: bool = False


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The condition of the index that searches are answered from now; `bytes` is its size on disk."""

    documents: int
    segments: int
    bytes: int
    position: int
    fingerprint: str
    generation: str
    opened_at: datetime
