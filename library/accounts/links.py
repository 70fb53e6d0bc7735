"""Links of letters: sealed, so that an address in a log tells nobody anything, and good for a while.

Each carries a mark of what it is about to change, so that using it once, or any change meanwhile, makes it worthless.
Knows no database.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app

from library.errors import NotFound
from library.models import Account


class Purpose(StrEnum):
    """What a link is for; one of one kind opens nothing of another."""

    REGISTER = "register"
    RESET_PASSWORD = "reset-password"  # noqa: S105 - the name of a purpose
    CHANGE_EMAIL = "change-email"


VALID: Final = {
    Purpose.REGISTER: timedelta(hours=24),
    Purpose.RESET_PASSWORD: timedelta(hours=1),
    Purpose.CHANGE_EMAIL: timedelta(hours=24),
}


LONGEST: Final = 1000  # characters of a token that an address may hold, see ``web.TokenConverter``


def seal(purpose: Purpose, **content: Any) -> str:
    """Return the secret part of a link."""
    return _box(purpose).encrypt(json.dumps(content).encode()).decode().rstrip("=")


def unseal(purpose: Purpose, token: str) -> dict[str, Any]:
    """Return what a link carries.

    :raises NotFound: if we did not make it for this, or it is too old.
    """
    raw = (token + "=" * (-len(token) % 4)).encode()
    try:
        content: dict[str, Any] = json.loads(_box(purpose).decrypt(raw, ttl=int(VALID[purpose].total_seconds())))
    except InvalidToken as error:
        raise NotFound from error
    return content


def mark(account: Account) -> str:
    """Return a mark of an account's address and password: it changes with either, and tells nothing of them."""
    content = json.dumps([account.id, account.email, account.password, account.fs_uniquifier])
    return hmac.new(_key("mark"), content.encode(), hashlib.sha256).hexdigest()[:32]


def is_marked(account: Account | None, token_mark: str) -> bool:
    """Return whether an account is still as it was when a link was made."""
    return account is not None and hmac.compare_digest(mark(account), token_mark)


def _box(purpose: Purpose) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key(purpose)))


def _key(use: str) -> bytes:
    secret: str = current_app.config["SECRET_KEY"]
    return hmac.new(secret.encode(), f"accounts.links.{use}".encode(), hashlib.sha256).digest()
