"""The order of titles in a reader's language: each Nordic alphabet ends in its own letters.

Knows letters, not documents. A key sorts as a plain string; case, accents and punctuation do not count.
"""

import re
import unicodedata

# The signs after "z" in ASCII stand for the letters after z, in the order of each alphabet.
_DANISH = {"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"}
_SWEDISH = {"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}"}
# An accented Icelandic letter is a letter of its own, after the plain one.
_ICELANDIC = {"þ": "{", "æ": "|", "ä": "|", "ö": "}", "ø": "}", "ð": "d~"} | {
    accented: f"{plain}~" for accented, plain in zip("áéíóúý", "aeiouy", strict=True)
}
# The last five sort without their marks, as all accented letters do that stand nowhere here; these are common, and
# looking them up costs less than taking every letter apart.
_ENGLISH = {"æ": "ae", "ø": "o", "ð": "d", "þ": "th", "å": "a", "ä": "a", "ö": "o", "é": "e", "ü": "u"}

_ALPHABETS = {
    language: _ENGLISH | letters
    for language, letters in {
        "en": _ENGLISH,
        "da": _DANISH,
        "nb": _DANISH,
        "nn": _DANISH,
        "sv": _SWEDISH,
        "fi": _SWEDISH,
        "is": _ICELANDIC,
    }.items()
}
_SEPARATORS = re.compile(r"[\W_]+")


def sort_alike(language: str, other: str) -> bool:
    """Whether readers of two languages look for every title in the same place."""
    return _ALPHABETS[language] == _ALPHABETS[other]


def sort_key(language: str, title: str) -> str:
    """Return a string that sorts where a reader of the language looks for the title."""
    return spelled(language, plain(title))


def plain(title: str) -> str:
    """Return a title without case, its words with one space between them: what all languages sort by."""
    folded = unicodedata.normalize("NFC", title).casefold()
    if folded.replace(" ", "").isalnum():  # most titles have no other signs
        return " ".join(folded.split())
    return _SEPARATORS.sub(" ", folded).strip()


def spelled(language: str, letters: str) -> str:
    """Return a plain title in letters of ASCII that are in the order of the language's alphabet."""
    if letters.isascii():
        return letters
    for letter, sign in _ALPHABETS[language].items():  # several times as fast as to translate a text once
        letters = letters.replace(letter, sign)
    if letters.isascii():
        return letters
    return "".join(c for c in unicodedata.normalize("NFKD", letters) if not unicodedata.combining(c))
