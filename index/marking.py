"""What is marked in a text: where the words stand that were looked for.

Words are compared as they are when searching, by search term and by folded spelling, so what is marked is what was
found. A text has hundreds of words, of which few matter. These are found by how they begin, and only they are taken
out of the text and compared, each once for all texts of a page.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final, Generic, NamedTuple, TypeVar

from index.asking.querying import SHORTEST_BEGINNING, meaningful
from index.parsing import ParsedQuery
from index.words import (
    OPENING,
    WORD,
    fold_long,
    fold_short,
    openings_of,
    openings_of_folded,
    outline,
    parts_of,
    term_of,
    words,
)

Span = tuple[int, int]

# Words of which a query remembers what they are to it. Those that begin as sought ones do are few.
MOST_COMPARED: Final = 1000

_Keys = tuple[str, str, str]
_Pattern = re.Pattern[bytes]
_Found = TypeVar("_Found")


def marks(parsed: ParsedQuery, language: str, text: str, *, beginnings: bool) -> list[Span]:
    """Return what is to be marked in a text that is normalised, in its order.

    `beginnings` marks words that begin with a sought one, too. Where nothing is marked, compounds are by their parts.
    """
    sought = _sought(parsed, language)
    outlined = outline(text)
    spans = _rows(sought, language, text, outlined)
    if beginnings:
        spans += _those(sought.longer, text, _beginning(sought.longer_openings, text, outlined))
    return _merged(spans or _those(sought.compounds, text, _holding(sought.inside, text, outlined)))


class _Row(NamedTuple):
    """Words that are sought one after the other, or one alone: for each of them what can make another equal to it.

    If `content`, words without meaning are passed over.
    """

    keys: tuple[frozenset[str], ...]
    content: bool


class _Compared(dict[str, _Found], Generic[_Found]):
    """What words of texts are to a query, found out once. Threads may share it: at worst one finds out again."""

    def __init__(self, compare: Callable[[str], _Found]) -> None:
        super().__init__()
        self._compare = compare

    def __missing__(self, word: str) -> _Found:
        found = self._compare(word.casefold())
        if len(self) >= MOST_COMPARED:
            self.clear()
        self[word] = found
        return found


class _Sought(NamedTuple):
    """What a query marks in texts of a language, and how what it marks begins, or what it holds, in outline."""

    rows: _Compared[tuple[_Row, ...]]  # those that a word begins
    openings: tuple[_Pattern, ...]
    longer: _Compared[bool]  # whether a word begins with a sought one
    longer_openings: tuple[_Pattern, ...]
    compounds: _Compared[bool]  # whether a word has a sought one as a part, or is a part of one
    inside: tuple[bytes, ...]


@lru_cache(maxsize=256)  # the texts of a page are asked about one after the other
def _sought(parsed: ParsedQuery, language: str) -> _Sought:
    rows: list[_Row] = []
    beginnings: list[_Keys] = []
    alone: list[str] = []
    for item in meaningful((*parsed.words, *parsed.phrases), language):
        typed = words(item)
        wanted = [_keys(language, word) for word in typed]
        meaning = [keys for keys in wanted if keys[0]]
        rows.append(_Row(tuple(frozenset(filter(None, keys)) for keys in meaning or wanted), bool(meaning)))
        if len(wanted) == 1 and len(item) >= SHORTEST_BEGINNING:
            beginnings.append(wanted[0])
        if len(wanted) == 1:
            alone += typed
    terms = frozenset(filter(None, (term_of(language, word) for word in alone)))
    parts = frozenset(part for word in alone for part in parts_of(language, word))
    inside = tuple(key[: max(SHORTEST_BEGINNING, len(key) - 2)] for key in terms | parts)
    return _Sought(
        _Compared(lambda word: tuple(row for row in rows if _begins_row(row, _keys(language, word)))),
        _openings(language, (key for row in rows for key in row.keys[0])),
        _Compared(lambda word: _begins_with_one(beginnings, _keys(language, word))),
        _openings(language, (key for keys in beginnings for key in filter(None, keys)), longer=True),
        _Compared(lambda word: _is_related(inside, parts, terms, language, word)),
        tuple(outlined.strip() for one in inside if (outlined := outline(one))),
    )


@lru_cache(maxsize=20_000)
def _keys(language: str, word: str) -> _Keys:
    """Return what can make a word equal to another: its search term ("" for a stop word), its spellings."""
    term = term_of(language, word)
    return term and f"={term}", f"<{fold_short(word)}", f">{fold_long(word)}"


def _openings(language: str, keys: Iterable[str], *, longer: bool = False) -> tuple[_Pattern, ...]:
    """Return how all words begin that have one of the keys, or with `longer` one that begins so."""
    found: set[bytes] = set()
    for key in keys:
        plain = key[1:]
        found |= openings_of(language, plain, longer=longer) if key[0] == "=" else openings_of_folded(plain)
    return _patterns(one for one in found if not any(one != other and one.startswith(other) for other in found))


def _patterns(openings: Iterable[bytes]) -> tuple[_Pattern, ...]:
    """Return what finds the words with these openings, one expression for all that differ in the last letter only.

    A set of letters costs no more than a letter, but alternatives cost more than looking for each by itself.
    """
    last: dict[bytes, bytes] = {}
    for opening in sorted(openings):
        beginning = opening[: OPENING - 1]
        last[beginning] = last.get(beginning, b"") + opening[OPENING - 1 :]
    return tuple(map(_pattern, last, last.values()))


@lru_cache(maxsize=2048)  # other words begin so too; to compile an expression takes as long as ten texts
def _pattern(beginning: bytes, letters: bytes) -> _Pattern:
    return re.compile(b" " + re.escape(beginning) + (b"[%b]" % letters if letters else b"") + b"[^ ]*")


def _begins_row(row: _Row, keys: _Keys) -> bool:
    return bool(keys[0] or not row.content) and not row.keys[0].isdisjoint(keys)


def _begins_with_one(beginnings: Iterable[_Keys], keys: _Keys) -> bool:
    return bool(keys[0]) and any(
        key.startswith(beginning)
        for wanted in beginnings
        for key, beginning in zip(keys, wanted, strict=True)
        if beginning
    )


def _is_related(inside: Iterable[str], parts: frozenset[str], terms: frozenset[str], language: str, word: str) -> bool:
    """Whether a word is one of the parts, or a compound with one of the terms.

    Taking words apart costs much, so only those are that hold the beginning of a key.
    """
    return any(beginning in word for beginning in inside) and (
        term_of(language, word) in parts or not terms.isdisjoint(parts_of(language, word))
    )


def _beginning(openings: Iterable[_Pattern], text: str, outlined: bytes | None) -> list[Span]:
    """Find the words with one of the openings; all words of a text that has no outline."""
    if outlined is None:
        return _all(text)
    # An outline begins one place before its text, and a match with the space before the word.
    return [(match.start(), match.end() - 1) for opening in openings for match in opening.finditer(outlined)]


def _holding(pieces: Iterable[bytes], text: str, outlined: bytes | None) -> list[Span]:
    """Find the words that have one of the pieces somewhere; all words of a text that has no outline."""
    if outlined is None:
        return _all(text)
    spans = []
    for piece in pieces:
        place = outlined.find(piece)
        while place >= 0:
            end = outlined.find(b" ", place)
            spans.append((outlined.rfind(b" ", 0, place), end - 1))
            place = outlined.find(piece, end)
    return spans


def _all(text: str) -> list[Span]:
    return [match.span() for match in WORD.finditer(text)]


def _those(compared: _Compared[bool], text: str, spans: Iterable[Span]) -> list[Span]:
    return [(start, end) for start, end in spans if compared[text[start:end]]]


def _rows(sought: _Sought, language: str, text: str, outlined: bytes | None) -> list[Span]:
    """Find where words of the text have a key in common with those of a row, one after the other."""
    spans = []
    begun = sought.rows
    for start, end in _beginning(sought.openings, text, outlined):
        for row in begun[text[start:end]]:
            last = _end_of_row(row, language, text, end)
            if last is not None:
                spans.append((start, last))
    return spans


def _end_of_row(row: _Row, language: str, text: str, end: int) -> int | None:
    """Return where the last word of a row ends whose first ends at a place; None if others than the row's follow."""
    for wanted in row.keys[1:]:
        for word in WORD.finditer(text, end):
            keys = _keys(language, word.group().casefold())
            if keys[0] or not row.content:
                if wanted.isdisjoint(keys):
                    return None
                end = word.end()
                break
        else:
            return None
    return end


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
