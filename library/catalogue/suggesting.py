"""What to suggest while somebody types into the search box: practices, concepts, places and bodies, in groups.

Knows what was found and where each leads; the database says of every suggestion, once more, what it is called and
whether it is public.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from index import Match
from library.catalogue.suggesting_queries import Public, public
from library.indexing.facets import FACETS
from library.indexing.naming import Named, named
from library.indexing.search import suggest_titles
from library.languages import DEFAULT
from library.lexicon import Entry, Lexicon
from library.showing.present import term

MOST: Final = 10  # suggestions in all: more is a list to read, and the search gives a better one
MOST_PRACTICES: Final = 5
MOST_OTHERS: Final = 3  # of each other kind
# What a concept is, where a search can be narrowed by it.
KIND_OF_SCHEME: Final = {facet.scheme: facet.label for facet in FACETS if facet.scheme}

CONCEPTS, PRACTICES, MUNICIPALITIES, ORGANISATIONS, COLLECTIONS = (
    "concepts",
    "practices",
    "municipalities",
    "organisations",
    "collections",
)
# In the order of the groups where all fit alike.
HEADINGS: Final[Mapping[str, Any]] = {
    CONCEPTS: _l("Subjects"),
    PRACTICES: _l("Practices"),
    MUNICIPALITIES: _l("Municipalities"),
    ORGANISATIONS: _l("Organisations"),
    COLLECTIONS: _l("Collections"),
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One suggestion.

    :param language: of the label.
    :param detail: what it is, or the other name by which it was found.
    """

    label: str
    url: str
    language: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The suggestions of one kind, under a heading."""

    kind: str
    heading: str
    suggestions: tuple[Suggestion, ...]


Found = Mapping[str, Sequence[Match]]


def suggest(session: Session, typed: str, language: str) -> list[Group]:
    """Suggest what fits the words typed so far, the group that fits best first.

    What fits only when slips are forgiven comes in when nothing else does.
    """
    names = named(session)
    found = _look_up(names, typed, language, near=False) or _look_up(names, typed, language, near=True)
    naming = Naming(names.lexicon, language, _public(session, found, language))
    shown = {kind: tuple(naming.suggestions(kind, matches)) for kind, matches in found.items()}
    best = sorted((kind for kind in HEADINGS if shown.get(kind)), key=lambda kind: -found[kind][0].fit)
    groups, room = [], MOST
    for kind in best:
        taken = shown[kind][: max(room, 0)]
        room -= len(taken)
        if taken:
            groups.append(Group(kind, str(HEADINGS[kind]), taken))
    return groups


def _look_up(names: Named, typed: str, language: str, *, near: bool) -> Found:
    """Return what fits, of each kind of which anything does."""
    others = {
        CONCEPTS: names.concepts.labels,
        MUNICIPALITIES: names.bodies.municipalities,
        ORGANISATIONS: names.bodies.organisations,
        COLLECTIONS: names.bodies.collections,
    }
    most = {CONCEPTS: 2 * MOST_OTHERS}  # some are called alike, and only the first of these is shown
    found: dict[str, Sequence[Match]] = {
        kind: labels.matches(typed, language, most=most.get(kind, MOST_OTHERS), near=near)
        for kind, labels in others.items()
    }
    found[PRACTICES] = suggest_titles(typed, language, most=MOST_PRACTICES, near=near)
    return {kind: matches for kind, matches in found.items() if matches}


def _public(session: Session, found: Found, language: str) -> Public:
    keys = {
        kind: [match.label.key for match in found.get(kind, ())] for kind in (PRACTICES, MUNICIPALITIES, COLLECTIONS)
    }
    return public(session, language, **keys)


class Naming:
    """Says what is found in a reader's words, and where it leads; leaves out what is not public any more."""

    def __init__(self, lexicon: Lexicon, language: str, public: Public) -> None:
        self._lexicon = lexicon
        self._language = language
        self._public = public

    def suggestions(self, kind: str, matches: Sequence[Match]) -> Iterator[Suggestion]:
        """Yield the suggestions of a kind, in the order of what was found."""
        named: dict[str, Callable[[Sequence[Match]], Iterator[Suggestion]]] = {
            CONCEPTS: self._concepts,
            PRACTICES: self._practices,
            MUNICIPALITIES: self._municipalities,
            ORGANISATIONS: self._organisations,
            COLLECTIONS: self._collections,
        }
        return named[kind](matches)

    def _concepts(self, matches: Sequence[Match]) -> Iterator[Suggestion]:
        shown: dict[str, Suggestion] = {}
        for match in matches:
            entry = self._lexicon[match.label.key]
            label = entry.label(self._language)
            detail = _also_called(match, label) or str(KIND_OF_SCHEME.get(entry.scheme, ""))
            language = self._language if self._language in entry.labels else DEFAULT
            shown.setdefault(label, Suggestion(label, self._address_of(entry, label), language, detail))
        return islice(shown.values(), MOST_OTHERS)

    def _address_of(self, entry: Entry, label: str) -> str:
        """Return the search narrowed by a concept, or else for its name, which finds it in every language."""
        return term(entry, self._language).url or url_for("catalogue.search", q=label)

    def _practices(self, matches: Sequence[Match]) -> Iterator[Suggestion]:
        """Yield titles as they were found: a reader who types Danish words looks for the Danish title."""
        for match in matches:
            if slug := self._public.practices.get(match.label.key):
                yield Suggestion(match.label.text, url_for("catalogue.practice", slug=slug), match.label.language)

    def _municipalities(self, matches: Sequence[Match]) -> Iterator[Suggestion]:
        for match in matches:
            if name := self._public.municipalities.get(match.label.key):
                url = url_for("catalogue.municipality", slug=match.label.key)
                yield Suggestion(name, url, self._language, _also_called(match, name))

    def _organisations(self, matches: Sequence[Match]) -> Iterator[Suggestion]:
        """Yield organisations, which have no page of their own: each leads to the practices that name it."""
        for match in matches:
            name = match.label.text
            yield Suggestion(name, url_for("catalogue.search", q=f'"{name.replace(chr(34), " ")}"'), self._language)

    def _collections(self, matches: Sequence[Match]) -> Iterator[Suggestion]:
        for match in matches:
            if title := self._public.collections.get(match.label.key):
                url = url_for("collections.collection", slug=match.label.key)
                yield Suggestion(title, url, self._language, _also_called(match, title))


def _also_called(match: Match, label: str) -> str:
    """Return the name by which something was found, where that is not the one that is shown."""
    return "" if match.label.text.casefold() == label.casefold() else gettext("also: %(name)s", name=match.label.text)
