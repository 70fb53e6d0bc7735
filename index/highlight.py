"""Why a text matched: short pieces of it, with the words that the reader looked for marked.

Pure: needs no index. Segments are plain text; escaping them is the caller's task.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace
from itertools import pairwise

from index.marking import Span, marks
from index.parsing import ParsedQuery
from index.words import normalise


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text that is marked as a hit, or not."""

    text: str
    hit: bool


_SPACE = re.compile(r"\s+")


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
    spans = marks(parsed, language, text, beginnings=beginnings)
    size = max(1, length // fragments)
    windows = _best_windows(text, spans, size, fragments) if spans else [_window(text, 0, length)]
    return tuple(_segments(text, window, spans) for window in windows if window[0] < window[1])


def _best_windows(text: str, spans: Sequence[Span], size: int, count: int) -> list[Span]:
    """Choose windows that do not overlap, each around a hit, by how many different words they mark."""
    chosen: list[Span] = []
    for window in _ranked_windows(text, spans, size):
        if all(window[1] <= other[0] or other[1] <= window[0] for other in chosen):
            chosen.append(window)
            if len(chosen) == count:
                break
    return sorted(chosen)


def _ranked_windows(text: str, spans: Sequence[Span], size: int) -> Iterator[Span]:
    """Yield a window around each hit, those that mark the most different words first.

    Before it is cut between words, a window may hold more than after it, but not less: only those are cut that
    may be next.
    """
    starts = [start for start, _ in spans]
    marked = [text[start:end].casefold() for start, end in spans]

    def different_words(window: Span) -> int:
        return len({*marked[bisect_left(starts, window[0]) : bisect_left(starts, window[1])]})

    if len({*marked}) == 1:
        ranked = [(-1, place, False) for place in range(len(starts))]
    else:
        uncut = (_uncut(text, start - size // 4, size) for start in starts)
        ranked = [(-different_words(window), place, False) for place, window in enumerate(uncut)]
        heapify(ranked)
    while ranked:
        most, place, is_cut = ranked[0]
        window = _window(text, starts[place] - size // 4, size, starts[place])
        if is_cut or -most == (exactly := different_words(window)):
            yield window
            heappop(ranked)
        else:
            heapreplace(ranked, (-exactly, place, True))


def _uncut(text: str, start: int, size: int) -> Span:
    start = max(0, min(start, len(text) - size))
    return start, min(len(text), start + size)


def _window(text: str, start: int, size: int, hit: int = 0) -> Span:
    """Take up to `size` characters from about `start`, and at the latest `hit`, cut between words."""
    start, end = _uncut(text, start, size)
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
