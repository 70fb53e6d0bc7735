"""From prose to words, and words without their accents. Knows no language."""

import re
import unicodedata
from collections.abc import Mapping

# Runs of letters and digits, so "SSP-samarbejde" is two words and any other sign is a boundary.
WORD = re.compile(r"[^\W_]+")

# Marks that editors and word processors leave inside words, and that nobody types.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_SHORT_SPELLING = str.maketrans({"å": "a", "ä": "a", "æ": "a", "ö": "o", "ø": "o", "ð": "d", "þ": "th"})
_LONG_SPELLING = str.maketrans({"å": "aa", "ä": "ae", "æ": "ae", "ö": "oe", "ø": "oe", "ð": "d", "þ": "th"})


def normalise(text: str) -> str:
    """Compose accents (Unicode NFC) and drop soft hyphens and other invisible marks."""
    if text.isascii():
        return text
    if any(chr(mark) in text for mark in _INVISIBLE):  # translating takes longer than all else that is done to a text
        text = text.translate(_INVISIBLE)
    return unicodedata.normalize("NFC", text)


def words(text: str) -> tuple[str, ...]:
    """Split a text into its words, normalised and without case."""
    text = normalise(text)
    folded = text.casefold()
    if len(folded) == len(text):  # sign for sign, so that words end where they ended
        return tuple(WORD.findall(folded))
    return tuple(word.casefold() for word in WORD.findall(text))


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
