"""What a reader may have meant who finds little: the same search with published words for those that nothing has.

A search is offered only if it finds more with the very filters that were chosen. Where nothing at all was found its
answer is shown at once, and the page says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session

from index import Correction, SearchRequest
from library.indexing.search import Found, corrections
from library.indexing.search import search as run_search
from library.lexicon import Lexicon

FEW: Final = 3  # hits; with more, the words were hardly typed wrong


@dataclass(frozen=True, slots=True)
class Meant:
    """Another search with what it finds; ``correction`` says which words differ."""

    wanted: SearchRequest
    found: Found
    correction: Correction

    @property
    def typed(self) -> tuple[str, ...]:
        """The words of the reader that nothing has."""
        return tuple(typed for typed, _ in self.correction.swapped)

    @property
    def words(self) -> tuple[str, ...]:
        """The words that stand in their place."""
        return tuple(word for _, word in self.correction.swapped)


def meant(session: Session, lexicon: Lexicon, wanted: SearchRequest, found: Found) -> Meant | None:
    """Return the search that was likeliest meant, if any finds more than what was typed.

    One whose words are all found comes before one that finds some of them.
    """
    if not wanted.text or wanted.page > 1 or not is_little(found):
        return None
    first = None
    for other in _others(session, lexicon, wanted):
        if finds_more(other.found, found):
            if not other.found.result.fewer_words:
                return other
            first = first or other
    return first


def is_little(found: Found) -> bool:
    """Return whether so little was found, or nothing with just these words, that they may have been typed wrong."""
    result = found.result
    return not found.rebuilding and (result.total <= FEW or result.fewer_words or result.beginnings)


def finds_more(other: Found, found: Found) -> bool:
    """Return whether a search finds something where another finds nothing, or else what answers it better, or more."""
    if other.rebuilding or not other.result.total:
        return False
    if not found.result.total:
        return True
    if (theirs := _shortcomings(other)) != (ours := _shortcomings(found)):
        return theirs < ours
    return other.result.total > found.result.total


def _shortcomings(found: Found) -> tuple[bool, bool]:
    """Return what is amiss, the worse first: that words are missing, or only parts and beginnings of them found."""
    return found.result.fewer_words, found.result.beginnings


def _others(session: Session, lexicon: Lexicon, wanted: SearchRequest) -> Iterator[Meant]:
    for correction in corrections(wanted, lexicon):
        other = replace(wanted, text=correction.text)
        yield Meant(other, run_search(session, other, lexicon=lexicon), correction)
