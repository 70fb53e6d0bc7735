"""Accounts: roles, and the demo accounts that exist in demo mode only."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from flask_security import hash_password
from sqlalchemy import Engine, inspect, select
from sqlalchemy.orm import Session

from library.choices import Role as RoleChoice
from library.models import Account, Role

DEMO_PASSWORD: Final = "demo-only-on-this-machine"  # noqa: S105 - public on purpose: accounts of demo mode, loopback only
ACCOUNT_ROLES: Final = tuple(role for role in RoleChoice if role is not RoleChoice.READER)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """What the sign-in page shows of a demo account."""

    role: RoleChoice
    email: str
    password: str


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
    for demo in DEMO_ACCOUNTS:
        if demo.email not in kept:
            session.add(
                Account(
                    email=demo.email,
                    name=demo.role.value.capitalize(),
                    password=hash_password(demo.password),
                    fs_uniquifier=uuid.uuid4().hex,
                    roles=[roles[demo.role]],
                    demo=True,
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
