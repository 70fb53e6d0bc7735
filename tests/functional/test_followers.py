"""Several followers of one database, each on a machine of its own or side by side; what others do to an index."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest
from factories.documents import titled
from factories.records import a_practice
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from index import Index, SearchIndexError, SearchRequest
from library.extensions import db
from library.indexing import follower
from library.indexing.facets import NAMES
from library.models import IndexJob, PracticeText

WRITERS = 3
ROUNDS = 5


@pytest.fixture
def sessions(own_library: Flask) -> Iterator[sessionmaker[Session]]:
    with own_library.app_context():
        yield db.sessionmaker


def _write(sessions: sessionmaker[Session], number: int) -> None:
    """Publish and change practices; commits end in another order than their job numbers were given in."""
    random = Random(number)
    for round_ in range(ROUNDS):
        with sessions() as session:
            practice = a_practice(session, titled(f"Zebra {number} {round_}"))
            time.sleep(random.random() * 0.1)
            session.commit()
            if random.random() < 0.5:
                a_practice(session, titled(f"Giraffe {number} {round_}"), revises=practice)
                session.flush()
                time.sleep(random.random() * 0.1)
                session.commit()


def _titles(index: Index, word: str) -> set[int]:
    return {hit.id for hit in index.search(SearchRequest(word, per_page=100)).hits}


def test_followers_on_two_machines_end_equal_whatever_is_written_meanwhile(
    sessions: sessionmaker[Session], own_session: Session, tmp_path: Path
) -> None:
    indexes = [Index(tmp_path / name, facets=NAMES) for name in ("one", "other")]
    stop = threading.Event()
    with ThreadPoolExecutor() as pool:
        followers = [pool.submit(follower.Follower(sessions, index).run, stop) for index in indexes]
        try:
            for writer in [pool.submit(_write, sessions, number) for number in range(WRITERS)]:
                writer.result()
            last = follower.last_job(own_session)
            until = time.monotonic() + 30
            while any(index.position() != last for index in indexes) and time.monotonic() < until:
                time.sleep(0.05)
            time.sleep(2 * follower.PAUSE)
        finally:
            stop.set()
        for one in followers:
            one.result()
    own_session.expire_all()
    assert [index.position() for index in indexes] == [last, last]
    assert not any(follower.compare(own_session, index) for index in indexes)
    assert indexes[0].versions() == indexes[1].versions()
    for word in ("zebra", "giraffe"):
        titles = select(PracticeText.practice_id).where(PracticeText.title.ilike(f"{word}%"))
        expected = set(own_session.scalars(titles))
        assert [_titles(index, word) for index in indexes] == [expected, expected]


@pytest.mark.one_database
def test_two_followers_side_by_side_on_one_directory_do_no_harm(
    sessions: sessionmaker[Session], own_session: Session, index: Index
) -> None:
    followers = [follower.Follower(sessions, Index(index._path, facets=NAMES)) for _ in range(2)]
    for number in range(3):
        a_practice(own_session, titled(f"Zebra {number}"))
        own_session.commit()
        for one in followers[:: 1 if number % 2 else -1]:
            one.step()
    while sum(one.step() for one in followers):
        pass
    assert not follower.compare(own_session, index)
    assert len(_titles(index, "zebra")) == 3


@pytest.mark.one_database
def test_an_index_that_somebody_builds_from_an_earlier_state_is_caught_up_with_at_once(
    own_session: Session, following: follower.Follower, index: Index
) -> None:
    """As when `library index rebuild` has read the database before a change, and swaps its index in after it."""
    earlier, documents = follower.last_job(own_session), list(follower.all_documents(own_session))
    a_practice(own_session, titled("Zebra crossing watch"))
    own_session.commit()
    while following.step():
        pass
    assert _titles(index, "zebra")
    index.rebuild(documents, earlier)
    assert not _titles(index, "zebra")
    assert following.step() == 1
    assert _titles(index, "zebra")
    assert not follower.compare(own_session, index)


@pytest.mark.one_database
def test_a_database_that_was_put_back_under_a_running_follower_is_noticed_at_once(
    own_session: Session, following: follower.Follower, index: Index
) -> None:
    earlier = follower.last_job(own_session)
    a_practice(own_session, titled("Zebra crossing watch"))
    own_session.commit()
    while following.step():
        pass
    generation = index.status().generation
    own_session.execute(delete(IndexJob).where(IndexJob.id > earlier))
    own_session.commit()
    assert following.step() == 1
    assert index.status().generation != generation
    assert index.position() == earlier


@pytest.mark.one_database
def test_a_purge_that_a_full_disk_kept_is_made_up_for_without_another_job(
    own_session: Session, following: follower.Follower, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice = a_practice(own_session, titled("Zebra crossing watch"))
    a_practice(own_session, titled("Giraffe crossing watch"))
    own_session.commit()
    while following.step():
        pass

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("index.states.writing.merge", full)
        with pytest.raises(SearchIndexError, match="No space left"):
            index.apply([], [practice.id], follower.last_job(own_session))
    assert _holds(index, b"zebra"), "the words wait for room"
    monkeypatch.setattr(follower, "FINISH_EVERY", 0.0)
    assert following.step() == 0
    assert not _holds(index, b"zebra")


def _holds(index: Index, word: bytes) -> bool:
    files = (index._path / index.status().generation).iterdir()
    return any(word in file.read_bytes().lower() for file in files)
