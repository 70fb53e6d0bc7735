"""The vocabularies as the search understands them: every label and synonym, and which concepts lie below which."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterable
from typing import Final

from index import Concept, Thesaurus
from library.lexicon import Entry, Lexicon

MOST_KEPT: Final = 2  # versions: while one is followed by another, requests that began before still ask for it
FULL_COLLECTION: Final = 100  # collections of the middle generation; Python's own is 10

_lock: Final = threading.Lock()
_kept: dict[str, Thesaurus] = {}


def thesaurus_of(lexicon: Lexicon) -> Thesaurus:
    """Return the thesaurus of the vocabularies.

    Made once for each of their versions, by the first search that needs it. While that takes its second, other threads
    understand words as before; only where there is no before do they wait.
    """
    thesaurus = _kept.get(lexicon.version)
    if thesaurus is not None:
        return thesaurus
    former = tuple(_kept.values())
    if not _lock.acquire(blocking=not former):
        return former[-1]
    try:
        thesaurus = _kept.get(lexicon.version) or _made(lexicon)
        if lexicon.version:
            _kept[lexicon.version] = thesaurus
            for version in tuple(_kept)[:-MOST_KEPT]:
                del _kept[version]
            _spare_the_collector()
        return thesaurus
    finally:
        _lock.release()


def _spare_the_collector() -> None:
    """Keep Python's collector of cycles from going through what has come to stay: modules, vocabularies, thesaurus.

    There are half a million objects of it, and to go through them holds all threads for a third of a second, every few
    hundred requests. What is no longer referred to goes all the same. What comes later and stays, a hundred thousand
    statements, templates and words, is gone through ten times as seldom: that still takes a twelfth of a second.
    """
    gc.collect()  # what is garbage now would stay for ever
    gc.freeze()
    young, middle, _old = gc.get_threshold()
    gc.set_threshold(young, middle, FULL_COLLECTION)


def _made(lexicon: Lexicon) -> Thesaurus:
    """Take in all concepts. Words of one that was replaced name the one in use."""
    standing_for: dict[str, list[Entry]] = {}
    for entry in lexicon.entries.values():
        if entry.id in lexicon.replaced:
            standing_for.setdefault(lexicon.replaced[entry.id], []).append(entry)
    return Thesaurus(
        Concept(entry.id, _labels((entry, *standing_for.get(entry.id, ()))), entry.narrower)
        for entry in lexicon.entries.values()
        if entry.id not in lexicon.replaced
    )


def _labels(entries: Iterable[Entry]) -> dict[str, tuple[str, ...]]:
    labels: dict[str, dict[str, None]] = {}
    for entry in entries:
        for language, label in entry.labels.items():
            labels.setdefault(language, {})[label] = None
        for language, synonyms in entry.synonyms.items():
            labels.setdefault(language, {}).update(dict.fromkeys(synonyms))
    return {language: tuple(words) for language, words in labels.items()}
