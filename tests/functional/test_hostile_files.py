"""Two hundred hostile files and more: each is refused with the expected reason, or comes in harmless."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from factories.harmless_files import HARMLESS
from factories.hostile_documents import Hostile
from factories.hostile_files import hostile
from factories.people import hidden, send_files, signed_in
from factories.readers import Reader
from factories.submissions import a_submission, account_called
from flask import Flask
from sqlalchemy import select

from library.attachments.checks import checked
from library.attachments.reasons import Reason, Refused
from library.attachments.storage import store_of_app
from library.choices import Role
from library.extensions import db
from library.models import Attachment

ALL = hostile()
ROOT = Path(__file__).resolve().parents[2]
MOST_MEMORY = 200  # MB, the whole process with the interpreter and the application


def test_there_are_two_hundred_and_no_two_are_the_same() -> None:
    assert len(ALL) >= 200
    assert len({(one.title, one.filename) for one in ALL}) == len(ALL)


def test_every_reason_of_the_checks_is_met() -> None:
    of_quotas = {Reason.SUBMISSION_FULL, Reason.ACCOUNT_FULL, Reason.TOO_MANY, Reason.AT_ONCE}
    assert {one.expected for one in ALL if one.expected} == set(Reason) - of_quotas


@pytest.mark.parametrize("one", [one for one in ALL if one.expected], ids=lambda one: one.title)
def test_it_is_refused_with_its_reason(one: Hostile) -> None:
    with pytest.raises(Refused) as refused, checked(io.BytesIO(one.make()), one.filename):
        pass

    assert refused.value.reason is one.expected


@pytest.mark.parametrize("one", [one for one in ALL if not one.expected], ids=lambda one: one.title)
def test_it_comes_in_harmless(one: Hostile) -> None:
    with checked(io.BytesIO(one.make()), one.filename) as harmless:
        content = harmless.stream.read()

        assert not (one.gone and one.gone in content)
        assert one.called in ("", harmless.filename)
        assert not set(harmless.filename) & set('<>:"|?*\\/;`$\r\n\x00')
        assert len(harmless.filename) <= 150


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_file_is_taken(name: str) -> None:
    with checked(io.BytesIO(HARMLESS[name]()), name) as taken:
        assert taken.size > 0


@pytest.mark.one_database
def test_nothing_of_a_refused_file_is_kept(own_library: Flask) -> None:
    author = signed_in(own_library, Role.CONTRIBUTOR)
    with own_library.app_context():
        submission = a_submission(db.session, account_called(db.session, "contributor@example.org"))
        db.session.commit()
        draft = submission.id
    token = hidden(author.read(f"/en/submissions/{draft}/files"))
    refused = [one for one in ALL if one.expected and one.filename and "\x00" not in one.filename]

    said = [line for n in range(0, len(refused), 10) for line in _refusals(author, draft, token, refused[n : n + 10])]

    assert len(said) == len(refused)
    with own_library.app_context():
        assert not list(db.session.scalars(select(Attachment)))
        assert not list(store_of_app().all())


def _refusals(author: Reader, draft: int, token: dict[str, str], batch: list[Hostile]) -> list[str]:
    sent = [(one.make(), one.filename) for one in batch]
    answer = send_files(author, f"/en/submissions/{draft}/files/add", token, *sent)
    assert answer.status_code == 422, answer.status
    return re.findall("<p>“[^”]*” was not added: ", answer.text)


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read as Linux says it")
def test_all_of_them_are_checked_in_bounded_memory(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.files", str(tmp_path)]
    measured = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    figures = json.loads(measured.stdout)

    assert figures["files"] == len(ALL)
    assert figures["refused"] + figures["harmless"] == len(ALL)
    assert figures["peak_mb"] < MOST_MEMORY
