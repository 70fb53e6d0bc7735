"""What the worker forgets by itself."""

from __future__ import annotations

from datetime import timedelta

from factories.people import signed_in
from factories.submissions import a_submission, account_called
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from library import inviting
from library.choices import Role
from library.drafting import saving
from library.models import Invitation, KeptEdit, now

LONG_AGO = timedelta(days=31)


def test_names_of_the_invited_go_a_while_after_their_letter_is_over(own_library: Flask, own_session: Session) -> None:
    signed_in(own_library, Role.ADVISER)
    adviser = account_called(own_session, "adviser@example.org")
    with own_library.test_request_context("/en/"):
        for name in ("open", "over", "used", "just-over"):
            inviting.invite(
                own_session,
                email=f"{name}@example.org",
                name=name,
                language="en",
                by=adviser,
                role=Role.CONTRIBUTOR,
            )
    letters = {letter.name: letter for letter in own_session.scalars(select(Invitation))}
    letters["over"].expires_at = now() - LONG_AGO
    letters["used"].accepted_at = now() - LONG_AGO
    letters["just-over"].expires_at = now() - timedelta(days=1)
    own_session.commit()
    inviting.forget_old(own_session)
    assert set(own_session.scalars(select(Invitation.name))) == {"open", "just-over"}
    own_session.rollback()


def test_a_kept_edit_stays_until_its_author_has_chosen(own_library: Flask, own_session: Session) -> None:
    signed_in(own_library, Role.CONTRIBUTOR)
    author = account_called(own_session, "contributor@example.org")
    submission = a_submission(own_session, author)
    for text, resolved in (("waits", None), ("chosen", now() - LONG_AGO), ("chosen lately", now())):
        own_session.add(
            KeptEdit(
                submission_id=submission.id,
                account_id=author.id,
                base_version=1,
                fields={"text.sv.title": text},
                created_at=now() - 2 * LONG_AGO,
                resolved_at=resolved,
            )
        )
    own_session.commit()
    saving.forget_old(own_session)
    left = {edit.fields["text.sv.title"] for edit in own_session.scalars(select(KeptEdit))}
    assert left == {"waits", "chosen lately"}
    own_session.rollback()
