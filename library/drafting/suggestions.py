"""Concepts for what somebody types, by label or synonym in any of the seven languages. Pure; knows the lexicon only.

A word of the thesaurus leads to the concepts that a form can hold: "SSP" suggests what the SSP model is about.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from library.lexicon import Entry, Lexicon

THESAURUS: Final = "thesaurus"
MOST: Final = 8  # suggestions
LONGEST: Final = 80  # characters of what is typed
_LETTERS: Final = str.maketrans({"ø": "o", "æ": "ae", "å": "a", "ð": "d", "þ": "th", "ß": "ss"})

# How well a label fits what was typed; the lower the better. What the thesaurus leads to comes after all of these.
_SAME, _BEGINS, _WORD_BEGINS, _HOLDS = range(4)
_FOREIGN: Final = 4  # added where the label is a synonym or of another language than the reader's
_THROUGH: Final = 16


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A concept that may be meant.

    :param above: the label of the concept above it, which tells apart what sounds alike.
    :param because: the words by which it was found, where its label does not hold them.
    """

    code: str
    label: str
    above: str = ""
    because: str = ""


def suggest(lexicon: Lexicon, scheme: str, typed: str, language: str, *, most: int = MOST) -> list[Suggestion]:
    """Return the concepts of a scheme that what was typed may mean, the best first.

    :param language: of the labels, and the first in which words are looked for.
    """
    wanted = folded(typed)
    if not wanted:
        return []
    found: dict[str, tuple[int, int, str]] = {}
    for position, entry in enumerate(lexicon.scheme(scheme)):
        if fit := _best(entry, wanted, language):
            found[entry.id] = (fit[0], position, fit[1])
    for identifier, distance, because in _through_thesaurus(lexicon, scheme, wanted, language):
        if identifier not in found or found[identifier][0] > distance:
            found[identifier] = (distance, 0, because)
    ranked = sorted(found, key=lambda identifier: found[identifier][:2])
    return [_suggestion(lexicon, identifier, found[identifier][2], language) for identifier in ranked[:most]]


def folded(words: str) -> str:
    """Return words as they are compared: without case, accents and the marks of Nordic letters."""
    plain = unicodedata.normalize("NFKD", words[:LONGEST].casefold().translate(_LETTERS))
    letters = (c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join("".join(letters).split())


def fitness(label: str, wanted: str) -> int | None:
    """Return how well a folded label fits what is wanted, the lower the better; ``None`` if not at all.

    Parts of words count from three letters on: "us" is in too many.
    """
    if label == wanted:
        return _SAME
    if label.startswith(wanted):
        return _BEGINS
    if f" {wanted}" in label:
        return _WORD_BEGINS
    return _HOLDS if len(wanted) > 2 and wanted in label else None


def _suggestion(lexicon: Lexicon, identifier: str, because: str, language: str) -> Suggestion:
    entry = lexicon[identifier]
    label = entry.label(language)
    above = lexicon.get(entry.broader[0]) if entry.broader else None
    return Suggestion(entry.code, label, above.label(language) if above else "", because if because != label else "")


def _best(entry: Entry, wanted: str, language: str) -> tuple[int, str] | None:
    fits = (
        (fit + (0 if preferred and code == language else _FOREIGN), label)
        for code, preferred, label, plain in _names(entry.id, _words_of(entry))
        if (fit := fitness(plain, wanted)) is not None
    )
    return min(fits, default=None)


_Words = tuple[tuple[str, bool, str], ...]


def _words_of(entry: Entry) -> _Words:
    preferred = tuple((code, True, label) for code, label in entry.labels.items())
    return preferred + tuple((code, False, word) for code, words in entry.synonyms.items() for word in words)


@lru_cache(maxsize=4096)
def _names(_identifier: str, words: _Words) -> tuple[tuple[str, bool, str, str], ...]:
    """Return the labels of a concept with their folded form, which is the slow part."""
    return tuple((code, preferred, label, folded(label)) for code, preferred, label in words)


def _through_thesaurus(lexicon: Lexicon, scheme: str, wanted: str, language: str) -> Iterator[tuple[str, int, str]]:
    """Yield (concept, distance, word) for what words of the thesaurus lead to, no further than two steps."""
    for entry in lexicon.scheme(THESAURUS):
        fit = _best(entry, wanted, language)
        if fit is None or fit[0] % _FOREIGN == _HOLDS:
            continue
        for steps, identifiers in enumerate(_ways(lexicon, entry)):
            reached = [identifier for identifier in identifiers if identifier.startswith(f"{scheme}/")]
            yield from ((identifier, _THROUGH * (steps + 1) + fit[0], fit[1]) for identifier in reached)


def _ways(lexicon: Lexicon, entry: Entry) -> Iterator[tuple[str, ...]]:
    """Yield what a concept leads to at once, then what its wider and its related concepts lead to."""
    yield entry.near
    yield _near_of(lexicon, entry.broader)
    yield _near_of(lexicon, entry.near)


def _near_of(lexicon: Lexicon, identifiers: Iterable[str]) -> tuple[str, ...]:
    entries = filter(None, map(lexicon.get, identifiers))
    return tuple(identifier for entry in entries for identifier in entry.near)
