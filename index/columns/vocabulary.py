"""From words to the numbers of terms: read once each, then all at once, wherever in many documents they stand.

Texts have millions of words and few distinct ones. So each word comes in as a number; whatever is made of it, in
whichever field, is then a matter of arrays.
"""

from array import array
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

import numpy as np

from index.columns.files import Array
from index.runs import places_of
from index.words import WordNumbers

Reading = Callable[[str], tuple[str, ...]]

_SMALLEST = 1024  # words; arrays over all words double from here


class Vocabulary:
    """The numbers of the words and terms of many documents, for one builder after the other.

    One thread may number words while another asks for their terms.

    :param readings: how a word becomes terms; each distinct word is read once.
    """

    def __init__(self, readings: Mapping[str, Reading]) -> None:
        self.words = WordNumbers()
        self._terms: dict[str, int] = {}
        self._sorted: tuple[list[str], Array] = [], np.empty(0, np.uint32)
        self._readings = {name: _Read(read, self.words.words, self._terms) for name, read in readings.items()}

    def __len__(self) -> int:
        """How many distinct words there are."""
        return len(self.words.words)

    def terms(self, reading: str, words: Array) -> tuple[Array, Array]:
        """Read words, given by their numbers: return how many terms each comes to, and all their numbers in a row."""
        return self._readings[reading].terms(words)

    def sorted_terms(self) -> tuple[list[str], Array]:
        """Return all terms in alphabetical order, and the place there of each by its number."""
        terms, places = self._sorted
        if len(terms) < len(self._terms):
            terms = sorted([*terms, *islice(self._terms, len(terms), None)])  # in no time, for most are in order
            places = np.empty(len(terms), np.uint32)
            places[np.fromiter(map(self._terms.__getitem__, terms), np.int64, len(terms))] = np.arange(len(terms))
            self._sorted = terms, places
        return terms, places


class _Read:
    """What words come to by one reading, in arrays by their numbers: how many terms, and where those stand in a row."""

    def __init__(self, read: Reading, words: Sequence[str], terms: dict[str, int]) -> None:
        self._read = read
        self._words = words
        self._numbers = terms
        self._row = array("I")
        self._known = np.zeros(_SMALLEST, np.bool_)
        self._counts = np.zeros(_SMALLEST, np.uint32)
        self._starts = np.zeros(_SMALLEST, np.uint32)

    def terms(self, words: Array) -> tuple[Array, Array]:
        self._learn(words)
        counts = self._counts[words]
        row = np.frombuffer(self._row, np.uint32) if self._row else np.empty(0, np.uint32)
        if counts.max(initial=0) <= 1:  # as nearly always, and then in half the time
            return counts, row[self._starts[words if counts.all() else words[counts > 0]]]
        return counts, row[places_of(self._starts[words], counts)]

    def _learn(self, words: Array) -> None:
        """Read those of the words that are new."""
        seen = np.zeros(len(self._words), np.bool_)
        seen[words] = True
        self._known, self._counts, self._starts = (
            _lengthened(of, len(seen)) for of in (self._known, self._counts, self._starts)
        )
        numbers = self._numbers
        for word in np.flatnonzero(seen & ~self._known[: len(seen)]).tolist():
            terms = self._read(self._words[word])
            self._starts[word] = len(self._row)
            self._counts[word] = len(terms)
            self._row.extend([numbers.setdefault(term, len(numbers)) for term in terms])
            self._known[word] = True


def _lengthened(values: Array, length: int) -> Array:
    """Return an array that has at least so many values, the new ones 0."""
    if length <= len(values):
        return values
    longer = np.zeros(max(length, 2 * len(values)), values.dtype)
    longer[: len(values)] = values
    return longer
