"""Signing in and out, and the overview of one's own account. The other pages of this area stand beside this module."""

from __future__ import annotations

from typing import Any

from flask import current_app, redirect, render_template, session, url_for
from flask_babel import gettext
from flask_login import current_user
from flask_security import logout_user
from werkzeug.wrappers import Response as BaseResponse

from library.accounts import data, joining, passkeys, protecting, queries, services, settings
from library.accounts.forms import CodeForm, PasskeyForm, SignInForm, SignOutForm, own_path
from library.accounts.guarding import (
    answered,
    begin,
    blueprint,
    challenge,
    enter,
    half_in,
    half_named,
    has_failed,
    named,
    note_wrong_code,
    site,
)
from library.accounts.services import DEMO_ACCOUNTS
from library.extensions import db, limiter
from library.models import Account
from library.permissions import Permission, actor, public, requires, roles_of
from library.web import commits

__all__ = ["blueprint", "data", "joining", "protecting", "settings", "sign_in_again"]


def _guessed(response: BaseResponse) -> bool:
    """Return whether a guess was wrong; an empty field is a slip and no guess."""
    form = SignInForm()
    return has_failed(response) and bool(form.email.data and form.password.data)


@blueprint.get("/sign-in")
@public
def sign_in() -> str | BaseResponse:
    """Show the sign-in form; who has signed in goes to the account."""
    if current_user.is_authenticated:
        return redirect(url_for("accounts.account"))
    return _sign_in_page(SignInForm())


@blueprint.post("/sign-in")
@public
@limiter.limit("30 per 10 minutes", deduct_when=_guessed)
@limiter.limit("10 per 10 minutes", key_func=named, deduct_when=_guessed)
@commits
def sign_in_post() -> str | BaseResponse | tuple[str, int]:
    """Sign a person in and send them where they wanted to go, by way of their second factor if they have one."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form), 422
    assert isinstance(form.user, Account)  # validation found it
    return begin(form.user, form.next.data)


@blueprint.post("/sign-in/passkey")
@public
@limiter.limit("30 per 10 minutes", deduct_when=has_failed)
@commits
def sign_in_by_passkey() -> str | BaseResponse | tuple[str, int]:
    """Sign in whoever has a passkey that has verified them: that is two factors in one."""
    form, given = SignInForm(), PasskeyForm()
    try:
        person = answered("sign-in", lambda asked: _shown(given, asked))
    except passkeys.WrongPasskey:
        form.form_errors.append(gettext("This passkey did not work here. Try again, or use your password."))
        return _sign_in_page(form), 422
    return enter(person, own_path(form.next.data))


def sign_in_again() -> tuple[str, int]:
    """Show the form anew to somebody whose token has gone with its session: what was typed stays, the password not."""
    form = SignInForm()
    form.form_errors.append(gettext("The form was open for too long. Enter your password and send it again."))
    return _sign_in_page(form), 400


@blueprint.get("/sign-in/second-step")
@public
def second_step() -> str | BaseResponse:
    """Ask for the second factor of somebody whose password fits."""
    person = half_in()
    return _second_step_page(CodeForm(), person) if person else redirect(url_for("accounts.sign_in"))


@blueprint.post("/sign-in/second-step")
@public
@limiter.limit("30 per 10 minutes", deduct_when=has_failed)
@limiter.limit("10 per hour", key_func=half_named, deduct_when=has_failed)
@commits
def second_step_post() -> str | BaseResponse | tuple[str, int]:
    """Sign in whoever knows a code."""
    person, form = half_in(), CodeForm()
    if person is None:
        return redirect(url_for("accounts.sign_in"))
    if not form.validate_on_submit():
        return _second_step_page(form, person), 422
    if services.use_code(db.session, person, form.code.data):
        return enter(person)
    note_wrong_code()
    form.code.errors = [gettext("This code is wrong, too old or was used before. Enter a new one.")]
    return _second_step_page(form, person), 422


@blueprint.post("/sign-in/second-step/passkey")
@public
@limiter.limit("30 per 10 minutes", deduct_when=has_failed)
@commits
def second_step_by_passkey() -> str | BaseResponse | tuple[str, int]:
    """Sign in whoever has one of the account's passkeys."""
    person, form, given = half_in(), CodeForm(formdata=None), PasskeyForm()
    if person is None:
        return redirect(url_for("accounts.sign_in"))
    try:
        answered("second-step", lambda asked: _shown(given, asked, person))
    except passkeys.WrongPasskey:
        form.form_errors.append(gettext("This passkey did not work here. Try again, or use a code."))
        return _second_step_page(form, person), 422
    return enter(person)


@blueprint.get("")
@requires(Permission.READ_OWN_ACCOUNT)
def account() -> str:
    """Show what the library knows of somebody, and where they change it."""
    person = actor()
    return render_template(
        "accounts/account.html",
        user=person,
        role_labels=[role.label for role in sorted(roles_of(person))],
        passkeys=queries.passkeys_of(db.session, person),
        sessions=len(queries.sessions_of(db.session, person)),
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


def _shown(given: PasskeyForm, asked: bytes, person: Any = None) -> Any:
    answer = given.credential.data or ""
    return services.use_passkey(db.session, answer, site=site(), challenge=asked, account=person)


def _sign_in_page(form: SignInForm) -> str:
    demo = DEMO_ACCOUNTS if current_app.config["DEMO"] else ()
    accounts = [(account.role.label, account.email, account.password) for account in demo]
    asked = passkeys.to_ask(site(), challenge=challenge("sign-in"))
    return render_template("accounts/sign_in.html", form=form, demo_accounts=accounts, passkey_options=asked)


def _second_step_page(form: CodeForm, person: Any) -> str:
    kept = queries.passkeys_of(db.session, person)
    asked = passkeys.to_ask(site(), challenge=challenge("second-step"), allowed=kept) if kept else ""
    return render_template(
        "accounts/second_step.html", form=form, has_app=bool(person.tf_totp_secret), passkey_options=asked
    )
