"""Records in a database: practices and accounts."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Flask
from flask_security import hash_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from factories.documents import a_document
from library.accounts.services import ensure_roles
from library.choices import Provenance, Role
from library.extensions import db
from library.indexing.follower import Follower
from library.indexing.search import index_of_app
from library.models import Account, Practice, now
from library.publishing import known_to, publish

PASSWORD = "a calm and rather long password"


def a_practice(session: Session, document: dict[str, Any] | None = None, **options: Any) -> Practice:
    """Publish a practice as somebody who did the work; flushed, not committed."""
    options.setdefault("provenance", Provenance.SUBMITTED)
    return publish(session, document or a_document(), known=known_to(session), **options)


def practice_called(session: Session, external_id: str) -> Practice:
    """Return a record of the starter library."""
    return session.scalars(select(Practice).where(Practice.external_id == external_id)).one()


def an_account(app: Flask, *roles: Role, email: str = "ada@example.org", name: str = "Ada", active: bool = True) -> str:
    """Make an account with roles and return its e-mail address; its password is ``PASSWORD``."""
    with app.app_context():
        kept = ensure_roles(db.session)
        db.session.add(
            Account(
                email=email,
                name=name,
                password=hash_password(PASSWORD),
                fs_uniquifier=uuid.uuid4().hex,
                active=active,
                confirmed_at=now(),
                roles=[kept[role] for role in roles],
            )
        )
        db.session.commit()
    return email


def follow(app: Flask) -> int:
    """Let a follower start and catch up; return how many jobs and repairs that took."""
    with app.app_context():
        follower = Follower(db.sessionmaker, index_of_app())
        done = 0
        while step := follower.step():
            done += step
        return done
