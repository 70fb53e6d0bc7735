"""Who an account is at a municipality's own sign-in. Never links by address alone: only the provider's own name for
somebody, its subject, is a proof.
"""

from __future__ import annotations

import uuid

from flask_babel import force_locale, gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.accounts.oidc import Claims, Provider
from library.accounts.services import ensure_roles
from library.auditing import audit
from library.errors import NotPermitted
from library.mail import MailKind, notify
from library.models import Account, Identity, Organisation, now


def account_of(session: Session, claims: Claims) -> Account | None:
    """Return the account to which an identity is linked, if any."""
    mine = Identity.issuer == claims.issuer, Identity.subject == claims.subject
    return session.scalars(select(Account).join(Identity).where(*mine)).one_or_none()


def account_at(session: Session, email: str) -> Account | None:
    """Return the account with an e-mail address, if any."""
    return session.scalars(select(Account).where(Account.email == email.strip().lower())).one_or_none()


def make_account(session: Session, claims: Claims, provider: Provider, *, name: str, language: str) -> Account:
    """Make an account for somebody whose confirmed address the provider vouches for.

    :raises NotPermitted: if the address is not vouched for, or has an account already.
    """
    if not claims.email or account_at(session, claims.email) or account_of(session, claims):
        raise NotPermitted("this address is not vouched for, or has an account")
    account = Account(
        email=claims.email,
        name=name,
        language=language,
        fs_uniquifier=uuid.uuid4().hex,
        confirmed_at=now(),
        roles=[ensure_roles(session)[provider.role]],
        organisations=_organisations(session, provider),
        identities=[Identity(issuer=claims.issuer, subject=claims.subject)],
    )
    session.add(account)
    session.flush()
    audit(session, "account.register", actor=account, subject=account)
    return account


def link(session: Session, account: Account, claims: Claims, provider: Provider) -> None:
    """Link an identity to the account of somebody who has just signed in to both; their membership comes with it.

    :raises NotPermitted: if it is linked to another account.
    """
    holder = account_of(session, claims)
    if holder is not None and holder.id != account.id:
        raise NotPermitted("this identity is somebody else's")
    if holder is None:
        account.identities.append(Identity(issuer=claims.issuer, subject=claims.subject))
        account.organisations.extend(
            body for body in _organisations(session, provider) if body not in account.organisations
        )
        session.flush()
        audit(session, "account.link-identity", actor=account, subject=account)
        with force_locale(account.language):
            what = gettext("you can sign in with %(name)s", name=provider.name)
        notify(session, MailKind.ACCOUNT_CHANGED, account, path="/account", what=what)


def _organisations(session: Session, provider: Provider) -> list[Organisation]:
    return list(session.scalars(select(Organisation).where(Organisation.slug == provider.organisation)))
