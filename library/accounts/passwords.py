"""What makes a password too easy to guess (ASVS 5.0 V6.2, NIST SP 800-63B): short, common, or made of what is known.

No rules about kinds of characters, which make passwords worse, and none about age. Knows no database.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from flask import current_app
from flask_babel import gettext
from flask_security import hash_password, verify_password
from flask_security.proxies import _security
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from library.models import Account

MIN_LENGTH: Final = 12  # characters
MAX_LENGTH: Final = 128  # characters; argon2 of a book would hold a worker
MIN_DIFFERENT: Final = 5  # characters
MIN_OWN: Final = 5  # characters that are left when all that everybody tries first is taken out
# What people put together when they are asked for something longer, here and in the languages of the library.
TRIED_FIRST: Final = (
    "password", "passwort", "passord", "lösenord", "losenord", "adgangskode", "kodeord", "salasana", "lykilord",
    "qwerty", "qwertz", "asdfgh", "zxcvbn", "abcdefgh", "abcdef", "abc", "welcome", "velkommen", "välkommen",
    "tervetuloa", "library", "safecities",
    "letmein", "iloveyou", "admin", "administrator", "secret", "hemmelig", "hemlig", "salainen", "sommer", "sommar",
    "summer", "winter", "vinter", "master", "dragon", "monkey", "football", "fotboll", "fotball",
)  # fmt: skip
_SEQUENCE: Final = "01234567890123456789abcdefghijklmnopqrstuvwxyz"
_LEET: Final = str.maketrans("@$!0134579", "asioieastg")
_hash_of_nobody: dict[str, str] = {}


def problem(password: str, *, email: str) -> str | None:
    """Return in words what is wrong with a new password, or nothing."""
    words: str | None = None
    if len(password) < MIN_LENGTH:
        words = gettext(
            "Use at least %(count)s characters. Three or four words in a row are easy to keep.", count=MIN_LENGTH
        )
    elif len(password) > MAX_LENGTH:
        words = gettext("Use at most %(count)s characters.", count=MAX_LENGTH)
    elif is_easy(password, email=email, site=current_app.config["SITE_NAME"]):
        words = gettext("This password is easy to guess. Choose three or four words that do not belong together.")
    return words


def is_easy(password: str, *, email: str, site: str) -> bool:
    """Return whether a password is among the first that anybody would try.

    :param email: of its owner; neither it nor its parts make a password better.
    :param site: the name of this library.
    """
    plain = password.casefold()
    if plain in _common() or len(set(plain)) < MIN_DIFFERENT:
        return True
    known = [*TRIED_FIRST, plain_of(site), *filter(lambda part: len(part) > 2, re.split(r"\W+", email.casefold()))]
    return any(len(set(_own(text, known))) < MIN_OWN for text in (plain, plain.translate(_LEET)))


def plain_of(words: str) -> str:
    """Return words without spaces, as they would stand in a password."""
    return re.sub(r"\W+", "", words.casefold())


def hashed(password: str) -> str:
    """Return what is kept of a password."""
    kept: str = hash_password(_security._password_util.normalize(password))
    return kept


def fits(password: str, account: Account | None) -> bool:
    """Return whether a password is that of an account; it takes as long where there is none."""
    kept = account.password if account is not None and account.password else _nobody()
    given = _security._password_util.normalize(password)
    fitting: bool = verify_password(given, kept)
    return fitting and account is not None and bool(account.password)


def _nobody() -> str:
    if "hash" not in _hash_of_nobody:
        _hash_of_nobody["hash"] = hash_password("a password that nobody has")
    return _hash_of_nobody["hash"]


def _own(text: str, known: list[str]) -> str:
    """Return what a password holds beyond what everybody tries first: known words, rows of keys, digits."""
    for word in sorted(known, key=len, reverse=True):
        text = text.replace(word, "") if word else text
    text = re.sub(r"\d", "", text)
    return "".join(
        letter
        for place, letter in enumerate(text)
        if (letter.isalpha() and text[max(0, place - 2) : place + 1] not in _SEQUENCE[10:]) or place < 2
    )


@cache
def _common() -> frozenset[str]:
    """Return those of the passwords that people use most which are long enough to be chosen here."""
    return frozenset(word for word in FREQUENCY_LISTS["passwords"] if len(word) >= MIN_LENGTH)
