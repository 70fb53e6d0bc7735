"""Counting searches and readings: what is counted, what never is, and that no page waits for it."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from factories.instances import Place, running
from factories.people import signed_in
from factories.records import practice_called
from factories.watching import Ledger
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from library import counting
from library.choices import Role
from library.counting import heap, writing
from library.extensions import db
from library.models import ConceptTally, ReadTally, SearchTally, now

Count = Callable[[], AbstractContextManager[Ledger]]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
NOTHING = "zeppelin"


@pytest.fixture(autouse=True)
def nothing_counted(module_library: Flask) -> None:
    """Begin each test as a fresh process on empty tables."""
    with module_library.app_context():
        writing.counting_of(module_library).start_afresh()
        for table in (SearchTally, ConceptTally, ReadTally):
            db.session.execute(delete(table))
        db.session.commit()


@pytest.fixture
def practice(module_library: Flask) -> tuple[int, str]:
    """A practice's number and address."""
    with module_library.app_context():
        found = practice_called(db.session, "dk-ssp")
        return found.id, f"/en/practices/{found.slug}"


def browse(app: Flask, address: str, *, agent: str = FIREFOX, network: str = "192.0.2.1", **headers: str) -> Any:
    return app.test_client().get(
        address,
        headers={"User-Agent": agent, **{name.replace("_", "-"): value for name, value in headers.items()}},
        environ_base={"REMOTE_ADDR": network},
    )


def written(app: Flask) -> None:
    with app.app_context():
        counting.flush()


def reads(app: Flask) -> dict[int, int]:
    written(app)
    with app.app_context():
        return {row.practice_id: row.reads for row in db.session.scalars(select(ReadTally))}


def words(app: Flask) -> dict[str, tuple[int, int]]:
    written(app)
    with app.app_context():
        return {row.words: (row.searches, row.found) for row in db.session.scalars(select(SearchTally))}


def concepts(app: Flask) -> dict[str, int]:
    written(app)
    with app.app_context():
        return {row.concept_id: row.searches for row in db.session.scalars(select(ConceptTally))}


# --- readings ----------------------------------------------------------------------------------------------------


def test_each_reader_counts_once_a_day(module_library: Flask, practice: tuple[int, str]) -> None:
    identifier, address = practice
    for _ in range(20):
        browse(module_library, address)
    browse(module_library, address, agent=CHROME)
    browse(module_library, address, network="192.0.2.2")
    browse(module_library, address.replace("/en/", "/sv/"))

    assert reads(module_library) == {identifier: 3}
    browse(module_library, address, network="192.0.2.3")
    browse(module_library, address)
    assert reads(module_library) == {identifier: 4}, "what is written is added to, and nobody counts again for it"


def test_who_changes_the_half_of_an_address_that_is_theirs_counts_once(
    module_library: Flask, practice: tuple[int, str]
) -> None:
    for number in range(5):
        browse(module_library, practice[1], network=f"2001:db8:1:2::{number}")
    browse(module_library, practice[1], network="2001:db8:1:3::1")

    assert reads(module_library) == {practice[0]: 2}


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "curl/8.5.0",
        "Googlebot/2.1 (+http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36",
        "python-requests/2.32",
    ],
)
def test_robots_do_not_count(module_library: Flask, practice: tuple[int, str], agent: str) -> None:
    browse(module_library, practice[1], agent=agent)

    assert not reads(module_library)


def test_a_telephone_whose_name_ends_like_a_robots_counts(module_library: Flask, practice: tuple[int, str]) -> None:
    browse(
        module_library, practice[1], agent="Mozilla/5.0 (Linux; Android 12; CUBOT P60) Chrome/142.0 Mobile Safari/537"
    )

    assert reads(module_library)


@pytest.mark.parametrize(
    "header", [{"Sec_Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X_Moz": "prefetch"}]
)
def test_a_page_that_is_fetched_ahead_does_not_count(
    module_library: Flask, practice: tuple[int, str], header: dict[str, str]
) -> None:
    browse(module_library, practice[1], **header)

    assert not reads(module_library)


def test_asking_for_the_headers_alone_does_not_count(module_library: Flask, practice: tuple[int, str]) -> None:
    client = FlaskClient(module_library, module_library.response_class)
    assert client.head(practice[1], headers={"User-Agent": FIREFOX}).status_code == 200

    assert not reads(module_library)


