"""Changing an index: put and delete documents, merge segments, build a whole generation.

Knows Whoosh's writer. One commit replaces the TOC in one step, with our stamp in it. The caller holds
the writer's lock.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from whoosh.index import FileIndex
from whoosh.reading import SegmentReader

from index.documents import Document
from index.errors import IndexUnavailable, SearchIndexError
from index.schema import ID, build_schema, document_fields, fingerprint
from index.storage import INDEX_NAME, DurableStorage, Stamp, read_toc

# Every search looks every word up in every segment.
MAX_SEGMENTS = 8
# Merging the smallest down to this many at once leaves room for some commits that merge nothing.
MERGED_SEGMENTS = 4
# A segment this small is rewritten in a moment; a larger one when a tenth of it is deleted.
SMALL_SEGMENT = 50
MAX_DELETED_SHARE = 0.1

_Choose = Callable[[Sequence[Any]], list[Any]]


def apply_changes(
    storage: DurableStorage,
    facets: tuple[str, ...],
    puts: Sequence[Document],
    deletes: Sequence[int],
    stamp: Stamp,
) -> None:
    """Commit documents and deletions at once, then merge segments, which may take long, in a second commit.

    Of two puts of one id the last counts; a delete beats any. After deletions every segment that holds
    deleted documents is merged; the stamp remembers that it must be, should the process die in between.
    """
    deleted = set(deletes)
    added = {put.id: document_fields(put, facets) for put in puts if put.id not in deleted}
    with _damage_named():
        with _writer(storage, stamp) as writer:
            stamp["purge_due"] |= _delete(writer, deleted) > 0
            _delete(writer, added)
            for values in added.values():
                writer.add_document(**values)
        merge_segments(storage, stamp, with_deletions if stamp["purge_due"] else worth_merging)


def purge(storage: DurableStorage, stamp: Stamp) -> None:
    """Rewrite every segment that has deleted documents: their words leave the files."""
    with _damage_named():
        merge_segments(storage, stamp, with_deletions)


def merge_segments(storage: DurableStorage, stamp: Stamp, choose: _Choose) -> None:
    """Merge the chosen segments into one, without their deleted documents; do nothing if none is chosen."""
    toc, _ = read_toc(storage, stamp["fingerprint"])
    chosen = {segment.segment_id() for segment in choose(toc.segments)}
    if chosen:
        with _writer(storage, {**stamp, "purge_due": False}, chosen):
            pass


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
    storage.create_index(build_schema(facets), INDEX_NAME)
    seen: set[int] = set()
    stamp = Stamp(fingerprint=fingerprint(facets), position=position, purge_due=False)
    with _writer(storage, stamp) as writer:
        for done, document in enumerate(documents, start=1):
            if document.id in seen:
                raise ValueError(f"document {document.id} comes twice")
            seen.add(document.id)
            writer.add_document(**document_fields(document, facets))
            if progress:
                progress(done)


def with_deletions(segments: Sequence[Any]) -> list[Any]:
    """Choose the segments that have deleted documents."""
    return [segment for segment in segments if segment.has_deletions()]


def worth_merging(segments: Sequence[Any]) -> list[Any]:
    """Choose the segments that are cheap to rewrite without deleted documents, and small ones if many."""
    chosen = [
        segment
        for segment in with_deletions(segments)
        if segment.doc_count_all() <= SMALL_SEGMENT
        or segment.deleted_count() > MAX_DELETED_SHARE * segment.doc_count_all()
    ]
    others = sorted((s for s in segments if s not in chosen), key=lambda s: int(s.doc_count_all()))
    if len(others) + bool(chosen) > MAX_SEGMENTS:
        chosen += others[: len(others) + 1 - MERGED_SEGMENTS]
    return chosen


@contextmanager
def _writer(storage: DurableStorage, stamp: Stamp, merged: Container[str] = ()) -> Iterator[Any]:
    """Open a Whoosh writer; in the end commit it, merging the segments with these ids; on an error, cancel.

    Compound segments would be copied into memory each time they are opened.
    """
    writer = FileIndex(storage, indexname=INDEX_NAME).writer(timeout=0, compound=False)
    try:
        yield writer
        writer.schema.stamp = stamp
        writer.commit(mergetype=lambda writer, segments: _merge(writer, segments, merged))
    finally:
        if not writer.is_closed:
            with suppress(Exception):  # what failed may keep its files from being closed in order
                writer.cancel()


@contextmanager
def _damage_named() -> Iterator[None]:
    """Say "damaged" for whatever Whoosh raises over the files that it reads in order to write, or that are gone."""
    try:
        yield
    except FileNotFoundError as error:
        raise IndexUnavailable("damaged", f"no {error.filename}") from error
    except (OSError, SearchIndexError):
        raise
    except Exception as error:
        raise IndexUnavailable("damaged", f"{type(error).__name__}: {error}") from error


def _merge(writer: Any, segments: Sequence[Any], merged: Container[str]) -> list[Any]:
    kept = []
    for segment in segments:
        if segment.segment_id() not in merged:
            kept.append(segment)
        elif segment.doc_count():
            reader = SegmentReader(writer.storage, writer.schema, segment)
            writer.add_reader(reader)
            reader.close()
    return kept


def _delete(writer: Any, ids: Iterable[int]) -> int:
    with writer.searcher() as searcher:
        return sum(writer.delete_by_term(ID, str(id), searcher=searcher) for id in ids)
