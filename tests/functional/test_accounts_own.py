"""One's own account: details, address, password, sessions, data, and leaving."""

from __future__ import annotations

import json

import pytest
from factories.letters import NEW_PASSWORD, last_letter, letters_to, link_in, send
from factories.people import hidden, sign_in
from factories.readers import Page, Reader
from factories.records import PASSWORD, a_practice, an_account
from factories.submissions import a_submission, account_called
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.accounts import queries
from library.choices import MailChoice, Role, SubmissionState
from library.mail import MailKind
from library.models import Account, Base, Comment, PracticeAuthor, ServerSession, Submission, SubmissionAuthor

pytestmark = pytest.mark.one_database

ACCOUNT = "/en/account"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def email(own_library: Flask) -> str:
    return an_account(own_library, Role.CONTRIBUTOR, email="ada@example.org", name="Ada")


def is_in(browser: Reader) -> bool:
    return browser.get(ACCOUNT).status_code == 200


# --- details and address ---


@pytest.mark.both_databases
def test_name_language_and_mail_are_changed(own_library: Flask, own_session: Session, email: str) -> None:
    browser = sign_in(own_library, email)
    answer = send(browser, f"{ACCOUNT}/details", name=" Ada Berg ", language="fi", mail=MailChoice.DECISIONS.value)
    assert answer.status_code == 303
    account = account_called(own_session, email)
    assert (account.name, account.language, account.mail) == ("Ada Berg", "fi", MailChoice.DECISIONS)


@pytest.mark.parametrize(
    "fields", [{"name": ""}, {"language": "tlh"}, {"mail": "none"}, {"name": "A\u202eB"}, {"name": "x" * 201}]
)
def test_details_that_make_no_sense_are_refused(own_library: Flask, email: str, fields: dict[str, str]) -> None:
    typed = {"name": "Ada", "language": "en", "mail": "all", **fields}
    answer = send(sign_in(own_library, email), f"{ACCOUNT}/details", **typed)
    assert answer.status_code == 422
    assert Page(answer).by_class("ds-error-summary")


@pytest.mark.both_databases
def test_a_new_address_counts_when_its_letter_is_followed_and_the_old_one_is_told(
    own_library: Flask, own_reader: Reader, own_session: Session, email: str
) -> None:
    browser = sign_in(own_library, email)
    assert send(browser, f"{ACCOUNT}/email", email="Ada.Berg@example.org").status_code == 303
    link = link_in(last_letter(own_session, "ada.berg@example.org", MailKind.CONFIRM_ADDRESS), "/email/confirm/")
    own_reader.read(link)
    assert account_called(own_session, email), "following the link is no deed"
    own_session.rollback()
    assert send(own_reader, link).status_code == 303
    assert account_called(own_session, "ada.berg@example.org")
    last_letter(own_session, email, MailKind.ACCOUNT_CHANGED)
    own_reader.read(link, 404)


@pytest.mark.both_databases
def test_an_address_of_somebody_else_is_not_given_away(own_library: Flask, own_session: Session, email: str) -> None:
    other = an_account(own_library, Role.MEMBER, email="other@example.org")
    browser = sign_in(own_library, email)
    taken = send(browser, f"{ACCOUNT}/email", email=other)
    free = send(browser, f"{ACCOUNT}/email", email="free@example.org")
    assert (taken.status_code, taken.location) == (free.status_code, free.location)
    last_letter(own_session, other, MailKind.ADDRESS_TAKEN)


def test_a_link_to_a_new_address_dies_with_a_new_password(own_library: Flask, own_session: Session, email: str) -> None:
    browser = sign_in(own_library, email)
    send(browser, f"{ACCOUNT}/email", email="thief@example.org")
    link = link_in(last_letter(own_session, "thief@example.org", MailKind.CONFIRM_ADDRESS), "/email/confirm/")
    send(browser, f"{ACCOUNT}/password", password=NEW_PASSWORD)
    browser.read(link, 404)


@pytest.mark.both_databases
def test_a_new_password_ends_all_other_sessions(own_library: Flask, own_session: Session, email: str) -> None:
    here, elsewhere = sign_in(own_library, email), sign_in(own_library, email)
    assert send(here, f"{ACCOUNT}/password", password=NEW_PASSWORD).status_code == 303
    assert is_in(here)
    assert not is_in(elsewhere)
    last_letter(own_session, email, MailKind.ACCOUNT_CHANGED)


