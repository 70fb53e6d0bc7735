"""The index follows the database: in order, after any mishap, and within a second."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from factories.documents import titled
from factories.instances import KEPT
from factories.readers import Reader
from factories.records import a_practice, follow, practice_called
from flask import Flask
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from index import Index
from library.extensions import db
from library.indexing import follower
from library.models import IndexJob, Practice


def found(reader: Reader, query: str) -> list[str]:
    return [item["title"] for item in reader.get("/api/v1/practices", query_string={"q": query}).json["items"]]


def test_what_is_published_is_found_after_one_step(
    following: follower.Follower, own_session: Session, own_reader: Reader
) -> None:
    a_practice(own_session, titled("Zebra crossing watch"))
    own_session.commit()
    assert found(own_reader, "zebra") == []
    assert following.step() > 0
    assert found(own_reader, "zebra") == ["Zebra crossing watch"]
    assert following.step() == 0


def test_the_last_of_many_changes_is_what_is_found(
    following: follower.Follower, own_session: Session, own_reader: Reader
) -> None:
    practice = a_practice(own_session, titled("Zebra one"))
    for name in ("Zebra two", "Zebra three"):
        a_practice(own_session, titled(name), revises=practice)
        own_session.commit()
    following.step()
    assert found(own_reader, "zebra") == ["Zebra three"]


@pytest.mark.one_database
def test_more_jobs_than_fit_one_commit_are_all_applied(
    following: follower.Follower, own_session: Session, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "BATCH", 3)
    for number in range(5):
        a_practice(own_session, titled(f"Zebra {number}"))
    own_session.commit()
    while following.step():
        pass
    assert not follower.compare(own_session, index)
    assert index.position() == follower.last_job(own_session)


def test_a_save_shows_within_a_second(
    own_library: Flask, own_session: Session, own_reader: Reader, index: Index
) -> None:
    stop = threading.Event()
    with own_library.app_context():
        thread = threading.Thread(target=follower.Follower(db.sessionmaker, index).run, args=(stop,))
    thread.start()
    try:
        time.sleep(0.6)  # its first round compares everything
        a_practice(own_session, titled("Zebra crossing watch"))
        own_session.commit()
        saved = time.monotonic()
        while not found(own_reader, "zebra") and time.monotonic() < saved + 10:
            time.sleep(0.02)
        took = time.monotonic() - saved
    finally:
        stop.set()
        thread.join()
    assert took < 2.5, "a second on a quiet machine, with room for a busy one"


def test_a_job_that_becomes_visible_after_a_later_one_is_not_missed(
    database: str, own_library: Flask, following: follower.Follower, own_session: Session, own_reader: Reader
) -> None:
    if database == "sqlite":
        pytest.skip("SQLite has one writer at a time: numbers follow commits")
    with db.sessionmaker() as slow:
        a_practice(slow, titled("Zebra slow"))
        a_practice(own_session, titled("Zebra quick"))
        own_session.commit()
        following.step()
        assert found(own_reader, "zebra") == ["Zebra quick"]
        slow.commit()
    following.step()
    assert sorted(found(own_reader, "zebra")) == ["Zebra quick", "Zebra slow"]


# --- at its start a follower trusts nothing ---


def test_a_stale_practice_is_mended_at_the_start(own_library: Flask, own_session: Session, index: Index) -> None:
    ids = [practice_called(own_session, name).id for name in ("dk-ssp", "no-slt")]
    own_session.execute(update(Practice).where(Practice.id.in_(ids)).values(version=Practice.version + 5))
    own_session.commit()
    assert follower.compare(own_session, index).stale == set(ids)
    follow(own_library)
    assert not follower.compare(own_session, index)


def test_a_missing_and_a_surplus_practice_are_mended_at_the_start(
    own_library: Flask, own_session: Session, own_reader: Reader, index: Index
) -> None:
    gone = practice_called(own_session, "dk-ssp")
    index.apply([], [gone.id], follower.last_job(own_session))
    hidden = practice_called(own_session, "no-slt")
    own_session.execute(
        update(Practice)
        .where(Practice.id == hidden.id)
        .values(state="archived", archive_reason="Straight in the database")
    )
    own_session.commit()
    difference = follower.compare(own_session, index)
    assert (difference.missing, difference.surplus, difference.stale) == ({gone.id}, {hidden.id}, set())
    follow(own_library)
    assert not follower.compare(own_session, index)


def test_jobs_that_were_pruned_before_a_follower_saw_them_do_no_harm(
    own_library: Flask, own_session: Session, own_reader: Reader, index: Index
) -> None:
    a_practice(own_session, titled("Zebra crossing watch"))
    own_session.commit()
    own_session.execute(delete(IndexJob))
    own_session.commit()
    follow(own_library)
    assert found(own_reader, "zebra") == ["Zebra crossing watch"]
    assert not follower.compare(own_session, index)


# --- an index that cannot be used is rebuilt ---


def delete_it(path: Path) -> None:
    shutil.rmtree(path)


def empty_it(path: Path) -> None:
    delete_it(path)
    path.mkdir(mode=0o700)


def truncate_its_files(path: Path) -> None:
    for file in path.rglob("*"):
        if file.is_file():
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def fill_it_with_noise(path: Path) -> None:
    for file in path.rglob("*"):
        if file.is_file():
            file.write_bytes(b"\x93noise" * (file.stat().st_size // 6 + 1))


def lose_the_generation(path: Path) -> None:
    for generation in path.glob("gen-*"):
        shutil.rmtree(generation)


def open_it_to_others(path: Path) -> None:
    path.chmod(0o777)


@pytest.mark.one_database
@pytest.mark.parametrize(
    "harm",
    [delete_it, empty_it, truncate_its_files, fill_it_with_noise, lose_the_generation, open_it_to_others],
)
def test_an_index_that_was_harmed_is_rebuilt_and_readers_are_told_meanwhile(
    own_library: Flask, own_session: Session, own_reader: Reader, index: Index, harm: Callable[[Path], None]
) -> None:
    index.close()
    harm(Path(own_library.config["INDEX_PATH"]))
    page = own_reader.read("/en/practices?q=ssp")
    assert "being rebuilt" in page.text
    assert page.slugs, "titles are searched meanwhile"
    own_reader.read("/en/")
    own_reader.read(f"/en/practices/{practice_called(own_session, 'dk-ssp').slug}")
    assert own_reader.get("/api/v1/practices").status_code == 503
    assert own_reader.get("/readyz").status_code == 503
    assert own_reader.get("/healthz").status_code == 200
    assert follow(own_library) > 0
    assert "being rebuilt" not in own_reader.read("/en/practices?q=ssp").text
    assert own_reader.get("/readyz").status_code == 200
    assert not follower.compare(own_session, index)


@pytest.mark.one_database
def test_an_index_ahead_of_its_database_is_foreign_and_rebuilt(
    own_library: Flask, own_session: Session, index: Index
) -> None:
    generation = index.status().generation
    index.apply([], [], follower.last_job(own_session) + 1000)
    follow(own_library)
    assert index.status().generation != generation
    assert index.position() == follower.last_job(own_session)


@pytest.mark.one_database
def test_an_index_that_goes_missing_while_it_is_followed_is_rebuilt(
    own_library: Flask, following: follower.Follower, own_reader: Reader, index: Index
) -> None:
    index.close()
    delete_it(Path(own_library.config["INDEX_PATH"]))
    assert following.step() == 1
    assert own_reader.get("/api/v1/practices").json["total"] == len(KEPT)


def test_old_jobs_are_forgotten_once_every_follower_had_time(own_session: Session) -> None:
    before = follower.last_job(own_session)
    own_session.execute(insert(IndexJob), [{"practice_id": 1}] * (follower.WINDOW + 10))
    own_session.execute(update(IndexJob).values(created_at=datetime(2020, 1, 1, tzinfo=UTC)))
    follower.prune(own_session)
    own_session.commit()
    assert follower.last_job(own_session) == before + follower.WINDOW + 10
    assert own_session.scalar(select(func.count()).select_from(IndexJob)) == follower.WINDOW + 1
