"""Texts in outline: a byte for each character, without case and accents, so that beginnings of words are found fast.

An outline tells less than a word: æ and ä are a, y is i (as English stems have it), all that is no letter or digit is
a space. What two words are compared by when searching keeps their first letters in outline, the *opening*, but for the
few of `Table.strays`. So a text has to be searched for openings only, which takes no Python for words that do not
matter.
"""

import codecs
from functools import lru_cache
from typing import Final

from index.words.text import fold_long, fold_short

# Letters of an opening. Rules for words that no dictionary has leave at least as many.
OPENING: Final = 3

_OTHER: Final = 0x01  # a letter that has no spelling in ASCII
_SEVERAL: Final = 0x02  # one that is several letters without accents or case: ß, ½, ligatures
# How one letter is spelled with two, see `fold_long`.
_DOUBLES: Final = ("aa", "ae", "oe", "th")
_ERRORS: Final = "index.words.outlines"
_OUTSIDE_LATIN_1: Final = {_OTHER: b"\xb5", _SEVERAL: b"\xbd"}  # letters of Latin-1 with the same outline


def outline(text: str) -> bytes | None:
    """Return the outline of a text that is normalised, one space before it and one after it.

    None if a character has none, because it stands for several: such texts are seldom.
    """
    found = b" %b " % text.encode("latin-1", _ERRORS).translate(_BYTES)
    return None if _SEVERAL in found else found


def opening_of_term(term: str) -> bytes:
    """Return how words with a search term begin, strays aside."""
    return term[:OPENING].encode("latin-1", _ERRORS).translate(_BYTES)


def openings_of_folded(word: str) -> set[bytes]:
    """Return how words begin that are spelled so without accents: *aarhus*, *århus*."""
    whole = word.encode("latin-1", _ERRORS).translate(_BYTES)
    found, unfinished = set[bytes](), [(b"", 0)]
    while unfinished:
        opening, place = unfinished.pop()
        if len(opening) == OPENING or place >= len(whole):
            found.add(opening)
            continue
        unfinished.append((opening + whole[place : place + 1], place + 1))
        if word[place : place + 2] in _DOUBLES:
            unfinished.append((opening + whole[place : place + 1], place + 2))
    return found


@lru_cache(maxsize=4096)
def _byte(character: str) -> int:
    if not character.isalnum():
        return ord(" ")
    plain = character.casefold()
    spellings = {fold_short(plain), fold_long(plain)}
    if len(plain) > 1 or not all(len(one) == 1 or one in _DOUBLES for one in spellings):
        return _SEVERAL
    letter = min(spellings)[0]
    if not letter.isascii():
        return _OTHER if letter == character else _byte(letter)
    return ord("i" if letter == "y" else letter)


def _beyond_latin_1(error: UnicodeError) -> tuple[bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    found = map(_byte, error.object[error.start : error.end])
    return b"".join(_OUTSIDE_LATIN_1.get(one) or bytes((one,)) for one in found), error.end


_BYTES: Final = bytes(_byte(chr(number)) for number in range(256))
codecs.register_error(_ERRORS, _beyond_latin_1)
