"""The part ``relabel``: a concept that 5,000 practices carry gets another word, and search shows it.

The adviser's deed is the product's own verb; the follower runs beside it as the worker runs it. The clock starts with
the deed, and stops when a search for the new word finds the first of the practices, and when it finds all of them.
``python -m benchmarks.relabel``.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Final

import click
from flask import Flask
from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session

from benchmarks.installation import installed
from benchmarks.machine import circumstances
from benchmarks.tables import keep
from index import SearchRequest
from library.choices import PracticeState
from library.extensions import db
from library.indexing import follower
from library.indexing.search import index_of_app
from library.models import Account, Practice, PracticeConcept
from library.vocabulary.desk_queries import mark, words_of
from library.vocabulary.desk_services import say

RECORDS: Final = 6_000
CARRYING: Final = 5_000
CONCEPT: Final = "themes/hate"
PATIENCE: Final = 600.0  # seconds
PAUSE: Final = 0.02  # seconds between two looks

Row = dict[str, Any]


def measure(folder: Path, *, records: int = RECORDS, carrying: int = CARRYING) -> list[Row]:
    """Return the row of one relabelling.

    :raises AssertionError: if search does not show it in time.
    """
    [installation] = installed(folder, [records])
    with installation.app() as app:
        _spread(db.session, carrying)
        follower.rebuild(db.session, index_of_app())
        db.session.commit()
        stop = threading.Event()
        following = follower.Follower(db.sessionmaker, index_of_app())
        while following.step():
            pass
        thread = threading.Thread(target=_follow, args=(app, following, stop))
        thread.start()
        try:
            return [_row(records, carrying)]
        finally:
            stop.set()
            thread.join()


def _follow(app: Flask, following: follower.Follower, stop: threading.Event) -> None:
    with app.app_context():
        following.run(stop)


def _spread(session: Session, carrying: int) -> None:
    """Let exactly so many practices carry the concept itself, and none through what lies below it."""
    published = select(Practice.id).where(Practice.state == PracticeState.PUBLISHED).order_by(Practice.id)
    wanted = list(session.scalars(published.limit(carrying)))
    session.execute(PracticeConcept.__table__.delete().where(PracticeConcept.concept_id.like("themes/%")))
    rows = [{"practice_id": number, "concept_id": CONCEPT, "position": 0} for number in wanted]
    session.execute(insert(PracticeConcept), rows)
    session.commit()


def _row(records: int, carrying: int) -> Row:
    word = f"quux{int(time.time())}"
    statements: list[str] = []
    listen = ("before_cursor_execute", lambda *about: statements.append(about[2]))
    event.listen(db.engine, *listen)
    begun = time.perf_counter()
    _relabel(db.session, word)
    committed = time.perf_counter()
    event.remove(db.engine, *listen)
    first = _found(word, 1)
    last = _found(word, carrying)
    row = {
        "records": records,
        "carrying": carrying,
        "saved_s": round(committed - begun, 2),
        "first_s": round(first - begun, 2),
        "all_s": round(last - begun, 2),
        "sql_statements": len(statements),
    }
    click.echo("  ".join(f"{name} {value}" for name, value in row.items()))
    return row


def _relabel(session: Session, word: str) -> None:
    adviser = Account(email=f"{word}@example.org", fs_uniquifier=word)
    session.add(adviser)
    session.flush()
    said = words_of(session, CONCEPT)
    wanted = {**said, "labels": {**said["labels"], "da": word}}
    say(session, CONCEPT, wanted, actor=adviser, seen=mark(said))
    session.commit()


def _found(word: str, wanted: int) -> float:
    """Return when a search for a word first found so many practices."""
    until = time.perf_counter() + PATIENCE
    while time.perf_counter() < until:
        if index_of_app().search(SearchRequest(text=word, language="da", per_page=1)).total >= wanted:
            return time.perf_counter()
        time.sleep(PAUSE)
    raise AssertionError(f"search did not find {wanted} practices in {PATIENCE} s")


def main() -> None:
    """Measure and keep the row."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.relabel", description=__doc__)
    parser.add_argument("--records", type=int, default=RECORDS, help="practices in the library")
    parser.add_argument("--carrying", type=int, default=CARRYING, help="practices that carry the concept")
    parser.add_argument("--data", type=Path, help="keep the library in this folder, and use the one that is there")
    parser.add_argument("--note", default="", help="a sentence to keep with the results")
    wanted = parser.parse_args()
    about = circumstances()
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        rows = measure(wanted.data or Path(folder), records=wanted.records, carrying=wanted.carrying)
    keep("relabel", rows, about, note=wanted.note)


if __name__ == "__main__":
    main()
