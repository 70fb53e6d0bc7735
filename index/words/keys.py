"""From a word to what is looked up for it: one key for all its forms, and keys for the parts of a compound.

Knows one word at a time. The dictionary's key comes first; a word that it does not have is a form with an ending that
dictionaries leave out, or a compound whose last part is known, or is brought to its key by its ending as the words
that the dictionary has.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from index.words import finnish
from index.words.compiling import SHORTEST_PART
from index.words.compounds import Split, split
from index.words.english import stem as english_stem
from index.words.keeping import edition, table
from index.words.languages import LANGUAGES
from index.words.outlines import opening_of_term
from index.words.tables import Table

# Raise with every change of how words become keys; what the tables hold has an edition of its own.
RULES_VERSION: Final = 3
# Indexes that were made otherwise are rebuilt.
ANALYSIS_VERSION: Final = f"{RULES_VERSION}-{edition()}"

# Numbers in words, codes and runs of letters beyond this are no words of a language.
_LONGEST_WORD: Final = 80
_MOST_STEPS: Final = 8
# Shorter parts are taken for what they are, not for compounds of their own.
_LONG_PART: Final = 9
# Shorter unknown words are abbreviations, which have no forms.
_SHORTEST_INFLECTED: Final = 5
# Of a word whose beginning is unknown, an end shorter than this may be chance.
_SHORTEST_END: Final = 6


@lru_cache(maxsize=50_000)
def term_of(language: str, word: str) -> str:
    """Return the search term of one word as `words` yields it; empty for a stop word."""
    if word in LANGUAGES[language].stop_words:
        return ""
    if not word.isalpha() or len(word) > _LONGEST_WORD:
        return word
    return key_of(language, word)


def openings_of(language: str, term: str, *, longer: bool = False) -> set[bytes]:
    """Return how all words with a search term begin in outline; with `longer`, those of all terms that begin so."""
    return {opening_of_term(term), *table(language).strays(term, longer=longer)}


def key_of(language: str, word: str) -> str:
    """Return the key of a word of letters, stop word or not."""
    return _key(language, table(language), word)


@lru_cache(maxsize=20_000)
def parts_of(language: str, word: str) -> tuple[str, ...]:
    """Return the search terms of a compound's parts, and of theirs; none for other words."""
    if word in LANGUAGES[language].stop_words or not word.isalpha():
        return ()
    known = table(language)
    own = _key(language, known, word)
    keys = (_key(language, known, part) for part in _parts(language, known, word))
    return tuple(dict.fromkeys(key for key in keys if key != own and key not in LANGUAGES[language].stop_words))


def _key(language: str, known: Table, word: str) -> str:
    """Return the key of a word: what its key, and the key of that, come to."""
    if language == "en":
        return known.key(word) or english_stem(word)
    seen = [word]
    while (following := _one_key(language, known, seen[-1])) not in seen and len(seen) < _MOST_STEPS:
        seen.append(following)
    return min(seen[seen.index(following) :]) if following in seen else following


def _one_key(language: str, known: Table, word: str) -> str:
    key = known.key(word)
    if key is not None:
        return key
    possessive = LANGUAGES[language].possessive
    if possessive and word.endswith(possessive) and (key := known.key(word[: -len(possessive)])) is not None:
        return key
    if language == "fi" and (plain := finnish.without_suffixes(word, known)):
        return known.key(plain) or plain
    if parts := split(language, known, word):
        return word[: -len(parts.head)] + (known.key(parts.head) or parts.head)
    if len(word) < _SHORTEST_INFLECTED:
        return word
    if LANGUAGES[language].compounds and (head := _known_end(word, known)):
        return word[: -len(head)] + (known.key(head) or head)
    return known.guess(word)


def _known_end(word: str, known: Table) -> str:
    """Return the longest end of a word that may be the last part of a compound, and inflects as that; "" if none is."""
    ends = (word[place:] for place in range(SHORTEST_PART, len(word) - _SHORTEST_END + 1))
    return next((end for end in ends if known.head_cost(end) is not None), "")


def _parts(language: str, known: Table, word: str) -> Iterator[str]:
    """Yield the parts of a compound, and those of its long parts, as words."""
    found = _split(language, known, word)
    if found:
        for part in (*map(known.word_of, found.firsts), found.head):
            yield part
            if _LONG_PART <= len(part) < len(word):
                yield from _parts(language, known, part)


def _split(language: str, known: Table, word: str) -> Split | None:
    """Take a word apart, without what dictionaries leave out of its last part."""
    found = split(language, known, word)
    if found:
        return found
    if word in known:  # its last part may have been taken for a form of something else
        key = known.key(word)
        return split(language, known, key) if key and key != word else None
    possessive = LANGUAGES[language].possessive
    if possessive and word.endswith(possessive):
        return split(language, known, word[: -len(possessive)])
    return None
