"""The words of seven languages: from prose to search terms. Knows words, not fields or documents.

All forms of a word have one key, the parts of a compound have theirs, and what was typed without accents is found by
its folded spelling. What is not named here is private.
"""

from index.words.detecting import detect
from index.words.keeping import also_keep_in
from index.words.keys import ANALYSIS_VERSION, openings_of, parts_of, term_of
from index.words.neighbours import neighbours
from index.words.numbering import WordNumbers
from index.words.outlines import OPENING, openings_of_folded, outline
from index.words.text import WORD, fold_long, fold_short, normalise, words

__all__ = [
    "ANALYSIS_VERSION",
    "OPENING",
    "WORD",
    "WordNumbers",
    "also_keep_in",
    "analyse",
    "detect",
    "fold_long",
    "fold_short",
    "neighbours",
    "normalise",
    "openings_of",
    "openings_of_folded",
    "outline",
    "parts_of",
    "term_of",
    "words",
]


def analyse(language: str, text: str) -> tuple[str, ...]:
    """Turn a text of a language into its search terms, in order; stop words are left out."""
    return tuple(term for word in words(text) if (term := term_of(language, word)))
