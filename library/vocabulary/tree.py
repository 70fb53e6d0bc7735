"""A vocabulary as a tree whose page stays small, and who stands above whom. Pure; knows the lexicon only."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from library.drafting.suggestions import folded
from library.lexicon import Entry, Lexicon

A_PAGE: Final = 40  # branches that begin on a page
ON_A_PAGE: Final = 100  # concepts in all, with those folded below others
MOST_HITS: Final = 40


@dataclass(frozen=True, slots=True)
class Branch:
    """A concept in the tree.

    :param below: what is on the same page.
    :param hidden: how many more there are directly below it, on a page of their own.
    """

    entry: Entry
    below: tuple[Branch, ...] = ()
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """One page of a tree.

    :param total: how many branches begin at this level, on all pages.
    """

    branches: tuple[Branch, ...]
    total: int
    number: int
    pages: int


def piece(lexicon: Lexicon, scheme: str, *, under: str = "", page: int = 1) -> Piece:
    """Return a page of the tree: the top concepts, or those below one, and as much below them as fits.

    :param under: identifier of the concept below which the page begins.
    """
    children = children_of(lexicon, scheme)
    level = children.get(under, ())
    pages = max(1, -(-len(level) // A_PAGE))
    number = min(max(1, page), pages)
    begun = level[(number - 1) * A_PAGE : number * A_PAGE]
    opened = _opened(begun, children)
    branches = tuple(_branch(entry, children, opened, frozenset()) for entry in begun)
    return Piece(branches, len(level), number, pages)


def children_of(lexicon: Lexicon, scheme: str) -> dict[str, list[Entry]]:
    """Return the concepts below each concept in their order; those without any above them stand below nothing."""
    children: dict[str, list[Entry]] = {}
    for entry in lexicon.every(scheme):
        above = [identifier for identifier in entry.broader if identifier in lexicon.entries]
        for identifier in above or [""]:
            children.setdefault(identifier, []).append(entry)
    return children


def _opened(begun: Sequence[Entry], children: dict[str, list[Entry]]) -> set[str]:
    """Return the concepts whose narrower ones fit on the page, the wider first."""
    room, opened = ON_A_PAGE - len(begun), set[str]()
    waiting = deque(begun)
    while waiting:
        entry = waiting.popleft()
        below = children.get(entry.id, ())
        if entry.id in opened or not below or len(below) > room:
            continue
        opened.add(entry.id)
        room -= len(below)
        waiting.extend(below)
    return opened


def _branch(entry: Entry, children: dict[str, list[Entry]], opened: set[str], above: frozenset[str]) -> Branch:
    below = children.get(entry.id, ())
    if entry.id not in opened or entry.id in above:  # a damaged file may hold a circle
        return Branch(entry, hidden=len(below))
    return Branch(entry, tuple(_branch(child, children, opened, above | {entry.id}) for child in below))


def trail(lexicon: Lexicon, entry: Entry) -> list[Entry]:
    """Return the way down to a concept: the first of what is above it, each time."""
    way: list[Entry] = []
    here = entry
    while here.broader and (above := lexicon.get(here.broader[0])) and above not in way:
        way.insert(0, above)
        here = above
    return way


def below(lexicon: Lexicon, identifier: str) -> set[str]:
    """Return everything below a concept, deprecated ones too."""
    children = children_of(lexicon, identifier.partition("/")[0])
    found: set[str] = set()
    waiting = [identifier]
    while waiting:
        fresh = {child.id for child in children.get(waiting.pop(), ())} - found
        found |= fresh
        waiting.extend(fresh)
    return found


def above(lexicon: Lexicon, identifiers: Iterable[str]) -> set[str]:
    """Return the concepts and everything above them."""
    found: set[str] = set()
    waiting = list(identifiers)
    while waiting:
        identifier = waiting.pop()
        if identifier not in found and (entry := lexicon.get(identifier)):
            found.add(identifier)
            waiting.extend(entry.broader)
    return found


# --- finding -----------------------------------------------------------------------------------------------------


def named(lexicon: Lexicon, schemes: Iterable[str], typed: str, *, deprecated: bool = False) -> list[Entry]:
    """Return the concepts that somebody means by what they typed: one, if it is the label, code or address of one.

    :param schemes: in which to look.
    :param deprecated: whether those count that are no longer offered.
    """
    entries = [entry for code in schemes for entry in (lexicon.every(code) if deprecated else lexicon.scheme(code))]
    wanted = folded(typed)
    exact = [entry for entry in entries if typed.strip() == entry.id]
    exact = exact or [entry for entry in entries if typed.strip() == entry.code]
    exact = exact or [entry for entry in entries if wanted and wanted in map(folded, entry.labels.values())]
    return exact or found(entries, typed)


def found(entries: Iterable[Entry], typed: str) -> list[Entry]:
    """Return the concepts that have all the words typed in their labels or other words, in any language."""
    wanted = folded(typed).split()
    return [entry for entry in entries if wanted and _has(entry, wanted)]


def _has(entry: Entry, wanted: Sequence[str]) -> bool:
    words = (*entry.labels.values(), *(word for several in entry.synonyms.values() for word in several), entry.code)
    return any(all(word in plain for word in wanted) for plain in map(folded, words))
