"""Background work: the index, mail, digests, upkeep, tidying up.

Each runs apart: one that fails is logged and tried again, and the others go on. Workers may run side by side, for each
piece of work is claimed in the database or harms nobody when done twice.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from flask import Flask, current_app

from library import counting, inviting
from library.accounts.sessions import sweep
from library.attachments.services import collect_orphans
from library.attachments.storage import store_of_app
from library.drafting import saving
from library.extensions import db
from library.indexing import follower
from library.indexing.search import index_of_app
from library.interchange.batch_services import tidy as tidy_batches
from library.interchange.work_services import take_up
from library.mail import digest, sending
from library.models import today
from library.upkeep import services as upkeep
from library.vocabulary import import_work_services

log = logging.getLogger(__name__)

MINUTE: Final = 60.0  # seconds
HOUR: Final = 60 * MINUTE
BREATH: Final = 1.0  # seconds between looks at what is due
PATIENCE: Final = 30.0  # seconds that a stopping worker waits for its threads


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done again and again.

    :param every: seconds from its beginning to the next.
    """

    name: str
    every: float
    do: Callable[[], object]


def _tidy() -> None:
    with db.sessionmaker.begin() as session:
        sweep(session)
        follower.prune(session)
        sending.tidy(session)
        inviting.forget_old(session)
        saving.forget_old(session)
        tidy_batches(session)
        counting.forget_old(session, today=today(), days=current_app.config["SEARCH_WORDS_KEPT"])


def _collect_files() -> None:
    with db.sessionmaker.begin() as session:
        collect_orphans(session, store_of_app())


def _digests() -> None:
    settings = current_app.config
    zone = digest.zone_of(settings["TIME_ZONE"])
    digest.write_digests(db.sessionmaker, hour=settings["DIGEST_HOUR"], zone=zone)


def _remind() -> None:
    upkeep.remind_all(db.sessionmaker, today=today())


def _nudge() -> None:
    with db.sessionmaker.begin() as session:
        upkeep.nudge_advisers(session, today=today())


JOBS: Final = (
    Job("reminders of owners", HOUR, _remind),
    Job("reminders of advisers", HOUR, _nudge),
    Job("tidying up", HOUR, _tidy),
    Job("orphaned files", HOUR, _collect_files),
    Job("daily digests", 5 * MINUTE, _digests),
)


def _follow(stop: threading.Event) -> None:
    follower.Follower(db.sessionmaker, index_of_app()).run(stop)


def _send(stop: threading.Event) -> None:
    sending.run(stop, db.sessionmaker)


def _keep(stop: threading.Event) -> None:
    keep(stop, JOBS)


def _work_in_bulk(stop: threading.Event) -> None:
    """Take up waiting batches, in a thread of its own: a table of thousands must hold up no reminder."""
    while not stop.is_set():
        try:
            if take_up(db.sessionmaker, store_of_app(), stopping=stop.is_set):
                continue
            if import_work_services.work(db.sessionmaker, store_of_app()):
                continue
        except Exception:
            log.exception("bulk work failed; trying again")
        stop.wait(BREATH)


def keep(stop: threading.Event, jobs: Sequence[Job]) -> None:
    """Do each job when it is due, until told to stop; one that fails waits for its next turn, the others do not."""
    due = dict.fromkeys((job.name for job in jobs), 0.0)
    while not stop.is_set():
        for job in jobs:
            if stop.is_set() or time.monotonic() < due[job.name]:
                continue
            due[job.name] = time.monotonic() + job.every
            _do(job)
        stop.wait(BREATH)


def _do(job: Job) -> None:
    try:
        job.do()
    except Exception:
        log.exception("%s failed; trying again in %s s", job.name, job.every)


LOOPS: Final = (_follow, _send, _keep, _work_in_bulk)


def start(app: Flask, stop: threading.Event) -> list[threading.Thread]:
    """Begin all background work in threads of its own; it ends when told to stop."""

    def run(loop: Callable[[threading.Event], None]) -> None:
        with app.app_context():
            loop(stop)

    threads = [threading.Thread(target=run, args=(loop,), name=loop.__name__.strip("_"), daemon=True) for loop in LOOPS]
    for thread in threads:
        thread.start()
    return threads


def finish(threads: Sequence[threading.Thread]) -> None:
    """Wait until what was begun is ended; what takes too long is taken up again by the next worker."""
    for thread in threads:
        thread.join(timeout=PATIENCE)
