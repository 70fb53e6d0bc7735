"""What readers type: in one spelling, without whatever may be about a person, and the concepts that it names. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from library.lexicon import Lexicon
from library.warnings.contacts import contacts_in
from library.warnings.numbers import national_numbers_in
from library.warnings.persons import persons_in
from library.warnings.words import GIVEN_NAMES

LITTLE: Final = 2  # practices; words that found more are not stored
LONGEST: Final = 80  # characters; what is longer was pasted, and is nobody else's question
MOST_WORDS: Final = 8
_QUOTES: Final = dict.fromkeys(map(ord, '"“”„‟«»'), " ")
_EDGES: Final = " .,;:!?-–"
_WORD: Final = re.compile(r"\w+")
_LONG_NUMBER: Final = re.compile(r"\d(?:[ ./()+-]?\d){4}")  # of a person, a telephone, a case; years are shorter
_ADDRESS: Final = re.compile(r"@|://|www\.", re.IGNORECASE)
_LONGEST_LABEL: Final = 6  # words

Labels = Mapping[str, tuple[str, ...]]
_kept: dict[str, Labels] = {}  # version of the vocabularies -> their labels; only the last


def normal(typed: str) -> str:
    """Return what somebody typed in lower case, without quotation marks, signs at its ends and spaces too many."""
    plain = "".join(c if c.isspace() or unicodedata.category(c)[0] != "C" else "" for c in typed)
    words = unicodedata.normalize("NFC", plain).lower().translate(_QUOTES)
    return " ".join(words.split()).strip(_EDGES)


def may_be_kept(words: str, typed: str = "") -> bool:
    """Return whether words may be stored: short, of letters, and nothing in them looks like personal data.

    Refuses more than ``warnings`` does, for here a word lost costs nothing: any long number, any address, and any
    given name with another word beside it.

    :param words: as ``normal`` returns them.
    :param typed: as they were typed, whose capitals tell names.
    """
    parts = words.split()
    if not parts or len(words) > LONGEST or len(parts) > MOST_WORDS or sum(c.isalpha() for c in words) < 2:
        return False
    if _LONG_NUMBER.search(words) or _ADDRESS.search(words) or _names_somebody(parts):
        return False
    found = (national_numbers_in(words), contacts_in(words), persons_in(typed))
    return not any(next(iter(spans), None) for spans in found)


def _names_somebody(parts: list[str]) -> bool:
    return len(parts) > 1 and any(_is_given(part) for part in parts)


def _is_given(word: str) -> bool:
    plain = word.strip(_EDGES).removesuffix("’s").removesuffix("'s")
    return plain in GIVEN_NAMES or (plain.endswith("s") and plain[:-1] in GIVEN_NAMES)


def concepts_in(words: str, lexicon: Lexicon) -> list[str]:
    """Return the concepts that words name by a label or a synonym of any language; of two that overlap the longer.

    Knows spellings and no inflection: a concept that is only found by the stem of its label is not counted.
    """
    labels, parts = _labels(lexicon), _WORD.findall(normal(words))
    found: dict[str, None] = {}
    start = 0
    while start < len(parts):
        longest = range(min(_LONGEST_LABEL, len(parts) - start), 0, -1)
        size = next((n for n in longest if " ".join(parts[start : start + n]) in labels), 0)
        found.update(dict.fromkeys(labels[" ".join(parts[start : start + size])] if size else ()))
        start += size or 1
    return list(found)


def _labels(lexicon: Lexicon) -> Labels:
    """Return which concepts each label names, made once for each version of the vocabularies."""
    labels = _kept.get(lexicon.version)
    if labels is None:
        labels = _read_labels(lexicon)
        _kept.clear()
        _kept[lexicon.version] = labels
    return labels


def _read_labels(lexicon: Lexicon) -> Labels:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for entry in lexicon.entries.values():
        synonyms = (word for words in entry.synonyms.values() for word in words)
        for label in (*entry.labels.values(), *synonyms):
            found[" ".join(_WORD.findall(normal(label)))][entry.id] = None
    found.pop("", None)
    return {label: tuple(concepts) for label, concepts in found.items()}
