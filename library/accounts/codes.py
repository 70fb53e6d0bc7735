"""Codes of an authenticator app, each good once, and recovery codes, of which only hashes are kept.

They change the account that they are handed and know no database: whoever calls saves it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Any, Final

import qrcode  # type: ignore[import-untyped]
from argon2.low_level import Type, hash_secret_raw
from flask import current_app
from flask_security.totp import Totp
from passlib.exc import TokenError  # type: ignore[import-untyped]

from library.models import Account

WINDOW: Final = 30  # seconds before and after, for clocks that differ (RFC 6238, 5.2)
RECOVERY_CODES: Final = 10
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another
_GROUPS, _GROUP = 4, 4  # 31**16: 79 bits a code
# OWASP's least for passwords (Password Storage Cheat Sheet); ASVS 5.0 V6.5.2 asks for such a hash below 112 bits.
_ARGON2: Final[dict[str, Any]] = {
    "time_cost": 2,
    "memory_cost": 19_456,  # KiB
    "parallelism": 1,
    "hash_len": 32,
    "type": Type.ID,
}


@dataclass(frozen=True, slots=True)
class Setup:
    """What an app needs to be told once.

    :param key: as text, in groups of four.
    :param size: modules of the QR code, at each side.
    :param path: its dark modules as an SVG path.
    """

    key: str
    size: int
    path: str


def new_secret() -> str:
    """Return a secret for an app, encrypted, as it is kept."""
    secret: str = _totp().generate_totp_secret()
    return secret


def setup_of(secret: str, account: Account) -> Setup:
    """Return what the app of an account must be told."""
    code = qrcode.QRCode(border=3)
    code.add_data(_totp().get_totp_uri(account.email, secret))
    code.make(fit=True)
    rows = code.get_matrix()
    return Setup(_totp().get_totp_pretty_key(secret).replace("-", " "), len(rows), _drawn(rows))


def time_step(code: str, secret: str, *, last: int | None) -> int | None:
    """Return the time step of a code of an app, or nothing if it is wrong or has been used.

    :param last: time step of the last code that was taken.
    """
    digits = "".join(code.split())
    if not (len(digits) == 6 and digits.isascii() and digits.isdigit()):
        return None
    try:
        return int(_totp()._totp.verify(digits, secret, window=WINDOW, last_counter=last).counter)
    except TokenError:
        return None


def new_recovery_codes(account: Account) -> list[str]:
    """Give an account new recovery codes instead of its old ones, and return them, to be shown this once."""
    codes = ["-".join(_letters(_GROUP) for _ in range(_GROUPS)) for _ in range(RECOVERY_CODES)]
    account.mf_recovery_codes = [_hash(account, code) for code in codes]
    return codes


def recovery_code_kept(account: Account, code: str) -> str | None:
    """Return what is kept of a recovery code, or nothing if it is none of the account's."""
    given = _hash(account, code)
    return next((kept for kept in account.mf_recovery_codes or [] if hmac.compare_digest(kept, given)), None)


def _letters(count: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(count))


def _hash(account: Account, code: str) -> str:
    """Return argon2 of a code. The account's own random name is the salt, so one computation serves all ten codes."""
    letters = "".join(letter for letter in code.casefold() if letter.isalnum())[:64]
    salt = hashlib.sha256(account.fs_uniquifier.encode()).digest()[:16]
    raw = hash_secret_raw(letters.encode(), salt, **_ARGON2)
    return base64.b64encode(raw).decode()


def _drawn(rows: list[list[bool]]) -> str:
    """Return an SVG path of the dark modules, one piece for each run in a row."""
    pieces = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            run = next((i for i in range(x, len(row)) if row[i] != row[x]), len(row)) - x
            if row[x]:
                pieces.append(f"M{x} {y}h{run}v1h-{run}z")
            x += run
    return "".join(pieces)


def _totp() -> Totp:
    app: Any = current_app
    if "library-totp" not in app.extensions:
        key = app.config["TOTP_SECRET"] or _derived(app.config["SECRET_KEY"])
        app.extensions["library-totp"] = Totp({"1": key}, issuer=app.config["SITE_NAME"].replace(":", " "))
    totp: Totp = app.extensions["library-totp"]
    return totp


def _derived(secret: str) -> str:
    return hmac.new(secret.encode(), b"accounts.totp", hashlib.sha256).hexdigest()
