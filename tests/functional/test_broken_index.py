"""An index that breaks under way: readers get titles, an operator one line, and the follower a new index."""

from __future__ import annotations

import gc
import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from click.testing import Result
from factories.documents import titled
from factories.instances import KEPT
from factories.readers import Reader
from factories.records import a_practice, practice_called
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from index import Index, SearchIndexError
from library.extensions import db
from library.indexing import follower
from library.indexing.facets import NAMES
from library.models import Practice

# Whoosh leaves files open when it fails to read them; the interpreter closes them, and says so.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(autouse=True)
def _files_left_open() -> Iterator[None]:
    """Let the interpreter say it here, and not in whatever test comes after."""
    yield
    gc.collect()


def folder(app: Flask) -> Path:
    return Path(app.config["INDEX_PATH"])


def scramble(app: Flask) -> None:
    """Overwrite the segments where they lie, so that those who have them open read noise."""
    for file in folder(app).glob("gen-*/*.arrays"):
        with file.open("r+b") as opened:
            opened.write(Random(3).randbytes(file.stat().st_size))


def lose(app: Flask, pattern: str) -> None:
    for file in folder(app).glob(f"gen-*/{pattern}"):
        file.unlink()


def told(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name == "library.indexing.search"]


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=list(words))


# --- while reading ---


@pytest.mark.one_database
def test_damage_in_an_open_index_is_logged_once_and_mended(
    own_library: Flask,
    own_session: Session,
    own_reader: Reader,
    following: follower.Follower,
    index: Index,
    caplog: pytest.LogCaptureFixture,
) -> None:
    scramble(own_library)
    for _ in range(3):
        page = own_reader.read("/en/practices?q=cooperation")
        assert "being rebuilt" in page.text
    own_reader.read(f"/en/practices/{practice_called(own_session, 'dk-ssp').slug}")
    (record,) = told(caplog)
    assert record.levelno == logging.ERROR
    assert "damaged" in record.getMessage()
    assert record.exc_info
    assert "changed by somebody else" in str(record.exc_info[1])
    assert own_reader.get("/readyz").status_code == 503

    elsewhere = Index(folder(own_library), facets=NAMES)
    assert elsewhere.position() is None, "other processes are kept from it too"
    assert following.step() == 1
    assert "being rebuilt" not in own_reader.read("/en/practices?q=cooperation").text
    assert own_reader.get("/readyz").status_code == 200
    assert elsewhere.position() == index.position() == follower.last_job(own_session)
    assert not follower.compare(own_session, index)