def test_those_at_the_desk_do_not_count_and_members_do(module_library: Flask, practice: tuple[int, str]) -> None:
    for role in (Role.ADVISER, Role.ADMINISTRATOR):
        signed_in(module_library, role, email=f"{role}-reads@example.org").get(
            practice[1], headers={"User-Agent": FIREFOX}
        )
    assert not reads(module_library)

    member = signed_in(module_library, Role.MEMBER, email="member-reads@example.org")
    member.get(practice[1], headers={"User-Agent": FIREFOX})
    assert reads(module_library)


def test_a_page_that_is_not_there_counts_nothing(module_library: Flask) -> None:
    assert browse(module_library, "/en/practices/nothing-here").status_code == 404
    assert not reads(module_library)


# --- searches ----------------------------------------------------------------------------------------------------


def test_words_that_found_nothing_are_counted_in_one_spelling(module_library: Flask) -> None:
    browse(module_library, f"/en/practices?q={NOTHING}")
    browse(module_library, f"/en/practices?q=%20{NOTHING.upper()}!", network="192.0.2.2")
    browse(module_library, f'/en/practices?q="{NOTHING}"')

    assert words(module_library) == {NOTHING: (2, 0)}, "the first reader asked twice"


def test_words_that_found_enough_are_not_stored(module_library: Flask) -> None:
    browse(module_library, "/en/practices?q=police")

    assert not words(module_library)


def test_words_that_are_not_found_together_count_as_not_found(module_library: Flask) -> None:
    browse(module_library, f"/en/practices?q=police+{NOTHING}")

    assert words(module_library) == {f"police {NOTHING}": (1, 0)}


def test_what_filters_narrow_says_nothing_of_its_words(module_library: Flask) -> None:
    browse(module_library, f"/en/practices?q={NOTHING}&agency=police")
    browse(module_library, f"/en/practices?q={NOTHING}+-school")
    browse(module_library, f"/en/practices?q={NOTHING}&page=2")

    assert not words(module_library)


def test_concepts_are_counted_by_filter_and_by_word_once_a_reader(module_library: Flask) -> None:
    browse(module_library, "/en/practices?agency=police&theme=made-up&country=se")
    browse(module_library, "/en/practices?agency=police&agency=schools")
    browse(module_library, "/sv/practices?q=Polisen+skola", network="192.0.2.2")

    found = concepts(module_library)
    assert found["agencies/police"] == 2
    assert found["agencies/schools"] >= 1
    assert found["countries/se"] == 1
    assert not [identifier for identifier in found if "made-up" in identifier]


@pytest.mark.parametrize(
    "typed",
    [
        "010190-1234",
        "kalle 131052-308T",
        "ring 20 12 34 56",
        "anna@example.org",
        "https://example.org/secret?token=1",
        "Mohammed Hansen",
        "anna berg skolan",
        "eleven Vilde Johansen",
        "12345",
        "!!",
        "z" * 81,
        "one two three four five six seven eight nine",
    ],
)
def test_words_that_may_be_about_a_person_are_never_stored(module_library: Flask, typed: str) -> None:
    client = module_library.test_client()
    client.get("/en/practices", query_string={"q": typed}, headers={"User-Agent": FIREFOX})

    assert not words(module_library)


def test_searches_of_machines_and_robots_are_not_counted(module_library: Flask) -> None:
    browse(module_library, f"/api/v1/practices?q={NOTHING}")
    browse(module_library, f"/en/practices?q={NOTHING}", agent="curl/8")

    assert not words(module_library)


# --- what it costs, and what it cannot be made to do ---------------------------------------------------------------


def test_a_page_asks_nothing_more_of_the_database(
    module_library: Flask, practice: tuple[int, str], count_statements: Count
) -> None:
    for address in (practice[1], f"/en/practices?q={NOTHING}&agency=police"):
        browse(module_library, address, agent="curl/8")
        with count_statements() as uncounted:
            browse(module_library, address, agent="curl/8")
        with count_statements() as counted:
            browse(module_library, address)
        assert len(counted.statements) == len(uncounted.statements)
        assert not counted.committed


def test_one_reader_leaves_no_more_notes_than_a_day_holds(
    module_library: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heap, "MOST_OF_A_READER", 5)
    for number in range(9):
        browse(module_library, f"/en/practices?q={NOTHING}{chr(97 + number)}")
    browse(module_library, f"/en/practices?q={NOTHING}", network="192.0.2.2")

    assert len(words(module_library)) == 6


