"""The ``library`` command, as an administrator types it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from click.testing import Result
from factories.documents import titled
from factories.instances import KEPT, Place
from factories.records import a_practice, practice_called
from factories.watching import Ledger
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from library.extensions import alembic
from library.indexing.search import index_of_app
from library.models import Concept, Practice
from library.vocabulary.services import SCHEMES

Open = Callable[..., Flask]


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=list(words))


def test_a_new_machine_gets_every_table_and_vocabulary(empty_place: Place, open_library: Open) -> None:
    app = open_library(empty_place)
    done = run(app, "setup", "--no-starter")
    assert done.exit_code == 0, done.output
    with app.app_context():
        assert not alembic.needs_upgrade()
        assert index_of_app().status().documents == 0
    assert app.test_client().get("/en/practices").status_code == 200


def test_the_starter_library_is_whole(library: Flask, session: Session) -> None:
    assert session.scalar(select(func.count()).select_from(Practice)) == 101
    with library.app_context():
        assert index_of_app().status().documents == 101


def test_setting_up_again_is_quick_and_changes_nothing(
    own_library: Flask, count_statements: Callable[[], AbstractContextManager[Ledger]]
) -> None:
    started = time.monotonic()
    with count_statements() as ledger:
        done = run(own_library, "setup")
    assert done.exit_code == 0
    assert done.output == ""
    assert time.monotonic() - started < 3
    assert not ledger.committed


def test_setting_up_again_keeps_what_people_wrote(own_library: Flask, own_session: Session) -> None:
    practice = practice_called(own_session, "dk-ssp")
    practice.texts[0].title = "Our own words"
    own_session.commit()
    assert run(own_library, "setup").exit_code == 0
    own_session.expire_all()
    assert practice_called(own_session, "dk-ssp").texts[0].title == "Our own words"


def test_setting_up_builds_an_index_that_is_missing(own_library: Flask) -> None:
    with own_library.app_context():
        index_of_app().close()
    shutil.rmtree(own_library.config["INDEX_PATH"])
    assert "Building the index" in run(own_library, "setup").output
    assert "index and database agree" in run(own_library, "index", "check").output


def test_migrations_lead_down_and_up_again(own_library: Flask) -> None:
    with own_library.app_context():
        assert not alembic.compare_metadata(), "models and migrations differ"
        alembic.downgrade("base")
        assert alembic.needs_upgrade()
        alembic.upgrade()
        assert not alembic.compare_metadata()


# --- the index ---


def test_status_says_what_the_index_holds_and_how_far_it_is(own_library: Flask, own_session: Session) -> None:
    done = run(own_library, "index", "status")
    assert done.exit_code == 0
    lines = dict(line.split(None, 1) for line in done.output.splitlines())
    assert lines["documents"] == str(len(KEPT))
    assert "(0 behind)" in lines["position"]
    a_practice(own_session, titled("One more"))
    own_session.commit()
    assert "(0 behind)" not in run(own_library, "index", "status").output


@pytest.mark.parametrize("command", ["status", "check"])
@pytest.mark.one_database
def test_a_missing_index_is_named_in_words(own_library: Flask, command: str) -> None:
    shutil.rmtree(own_library.config["INDEX_PATH"])
    done = run(own_library, "index", command)
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    assert "Traceback" not in done.output


def test_check_finds_what_differs_and_repairs_it_when_told(own_library: Flask, own_session: Session) -> None:
    assert run(own_library, "index", "check").exit_code == 0
    ids = [practice_called(own_session, name).id for name in KEPT[:2]]
    own_session.execute(update(Practice).where(Practice.id.in_(ids)).values(version=99))
    own_session.commit()
    found = run(own_library, "index", "check")
    assert (found.exit_code, found.output.strip()) == (1, "missing 0, stale 2, surplus 0")
    assert run(own_library, "index", "check").exit_code == 1, "looking mends nothing"
    mended = run(own_library, "index", "check", "--repair")
    assert mended.exit_code == 0
    assert "repaired" in mended.output
    assert run(own_library, "index", "check").exit_code == 0


def test_rebuild_writes_a_new_generation(own_library: Flask) -> None:
    folder = Path(own_library.config["INDEX_PATH"])
    before = (folder / "CURRENT").read_text()
    done = run(own_library, "index", "rebuild")
    assert done.exit_code == 0
    assert (folder / "CURRENT").read_text() != before
    assert run(own_library, "index", "check").exit_code == 0


# --- vocabularies ---


@pytest.mark.one_database
def test_a_vocabulary_is_printed_as_turtle(own_library: Flask, own_session: Session) -> None:
    done = run(own_library, "vocabulary", "export", "agencies")
    assert done.exit_code == 0
    assert "<agencies/police> a skos:Concept" in done.output
    assert "library.invalid" not in done.output
    count = own_session.scalar(select(func.count()).where(Concept.scheme_code == "agencies"))
    assert done.output.count("a skos:Concept ;") == count


@pytest.mark.one_database
def test_an_unknown_vocabulary_is_refused_with_those_there_are(own_library: Flask) -> None:
    done = run(own_library, "vocabulary", "export", "none")
    assert done.exit_code == 2
    assert all(scheme in done.output for scheme in SCHEMES)
