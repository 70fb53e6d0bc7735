"""Submissions in every state, with honest defaults."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from factories.documents import a_document
from library.choices import SubmissionState
from library.models import Account, Organisation, Submission, SubmissionAuthor, SubmissionRound, now
from library.workflow import SubmissionStep, advance_submission


def account_called(session: Session, email: str) -> Account:
    """Return the account with this e-mail address."""
    return session.scalars(select(Account).where(Account.email == email)).one()


def a_submission(
    session: Session,
    author: Account,
    *,
    state: SubmissionState = SubmissionState.DRAFT,
    document: dict[str, Any] | None = None,
    adviser: Account | None = None,
) -> Submission:
    """Write a submission and take it as far as a state that is not decided; flushed, not committed.

    :param adviser: who has it in review or asked for changes; needed for those states.
    """
    document = document if document is not None else a_document()
    texts = document.get("text", {})
    owner = session.scalars(select(Organisation).where(Organisation.slug == document.get("owner", ""))).one_or_none()
    submission = Submission(
        language=document.get("original_language", "en"),
        document=document,
        title=texts.get(document.get("original_language", "en"), {}).get("title", ""),
        owner=owner,
        created_by=author,
        authors=[SubmissionAuthor(account=author, position=0)],
    )
    advance_submission(session, submission, SubmissionStep.START, actor=author)
    for step in _WAY[state]:
        if step is SubmissionStep.SUBMIT:
            number = len(submission.rounds) + 1
            submission.rounds.append(
                SubmissionRound(number=number, document=copy.deepcopy(document), submitted_by_id=author.id)
            )
        if step is SubmissionStep.TAKE:
            assert adviser is not None, "somebody has to take it"
            submission.adviser = adviser
            submission.due_on = (now() + timedelta(days=14)).date()
        by = adviser if step in (SubmissionStep.TAKE, SubmissionStep.REQUEST_CHANGES) else author
        advance_submission(session, submission, step, actor=by, reason="Please say what did not work.")
    return submission


_WAY = {
    SubmissionState.DRAFT: (),
    SubmissionState.SUBMITTED: (SubmissionStep.SUBMIT,),
    SubmissionState.IN_REVIEW: (SubmissionStep.SUBMIT, SubmissionStep.TAKE),
    SubmissionState.CHANGES_REQUESTED: (SubmissionStep.SUBMIT, SubmissionStep.TAKE, SubmissionStep.REQUEST_CHANGES),
    SubmissionState.WITHDRAWN: (SubmissionStep.WITHDRAW,),
}
