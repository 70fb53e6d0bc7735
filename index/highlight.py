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

from index.analysis import WORD, fold_long, fold_short, normalise, term_of, words
from index.parsing import ParsedQuery
from index.querying import SHORTEST_BEGINNING, meaningful


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text that is marked as a hit, or not."""

    text: str
    hit: bool


_SPACE = re.compile(r"\s+")

Span = tuple[int, int]
Keys = tuple[str, str, str]


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
    cut between words, and are parts of the text as `analysis.normalise` returns it. `beginnings` marks words
    that begin with a wanted one, as a result with `beginnings` has found them.
    """
    text = normalise(text)
    spans = _hits(parsed, language, text, beginnings)
    size = max(1, length // fragments)
    windows = _best_windows(text, spans, size, fragments) if spans else [_window(text, 0, length)]
    return tuple(_segments(text, window, spans) for window in windows if window[0] < window[1])


def _hits(parsed: ParsedQuery, language: str, text: str, beginnings: bool) -> list[Span]:
    tokens = [(match.span(), _keys(language, match.group().casefold())) for match in WORD.finditer(text)]
    content = [token for token in tokens if token[1][0]]
    spans: list[Span] = []
    for item in meaningful((*parsed.words, *parsed.phrases), language):
        wanted = [_keys(language, word) for word in words(item)]
        meaning = [keys for keys in wanted if keys[0]]
        spans += _occurrences(meaning, content) if meaning else _occurrences(wanted, tokens)
        if beginnings and len(wanted) == 1 and len(item) >= SHORTEST_BEGINNING:
            spans += (span for span, keys in content if _begins(keys, wanted[0]))
    return _merged(spans)


@lru_cache(maxsize=20_000)
def _keys(language: str, word: str) -> Keys:
    """Return what can make a word equal to another: its stem ("" for a stop word), its spellings."""
    term = term_of(language, word)
    return term and f"={term}", f"<{fold_short(word)}", f">{fold_long(word)}"


def _occurrences(wanted: Sequence[Keys], tokens: Sequence[tuple[Span, Keys]]) -> Iterator[Span]:
    """Find where tokens have a key in common with the wanted words, one after the other."""
    sought = [frozenset(filter(None, keys)) for keys in wanted]
    for start, (span, keys) in enumerate(tokens):
        if sought[0].isdisjoint(keys):
            continue
        run = tokens[start : start + len(sought)]
        if len(run) == len(sought) and not any(s.isdisjoint(t[1]) for s, t in zip(sought, run, strict=True)):
            yield span[0], run[-1][0][1]


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
    candidates = [_window(text, start - size // 4, size, start) for start in starts]

    def different_words(window: Span) -> int:
        inside = spans[bisect_left(starts, window[0]) : bisect_left(starts, window[1])]
        return len({text[start:end].casefold() for start, end in inside})

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
        space = _SPACE.search(text, start, max(start, hit))
        start = space.end() if space else max(start, hit)
    if end < len(text) and not text[end].isspace():
        spaces = [space.start() for space in _SPACE.finditer(text, start, end)]
        end = spaces[-1] if spaces else end
    return start, end


def _segments(text: str, window: Span, spans: Sequence[Span]) -> tuple[Segment, ...]:
    start, end = window
    inside = [(max(a, start), min(b, end)) for a, b in spans if a < end and b > start]
    edges = [start, *(edge for span in inside for edge in span), end]
    hits = {a for a, _ in inside}
    return tuple(Segment(text[a:b], a in hits) for a, b in pairwise(edges) if a < b)
