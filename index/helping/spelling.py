"""Which published word a reader may have meant who typed one that no document has.

A deletes index, after SymSpell (Garbe, 2012): two words that lie a slip apart become equal when a letter is taken out
of each. Of every word the hashes of its first letters, whole and with each letter taken out, lie sorted in one array;
those of the typed word are looked up in it, and the few words found there are compared in full. Words are compared in
their folded spelling, so that a letter typed without its ring or dots is no slip.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from index.documents import LANGUAGES
from index.helping.distance import distances, letters
from index.helping.preparing import Ready
from index.schema import NAMES, SPELLED, language_field
from index.states.segment import IndexSegment
from index.words import fold_long, fold_short, words

# The letters in which slips are looked for by hash; later ones are compared in full. Longer makes more hashes a word.
PREFIX = 7
# Letters from which on one slip is forgiven, and two: with fewer, every word lies near some other.
ONE_SLIP, TWO_SLIPS = 4, 6
LONGEST_WORD = 40
# No word of a language, as names are; it ranks after the reader's and before the others.
NO_LANGUAGE = ""

_POWERS = np.array([0x9E3779B1**n % 2**32 for n in range(1, PREFIX + 1)], np.uint32)


@dataclass(frozen=True, slots=True)
class Near:
    """A word that lies near another.

    :param slips: how many lie between them.
    :param documents: how many have it.
    """

    word: str
    language: str
    slips: int
    documents: int


class Spelling:
    """Words with their languages and how many documents have them, ready to be compared with another word.

    Takes some 110 bytes a word: the words lie end to end in one run of bytes, for a list of them takes as much again.
    """

    def __init__(self, counted: Iterable[tuple[str, str, int]]) -> None:
        kept = [(word, language, n) for word, language, n in counted if _may_be_meant(word)]
        self._spelled = b"".join(word.encode() for word, _, _ in kept)
        self._ends = np.cumsum([0, *(len(word.encode()) for word, _, _ in kept)], dtype=np.int64).astype(np.uint32)
        self._languages = np.array([_number_of(language) for _, language, _ in kept], np.int8)
        self._documents = np.array([n for _, _, n in kept], np.uint32)
        self._index([word for word, _, _ in kept])

    @classmethod
    def of_texts(cls, texts: Iterable[tuple[str, str]]) -> Spelling:
        """Take in the words of texts, each text with its language, and count every word as one document's."""
        found = {(word, language) for text, language in texts for word in words(text)}
        return cls((word, language, 1) for word, language in sorted(found))

    def __len__(self) -> int:
        return len(self._documents)

    def _index(self, spelled: Sequence[str]) -> None:
        """Sort the hashes of all words; those whose long spelling is another one have the hashes of both."""
        rows, folded = _spellings(spelled)
        parts = list(_hashes(folded))
        hashes = np.concatenate([found for _, found in parts] or [np.empty(0, np.uint32)])
        at = np.concatenate([rows[places] for places, _ in parts] or [rows])
        order = np.argsort(hashes)
        self._hashes, self._rows = hashes[order], at[order]

    def near(self, word: str) -> list[Near]:
        """Return the words that lie near another, in no order; itself too, if it is one of them."""
        most = (len(word) >= ONE_SLIP) + (len(word) >= TWO_SLIPS)
        rows = self._candidates(fold_short(word)) if most else []
        found = [self._word(row) for row in rows]
        return [
            Near(found[n], _language_of(int(self._languages[rows[n]])), slips, int(self._documents[rows[n]]))
            for n, slips in _slips(fold_short(word), found).items()
            if slips <= most
        ]

    def _candidates(self, folded: str) -> list[int]:
        wanted = np.unique(np.concatenate([found for _, found in _hashes([folded])]))
        lows = np.searchsorted(self._hashes, wanted)
        highs = np.searchsorted(self._hashes, wanted, "right")
        rows = [self._rows[low:high] for low, high in zip(lows, highs, strict=True)]
        return [int(row) for row in np.unique(np.concatenate(rows))]

    def _word(self, row: int) -> str:
        return self._spelled[self._ends[row] : self._ends[row + 1]].decode()


