"""Who may come in and how far: the blueprint of this area, what its pages share, and how a password becomes a session.

Half a sign-in (the password fits, the second factor is missing) is a note in the browser's session and opens nothing.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, g, redirect, request, session, url_for
from flask_login import current_user
from flask_security import login_user
from werkzeug.wrappers import Response as BaseResponse

from library.accounts import passkeys, queries
from library.accounts.sessions import StoredSession
from library.choices import Role
from library.extensions import db
from library.models import Account
from library.permissions import actor, roles_of
from library.web import never_stored

P = ParamSpec("P")
R = TypeVar("R")

PROOF_LASTS: Final = 600  # seconds
HALF_LASTS: Final = 600  # seconds
MAX_TRIES: Final = 5  # codes, then the password is asked for again
CHALLENGE_LASTS: Final = 600  # seconds
CHALLENGES: Final = 5  # tabs that may ask for a passkey at once
PROVEN_ELSEWHERE: Final = "proven_elsewhere"  # in the session: a provider that we trust saw a second factor
MUST_PROTECT: Final = frozenset({Role.ADVISER, Role.ADMINISTRATOR})
# What people reach who still owe a second factor.
OPEN_BEFORE: Final = frozenset(
    {
        "static",
        "accounts.second_factor",
        "accounts.app",
        "accounts.app_post",
        "accounts.new_passkey",
        "accounts.new_passkey_post",
        "accounts.prove",
        "accounts.prove_post",
        "accounts.prove_by_passkey",
        "accounts.sign_out",
    }
)

blueprint = Blueprint("accounts", __name__, url_prefix="/<lang:lang>/account")


@blueprint.before_app_request
def _say_that_no_session_can_be_read() -> None:
    if "unread_session" in g:
        raise g.unread_session


@blueprint.before_app_request
def _ask_for_the_second_factor() -> BaseResponse | None:
    """Lead advisers and administrators to their second factor before anything else: the one place that insists."""
    if not current_app.config["SECOND_FACTOR_REQUIRED"] or request.endpoint in OPEN_BEFORE:
        return None
    if not request.cookies or not current_user.is_authenticated or session.get(PROVEN_ELSEWHERE):
        return None
    if owes_second_factor(actor()):
        if request.method not in ("GET", "HEAD"):
            abort(403)
        return redirect(url_for("accounts.second_factor"))
    return None


blueprint.after_request(never_stored)


def owes_second_factor(account: Account) -> bool:
    """Return whether somebody must set up a second factor before they go on."""
    return bool(roles_of(account) & MUST_PROTECT) and not queries.has_second_factor(db.session, account)


def this_session() -> bytes | None:
    """Return the name of this browser's session."""
    stored: StoredSession = session._get_current_object()  # type: ignore[attr-defined] # a proxy
    return stored.name


# --- limits ---


def named(field: str = "email") -> str:
    """Return the account that somebody names, as a key that tells nobody its e-mail address."""
    return hashlib.sha256(request.form.get(field, "").strip().casefold().encode()).hexdigest()


def half_named() -> str:
    """Return as a key whose second factor is being asked for."""
    return str(session.get("half", {}).get("id", request.remote_addr))


def my_name() -> str:
    """Return as a key who is signed in."""
    return str(current_user.fs_uniquifier) if current_user.is_authenticated else str(request.remote_addr)


def has_failed(response: BaseResponse) -> bool:
    """Return whether what was given did not fit."""
    return response.status_code == 422


# --- from a password to a session ---


def begin(account: Account, wanted: str = "") -> BaseResponse:
    """Let somebody in whose password or own sign-in fits; whoever has a second factor is asked for it first.

    :param wanted: path to go to, checked to be one of ours.
    """
    if not queries.has_second_factor(db.session, account):
        return enter(account, wanted)
    session["half"] = {"id": account.fs_uniquifier, "at": time.time(), "next": wanted, "tries": 0}
    return redirect(url_for("accounts.second_step"))


def half_in() -> Account | None:
    """Return whose password fitted a moment ago in this browser."""
    half = session.get("half")
    if not half or time.time() - half["at"] > HALF_LASTS or half["tries"] >= MAX_TRIES:
        return None
    return queries.account_named(db.session, half["id"])


def note_wrong_code() -> None:
    """Count a wrong code."""
    half = dict(session["half"])
    half["tries"] += 1
    session["half"] = half


def enter(account: Account, wanted: str = "") -> BaseResponse:
    """Sign somebody in and send them on."""
    wanted = wanted or session.get("half", {}).get("next", "")
    for left in ("half", "challenges", PROVEN_ELSEWHERE):
        session.pop(left, None)
    login_user(account, remember=False)
    note_proof()
    return redirect(wanted or url_for("accounts.account", lang=account.language))


# --- proving it once more ---


def note_proof() -> None:
    """Note that somebody has just proven who they are; the session's secret changes with it."""
    session["proved_at"] = time.time()
    session.renew()  # type: ignore[attr-defined] # ours, not Flask's


def recently_proved(view: Callable[P, R]) -> Callable[P, R | BaseResponse]:
    """Let a view run only within ten minutes of a proof, for what it does could cost somebody their account."""

    @wraps(view)
    def proven(*args: P.args, **kwargs: P.kwargs) -> R | BaseResponse:
        if time.time() - session.get("proved_at", 0) > PROOF_LASTS:
            back = request.path if request.method in ("GET", "HEAD") else url_of_the_form()
            return redirect(url_for("accounts.prove", next=back), 303)
        return view(*args, **kwargs)

    return proven


def url_of_the_form() -> str:
    """Return the page from which this form was sent, or the account."""
    there = urlsplit(request.headers.get("Referer", ""))
    own = there.netloc == request.host and there.path.startswith(url_for("accounts.account"))
    return there.path if own else url_for("accounts.account")


# --- passkeys ---


def site() -> passkeys.Site:
    """Return for whom passkeys are made: the library's public address, in demos the one that was asked."""
    origin = (current_app.config["PUBLIC_URL"] or request.host_url).rstrip("/")
    return passkeys.Site(urlsplit(origin).hostname or "", origin, current_app.config["SITE_NAME"])


def challenge(use: str) -> bytes:
    """Return a new challenge and keep it in the session, for one answer."""
    fresh = passkeys.new_challenge()
    kept = [entry for entry in session.get("challenges", []) if time.time() - entry["at"] < CHALLENGE_LASTS]
    entry = {"use": use, "at": time.time(), "value": base64.b64encode(fresh).decode()}
    session["challenges"] = [*kept, entry][-CHALLENGES:]
    return fresh


def answered(use: str, check: Callable[[bytes], R]) -> R:
    """Return what a check makes of the challenge that was answered; each is good for one answer.

    :raises WrongPasskey: if none was asked, or none fits.
    """
    kept: list[dict[str, Any]] = session.pop("challenges", [])
    failure = passkeys.WrongPasskey("no question was asked")
    for entry in reversed(kept):
        if entry["use"] == use and time.time() - entry["at"] < CHALLENGE_LASTS:
            try:
                return check(base64.b64decode(entry["value"]))
            except passkeys.WrongPasskey as error:
                failure = error
    raise failure
