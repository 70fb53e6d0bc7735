"""The words of many texts as numbers, each distinct word having one: what `words` does, for a batch of texts at once.

To split a text and to look its words up one by one costs half a microsecond a word, most of it for making strings and
forgetting them. Nearly all words of our languages are at most 24 letters of Latin-1: such a word is three numbers of
64 bits, read where it stands, and is looked up by them in a table of NumPy's. That is exact, for the table
compares all three. All other words, and whole texts that hold others or change their length with their case, go
through `words` and a dictionary.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from index.words.text import normalise, without_case, words

Numbers = NDArray[np.uint32]
_Places = NDArray[np.int64]
_Keys = NDArray[np.uint64]

_BYTES: Final = 8
_EIGHTS: Final = 3
_LONGEST: Final = _BYTES * _EIGHTS  # letters of a word in the table
_EDGE: Final = b" "
_PADDING: Final = bytes(_LONGEST + _BYTES)

_LETTERS: Final = bytes(chr(code).isalnum() for code in range(256))
# Latin-1 in small letters; ß and µ are something else then, and a soft hyphen is nothing.
_SMALL: Final = bytes(ord(chr(code).casefold()) % 256 if code not in b"\xdf\xb5\xad" else code for code in range(256))
_NOT_FOLDED: Final = b"\xdf\xb5\xad"
_OTHER_LETTER: Final = re.compile(r"[^\W\x00-\xff]")
# What is left of eight bytes of which the first 0 to 8 belong to a word.
_KEPT: Final = np.array([(1 << _BYTES * count) - 1 for count in range(_BYTES + 1)], np.uint64)
# Odd, and without a pattern (Fibonacci hashing; Knuth, The Art of Computer Programming 3, 6.4, and two like it).
_FACTORS: Final = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)
_SMALLEST_TABLE: Final = 1 << 12
_FREE: Final = -1
_ROOM: Final = 3  # places for each word, so that few words meet


class WordNumbers:
    """Gives each distinct word the next number. One thread at a time."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._numbers: dict[str, int] = {}
        self._keys: _Keys = np.zeros((_EIGHTS, _SMALLEST_TABLE), np.uint64)  # of each word by its number
        self._in_table = 0
        self._table = np.full(_SMALLEST_TABLE, _FREE, np.int64)

    def of_words(self, run: Iterable[str]) -> Numbers:
        """Return the number of each of some words."""
        return np.array([self._number(word) for word in run], np.uint32)

    def of_texts(self, texts: Sequence[str]) -> list[Numbers]:
        """Return the numbers of the words of each text; the arrays are parts of one, and not to be changed."""
        encoded = [_encoded(text) for text in texts]
        plain = iter(self._of_bytes([one for one in encoded if one is not None]))
        return [
            self.of_words(words(text)) if one is None else next(plain) for text, one in zip(texts, encoded, strict=True)
        ]

    def _of_bytes(self, texts: Sequence[bytes]) -> list[Numbers]:
        if not texts:
            return []
        content = _EDGE + _EDGE.join(texts) + _EDGE + _PADDING
        content += bytes(-len(content) % _BYTES)
        is_letter = np.frombuffer(content.translate(_LETTERS), np.bool_)
        edges = np.flatnonzero(is_letter[1:] != is_letter[:-1]) + 1
        starts, ends = edges[::2], edges[1::2]
        numbers = self._looked_up(content, starts, ends - starts)
        begins = [*accumulate((len(text) + 1 for text in texts), initial=1)]
        return [numbers[start:end] for start, end in pairwise(np.searchsorted(starts, begins).tolist())]

    def _looked_up(self, content: bytes, starts: _Places, lengths: _Places) -> Numbers:
        numbers = np.zeros(len(starts), np.uint32)
        short = np.flatnonzero(lengths <= _LONGEST)
        keys = _keys(content, starts[short], lengths[short])
        found = self._found(keys)
        new = np.flatnonzero(found == _FREE)
        if len(new):
            self._put(keys[:, new], content, starts[short[new]], lengths[short[new]])
            found[new] = self._found(keys[:, new])
        numbers[short] = found
        for place in np.flatnonzero(lengths > _LONGEST).tolist():
            numbers[place] = self._number(_word(content, starts[place], lengths[place]))
        return numbers

    def _found(self, keys: _Keys) -> _Places:
        """Look words up: from the place where one should stand onwards, to where it stands or nothing does."""
        places = self._places(keys)
        numbers, onwards = self._compared(places, keys)
        while len(onwards):
            places[onwards] = (places[onwards] + 1) & (len(self._table) - 1)
            numbers[onwards], again = self._compared(places[onwards], keys[:, onwards])
            onwards = onwards[again]
        return numbers

    def _compared(self, places: _Places, keys: _Keys) -> tuple[_Places, _Places]:
        """Return the numbers of the words that stand at places, and which places have other words than these."""
        there = self._table[places]
        is_word = there != _FREE
        is_other = is_word.copy()
        for known, wanted in zip(self._keys, keys, strict=True):
            is_word &= known[there] == wanted
        return np.where(is_word, there, _FREE), np.flatnonzero(is_other & ~is_word)

    def _put(self, keys: _Keys, content: bytes, starts: _Places, lengths: _Places) -> None:
        """Put words into the table, some of which may be the same."""
        first = np.sort(np.unique(keys, axis=1, return_index=True)[1])
        numbers = [self._number(_word(content, starts[one], lengths[one])) for one in first.tolist()]
        self._keys = _widened(self._keys, len(self.words))
        self._keys[:, numbers] = keys[:, first]
        self._in_table += len(numbers)
        if self._in_table * _ROOM > len(self._table):
            numbers += self._table[self._table != _FREE].tolist()
            self._table = np.full(1 << (self._in_table * _ROOM).bit_length(), _FREE, np.int64)
        table, last = memoryview(self._table), len(self._table) - 1  # type: ignore[arg-type]  # a buffer all the same
        for number, wanted in zip(numbers, self._places(self._keys[:, numbers]).tolist(), strict=True):
            place = wanted
            while table[place] != _FREE:
                place = (place + 1) & last
            table[place] = number

    def _places(self, keys: _Keys) -> _Places:
        """Return where in the table words should stand."""
        mixed = keys[0] * _FACTORS[0]
        for eight, factor in zip(keys[1:], _FACTORS[1:], strict=True):
            mixed = (mixed ^ mixed >> np.uint64(29) ^ eight) * factor
        places: _Places = (mixed >> np.uint64(65 - len(self._table).bit_length())).astype(np.int64)
        return places

    def _number(self, word: str) -> int:
        number = self._numbers.get(word)
        if number is None:
            number = self._numbers[word] = len(self.words)
            self.words.append(word)
        return number