def _slips(folded: str, others: Sequence[str]) -> dict[int, int]:
    """Return the slips between a folded word and each of the others by its place, in the spelling that lies nearer."""
    places, spelled = _spellings(others)
    slips: dict[int, int] = {}
    for place, n in zip(places.tolist(), distances(folded, spelled).tolist(), strict=True):
        slips[place] = min(n, slips.get(place, n))
    return slips


def _spellings(plain: Sequence[str]) -> tuple[NDArray[np.uint32], list[str]]:
    """Return the folded spellings of words, each with the place of its word: the short one, and the long if it differs.

    Only words with letters beyond ASCII are folded, all of them in one breath.
    """
    foreign = [place for place, word in enumerate(plain) if not word.isascii()]
    lines = "\n".join(plain[place] for place in foreign)
    spelled = list(plain)
    further, long_ones = [], []
    for place, short, long in zip(foreign, fold_short(lines).split("\n"), fold_long(lines).split("\n"), strict=False):
        spelled[place] = short
        if long != short:
            further.append(place)
            long_ones.append(long)
    return np.concatenate([np.arange(len(plain)), further]).astype(np.uint32), spelled + long_ones


def _may_be_meant(word: str) -> bool:
    return ONE_SLIP - 1 <= len(word) <= LONGEST_WORD and word.isalpha()


def _hashes(folded: Sequence[str]) -> Iterable[tuple[NDArray[np.int64], NDArray[np.uint32]]]:
    """Yield places of words with their hashes: for the first letters as they are, and less each one of them."""
    if not folded:
        return
    first = letters(folded, PREFIX)
    lengths = np.count_nonzero(first, axis=1)
    yield np.arange(len(folded)), _hash(first)
    for taken in range(PREFIX):
        places = np.flatnonzero(lengths > taken)
        yield places, _hash(np.delete(first[places], taken, axis=1))


def _hash(rows: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Hash rows of letters; zeros at their ends change nothing. Words that share one by chance are compared anyway."""
    hashes = np.zeros(len(rows), np.uint32)
    for place in range(rows.shape[1]):
        hashes += rows[:, place] * _POWERS[place]
    return hashes


def _number_of(language: str) -> int:
    return LANGUAGES.index(language) if language in LANGUAGES else -1


def _language_of(number: int) -> str:
    return LANGUAGES[number] if number >= 0 else NO_LANGUAGE


# --- the words of an index ---------------------------------------------------------------------------------------


def spelling_of(segment: IndexSegment) -> Spelling:
    """Prepare the words of a segment, those of deleted documents too: who shows one has asked for a live one first."""
    fields = [(NAMES, NO_LANGUAGE), *((language_field(SPELLED, language), language) for language in LANGUAGES)]
    counted = (((word, language, n) for word, n in segment.lexicon(field)) for field, language in fields)
    return Spelling(chain.from_iterable(counted))


def meant(ready: Ready[Spelling], others: Spelling | None, word: str, preferred: Sequence[str]) -> list[str]:
    """Return the words that may have been meant, the likeliest first.

    Fewer slips come first, then the preferred languages in their order, then what more documents have.

    :param others: words that are looked up beside those of the index, such as the labels of a vocabulary.
    """
    spellings = [part for _, part in ready.parts if part is not None]
    spellings += [*ready.retired, *([others] if others else [])]
    found: dict[tuple[str, str], Near] = {}
    for near in chain.from_iterable(spelling.near(word) for spelling in spellings):
        known = found.get((near.word, near.language))
        documents = near.documents + (known.documents if known else 0)
        found[near.word, near.language] = Near(near.word, near.language, near.slips, documents)
    ranked = sorted(found.values(), key=lambda near: _rank(near, preferred))
    return [one for one in dict.fromkeys(near.word for near in ranked) if one != word]


def _rank(near: Near, preferred: Sequence[str]) -> tuple[int, int, int, str]:
    languages = [*preferred, NO_LANGUAGE]
    place = languages.index(near.language) if near.language in languages else len(languages)
    return near.slips, place, -near.documents, near.word
