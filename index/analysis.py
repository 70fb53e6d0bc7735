"""From prose to search terms: the words of a text, their stems in a language, their spelling folded.

Knows words, not fields or documents. `LANGUAGE_ANALYSERS` is the one table to extend when a language
gets better word forms; raise ANALYSIS_VERSION with every change, so that old indexes are rebuilt.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from whoosh.lang import stemmer_for_language, stopwords_for_language

ANALYSIS_VERSION = 1

# Runs of letters and digits, so "SSP-samarbejde" is two words and any other sign is a boundary.
WORD = re.compile(r"[^\W_]+")

_ICELANDIC_STOP_WORDS = frozenset(
    """
    að af allt alla allir á án bara betur eða ef eftir ég eigi eins einn ekki en er eru fá frá fyrir
    gera hafa hafði hafi hann hans hefur hún hver í með meðan mig mér mín mun má nú og okkur sem sér
    sig sinn skal svo sú til um undir upp úr var vera verður verið við vil vor það þar þau því þá
    þegar þeim þeir þeirra þess þessi þetta þið þín þú
    """.split()  # noqa: SIM905 - Whoosh has no list; prose is easier to check than a hundred quotes
)
# Marks that editors and word processors leave inside words, and that nobody types.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_SHORT_SPELLING = str.maketrans({"å": "a", "ä": "a", "æ": "a", "ö": "o", "ø": "o", "ð": "d", "þ": "th"})
_LONG_SPELLING = str.maketrans({"å": "aa", "ä": "ae", "æ": "ae", "ö": "oe", "ø": "oe", "ð": "d", "þ": "th"})


@dataclass(frozen=True, slots=True)
class LanguageAnalyser:
    """What is known of a language: the words that carry no meaning, and how to reduce a word to its stem."""

    stop_words: frozenset[str]
    stem: Callable[[str], str]


def _snowball(language: str) -> LanguageAnalyser:
    return LanguageAnalyser(stopwords_for_language(language), stemmer_for_language(language))


_NORWEGIAN = _snowball("no")  # Whoosh's lists and rules for "no" hold both forms of Norwegian

LANGUAGE_ANALYSERS: dict[str, LanguageAnalyser] = {
    "en": _snowball("en"),
    "da": _snowball("da"),
    "sv": _snowball("sv"),
    "nb": _NORWEGIAN,
    "nn": _NORWEGIAN,
    "fi": _snowball("fi"),
    "is": LanguageAnalyser(_ICELANDIC_STOP_WORDS, str),  # no stemmer: words as they are
}


def normalise(text: str) -> str:
    """Compose accents (Unicode NFC) and drop soft hyphens and other invisible marks."""
    if text.isascii():
        return text
    if any(chr(mark) in text for mark in _INVISIBLE):  # translating takes longer than all else that is done to a text
        text = text.translate(_INVISIBLE)
    return unicodedata.normalize("NFC", text)


def words(text: str) -> tuple[str, ...]:
    """Split a text into its words, normalised and without case."""
    return tuple(match.group().casefold() for match in WORD.finditer(normalise(text)))


def analyse(language: str, text: str) -> tuple[str, ...]:
    """Turn a text of a language into its search terms, in order; stop words are left out."""
    return tuple(term for word in words(text) if (term := term_of(language, word)))


@lru_cache(maxsize=100_000)
def term_of(language: str, word: str) -> str:
    """Return the search term of one word as `words` yields it; empty for a stop word."""
    analyser = LANGUAGE_ANALYSERS[language]
    if word in analyser.stop_words:
        return ""
    return analyser.stem(word) if word.isalpha() else word


def fold_short(word: str) -> str:
    """Spell a word without accents, one letter for one: Malmö as malmo, Århus as arhus."""
    return _fold(word, _SHORT_SPELLING)


def fold_long(word: str) -> str:
    """Spell a word without accents, two letters for one: København as koebenhavn, Århus as aarhus."""
    return _fold(word, _LONG_SPELLING)


def _fold(word: str, spelling: Mapping[int, str]) -> str:
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFKD", word.translate(spelling))
    return "".join(c for c in decomposed if not unicodedata.combining(c))
