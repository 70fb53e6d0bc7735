"""The filters of a search page: what there is to choose of each facet, by name and in order. Runs no query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import groupby
from typing import Final, NamedTuple

from flask_babel import gettext

from index import SearchRequest, sort_key
from library.indexing.facets import FACETS, Facet
from library.languages import ENDONYMS
from library.lexicon import Entry, Lexicon

MOST_PLACES: Final = 40  # municipalities or collections to choose from; there may be more than a page should carry
LONG: Final = frozenset({"municipality", "collection"})
FIRST: Final = 8  # choices of a long list that stand open; the rest folds away
HARDLY_MORE: Final = 2  # choices that are not worth folding away


class Option(NamedTuple):
    """A checkbox of a facet, with the number of practices that it leaves."""

    value: str
    label: str
    number: int
    selected: bool
    depth: int = 0


class Branch(NamedTuple):
    """Choices that stand open, and those that fold away under them."""

    shown: Sequence[Option]
    folded: Sequence[Option] = ()

    @property
    def is_open(self) -> bool:
        """Whether something is ticked among what would fold away."""
        return any(option.selected for option in self.folded)


@dataclass(frozen=True, slots=True)
class FacetChoices:
    """A facet with its checkboxes.

    :param note: what is left out of them.
    """

    name: str
    label: str
    options: tuple[Option, ...]
    note: str = ""
    together: str = ""
    together_chosen: bool = False

    @property
    def selected_count(self) -> int:
        """How many are ticked."""
        return sum(option.selected for option in self.options)

    @property
    def is_tree(self) -> bool:
        """Whether some stand below others."""
        return any(option.depth for option in self.options)

    @property
    def branches(self) -> list[Branch]:
        """The choices as they fold: of a tree narrower ones under each broad one, else the rest under the first few."""
        if self.is_tree:
            tops = [place for place, option in enumerate(self.options) if not option.depth]
            return [
                Branch(self.options[top : top + 1], self.options[top + 1 : following])
                for top, following in zip(tops, [*tops[1:], None], strict=True)
            ]
        if len(self.options) <= FIRST + HARDLY_MORE:
            return [Branch(self.options)]
        return [Branch(self.options[:FIRST], self.options[FIRST:])]


@dataclass(frozen=True, slots=True)
class Names:
    """The words for the codes of all facets."""

    lexicon: Lexicon
    language: str
    municipalities: Mapping[str, str]
    collections: Mapping[str, str]

    def entry(self, facet: Facet, code: str) -> Entry | None:
        """Return the concept of a code; nothing where codes are no concepts, or this one names none."""
        return self.lexicon.get(f"{facet.scheme}/{code}") if facet.scheme else None

    def label(self, facet: Facet, code: str) -> str:
        """Return what a code is called; a code that names nothing is shown as it is."""
        return self.label_of(self.entry(facet, code), facet, code)

    def label_of(self, entry: Entry | None, facet: Facet, code: str) -> str:
        """Return what a code is called whose concept, if it has one, is known already."""
        if entry:
            return entry.label(self.language)
        own = {"municipality": self.municipalities, "collection": self.collections, "language": ENDONYMS}
        return own.get(facet.name, {}).get(code, code)


def contenders(counts: Mapping[str, Mapping[str, int]], wanted: SearchRequest) -> dict[str, Mapping[str, int]]:
    """Return the counts of every facet; of long ones only the codes that may be among those to choose from.

    Names decide between equals, and to read and compare those of a thousand places takes longer than the search. One
    more than are shown is among them, which tells that there are more.
    """
    return {
        name: _first(codes, wanted.filters.get(name, ())) if name in LONG else codes for name, codes in counts.items()
    }


def _first(counts: Mapping[str, int], chosen: Iterable[str]) -> Mapping[str, int]:
    if len(counts) <= MOST_PLACES:
        return counts
    fewest = nlargest(MOST_PLACES + 1, counts.values())[-1]
    return {code: n for code, n in counts.items() if n >= fewest or code in chosen}


def facets(counts: Mapping[str, Mapping[str, int]], wanted: SearchRequest, names: Names) -> tuple[FacetChoices, ...]:
    """Return every facet that has anything to choose."""
    shown = (_choices(facet, counts.get(facet.name, {}), wanted, names) for facet in FACETS)
    return tuple(facet for facet in shown if facet.options)


def _choices(facet: Facet, counts: Mapping[str, int], wanted: SearchRequest, names: Names) -> FacetChoices:
    options = list(_options(facet, counts, wanted.filters, names))
    note = ""
    if facet.name in LONG and len(options) > MOST_PLACES:
        note = gettext("The %(num)s with most practices are shown", num=MOST_PLACES)
        if facet.name == "municipality":
            note = gettext("The %(num)s with most practices are shown; search for a place by its name", num=MOST_PLACES)
        options = options[:MOST_PLACES] + [option for option in options[MOST_PLACES:] if option.selected]
    return FacetChoices(
        facet.name,
        str(facet.label),
        tuple(options),
        note=note,
        together=str(facet.together),
        together_chosen=facet.name in wanted.together,
    )


def _options(
    facet: Facet, counts: Mapping[str, int], chosen: Mapping[str, tuple[str, ...]], names: Names
) -> Iterable[Option]:
    """Return what may be chosen of a facet; what a vocabulary no longer offers only where it is chosen already."""
    ticked = chosen.get(facet.name, ())
    options = []
    for code in dict.fromkeys((*ticked, *counts)):
        entry = names.entry(facet, code)
        if code in ticked or entry is None or not entry.deprecated:
            label = names.label_of(entry, facet, code)
            options.append(Option(code, label, counts.get(code, 0), code in ticked))
    if facet.name == "year":
        return sorted(options, key=lambda option: option.value, reverse=True)
    ordered = list(_most_first(options, names.language))
    return _as_tree(ordered, facet, names.lexicon) if facet.name == "theme" else ordered


def _most_first(options: list[Option], language: str) -> Iterator[Option]:
    """Yield options by how many practices they have, and by name where that is the same for several."""
    options.sort(key=lambda option: -option.number)
    for _number, equals in groupby(options, key=lambda option: option.number):
        first, *others = equals
        yield from sorted((first, *others), key=lambda option: sort_key(language, option.label)) if others else (first,)


def _as_tree(options: list[Option], facet: Facet, lexicon: Lexicon) -> list[Option]:
    """Return options with each under the first concept above it that is an option too, indented one step."""
    by_code = {option.value: option for option in options}
    below: dict[str, list[Option]] = {}
    tops: list[Option] = []
    for option in options:
        parent = _first_parent(f"{facet.scheme}/{option.value}", lexicon)
        if parent in by_code:
            below.setdefault(parent, []).append(option)
        else:
            tops.append(option)

    def walk(option: Option, depth: int) -> Iterator[Option]:
        yield option._replace(depth=depth) if depth else option
        for child in below.get(option.value, ()):
            yield from walk(child, depth + 1)

    return [shown for top in tops for shown in walk(top, 0)]


def _first_parent(identifier: str, lexicon: Lexicon) -> str:
    entry = lexicon.get(identifier)
    return lexicon[entry.broader[0]].code if entry and entry.broader else ""
