"""What a reader typed, taken apart: words, "phrases" and -exclusions; all other signs are just text.

Knows no fields, no analysis and no search syntax beyond that. Any string can be parsed.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from index.words import WORD, normalise, words

MAX_QUERY_LENGTH = 200
# A sentence pasted into the box still works; a wall of words would cost more than it finds.
MAX_TERMS = 20

_QUOTES = '"“”„‟«»'
_PART = re.compile(
    rf"(?P<minus>(?<!\S)-(?=\S))?"
    rf"(?:[{_QUOTES}](?P<phrase>[^{_QUOTES}]*)(?:[{_QUOTES}]|$)|(?P<word>[^\s{_QUOTES}]+))"
)

# Signs that stand between words with or without a space: skola/polis, polis,skola. A hyphen or a full stop does not.
_BETWEEN = frozenset("/|,;")

# Finnish joins a name of several words to a common word by a space and a hyphen, and the hyphen excludes nothing:
# KiVa Koulu -ohjelma. (Kielitoimiston ohjepankki, "Yhdysmerkki: sanaliitto yhdyssanan alkuosana".)
_AFTER_A_NAME = re.compile(r"(?:(?<!\S)(?:[A-ZÅÄÖÆØ]\S*|\d+)\s){2}$")


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """The parts of a query as the reader typed them; `cut` says that the end was left out for length.

    `in_a_row` holds every word of the words and phrases in the order of typing, repetitions included.
    """

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    cut: bool = False
    in_a_row: tuple[str, ...] = field(default=(), compare=False)


def parse(text: str, language: str = "", *, excluding: bool = True) -> ParsedQuery:
    """Take a query of at most MAX_QUERY_LENGTH characters and MAX_TERMS words apart; the rest is cut.

    :param language: the reader's, for what a hyphen says.
    :param excluding: whether a hyphen before a word can exclude it.
    """
    query, cut = _shorten(text)
    parts: dict[str, list[str]] = {"words": [], "phrases": [], "exclusions": []}
    in_a_row: list[str] = []
    budget = MAX_TERMS
    for kind, part in _parts(_clean(query), language, excluding=excluding):
        kept, used = _clip(part, budget)
        cut |= kept != part
        budget -= used
        if kind != "exclusions":
            in_a_row += words(kept)
        if kept and kept not in parts[kind]:
            parts[kind].append(kept)
    return ParsedQuery(tuple(parts["words"]), tuple(parts["phrases"]), tuple(parts["exclusions"]), cut, tuple(in_a_row))


def _shorten(text: str) -> tuple[str, bool]:
    text = text.strip()
    if len(text) <= MAX_QUERY_LENGTH:
        return text, False
    kept, following = text[:MAX_QUERY_LENGTH], text[MAX_QUERY_LENGTH]
    whole_words = kept if following.isspace() else kept.rpartition(" ")[0]
    return whole_words or kept, True  # half a word would match nothing


def _clean(text: str) -> str:
    """Make what lies between words a plain space, and drop what has no shape: control characters, half surrogates."""
    kept = (
        " " if c.isspace() or c in _BETWEEN else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C"
    )
    return normalise("".join(kept))


def _parts(text: str, language: str, *, excluding: bool) -> Iterator[tuple[str, str]]:
    for match in _PART.finditer(text):
        phrase, word = match["phrase"], match["word"]
        part = " ".join((word if phrase is None else phrase).split())
        if not part:
            continue
        if excluding and match["minus"] and WORD.search(part) and not _is_joined(match, language):
            yield "exclusions", part
        else:
            yield ("words" if phrase is None else "phrases"), part


def _is_joined(part: re.Match[str], language: str) -> bool:
    """Whether the hyphen before a part joins it to what stands before."""
    may_join = language == "fi" and part["phrase"] is None
    return may_join and _AFTER_A_NAME.search(part.string, 0, part.start()) is not None


def _clip(part: str, budget: int) -> tuple[str, int]:
    """Cut a part after `budget` terms; return what is left of it and how many terms that is."""
    ends = [match.end() for match in WORD.finditer(part)]
    if len(ends) <= budget:
        return part, max(1, len(ends)) if budget else 0
    return (part[: ends[budget - 1]], budget) if budget else ("", 0)
