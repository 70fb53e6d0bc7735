"""Signing in and out, and one's own account."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, render_template, session, url_for
from flask_login import current_user
from flask_security import login_user, logout_user
from werkzeug.wrappers import Response

from library.accounts.forms import SignInForm, SignOutForm
from library.accounts.services import DEMO_ACCOUNTS
from library.extensions import limiter
from library.permissions import Permission, public, requires, roles_of
from library.web import commits

blueprint = Blueprint("accounts", __name__, url_prefix="/<lang:lang>/account")


@blueprint.get("/sign-in")
@public
def sign_in() -> str | Response:
    """Show the sign-in form; who has signed in goes to the account."""
    if current_user.is_authenticated:
        return redirect(url_for("accounts.account"))
    return _sign_in_page(SignInForm())


@blueprint.post("/sign-in")
@public
@limiter.limit("10 per minute; 50 per hour")
@commits
def sign_in_post() -> str | Response | tuple[str, int]:
    """Sign a person in and send them where they wanted to go."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form), 422
    assert form.user is not None  # validation found it
    login_user(form.user, remember=False)
    return redirect(_safe_next(form.next.data))


@blueprint.get("")
@requires(Permission.READ_OWN_ACCOUNT)
def account() -> str:
    """Show who is signed in and with which roles."""
    return render_template(
        "accounts/account.html",
        user=current_user,
        role_labels=[role.label for role in sorted(roles_of(current_user))],
        form=SignOutForm(),
    )


@blueprint.post("/sign-out")
@requires(Permission.READ_OWN_ACCOUNT)
@commits
def sign_out() -> Response:
    """End the session; nothing of it stays behind, not even its CSRF token, so the cookie goes too."""
    logout_user()
    session.clear()
    return redirect(url_for("catalogue.home"))


def _sign_in_page(form: SignInForm) -> str:
    demo = DEMO_ACCOUNTS if current_app.config["DEMO"] else ()
    accounts = [(account.role.label, account.email, account.password) for account in demo]
    return render_template("accounts/sign_in.html", form=form, demo_accounts=accounts)


def _safe_next(wanted: str | None) -> str:
    """Return a path on this site, whatever was asked for (open redirects, ASVS 5.0 V3.7.2)."""
    parts = urlsplit(wanted or "")
    local = not parts.scheme and not parts.netloc and parts.path.startswith("/") and "\\" not in (wanted or "")
    if wanted and local and not parts.path.startswith("//"):
        return wanted
    return url_for("accounts.account")