# --- sessions ---


def with_browser(app: Flask, email: str, user_agent: str) -> Reader:
    browser = app.test_client()
    assert isinstance(browser, Reader)
    browser.environ_base["HTTP_USER_AGENT"] = user_agent
    page = browser.read(f"{ACCOUNT}/sign-in")
    browser.post(f"{ACCOUNT}/sign-in", data={**hidden(page), "email": email, "password": PASSWORD})
    return browser


@pytest.mark.both_databases
def test_somebody_sees_their_sessions_and_ends_one(own_library: Flask, email: str) -> None:
    other = with_browser(own_library, email, FIREFOX)
    here = sign_in(own_library, email)
    page = here.read(f"{ACCOUNT}/sessions")
    assert "Firefox on Windows" in page.text
    assert page.text.count("This browser") == 1
    name = hidden(page)["session"]
    assert send(here, f"{ACCOUNT}/sessions", f"{ACCOUNT}/sessions/end", session=name).status_code == 303
    assert not is_in(other)
    assert is_in(here)


def test_nobody_ends_the_session_of_somebody_else(own_library: Flask, own_session: Session, email: str) -> None:
    other = sign_in(own_library, an_account(own_library, Role.MEMBER, email="other@example.org"))
    theirs = own_session.scalars(select(ServerSession.token_hash).where(ServerSession.account_id.is_not(None))).one()
    own_session.rollback()
    browser = sign_in(own_library, email)
    for name in (theirs.hex(), "zz", "", "00" * 500):
        assert send(browser, f"{ACCOUNT}/sessions", f"{ACCOUNT}/sessions/end", session=name).status_code == 303
    assert is_in(other)


@pytest.mark.both_databases
def test_all_other_sessions_end_at_once(own_library: Flask, email: str) -> None:
    others = [sign_in(own_library, email) for _ in range(2)]
    here = sign_in(own_library, email)
    assert send(here, f"{ACCOUNT}/sessions", f"{ACCOUNT}/sessions/end-others").status_code == 303
    assert [is_in(other) for other in others] == [False, False]
    assert is_in(here)


# --- data ---


