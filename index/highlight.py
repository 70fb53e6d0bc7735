"""Why a text matched: short pieces of it, with the words that the reader looked for marked.

Pure: needs no index. Words are compared as they are when searching, by stem and by folded spelling, so
what is marked is what was found. Segments are plain text; escaping them is the caller's task.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from index.asking.querying import SHORTEST_BEGINNING, meaningful
from index.parsing import ParsedQuery
from index.words import WORD, fold_long, fold_short, normalise, parts_of, term_of, words


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text that is marked as a hit, or not."""

    text: str
    hit: bool


_SPACE = re.compile(r"\s+")

Span = tuple[int, int]
Keys = tuple[str, str, str]
Token = tuple[Span, Keys]

# Of words, with what stands beside them, and texts. One costs some hundred bytes; a record has hundreds of them, of
# which most are in others too.
MOST_KNOWN = 100_000


def highlight(
    parsed: ParsedQuery,
    language: str,
    text: str,
    *,
    length: int = 240,
    fragments: int = 2,
    beginnings: bool = False,
) -> tuple[tuple[Segment, ...], ...]:
    """Return up to `fragments` pieces of a text, of about `length` characters in all, in their order.

    The pieces with the most different hits are taken; a text without hits gives its beginning. Pieces are
    cut between words, and are parts of the text as `words.normalise` returns it. `beginnings` marks words
    that begin with a wanted one, as a result with `beginnings` has found them.
    """
    text = normalise(text)
    spans = _hits(parsed, language, text, beginnings)
    size = max(1, length // fragments)
    windows = _best_windows(text, spans, size, fragments) if spans else [_window(text, 0, length)]
    return tuple(_segments(text, window, spans) for window in windows if window[0] < window[1])


def _hits(parsed: ParsedQuery, language: str, text: str, beginnings: bool) -> list[Span]:
    """Find what is to be marked, looking only where words stand that can be equal to one that is sought."""
    sought = _sought(parsed, language)
    forms = _forms(language, text)
    spans = [span for row in sought.rows for span in _occurrences(row, language, text, forms)]
    if beginnings:
        spans += _begun(sought.beginnings, language, text)
    return _merged(spans or _in_compounds(sought, language, text))


@dataclass(frozen=True, slots=True)
class _Row:
    """Words that are sought one after the other, or one alone: for each of them what can make another equal to it.

    If `content`, words without meaning are passed over.
    """

    keys: tuple[frozenset[str], ...]
    content: bool


class _Sought(NamedTuple):
    """What a query marks in texts of a language; `beginnings` are the words of which longer ones may be marked.

    Where nothing is marked, compounds with one of `terms` are, and words that are one of `parts`; such words hold one
    of `inside`, the beginnings of these keys.
    """

    rows: tuple[_Row, ...]
    beginnings: tuple[Keys, ...]
    terms: frozenset[str]
    parts: frozenset[str]
    inside: tuple[str, ...]


@lru_cache(maxsize=256)  # the texts of a page are asked about one after the other
def _sought(parsed: ParsedQuery, language: str) -> _Sought:
    rows: list[_Row] = []
    beginnings: list[Keys] = []
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
    return _Sought(tuple(rows), tuple(beginnings), terms, parts, inside)


class _Forms:
    """The words of texts of a language as they were written, by what can make them equal to others.

    To take a text apart and its words to their stems costs twenty times what it costs to look a few words up in it.
    So it is done once, for the words that were in no text before.
    """

    def __init__(self) -> None:
        self._texts: set[int] = set()
        self._pieces: set[str] = set()  # what stands between spaces, for that is how a text is split fastest
        self._words: dict[str, tuple[str, ...]] = {}

    def __len__(self) -> int:
        return len(self._texts) + len(self._pieces)

    def of(self, keys: Iterable[str]) -> set[str]:
        """Return the words that may have one of the keys: all that have, and few others."""
        return {word for key in keys for word in self._words.get(key[1:], ())}

    def learn(self, language: str, text: str) -> None:
        """Take in the words of a text."""
        if (known := hash(text)) in self._texts:
            return
        for piece in {*text.split()} - self._pieces:
            for match in WORD.finditer(piece):
                word = match.group()
                for key in {key[1:] for key in _keys(language, word.casefold()) if key}:
                    words = self._words.get(key, ())
                    if word not in words:
                        self._words[key] = (*words, word)
            self._pieces.add(piece)
        self._texts.add(known)


_known: dict[str, _Forms] = {}


def _forms(language: str, text: str) -> _Forms:
    """Return the words that are known of a language, those of a text among them; when they are too many, start anew."""
    forms = _known.setdefault(language, _Forms())
    if sum(map(len, [*_known.values()])) > MOST_KNOWN:
        _known.clear()
    forms.learn(language, text)
    return forms


@lru_cache(maxsize=20_000)
def _keys(language: str, word: str) -> Keys:
    """Return what can make a word equal to another: its stem ("" for a stop word), its spellings."""
    term = term_of(language, word)
    return term and f"={term}", f"<{fold_short(word)}", f">{fold_long(word)}"


def _tokens(language: str, text: str) -> list[Token]:
    return [(match.span(), _keys(language, match.group().casefold())) for match in WORD.finditer(text)]


def _occurrences(row: _Row, language: str, text: str, forms: _Forms) -> Iterator[Span]:
    """Find where words of the text have a key in common with those of the row, one after the other."""
    for word in forms.of(row.keys[0]):
        for start in _places(text, word):
            end = _end_of_row(row, language, WORD.finditer(text, start))
            if end is not None:
                yield start, end


def _places(text: str, word: str) -> Iterator[int]:
    """Find where a word stands, and not a part of another."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not (start and text[start - 1].isalnum()) and not (end < len(text) and text[end].isalnum()):
            yield start
        start = text.find(word, end)


def _end_of_row(row: _Row, language: str, words: Iterator[re.Match[str]]) -> int | None:
    """Return where the last of the words ends, if these begin with the words of the row; else None."""
    end = None
    for place, wanted in enumerate(row.keys):
        for word in words:
            keys = _keys(language, word.group().casefold())
            if keys[0] or not row.content:
                if wanted.isdisjoint(keys):
                    return None
                end = word.end()
                break
            if not place:
                return None
        else:
            return None
    return end


def _begun(beginnings: Iterable[Keys], language: str, text: str) -> list[Span]:
    tokens = _tokens(language, text)
    return [span for wanted in beginnings for span, keys in tokens if keys[0] and _begins(keys, wanted)]


def _in_compounds(sought: _Sought, language: str, text: str) -> list[Span]:
    """Find compounds that have a sought word as a part, and the parts of a sought compound.

    Taking words apart costs much, so only those are that hold the beginning of a key.
    """
    folded = text.casefold()
    inside = [beginning for beginning in sought.inside if beginning in folded]
    if not inside:
        return []
    return [
        match.span()
        for match in WORD.finditer(text)
        if any(beginning in (word := match.group().casefold()) for beginning in inside)
        and (term_of(language, word) in sought.parts or not sought.terms.isdisjoint(parts_of(language, word)))
    ]


def _begins(keys: Keys, wanted: Keys) -> bool:
    return any(key.startswith(beginning) for key, beginning in zip(keys, wanted, strict=True) if beginning)


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _best_windows(text: str, spans: Sequence[Span], size: int, count: int) -> list[Span]:
    """Choose windows that do not overlap, each around a hit, by how many different words they mark."""
    starts = [start for start, _ in spans]
    marked = [text[start:end].casefold() for start, end in spans]
    candidates = [_window(text, start - size // 4, size, start) for start in starts]

    def different_words(window: Span) -> int:
        return len({*marked[bisect_left(starts, window[0]) : bisect_left(starts, window[1])]})

    ranked = sorted(candidates, key=different_words, reverse=True)
    chosen: list[Span] = []
    for window in ranked:
        if len(chosen) < count and all(window[1] <= other[0] or other[1] <= window[0] for other in chosen):
            chosen.append(window)
    return sorted(chosen)


def _window(text: str, start: int, size: int, hit: int = 0) -> Span:
    """Take up to `size` characters from about `start`, and at the latest `hit`, cut between words."""
    start = max(0, min(start, len(text) - size))
    end = min(len(text), start + size)
    if start and not text[start - 1].isspace():
        first = _SPACE.search(text, start, max(start, hit))
        start = first.end() if first else max(start, hit)
    if end < len(text) and not text[end].isspace():
        space = _last_space(text, start, end)
        end = end if space is None else space
    return start, end


def _last_space(text: str, start: int, end: int) -> int | None:
    """Return where the last space, or run of spaces, between two places begins; None if there is none."""
    place = end - 1
    while place >= start and not text[place].isspace():
        place -= 1
    while place > start and text[place - 1].isspace():
        place -= 1
    return place if place >= start else None


def _segments(text: str, window: Span, spans: Sequence[Span]) -> tuple[Segment, ...]:
    start, end = window
    inside = [(max(a, start), min(b, end)) for a, b in spans if a < end and b > start]
    edges = [start, *(edge for span in inside for edge in span), end]
    hits = {a for a, _ in inside}
    return tuple(Segment(text[a:b], a in hits) for a, b in pairwise(edges) if a < b)
