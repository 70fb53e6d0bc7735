"""From prose to words, and words without their accents. Knows no language."""

import codecs
import re
import unicodedata
from collections.abc import Mapping

# Runs of letters and digits, so "SSP-samarbejde" is two words and any other sign is a boundary.
WORD = re.compile(r"[^\W_]+")

# Marks that editors and word processors leave inside words, and that nobody types.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_SOFT_HYPHEN = 0xAD
_SIGNS = frozenset("–—‘’‚“”„…•€™›‹→")
_ERRORS = "index.words.text"
_SHORT_SPELLING = str.maketrans({"å": "a", "ä": "a", "æ": "a", "ö": "o", "ø": "o", "ð": "d", "þ": "th"})
_LONG_SPELLING = str.maketrans({"å": "aa", "ä": "ae", "æ": "ae", "ö": "oe", "ø": "oe", "ð": "d", "þ": "th"})


def normalise(text: str) -> str:
    """Compose accents (Unicode NFC) and drop soft hyphens and other invisible marks."""
    if _is_plain(text):
        return text
    if any(chr(mark) in text for mark in _INVISIBLE):  # translating takes longer than all else that is done to a text
        text = text.translate(_INVISIBLE)
    return unicodedata.normalize("NFC", text)


def _is_plain(text: str) -> bool:
    """Whether a text surely needs no normalising: it has only what is one code in Latin-1, and common signs.

    To find out costs a hundredth of what normalising does.
    """
    try:
        return _SOFT_HYPHEN not in text.encode("latin-1", _ERRORS)
    except UnicodeError:
        return False


def _sign(error: UnicodeError) -> tuple[bytes, int]:
    if isinstance(error, UnicodeEncodeError) and _SIGNS.issuperset(error.object[error.start : error.end]):
        return b"?" * (error.end - error.start), error.end
    raise error


codecs.register_error(_ERRORS, _sign)


def words(text: str) -> tuple[str, ...]:
    """Split a text into its words, normalised and without case."""
    text = normalise(text)
    folded = without_case(text)
    return tuple(word.casefold() for word in WORD.findall(text)) if folded is None else tuple(WORD.findall(folded))


def without_case(text: str) -> str | None:
    """Return a text in small letters, sign for sign, so that words end where they ended; None if that cannot be."""
    folded = text.casefold()
    return folded if len(folded) == len(text) else None


def fold_short(word: str) -> str:
    """Spell a word without accents, one letter for one: Malmö as malmo, Århus as arhus."""
    return _fold(word, _SHORT_SPELLING)


def fold_long(word: str) -> str:
    """Spell a word without accents, two letters for one: København as koebenhavn, Århus as aarhus."""
    return _fold(word, _LONG_SPELLING)


def _fold(word: str, spelling: Mapping[int, str]) -> str:
    if word.isascii():
        return word
    plain = word.translate(spelling)
    if plain.isascii():
        return plain
    decomposed = unicodedata.normalize("NFKD", plain)
    return "".join(c for c in decomposed if not unicodedata.combining(c))
