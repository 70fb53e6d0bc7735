"""The one-click link of a confirmation: whose word, about which practice, up to which date. Signed, never stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import current_app
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from library.errors import NotFound
from library.models import Account, Practice

VALID: Final = 90 * 24 * 3600  # seconds
CONFIRM_PATH: Final = "/confirm/"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a link asks.

    :param confirm_by: the date that it was sent for; ``None`` for a practice that was never confirmed.
    :param expired: it is ours, and too old.
    """

    practice_id: int
    account_id: int
    confirm_by: date | None
    expired: bool = False


def token_for(practice: Practice, account: Account) -> str:
    """Return the token with which somebody confirms a practice without signing in."""
    day = practice.confirm_by.isoformat() if practice.confirm_by else ""
    return str(_signer().dumps([practice.id, account.id, day]))


def asked_by(token: str, *, valid: int = VALID) -> Asked:
    """Return what a token asks.

    :param valid: for how many seconds.
    :raises NotFound: if it is none of ours.
    """
    try:
        return _asked(_signer().loads(token, max_age=valid))
    except SignatureExpired as error:
        return _asked(_signer().load_payload(error.payload or b""), expired=True)
    except BadData as error:
        raise NotFound("token") from error


def _asked(payload: Any, *, expired: bool = False) -> Asked:
    practice_id, account_id, day = payload
    return Asked(practice_id, account_id, date.fromisoformat(day) if day else None, expired)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="confirm-practice")
