"""Signing in and out, and one's own account."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_login import current_user
from flask_security import login_user, logout_user
from werkzeug.wrappers import Response as BaseResponse

from library.accounts.forms import SignInForm, SignOutForm
from library.accounts.services import DEMO_ACCOUNTS
from library.extensions import limiter
from library.permissions import Permission, public, requires, roles_of
from library.web import commits

blueprint = Blueprint("accounts", __name__, url_prefix="/<lang:lang>/account")


@blueprint.before_app_request
def _say_that_no_session_can_be_read() -> None:
    if "unread_session" in g:
        raise g.unread_session


@blueprint.after_request
def _never_stored(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _account_named() -> str:
    """Return the account that somebody wants to get into, as a key that tells nobody its e-mail address."""
    return hashlib.sha256(request.form.get("email", "").casefold().encode()).hexdigest()


def _has_failed(response: BaseResponse) -> bool:
    """Return whether a guess was wrong; an empty field is a slip and no guess."""
    return response.status_code == 422 and all(request.form.get(name) for name in ("email", "password"))


@blueprint.get("/sign-in")
@public
def sign_in() -> str | BaseResponse:
    """Show the sign-in form; who has signed in goes to the account."""
    if current_user.is_authenticated:
        return redirect(url_for("accounts.account"))
    return _sign_in_page(SignInForm())


@blueprint.post("/sign-in")
@public
@limiter.limit("30 per 10 minutes", deduct_when=_has_failed)
@limiter.limit("10 per 10 minutes", key_func=_account_named, deduct_when=_has_failed)
@commits
def sign_in_post() -> str | BaseResponse | tuple[str, int]:
    """Sign a person in and send them where they wanted to go."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form), 422
    assert form.user is not None  # validation found it
    login_user(form.user, remember=False)
    return redirect(form.next.data or url_for("accounts.account"))


def sign_in_again() -> tuple[str, int]:
    """Show the form anew to somebody whose token has gone with its session: what was typed stays, the password not."""
    form = SignInForm()
    form.form_errors.append(gettext("The form was open for too long. Enter your password and send it again."))
    return _sign_in_page(form), 400


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
def sign_out() -> BaseResponse:
    """End the session; nothing of it stays behind, not even its CSRF token, so the cookie goes too."""
    logout_user()
    session.clear()
    return redirect(url_for("catalogue.home"))


def _sign_in_page(form: SignInForm) -> str:
    demo = DEMO_ACCOUNTS if current_app.config["DEMO"] else ()
    accounts = [(account.role.label, account.email, account.password) for account in demo]
    return render_template("accounts/sign_in.html", form=form, demo_accounts=accounts)