def test_made_up_words_fill_neither_memory_nor_table(module_library: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heap, "MOST_WORDS", 4)
    monkeypatch.setattr(heap, "MOST_WAITING", 6)
    for number in range(9):
        browse(module_library, f"/en/practices?q={NOTHING}{chr(97 + number)}", network=f"192.0.2.{number}")
    assert len(writing.counting_of(module_library)._heap) == 6
    assert len(words(module_library)) == 4

    browse(module_library, f"/en/practices?q={NOTHING}a", network="192.0.2.200")
    assert words(module_library)[f"{NOTHING}a"] == (2, 0), "those that were stored are counted still"


def test_a_new_day_forgets_who_has_read(
    module_library: Flask, practice: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    browse(module_library, practice[1])
    tomorrow = now() + timedelta(days=1)
    monkeypatch.setattr(heap, "now", lambda: tomorrow)
    browse(module_library, practice[1])
    written(module_library)

    with module_library.app_context():
        rows = db.session.scalars(select(ReadTally).order_by(ReadTally.day)).all()
        assert [(row.day, row.reads) for row in rows] == [(now().date(), 1), (tomorrow.date(), 1)]


def test_a_practice_that_is_gone_keeps_no_other_from_being_counted(
    module_library: Flask, practice: tuple[int, str]
) -> None:
    writing.counting_of(module_library).reading("somebody", 987_654_321)
    browse(module_library, practice[1])

    assert reads(module_library) == {practice[0]: 1}


def test_what_cannot_be_written_now_is_written_later(
    module_library: Flask, practice: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    browse(module_library, practice[1])
    browse(module_library, "/en/practices?agency=police")

    def broken(*_: object) -> None:
        raise OSError("no database")

    for name in ("current", "_store"):
        with monkeypatch.context() as patch, module_library.app_context():
            patch.setattr(writing, name, broken)
            with pytest.raises(OSError, match="no database"):
                counting.flush()
    assert reads(module_library) == {practice[0]: 1}
    assert concepts(module_library) == {"agencies/police": 1}


def test_many_threads_lose_nothing(module_library: Flask, practice: tuple[int, str]) -> None:
    tally = writing.counting_of(module_library)

    def read(thread: int) -> None:
        for number in range(50):
            tally.reading(f"{thread}-{number}", practice[0])
            if not number % 20:
                tally.write()

    threads = [threading.Thread(target=read, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert reads(module_library) == {practice[0]: 200}


def test_a_thread_writes_by_itself_and_ends_when_there_is_nothing_to_write(
    module_library: Flask, practice: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tally = writing.counting_of(module_library)
    monkeypatch.setattr(tally, "_every", 0.02)
    tally.reading("somebody", practice[0])  # not by a page: whoever watches its statements would see the thread's too
    thread = tally._thread
    assert thread is not None
    thread.join(5)

    assert tally._thread is None
    with module_library.app_context():
        assert db.session.scalars(select(ReadTally.reads)).all() == [1]


def test_a_thread_that_cannot_write_says_so_and_tries_again(
    module_library: Flask,
    practice: tuple[int, str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    tally = writing.counting_of(module_library)
    monkeypatch.setattr(tally, "_every", 0.02)
    store, failures = writing._store, iter([True])

    def once_broken(session: Session, tallies: writing.Tallies) -> None:
        if next(failures, False):
            raise OSError("no database")
        store(session, tallies)

    monkeypatch.setattr(writing, "_store", once_broken)
    with caplog.at_level(logging.ERROR, "library.counting"):
        tally.reading("somebody", practice[0])
        thread = tally._thread
        assert thread is not None
        thread.join(5)

    assert "counts could not be written" in caplog.text
    with module_library.app_context():
        assert db.session.scalars(select(ReadTally.reads)).all() == [1]


# --- processes ---------------------------------------------------------------------------------------------------

FORKING = """
import os, sys
from pathlib import Path
from config import TestConfig
from library import counting
from library.app import create_app
from library.counting import writing
from library.extensions import db

app = create_app(TestConfig(instance=Path(sys.argv[1]), database_url=sys.argv[3] or None))
tally = writing.counting_of(app)
tally.reading("before the fork", int(sys.argv[2]))
with tally._heap.lock:  # as if another thread held it just then
    child = os.fork()
    if child == 0:
        tally.reading("in the child", int(sys.argv[2]))
        sys.exit()
assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.one_database
def test_processes_that_fork_count_apart_and_write_what_is_left_when_they_end(own_place: Place) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORKING, str(own_place.instance), "1", own_place.url or ""],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    with running(own_place) as app, app.app_context():
        assert db.session.scalars(select(ReadTally.reads)).all() == [2], "the child did not write its parent's note too"
