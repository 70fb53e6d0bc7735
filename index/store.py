"""The door to the search engine: one object for one directory, for any number of threads and processes.

Knows snapshots, generations and writing; holds the snapshot that searches are answered from now.
"""

import os
import shutil
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from index.answering.crossing import Crossed, Crossing, cross
from index.answering.searching import search
from index.answering.similar import similar
from index.asking.thesaurus import NO_THESAURUS, Thesaurus
from index.documents import Document
from index.errors import IndexLocked, IndexUnavailable, SearchIndexError
from index.helping.correcting import Correction, Speller, corrections
from index.helping.preparing import Preparation
from index.helping.spelling import Spelling, spelling_of
from index.helping.suggesting import Suggested, Titles, Typing, suggest, titles_of
from index.requests import SearchRequest
from index.results import IndexStatus, SearchResult
from index.schema import check_facet_names
from index.states import writing
from index.states.generations import (
    collect_old_generations,
    current_generation,
    mark_damaged,
    new_generation,
    publish,
    size_on_disk,
    writer_lock,
)
from index.states.snapshot import Snapshot, open_snapshot
from index.states.storage import DurableStorage, Stamp
from index.words import also_keep_in

LOCK_TIMEOUT_SECONDS = 30.0
# How long a reader waits, at most, for titles or words that a thread prepares: the time in which an answer still
# seems immediate. Ten thousand records are ready by then; of more, those are used that are.
PATIENCE_SECONDS = 0.15


class _Holder:
    """A process's current snapshot. After a fork it is made anew: open files and locks are not shared.

    Whoever opens a newer snapshot holds the lock.
    """

    def __init__(self) -> None:
        self.process = os.getpid()
        self.lock = threading.Lock()
        self.snapshot: Snapshot | None = None
        self.titles: Preparation[Titles] = Preparation(titles_of)
        self.spelling: Preparation[Spelling] = Preparation(spelling_of)