@pytest.mark.one_database
def test_the_next_damage_is_logged_again(
    own_library: Flask, own_reader: Reader, following: follower.Follower, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        scramble(own_library)
        own_reader.read("/en/practices?q=cooperation")
        following.step()
        own_reader.read("/en/practices?q=cooperation")
    assert len(told(caplog)) == 2


@pytest.mark.one_database
def test_the_follower_says_what_was_wrong(
    own_library: Flask, own_reader: Reader, following: follower.Follower, caplog: pytest.LogCaptureFixture
) -> None:
    scramble(own_library)
    own_reader.read("/en/practices?q=cooperation")
    following.step()
    (warning,) = [record for record in caplog.records if record.name == follower.__name__]
    assert "damaged" in warning.getMessage()
    assert "is marked" in warning.getMessage()


# --- while writing ---


@pytest.mark.one_database
@pytest.mark.parametrize("pattern", ["*.arrays", "*.toc"])
def test_a_file_that_vanished_under_way_leads_to_a_new_index(
    own_library: Flask,
    own_session: Session,
    own_reader: Reader,
    following: follower.Follower,
    index: Index,
    pattern: str,
) -> None:
    generation = index.status().generation
    lose(own_library, pattern)
    a_practice(own_session, titled("Zebra crossing watch"), revises=practice_called(own_session, "dk-ssp"))
    own_session.commit()
    while following.step():
        pass
    assert index.status().generation != generation
    assert not follower.compare(own_session, index)
    found = own_reader.get("/api/v1/practices", query_string={"q": "zebra"}).json["items"]
    assert [item["title"] for item in found] == ["Zebra crossing watch"]


class Clock(threading.Event):
    """A stop that notes how long a follower would wait instead of waiting, and rings after so many waits."""

    def __init__(self, rings: int, then: dict[int, Callable[[], object]] | None = None) -> None:
        super().__init__()
        self.waits: list[float] = []
        self._rings = rings
        self._then = then or {}

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.waits.append(timeout)
        self._then.get(len(self.waits), lambda: None)()
        if len(self.waits) == self._rings:
            self.set()
        return self.is_set()


@pytest.mark.one_database
def test_a_follower_that_fails_tries_ever_later_and_starts_afresh_after_a_success(
    own_library: Flask, index: Index, caplog: pytest.LogCaptureFixture
) -> None:
    path = folder(own_library)

    def stand_in_the_way() -> None:
        index.close()
        shutil.rmtree(path)
        path.write_text("a file where the index should be")

    stand_in_the_way()
    clock = Clock(15, {10: path.unlink, 12: stand_in_the_way})
    with own_library.app_context():
        one = follower.Follower(db.sessionmaker, index)
        with pytest.raises(SearchIndexError):
            one.step()
        one.run(clock)
    failing, quiet, again = clock.waits[:10], clock.waits[10:12], clock.waits[12:]
    assert failing == [0.25, 0.5, 1, 2, 4, 8, 16, 32, 60, 60]
    assert quiet == [follower.PAUSE] * 2
    assert again == [0.25, 0.5, 1]
    assert "trying again in 60.0 s" in caplog.text


# --- now and then ---


def test_what_no_job_tells_of_is_found_within_the_hour(
    own_session: Session, following: follower.Follower, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_session.execute(
        update(Practice).where(Practice.id == practice_called(own_session, "dk-ssp").id).values(version=99)
    )
    own_session.commit()
    assert following.step() == 0
    assert follower.compare(own_session, index)
    monkeypatch.setattr(follower, "COMPARE_EVERY", 0.0)
    assert following.step() == 1
    assert not follower.compare(own_session, index)


def test_a_job_later_than_the_window_is_found_within_the_hour(
    database: str,
    own_session: Session,
    following: follower.Follower,
    index: Index,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if database == "sqlite":
        pytest.skip("SQLite has one writer at a time: numbers follow commits")
    monkeypatch.setattr(follower, "WINDOW", 2)
    with db.sessionmaker() as slow:
        a_practice(slow, titled("Zebra slow"))
        for number in range(4):
            a_practice(own_session, titled(f"Zebra {number}"))
            own_session.commit()
        while following.step():
            pass
        slow.commit()
    assert following.step() == 0
    assert follower.compare(own_session, index).missing
    monkeypatch.setattr(follower, "COMPARE_EVERY", 0.0)
    assert following.step() == 1
    assert not follower.compare(own_session, index)


@pytest.mark.one_database
def test_a_long_queue_is_read_a_piece_at_a_time_and_to_its_end(
    own_session: Session, following: follower.Follower, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "WINDOW", 4)
    monkeypatch.setattr(follower, "BATCH", 2)
    for number in range(7):
        a_practice(own_session, titled(f"Zebra {number}"))
    own_session.commit()
    rounds = []
    while done := following.step():
        rounds.append(done)
    assert max(rounds) == 2
    assert sum(rounds) >= 7
    assert index.position() == follower.last_job(own_session)
    assert not follower.compare(own_session, index)


# --- as an administrator mends it ---


@pytest.mark.one_database
@pytest.mark.parametrize("harm", [lambda app: shutil.rmtree(folder(app)), lambda app: lose(app, "*.arrays")])
def test_check_with_repair_builds_an_index_that_cannot_be_used(
    own_library: Flask, index: Index, harm: Callable[[Flask], None]
) -> None:
    index.close()
    harm(own_library)
    assert run(own_library, "index", "check").exit_code == 1, "looking mends nothing"
    mended = run(own_library, "index", "check", "--repair")
    assert mended.exit_code == 0
    assert mended.output.startswith("search index ")
    assert "Building the index" in mended.output
    assert "index and database agree" in run(own_library, "index", "check").output
    assert index.status().documents == len(KEPT)


@pytest.mark.one_database
def test_check_with_repair_rebuilds_what_turns_out_damaged_when_mending(
    own_library: Flask, own_session: Session, index: Index
) -> None:
    assert index.position() is not None
    own_session.execute(
        update(Practice).where(Practice.id == practice_called(own_session, "dk-ssp").id).values(version=99)
    )
    own_session.commit()
    lose(own_library, "*.arrays")
    mended = run(own_library, "index", "check", "--repair")
    assert mended.exit_code == 0
    assert "stale 1" in mended.output
    assert "damaged" in mended.output
    assert "index and database agree" in run(own_library, "index", "check").output
