"""Which segments are merged, and when. Knows their sizes and how many of their documents are deleted.

Each commit of a few documents adds a small segment, and every search asks each segment. Small segments are merged
when there are too many, never with one much larger than all of them together: so a document is rewritten some ten
times on its way into the largest segment, and a commit of one record never waits for a hundred thousand others.
"""

from collections.abc import Sequence

from index.columns.codec import ColumnSegment

# Every search looks every word up in every segment.
MAX_SEGMENTS = 8
# A segment more than so many times as large as all smaller ones together is left alone.
RATIO = 4
# Beyond this, a withdrawal would have to rewrite too much for too little: some gigabytes, for a word less to look up.
MAX_MERGED = 250_000
MAX_DELETED_SHARE = 0.1

Group = list[ColumnSegment]


def with_withdrawn(segments: Sequence[ColumnSegment]) -> list[Group]:
    """Choose the segments that hold words of withdrawn documents, in groups that each become one."""
    return grouped([segment for segment in segments if segment.withdrawn])


def to_purge(segments: Sequence[ColumnSegment]) -> list[Group]:
    """Choose all segments that have deleted documents, in groups that each become one."""
    return grouped([segment for segment in segments if segment.has_deletions()])


def worth_merging(segments: Sequence[ColumnSegment]) -> list[Group]:
    """Choose what is worth rewriting after a commit: one stale segment, and small ones if there are too many."""
    if len(segments) > MAX_SEGMENTS:
        return [_smallest(segments)]
    stale = max(segments, key=_staleness, default=None)
    return [[stale]] if stale and _staleness(stale) > MAX_DELETED_SHARE else []


def grouped(segments: Sequence[ColumnSegment]) -> list[Group]:
    """Put segments together, smallest first, as long as they make no segment that is too large to rewrite."""
    groups: list[Group] = []
    size = 0
    for segment in sorted(segments, key=_size):
        if not groups or size + _size(segment) > MAX_MERGED:
            groups.append([])
            size = 0
        groups[-1].append(segment)
        size += _size(segment)
    return groups


def _smallest(segments: Sequence[ColumnSegment]) -> Group:
    """Choose the two smallest, and upwards each that is not much larger than those before it together."""
    chosen: Group = []
    size = 0
    for segment in sorted(segments, key=_size):
        if len(chosen) >= 2 and _size(segment) > RATIO * size:
            break
        chosen.append(segment)
        size += _size(segment)
    return chosen


def _size(segment: ColumnSegment) -> int:
    return int(segment.doc_count())


def _staleness(segment: ColumnSegment) -> float:
    return float(segment.deleted_count() / segment.doc_count_all())
