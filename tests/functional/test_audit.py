"""The audit: who did what to which record when, for those who may know, and never what a record says."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from factories.people import signed_in
from factories.readers import Page, Reader
from factories.records import a_practice, an_account
from factories.submissions import a_submission, account_called
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.administration import queries
from library.auditing import audit
from library.choices import Role, SubmissionState
from library.models import Account, AuditEntry, now

AUDIT = "/en/admin/audit"
CSV = "/en/admin/audit.csv"


@pytest.fixture
def administrator(own_library: Flask) -> Reader:
    return signed_in(own_library, Role.ADMINISTRATOR, name="Anna")


@pytest.fixture
def adviser(own_library: Flask) -> Reader:
    return signed_in(own_library, Role.ADVISER, name="Vera")


@pytest.fixture
def ada(own_library: Flask, own_session: Session) -> Account:
    return account_called(own_session, an_account(own_library, Role.CONTRIBUTOR, email="ada@example.org", name="Ada"))


def rows(browser: Reader, query: str = "") -> list[str]:
    page = browser.read(AUDIT + query)
    return [" ".join("".join(item.itertext()).split()) for item in page.all("ol/li")]


def lines(browser: Reader, query: str = "") -> list[list[str]]:
    answer = browser.get(CSV + query)
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_each_deed_is_told_with_who_what_which_and_when(
    administrator: Reader, own_session: Session, ada: Account
) -> None:
    submission = a_submission(own_session, ada, state=SubmissionState.SUBMITTED)
    own_session.commit()
    last, before = rows(administrator, "?person=ada")
    assert "Ada" in last
    assert "Sent in" in last
    assert f"Submission {submission.id}" in last
    assert "Started" in before
    link = next(
        link for link in administrator.read(f"{AUDIT}?person=ada").all("ol//a") if "/people/" in link.get("href", "")
    )
    assert administrator.read(link.get("href", "")).heading == "Ada"


def test_a_code_that_has_no_words_is_shown_as_it_is(administrator: Reader, own_session: Session, ada: Account) -> None:
    audit(own_session, "thing.never-heard-of", actor=ada, subject=ada)
    own_session.commit()
    assert "thing.never-heard-of" in rows(administrator)[0]


def test_advisers_see_practices_and_what_was_sent_in_and_nothing_else(
    administrator: Reader, adviser: Reader, own_session: Session, ada: Account
) -> None:
    draft = a_submission(own_session, ada)
    sent = a_submission(own_session, ada, state=SubmissionState.SUBMITTED)
    practice = a_practice(own_session)
    audit(own_session, "account.grant-adviser", actor=ada, subject=ada)
    own_session.commit()
    seen = " ".join(rows(adviser))
    assert f"Submission {sent.id}" in seen
    assert next(text.title for text in practice.texts if text.language == practice.original_language) in seen
    assert f"Submission {draft.id}" not in seen.replace(f"Submission {sent.id}", "")
    assert "role" not in seen
    whole = " ".join(rows(administrator))
    assert f"Submission {draft.id}" in whole
    assert "Gave the role adviser" in whole
    assert not [line for line in lines(adviser) if line[5] == "account"]
    assert [line for line in lines(administrator) if line[5] == "account"]
    for asked in (f"?kind=submission&number={draft.id}", "?kind=account", "?action=account.grant-adviser"):
        assert rows(adviser, asked) == ["No entry fits."]


def test_the_audit_never_says_what_a_submission_is_called(
    administrator: Reader, adviser: Reader, own_session: Session, ada: Account
) -> None:
    submission = a_submission(own_session, ada, state=SubmissionState.SUBMITTED)
    submission.title = "A title that only its authors know"
    own_session.commit()
    for browser in (administrator, adviser):
        assert "only its authors" not in browser.read(AUDIT).markup
        assert "only its authors" not in str(lines(browser))


def test_entries_are_narrowed_by_person_action_record_and_period(
    administrator: Reader, own_session: Session, ada: Account
) -> None:
    for action, days in (("account.activate", 0), ("account.deactivate", 10), ("account.activate", 20)):
        entry = AuditEntry(action=action, actor_id=ada.id, subject_kind="account", subject_id=ada.id)
        entry.created_at = now() - timedelta(days=days)
        own_session.add(entry)
    own_session.commit()
    day = (now() - timedelta(days=10)).date()
    assert len(rows(administrator, "?person=ada@exam")) == 3
    assert len(rows(administrator, "?action=account.activate")) == 2
    assert len(rows(administrator, f"?kind=account&number={ada.id}")) == 3
    assert len(rows(administrator, f"?person=Ada&since={day}")) == 2
    assert len(rows(administrator, f"?person=Ada&until={day}")) == 2
    assert len(rows(administrator, f"?person=Ada&since={day}&until={day}")) == 1
    assert len(lines(administrator, f"?person=Ada&since={day}&until={day}")) == 2
    assert rows(administrator, "?person=nobody") == ["No entry fits."]


@pytest.mark.parametrize(
    "query",
    [
        "since=yesterday",
        "since=0001-01-01",
        "until=9999-12-31",
        "until=2026-02-30",
        "number=x",
        "number=0",
        "number=99999999999999999999",
        "number=²",
        "number=-1",
        "since=2026-02-02&until=2026-02-01",
    ],
)
def test_a_filter_that_cannot_be_read_says_so_and_asks_for_nothing(administrator: Reader, query: str) -> None:
    page = administrator.read(f"{AUDIT}?{query}")
    field = query.rpartition("&")[2].partition("=")[0]
    assert [link for link in page.all("a") if link.get("href") == f"#{field}"]
    assert page.by_id(field).get("value") == query.rpartition("=")[2]
    assert administrator.get(f"{CSV}?{query}").status_code == 200


def test_odd_choices_find_nothing_and_break_nothing(administrator: Reader) -> None:
    assert rows(administrator, "?action=%27%22&kind=nothing&page=-3&number=17") == ["No entry fits."]
    assert rows(administrator, "?person=" + "x" * 5000) == ["No entry fits."]


def test_a_long_audit_comes_in_pages_with_as_many_statements(
    administrator: Reader, own_session: Session, ada: Account, count_statements: object
) -> None:
    audit(own_session, "account.activate", actor=ada, subject=ada)
    own_session.commit()
    with count_statements() as few:  # type: ignore[operator]
        administrator.read(f"{AUDIT}?person=Ada")
    for _ in range(120):
        audit(own_session, "account.activate", actor=ada, subject=ada)
    own_session.commit()
    with count_statements() as many:  # type: ignore[operator]
        page = administrator.read(f"{AUDIT}?person=Ada")
    assert len(many.statements) == len(few.statements)
    assert "121 entries" in page.text
    assert len(rows(administrator, "?person=Ada")) == queries.ENTRIES_A_PAGE
    assert len(rows(administrator, "?person=Ada&page=3")) == 121 - 2 * queries.ENTRIES_A_PAGE
    assert [link for link in page.all("a") if link.get("href") == f"{AUDIT}?person=Ada&page=2"]


def test_the_file_holds_every_entry_however_many(
    administrator: Reader, own_session: Session, ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "ENTRIES_AT_ONCE", 7)
    for _ in range(30):
        audit(own_session, "account.activate", actor=ada, subject=ada)
    own_session.commit()
    head, *body = lines(administrator, "?person=Ada")
    assert head == ["time (UTC)", "person", "account", "code", "action", "record", "number"]
    assert len(body) == 30
    assert len({tuple(line) for line in lines(administrator)}) > 1
    numbers = own_session.scalars(select(AuditEntry.id).where(AuditEntry.actor_id == ada.id)).all()
    assert len(numbers) == 30
    answer = administrator.get(CSV)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'


@pytest.mark.parametrize("name", ["=1+1", "+SUM(A1)", "-2", "@x", "\tx", '=HYPERLINK("http://evil.example")'])
def test_a_name_that_a_spreadsheet_would_run_is_plain_text(
    administrator: Reader, own_session: Session, ada: Account, name: str
) -> None:
    ada.name = name
    audit(own_session, "account.activate", actor=ada, subject=ada)
    own_session.commit()
    [line] = [line for line in lines(administrator) if line[2] == str(ada.id)]
    assert line[1] == f"'{name}"


def test_an_entry_outlives_the_person_and_the_record(administrator: Reader, own_session: Session, ada: Account) -> None:
    audit(own_session, "account.activate", actor=ada, subject=ada)
    own_session.commit()
    number = ada.id
    own_session.delete(ada)
    own_session.commit()
    [first, *_] = rows(administrator)
    assert "erased" in first
    assert f"Account {number}" in first
    assert Page(administrator.get(AUDIT)).heading == "Audit"
