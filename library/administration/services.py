"""What administrators do to accounts and organisations. Each deed is written down and told to the person it concerns.

Two things are kept from going wrong: nobody changes their own standing here, and the library never loses its last
administrator, not even when two of them act at the same moment.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask_babel import force_locale, gettext
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from library import inviting
from library.auditing import audit
from library.choices import Role as RoleChoice
from library.errors import NotFound, NotPermitted
from library.mail import MailKind, notify
from library.models import Account, Invitation, Organisation, Role, ServerSession, account_role
from library.permissions import Permission, permits

ACCOUNT_PATH: Final = "/account"
BY_ADVISERS: Final = (RoleChoice.MEMBER, RoleChoice.CONTRIBUTOR)  # whom they may invite
BY_ADMINISTRATORS: Final = (*BY_ADVISERS, RoleChoice.ADVISER, RoleChoice.ADMINISTRATOR)


def grant_role(session: Session, account: Account, role: RoleChoice, *, actor: Account) -> None:
    """Give somebody a role; one that they hold already changes nothing."""
    if role in _roles(account):
        return
    account.roles.append(session.scalars(select(Role).where(Role.name == role)).one())
    session.flush()
    audit(session, f"account.grant-{role}", actor=actor, subject=account)
    _tell(session, account, lambda: gettext("you now have the role: %(role)s", role=role.label))


def take_role(session: Session, account: Account, role: RoleChoice, *, actor: Account) -> None:
    """Take a role away; one that they do not hold changes nothing.

    :raises NotPermitted: for one's own administrator role, and for that of the last active administrator.
    """
    if role not in _roles(account):
        return
    if role is RoleChoice.ADMINISTRATOR:
        _check_not_oneself(account, actor)
        _lock_administrators(session)
    account.roles = [held for held in account.roles if held.name != role]
    session.flush()
    if role is RoleChoice.ADMINISTRATOR:
        _check_an_administrator_is_left(session)
    audit(session, f"account.take-{role}", actor=actor, subject=account)
    _tell(session, account, lambda: gettext("you no longer have the role: %(role)s", role=role.label))


def deactivate(session: Session, account: Account, *, actor: Account) -> None:
    """Keep somebody out, at once and until an administrator lets them in again; nothing of theirs is lost.

    :raises NotPermitted: for oneself, and for the last active administrator.
    """
    _check_not_oneself(account, actor)
    if not account.active:
        return
    _lock_administrators(session)
    account.active = False
    session.flush()
    _check_an_administrator_is_left(session)
    _end_sessions(session, account)
    audit(session, "account.deactivate", actor=actor, subject=account)
    _tell(session, account, lambda: gettext("your account is closed; nothing of yours is lost"))


def activate(session: Session, account: Account, *, actor: Account) -> None:
    """Let somebody in again."""
    if account.active:
        return
    account.active = True
    audit(session, "account.activate", actor=actor, subject=account)
    _tell(session, account, lambda: gettext("your account is open again"))


def end_sessions(session: Session, account: Account, *, actor: Account) -> None:
    """Sign somebody out of every browser."""
    _end_sessions(session, account)
    audit(session, "account.end-sessions", actor=actor, subject=account)
    _tell(session, account, lambda: gettext("you were signed out everywhere"))


def reset_second_factor(session: Session, account: Account, *, actor: Account) -> None:
    """Forget a second factor that was lost, with the passkeys and recovery codes beside it, and end all sessions.

    :raises NotPermitted: for oneself: whoever can sign in changes it on their own page.
    """
    _check_not_oneself(account, actor)
    account.tf_primary_method = None
    account.tf_totp_secret = None
    account.mf_recovery_codes = None
    account.webauthn = []
    _end_sessions(session, account)
    audit(session, "account.reset-second-factor", actor=actor, subject=account)
    _tell(session, account, lambda: gettext("your second factor was removed; set up a new one"))


def join_organisation(session: Session, account: Account, organisation: Organisation, *, actor: Account) -> None:
    """Make somebody a member of an organisation. Both the account and the organisation get an entry in the audit."""
    if organisation in account.organisations:
        return
    account.organisations.append(organisation)
    session.flush()
    audit(session, "account.join-organisation", actor=actor, subject=account)
    audit(session, "organisation.add-member", actor=actor, subject=organisation)
    _tell(session, account, lambda: gettext("you now belong to %(organisation)s", organisation=organisation.name))


def leave_organisation(session: Session, account: Account, organisation: Organisation, *, actor: Account) -> None:
    """End somebody's membership of an organisation."""
    if organisation not in account.organisations:
        return
    account.organisations.remove(organisation)
    session.flush()
    audit(session, "account.leave-organisation", actor=actor, subject=account)
    audit(session, "organisation.remove-member", actor=actor, subject=organisation)
    _tell(session, account, lambda: gettext("you no longer belong to %(organisation)s", organisation=organisation.name))


