"""Letters: who gets which and when, in which words; the daily digest; stopping mail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import urlsplit

import pytest
from factories.instances import Place
from factories.people import signed_in
from factories.readers import Reader
from factories.records import an_account
from factories.submissions import account_called
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.choices import MailChoice, Role
from library.extensions import db
from library.languages import LANGUAGES
from library.mail import MailKind, Stranger, notify
from library.mail.digest import write_digests, zone_of
from library.mail.kinds import URGENCY, Urgency
from library.mail.letters import one_line, render
from library.mail.messages import message_of, stop_address, stop_of
from library.mail.sending import Sender, folder_of, tidy
from library.mail.transport import Folder
from library.models import Account, AuditEntry, Mail, Notice

COPENHAGEN = zone_of("Europe/Copenhagen")
SEVEN = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)  # seven o'clock in Copenhagen, in winter


@pytest.fixture
def app(own_library: Flask) -> Iterator[Flask]:
    with own_library.app_context():
        yield own_library


@pytest.fixture
def shared(library: Flask) -> Iterator[Flask]:
    """A library in which nothing is changed."""
    with library.app_context():
        yield library


@pytest.fixture
def ada(app: Flask, own_session: Session) -> Account:
    return account_called(own_session, an_account(app, Role.CONTRIBUTOR))


def letters(session: Session) -> list[Mail]:
    session.flush()
    return list(session.scalars(select(Mail).order_by(Mail.id)))


def news(session: Session) -> list[Notice]:
    session.flush()
    return list(session.scalars(select(Notice).order_by(Notice.id)))


# --- who gets what ---------------------------------------------------------------------------------------------------


AT_ONCE = {
    MailChoice.ALL: {Urgency.SAFETY, Urgency.DECISION, Urgency.NEEDED},
    MailChoice.NEEDED: {Urgency.SAFETY, Urgency.DECISION, Urgency.NEEDED},
    MailChoice.DECISIONS: {Urgency.SAFETY, Urgency.DECISION},
}


@pytest.mark.parametrize("choice", list(MailChoice))
def test_each_kind_comes_at_once_or_in_the_digest_or_not_as_its_receiver_chose(
    app: Flask, own_session: Session, ada: Account, choice: MailChoice
) -> None:
    ada.mail = choice
    for kind in MailKind:
        notify(own_session, kind, ada)  # with nothing that its words need: the page of who acted must not break
    at_once, later = ({row.kind for row in rows(own_session)} for rows in (letters, news))
    assert at_once == {kind for kind in MailKind if URGENCY[kind] in AT_ONCE[choice]}
    assert later == {kind for kind in MailKind if URGENCY[kind] is Urgency.NEWS and choice is MailChoice.ALL}


def test_a_closed_account_hears_of_its_safety_alone(app: Flask, own_session: Session, ada: Account) -> None:
    ada.active = False
    notify(own_session, MailKind.ACCEPTED, ada)
    notify(own_session, MailKind.COMMENT, ada)
    notify(own_session, MailKind.ACCOUNT_CHANGED, ada)
    assert [mail.kind for mail in letters(own_session)] == ["account-changed"]
    assert not news(own_session)


def test_the_letter_of_an_erased_account_outlives_it(app: Flask, own_session: Session, ada: Account) -> None:
    notify(own_session, MailKind.ACCOUNT_ERASED, ada)
    own_session.flush()
    own_session.delete(ada)
    assert [mail.address for mail in letters(own_session)] == ["ada@example.org"]


def test_a_letter_vanishes_with_what_it_tells_of(app: Flask, own_session: Session, ada: Account) -> None:
    notify(own_session, MailKind.ACCEPTED, ada)
    own_session.flush()
    own_session.rollback()
    assert not letters(own_session)


# --- in which words --------------------------------------------------------------------------------------------------


@pytest.mark.one_database
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(MailKind))
def test_every_letter_says_what_happened_and_why_it_came_in_both_forms(
    shared: Flask, kind: MailKind, language: str
) -> None:
    params = {"title": "Öppen skola", "actor": "Bo", "good": "Gott.", "reason": "Mehr.", "what": "x", "accepted": True}
    letter = render(kind, language, name="Ada", path="/submissions", params=params)
    assert letter.subject
    assert f'<html lang="{language}">' in letter.html
    assert "%(" not in letter.text + letter.html
    assert "Undefined" not in letter.text
    if URGENCY[kind] is Urgency.DECISION and "Mehr." in letter.text:
        assert "Mehr." in letter.html
    assert (f"/{language}/account" in letter.text.rpartition("-- ")[2]) == (
        URGENCY[kind] in (Urgency.NEEDED, Urgency.NEWS)
    ), "how to change it is said where it can be changed, and only there"


DECISIONS = (MailKind.CHANGES_REQUESTED, MailKind.DECLINED, MailKind.ACCEPTED)


@pytest.mark.one_database
@pytest.mark.parametrize("kind", DECISIONS)
def test_what_an_adviser_wrote_stands_there_word_for_word(shared: Flask, kind: MailKind) -> None:
    good, reason = "Clear & short.\n\n- <script>alert(1)</script>", "Say what did not work — 100 %(x)s {{ 7*7 }}"
    letter = render(kind, "en", params={"title": "A & B", "good": good, "reason": reason})
    assert "  Clear & short.\n\n  - <script>alert(1)</script>" in letter.text
    assert reason in letter.text
    assert "Clear &amp; short.\n\n- &lt;script&gt;alert(1)&lt;/script&gt;" in letter.html
    assert "<script" not in letter.html
    assert "“A & B”" in letter.text
    assert "“A &amp; B”" in letter.html


HOSTILE = (
    "Hello\r\nBcc: everybody@example.org",
    "Hello\nBcc: everybody@example.org\n\nA body",
    "Hello\x00\x0b\x1b[31m red",
    "Hello\u2028Bcc: x",
    "\u202eolleH",
    "=?utf-8?q?Bcc=3A_x?=",
    "x" * 5000,
    "\ud800",
    "&lt;b&gt; &amp;amp;",
)


HEADERS = {
    "Message-ID",
    "Date",
    "From",
    "To",
    "Subject",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
}


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_can_open_a_header_of_its_own(app: Flask, own_session: Session, ada: Account, title: str) -> None:
    ada.name = title.encode("utf-8", "ignore").decode().replace("\x00", "")[:200]
    notify(own_session, MailKind.CHANGES_REQUESTED, ada, title=title, actor=title, reason=title)
    (mail,) = letters(own_session)
    sent = message_from_bytes(bytes(message_of(mail)), policy=policy.default)
    assert set(sent.keys()) == HEADERS
    assert len(sent.keys()) == len(HEADERS), "no header comes twice"
    assert sent["To"] == "ada@example.org"
    assert len(mail.subject) <= 150
    assert all(len(line) < 998 for line in bytes(message_of(mail)).split(b"\r\n"))
    assert max(map(len, mail.text.splitlines())) <= 120


@pytest.mark.one_database
def test_an_address_is_never_broken_into_lines(shared: Flask) -> None:
    path = "/confirm/" + "t" * 150
    letter = render(MailKind.CONFIRM_PRACTICE, "da", path=path, params={"title": "x"})
    assert f"\nhttp://127.0.0.1:8000/da{path}\n" in letter.text


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/account", "/fi/account"),
        ("/account/sign-in", "/fi/account/sign-in"),
        ("/p/17", "/p/17"),
        ("/practices/a-slug?x=1#y", "/fi/practices/a-slug?x=1#y"),
        ("/nowhere", "/nowhere"),
    ],
)
def test_links_lead_to_the_page_in_the_receivers_language(shared: Flask, path: str, leads_to: str) -> None:
    letter = render(MailKind.ACCEPTED, "fi", path=path, params={})
    assert f"http://127.0.0.1:8000{leads_to}\n" in letter.text


@pytest.mark.one_database
def test_links_begin_with_the_public_address_whatever_the_request_says(app: Flask) -> None:
    app.config["PUBLIC_URL"] = "https://library.example.org"
    with app.test_request_context("/", base_url="http://evil.example"):
        letter = render(MailKind.RESET_PASSWORD, "en", path="/account", params={})
    app.config["PUBLIC_URL"] = ""
    assert "https://library.example.org/en/account" in letter.text
    assert "evil" not in letter.text + letter.html


@pytest.mark.one_database
def test_one_line_is_cut_and_keeps_what_people_write() -> None:
    assert one_line("  Ærø \t &  Åbo  ") == "Ærø & Åbo"
    assert one_line("👩‍👩‍👧 Family") == "👩‍👩‍👧 Family"
    assert len(one_line("word " * 99)) <= 150


# --- the daily digest ------------------------------------------------------------------------------------------------


def digest(at: datetime, *, hour: int = 7) -> int:
    return write_digests(db.sessionmaker, hour=hour, zone=COPENHAGEN, at=at)


def told(session: Session, account: Account, kind: MailKind = MailKind.COMMENT, **params: Any) -> None:
    notify(session, kind, account, **{"path": "/submissions/1", "title": "Öppen skola", "actor": "Bo", **params})
    session.flush()
    for notice in session.scalars(select(Notice).where(Notice.created_at > SEVEN)):
        notice.created_at = SEVEN - timedelta(hours=1)
    session.commit()


def test_news_comes_once_a_day_grouped_by_record(app: Flask, own_session: Session, ada: Account) -> None:
    told(own_session, ada)
    told(own_session, ada, path="/submissions/2", title="Nattvandring")
    told(own_session, ada, MailKind.PART_CONFIRMED, actor="Cy")
    told(own_session, ada)
    assert digest(SEVEN - timedelta(minutes=1)) == 0, "before seven o'clock in Copenhagen"
    assert digest(SEVEN) == 1
    (mail,) = letters(own_session)
    assert mail.subject == "News from Safe Cities Library"
    sentences = [
        "Bo commented on “Öppen skola”. (2 times)",
        "Cy confirmed their part of “Öppen skola”.",
        "/en/submissions/1",
        "Bo commented on “Nattvandring”.",
        "/en/submissions/2",
    ]
    places = [mail.text.index(sentence) for sentence in sentences]
    assert places == sorted(places)
    told(own_session, ada)
    assert digest(SEVEN + timedelta(hours=5)) == 0, "once a day"
    assert digest(SEVEN + timedelta(days=1)) == 1
    assert digest(SEVEN + timedelta(days=2)) == 0, "nothing new, no letter"


def test_the_hour_is_that_of_the_clock_on_the_wall_in_summer_too(
    app: Flask, own_session: Session, ada: Account
) -> None:
    told(own_session, ada)
    summer = datetime(2026, 3, 29, tzinfo=UTC)  # the night in which clocks are changed
    assert digest(summer + timedelta(hours=4, minutes=59)) == 0
    assert digest(summer + timedelta(hours=5)) == 1


def test_a_digest_is_written_in_the_language_of_its_receiver(app: Flask, own_session: Session, ada: Account) -> None:
    ada.language = "sv"
    told(own_session, ada)
    digest(SEVEN)
    (mail,) = letters(own_session)
    assert mail.language == "sv"
    assert "/sv/submissions/1" in mail.text


def test_who_wants_no_news_any_more_gets_none(app: Flask, own_session: Session, ada: Account) -> None:
    told(own_session, ada)
    ada.mail = MailChoice.NEEDED
    own_session.commit()
    assert digest(SEVEN) == 0
    ada.mail = MailChoice.ALL
    own_session.commit()
    assert digest(SEVEN + timedelta(days=1)) == 0, "nor old ones later"


def test_old_news_is_no_news(app: Flask, own_session: Session, ada: Account) -> None:
    told(own_session, ada)
    assert digest(SEVEN + timedelta(days=31)) == 0
    tidy(own_session, SEVEN + timedelta(days=31))
    assert not news(own_session)


def test_one_digest_that_fails_holds_up_no_other(
    app: Flask, own_session: Session, ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    bo = account_called(own_session, an_account(app, email="bo@example.org"))
    told(own_session, ada)
    told(own_session, bo)
    broken = own_session.scalars(select(Notice).where(Notice.account_id == ada.id)).one()
    broken.kind = "of-another-version"
    own_session.commit()
    assert digest(SEVEN) == 1
    assert [mail.address for mail in letters(own_session)] == ["bo@example.org"]


# --- stopping mail ---------------------------------------------------------------------------------------------------


def stop_link(session: Session, account: Account, kind: MailKind) -> str:
    notify(session, kind, account)
    session.commit()
    mail = session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    assert mail is not None
    return urlsplit(stop_address(mail)).path


def test_mail_is_stopped_with_one_click_that_a_mail_program_makes(
    app: Flask, own_session: Session, own_reader: Reader, ada: Account
) -> None:
    path = stop_link(own_session, ada, MailKind.ASSIGNED)
    page = own_reader.read(path)
    assert page.heading == "Get less mail"
    own_session.refresh(ada)
    assert ada.mail is MailChoice.ALL, "looking changes nothing"
    answer = own_reader.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    own_session.refresh(ada)
    assert ada.mail is MailChoice.DECISIONS
    assert own_session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()[-1] == "account.mail-changed"
    own_reader.post(path)
    own_session.refresh(ada)
    assert ada.mail is MailChoice.DECISIONS


def test_stopping_news_keeps_what_waits_for_somebody_and_never_gives_more_mail(
    app: Flask, own_session: Session, own_reader: Reader, ada: Account
) -> None:
    told(own_session, ada)
    digest(SEVEN)
    (mail,) = letters(own_session)
    path = urlsplit(stop_address(mail)).path
    own_reader.post(path)
    own_session.refresh(ada)
    assert ada.mail is MailChoice.NEEDED
    ada.mail = MailChoice.DECISIONS
    own_session.commit()
    own_reader.post(path)
    own_session.refresh(ada)
    assert ada.mail is MailChoice.DECISIONS


@pytest.mark.parametrize("kind", [MailKind.ACCEPTED, MailKind.RESET_PASSWORD])
def test_decisions_and_safety_cannot_be_stopped(app: Flask, own_session: Session, ada: Account, kind: MailKind) -> None:
    assert stop_link(own_session, ada, kind) == ""
    assert "List-Unsubscribe" not in message_of(letters(own_session)[0])


def test_a_forged_link_stops_nobodys_mail(app: Flask, own_session: Session, own_reader: Reader, ada: Account) -> None:
    path = stop_link(own_session, ada, MailKind.ASSIGNED)
    for forged in (path[:-1] + ("A" if path[-1] != "A" else "B"), "/en/mail/stop/WzEsImFsbCJd.xxxxxxxx"):
        assert own_reader.post(forged).status_code == 404
        own_reader.read(forged, status=404)
    own_session.delete(ada)
    own_session.commit()
    assert own_reader.post(path).status_code == 404
    assert stop_of("nonsense") is None


# --- the mail of a demonstration -------------------------------------------------------------------------------------


def test_a_demonstration_shows_what_it_would_have_sent(open_library: Callable[..., Flask], own_place: Place) -> None:
    app = open_library(own_place, DEMO=True, LOOPBACK_ONLY=True, PREFERRED_URL_SCHEME="http")
    with app.app_context():
        for number in range(2):
            words = {"title": f"Number {number}", "reason": "<img src=x onerror=alert(1)> & http://elsewhere.example/"}
            notify(db.session, MailKind.DECLINED, Stranger("ada@example.org", "en"), path="/account", **words)
        db.session.commit()
        Sender(db.sessionmaker, Folder(folder_of(app))).step()
    browser = app.test_client()
    assert isinstance(browser, Reader)
    browser.environ_base["HTTP_HOST"] = "127.0.0.1"
    assert browser.get("/mail").status_code == 302
    page = browser.read("/en/mail")
    subjects = [link.text for link in page.all("main//h2/a")]
    assert subjects == ["Not published: Number 1", "Not published: Number 0"], "the newest first"
    letter = browser.read(next(address for address in page.addresses if "/mail/2" in address))
    assert "<img src=x onerror=alert(1)>" in letter.text
    assert any("/en/account" in address for address in letter.addresses)
    browser.read("/en/mail/20260101t000000-99", status=404)


def test_no_other_installation_shows_mail(app: Flask, own_session: Session) -> None:
    somebody = signed_in(app, Role.ADMINISTRATOR)
    somebody.read("/en/mail", status=404)
    somebody.read("/mail", status=404)
    somebody.read("/en/mail/20260101t000000-1", status=404)
