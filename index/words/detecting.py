"""Which language a text or query is in, by the words that each language has.

Naive Bayes over words: a language's stop words are common, its dictionary's words less so, all others rare. That
needs no model beyond the tables that the analysis has mapped anyway, and tells short queries as well as models of
letters do.
"""

from math import log
from typing import Final

from index.words.compounds import split
from index.words.keeping import table
from index.words.languages import LANGUAGES, word_set
from index.words.text import words

# More words say nothing new.
MOST_WORDS: Final = 100
# A language that is this many times less likely than the likeliest is not named.
LEAST_ODDS: Final = 50.0

_STOP_WORD: Final = log(4e-3)
_KNOWN: Final = log(3e-6)
_COMPOUND: Final = log(1e-6)
_UNKNOWN: Final = log(3e-8)
# A letter that a language does not have, in a word that its dictionary does not have.
_FOREIGN_LETTER: Final = log(0.05)

_FOREIGN: Final = {
    "en": frozenset("åäöæøðþáéíóúý"),
    "da": frozenset("äöðþáíóúý"),
    "nb": word_set("äöðþáíúý"),
    "nn": frozenset("äöðþáíúý"),
    "sv": frozenset("æøðþáíóúý"),
    "fi": frozenset("æøåðþáéíóúý"),
    "is": frozenset("åäøwqcz"),
}
# Whoosh has one list of stop words for both forms of Norwegian. Source: the word lists of Norsk ordbok and
# Bokmålsordboka.
_ONLY: Final = {
    "nb": word_set(
        "bare ble blitt dem dere deres disse en et fra hennes hun hva hvem hver hvilke hvilken hvis hvor hvordan "
        "hvorfor ikke jeg mye noe noen nå samme selv sånn være vært"
    ),
    "nn": word_set(
        "berre då deira dei dykk dykkar eg ein eit eitt elles frå hennar ho honom ikkje inkje korleis kva kvar "
        "kvarhelst kven kvi kvifor medan meir mykje noka noko nokon nokor nokre sia sidan sjølv somme somt vart "
        "varte vera vere verte vore vors vort"
    ),
}
_NORWEGIAN: Final = LANGUAGES["nb"].stop_words
_COMMON: Final = {
    **{language: about.stop_words for language, about in LANGUAGES.items()},
    "nb": (_NORWEGIAN - _ONLY["nn"]) | _ONLY["nb"],
    "nn": (_NORWEGIAN - _ONLY["nb"]) | _ONLY["nn"],
}


def detect(text: str) -> tuple[str, ...]:
    """Return the languages that a text may be in, likeliest first; none if no language knows any of its words."""
    found = [word for word in words(text)[:MOST_WORDS] if word.isalpha()]
    scores = {language: sum(_score(language, word) for word in found) for language in LANGUAGES}
    if max(scores.values()) <= len(found) * _UNKNOWN:
        return ()
    best = max(scores.values())
    likely = [language for language in LANGUAGES if scores[language] > best - log(LEAST_ODDS)]
    return tuple(sorted(likely, key=lambda language: -scores[language]))


def _score(language: str, word: str) -> float:
    if word in _COMMON[language]:
        return _STOP_WORD
    known = table(language)
    if word in known:
        return _KNOWN
    if split(language, known, word):
        return _COMPOUND
    return _UNKNOWN + (_FOREIGN_LETTER if _FOREIGN[language].intersection(word) else 0.0)
