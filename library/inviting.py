"""Letting somebody in by letter: to the library with a role, to a submission as co-author, or to both.

The letter holds a secret; whoever holds it has proven the address. The database keeps only its hash.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from flask_babel import force_locale, gettext
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from library import access
from library.auditing import audit
from library.choices import Role
from library.errors import InvalidTransition, NotFound, NotPermitted
from library.languages import locale_of
from library.mail import MailKind, Stranger, notify
from library.models import (
    Account,
    Concept,
    Invitation,
    Organisation,
    Submission,
    SubmissionAuthor,
    now,
    plain_address,
)
from library.models import Role as RoleRow
from library.permissions import PERMISSIONS, Permission, permits, roles_of
from library.workflow import DECIDED, tell

VALID: Final = timedelta(days=14)
KEEP_FOR: Final = timedelta(days=30)  # after it was used or ran out
JOINED: Final = "co-author-joined"


def invite(
    session: Session,
    *,
    email: str,
    name: str,
    language: str,
    by: Account | None,
    role: Role | None = None,
    organisation: Organisation | None = None,
    submission: Submission | None = None,
    agency: Concept | None = None,
) -> str:
    """Invite somebody and write the letter; a letter that invited the same address to the same before is dead now.

    :param by: who invites; ``None`` for the library itself, as by a command.
    :param role: to hold in the library; co-authors become contributors without it.
    :param organisation: to belong to; of a co-author without a role only what they write for.
    :param agency: for which a co-author writes.
    :return: the secret of the letter, for tests and commands; never show it.
    :raises NotFound: if the submission is not theirs.
    :raises NotPermitted: if the role may do what the inviting person may not, or nothing is left to write together.
    """
    _check_inviting(by, role, submission)
    secret = secrets.token_urlsafe(32)
    _supersede(session, plain_address(email), role, submission)
    invitation = Invitation(
        token_hash=_hash(secret),
        email=email,
        name=name.strip(),
        language=language,
        role=role,
        organisation=organisation,
        submission_id=submission.id if submission else None,
        agency_id=agency.id if agency else None,
        invited_by=by,
        expires_at=now() + VALID,
    )
    session.add(invitation)
    session.flush()
    _write(session, invitation, submission, secret)
    audit(session, "invitation.send", actor=by, subject=invitation)
    return secret


def find(session: Session, secret: str) -> Invitation:
    """Return the invitation of a letter that still lets somebody in.

    :raises NotFound: if it is none, has been used, is over, or invites to a case that is decided.
    """
    open_ones = select(Invitation).outerjoin(Submission, Submission.id == Invitation.submission_id)
    invitation = session.scalar(
        open_ones.where(
            Invitation.token_hash == _hash(secret),
            Invitation.accepted_at.is_(None),
            Invitation.expires_at > now(),
            or_(Submission.id.is_(None), Submission.state.not_in(DECIDED)),
        )
    )
    if invitation is None:
        raise NotFound
    return invitation


def accept(session: Session, invitation: Invitation, account: Account) -> None:
    """Let somebody in: role, organisation, place among the authors; and tell the other authors.

    :raises NotFound: if somebody else was faster, for a letter lets in one person.
    """
    _use_up(session, invitation, account)
    if invitation.role is not None:
        _grant(session, account, invitation.role)
        if invitation.organisation and invitation.organisation not in account.organisations:
            account.organisations.append(invitation.organisation)
    if invitation.submission_id is not None:
        _join(session, invitation, account)
    audit(session, "invitation.accept", actor=account, subject=invitation)


def revoke(session: Session, invitation: Invitation, *, by: Account) -> None:
    """Take an invitation back: its letter lets nobody in any more. Whoever calls has checked that they may.

    :raises InvalidTransition: if it has been accepted.
    """
    if invitation.accepted_at is not None:
        raise InvalidTransition("an accepted invitation cannot be taken back")
    audit(session, "invitation.revoke", actor=by, subject=invitation)
    session.delete(invitation)
    session.flush()


def _check_inviting(by: Account | None, role: Role | None, submission: Submission | None) -> None:
    if by is None:
        return
    if role is not None:
        held = roles_of(by)
        given = PERMISSIONS[role]
        if not permits(held, Permission.INVITE_PEOPLE) or not all(permits(held, may) for may in given):
            raise NotPermitted("nobody gives away what they may not do themselves")
    if submission is not None:
        access.check_author(submission, by)
        if submission.state in DECIDED:
            raise NotPermitted("it is decided")


def _supersede(session: Session, email: str, role: Role | None, submission: Submission | None) -> None:
    session.execute(
        delete(Invitation).where(
            Invitation.email == email,
            Invitation.accepted_at.is_(None),
            Invitation.role.is_(None) if role is None else Invitation.role == role,
            Invitation.submission_id.is_(None) if submission is None else Invitation.submission_id == submission.id,
        )
    )


def _write(session: Session, invitation: Invitation, submission: Submission | None, secret: str) -> None:
    receiver = Stranger(invitation.email, invitation.language, invitation.name)
    path = f"/account/invitations/{secret}"
    with force_locale(locale_of(invitation.language)):
        actor = invitation.invited_by.name if invitation.invited_by else gettext("The library")
    if submission is not None:
        notify(session, MailKind.CO_AUTHOR_INVITATION, receiver, path=path, actor=actor, title=submission.title)
        return
    with force_locale(locale_of(invitation.language)):
        role = str(invitation.role.label) if invitation.role else ""
    notify(session, MailKind.INVITATION, receiver, path=path, actor=actor, role=role)


def _use_up(session: Session, invitation: Invitation, account: Account) -> None:
    """Mark an invitation as used in one statement, so that of two clicks at once only one counts."""
    fresh = update(Invitation).where(
        Invitation.id == invitation.id, Invitation.accepted_at.is_(None), Invitation.expires_at > now()
    )
    used = session.execute(fresh.values(accepted_at=now(), accepted_by_id=account.id))
    if not used.rowcount:  # type: ignore[attr-defined] # an UPDATE always counts
        raise NotFound
    session.refresh(invitation)


def _grant(session: Session, account: Account, role: Role) -> None:
    if role not in roles_of(account):
        account.roles.append(session.scalars(select(RoleRow).where(RoleRow.name == role)).one())
        session.flush()
        audit(session, f"account.grant-{role.value}", actor=account, subject=account)


def _join(session: Session, invitation: Invitation, account: Account) -> None:
    submission = session.get_one(Submission, invitation.submission_id)
    if not permits(roles_of(account), Permission.WRITE_SUBMISSIONS):
        _grant(session, account, Role.CONTRIBUTOR)
    if access.is_author(submission, account):
        return
    others = [author.account for author in submission.authors]
    position = max((author.position for author in submission.authors), default=-1) + 1
    submission.authors.append(
        SubmissionAuthor(
            account=account,
            position=position,
            agency_id=invitation.agency_id,
            organisation_id=invitation.organisation_id,
        )
    )
    session.flush()
    tell(session, submission, JOINED, actor=account)
    for other in others:
        notify(
            session,
            MailKind.CO_AUTHOR_JOINED,
            other,
            path=f"/submissions/{submission.id}",
            title=submission.title,
            actor=account.name,
        )


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def forget_old(session: Session) -> None:
    """Forget letters that were used or ran out a while ago, and with them the names of people without an account."""
    over = or_(Invitation.accepted_at < now() - KEEP_FOR, Invitation.expires_at < now() - KEEP_FOR)
    session.execute(delete(Invitation).where(over))