class Index:
    """A search index in a directory of its own; nothing is opened before it is needed.

    Reading raises IndexUnavailable when the directory holds no usable index; `rebuild` makes one. Files that
    turn out damaged in a search are marked so, and are used by no process from then on. Writing raises
    SearchIndexError also when another process keeps the directory locked or the disk refuses.
    """

    def __init__(self, path: Path, *, facets: tuple[str, ...]) -> None:
        """Name the directory and the facets of the documents; raise ValueError for unfit facet names."""
        check_facet_names(facets)
        also_keep_in(path.with_name(f"{path.name}-words"))
        self._path = path
        self._facets = facets
        self._holder = _Holder()

    def search(self, request: SearchRequest, thesaurus: Thesaurus = NO_THESAURUS) -> SearchResult:
        """Answer a request, with the words for what it names in all languages.

        No text is refused; a filter on an unknown facet raises ValueError.
        """
        self._check_facets(request.filters)
        snapshot = self._snapshot_at_hand()
        with _damage_marked(snapshot):
            return search(snapshot, request, thesaurus)

    def similar(self, id: int, *, limit: int = 5, facets: Collection[str] | None = None) -> tuple[int, ...]:
        """Return the ids of the documents most like the one with this id, best first.

        :param facets: those whose codes say what a document is about; all, if none are named.
        """
        wanted = self._facets if facets is None else facets
        self._check_facets(wanted)
        snapshot = self._snapshot_at_hand()
        with _damage_marked(snapshot):
            return similar(snapshot, id, limit, wanted)

    def suggest(self, typed: str, language: str, *, most: int = 5, near: bool = False) -> Suggested:
        """Return titles in which a word begins with each typed one, for a reader of a language; the best first.

        :param near: also take typed words for others that are spelled nearly so.
        """
        snapshot = self._snapshot_at_hand()
        with _damage_marked(snapshot):
            typing = Typing(typed, language, most, near)
            return suggest(snapshot, self._own_holder().titles, typing, PATIENCE_SECONDS)

    def corrections(
        self, request: SearchRequest, thesaurus: Thesaurus = NO_THESAURUS, vocabulary: Spelling | None = None
    ) -> Iterator[Correction]:
        """Yield queries with published words for those that nothing has, the likeliest first; filters are ignored.

        Each takes as long to find as a search: who has one that will do need not ask for the next. What is wrong with
        the index is raised when the next one is asked for.

        :param vocabulary: words that may be meant beside those of titles, summaries and names.
        """
        snapshot = self._snapshot_at_hand()
        with _damage_marked(snapshot):
            ready = self._own_holder().spelling.of(snapshot.segments, PATIENCE_SECONDS)
            yield from corrections(snapshot, Speller(ready, vocabulary, thesaurus), request)

    def cross(self, wanted: Crossing) -> Crossed:
        """Count the documents by two facets at once; an unknown facet raises ValueError."""
        self._check_facets(wanted.facets)
        snapshot = self._snapshot_at_hand()
        with _damage_marked(snapshot):
            return cross(snapshot.facets, snapshot.live, wanted)

    def apply(self, puts: Sequence[Document], deletes: Sequence[int], position: int) -> None:
        """Put and delete documents in one commit, together with the position reached in the job log.

        An id in both is deleted. Readers see the change at once; before this returns, the words of deleted
        documents are purged from the files. Should the process die in between, the next call does it.
        """
        with self._writing() as (storage, stamp):
            stamp["position"] = position
            writing.apply_changes(storage, self._facets, puts, deletes, stamp)

    def purge(self) -> None:
        """Rewrite the files so that no word of a deleted or replaced document is left in them."""
        with self._writing() as (storage, stamp):
            writing.purge(storage, stamp)

    def finish(self) -> bool:
        """Do what was left to be done by a process that died or a disk that was full.

        Words of deleted documents leave the files, files that no commit names go, and old generations too. Call it
        now and then: `apply` does as much, but there may be nothing to apply for days.

        :return: whether it was done; another process that writes now does it as well.
        """
        try:
            with self._writing(patience=0) as (storage, stamp):
                writing.finish(storage, stamp)
        except IndexLocked:
            return False
        return True

    def rebuild(
        self,
        documents: Iterable[Document],
        position: int,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Build a new generation from all documents, and swap it in; until then the old one is read.

        Calls `progress` with the number of documents done. If anything fails, nothing has changed.
        """
        with _disk_errors(), writer_lock(self._path, LOCK_TIMEOUT_SECONDS):
            collect_old_generations(self._path)
            generation = new_generation(self._path)
            try:
                writing.build(DurableStorage(str(generation)), self._facets, documents, position, progress)
            except BaseException:
                shutil.rmtree(generation, ignore_errors=True)
                raise
            publish(generation)

    def position(self) -> int | None:
        """Return the position committed with the documents; None when there is no usable index.

        Looks whether all files are still there too: who has them open could search without noticing.
        """
        try:
            snapshot = self._snapshot()
            if not snapshot.is_in_place() and snapshot.is_current():
                self.close()
                snapshot = self._snapshot()
        except IndexUnavailable:
            return None
        return snapshot.stamp["position"]

    def versions(self) -> Mapping[int, int]:
        """Return the version of every document that can be found, by id."""
        snapshot = self._snapshot()
        live = snapshot.live
        return dict(zip(snapshot.ids[live].tolist(), snapshot.versions[live].tolist(), strict=True))

    def status(self) -> IndexStatus:
        """Describe the index that searches are answered from now."""
        snapshot = self._snapshot()
        return IndexStatus(
            documents=int(snapshot.live.sum()),
            segments=snapshot.segment_count,
            bytes=size_on_disk(snapshot.generation),
            position=snapshot.stamp["position"],
            fingerprint=snapshot.stamp["fingerprint"],
            generation=snapshot.generation.name,
            opened_at=snapshot.opened_at,
        )

    def close(self) -> None:
        """Let go of the snapshot; its files close when the last search on it ends. May be used again."""
        self._holder = _Holder()

    def _check_facets(self, names: Iterable[str]) -> None:
        if unknown := set(names).difference(self._facets):
            raise ValueError(f"unknown facets {sorted(unknown)}")

    def _snapshot(self) -> Snapshot:
        """Return the newest snapshot; wait if it must be opened."""
        holder = self._own_holder()
        snapshot = holder.snapshot
        if snapshot and snapshot.is_current():
            return snapshot
        with holder.lock:
            return self._renewed(holder)

    def _snapshot_at_hand(self) -> Snapshot:
        """Return the newest snapshot, but the one before while another thread opens that."""
        holder = self._own_holder()
        snapshot = holder.snapshot
        if snapshot is None or snapshot.is_current():
            return snapshot or self._snapshot()
        if not holder.lock.acquire(blocking=False):
            return snapshot
        try:
            return self._renewed(holder)
        finally:
            holder.lock.release()

    def _renewed(self, holder: _Holder) -> Snapshot:
        """Open a newer snapshot if there is one; only once it is open does it take the place of the other."""
        snapshot = holder.snapshot
        if not (snapshot and snapshot.is_current()):
            try:
                snapshot = holder.snapshot = open_snapshot(self._path, self._facets, snapshot)
            except IndexUnavailable as unusable:
                if unusable.reason == "busy":
                    if snapshot:
                        return snapshot
                    raise
                holder.snapshot = None
                self._condemn()
                raise
        return snapshot

    def _condemn(self) -> None:
        """Tell every process of a generation that cannot be opened: the follower may have all of it open, and go on.

        While somebody writes, files come and go, so only who holds the lock may judge.
        """
        with suppress(SearchIndexError, OSError):
            current_generation(self._path)  # raises for a directory that is not ours to write to
            with writer_lock(self._path, timeout=0):
                generation = current_generation(self._path)
                try:
                    open_snapshot(self._path, self._facets, None)
                except IndexUnavailable as unusable:
                    if unusable.reason in ("damaged", "foreign"):
                        mark_damaged(generation, str(unusable))

    def _own_holder(self) -> _Holder:
        if self._holder.process != os.getpid():
            self._holder = _Holder()
        return self._holder

    @contextmanager
    def _writing(self, patience: float | None = None) -> Iterator[tuple[DurableStorage, Stamp]]:
        """Hold the lock on a usable index, and tidy up old generations afterwards.

        If its files turn out damaged, let go of the snapshot, which may have read them while they were whole.

        :param patience: how many seconds to wait for another process that writes.
        """
        with _disk_errors(), writer_lock(self._path, LOCK_TIMEOUT_SECONDS if patience is None else patience):
            snapshot = self._snapshot()
            if not snapshot.is_current():
                raise IndexUnavailable("busy", "the newest commit could not be opened")
            try:
                yield DurableStorage(str(snapshot.generation)), snapshot.stamp.copy()
            except IndexUnavailable:
                self.close()
                raise
            collect_old_generations(self._path)


@contextmanager
def _disk_errors() -> Iterator[None]:
    """Say which directory the system would not let us write to."""
    try:
        yield
    except OSError as error:
        raise SearchIndexError(f"cannot write to the search index: {error}") from error


@contextmanager
def _damage_marked(snapshot: Snapshot) -> Iterator[None]:
    """Keep every process from a generation whose files opened well but cannot be read."""
    try:
        snapshot.check_files()
        yield
    except IndexUnavailable as error:
        try:
            mark_damaged(snapshot.generation, str(error))
        except FileNotFoundError:
            pass  # it was replaced long ago, and is gone
        except OSError as refused:
            error.add_note(f"It could not be marked as damaged: {refused}")
        raise