def _encoded(text: str) -> bytes | None:
    """Return a text without case in Latin-1, other signs being "?"; None if it cannot be split as that."""
    try:
        content = text.encode("latin-1")
    except UnicodeEncodeError:
        pass
    else:
        if not any(code in content for code in _NOT_FOLDED):
            return content.translate(_SMALL)
    folded = without_case(normalise(text))
    if folded is None:
        return None
    try:
        return folded.encode("latin-1")
    except UnicodeEncodeError:
        return None if _OTHER_LETTER.search(folded) else folded.encode("latin-1", "replace")


def _word(content: bytes, start: int, length: int) -> str:
    return content[start : start + length].decode("latin-1")


def _widened(keys: _Keys, count: int) -> _Keys:
    """Return keys with room for those of so many words."""
    if count <= keys.shape[1]:
        return keys
    return np.concatenate([keys, np.zeros((_EIGHTS, max(count, 2 * keys.shape[1]) - keys.shape[1]), np.uint64)], axis=1)


def _keys(content: bytes, starts: _Places, lengths: _Places) -> _Keys:
    """Return the bytes of each word as three numbers: the first eight, the next, and the last."""
    eights = np.frombuffer(content, "<u8")
    first, shift = starts >> 3, ((starts & 7) << 3).astype(np.uint64)
    keys = np.empty((_EIGHTS, len(starts)), np.uint64)
    begun = eights[first] >> shift
    for number in range(_EIGHTS):
        following = eights[first + number + 1]
        # No number is moved by all its 64 bits: what that gives is not defined.
        keys[number] = (begun | following << np.uint64(1) << (np.uint64(63) - shift)) & _KEPT[
            np.clip(lengths - number * _BYTES, 0, _BYTES)
        ]
        begun = following >> shift
    return keys
