"""Changing an index: put and delete documents, merge segments, build a whole generation.

Knows segments and the table of contents (TOC). One commit replaces the TOC in one step, with our stamp in it. The
caller holds the writer's lock.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from index.columns.building import FieldKind, SegmentBuilder
from index.columns.codec import ColumnSegment
from index.columns.merging import Part, merge
from index.columns.policy import MAX_SEGMENTS, Group, grouped, to_purge, with_withdrawn, worth_merging
from index.columns.reading import Columns, open_columns
from index.columns.toc import commit, delete_unused, new_segment
from index.columns.vocabulary import Vocabulary
from index.documents import Document
from index.errors import IndexUnavailable, SearchIndexError
from index.schema import READINGS, build_schema, facet_field, fingerprint, passages, subjects
from index.states.storage import DurableStorage, Stamp, read_toc

__all__ = ["MAX_SEGMENTS", "apply_changes", "build", "finish", "merge_segments", "purge"]

FIRST_TOC = 1
# Distinct words that are remembered while an index is built; texts that are noise have no end of them.
MOST_WORDS = 3_000_000

_Choose = Callable[[Sequence[ColumnSegment]], list[Group]]


def apply_changes(
    storage: DurableStorage,
    facets: tuple[str, ...],
    puts: Sequence[Document],
    deletes: Sequence[int],
    stamp: Stamp,
) -> None:
    """Commit documents and deletions at once, then merge segments, which may take long, in a second commit.

    Of two puts of one id the last counts; a delete beats any. Every segment that holds words of a deleted
    document, be they of an older version of it, is merged; the TOC remembers that it must be, should the process
    die in between.
    """
    deleted = set(deletes)
    added = {put.id: put for put in puts if put.id not in deleted}
    builder = SegmentBuilder(_kinds(facets), Vocabulary(READINGS))
    for document in added.values():
        _add(builder, document, facets)
    with _loss_named():
        toc = _read(storage, stamp)
        segments: list[ColumnSegment] = toc.segments
        _delete(storage, segments, added, withdrawn=False)
        _delete(storage, segments, deleted, withdrawn=True)
        left = [segment for segment in segments if segment.doc_count()]
        if added:
            left.append(_finish(storage, builder))
        _commit(storage, toc, left, stamp)
        merge_segments(storage, stamp, lambda of: with_withdrawn(of) or worth_merging(of))


def purge(storage: DurableStorage, stamp: Stamp) -> None:
    """Rewrite every segment that has deleted documents: their words leave the files."""
    with _loss_named():
        merge_segments(storage, stamp, to_purge)


def finish(storage: DurableStorage, stamp: Stamp) -> None:
    """Do what a process that died, or a full disk, left to be done: delete unused files, and purge if that is due."""
    with _loss_named():
        toc = _read(storage, stamp)
        delete_unused(storage, toc.segments, toc.generation)
        merge_segments(storage, stamp, with_withdrawn)


def merge_segments(storage: DurableStorage, stamp: Stamp, choose: _Choose) -> None:
    """Make one segment of each chosen group, without their deleted documents; do nothing if none is chosen."""
    toc = _read(storage, stamp)
    groups = choose(toc.segments)
    if groups:
        chosen = [segment for group in groups for segment in group]
        kept = [segment for segment in toc.segments if segment not in chosen]
        merged = [_merge(storage, group) for group in groups if any(segment.doc_count() for segment in group)]
        _commit(storage, toc, [*kept, *merged], stamp)


def build(
    storage: DurableStorage,
    facets: tuple[str, ...],
    documents: Iterable[Document],
    position: int,
    progress: Callable[[int], None] | None,
) -> None:
    """Fill an empty directory with an index of the documents, in one commit.

    Calls `progress` with the number of documents done. Raises ValueError when an id comes twice.
    """
    schema = build_schema(facets)
    segments = [*_build(storage, facets, _counted(documents, progress))]
    merged = [group[0] if len(group) == 1 else _merge(storage, group) for group in grouped(segments)]
    schema.stamp = Stamp(fingerprint=fingerprint(facets), position=position)
    commit(storage, schema, merged, FIRST_TOC)


def _build(storage: DurableStorage, facets: tuple[str, ...], documents: Iterable[Document]) -> Iterator[ColumnSegment]:
    """Write documents as segments, each as large as memory should hold, while the next are being read."""
    kinds, vocabulary = _kinds(facets), Vocabulary(READINGS)
    builder, writing = SegmentBuilder(kinds, vocabulary), None
    with ThreadPoolExecutor(1, "segment") as writer:
        for document in documents:
            _add(builder, document, facets)
            if builder.is_full:
                if writing:
                    yield writing.result()
                writing = writer.submit(_finish, storage, builder)
                if len(vocabulary) >= MOST_WORDS:
                    vocabulary = Vocabulary(READINGS)
                builder = SegmentBuilder(kinds, vocabulary)
        if writing:
            yield writing.result()
        if len(builder):
            yield _finish(storage, builder)


def _counted(documents: Iterable[Document], progress: Callable[[int], None] | None) -> Iterator[Document]:
    seen: set[int] = set()
    for document in documents:
        if document.id in seen:
            raise ValueError(f"document {document.id} comes twice")
        seen.add(document.id)
        yield document
        if progress:
            progress(len(seen))


def _add(builder: SegmentBuilder, document: Document, facets: tuple[str, ...]) -> None:
    builder.add(document, passages(document, facets), subjects(document))


def _finish(storage: DurableStorage, builder: SegmentBuilder) -> ColumnSegment:
    segment = new_segment(len(builder))
    builder.write(_path(storage, segment))
    return segment


@cache
def _kinds(facets: tuple[str, ...]) -> Mapping[str, FieldKind]:
    codes = {*map(facet_field, facets)}
    return {
        name: FieldKind(field.format.supports("positions"), bool(field.scorable), name in codes)
        for name, field in build_schema(facets).items()
        if field.indexed
    }


def _merge(storage: DurableStorage, group: Group) -> ColumnSegment:
    parts = [Part(_open(storage, segment), segment.deleted) for segment in group]
    merged = new_segment(sum(int(segment.doc_count()) for segment in group))
    merge(_path(storage, merged), parts)
    return merged


def _delete(
    storage: DurableStorage, segments: Sequence[ColumnSegment], ids: Collection[int], *, withdrawn: bool
) -> None:
    """Mark the documents with these ids as deleted, and the segments that have any if they are withdrawn."""
    wanted = np.fromiter(ids, np.int64, len(ids))
    for segment in segments if ids else ():
        found = np.flatnonzero(np.isin(_open(storage, segment).ids, wanted)).tolist()
        if found:
            segment.delete(found)
            segment.withdrawn |= withdrawn


def _commit(storage: DurableStorage, toc: Any, segments: Sequence[ColumnSegment], stamp: Stamp) -> None:
    toc.schema.stamp = stamp
    commit(storage, toc.schema, segments, toc.generation + 1)


def _open(storage: DurableStorage, segment: ColumnSegment) -> Columns:
    columns = open_columns(_path(storage, segment))
    if columns.size != segment.size:
        raise IndexUnavailable("damaged", f"{segment.file_name} does not hold {segment.size} documents")
    return columns


def _path(storage: DurableStorage, segment: ColumnSegment) -> Path:
    return Path(storage.folder) / segment.file_name


def _read(storage: DurableStorage, stamp: Stamp) -> Any:
    """Read the TOC; raise IndexUnavailable for whatever Whoosh and pickle raise over one that they cannot read."""
    try:
        toc, _ = read_toc(storage, stamp["fingerprint"])
    except (OSError, SearchIndexError):
        raise
    except Exception as error:
        raise IndexUnavailable("damaged", f"{type(error).__name__}: {error}") from error
    return toc


@contextmanager
def _loss_named() -> Iterator[None]:
    """Say "damaged" when a file is gone that is read in order to write."""
    try:
        yield
    except FileNotFoundError as error:
        raise IndexUnavailable("damaged", f"no {error.filename}") from error
