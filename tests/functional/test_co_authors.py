"""Writing together: invitations, one's own part and its confirmation, leaving and being taken off the list."""

from __future__ import annotations

import threading

import pytest
from factories.documents import a_document
from factories.people import hidden, sign_in, signed_in
from factories.readers import Page, Reader
from factories.records import an_account
from factories.submissions import a_submission, account_called
from flask import Flask
from sqlalchemy import select

from library import inviting
from library.choices import Role, SubmissionState
from library.errors import NotPermitted
from library.extensions import db
from library.models import Invitation, Mail, Notice, Submission, SubmissionAuthor
from library.submissions import services

pytestmark = pytest.mark.one_database

CARL, OLGA, PIA = "carl@example.org", "olga@example.org", "pia@example.org"


@pytest.fixture
def carl(own_library: Flask) -> Reader:
    """The browser of the first author of submission 1; two others have accounts."""
    browser = signed_in(own_library, Role.CONTRIBUTOR, email=CARL, name="Carl")
    an_account(own_library, Role.CONTRIBUTOR, email=OLGA, name="Olga")
    an_account(own_library, Role.MEMBER, email=PIA, name="Pia")
    with own_library.app_context():
        a_submission(db.session, account_called(db.session, CARL))
        db.session.commit()
    return browser


@pytest.fixture
def olga(own_library: Flask, carl: Reader) -> Reader:
    """The browser of a second author, who writes for the police."""
    with own_library.app_context():
        submission = db.session.get_one(Submission, 1)
        submission.authors.append(
            SubmissionAuthor(account=account_called(db.session, OLGA), position=1, agency_id="agencies/police")
        )
        db.session.commit()
    return sign_in(own_library, OLGA)


def send(browser: Reader, deed: str, status: int = 303, **data: str) -> Page:
    """Send one of the forms of the authors' page and return what comes."""
    token = hidden(browser.read("/en/submissions"))
    answer = browser.post(f"/en/submissions/1/authors/{deed}", data={**token, **data})
    assert answer.status_code == status, answer.get_data(as_text=True)
    return Page(browser.get(answer.location)) if status == 303 else Page(answer)


def invite(browser: Reader, status: int = 303, **data: str) -> Page:
    asked = {"name": "Pia", "email": PIA, "agency": "agencies/police", "organisation": "", "language": "sv"}
    return send(browser, "invite", status, **asked | data)


# --- invitations -------------------------------------------------------------------------------------------------


def test_the_answer_to_an_invitation_tells_nobody_who_has_an_account(own_library: Flask, carl: Reader) -> None:
    known = invite(carl).text
    unknown = invite(carl, email="nobody@example.org").text

    assert known.count(PIA) == unknown.count(PIA) == 1
    with own_library.app_context():
        kinds = db.session.execute(select(Mail.kind, Mail.language, Mail.address).order_by(Mail.id)).all()
        assert [tuple(row) for row in kinds] == [
            ("co-author-invitation", "sv", PIA),
            ("co-author-invitation", "sv", "nobody@example.org"),
        ]


