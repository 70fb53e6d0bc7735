"""Practices stay true: owners confirm once a year with one click, are reminded, and advisers see what is stale."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from factories.people import hidden, sign_in, signed_in
from factories.readers import Page, Reader
from factories.records import a_practice, an_account, follow
from factories.submissions import a_submission, account_called
from factories.watching import Ledger
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.choices import PracticeState, Role, SubmissionState
from library.deadlines import a_year_after
from library.errors import NotFound
from library.extensions import db
from library.models import Account, AuditEntry, Event, Mail, Notice, Organisation, Practice, PracticeAuthor, Reminder
from library.ownership import owners
from library.publishing import archive
from library.upkeep import queries
from library.upkeep.links import asked_by, token_for
from library.upkeep.queries import Stale
from library.upkeep.services import confirm, kind_due, nudge_advisers, remind_again, remind_all

TODAY = date.today()  # noqa: DTZ011 - the pages ask the clock


@pytest.fixture
def app(own_library: Flask) -> Flask:
    """The library. No context of it is open, for requests would share it and take each other for signed in."""
    return own_library


@pytest.fixture
def ada(app: Flask, own_session: Session) -> Account:
    return account_called(own_session, an_account(app, Role.CONTRIBUTOR))


@pytest.fixture
def practice(own_session: Session, ada: Account) -> Practice:
    """A practice that Ada wrote and that was confirmed a year ago."""
    return a_practice_of(own_session, ada, confirm_by=TODAY)


def a_practice_of(session: Session, account: Account, *, confirm_by: date | None) -> Practice:
    made = a_practice(session)
    session.add(PracticeAuthor(practice=made, account=account, name=account.name, position=0))
    if confirm_by:
        made.confirmed_on, made.confirm_by = confirm_by - timedelta(days=365), confirm_by
    session.commit()
    return made


def remind(app: Flask, today: date) -> int:
    with app.app_context():
        return remind_all(db.sessionmaker, today=today)


def link_of(app: Flask, practice: Practice, account: Account) -> str:
    with app.app_context():
        return f"/en/confirm/{token_for(practice, account)}"


def letters(session: Session) -> list[Mail]:
    session.expire_all()
    return list(session.scalars(select(Mail).order_by(Mail.id)))


def link_in(mail: Mail) -> str:
    """Return the path of the link in a letter."""
    found = re.search(r"https?://\S+/confirm/\S+", mail.text)
    assert found is not None
    return urlsplit(found[0]).path


# --- reminders -------------------------------------------------------------------------------------------------------


def test_owners_are_asked_a_month_before_and_reminded_three_times_and_then_no_more(
    app: Flask, own_session: Session, practice: Practice
) -> None:
    sent = {}
    for day in range(-40, 120):
        if remind(app, TODAY + timedelta(days=day)):
            sent[day] = letters(own_session)[-1].kind
    assert sent == {-30: "confirm-practice", 0: "confirm-practice", 30: "confirm-reminder", 60: "confirm-reminder"}


def test_a_worker_that_was_off_sends_one_letter_and_not_all_that_it_missed(
    app: Flask, own_session: Session, practice: Practice
) -> None:
    assert remind(app, TODAY + timedelta(days=200)) == 1
    assert remind(app, TODAY + timedelta(days=200)) == 0
    assert len(letters(own_session)) == 1


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("days", "kind"),
    [
        (-31, None),
        (-30, "ask"),
        (-1, "ask"),
        (0, "due"),
        (29, "due"),
        (30, "late"),
        (59, "late"),
        (60, "last"),
        (999, "last"),
    ],
)
def test_which_reminder_is_due_on_which_day(days: int, kind: str | None) -> None:
    assert kind_due(TODAY, TODAY + timedelta(days=days)) == kind
    assert kind_due(None, TODAY) is None


def test_two_workers_side_by_side_send_each_reminder_once(app: Flask, own_session: Session, ada: Account) -> None:
    for _ in range(6):
        a_practice_of(own_session, ada, confirm_by=TODAY)
    start = threading.Barrier(3, timeout=60)

    def work() -> None:
        with app.app_context():
            start.wait()
            remind(app, TODAY)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(letters(own_session)) == 6
    assert len(own_session.scalars(select(Reminder)).all()) == 6


def test_those_who_may_write_for_the_organisation_that_owns_it_are_asked_and_members_are_not(
    app: Flask, own_session: Session, practice: Practice
) -> None:
    malmo = own_session.scalars(select(Organisation).where(Organisation.slug == "se-malmo")).one()
    for email, role in (("bo@example.org", Role.CONTRIBUTOR), ("cy@example.org", Role.MEMBER)):
        person = account_called(own_session, an_account(app, role, email=email))
        person.organisations.append(malmo)
        own_session.commit()
    an_account(app, Role.CONTRIBUTOR, email="stranger@example.org")
    own_session.commit()
    remind(app, TODAY)
    assert sorted(mail.address for mail in letters(own_session)) == ["ada@example.org", "bo@example.org"]


def test_nobody_is_asked_about_what_the_library_compiled_or_what_is_archived(
    app: Flask, own_session: Session, practice: Practice
) -> None:
    archive(own_session, practice, actor=None, reason="Merged")
    own_session.commit()
    assert remind(app, TODAY + timedelta(days=400)) == 0
    assert not letters(own_session)


def test_the_letter_is_in_the_owners_language_with_the_title_in_it(
    app: Flask, own_session: Session, ada: Account, practice: Practice
) -> None:
    ada.language = "sv"
    own_session.commit()
    remind(app, TODAY)
    (mail,) = letters(own_session)
    assert "Öppen skola på kvällen" in mail.subject
    assert link_in(mail).startswith("/sv/confirm/")


# --- one click -------------------------------------------------------------------------------------------------------


def test_an_owner_confirms_with_one_click_and_without_signing_in(
    app: Flask, own_session: Session, own_reader: Reader, ada: Account, practice: Practice
) -> None:
    remind(app, TODAY)
    path = link_in(letters(own_session)[0])
    page = own_reader.read(path)
    assert page.heading == "Does it still hold? Open school evenings"
    own_session.refresh(practice)
    assert practice.confirm_by == TODAY, "a GET confirms nothing: programs open links"
    done = own_reader.post(path)
    assert done.status_code == 303
    own_session.refresh(practice)
    assert (practice.confirmed_on, practice.confirm_by) == (TODAY, a_year_after(TODAY))
    assert own_reader.read(done.location).heading == "Confirmed: Open school evenings"
    steps = own_session.execute(select(Event.step, Event.actor_id).where(Event.practice_id == practice.id)).all()
    assert steps[-1] == ("confirm", ada.id)
    deeds = own_session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert deeds[-1] == "practice.confirm"


def test_a_second_click_changes_nothing(
    app: Flask, own_session: Session, own_reader: Reader, practice: Practice
) -> None:
    remind(app, TODAY)
    path = link_in(letters(own_session)[0])
    for _ in range(3):
        assert own_reader.post(path).status_code == 303
    events = own_session.scalars(select(Event).where(Event.step == "confirm")).all()
    assert len(events) == 1


def test_a_confirmed_practice_is_asked_about_again_a_year_later(
    app: Flask, own_session: Session, ada: Account, practice: Practice
) -> None:
    confirm(own_session, practice, actor=ada, today=TODAY)
    own_session.commit()
    assert remind(app, TODAY + timedelta(days=300)) == 0
    assert remind(app, TODAY + timedelta(days=340)) == 1


@pytest.mark.one_database
def test_a_confirmation_on_a_leap_day_holds_a_year() -> None:
    assert a_year_after(date(2028, 2, 29)) == date(2029, 2, 28)


def test_a_forged_or_foreign_link_opens_nothing(
    app: Flask, own_session: Session, own_reader: Reader, ada: Account, practice: Practice
) -> None:
    payload, stamp, signature = link_of(app, practice, ada).rpartition("/")[2].split(".")
    for forged in (f"{payload}.{stamp}.{'A' * len(signature)}", f"{payload}x.{stamp}.{signature}", "x" * 60):
        own_reader.read(f"/en/confirm/{forged}", status=404)
        assert own_reader.post(f"/en/confirm/{forged}").status_code == 404
        assert own_reader.post(f"/en/confirm/{forged}/ended").status_code == 404
    with app.app_context(), pytest.raises(NotFound):
        asked_by("x" * 60)


def test_a_link_is_worth_nothing_once_its_owner_answers_for_it_no_more(
    app: Flask, own_session: Session, own_reader: Reader, ada: Account, practice: Practice
) -> None:
    path = link_of(app, practice, ada)
    for row in own_session.scalars(select(PracticeAuthor).where(PracticeAuthor.practice_id == practice.id)):
        own_session.delete(row)
    own_session.commit()
    own_reader.read(path, status=404)
    assert own_reader.post(path).status_code == 404
    own_session.refresh(practice)
    assert practice.confirm_by == TODAY


def test_a_link_that_is_too_old_leads_to_signing_in(
    app: Flask,
    own_session: Session,
    own_reader: Reader,
    ada: Account,
    practice: Practice,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = link_of(app, practice, ada)
    monkeypatch.setattr("library.upkeep.views.asked_by", lambda token: asked_by(token, valid=-1))
    page = own_reader.read(path, status=410)
    assert any(address.endswith(f"/practices/{practice.slug}/confirm") for address in page.addresses)
    assert own_reader.post(path).status_code == 403


def test_a_link_to_an_archived_practice_opens_nothing(
    app: Flask, own_session: Session, own_reader: Reader, ada: Account, practice: Practice
) -> None:
    path = link_of(app, practice, ada)
    archive(own_session, practice, actor=None, reason="Merged")
    own_session.commit()
    own_reader.read(path, status=404)
    assert own_reader.post(path).status_code == 404


def test_an_owner_says_that_the_work_has_ended_and_the_advisers_hear_of_it(
    app: Flask, own_session: Session, own_reader: Reader, ada: Account, practice: Practice
) -> None:
    adviser = account_called(own_session, an_account(app, Role.ADVISER, email="adviser@example.org"))
    path = link_of(app, practice, ada)
    too_long = own_reader.post(f"{path}/ended", data={"note": "x" * 2001})
    assert too_long.status_code == 422
    assert "x" * 2001 in too_long.text
    for _ in range(2):
        assert own_reader.post(f"{path}/ended", data={"note": "The money ended in June"}).status_code == 303
    assert "You have told us" in own_reader.read(path).text
    own_session.refresh(practice)
    assert practice.state is PracticeState.PUBLISHED, "what follows is for advisers to decide"
    notices = own_session.scalars(select(Notice).where(Notice.account_id == adviser.id)).all()
    assert [notice.kind for notice in notices] == ["practice-ended"]
    rows, total = queries.stale(own_session, Stale.ENDED, today=TODAY, page=1)
    assert ([row.practice.id for row in rows], total) == ([practice.id], 1)
    confirm(own_session, practice, actor=ada, today=TODAY)
    assert queries.stale(own_session, Stale.ENDED, today=TODAY, page=1)[1] == 0, "what they say last counts"


# --- signed in -------------------------------------------------------------------------------------------------------


def test_people_see_what_they_answer_for_and_confirm_it_there(
    app: Flask, own_session: Session, ada: Account, practice: Practice
) -> None:
    browser = sign_in(app, ada.email)
    page = browser.read("/en/account/practices")
    assert "Open school evenings" in page.text
    token = hidden(page)
    answer = browser.post(f"/en/practices/{practice.slug}/confirm", data=token)
    assert answer.status_code == 303
    assert "Thank you" in browser.read(answer.location).markup
    own_session.refresh(practice)
    assert practice.confirm_by == a_year_after(TODAY)


def test_nobody_confirms_what_is_somebody_elses(app: Flask, own_session: Session, practice: Practice) -> None:
    stranger = signed_in(app, Role.CONTRIBUTOR, email="stranger@example.org")
    token = hidden(stranger.read("/en/account/practices"))
    base = f"/en/practices/{practice.slug}"
    stranger.read(f"{base}/confirm", status=403)
    assert stranger.post(f"{base}/confirm", data=token).status_code in (400, 403)
    assert stranger.post(f"{base}/ended", data=token).status_code in (400, 403)
    own_session.refresh(practice)
    assert practice.confirm_by == TODAY


def test_a_signed_in_owner_says_that_it_has_ended(
    app: Flask, own_session: Session, ada: Account, practice: Practice
) -> None:
    browser = sign_in(app, ada.email)
    page = browser.read(f"/en/practices/{practice.slug}/confirm")
    token = {"csrf_token": hidden(page)["csrf_token"]}
    address = f"/en/practices/{practice.slug}/ended"
    wrong = browser.post(address, data={**token, "note": "y" * 2001})
    assert wrong.status_code == 422
    assert browser.post(address, data={**token, "note": "It ended"}).status_code == 303
    assert queries.has_ended(own_session, practice)


# --- what readers see ------------------------------------------------------------------------------------------------


def test_readers_see_since_when_nobody_has_confirmed_it_without_the_index_being_told(
    app: Flask, own_session: Session, own_reader: Reader, practice: Practice, ada: Account
) -> None:
    follow(app)
    shown = own_reader.read(f"/en/practices/{practice.slug}").text
    assert "Not confirmed" not in shown, "it is due today"
    practice.confirmed_on, practice.confirm_by = TODAY - timedelta(days=366), TODAY - timedelta(days=1)
    own_session.commit()
    since = practice.confirmed_on.strftime("%-d %B %Y")
    assert f"Not confirmed by its owner since {since}." in own_reader.read(f"/en/practices/{practice.slug}").text
    assert f"Not confirmed since {since}" in own_reader.read("/en/practices?q=open+school+evenings").text
    confirm(own_session, practice, actor=ada, today=TODAY)
    own_session.commit()
    assert "Not confirmed" not in own_reader.read(f"/en/practices/{practice.slug}").text
    assert "Not confirmed since" not in own_reader.read("/en/practices?q=open+school+evenings").text


# --- the advisers' list ----------------------------------------------------------------------------------------------


def listed(page: Page) -> list[str]:
    return [link.text or "" for link in page.all("main//h2/a")]


def test_advisers_see_what_is_stale_the_longest_first_and_why(app: Flask, own_session: Session, ada: Account) -> None:
    for days in (1, 400, 30):
        made = a_practice_of(own_session, ada, confirm_by=TODAY - timedelta(days=days))
        made.texts[0].title = made.texts[1].title = f"Late by {days}"
    a_practice_of(own_session, ada, confirm_by=TODAY + timedelta(days=9))
    never = a_practice_of(own_session, ada, confirm_by=None)
    own_session.commit()
    adviser = signed_in(app, Role.ADVISER)
    assert listed(adviser.read("/en/review/stale")) == ["Late by 400", "Late by 30", "Late by 1"]
    assert listed(adviser.read("/en/review/stale?why=never")) == ["Open school evenings"]
    compiled = adviser.read("/en/review/stale?why=compiled")
    assert len(listed(compiled)) == 5, "the starter library, listed as such and asked about by nobody"
    assert "No owner with an account" in compiled.text
    assert listed(adviser.read("/en/review/stale?why=nonsense&page=x")) == ["Late by 400", "Late by 30", "Late by 1"]
    adviser.read("/en/review/stale?why=compiled&page=9999999999999999999999")
    for row in own_session.scalars(select(PracticeAuthor).where(PracticeAuthor.practice_id == never.id)):
        own_session.delete(row)
    own_session.commit()
    assert listed(adviser.read("/en/review/stale?why=ownerless")) == ["Open school evenings"]


def test_the_list_says_of_owners_what_the_letters_go_by(app: Flask, own_session: Session, ada: Account) -> None:
    practice = a_practice_of(own_session, ada, confirm_by=TODAY - timedelta(days=1))
    for change in (
        lambda: None,
        lambda: setattr(ada, "active", False),
        lambda: setattr(ada, "active", True),
        lambda: ada.organisations.append(practice.owner),
        lambda: [own_session.delete(r) for r in own_session.scalars(select(PracticeAuthor))],
        lambda: ada.roles.clear(),
    ):
        change()
        own_session.commit()
        (row,) = queries.stale(own_session, Stale.OVERDUE, today=TODAY, page=1)[0]
        assert row.has_owner == bool(owners(own_session, practice))


def test_an_adviser_asks_the_owner_again_once_a_day(app: Flask, own_session: Session, ada: Account) -> None:
    practice = a_practice_of(own_session, ada, confirm_by=TODAY - timedelta(days=99))
    remind(app, TODAY)
    adviser = signed_in(app, Role.ADVISER)
    token = hidden(adviser.read("/en/review/stale"))
    for _ in range(2):
        assert adviser.post(f"/en/review/stale/{practice.id}/remind", data=token).status_code == 303
    assert [mail.kind for mail in letters(own_session)] == ["confirm-reminder"] * 2
    actor = account_called(own_session, "adviser@example.org")
    with app.app_context():
        assert remind_again(own_session, practice, actor=actor, today=TODAY + timedelta(days=1))


def test_an_adviser_confirms_on_the_owners_word_and_says_how_they_know(
    app: Flask, own_session: Session, practice: Practice
) -> None:
    adviser = signed_in(app, Role.ADVISER)
    address = f"/en/review/stale/{practice.id}/word"
    token = hidden(adviser.read(address))
    empty = adviser.post(address, data=token)
    assert empty.status_code == 422
    assert "Say who confirmed it and how" in empty.text
    assert adviser.post(address, data={**token, "note": "The coordinator, by telephone"}).status_code == 303
    own_session.refresh(practice)
    assert practice.confirmed_on == TODAY
    event = own_session.scalars(select(Event).where(Event.step == "confirm")).one()
    assert event.reason == "The coordinator, by telephone"


def test_the_list_is_the_advisers_alone(app: Flask, own_session: Session, practice: Practice) -> None:
    contributor = signed_in(app, Role.CONTRIBUTOR, email="other@example.org")
    for address in ("/en/review/stale", f"/en/review/stale/{practice.id}/word"):
        contributor.read(address, status=403)
        assert app.test_client().get(address).status_code == 302
    adviser = signed_in(app, Role.ADVISER)
    token = hidden(adviser.read("/en/review/stale"))
    for number in (999_999, 2**40):
        adviser.read(f"/en/review/stale/{number}/word", status=404)
        assert adviser.post(f"/en/review/stale/{number}/remind", data=token).status_code == 404


def test_the_list_takes_the_same_statements_however_long_it_is(
    app: Flask,
    own_session: Session,
    ada: Account,
    count_statements: Callable[[], AbstractContextManager[Ledger]],
) -> None:
    adviser = signed_in(app, Role.ADVISER)
    adviser.read("/en/review/stale")
    counted = []
    for more in (1, 8):
        for _ in range(more):
            a_practice_of(own_session, ada, confirm_by=TODAY - timedelta(days=9))
        with count_statements() as ledger:
            adviser.read("/en/review/stale")
        counted.append(len(ledger.statements))
    assert counted[0] == counted[1]


# --- advisers who have not answered ----------------------------------------------------------------------------------


def test_advisers_are_told_on_the_first_late_day_and_then_every_week(
    app: Flask, own_session: Session, ada: Account
) -> None:
    adviser = account_called(own_session, an_account(app, Role.ADVISER, email="adviser@example.org"))
    submission = a_submission(own_session, ada, state=SubmissionState.IN_REVIEW, adviser=adviser)
    submission.due_on = TODAY
    own_session.commit()
    told = []
    for day in (0, 1, 1, 2, 7, 8, 9, 20, 21):  # the worker was off for some days
        with app.app_context(), db.sessionmaker.begin() as session:
            if nudge_advisers(session, today=TODAY + timedelta(days=day)):
                told.append(day)
    assert told == [1, 8, 20]
    (first, *_) = letters(own_session)
    assert (first.kind, first.address) == ("overdue", "adviser@example.org")
    assert f"/en/review/{submission.id}" in first.text
