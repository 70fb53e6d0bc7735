"""Prose that reads like the library's: words follow one another as they do in the starter library's texts.

A chain of word pairs for each language keeps the frequencies (few words often, many seldom) and the phrases that
queries look for. Starter texts alone would give ten thousand records the vocabulary of a hundred; so now and then a
long word gives way to a compound out of a long tail, which grows with the text as in any collection. Knows no records.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from random import Random
from typing import Final

TOKEN: Final = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*|[.!?]")
STOPS: Final = frozenset(".!?")
TAIL_SHARE: Final = 0.1  # of the words long enough to be one
TAIL_SIZE: Final = 60_000  # different words of the tail
LONG: Final = 6  # letters
PARAGRAPH: Final = 60  # words after which a paragraph may end


class Prose:
    """Writes in one language.

    :param texts: what to learn from.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._next: dict[str, list[str]] = {}
        for text in texts:
            previous = "."
            for token in TOKEN.findall(text):
                word = "." if token in STOPS else token
                if word != previous:
                    self._next.setdefault(previous, []).append(word)
                previous = word
            self._next.setdefault(previous, []).append(".")
        self._parts = sorted({word.casefold() for word in self._next if word.isalpha() and len(word) >= LONG})

    def line(self, random: Random, length: int) -> str:
        """Return one line of that many words, without a full stop."""
        words = [word for word in self._words(random, length) if word != "."]
        return _opened(" ".join(words))

    def prose(self, random: Random, length: int) -> str:
        """Return sentences of about that many words in paragraphs."""
        paragraphs: list[str] = []
        sentences: list[str] = []
        sentence: list[str] = []
        written = 0
        for word in [*self._words(random, length), "."]:
            if word != ".":
                sentence.append(word)
                written += 1
                continue
            if sentence:
                sentences.append(_opened(" ".join(sentence)) + ".")
                sentence = []
            if written >= PARAGRAPH:
                paragraphs.append(" ".join(sentences))
                sentences, written = [], 0
        return "\n\n".join(p for p in (*paragraphs, " ".join(sentences)) if p)

    def _words(self, random: Random, length: int) -> list[str]:
        words: list[str] = []
        word, count = ".", 0
        while count < length:
            following = self._next.get(word) or self._next["."]
            word = following[int(random.random() * len(following))]
            if word == ".":
                words.append(word)
                continue
            count += 1
            words.append(self._tail(random) if len(word) >= LONG and random.random() < TAIL_SHARE else word)
        return words

    def _tail(self, random: Random) -> str:
        """Return a compound of two words; its rank decides which, so that low ranks come again and again."""
        rank = zipf_rank(random, TAIL_SIZE)
        count = len(self._parts)
        return self._parts[rank * 7919 % count] + self._parts[(rank * 104729 + rank // count) % count]


def zipf_rank(random: Random, count: int) -> int:
    """Return a rank below ``count``, drawn by Zipf's law: the first twice as often as the second, or nearly."""
    return int((count + 1) ** random.random()) - 1


def _opened(text: str) -> str:
    return text[:1].upper() + text[1:]
