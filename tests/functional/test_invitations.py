"""Invitations: a letter lets in the one who holds it, once, and to nothing that its writer could not give."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from factories.letters import NEW_PASSWORD, last_letter, letters_to, link_in, send
from factories.people import hidden, sign_in
from factories.readers import Page, Reader
from factories.records import an_account
from factories.submissions import a_submission, account_called
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from library import inviting
from library.choices import Role, SubmissionState
from library.errors import InvalidTransition, NotFound, NotPermitted
from library.extensions import db
from library.mail import MailKind
from library.models import (
    Account,
    Concept,
    Invitation,
    Notice,
    Organisation,
    Submission,
    SubmissionEvent,
    now,
)

pytestmark = pytest.mark.one_database

GUEST = "linnea@example.org"


def invited(app: Flask, by: str, *, role: Role | None = None, writing: bool = False, **options: str) -> str:
    """Let somebody invite a guest and return the path of the link in the letter."""
    with app.test_request_context():
        session = db.session
        host = account_called(session, by)
        submission = a_submission(session, host) if writing else None
        where = options.get("organisation")
        body = session.scalars(select(Organisation).where(Organisation.slug == where)).one() if where else None
        agency = session.get(Concept, options["agency"]) if "agency" in options else None
        inviting.invite(
            session,
            email=options.get("email", GUEST),
            name="Linnea",
            language="en",
            by=host,
            role=role,
            organisation=body,
            submission=submission,
            agency=agency,
        )
        session.commit()
        kind = MailKind.CO_AUTHOR_INVITATION if writing else MailKind.INVITATION
        return link_in(last_letter(session, options.get("email", GUEST), kind), "/invitations/")


def a_municipality(session: Session) -> str:
    slug = session.scalars(select(Organisation.slug).order_by(Organisation.id).limit(1)).one()
    session.rollback()
    return slug


@pytest.fixture
def adviser(own_library: Flask) -> str:
    return an_account(own_library, Role.ADVISER, email="adviser@example.org", name="Agnes")


@pytest.mark.both_databases
def test_a_stranger_opens_an_account_with_the_role_and_organisation_of_the_letter(
    own_library: Flask, own_reader: Reader, own_session: Session, adviser: str
) -> None:
    body = a_municipality(own_session)
    link = invited(own_library, adviser, role=Role.CONTRIBUTOR, organisation=body)
    page = own_reader.read(link)
    assert "Agnes invites you" in page.text
    assert send(own_reader, link, name="Linnea", password=NEW_PASSWORD).status_code == 302
    guest = account_called(own_session, GUEST)
    assert [role.name for role in guest.roles] == [Role.CONTRIBUTOR]
    assert [place.slug for place in guest.organisations] == [body]
    assert GUEST in own_reader.read("/en/account").text, "and is signed in"


@pytest.mark.both_databases
def test_a_link_lets_in_once(own_library: Flask, own_reader: Reader, adviser: str) -> None:
    link = invited(own_library, adviser, role=Role.MEMBER)
    send(own_reader, link, name="Linnea", password=NEW_PASSWORD)
    second = own_library.test_client()
    assert isinstance(second, Reader)
    second.read(link, 404)


def test_following_the_link_accepts_nothing(
    own_library: Flask, own_reader: Reader, own_session: Session, adviser: str
) -> None:
    own_reader.read(invited(own_library, adviser, role=Role.MEMBER))
    assert own_session.scalars(select(Invitation)).one().accepted_at is None


@pytest.mark.both_databases
def test_a_co_author_joins_the_case_and_the_others_hear_of_it(
    own_library: Flask, own_reader: Reader, own_session: Session
) -> None:
    author = an_account(own_library, Role.CONTRIBUTOR, email="author@example.org", name="Astrid")
    link = invited(own_library, author, writing=True, agency="agencies/police")
    send(own_reader, link, name="Linnea", password=NEW_PASSWORD)
    submission = own_session.scalars(select(Submission)).one()
    joined = submission.authors[1]
    assert (joined.account.email, joined.agency_id, joined.position) == (GUEST, "agencies/police", 1)
    assert [role.name for role in joined.account.roles] == [Role.CONTRIBUTOR]
    steps = own_session.scalars(select(SubmissionEvent.step).where(SubmissionEvent.submission_id == submission.id))
    assert inviting.JOINED in steps.all()
    news = own_session.scalars(select(Notice).where(Notice.kind == MailKind.CO_AUTHOR_JOINED)).one()
    assert news.account_id == submission.authors[0].account_id


def test_who_has_an_account_signs_in_and_accepts(own_library: Flask, own_reader: Reader, own_session: Session) -> None:
    author = an_account(own_library, Role.CONTRIBUTOR, email="author@example.org")
    an_account(own_library, Role.MEMBER, email=GUEST)
    link = invited(own_library, author, writing=True)
    page = own_reader.read(link)
    assert not [box for box in page.all("input") if box.get("type") == "password"]
    browser = sign_in(own_library, GUEST)
    assert send(browser, link, f"{link}/accept").status_code == 303
    submission = own_session.scalars(select(Submission)).one()
    assert GUEST in [writer.account.email for writer in submission.authors]


def test_a_contributors_letter_makes_nobody_a_member_of_an_organisation(
    own_library: Flask, own_reader: Reader, own_session: Session
) -> None:
    author = an_account(own_library, Role.CONTRIBUTOR, email="author@example.org")
    body = a_municipality(own_session)
    link = invited(own_library, author, writing=True, organisation=body)
    send(own_reader, link, name="Linnea", password=NEW_PASSWORD)
    assert account_called(own_session, GUEST).organisations == []
    submission = own_session.scalars(select(Submission)).one()
    assert submission.authors[1].organisation is not None


@pytest.mark.parametrize(
    ("by", "role"),
    [
        (Role.ADVISER, Role.ADMINISTRATOR),
        (Role.CONTRIBUTOR, Role.CONTRIBUTOR),
        (Role.CONTRIBUTOR, Role.ADVISER),
        (Role.MEMBER, Role.MEMBER),
    ],
)
def test_nobody_gives_more_than_they_hold(own_library: Flask, own_session: Session, by: Role, role: Role) -> None:
    an_account(own_library, by, email="host@example.org")
    with pytest.raises(NotPermitted):
        invited(own_library, "host@example.org", role=role)
    assert not letters_to(own_session, GUEST)


def test_nobody_invites_to_a_case_of_others(own_library: Flask) -> None:
    author = an_account(own_library, Role.CONTRIBUTOR, email="author@example.org")
    other = an_account(own_library, Role.CONTRIBUTOR, email="other@example.org")
    with own_library.test_request_context():
        submission = a_submission(db.session, account_called(db.session, author))
        by = account_called(db.session, other)
        with pytest.raises(NotFound):
            inviting.invite(db.session, email=GUEST, name="", language="en", by=by, submission=submission)


@pytest.mark.both_databases
def test_a_new_letter_makes_the_old_one_worthless(own_library: Flask, own_reader: Reader, adviser: str) -> None:
    first = invited(own_library, adviser, role=Role.MEMBER)
    second = invited(own_library, adviser, role=Role.MEMBER)
    own_reader.read(first, 404)
    own_reader.read(second)


def test_a_letter_that_is_taken_back_lets_nobody_in(
    own_library: Flask, own_reader: Reader, own_session: Session, adviser: str
) -> None:
    link = invited(own_library, adviser, role=Role.MEMBER)
    kept = own_session.scalars(select(Invitation)).one()
    inviting.revoke(own_session, kept, by=account_called(own_session, adviser))
    own_session.commit()
    own_reader.read(link, 404)


def test_an_accepted_invitation_cannot_be_taken_back(
    own_library: Flask, own_reader: Reader, own_session: Session, adviser: str
) -> None:
    send(own_reader, invited(own_library, adviser, role=Role.MEMBER), name="Linnea", password=NEW_PASSWORD)
    kept = own_session.scalars(select(Invitation)).one()
    with pytest.raises(InvalidTransition):
        inviting.revoke(own_session, kept, by=account_called(own_session, adviser))


@pytest.mark.both_databases
def test_a_letter_is_good_for_two_weeks(
    own_library: Flask, own_reader: Reader, own_session: Session, adviser: str
) -> None:
    link = invited(own_library, adviser, role=Role.MEMBER)
    kept = own_session.scalars(select(Invitation)).one()
    assert timedelta(days=14) - (kept.expires_at - kept.created_at) < timedelta(seconds=5)
    own_session.execute(update(Invitation).values(expires_at=now() - timedelta(seconds=1)))
    own_session.commit()
    own_reader.read(link, 404)


@pytest.mark.both_databases
def test_nobody_joins_a_case_that_is_decided(own_library: Flask, own_reader: Reader, own_session: Session) -> None:
    author = an_account(own_library, Role.CONTRIBUTOR, email="author@example.org")
    link = invited(own_library, author, writing=True)
    declined = {"state": SubmissionState.DECLINED, "decided_at": now(), "submitted_at": now()}
    own_session.execute(update(Submission).values(**declined))
    own_session.commit()
    own_reader.read(link, 404)


@pytest.mark.both_databases
def test_of_two_at_once_only_one_gets_in(own_library: Flask, own_session: Session, adviser: str) -> None:
    token = invited(own_library, adviser, role=Role.MEMBER).rsplit("/", 1)[1]
    for email in ("one@example.org", "two@example.org"):
        an_account(own_library, email=email)
    with own_library.test_request_context():
        found = inviting.find(db.session, token)
        inviting.accept(
            own_session, own_session.get_one(Invitation, found.id), account_called(own_session, "one@example.org")
        )
        own_session.commit()
        with pytest.raises(NotFound):
            inviting.accept(db.session, found, account_called(db.session, "two@example.org"))
        db.session.rollback()


@pytest.mark.both_databases
def test_the_database_keeps_only_the_hash_of_the_secret(own_library: Flask, own_session: Session, adviser: str) -> None:
    token = invited(own_library, adviser, role=Role.MEMBER).rsplit("/", 1)[1]
    assert token.encode() not in own_session.scalars(select(Invitation.token_hash)).one()


def test_a_weak_password_is_refused_and_the_letter_stays_good(
    own_library: Flask, own_reader: Reader, own_session: Session, adviser: str
) -> None:
    link = invited(own_library, adviser, role=Role.MEMBER)
    answer = send(own_reader, link, name="Linnea", password="linnea")
    assert answer.status_code == 422
    assert Page(answer).by_id("name").get("value") == "Linnea"
    assert own_session.scalar(select(Account.id).where(Account.email == GUEST)) is None
    own_session.rollback()
    again = own_reader.read(link)
    fields = {**hidden(again), "name": "Linnea", "password": NEW_PASSWORD}
    assert own_reader.post(link, data=fields).status_code == 302


def test_an_account_is_needed_to_accept_with_one(own_library: Flask, own_reader: Reader, adviser: str) -> None:
    link = invited(own_library, adviser, role=Role.MEMBER)
    token = hidden(own_reader.read(link))["csrf_token"]
    answer = own_reader.post(f"{link}/accept", data={"csrf_token": token})
    assert answer.status_code == 302
    assert "sign-in" in answer.location


def test_the_first_administrator_is_invited_by_a_command(
    own_library: Flask, own_reader: Reader, own_session: Session
) -> None:
    done = own_library.test_cli_runner().invoke(args=["invite", GUEST, "--name", "Linnea"])
    assert done.exit_code == 0, done.output
    link = urlsplit(done.output.strip()).path
    assert link == link_in(last_letter(own_session, GUEST, MailKind.INVITATION), "/invitations/")
    send(own_reader, link, name="Linnea", password=NEW_PASSWORD)
    assert [role.name for role in account_called(own_session, GUEST).roles] == [Role.ADMINISTRATOR]
    again = own_library.test_cli_runner().invoke(args=["invite", GUEST])
    assert again.exit_code == 1
