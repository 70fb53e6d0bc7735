"""What takes hours: ``make torture``. Not part of ``make test``.

``TORTURE_POSTS``, ``TORTURE_ROUNDS``, ``TORTURE_KILLS`` and ``TORTURE_SEED`` set how much of it, and which.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from factories.people import hidden
from factories.readers import Page
from factories.records import PASSWORD, an_account
from factories.submissions import a_submission, account_called
from flask.testing import FlaskClient
from fuzzing import FEW_PAGES, LEAVES, MOST_PAGES, Person, Report, bare_forms, send, walk

from benchmarks.drafts import WRITERS, prepare, race
from library.choices import Role, SubmissionState
from library.drafting import saving
from library.errors import EditedMeanwhile
from library.extensions import db

if TYPE_CHECKING:
    from factories.instances import Place
    from flask import Flask

POSTS = int(os.environ.get("TORTURE_POSTS", "1000000"))
ROUNDS = int(os.environ.get("TORTURE_ROUNDS", "1000"))
KILLS = int(os.environ.get("TORTURE_KILLS", "200"))
SEED = int(os.environ.get("TORTURE_SEED", "2026"))
ROLES = (Role.MEMBER, Role.CONTRIBUTOR, Role.ADVISER, Role.ADMINISTRATOR)
BEGIN = (
    "/en/",
    "/en/account",
    "/en/account/sign-in",
    "/en/submissions",
    "/en/submissions/new",
    "/en/review",
    "/en/admin",
    "/en/practices/dk-ssp",
    "/en/practices/dk-ssp/revisions",
    "/en/practices/dk-ssp/claim",
)
STATES = (
    SubmissionState.DRAFT,
    SubmissionState.SUBMITTED,
    SubmissionState.IN_REVIEW,
    SubmissionState.CHANGES_REQUESTED,
)
FRESH_EVERY = 20_000  # posts after which everybody signs in anew and walks the site as it has become
ROOT = Path(__file__).resolve().parents[2]


def test_no_form_can_be_filled_so_that_the_library_fails(
    own_library: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    chance, report, begun = random.Random(SEED), Report(), time.monotonic()
    own_library.test_client_class = FlaskClient
    for number in range(0, POSTS, FRESH_EVERY):
        people = _people(own_library, f"of-{number}")
        _post(own_library, people, min(FRESH_EVERY, POSTS - number), chance, report)
        done, spent = report.statuses.total(), time.monotonic() - begun
        with capsys.disabled():
            sys.stdout.write(f"\n{done:,} posts, {done / spent:.0f}/s: {dict(sorted(report.statuses.items()))}")
            sys.stdout.writelines(f"\n{failure}" for failure in report.failures[:20])
            sys.stdout.flush()
    missed = set(bare_forms(own_library)) - set(report.endpoints)
    assert not report.failures, "\n".join(report.failures[:20])
    assert not missed or POSTS < FRESH_EVERY, f"never posted to: {sorted(missed)}"
    assert report.statuses.total() == POSTS


def _post(app: Flask, people: list[Person], posts: int, chance: random.Random, report: Report) -> None:
    for number in range(posts):
        person = chance.choice(people)
        shown = [name for name, forms in person.forms.items() if forms[0].fields]
        endpoint = chance.choice(sorted(shown if chance.random() < 0.8 else person.forms))
        if endpoint in LEAVES and chance.random() < 0.95:
            endpoint = "submissions.new_post"
        form = chance.choice(person.forms[endpoint])
        answer, pairs = send(person, form, chance)
        report.statuses[answer.status_code] += 1
        report.endpoints[endpoint] += 1
        if answer.status_code >= 500:
            report.failures.append(f"{answer.status_code} {person.role} {form.action} {pairs!r:.2000}")
        if "/sign-in" in answer.headers.get("Location", "") and not _is_in(person) and not _signs_in(person):
            people[people.index(person)] = _again(app, person, number)  # they have left, or changed their password


def _people(app: Flask, name: str) -> list[Person]:
    """Return one person a role, who has something of everything and has looked at every page."""
    emails = {role: an_account(app, role, email=f"{role.value}-{name}@example.org") for role in ROLES}
    for role in ROLES[1:]:
        _has_written(app, emails[role], emails[Role.ADVISER])
    return [_walked(app, Person(role.value, email, app.test_client())) for role, email in emails.items()]


def _is_in(person: Person) -> bool:
    return person.client.get("/en/account").status_code == 200


def _signs_in(person: Person) -> bool:
    """Sign a person in, and take the token of the new session; return whether that went well."""
    page = Page(person.client.get("/en/account/sign-in"))
    form = {**hidden(page), "email": person.email, "password": PASSWORD}
    person.client.post("/en/account/sign-in", data=form, headers={"Referer": "https://localhost/"})
    account = person.client.get("/en/account")
    person.token = hidden(Page(account)).get("csrf_token", "") if account.status_code == 200 else ""
    return bool(person.token)


def _walked(app: Flask, person: Person, *, most: int = MOST_PAGES) -> Person:
    """Let a person sign in and find their forms, and give them those that no page shows."""
    assert _signs_in(person)
    walk(app, person, BEGIN, most=most)
    for endpoint, forms in bare_forms(app).items():
        person.forms.setdefault(endpoint, []).extend(forms[: 1 if person.forms.get(endpoint) else 3])
    return person


def _again(app: Flask, person: Person, number: int) -> Person:
    """Return somebody new with the same role, who has seen little, and knows the forms of whom they step in for."""
    role = Role(person.role)
    email = an_account(app, role, email=f"{role.value}-{number}-{uuid.uuid4().hex}@example.org")
    if role is not Role.MEMBER:
        _has_written(app, email, email)
    stand_in = _walked(app, Person(person.role, email, app.test_client()), most=FEW_PAGES)
    stand_in.forms = person.forms | {name: forms for name, forms in stand_in.forms.items() if forms[0].fields}
    return stand_in


def _has_written(app: Flask, author_email: str, adviser_email: str) -> None:
    """Give somebody submissions in many states, and one with an edit that waits for a choice."""
    with app.app_context():
        author, adviser = account_called(db.session, author_email), account_called(db.session, adviser_email)
        for state in STATES:
            a_submission(db.session, author, state=state, adviser=adviser)
        draft = a_submission(db.session, author)
        saving.save(db.session, draft, {"text.sv.title": "Ett"}, base=1, actor=author)
        with pytest.raises(EditedMeanwhile):
            saving.save(db.session, draft, {"text.sv.title": "Två"}, base=1, actor=author)
        db.session.commit()


def test_eight_people_save_one_draft_at_once_for_a_thousand_rounds(empty_place: Place) -> None:
    url = empty_place.url or f"sqlite:///{empty_place.instance / 'race.sqlite3'}"
    outcome = race(url.replace("postgresql://", "postgresql+psycopg://"), rounds=ROUNDS)
    assert len(outcome.winners) == ROUNDS
    assert len(outcome.kept) == ROUNDS * (WRITERS - 1)
    assert not outcome.lost


WRITING = """
import sys
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from library.drafting import saving
from library.models import Account, Submission
engine = create_engine(sys.argv[1])
with Session(engine) as session:
    draft, actor = session.get_one(Submission, int(sys.argv[2])), session.get_one(Account, int(sys.argv[3]))
    while True:
        text = f"Text {draft.version + 1}"
        saving.save(session, draft, {"text.sv.problem": text}, base=draft.version, actor=actor)
        session.commit()
        print(text, flush=True)
"""


@pytest.mark.one_database
def test_a_server_that_is_killed_while_it_saves_loses_nothing_it_has_acknowledged(empty_place: Place) -> None:
    from sqlalchemy import create_engine, text
    from sqlalchemy.orm import Session

    from library.models import Submission

    chance = random.Random(SEED)
    url = f"sqlite:///{empty_place.instance / 'kills.sqlite3'}"
    draft, people = prepare(url, 1)
    for _ in range(KILLS):
        command = [sys.executable, "-c", WRITING, url, str(draft), str(people[0])]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            first = process.stdout.readline()
            time.sleep(chance.random() * 0.2)
            process.send_signal(signal.SIGKILL)
            acknowledged = [first, *process.stdout.readlines()]
        last = [line for line in acknowledged if line.endswith("\n")][-1].split()[1]
        engine = create_engine(url)
        with Session(engine) as session:
            stored = session.get_one(Submission, draft)
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
            assert stored.version >= int(last), "an acknowledged save is gone"
            assert stored.document["text"]["sv"]["problem"] == f"Text {stored.version}", "half a save"
        engine.dispose()
