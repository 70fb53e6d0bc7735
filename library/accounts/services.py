"""Accounts: opening, changing, protecting and erasing them, and the demo accounts that exist in demo mode only.

Whoever asks about an address that has no account gets the same answer after the same work.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask_babel import force_locale, gettext
from flask_security import hash_password
from sqlalchemy import Engine, delete, inspect, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from webauthn.registration.verify_registration_response import VerifiedRegistration

from library.accounts import codes, links, passkeys, passwords
from library.accounts.links import Purpose
from library.accounts.queries import (
    account_of,
    has_second_factor,
    is_last_administrator,
    passkey_called,
    passkeys_of,
    written_alone,
)
from library.auditing import audit
from library.choices import MailChoice, SubmissionState
from library.choices import Role as RoleChoice
from library.errors import LibraryError, NotFound, NotPermitted
from library.mail import MailKind, Stranger, notify
from library.models import (
    Account,
    Invitation,
    Mail,
    Organisation,
    Passkey,
    PracticeAuthor,
    Role,
    ServerSession,
    now,
    plain_address,
)
from library.workflow import SubmissionStep, advance_submission

MAX_PASSKEY_NAME: Final = 64  # characters, as the table


class AddressTaken(LibraryError):
    """An account has this e-mail address already."""


# --- opening an account ---


def ask_to_register(session: Session, *, email: str, name: str, language: str, wanted: str = "") -> None:
    """Write to somebody who wants an account; who has one already is told so, in a letter and nowhere else.

    :param wanted: path where they were going; the link remembers it, for the letter may open in another browser.
    """
    told = {"email": plain_address(email), "name": name.strip(), "language": language}
    token = links.seal(Purpose.REGISTER, **told, next=wanted)
    if len(token) > links.LONGEST:
        token = links.seal(Purpose.REGISTER, **told)
    account = account_of(session, email)
    if account is not None:
        notify(session, MailKind.ADDRESS_TAKEN, account, path="/account/recover")
        return
    stranger = Stranger(plain_address(email), language, name.strip())
    notify(session, MailKind.CONFIRM_ADDRESS, stranger, path=f"/account/confirm/{token}")


def open_account(
    session: Session, *, email: str, name: str, password: str | None, language: str, role: RoleChoice | None = None
) -> Account:
    """Make an account for somebody whose address has been proven.

    :param password: none for people who come from a sign-in of their municipality.
    :param role: contributor for those who registered; people who were invited get theirs from the invitation.
    :raises AddressTaken: if there is one.
    """
    account = Account(
        email=email,
        name=name.strip(),
        password=passwords.hashed(password) if password is not None else None,
        fs_uniquifier=uuid.uuid4().hex,
        language=language,
        confirmed_at=now(),
        active=True,
        roles=[ensure_roles(session)[role]] if role else [],
    )
    if account_of(session, email) is not None:
        raise AddressTaken
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError as error:  # somebody was faster, between the question and the answer
        raise AddressTaken from error
    audit(session, "account.open", actor=account, subject=account)
    return account


# --- changing it ---


def ask_to_recover(session: Session, *, email: str, language: str) -> None:
    """Write to somebody who forgot their password, if they have an account; the work is the same if not."""
    account = account_of(session, email)
    known = account is not None and account.active
    receiver = account if account is not None and known else Stranger(plain_address(email), language)
    content = {"id": account.id, "mark": links.mark(account)} if account is not None else {"id": 0, "mark": "0" * 32}
    path = f"/account/reset/{links.seal(Purpose.RESET_PASSWORD, **content)}"
    with session.no_autoflush:
        before = set(session.new)
        notify(session, MailKind.RESET_PASSWORD, receiver, path=path)
        if not known:
            for letter in [made for made in session.new if isinstance(made, Mail) and made not in before]:
                session.expunge(letter)
    audit(session, "account.ask-to-recover", actor=None)


def set_password(session: Session, account: Account, password: str, *, keep: bytes | None = None) -> None:
    """Give an account a new password, end its other sessions, and tell its owner.

    :param keep: name of the session that stays.
    """
    account.password = passwords.hashed(password)
    end_other_sessions(session, account, keep=keep)
    _changed(session, account, "password", lambda: gettext("a new password was set"))


def change_details(session: Session, account: Account, *, name: str, language: str, mail: MailChoice) -> None:
    """Change what somebody is called, in which language we write to them, and which mail they want."""
    account.name, account.language, account.mail = name.strip(), language, mail
    audit(session, "account.change-details", actor=account, subject=account)


def ask_to_change_email(session: Session, account: Account, *, email: str) -> None:
    """Write to the new address, which counts once somebody has followed the link; nothing changes before."""
    new = plain_address(email)
    content = {"id": account.id, "mark": links.mark(account), "email": new}
    token = links.seal(Purpose.CHANGE_EMAIL, **content)
    other = account_of(session, new)
    if other is not None:
        notify(session, MailKind.ADDRESS_TAKEN, other, path="/account/recover")
        return
    stranger = Stranger(new, account.language, account.name)
    notify(session, MailKind.CONFIRM_ADDRESS, stranger, path=f"/account/email/confirm/{token}")


def change_email(session: Session, account: Account, *, email: str) -> None:
    """Give an account its new address, which has been proven, and tell the old one.

    :raises AddressTaken: if somebody else has it meanwhile.
    """
    old = Stranger(account.email, account.language, account.name)
    if account_of(session, email) is not None:
        raise AddressTaken
    try:
        with session.begin_nested():
            account.email = email
    except IntegrityError as error:
        raise AddressTaken from error
    account.confirmed_at = now()
    with force_locale(account.language):
        what = gettext("it has a new e-mail address")
    notify(session, MailKind.ACCOUNT_CHANGED, old, path="/account", what=what)
    audit(session, "account.change-email", actor=account, subject=account)


# --- second factors ---


def switch_on_app(
    session: Session, account: Account, *, secret: str, code: str, keep: bytes | None
) -> list[str] | None:
    """Let codes of an app be the second factor, once the app has given one that is right.

    :return: new recovery codes, where there were none; nothing is changed and ``None`` returned if the code is wrong.
    """
    step = codes.time_step(code, secret, last=None)
    if step is None:
        return None
    account.tf_totp_secret, account.tf_last_counter = secret, step
    account.tf_primary_method = "authenticator"
    return _protected(session, account, "app", keep)


def remove_app(session: Session, account: Account) -> None:
    """Let codes of an app be worth nothing any more."""
    account.tf_totp_secret = account.tf_primary_method = account.tf_last_counter = None
    _forget_needless_codes(session, account)
    _changed(session, account, "app-removed", lambda: gettext("the authenticator app was removed"))


def use_code(session: Session, account: Account, code: str) -> bool:
    """Return whether a code of the app, or a recovery code, is right; it is used up by this.

    The account is locked meanwhile, so that two requests cannot use one code.
    """
    session.refresh(account, with_for_update={"of": Account})
    if account.tf_totp_secret:
        step = codes.time_step(code, account.tf_totp_secret, last=account.tf_last_counter)
        if step is not None:
            account.tf_last_counter = step
            return True
    kept = codes.recovery_code_kept(account, code) if account.mf_recovery_codes else None
    if kept is None:
        return False
    account.mf_recovery_codes = [other for other in account.mf_recovery_codes or [] if other != kept]
    _changed(session, account, "recovery-code-used", lambda: gettext("a recovery code was used to sign in"))
    return True


def renew_recovery_codes(session: Session, account: Account) -> list[str]:
    """Return new recovery codes, to be shown this once; the old ones are worth nothing any more."""
    fresh = codes.new_recovery_codes(account)
    _changed(session, account, "recovery-codes", lambda: gettext("new recovery codes were made"))
    return fresh


def add_passkey(
    session: Session,
    account: Account,
    made: VerifiedRegistration,
    *,
    name: str,
    handle: str,
    transports: list[str],
    keep: bytes | None,
) -> list[str]:
    """Let somebody sign in with a passkey.

    :param handle: the name under which it knows the account.
    :return: new recovery codes, where there were none.
    :raises WrongPasskey: if somebody has it already.
    """
    if passkey_called(session, made.credential_id) is not None:
        raise passkeys.WrongPasskey("it is known")
    account.fs_webauthn_user_handle = handle
    taken = {passkey.name for passkey in passkeys_of(session, account)}
    session.add(
        Passkey(
            user_id=account.id,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            transports=transports,
            backup_state=made.credential_backed_up,
            device_type=made.credential_device_type.value,
            name=_unlike(name.strip(), taken),
            usage=passkeys.FIRST if made.user_verified else passkeys.SECONDARY,
        )
    )
    session.flush()
    return _protected(session, account, "passkey", keep)


def use_passkey(
    session: Session, answer: str, *, site: passkeys.Site, challenge: bytes, account: Account | None = None
) -> Account:
    """Return whose passkey has answered.

    :param account: whose it must be; without, the passkey alone proves who it is.
    :raises WrongPasskey: if it is nobody's, or somebody else's, or the answer is not right.
    """
    passkey = passkey_called(session, passkeys.identifier(answer))
    alone = account is None
    if passkey is None or not passkey.user.active or (account is not None and passkey.user_id != account.id):
        raise passkeys.WrongPasskey("nobody's, or somebody else's")
    if alone and passkey.usage != passkeys.FIRST:
        raise passkeys.WrongPasskey("good after the password only")
    proven = passkeys.shown(site, answer, passkey, challenge=challenge, alone=alone)
    passkey.sign_count = proven.new_sign_count
    passkey.lastuse_datetime = now()
    return passkey.user


def remove_passkey(session: Session, account: Account, identifier: int) -> None:
    """Let nobody sign in with a passkey any more.

    :raises NotFound: if it is not theirs.
    """
    passkey = session.get(Passkey, identifier)
    if passkey is None or passkey.user_id != account.id:
        raise NotFound
    session.delete(passkey)
    session.flush()
    _forget_needless_codes(session, account)
    _changed(session, account, "passkey-removed", lambda: gettext("a passkey was removed"))


# --- sessions ---


def end_session(session: Session, account: Account, name: bytes) -> None:
    """Sign somebody out in one browser.

    :raises NotFound: if it is not theirs, or over.
    """
    mine = delete(ServerSession).where(ServerSession.token_hash == name, ServerSession.account_id == account.id)
    if not session.execute(mine).rowcount:  # type: ignore[attr-defined] # a DELETE always counts
        raise NotFound
    audit(session, "account.end-session", actor=account, subject=account)


def end_other_sessions(session: Session, account: Account, *, keep: bytes | None) -> None:
    """Sign somebody out everywhere but in one browser."""
    theirs = delete(ServerSession).where(ServerSession.account_id == account.id)
    session.execute(theirs.where(ServerSession.token_hash != keep) if keep else theirs)
    audit(session, "account.end-other-sessions", actor=account, subject=account)


# --- leaving ---


def erase(session: Session, account: Account, *, keep_credit: bool) -> None:
    """Delete an account and what belongs to it alone: drafts without another author go, practices stay.

    What lies with an adviser and has no other author is withdrawn, for nobody could answer.

    :param keep_credit: leave the name on published practices.
    :raises NotPermitted: if the library would have no administrator.
    """
    if is_last_administrator(session, account):
        raise NotPermitted("the library needs an administrator")
    for submission in written_alone(session, account):
        if submission.state in (SubmissionState.DRAFT, SubmissionState.WITHDRAWN):
            session.delete(submission)
        else:
            advance_submission(session, submission, SubmissionStep.WITHDRAW, actor=account)
    named = delete(PracticeAuthor).where(PracticeAuthor.account_id == account.id)
    session.execute(named.where(~PracticeAuthor.credited) if keep_credit else named)  # what no page shows, nobody needs
    address = account.email
    session.execute(delete(Invitation).where(or_(Invitation.email == address, Invitation.accepted_by_id == account.id)))
    notify(session, MailKind.ACCOUNT_ERASED, Stranger(address, account.language, account.name))
    audit(session, "account.erase", actor=None, subject=account)
    session.flush()
    session.expire_all()  # rows went by statements of their own
    session.delete(account)
    session.flush()


# --- parts of these ---


def _protected(session: Session, account: Account, factor: str, keep: bytes | None) -> list[str]:
    """Note a new second factor: sessions that began without one end, and there must be a way back in."""
    fresh = [] if account.mf_recovery_codes else codes.new_recovery_codes(account)
    end_other_sessions(session, account, keep=keep)
    _changed(session, account, f"{factor}-added", _ADDED[factor])
    return fresh


def _forget_needless_codes(session: Session, account: Account) -> None:
    session.flush()
    if not has_second_factor(session, account):
        account.mf_recovery_codes = None


def _changed(session: Session, account: Account, deed: str, what: Callable[[], str]) -> None:
    """Write down that something which protects an account has changed, and tell its owner in their language."""
    session.flush()
    audit(session, f"account.{deed}", actor=account, subject=account)
    with force_locale(account.language):
        words = what()
    notify(session, MailKind.ACCOUNT_CHANGED, account, path="/account", what=words)


_ADDED: Final[dict[str, Callable[[], str]]] = {
    "app": lambda: gettext("an authenticator app was added"),
    "passkey": lambda: gettext("a passkey was added"),
}


def _unlike(name: str, taken: set[str]) -> str:
    """Return a name that no other passkey of the account has."""
    options = [name, *(f"{name[: MAX_PASSKEY_NAME - 4]} {number}" for number in range(2, len(taken) + 3))]
    return next(option for option in options if option not in taken)


# --- roles and demo accounts ---

DEMO_PASSWORD: Final = "demo-only-on-this-machine"  # noqa: S105 - public on purpose: accounts of demo mode, loopback only
ACCOUNT_ROLES: Final = tuple(role for role in RoleChoice if role is not RoleChoice.READER)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """What the sign-in page shows of a demo account."""

    role: RoleChoice
    email: str
    password: str


# Those who decide belong to none, for nobody decides on the work of their own municipality.
DEMO_MUNICIPALITY: Final = "se-gothenburg"
DEMO_PEOPLE: Final = (RoleChoice.MEMBER, RoleChoice.CONTRIBUTOR)  # of that municipality
DEMO_ACCOUNTS: Final = tuple(DemoAccount(role, f"{role.value}@demo.example", DEMO_PASSWORD) for role in ACCOUNT_ROLES)


def ensure_roles(session: Session) -> dict[RoleChoice, Role]:
    """Return the roles, made where they are missing."""
    kept = {RoleChoice(role.name): role for role in session.scalars(select(Role))}
    for choice in ACCOUNT_ROLES:
        if choice not in kept:
            kept[choice] = Role(name=choice)
            session.add(kept[choice])
    session.flush()
    return kept


def ensure_demo_accounts(session: Session) -> None:
    """Make one demo account for each role that an account can hold; those that exist are kept."""
    roles = ensure_roles(session)
    kept = set(session.scalars(select(Account.email)))
    town = session.scalars(select(Organisation).where(Organisation.slug == DEMO_MUNICIPALITY)).all()
    for demo in DEMO_ACCOUNTS:
        if demo.email not in kept:
            session.add(
                Account(
                    email=demo.email,
                    name=demo.role.value.capitalize(),
                    password=hash_password(demo.password),
                    fs_uniquifier=uuid.uuid4().hex,
                    roles=[roles[demo.role]],
                    organisations=[*town] if demo.role in DEMO_PEOPLE else [],
                    demo=True,
                    confirmed_at=now(),
                )
            )
    session.flush()


def has_demo_accounts(session: Session) -> bool:
    """Return whether any demo account is left."""
    return session.scalar(select(Account.id).where(Account.demo).limit(1)) is not None


def holds_demo_accounts(engine: Engine) -> bool:
    """Return whether a database, which may be empty, holds a demo account; and leave no connection open.

    A server may fork next, and processes must not share a connection.
    """
    try:
        with Session(engine) as session:
            return inspect(engine).has_table(Account.__tablename__) and has_demo_accounts(session)
    finally:
        engine.dispose()


def remove_demo_accounts(session: Session) -> None:
    """Delete all demo accounts and their sessions, to turn a demo into a real installation."""
    for account in session.scalars(select(Account).where(Account.demo)):
        session.delete(account)
    session.flush()
