"""People with an account: roles, organisations, second factors, invitations, and the sessions they hold."""

from __future__ import annotations

from datetime import datetime

from flask_security import AsaList
from flask_security.core import RoleMixin, UserMixin, WebAuthnMixin
from sqlalchemy import CheckConstraint, Column, ForeignKey, LargeBinary, String, Table, UniqueConstraint
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from library.choices import MailChoice
from library.choices import Role as RoleChoice
from library.models.base import CONCEPT_ID_LENGTH, Base, choice_type, now, spoken
from library.models.organisation import Organisation

account_role = Table(
    "account_role",
    Base.metadata,
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id"), primary_key=True),
)

account_organisation = Table(
    "account_organisation",
    Base.metadata,
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("organisation_id", ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True, index=True),
)


def plain_address(address: str) -> str:
    """Return an e-mail address as it is kept and looked for: no mailbox in use tells capitals apart."""
    return address.strip().lower()


class Role(Base, RoleMixin):
    """A row for each role that an account can hold; what it may do stands in ``permissions``."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[RoleChoice] = mapped_column(choice_type(RoleChoice), unique=True)


class Account(Base, UserMixin):
    """A person who signs in. ``demo`` marks accounts that exist in demo mode only; production refuses them."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    password: Mapped[str | None] = mapped_column(String(255), comment="argon2 hash")
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    language: Mapped[str] = mapped_column(String(2), default="en")
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)
    confirmed_at: Mapped[datetime | None] = mapped_column(comment="when the e-mail address proved to be theirs")
    mail: Mapped[MailChoice] = mapped_column(
        choice_type(MailChoice), default=MailChoice.ALL, server_default=MailChoice.ALL.value
    )
    digested_at: Mapped[datetime | None] = mapped_column(comment="when the last daily digest was written")

    # Names that Flask-Security knows.
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255), comment="encrypted")
    tf_last_counter: Mapped[int | None] = mapped_column(comment="time step of the last code, which is good once")
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(  # type: ignore[assignment] # none before the first passkey
        String(64), index=True, unique=True
    )
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))

    roles: Mapped[list[Role]] = relationship(secondary=account_role, lazy="selectin")  # type: ignore[assignment] # UserMixin declares a list of mixins
    organisations: Mapped[list[Organisation]] = relationship(secondary=account_organisation, order_by="Organisation.id")
    webauthn: Mapped[list[Passkey]] = relationship(back_populates="user", cascade="all, delete-orphan")  # type: ignore[assignment] # as roles
    identities: Mapped[list[Identity]] = relationship(back_populates="account", cascade="all, delete-orphan")

    @validates("email")
    def _plain(self, _key: str, address: str) -> str:
        return plain_address(address)


class Passkey(Base, WebAuthnMixin):
    """A passkey or security key of an account, under the names that Flask-Security knows."""

    __tablename__ = "passkey"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int | None] = mapped_column(default=0)  # type: ignore[assignment] # some keys count nothing
    transports: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))
    backup_state: Mapped[bool]
    device_type: Mapped[str] = mapped_column(String(64))
    extensions: Mapped[str | None] = mapped_column(String(255))
    create_datetime: Mapped[datetime] = mapped_column(default=now)
    lastuse_datetime: Mapped[datetime] = mapped_column(default=now)
    name: Mapped[str] = mapped_column(String(64), comment="as its owner calls it")
    usage: Mapped[str] = mapped_column(String(64), comment="first: signs in alone; secondary: after the password")

    user: Mapped[Account] = relationship(back_populates="webauthn")


class Identity(Base):
    """Who an account is at a municipality's own sign-in (OpenID Connect)."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(default=now)

    account: Mapped[Account] = relationship(back_populates="identities")


class Invitation(Base):
    """A letter that lets somebody in: to the library with a role, to a submission as co-author, or to both.

    The letter holds a secret of which only the hash is kept here.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("agency_id LIKE 'agencies/%'", name="agency_is_an_agency"),
        CheckConstraint("(role IS NOT NULL) OR (submission_id IS NOT NULL)", name="leads_somewhere"),
        CheckConstraint("role <> 'reader'", name="role_needs_an_account"),
        spoken("language"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    email: Mapped[str] = mapped_column(String(255), index=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(2), default="en")
    role: Mapped[RoleChoice | None] = mapped_column(choice_type(RoleChoice, "invited_role"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="SET NULL"))
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id", ondelete="CASCADE"), index=True)
    agency_id: Mapped[str | None] = mapped_column(
        String(CONCEPT_ID_LENGTH), ForeignKey("concept.id", onupdate="CASCADE")
    )
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    invited_by: Mapped[Account | None] = relationship(foreign_keys=[invited_by_id])
    organisation: Mapped[Organisation | None] = relationship()

    @validates("email")
    def _plain(self, _key: str, address: str) -> str:
        return plain_address(address)


class ServerSession(Base):
    """What the server remembers of one browser. The cookie holds a secret of which only the hash is kept here."""

    __tablename__ = "server_session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    data: Mapped[str] = mapped_column(comment="Flask's tagged JSON")
    client: Mapped[str | None] = mapped_column(String(200), comment="browser and system, as their owner knows them")
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_seen_at: Mapped[datetime] = mapped_column(default=now, comment="kept to the minute, and for accounts only")
    expires_at: Mapped[datetime] = mapped_column(index=True)
