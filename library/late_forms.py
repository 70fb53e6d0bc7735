"""A form that came too late: its session or its token has run out, and what was typed must not be lost (DESIGN §10).

It is kept in the browser's session on the server, and after sign-in given back to the person it was made for, who sends
it with one button. Two things must hold first. The browser says that the form was sent from this very site, which no
other site can make it say. And the token, however old, is signed by us for an account: ``bind_token`` puts the account
in. So nobody plants text in the form of somebody else, strangers fill no storage, and whoever signs in instead on the
same machine sees nothing of it. Knows the request and no record.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request, session
from flask_login import current_user, user_logged_in
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict

MAX_KEPT: Final = 300_000  # characters in all, more than any step of the form holds
MAX_AGE: Final = 2 * 3600  # seconds
TOKEN: Final = "csrf_token"  # noqa: S105 - a name
_KEPT: Final = "late_form"
_SALT: Final = "wtf-csrf-token"  # Flask-WTF's
# Areas whose forms hold passwords, codes and keys, and nothing that took anybody long.
NEVER_KEPT: Final = frozenset({"accounts"})


@dataclass(frozen=True, slots=True)
class LateForm:
    """A form as it was sent.

    :param endpoint: what it was sent to.
    :param address: where it was sent, on this site.
    :param fields: names and values, in order, without the token.
    :param had_files: whether files came along, which are not kept.
    """

    endpoint: str
    address: str
    fields: tuple[tuple[str, str], ...]
    had_files: bool

    @property
    def form(self) -> MultiDict[str, str]:
        """The fields as a form reads them."""
        return MultiDict(self.fields)


def init_app(app: Flask) -> None:
    """Bind tokens to accounts, and let go of what has been sent at last."""
    user_logged_in.connect(bind_token, app)
    app.after_request(_forget_what_was_sent)


def bind_token(_app: Flask, user: Any, **_extra: Any) -> None:
    """Give a session that has just become somebody's a token that says whose: forms from now on carry it."""
    session[TOKEN] = f"{secrets.token_hex(20)}.{user.id}"
    g.pop(TOKEN, None)


def keep() -> bool:
    """Keep the form of this request, if it is fit to be kept; return whether it was."""
    owner = _owner()
    if not owner or request.method != "POST" or not _is_fit():
        return False
    if current_user.is_authenticated and str(current_user.id) != owner:
        return False
    fields = [[name, value] for name, value in request.form.items(multi=True) if name != TOKEN]
    if not fields or sum(len(name) + len(value) for name, value in fields) > MAX_KEPT:
        return False
    session[_KEPT] = {
        "owner": owner,
        "endpoint": request.endpoint,
        "address": request.full_path.rstrip("?"),
        "fields": fields,
        "files": any(file.filename for file in request.files.values()),
        "at": int(time.time()),
    }
    g.kept_late_form = True
    return True


def kept() -> LateForm | None:
    """Return the form that waits for the person who has signed in; nothing for anybody else."""
    late = session.get(_KEPT)
    if not late or not current_user.is_authenticated or late["owner"] != str(current_user.id):
        return None
    if late["at"] < time.time() - MAX_AGE:
        return None
    fields = tuple((name, value) for name, value in late["fields"])
    return LateForm(late["endpoint"], late["address"], fields, late["files"])


def kept_here() -> LateForm | None:
    """Return the form that waits, if it was sent to the address of this request."""
    late = kept()
    return late if late and late.address.partition("?")[0] == request.path else None


def forget() -> None:
    """Let go of the form that waits."""
    session.pop(_KEPT, None)


def _is_fit() -> bool:
    return request.endpoint is not None and request.blueprint not in NEVER_KEPT and _is_from_this_site()


def _owner() -> str:
    """Return the account that the token of this form was made for; nothing if it is none of ours."""
    serializer = URLSafeTimedSerializer(current_app.secret_key or "", salt=_SALT)
    try:
        told = serializer.loads(request.form.get(TOKEN, ""))
    except BadData:
        return ""
    return told.partition(".")[2] if isinstance(told, str) else ""


def _is_from_this_site() -> bool:
    """Return whether the browser says that a page of this site sent the form; who says nothing is not believed."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    told = request.headers.get("Origin") or request.headers.get("Referer", "")
    try:
        return urlsplit(told).netloc == request.host
    except ValueError:
        return False


def _forget_what_was_sent(response: Response) -> Response:
    """Let go of a form as soon as it, or another in its place, was taken; a reader's request touches no session."""
    taken = response.status_code < 400 or response.status_code in (409, 422)  # kept elsewhere, or shown on the page
    if request.method == "POST" and taken and not g.get("kept_late_form"):
        late = session.get(_KEPT)
        if late and late["address"].partition("?")[0] == request.path:
            forget()
    return response
