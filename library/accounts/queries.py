"""What is read of accounts, sessions and invitations, and everything that the library knows about one person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any, Final

from sqlalchemy import Column, ForeignKey, Table, func, select
from sqlalchemy.orm import Session

from library.accounts import links
from library.accounts.links import Purpose
from library.choices import Role, SubmissionState
from library.errors import NotFound
from library.models import (
    Account,
    Base,
    Invitation,
    Passkey,
    ServerSession,
    Submission,
    SubmissionAuthor,
    account_role,
    now,
    plain_address,
)
from library.models import Role as RoleRow

# Who made a row: all of it is theirs. Where somebody else made it, only that it names this person is.
MADE_BY: Final = {
    "passkey": "user_id",
    "identity": "account_id",
    "invitation": "invited_by_id",
    "server_session": "account_id",
    "submission_author": "account_id",
    "submission_round": "submitted_by_id",
    "kept_edit": "account_id",
    "submission_event": "actor_id",
    "event": "actor_id",
    "comment": "author_id",
    "attachment": "account_id",
    "mail": "account_id",
    "notice": "account_id",
    "practice_author": "account_id",
    "claim": "account_id",
    "adoption": "account_id",
    "batch": "actor_id",
    "call": "opened_by_id",
    "collection_curator": "account_id",
    "concept_change": "actor_id",
    "concept_suggestion": "account_id",
    "audit_entry": "actor_id",
}
# Secrets that would let a thief of the file in, and letters, which their receiver has.
NEVER_TOLD: Final = frozenset(
    {
        "account.password",
        "account.fs_uniquifier",
        "account.tf_totp_secret",
        "account.fs_webauthn_user_handle",
        "account.mf_recovery_codes",
        "invitation.token_hash",
        "mail.html",
        "mail.text",
        "passkey.credential_id",
        "passkey.public_key",
        "server_session.data",
        "server_session.token_hash",
    }
)


def account_of(session: Session, email: str) -> Account | None:
    """Return the account with an e-mail address, however it is written."""
    return session.scalar(select(Account).where(Account.email == plain_address(email)))


def account_named(session: Session, uniquifier: str) -> Account | None:
    """Return the active account that a session names."""
    return session.scalar(select(Account).where(Account.fs_uniquifier == uniquifier, Account.active))


def account_of_link(session: Session, purpose: Purpose, token: str) -> tuple[Account, dict[str, Any]]:
    """Return the account that a link was made for, and what else it carries.

    :raises NotFound: if the link is none, is too old, or has been used.
    """
    content = links.unseal(purpose, token)
    account = session.get(Account, content["id"])
    if account is None or not account.active or not links.is_marked(account, content["mark"]):
        raise NotFound
    return account, content


def submission_of(session: Session, invitation: Invitation) -> Submission | None:
    """Return what an invitation asks to write together."""
    return session.get(Submission, invitation.submission_id) if invitation.submission_id else None


def passkey_called(session: Session, credential: bytes) -> Passkey | None:
    """Return the passkey with this identifier."""
    return session.scalar(select(Passkey).where(Passkey.credential_id == credential))


def passkeys_of(session: Session, account: Account) -> Sequence[Passkey]:
    """Return the passkeys of an account, oldest first."""
    return session.scalars(select(Passkey).where(Passkey.user_id == account.id).order_by(Passkey.id)).all()


def has_second_factor(session: Session, account: Account) -> bool:
    """Return whether somebody can prove who they are by more than a password."""
    if account.tf_totp_secret:
        return True
    return session.scalar(select(Passkey.id).where(Passkey.user_id == account.id).limit(1)) is not None


def sessions_of(session: Session, account: Account) -> Sequence[ServerSession]:
    """Return where somebody is signed in, last used first."""
    mine = select(ServerSession).where(ServerSession.account_id == account.id, ServerSession.expires_at > now())
    return session.scalars(mine.order_by(ServerSession.last_seen_at.desc(), ServerSession.created_at.desc())).all()


def is_last_administrator(session: Session, account: Account) -> bool:
    """Return whether the library would have no administrator without this one."""
    administrators = (
        select(Account.id)
        .join(account_role, account_role.c.account_id == Account.id)
        .join(RoleRow, RoleRow.id == account_role.c.role_id)
        .where(RoleRow.name == Role.ADMINISTRATOR, Account.active)
    )
    holders = set(session.scalars(administrators))
    return holders == {account.id}


def written_alone(session: Session, account: Account) -> Sequence[Submission]:
    """Return the submissions that would have no author without this one, decided ones aside."""
    alone = (
        select(SubmissionAuthor.submission_id)
        .group_by(SubmissionAuthor.submission_id)
        .having(func.count() == 1, func.min(SubmissionAuthor.account_id) == account.id)
    )
    undecided = Submission.state.not_in((SubmissionState.ACCEPTED, SubmissionState.DECLINED))
    return session.scalars(select(Submission).where(Submission.id.in_(alone), undecided).order_by(Submission.id)).all()


# --- one's data ---


def everything_about(session: Session, account: Account) -> dict[str, Any]:
    """Return all that the database holds about a person, as JSON, secrets and letters aside.

    Every column that refers to an account is followed, so a table that is added later is told of too.
    """
    told: dict[str, Any] = {
        "made_at": now().isoformat(),
        "account": _rows(session, _table("account"), "id", account.id)[0],
        "roles": [role.name for role in account.roles],
        "organisations": [body.slug for body in account.organisations],
        "submissions": _submissions(session, account),
        "invitations_received": _rows(session, _table("invitation"), "email", account.email),
    }
    named: list[dict[str, Any]] = []
    for table, column in _references():
        if MADE_BY.get(table.name) == column.name:
            told[table.name] = _rows(session, table, column.name, account.id)
        elif "id" in table.c:
            ids = session.scalars(select(table.c.id).where(column == account.id))
            named += [{"table": table.name, "id": number, "as": column.name} for number in ids]
    return {**told, "named_in": named}


def _references() -> list[tuple[Table, Column[Any]]]:
    """Return every column that refers to an account, but for those that only join it to roles and organisations."""
    joining = {"account_role", "account_organisation"}
    return [
        (table, column)
        for name, table in sorted(Base.metadata.tables.items())
        if name not in joining
        for column in table.columns
        if any(_leads_to_account(key) for key in column.foreign_keys)
    ]


def _leads_to_account(key: ForeignKey) -> bool:
    return key.column.table.name == "account"


def _submissions(session: Session, account: Account) -> list[dict[str, Any]]:
    mine = select(SubmissionAuthor.submission_id).where(SubmissionAuthor.account_id == account.id)
    table = _table("submission")
    rows = session.execute(select(table).where(table.c.id.in_(mine)).order_by(table.c.id)).mappings()
    return [_told(table, dict(row)) for row in rows]


def _rows(session: Session, table: Table, column: str, value: object) -> list[dict[str, Any]]:
    found = session.execute(select(table).where(table.c[column] == value).order_by(*table.primary_key)).mappings()
    return [_told(table, dict(row)) for row in found]


def _told(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row.items() if f"{table.name}.{name}" not in NEVER_TOLD}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, datetime) or hasattr(value, "isoformat") else value


def _table(name: str) -> Table:
    return Base.metadata.tables[name]
