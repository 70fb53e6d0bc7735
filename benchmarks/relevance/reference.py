"""The plain search that ours must beat: BM25 over title and text, words cut by Snowball's stemmers.

S. Robertson and H. Zaragoza, "The probabilistic relevance framework: BM25 and beyond", 2009, with Lucene's idf (always
above 0) and the usual k1 and b. Every document is one bag of words in which the title stands twice. Each language has
an index of its own, as in any search that cuts words by language; Snowball has no stemmer for Icelandic, so Icelandic
words are left whole. It corrects nothing, knows no compounds and no concepts.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import log
from typing import Final, NamedTuple

import Stemmer

K1: Final = 1.2
B: Final = 0.75
TITLE: Final = 2  # how often the words of a title count
_SNOWBALL: Final = {
    "en": "english",
    "da": "danish",
    "sv": "swedish",
    "nb": "norwegian",
    "nn": "norwegian",
    "fi": "finnish",
}
_WORD: Final = re.compile(r"\w+")


class Page(NamedTuple):
    """What the reference reads: a name and its words in one language."""

    name: str
    language: str
    title: str
    text: str


@cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(_SNOWBALL[language])


def stems(text: str, language: str) -> list[str]:
    """Return the words of a text without their endings, in order."""
    words = _WORD.findall(text.casefold())
    return list(_stemmer(language).stemWords(words)) if language in _SNOWBALL else words


class Bm25:
    """Pages of one language, weighed once."""

    def __init__(self, pages: Iterable[Page]) -> None:
        counts: dict[str, Counter[str]] = {}
        for page in pages:
            self.language = page.language
            counts[page.name] = Counter(stems(f"{f'{page.title} ' * TITLE}{page.text}", page.language))
        lengths = {name: count.total() for name, count in counts.items()}
        average = sum(lengths.values()) / len(lengths)
        self._weights: dict[str, dict[str, float]] = defaultdict(dict)
        for name, count in counts.items():
            saturation = K1 * (1 - B + B * lengths[name] / average)
            for word, frequency in count.items():
                self._weights[word][name] = frequency * (K1 + 1) / (frequency + saturation)
        for weights in self._weights.values():
            idf = log(1 + (len(counts) - len(weights) + 0.5) / (len(weights) + 0.5))
            weights.update({name: idf * weight for name, weight in weights.items()})

    def scores(self, query: str) -> Mapping[str, float]:
        """Return the pages that hold any word of a query, with their scores."""
        scores: dict[str, float] = defaultdict(float)
        for word in stems(query, self.language):
            for name, weight in self._weights.get(word, {}).items():
                scores[name] += weight
        return scores


@dataclass(frozen=True, slots=True)
class Reference:
    """The indexes of all languages; a name may have a page in each."""

    indexes: Mapping[str, Bm25]

    @classmethod
    def of(cls, pages: Iterable[Page]) -> Reference:
        """Index pages of any languages."""
        by_language: dict[str, list[Page]] = defaultdict(list)
        for page in pages:
            by_language[page.language].append(page)
        return cls({language: Bm25(some) for language, some in by_language.items()})

    def ranking(self, query: str, language: str | None = None) -> list[str]:
        """Return names, best first, each with the score of its best page; equals in the order of their names.

        :param language: of the pages to search; without it, all.
        """
        best: dict[str, float] = {}
        for index in [self.indexes[language]] if language else self.indexes.values():
            for name, value in index.scores(query).items():
                best[name] = max(value, best.get(name, 0.0))
        return sorted(best, key=lambda name: (-best[name], name))
