"""The seven languages of the library. Knows codes and names; knows nothing of requests, records or vocabularies.

Codes are BCP 47 / ISO 639-1. Norwegian is kept as its two written standards, ``nb`` and ``nn``, never ``no``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

DEFAULT: Final = "en"

ENDONYMS: Final[dict[str, str]] = {
    "en": "English",
    "da": "Dansk",
    "sv": "Svenska",
    "nb": "Norsk bokmål",
    "nn": "Norsk nynorsk",
    "fi": "Suomi",
    "is": "Íslenska",
}

LANGUAGES: Final[tuple[str, ...]] = tuple(ENDONYMS)


def locale_of(language: str) -> str:
    """Return the locale by which dates and numbers are written: for English that of Europe, where days come first."""
    return "en_GB" if language == "en" else language


def best_language(wanted: str, available: Iterable[str], original: str) -> str:
    """Return the language in which to show a record to a reader.

    :param wanted: the reader's language.
    :param available: the languages in which the record has a text.
    :param original: the record's original language, which always has a text.
    :return: ``wanted`` where the record has it, else the original. Pages say which.
    """
    return wanted if wanted in set(available) else original