def may_invite_as(actor: Account) -> tuple[RoleChoice, ...]:
    """Return the roles to which somebody may invite: advisers let in those who write, administrators anybody."""
    return BY_ADMINISTRATORS if permits(_roles(actor), Permission.MANAGE_PEOPLE) else BY_ADVISERS


def invite_person(
    session: Session,
    *,
    email: str,
    name: str,
    language: str,
    role: RoleChoice,
    organisation: Organisation | None,
    actor: Account,
) -> None:
    """Invite somebody to the library, with a role and, where it is known, an organisation.

    :raises NotPermitted: if this role is not theirs to give.
    """
    _check_may_invite(actor, role)
    inviting.invite(session, email=email, name=name, language=language, by=actor, role=role, organisation=organisation)


def send_again(session: Session, invitation: Invitation, *, actor: Account) -> None:
    """Write a fresh letter, valid as long as the first was; the old one lets nobody in any more.

    :raises NotPermitted: if its role is not theirs to give.
    """
    invite_person(
        session,
        email=invitation.email,
        name=invitation.name,
        language=invitation.language,
        role=_role_of(invitation),
        organisation=invitation.organisation,
        actor=actor,
    )


def revoke_invitation(session: Session, invitation: Invitation, *, actor: Account) -> None:
    """Take an invitation back.

    :raises NotPermitted: if its role is not theirs to give.
    """
    _check_may_invite(actor, _role_of(invitation))
    inviting.revoke(session, invitation, by=actor)


def add_organisation(session: Session, *, slug: str, actor: Account, **values: Any) -> Organisation:
    """Add an organisation.

    :param slug: its name in addresses and documents, for ever.
    :param values: ``kind``, ``country_id``, ``name``, ``names``.
    """
    organisation = Organisation(slug=slug, **values)
    session.add(organisation)
    session.flush()
    audit(session, "organisation.add", actor=actor, subject=organisation)
    return organisation


def change_organisation(session: Session, organisation: Organisation, *, actor: Account, **values: Any) -> None:
    """Change kind, country or names; practices that show them are indexed anew by themselves."""
    for name, value in values.items():
        setattr(organisation, name, value)
    session.flush()
    audit(session, "organisation.change", actor=actor, subject=organisation)


def _roles(account: Account) -> set[RoleChoice]:
    return {RoleChoice(role.name) for role in account.roles}


def _role_of(invitation: Invitation) -> RoleChoice:
    if invitation.role is None:
        raise NotFound("an invitation to a submission is its authors' business")
    return invitation.role


def _check_may_invite(actor: Account, role: RoleChoice) -> None:
    if role not in may_invite_as(actor):
        raise NotPermitted("only administrators invite advisers and administrators")


def _check_not_oneself(account: Account, actor: Account) -> None:
    if account.id == actor.id:
        raise NotPermitted("nobody changes their own standing")


def _lock_administrators(session: Session) -> None:
    """Let others who are about to take away an administrator wait; SQLite has one writer at a time anyway."""
    session.execute(select(Role.id).where(Role.name == RoleChoice.ADMINISTRATOR).with_for_update())


def _check_an_administrator_is_left(session: Session) -> None:
    """Look after the change, in its transaction, so that no second one can come in between."""
    query = select(func.count()).select_from(Account).join(account_role).join(Role)
    if not session.scalar(query.where(Account.active, Role.name == RoleChoice.ADMINISTRATOR)):
        raise NotPermitted("the library needs an administrator")


def _end_sessions(session: Session, account: Account) -> None:
    session.execute(delete(ServerSession).where(ServerSession.account_id == account.id))


def _tell(session: Session, account: Account, words: Callable[[], str]) -> None:
    """Tell somebody what was changed about their account, in their language.

    :param words: makes the rest of the sentence "Your account was changed: …".
    """
    with force_locale(account.language):
        what = words()
    notify(session, MailKind.ACCOUNT_CHANGED, account, path=ACCOUNT_PATH, what=what)
