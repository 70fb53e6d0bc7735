"""Mail leaves the house: over a verified connection, once, and again when a server asks for it."""

from __future__ import annotations

import stat
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from factories.post_office import Authority, PostOffice, a_post_office
from factories.records import an_account
from factories.submissions import account_called
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.choices import MailChoice
from library.errors import UnsafeConfiguration
from library.extensions import db
from library.mail import MailKind, Stranger, notify
from library.mail.sending import ATTEMPTS, KEEP, LEASE, PAUSES, Sender, folder_of, retry, tidy
from library.mail.transport import Folder, Unreachable, server_at
from library.models import Mail, now

PASSWORD = "s3cret/with@signs"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def office(authority: Authority) -> Iterator[PostOffice]:
    with a_post_office(authority.context()) as office:
        yield office


@pytest.fixture
def app(own_library: Flask) -> Iterator[Flask]:
    with own_library.app_context():
        yield own_library


def a_letter(session: Session, address: str = "ada@example.org", **params: Any) -> Mail:
    notify(session, MailKind.DECLINED, Stranger(address, "en", "Ada"), path="/p/1", **{"reason": "Too thin", **params})
    session.commit()
    return session.scalars(select(Mail).order_by(Mail.id.desc())).first()  # type: ignore[return-value] # just written


def through(office: PostOffice, authority: Authority, *, scheme: str = "smtp+starttls") -> Sender:
    url = f"{scheme}://library:s3cret%2Fwith%40signs@localhost:{office.port}"
    return Sender(db.sessionmaker, server_at(url, authorities=str(authority.file)))


