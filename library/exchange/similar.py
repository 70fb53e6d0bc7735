"""Which cities are like each other, and what one could take over from those like it. Pure.

Two cities are similar when at least two of four things are the same: country, size, a network, themes. What is not
known of either is left out, never guessed. The rule is so plain that the page can say of each suggestion why it is
there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from flask_babel import lazy_gettext as _l

from library.choices import Choice

BANDS: Final = (20_000, 50_000, 100_000, 250_000, 500_000)  # inhabitants with which the next band begins
ENOUGH: Final = 2  # likenesses that make cities similar
LEAST_THEMES: Final = 2  # in common, of which
LEAST_PART: Final = 1 / 3  # of all themes of both


class Likeness(Choice):
    """In what two cities are alike, as the end of a sentence; what says most to a reader first."""

    SIZE = "size", _l("your size")
    NETWORK = "network", _l("in a network with you")
    THEMES = "themes", _l("themes like yours")
    COUNTRY = "country", _l("your country")


@dataclass(frozen=True, slots=True)
class City:
    """What is known of a municipality.

    :param networks: to which it belongs.
    :param themes: of what it has shared or uses.
    """

    id: int
    country: str | None = None
    population: int | None = None
    networks: frozenset[int] = frozenset()
    themes: frozenset[str] = frozenset()
    uses: frozenset[int] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A practice that similar cities use.

    :param cities: that use it, the most alike first.
    :param shared: in what all of them are like the city that asks.
    """

    practice_id: int
    cities: tuple[int, ...]
    shared: tuple[Likeness, ...]


def band_of(population: int | None) -> int | None:
    """Return the band of a number of inhabitants; ``None`` where nobody has counted."""
    return None if population is None else bisect_right(BANDS, population)


def likenesses(one: City, other: City) -> frozenset[Likeness]:
    """Return in what two cities are alike."""
    common = one.themes & other.themes
    band = band_of(one.population)
    alike = {
        Likeness.COUNTRY: one.country is not None and one.country == other.country,
        Likeness.SIZE: band is not None and band == band_of(other.population),
        Likeness.NETWORK: bool(one.networks & other.networks),
        Likeness.THEMES: len(common) >= max(LEAST_THEMES, LEAST_PART * len(one.themes | other.themes)),
    }
    return frozenset(likeness for likeness, holds in alike.items() if holds)


def similar_to(city: City, others: Iterable[City]) -> dict[int, frozenset[Likeness]]:
    """Return the cities that are similar to one, with in what."""
    found = {other.id: likenesses(city, other) for other in others if other.id != city.id}
    return {identifier: alike for identifier, alike in found.items() if len(alike) >= ENOUGH}


def suggestions(city: City, others: Collection[City], *, limit: int) -> list[Suggestion]:
    """Return what similar cities use and one does not: what most of them use first, then what the most alike use."""
    similar = similar_to(city, others)
    users: dict[int, list[int]] = {}
    for other in others:
        if other.id in similar:
            for practice_id in other.uses - city.uses:
                users.setdefault(practice_id, []).append(other.id)

    def rank(practice_id: int) -> tuple[int, int, int]:
        cities = users[practice_id]
        return -len(cities), -sum(len(similar[identifier]) for identifier in cities), -practice_id

    return [_suggestion(number, users[number], similar) for number in sorted(users, key=rank)[:limit]]


def _suggestion(practice_id: int, cities: list[int], similar: Mapping[int, frozenset[Likeness]]) -> Suggestion:
    """Return a suggestion with one reason that holds for all the cities it names: the one that most of them share."""
    order = list(Likeness)
    holders = {likeness: [city for city in cities if likeness in similar[city]] for likeness in order}
    reason = max(order, key=lambda likeness: (len(holders[likeness]), -order.index(likeness)))
    named = sorted(holders[reason], key=lambda city: (-len(similar[city]), city))
    shared = frozenset.intersection(*(similar[city] for city in named))
    return Suggestion(practice_id, tuple(named), tuple(likeness for likeness in order if likeness in shared))
