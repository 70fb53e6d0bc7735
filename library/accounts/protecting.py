"""Second factors: the authenticator app, passkeys, recovery codes; and proving once more who one is."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse

from library.accounts import codes, passkeys, passwords, queries, services
from library.accounts.forms import CodeForm, NewPasskeyForm, PasskeyForm, ProveForm, SignOutForm, own_path
from library.accounts.guarding import (
    answered,
    blueprint,
    challenge,
    has_failed,
    my_name,
    note_proof,
    owes_second_factor,
    recently_proved,
    site,
    this_session,
)
from library.extensions import db, limiter
from library.permissions import Permission, actor, requires
from library.web import commits

NEW_SECRET = "new_app_secret"  # noqa: S105 - where the session keeps it, encrypted


@blueprint.get("/second-factor")
@requires(Permission.CHANGE_OWN_ACCOUNT)
def second_factor() -> str:
    """Show which second factors somebody has."""
    return render_template(
        "accounts/second_factor.html",
        user=actor(),
        passkeys=queries.passkeys_of(db.session, actor()),
        owed=owes_second_factor(actor()),
        form=SignOutForm(),
    )


# --- the app ---


@blueprint.get("/second-factor/app")
@requires(Permission.CHANGE_OWN_ACCOUNT)
@recently_proved
def app() -> str | BaseResponse:
    """Show what the app must be told, and ask for its first code."""
    if actor().tf_totp_secret:
        return redirect(url_for("accounts.second_factor"))
    session[NEW_SECRET] = codes.new_secret()
    return _app_page(CodeForm())


@blueprint.post("/second-factor/app")
@requires(Permission.CHANGE_OWN_ACCOUNT)
@limiter.limit("20 per hour", key_func=my_name, deduct_when=has_failed)
@recently_proved
@commits
def app_post() -> str | BaseResponse | tuple[str, int]:
    """Switch the app on once it has given a code that is right."""
    form = CodeForm()
    if NEW_SECRET not in session or actor().tf_totp_secret:
        return redirect(url_for("accounts.app"), 303)
    if not form.validate_on_submit():
        return _app_page(form), 422
    fresh = services.switch_on_app(
        db.session, actor(), secret=session[NEW_SECRET], code=form.code.data, keep=this_session()
    )
    if fresh is None:
        form.code.errors = [gettext("This code does not fit. Enter the one that the app shows now.")]
        return _app_page(form), 422
    session.pop(NEW_SECRET)
    return _protected(fresh)


@blueprint.post("/second-factor/app/remove")
@requires(Permission.CHANGE_OWN_ACCOUNT)
@recently_proved
@commits
def remove_app() -> BaseResponse:
    """Switch the app off."""
    services.remove_app(db.session, actor())
    flash(gettext("The authenticator app is removed."), "success")
    return redirect(url_for("accounts.second_factor"), 303)


# --- passkeys ---


@blueprint.get("/second-factor/passkeys/new")
@requires(Permission.CHANGE_OWN_ACCOUNT)
@recently_proved
def new_passkey() -> str:
    """Ask the browser for a passkey."""
    return _new_passkey_page(NewPasskeyForm())


@blueprint.post("/second-factor/passkeys/new")
@requires(Permission.CHANGE_OWN_ACCOUNT)
@limiter.limit("30 per hour", key_func=my_name, deduct_when=has_failed)
@recently_proved
@commits
def new_passkey_post() -> str | BaseResponse | tuple[str, int]:
    """Keep the passkey that the browser has made."""
    form = NewPasskeyForm()
    if not form.validate_on_submit():
        if form.credential.errors and not form.name.errors:
            form.form_errors.append(gettext("No passkey was made. Your browser must run scripts for that."))
        form.credential.errors = []
        return _new_passkey_page(form), 422
    handle = str(session.get("passkey_handle", ""))
    try:
        made, ways = answered("new", lambda asked: passkeys.created(site(), form.credential.data, challenge=asked))
        fresh = services.add_passkey(
            db.session, actor(), made, name=form.name.data, handle=handle, transports=ways, keep=this_session()
        )
    except passkeys.WrongPasskey:
        form.form_errors.append(gettext("The passkey could not be kept. Try again."))
        return _new_passkey_page(form), 422
    return _protected(fresh)


@blueprint.post("/second-factor/passkeys/<int:identifier>/remove")
@requires(Permission.CHANGE_OWN_ACCOUNT)
@recently_proved
@commits
def remove_passkey(identifier: int) -> BaseResponse:
    """Forget a passkey."""
    services.remove_passkey(db.session, actor(), identifier)
    flash(gettext("The passkey is removed."), "success")
    return redirect(url_for("accounts.second_factor"), 303)


# --- recovery codes ---


@blueprint.post("/second-factor/recovery-codes")
@requires(Permission.CHANGE_OWN_ACCOUNT)
@recently_proved
@commits
def recovery_codes() -> str | BaseResponse:
    """Make new recovery codes and show them this once."""
    if not queries.has_second_factor(db.session, actor()):
        return redirect(url_for("accounts.second_factor"), 303)
    return render_template("accounts/recovery_codes.html", codes=services.renew_recovery_codes(db.session, actor()))


# --- proving it once more ---


@blueprint.get("/prove")
@requires(Permission.READ_OWN_ACCOUNT)
def prove() -> str:
    """Ask for the password or a passkey once more."""
    return _prove_page(ProveForm())


@blueprint.post("/prove")
@requires(Permission.READ_OWN_ACCOUNT)
@limiter.limit("10 per 10 minutes", key_func=my_name, deduct_when=has_failed)
@commits
def prove_post() -> BaseResponse | tuple[str, int]:
    """Go on with whoever knows the password."""
    form = ProveForm()
    if not form.validate_on_submit():
        return _prove_page(form), 422
    if not passwords.fits(form.password.data, actor()):
        form.password.errors = [gettext("This is not your password. Try again.")]
        return _prove_page(form), 422
    return _proven()


@blueprint.post("/prove/passkey")
@requires(Permission.READ_OWN_ACCOUNT)
@limiter.limit("10 per 10 minutes", key_func=my_name, deduct_when=has_failed)
@commits
def prove_by_passkey() -> BaseResponse | tuple[str, int]:
    """Go on with whoever has a passkey of the account."""
    form, given = ProveForm(formdata=None), PasskeyForm()
    answer = given.credential.data or ""
    try:
        answered(
            "prove",
            lambda asked: services.use_passkey(db.session, answer, site=site(), challenge=asked, account=actor()),
        )
    except passkeys.WrongPasskey:
        form.form_errors.append(gettext("This passkey did not work here. Try again, or use your password."))
        return _prove_page(form), 422
    return _proven()


def _proven() -> BaseResponse:
    note_proof()
    return redirect(own_path(request.args.get("next")) or url_for("accounts.account"), 303)


def _prove_page(form: ProveForm) -> str:
    kept = queries.passkeys_of(db.session, actor())
    asked = passkeys.to_ask(site(), challenge=challenge("prove"), allowed=kept) if kept else ""
    return render_template(
        "accounts/prove.html",
        form=form,
        user=actor(),
        wanted=own_path(request.args.get("next")),
        passkey_options=asked,
    )


def _app_page(form: FlaskForm) -> str:
    return render_template("accounts/app.html", form=form, setup=codes.setup_of(session[NEW_SECRET], actor()))


def _new_passkey_page(form: NewPasskeyForm) -> str:
    handle = actor().fs_webauthn_user_handle or session.get("passkey_handle") or passkeys.new_handle()
    session["passkey_handle"] = handle
    asked = passkeys.to_create(site(), actor(), handle=handle, challenge=challenge("new"))
    return render_template("accounts/new_passkey.html", form=form, passkey_options=asked)


def _protected(fresh: list[str]) -> str | BaseResponse:
    """Show new recovery codes where there are any; else go back."""
    flash(gettext("Your second factor is set up."), "success")
    if fresh:
        return render_template("accounts/recovery_codes.html", codes=fresh)
    return redirect(url_for("accounts.second_factor"), 303)