@pytest.mark.parametrize(("scheme", "implicit"), [("smtp+starttls", False), ("smtps", True)])
def test_a_letter_goes_out_over_a_verified_connection(
    app: Flask, own_session: Session, authority: Authority, scheme: str, implicit: bool
) -> None:
    mail = a_letter(own_session, title="Öppen skola", good="Så bra", reason="Mer <b>detaljer</b>")
    with a_post_office(authority.context(), implicit=implicit) as office:
        assert through(office, authority, scheme=scheme).step() == 1
        assert office.users == ["library"]
        assert office.protected == [True]
    letter = office.letters[0]
    own_session.refresh(mail)
    assert mail.sent_at is not None
    assert letter["To"] == "ada@example.org"
    assert letter["From"] == "Safe Cities Library <library@example.org>"
    assert letter["Subject"] == "Not published: Öppen skola"
    assert letter["Message-ID"] == mail.message_id
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"].datetime == mail.created_at.replace(microsecond=0)
    text, html = (letter.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert "Mer <b>detaljer</b>" in text.get_content()
    assert "Mer &lt;b&gt;detaljer&lt;/b&gt;" in html.get_content()


def test_one_connection_serves_a_batch(
    app: Flask, own_session: Session, office: PostOffice, authority: Authority
) -> None:
    for number in range(5):
        a_letter(own_session, f"reader{number}@example.org")
    assert through(office, authority).step() == 5
    assert len(office.letters) == 5
    assert office.connections == 1


@pytest.mark.parametrize(("host", "days"), [("mail.example.org", 30), ("localhost", -1)])
def test_a_server_that_cannot_prove_who_it_is_gets_nothing(
    app: Flask, own_session: Session, authority: Authority, host: str, days: int
) -> None:
    mail = a_letter(own_session)
    with a_post_office(authority.context(host, days=days)) as office, pytest.raises(Unreachable, match="certificate"):
        through(office, authority).step()
    own_session.refresh(mail)
    assert not office.letters
    assert not office.users, "the password was not shown to it either"
    assert (mail.attempts, mail.sent_at, mail.failed_at) == (0, None, None)
    assert "certificate" in mail.last_error


def test_a_server_of_an_authority_that_nobody_knows_gets_nothing(
    app: Flask, own_session: Session, office: PostOffice
) -> None:
    a_letter(own_session)
    sender = Sender(db.sessionmaker, server_at(f"smtp+starttls://library:x@localhost:{office.port}"))
    with pytest.raises(Unreachable, match="certificate"):
        sender.step()
    assert not office.users


def test_a_server_that_refuses_for_now_is_asked_again_later(
    app: Flask, own_session: Session, office: PostOffice, authority: Authority
) -> None:
    mail = a_letter(own_session)
    office.answers.append("451 4.7.1 greylisted, come back later")
    sender, start = through(office, authority), now()
    assert sender.step(start) == 1
    own_session.refresh(mail)
    assert "greylisted" in mail.last_error
    assert mail.not_before == start + PAUSES[0]
    assert sender.step(start + PAUSES[0] - timedelta(seconds=1)) == 0
    assert sender.step(start + PAUSES[0]) == 1
    own_session.refresh(mail)
    assert mail.sent_at is not None
    assert mail.last_error == ""
    assert len(office.letters) == 1


def test_after_the_last_attempt_a_letter_is_given_up_until_somebody_tries_again(
    app: Flask, own_session: Session, office: PostOffice, authority: Authority
) -> None:
    mail = a_letter(own_session)
    office.answers.extend(["451 not now"] * ATTEMPTS)
    sender, at = through(office, authority), now()
    for pause in (*PAUSES, timedelta()):
        assert sender.step(at) == 1
        at += pause
    own_session.refresh(mail)
    assert (mail.attempts, mail.failed_at is not None) == (ATTEMPTS, True)
    assert sender.step(at + timedelta(days=9)) == 0
    shown = app.test_cli_runner().invoke(args=["mail", "status"]).output
    assert "given up    1" in shown
    assert "451 not now" in shown
    assert "1 to be sent" in app.test_cli_runner().invoke(args=["mail", "retry"]).output
    assert sender.step() == 1
    assert len(office.letters) == 1


def test_a_mailbox_that_does_not_exist_is_given_up_and_holds_up_nobody(
    app: Flask, own_session: Session, office: PostOffice, authority: Authority
) -> None:
    office.refused.add("gone@example.org")
    gone, kept = a_letter(own_session, "gone@example.org"), a_letter(own_session, "kept@example.org")
    assert through(office, authority).step() == 2
    own_session.refresh(gone)
    own_session.refresh(kept)
    assert gone.failed_at is not None
    assert "no such mailbox" in gone.last_error
    assert kept.sent_at is not None


@pytest.mark.parametrize("address", ["", "nobody", "a b@example.org", "@example.org", "x@", "x@\u2024example.org"])
def test_what_is_no_address_is_given_up_and_holds_up_nobody(
    app: Flask, own_session: Session, office: PostOffice, authority: Authority, address: str
) -> None:
    wrong, right = a_letter(own_session, address), a_letter(own_session)
    through(office, authority).step()
    own_session.refresh(wrong)
    own_session.refresh(right)
    assert wrong.failed_at is not None
    assert right.sent_at is not None


def test_an_address_in_another_script_is_reached(
    app: Flask, own_session: Session, office: PostOffice, authority: Authority
) -> None:
    a_letter(own_session, "ada@smörgås.example")
    through(office, authority).step()
    assert office.letters[0]["To"] == "ada@xn--smrgs-pra0j.example"


def test_a_connection_that_breaks_amid_a_letter_loses_none(
    app: Flask, own_session: Session, office: PostOffice, authority: Authority
) -> None:
    first, second = a_letter(own_session), a_letter(own_session, "bo@example.org")
    office.answers.append("drop")
    sender, at = through(office, authority), now()
    assert sender.step(at) == 1, "the second waits for a new connection"
    assert sender.step(at) == 1
    assert sender.step(at + PAUSES[0]) == 1
    assert {letter["To"] for letter in office.letters} == {"ada@example.org", "bo@example.org"}
    own_session.refresh(first)
    own_session.refresh(second)
    assert (first.attempts, second.attempts) == (2, 1)


def test_a_server_that_is_away_costs_no_attempt(app: Flask, own_session: Session, authority: Authority) -> None:
    mail = a_letter(own_session)
    gone = PostOffice(port=9)
    with pytest.raises(Unreachable):
        through(gone, authority).step()
    own_session.refresh(mail)
    assert mail.attempts == 0
    assert mail.last_error


class Slow:
    """A way out on which letters meet: each waits until another worker is at work, or cannot be."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.barrier = threading.Barrier(2, timeout=2)

    def __enter__(self) -> Slow:
        return self

    def __exit__(self, *_: object) -> None: ...

    def open(self) -> Slow:
        return self

    def deliver(self, _message: Any, *, name: str, **_rest: Any) -> None:
        self.names.append(name)
        with suppress(threading.BrokenBarrierError):
            self.barrier.wait()


def test_two_workers_send_each_letter_once(app: Flask, own_session: Session) -> None:
    for number in range(12):
        a_letter(own_session, f"reader{number}@example.org")
    way = Slow()

    def work() -> None:
        with app.app_context():
            while Sender(db.sessionmaker, way).step():
                pass

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(way.names) == sorted(set(way.names))
    assert len(way.names) == 12


class Dying(Slow):
    """A way out that takes a letter, and then the worker dies."""

    def deliver(self, message: Any, **_rest: Any) -> None:
        self.names.append(message["Message-ID"])
        if len(self.names) == 1:
            raise KeyboardInterrupt


def test_a_worker_that_dies_after_sending_sends_once_more_under_the_same_name(app: Flask, own_session: Session) -> None:
    a_letter(own_session)
    way, at = Dying(), now()
    with pytest.raises(KeyboardInterrupt):
        Sender(db.sessionmaker, way).step(at)
    assert Sender(db.sessionmaker, way).step(at + LEASE - timedelta(seconds=1)) == 0
    assert Sender(db.sessionmaker, way).step(at + LEASE) == 1
    assert Sender(db.sessionmaker, way).step(at + timedelta(days=9)) == 0
    assert len(way.names) == 2
    assert len(set(way.names)) == 1


def test_one_letter_that_cannot_be_made_holds_up_no_other(
    app: Flask, own_session: Session, office: PostOffice, authority: Authority
) -> None:
    broken = a_letter(own_session)
    a_letter(own_session, "bo@example.org")
    broken.kind = "of-another-version"
    own_session.commit()
    assert through(office, authority).step() == 2
    assert [letter["To"] for letter in office.letters] == ["bo@example.org"]
    own_session.refresh(broken)
    assert broken.sent_at is None


# --- what is kept ----------------------------------------------------------------------------------------------------


def test_a_letter_that_carried_a_secret_loses_its_words_when_it_is_sent(app: Flask, own_session: Session) -> None:
    notify(own_session, MailKind.RESET_PASSWORD, Stranger("ada@example.org", "en"), path="/account/reset/secret-token")
    own_session.commit()
    mail = own_session.scalars(select(Mail)).one()
    assert "secret-token" in mail.text
    Sender(db.sessionmaker, Slow()).step()
    own_session.refresh(mail)
    assert (mail.text, mail.html) == ("", "")


def test_words_and_address_are_forgotten_after_thirty_days(app: Flask, own_session: Session) -> None:
    sent, waiting = a_letter(own_session), a_letter(own_session)
    at = now()
    sent.sent_at = at
    own_session.commit()
    tidy(own_session, at + KEEP - timedelta(minutes=1))
    own_session.refresh(sent)
    assert sent.text
    tidy(own_session, at + KEEP + timedelta(minutes=1))
    own_session.expire_all()
    assert (sent.address, sent.subject, sent.text, sent.html) == ("", "", "", "")
    assert (sent.kind, sent.sent_at) == ("declined", at)
    assert waiting.text
    assert retry(own_session) == 1, "what is forgotten is not sent again"


# --- settings --------------------------------------------------------------------------------------------------------


@pytest.mark.one_database
@pytest.mark.parametrize(
    "url",
    [
        "smtp://mail.example.org:25",
        "smtp://library:secret@mail.example.org",
        "http://mail.example.org",
        "mail.example.org",
        "smtps://",
        "smtps://mail.example.org/path",
        "smtps://mail.example.org:notaport",
    ],
)
def test_a_way_out_that_is_not_safe_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(UnsafeConfiguration, match="LIBRARY_MAIL_URL"):
        server_at(url)


@pytest.mark.one_database
def test_the_password_may_come_from_a_file() -> None:
    server = server_at("smtps://library@mail.example.org", password="from a file")
    assert (server.user, server.password, server.port) == ("library", "from a file", 465)
    assert server_at("smtp://localhost:1025").security == "clear"


def test_without_a_server_letters_are_files_that_nobody_else_can_read(app: Flask, own_session: Session) -> None:
    account = account_called(own_session, an_account(app))
    account.mail = MailChoice.ALL
    notify(own_session, MailKind.ASSIGNED, account, path="/review/7", title="Öppen skola")
    own_session.commit()
    folder = folder_of(app)
    assert Sender(db.sessionmaker, Folder(folder)).step() == 1
    (path,) = folder.glob("*.eml")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert message["Subject"] == "A case for you to review: Öppen skola"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"].startswith("<http")


def test_a_folder_that_is_full_loses_no_letter(app: Flask, own_session: Session, tmp_path: Path) -> None:
    mail = a_letter(own_session)
    blocked = tmp_path / "mail"
    blocked.write_text("a file where the folder should be")
    with pytest.raises(Unreachable):
        Sender(db.sessionmaker, Folder(blocked)).step()
    own_session.refresh(mail)
    assert mail.attempts == 0