@pytest.mark.both_databases
def test_the_file_holds_what_the_library_knows_and_no_secret(
    own_library: Flask, own_session: Session, email: str
) -> None:
    author = account_called(own_session, email)
    other = account_called(own_session, an_account(own_library, Role.ADVISER, email="other@example.org"))
    case = a_submission(own_session, author, state=SubmissionState.SUBMITTED)
    foreign = a_submission(own_session, other)
    own_session.add(Comment(submission_id=case.id, field="title", author_id=author.id, body="Mine, and kept"))
    own_session.add(Comment(submission_id=case.id, field="title", author_id=other.id, body="By somebody else"))
    own_session.commit()
    browser = sign_in(own_library, email)
    answer = browser.get(f"{ACCOUNT}/data.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    told = json.loads(answer.data)
    assert told["account"]["email"] == email
    assert told["roles"] == ["contributor"]
    assert [entry["id"] for entry in told["submissions"]] == [case.id]
    assert told["submissions"][0]["document"] == case.document
    assert [comment["body"] for comment in told["comment"]] == ["Mine, and kept"]
    assert {entry["action"] for entry in told["audit_entry"]} >= {"submission.submit"}
    assert len(told["server_session"]) == 1
    assert foreign.id not in [entry["id"] for entry in told["submissions"]]
    kept = author.password
    assert kept
    for secret in (kept, author.fs_uniquifier, "argon2", "By somebody else"):
        assert secret not in answer.get_data(as_text=True)


@pytest.mark.both_databases
def test_every_column_that_names_a_person_is_told_of(own_session: Session) -> None:
    """A table that is added later must say who made its rows, or it tells only that it names somebody."""
    known = {f"{table}.{column}" for table, column in queries.MADE_BY.items()}
    followed = {f"{table.name}.{column.name}" for table, column in queries._references()}
    assert known <= followed, "MADE_BY names columns that are no more"
    untold = {f"{table.name}" for table, _ in queries._references() if "id" not in table.c} - set(queries.MADE_BY)
    assert untold <= {"assessment"}, "rows without a number of their own would be left out"
    assert all(name.split(".")[1] in Base.metadata.tables[name.split(".")[0]].c for name in queries.NEVER_TOLD)


# --- leaving ---


def leave(browser: Reader, email: str, **fields: str) -> int:
    return send(browser, f"{ACCOUNT}/erase", email=email, **fields).status_code


@pytest.mark.both_databases
def test_leaving_takes_the_account_its_sessions_and_what_it_wrote_alone(
    own_library: Flask, own_session: Session, email: str
) -> None:
    author = account_called(own_session, email)
    other = account_called(own_session, an_account(own_library, Role.CONTRIBUTOR, email="other@example.org"))
    alone = a_submission(own_session, author).id
    sent = a_submission(own_session, author, state=SubmissionState.SUBMITTED).id
    together = a_submission(own_session, author)
    together.authors.append(SubmissionAuthor(account=other, position=1))
    own_session.commit()
    together_id = together.id
    elsewhere, browser = sign_in(own_library, email), sign_in(own_library, email)
    assert leave(browser, email) == 303
    assert not is_in(elsewhere)
    assert not is_in(browser)
    own_session.expire_all()
    assert own_session.scalar(select(Account.id).where(Account.email == email)) is None
    assert own_session.get(Submission, alone) is None
    assert own_session.get_one(Submission, sent).state is SubmissionState.WITHDRAWN
    kept = own_session.get_one(Submission, together_id)
    assert [writer.account.email for writer in kept.authors] == ["other@example.org"]
    last_letter(own_session, email, MailKind.ACCOUNT_ERASED)
    assert all(letter.account_id is None for letter in letters_to(own_session, email))


@pytest.mark.both_databases
@pytest.mark.parametrize("keeps", [True, False])
def test_the_name_stays_on_practices_only_where_they_want_it(
    own_library: Flask, own_session: Session, email: str, keeps: bool
) -> None:
    author = account_called(own_session, email)
    practice = a_practice(own_session)
    own_session.add(PracticeAuthor(practice_id=practice.id, account_id=author.id, position=0, name="Ada"))
    own_session.commit()
    fields = {"keep_credit": "y"} if keeps else {}
    assert leave(sign_in(own_library, email), email, **fields) == 303
    own_session.rollback()
    credits = [(row.name, row.account_id) for row in own_session.scalars(select(PracticeAuthor))]
    assert credits == ([("Ada", None)] if keeps else [])


@pytest.mark.parametrize("typed", ["", "no", "other@example.org"])
def test_nobody_leaves_by_a_slip(own_library: Flask, own_session: Session, email: str, typed: str) -> None:
    assert leave(sign_in(own_library, email), typed) == 422
    assert account_called(own_session, email)


@pytest.mark.both_databases
def test_the_last_administrator_stays(own_library: Flask, own_session: Session) -> None:
    email = an_account(own_library, Role.ADMINISTRATOR, email="admin@example.org")
    an_account(own_library, Role.ADMINISTRATOR, email="closed@example.org", active=False)
    browser = sign_in(own_library, email)
    page = browser.read(f"{ACCOUNT}/erase")
    assert "only administrator" in page.text
    token = hidden(browser.read(f"{ACCOUNT}/details"))["csrf_token"]
    answer = browser.post(f"{ACCOUNT}/erase", data={"csrf_token": token, "email": email})
    assert answer.status_code == 403
    an_account(own_library, Role.ADMINISTRATOR, email="second@example.org")
    assert leave(browser, email) == 303
    assert own_session.scalar(select(func.count()).select_from(Account).where(Account.email == email)) == 0


def test_a_name_that_no_page_shows_does_not_outlive_its_account(
    own_library: Flask, own_session: Session, email: str
) -> None:
    author = account_called(own_session, email)
    own_session.add(
        PracticeAuthor(
            practice_id=a_practice(own_session).id, account_id=author.id, position=0, name="Ada", credited=False
        )
    )
    own_session.commit()
    assert leave(sign_in(own_library, email), email, keep_credit="y") == 303
    own_session.rollback()
    assert own_session.scalars(select(PracticeAuthor)).all() == []
