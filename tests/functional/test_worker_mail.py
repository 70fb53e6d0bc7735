"""Background work: each job apart, mail sent promptly, an end within moments."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from factories.instances import Place
from flask import Flask
from sqlalchemy import select

from library import worker
from library.errors import UnsafeConfiguration
from library.extensions import db
from library.mail import MailKind, Stranger, notify
from library.mail.sending import folder_of
from library.models import Mail
from library.worker import Job, finish, keep, start

Open = Callable[..., Flask]


def test_a_job_that_fails_holds_up_no_other_and_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker, "BREATH", 0.005)
    stop, done = threading.Event(), []

    def fails() -> None:
        done.append("fails")
        raise RuntimeError("the disk is full")

    def works() -> None:
        done.append("works")
        if done.count("works") == 3:
            stop.set()

    def rarely() -> None:
        done.append("rarely")

    with caplog.at_level(logging.ERROR):
        keep(
            stop, [Job("one that fails", 0.01, fails), Job("one that is rare", 3600, rarely), Job("fine", 0.01, works)]
        )
    assert done.count("works") == 3
    assert done.count("fails") >= 3
    assert done.count("rarely") == 1
    assert "one that fails failed" in caplog.text
    assert "the disk is full" in caplog.text


def test_a_letter_is_sent_a_moment_after_it_was_written_and_the_work_ends_when_told(own_library: Flask) -> None:
    stop = threading.Event()
    threads = start(own_library, stop)
    try:
        with own_library.app_context():
            notify(db.session, MailKind.ACCEPTED, Stranger("ada@example.org", "en"), path="/account", title="Öppen")
            db.session.commit()
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline and not list(folder_of(own_library).glob("*.eml")):
                time.sleep(0.05)
            assert len(list(folder_of(own_library).glob("*.eml"))) == 1
    finally:
        began = time.monotonic()
        stop.set()
        finish(threads)
    assert not any(thread.is_alive() for thread in threads)
    assert time.monotonic() - began < 15
    with own_library.app_context():
        assert db.session.scalars(select(Mail.sent_at)).one() is not None


def test_without_a_server_production_keeps_its_mail_and_says_so(
    own_place: Place, open_library: Open, caplog: pytest.LogCaptureFixture
) -> None:
    app = open_library(own_place)
    app.extensions["library-mail"] = None  # as production finds it
    with app.app_context(), caplog.at_level(logging.WARNING):
        notify(db.session, MailKind.ACCEPTED, Stranger("ada@example.org", "en"), title="x")
        db.session.commit()
        worker._send(threading.Event())
        assert db.session.scalars(select(Mail.sent_at)).one() is None
    assert "LIBRARY_MAIL_URL is not set" in caplog.text


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"MAIL_URL": "smtp://mail.example.org"}, "in clear"),
        ({"MAIL_URL": "mail.example.org:587"}, "LIBRARY_MAIL_URL must be"),
        ({"MAIL_URL": "smtps://mail.example.org", "MAIL_FROM": ""}, "LIBRARY_MAIL_FROM"),
    ],
)
def test_the_library_refuses_to_start_with_mail_that_is_not_safe(
    own_place: Place, open_library: Open, settings: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(UnsafeConfiguration, match=complaint):
        open_library(own_place, **settings)