@pytest.mark.both_databases
def test_whoever_accepts_joins_with_the_agency_and_the_others_hear_of_it(own_library: Flask, carl: Reader) -> None:
    invite(carl)
    with own_library.app_context():
        pia = account_called(db.session, PIA)
        inviting.accept(db.session, db.session.scalars(select(Invitation)).one(), pia)
        db.session.commit()

    page = carl.read("/en/submissions/1/authors")

    assert "Police" in page.text
    assert "Pia joined as author" in carl.read("/en/submissions/1").text
    assert "Pia" in sign_in(own_library, PIA).read("/en/submissions/1/authors").text
    with own_library.app_context():
        assert db.session.scalars(select(Notice.kind)).all() == ["co-author-joined"]


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("name", "", "Enter a name"),
        ("name", "a" * 201, "Write at most 200 characters"),
        ("name", "Pia\x01", "unreadable"),
        ("email", "", "Enter an e-mail address"),
        ("email", "pia", "Enter an e-mail address like name@example.org"),
        ("email", CARL.upper(), "This is your own address"),
        ("email", "pia@example.org\r\nBcc: all@example.org", "Enter an e-mail address"),
        ("agency", "themes/youth-crime", "Not a valid choice"),
        ("organisation", "no-such-body", "Not a valid choice"),
        ("language", "de", "Not a valid choice"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_the_rest_is_kept(
    carl: Reader, field: str, typed: str, message: str
) -> None:
    kept = "Pia" if field != "name" else typed
    page = invite(carl, status=422, **{field: typed})

    assert message in " ".join(page.by_id(f"{field}-error").itertext())
    assert page.by_id(field).get("aria-invalid") == "true"
    assert page.by_id("name").get("value") == kept


@pytest.mark.both_databases
def test_an_open_invitation_is_sent_again_with_a_new_letter_and_taken_back(own_library: Flask, carl: Reader) -> None:
    invite(carl)
    first = secrets_of(own_library)

    page = send(carl, f"invitations/{invitations(own_library)[0]}/resend")
    second = secrets_of(own_library)
    assert len(second) == 1
    assert second != first
    assert page.text.count(PIA) == 1

    page = send(carl, f"invitations/{invitations(own_library)[0]}/revoke")
    assert PIA not in page.text
    assert not invitations(own_library)


def test_an_invitation_to_something_else_is_not_found(own_library: Flask, carl: Reader) -> None:
    with own_library.app_context():
        olga = account_called(db.session, OLGA)
        other = a_submission(db.session, olga)
        inviting.invite(db.session, email=PIA, name="Pia", language="en", by=olga, submission=other)
        db.session.commit()
    number = invitations(own_library)[0]

    for deed in ("resend", "revoke"):
        send(carl, f"invitations/{number}/{deed}", status=404)
    assert invitations(own_library) == [number]


def invitations(app: Flask) -> list[int]:
    with app.app_context():
        return list(db.session.scalars(select(Invitation.id).order_by(Invitation.id)))


def secrets_of(app: Flask) -> list[bytes]:
    with app.app_context():
        return list(db.session.scalars(select(Invitation.token_hash)))


@pytest.mark.both_databases
def test_only_so_many_invitations_may_be_open(own_library: Flask, carl: Reader) -> None:
    with own_library.app_context():
        submission, actor = db.session.get_one(Submission, 1), account_called(db.session, CARL)
        for number in range(services.MOST_INVITATIONS):
            address = f"somebody{number}@example.org"
            inviting.invite(db.session, email=address, name="S", language="en", by=actor, submission=submission)
        db.session.commit()

    assert "Take one back first" in invite(carl, status=422).text


# --- one's own part ----------------------------------------------------------------------------------------------


def test_each_author_says_for_whom_and_whether_to_be_named(carl: Reader, olga: Reader) -> None:
    page = send(olga, "own-part", own_agency="agencies/schools", own_organisation="se-malmo")

    assert "Schools" in page.text
    assert "Not named on the page" in page.text
    assert "Not named on the page" in carl.read("/en/submissions/1/authors").text


@pytest.mark.both_databases
def test_a_confirmation_shows_and_the_others_hear_of_it_once(own_library: Flask, carl: Reader, olga: Reader) -> None:
    assert "The part of Police is right" in olga.read("/en/submissions/1/authors").text

    for _ in range(2):
        page = send(olga, "confirm")

    assert "You have said that it is right" in page.text
    assert "Police Has confirmed" in carl.read("/en/submissions/1").text
    assert carl.read("/en/submissions/1").text.count("Olga confirmed their part") == 1
    with own_library.app_context():
        assert db.session.scalars(select(Notice.kind)).all() == ["part-confirmed"]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("where", "counts"), [("own role", True), ("story", True), ("role of another", False), ("start year", False)]
)
def test_a_confirmation_is_kept_and_marked_where_the_part_has_changed_since(
    own_library: Flask, olga: Reader, where: str, counts: bool
) -> None:
    send(olga, "confirm")
    with own_library.app_context():
        document = a_document()
        if where == "own role":
            document["agencies"][1]["role"]["en"] = "Come by twice a week"
        elif where == "story":
            document["text"]["sv"]["what_is_done"] = "Något annat."
        elif where == "role of another":
            document["agencies"][0]["role"]["en"] = "Open every evening"
        else:
            document["start_year"] = 2017
        db.session.get_one(Submission, 1).document = document
        db.session.commit()

    text = olga.read("/en/submissions/1/authors").text

    assert ("changed since" in text) is counts
    assert ("It has changed since you confirmed it" in text) is counts


