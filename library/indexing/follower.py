"""The follower: applies index jobs in order, and mends or rebuilds an index that does not match the database.

The database is the truth and the index a copy. A job only names a practice; the follower reads the practice as it is
now, so that to apply a job twice, or after a later one, does no harm. On PostgreSQL a job may become visible after one
with a higher number; hence every round looks again at the last ``WINDOW`` numbers for any not seen yet, and every
hour the whole index is compared, for those that came later still.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, sessionmaker

from index import Index, IndexUnavailable
from library.choices import PracticeState
from library.indexing.documents import all_documents, documents_of
from library.models import IndexJob, Practice, now

log = logging.getLogger(__name__)

WINDOW: Final = 1000  # job numbers looked at again
BATCH: Final = 200  # jobs applied in one commit of the index
PAUSE: Final = 0.25  # seconds between rounds: a save must show within a second
LONGEST_PAUSE: Final = 60.0  # seconds; after each failure in a row the pause is twice as long
FINISH_EVERY: Final = 60.0  # seconds between looks for what a death or a full disk left to be done
COMPARE_EVERY: Final = 3600.0  # seconds: a transaction may end so late that the window has passed its jobs
KEEP_JOBS: Final = timedelta(days=30)  # so that a machine that was off for a while can catch up


@dataclass(frozen=True, slots=True)
class Difference:
    """Where index and database disagree, as identifiers of practices."""

    missing: frozenset[int]
    stale: frozenset[int]
    surplus: frozenset[int]

    def __bool__(self) -> bool:
        return bool(self.missing or self.stale or self.surplus)

    @property
    def ids(self) -> frozenset[int]:
        """All practices concerned."""
        return self.missing | self.stale | self.surplus


def compare(session: Session, index: Index) -> Difference:
    """Compare identifiers and versions of all published practices with what the index holds.

    :raises IndexUnavailable: if there is no usable index.
    """
    query = select(Practice.id, Practice.version).where(Practice.state == PracticeState.PUBLISHED)
    truth = {row.id: row.version for row in session.execute(query)}
    copy = index.versions()
    return Difference(
        missing=frozenset(truth.keys() - copy.keys()),
        stale=frozenset(i for i in truth.keys() & copy.keys() if truth[i] != copy[i]),
        surplus=frozenset(copy.keys() - truth.keys()),
    )


def last_job(session: Session) -> int:
    """Return the highest job number so far, 0 if there is none."""
    return session.scalar(select(func.max(IndexJob.id))) or 0


def count_published(session: Session) -> int:
    """Return how many practices the index should hold."""
    return session.scalar(select(func.count()).where(Practice.state == PracticeState.PUBLISHED)) or 0


def rebuild(session: Session, index: Index, progress: Callable[[int], None] | None = None) -> None:
    """Write a new generation from the database aside and swap it in; readers never see a gap.

    :param progress: called with the number of practices done.
    """
    position = last_job(session)
    index.rebuild(all_documents(session), position, progress)


def apply(session: Session, index: Index, practice_ids: set[int], position: int) -> None:
    """Bring practices in the index up to date in one commit, together with the position."""
    documents = documents_of(session, sorted(practice_ids))
    index.apply(documents, sorted(practice_ids - {document.id for document in documents}), position)


class Follower:
    """Follows the jobs of one database into one index.

    :param sessions: makes sessions for the database; each round uses a fresh one.
    """

    def __init__(self, sessions: sessionmaker[Session], index: Index) -> None:
        self._sessions = sessions
        self._index = index
        self._seen: set[int] | None = None  # numbers within the window that are applied; None: nothing known yet
        self._reached = 0  # the position after the last round
        self._compared = 0.0  # when the whole index was, on the monotonic clock
        self._finished = 0.0  # when nothing was left to be done

    def step(self) -> int:
        """Apply what has come since; rebuild an index that cannot be used.

        :return: how many jobs were applied; a rebuild or a repair counts as one.
        :raises SearchIndexError: if the index cannot be written.
        """
        with self._sessions() as session:
            try:
                position = self._index.position()
                if position is None:
                    position = self._index.status().position  # says what is wrong, unless that was mended just now
                if position < self._reached or time.monotonic() >= self._compared + COMPARE_EVERY:
                    self._seen = None  # somebody has put an index there that may lack what we have applied
                done = self._begin(session, position) if self._seen is None else self._follow(session, position)
                if not done:
                    self._finish()
                return done
            except IndexUnavailable as unusable:
                if unusable.reason == "busy":
                    raise
                log.warning("search index unusable, rebuilding: %s", unusable)
                self._seen = None
                rebuild(session, self._index)
                return 1

    def run(self, stop: threading.Event) -> None:
        """Follow until told to stop. An error is logged, and the next round tries again after a while."""
        pause = PAUSE
        while not stop.is_set():
            try:
                done = self.step()
            except Exception:
                log.exception("the follower of the search index failed; trying again in %s s", pause)
                self._seen = None
                stop.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                continue
            pause = PAUSE
            if not done:
                stop.wait(PAUSE)

    def _begin(self, session: Session, position: int) -> int:
        """Trust nothing, at the start and every hour: compare the whole index and mend what differs."""
        last = last_job(session)
        if position > last:
            raise IndexUnavailable("foreign", f"position {position} lies beyond the last job {last}")
        recent = set(session.scalars(select(IndexJob.id).where(IndexJob.id > last - WINDOW, IndexJob.id <= last)))
        difference = compare(session, self._index)
        if difference or position < last:
            apply(session, self._index, set(difference.ids), last)
        self._reached = last
        self._seen = recent
        self._compared = time.monotonic()
        return 1 if difference else 0

    def _follow(self, session: Session, position: int) -> int:
        assert self._seen is not None
        jobs = (
            select(IndexJob.id, IndexJob.practice_id)
            .where(IndexJob.id > position - WINDOW)
            .order_by(IndexJob.id)
            .limit(WINDOW + BATCH)  # at most WINDOW of them are seen
        )
        rows = [(number, practice) for number, practice in session.execute(jobs)]
        if position > (rows[-1][0] if rows else 0):  # pruning leaves the last ones, so the database is another
            raise IndexUnavailable("foreign", f"position {position} lies beyond the last job")
        self._reached = position
        fresh = [(number, practice) for number, practice in rows if number not in self._seen]
        if not fresh:
            return 0
        fresh = fresh[:BATCH]
        self._reached = max(position, fresh[-1][0])
        apply(session, self._index, {practice for _, practice in fresh}, self._reached)
        self._seen.update(number for number, _ in fresh)
        self._seen = {number for number in self._seen if number > max(self._seen) - 2 * WINDOW}
        return len(fresh)

    def _finish(self) -> None:
        if time.monotonic() >= self._finished + FINISH_EVERY and self._index.finish():
            self._finished = time.monotonic()


def prune(session: Session) -> None:
    """Forget jobs that every follower has had time to apply."""
    oldest_kept = last_job(session) - WINDOW
    session.execute(delete(IndexJob).where(IndexJob.created_at < now() - KEEP_JOBS, IndexJob.id < oldest_kept))
