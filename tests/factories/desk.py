"""The desk with people at it: authors, advisers, and submissions that have come in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from factories.people import hidden, signed_in
from factories.readers import Reader
from factories.records import an_account
from factories.submissions import a_submission, account_called
from library.choices import Criterion, Dimension, Role, SubmissionState
from library.models import Account, Submission, SubmissionRound
from library.workflow import SubmissionStep, advance_submission

AUTHOR = "author@example.org"

SHEET: dict[str, str] = {
    "version": "0",
    "evidence_stage": "evaluated-locally",
    "outcome": "promising",
    "review_label": "adviser-reviewed",
    **{f"met_{criterion.value}": "yes" for criterion in Criterion},
    **{f"note_{criterion.value}": "" for criterion in Criterion},
    **{f"grade_{dimension.value}": "B" for dimension in Dimension},
    **{f"reason_{dimension.value}": f"One sound study of {dimension.value}." for dimension in Dimension},
}


def an_author(app: Flask, session: Session, email: str = AUTHOR, name: str = "Berit") -> Account:
    """Make the account of somebody who writes, and return it as ``session`` sees it."""
    an_account(app, Role.CONTRIBUTOR, email=email, name=name)
    return account_called(session, email)


def an_adviser(app: Flask, name: str = "Astrid", role: Role = Role.ADVISER) -> Reader:
    """Return the browser of somebody who works at the desk."""
    return signed_in(app, role, email=f"{name.lower()}@example.org", name=name)


def sent_in(session: Session, author: Account, **options: Any) -> Submission:
    """Write a submission that waits for an adviser; committed."""
    submission = a_submission(session, author, **{"state": SubmissionState.SUBMITTED, **options})
    session.commit()
    return submission


def sent_in_again(session: Session, submission: Submission, author: Account, document: dict[str, Any]) -> None:
    """Send in another round, as its author does after changes were asked for; committed."""
    session.refresh(submission)
    submission.document = document
    number = len(submission.rounds) + 1
    submission.rounds.append(SubmissionRound(number=number, document=document, submitted_by_id=author.id))
    advance_submission(session, submission, SubmissionStep.SUBMIT, actor=author)
    session.commit()


def send(browser: Reader, address: str, data: Mapping[str, str] | None = None) -> TestResponse:
    """Send a form by an address that its page may not even offer."""
    token = hidden(browser.read("/en/account"))["csrf_token"]
    return browser.post(address, data={"csrf_token": token, **(data or {})})


def take(browser: Reader, submission: Submission) -> TestResponse:
    """Take a submission as its page offers it."""
    page = browser.read(f"/en/review/{submission.id}")
    return browser.post(f"/en/review/{submission.id}/take", data=hidden(page))


def fill_sheet(browser: Reader, submission: Submission, **changes: str) -> TestResponse:
    """Fill in the whole sheet and save it."""
    address = f"/en/review/{submission.id}/assessment"
    return browser.post(address, data={**SHEET, **hidden(browser.read(address)), **changes})


def decide(browser: Reader, submission: Submission, decision: str, **words: str) -> TestResponse:
    """Decide with the texts that a decision needs."""
    address = f"/en/review/{submission.id}/decision"
    texts = {"good": "A clear account of what you did.", "reason": "" if decision == "accept" else "Say what it costs."}
    return browser.post(address, data={**hidden(browser.read(address)), "decision": decision, **texts, **words})


def as_stored(session: Session, submission: Submission) -> Submission:
    """Return a submission as the database has it now."""
    session.expire_all()
    return session.scalars(select(Submission).where(Submission.id == submission.id)).one()