def test_another_agency_is_another_part_to_confirm(olga: Reader) -> None:
    send(olga, "confirm")

    page = send(olga, "own-part", own_agency="agencies/schools", own_organisation="", credited="y")

    assert "The part of Schools is right" in page.text


def test_after_a_decision_nothing_of_this_can_be_changed(own_library: Flask, carl: Reader, olga: Reader) -> None:
    send_token = hidden(olga.read("/en/submissions/1/authors"))
    with own_library.app_context():
        services.withdraw(db.session, db.session.get_one(Submission, 1), actor=account_called(db.session, CARL))
        db.session.commit()

    page = olga.read("/en/submissions/1/authors")
    assert not page.all("main//form")
    for deed in ("confirm", "own-part", "leave", "invite"):
        answer = olga.post(f"/en/submissions/1/authors/{deed}", data={**send_token, "own_agency": ""})
        assert answer.status_code == 403, deed


# --- leaving -----------------------------------------------------------------------------------------------------


def test_the_last_author_stays(carl: Reader) -> None:
    assert "Leave the authors" not in carl.read("/en/submissions/1/authors").text

    send(carl, "leave", status=403)


@pytest.mark.both_databases
def test_two_last_authors_who_leave_at_once_do_not_both_go(own_library: Flask, carl: Reader, olga: Reader) -> None:
    start, refused = threading.Barrier(2, timeout=60), []

    def go(email: str) -> None:
        with own_library.app_context():
            submission, actor = db.session.get_one(Submission, 1), account_called(db.session, email)
            assert len(submission.authors) == 2
            start.wait()
            try:
                services.leave(db.session, submission, actor=actor)
                db.session.commit()
            except NotPermitted:
                refused.append(email)

    threads = [threading.Thread(target=go, args=(email,)) for email in (CARL, OLGA)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    with own_library.app_context():
        assert len(db.session.get_one(Submission, 1).authors) == 1


@pytest.mark.both_databases
def test_the_first_author_takes_others_off_before_it_is_sent_in(own_library: Flask, carl: Reader, olga: Reader) -> None:
    numbers = account_numbers(own_library)
    send(olga, f"{numbers[CARL]}/remove", status=403)
    send(carl, f"{numbers[CARL]}/remove", status=403)
    send(carl, f"{numbers[PIA]}/remove", status=404)

    page = send(carl, f"{numbers[OLGA]}/remove")

    assert "Olga" not in page.text
    olga.read("/en/submissions/1", status=404)


def test_nobody_is_taken_off_once_it_was_sent_in(own_library: Flask, carl: Reader, olga: Reader) -> None:
    with own_library.app_context():
        submission = db.session.get_one(Submission, 1)
        services.submit(db.session, submission, actor=account_called(db.session, CARL), version=submission.version)
        assert submission.state == SubmissionState.SUBMITTED
        db.session.commit()

    send(carl, f"{account_numbers(own_library)[OLGA]}/remove", status=403)


def account_numbers(app: Flask) -> dict[str, int]:
    with app.app_context():
        return {email: account_called(db.session, email).id for email in (CARL, OLGA, PIA)}
