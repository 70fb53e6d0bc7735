"""The places of documents in the order of titles: made once for a segment, then merged between segments.

Making a key that sorts as a language's alphabet wants costs microseconds, too many for each title of a hundred
thousand at each commit. So a segment keeps the places, and the titles of small segments are inserted into the order
of the largest: only those that a binary search meets are made into keys.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.collation import plain, sort_alike, sort_key, spelled
from index.columns.files import Array

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Ranked:
    """Some documents of a segment: their places among themselves, and the title that a reader is shown of each."""

    ranks: Array
    title: Callable[[int], str]


def title_key(language: str, title: str) -> Key:
    """Return what titles are sorted by for a reader of a language; the same letters tell by their signs."""
    return sort_key(language, title), title


def ranks_of(language: str, titles: Sequence[str]) -> NDArray[np.int64]:
    """Return the place of each title in their order; equal titles share one."""
    return _ranks([title_key(language, title) for title in titles])


def _ranks(keys: Sequence[Key]) -> NDArray[np.int64]:
    places = {key: place for place, key in enumerate(sorted(set(keys)))}
    return np.array([places[key] for key in keys], np.int64)


def ranks_by_language(titles: Mapping[str, Sequence[str]]) -> dict[str, NDArray[np.int64]]:
    """Return the places of titles for the readers of each language, who are shown the same titles more often than not.

    :param titles: by language, the title that its readers are shown of each document.
    """
    bare = {title: plain(title) for title in {*chain.from_iterable(titles.values())}}
    ranked: list[tuple[str, Sequence[str], NDArray[np.int64]]] = []
    for language, shown in titles.items():
        alike = (ranks for other, of, ranks in ranked if sort_alike(language, other) and of == shown)
        ranks = next(alike, None)
        if ranks is None:
            ranks = _ranks([(spelled(language, bare[title]), title) for title in shown])
        ranked.append((language, shown, ranks))
    return {language: ranks for language, _, ranks in ranked}


def merged_by_language(parts: Mapping[str, Sequence[Ranked]]) -> dict[str, NDArray[np.int64]]:
    """Return what `merged_ranks` does, for several languages."""
    anew = ranks_by_language({language: _titles(of) for language, of in parts.items() if _sorted_anew(of)})
    others = {language: of for language, of in parts.items() if language not in anew}
    return anew | {language: merged_ranks(language, of) for language, of in others.items()}


def merged_ranks(language: str, parts: Sequence[Ranked]) -> NDArray[np.int64]:
    """Return the places of all documents of the parts, part after part, in their common order."""
    if not parts:
        return np.empty(0, np.int64)
    if len(parts) == 1:
        return parts[0].ranks.astype(np.int64)
    if _sorted_anew(parts):
        return ranks_of(language, _titles(parts))
    largest = max(range(len(parts)), key=lambda number: len(parts[number].ranks))
    rest = [
        (number, document)
        for number, part in enumerate(parts)
        if number != largest
        for document in range(len(part.ranks))
    ]
    base = parts[largest]
    keys = [title_key(language, parts[number].title(document)) for number, document in rest]
    base_ranks, rest_ranks = _inserted(base, keys, language)
    merged, taken = [], 0
    for number, part in enumerate(parts):
        if number == largest:
            merged.append(base_ranks)
        else:
            merged.append(rest_ranks[taken : taken + len(part.ranks)])
            taken += len(part.ranks)
    return np.concatenate(merged)


def _sorted_anew(parts: Sequence[Ranked]) -> bool:
    """Whether looking the place of each title up in the largest part would take longer than sorting them all."""
    count = sum(len(part.ranks) for part in parts)
    largest = max((len(part.ranks) for part in parts), default=0)
    return len(parts) > 1 and (count - largest) * largest.bit_length() > count


def _titles(parts: Sequence[Ranked]) -> list[str]:
    return [part.title(document) for part in parts for document in range(len(part.ranks))]


def _inserted(base: Ranked, keys: Sequence[Key], language: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the places of the base's documents and of the keys, once the keys are put where they belong."""
    _, first, places = np.unique(base.ranks, return_index=True, return_inverse=True)

    @cache
    def key_at(place: int) -> Key:
        return title_key(language, base.title(int(first[place])))

    distinct = sorted(set(keys))
    wanted = [bisect_left(_Keys(key_at, len(first)), key) for key in distinct]
    is_new = [place == len(first) or key_at(place) != key for place, key in zip(wanted, distinct, strict=True)]
    before = np.cumsum([0, *is_new])
    # A base place moves up by the new keys before it; a key that the base has too shares its place.
    at = np.array(wanted, np.int64)
    moved = np.arange(len(first)) + np.searchsorted(at[np.array(is_new, np.bool_)], np.arange(len(first)), side="right")
    rank_of = dict(zip(distinct, (at + before[:-1]).tolist(), strict=True))
    return moved[places], np.array([rank_of[key] for key in keys], np.int64)


class _Keys(Sequence[Any]):
    """The keys of a base in order, each made when it is looked at."""

    def __init__(self, key_at: Callable[[int], Key], size: int) -> None:
        self._key_at = key_at
        self._size = size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, place: Any) -> Any:
        return self._key_at(place)
