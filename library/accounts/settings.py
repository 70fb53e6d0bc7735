"""One's own details, address, password and sessions, and leaving."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext
from flask_security import logout_user
from werkzeug.wrappers import Response as BaseResponse

from library.accounts import clients, queries, services
from library.accounts.forms import DetailsForm, EndSessionForm, EraseForm, NewAddressForm, NewPasswordForm, SignOutForm
from library.accounts.guarding import blueprint, has_failed, my_name, named, recently_proved, this_session
from library.accounts.links import Purpose
from library.accounts.services import AddressTaken
from library.choices import MailChoice
from library.errors import NotFound, NotPermitted
from library.extensions import db, limiter
from library.permissions import Permission, actor, public, requires
from library.web import commits


@blueprint.get("/details")
@requires(Permission.CHANGE_OWN_ACCOUNT)
def details() -> str:
    """Show name, language and choice of mail."""
    return render_template("accounts/details.html", form=DetailsForm(obj=actor()))


@blueprint.post("/details")
@requires(Permission.CHANGE_OWN_ACCOUNT)
@commits
def details_post() -> BaseResponse | tuple[str, int]:
    """Change name, language and choice of mail."""
    form = DetailsForm()
    if not form.validate_on_submit():
        return render_template("accounts/details.html", form=form), 422
    services.change_details(
        db.session, actor(), name=form.name.data, language=form.language.data, mail=MailChoice(form.mail.data)
    )
    flash(gettext("Saved."), "success")
    return redirect(url_for("accounts.account"), 303)


# --- address ---


@blueprint.get("/email")
@requires(Permission.CHANGE_OWN_ACCOUNT)
@recently_proved
def email() -> str:
    """Ask for a new address."""
    return render_template("accounts/email.html", form=NewAddressForm(), user=actor())


@blueprint.post("/email")
@requires(Permission.CHANGE_OWN_ACCOUNT)
@limiter.limit("5 per hour", key_func=my_name)
@limiter.limit("3 per hour", key_func=named)
@recently_proved
@commits
def email_post() -> BaseResponse | tuple[str, int]:
    """Write to the new address; nothing changes before the link is followed."""
    form = NewAddressForm()
    if not form.validate_on_submit():
        return render_template("accounts/email.html", form=form, user=actor()), 422
    services.ask_to_change_email(db.session, actor(), email=form.email.data)
    return redirect(url_for("accounts.email_sent"), 303)


@blueprint.get("/email/sent")
@requires(Permission.CHANGE_OWN_ACCOUNT)
def email_sent() -> str:
    """Say that a letter is on its way to the new address."""
    return render_template("accounts/letter_sent.html", again=url_for("accounts.email"), hours=24)


@blueprint.get("/email/confirm/<token:token>")
@public
def confirm_email(token: str) -> str | tuple[str, int]:
    """Show a button; programs that scan mail follow links."""
    try:
        _, content = queries.account_of_link(db.session, Purpose.CHANGE_EMAIL, token)
    except NotFound:
        return render_template("accounts/link_over.html"), 404
    return render_template("accounts/confirm_email.html", email=content["email"], token=token, form=SignOutForm())


@blueprint.post("/email/confirm/<token:token>")
@public
@limiter.limit("30 per hour")
@commits
def confirm_email_post(token: str) -> BaseResponse | tuple[str, int]:
    """Let the new address count; the link proves both it and whose account it is."""
    try:
        account, content = queries.account_of_link(db.session, Purpose.CHANGE_EMAIL, token)
        services.change_email(db.session, account, email=content["email"])
    except (NotFound, AddressTaken):
        return render_template("accounts/link_over.html"), 404
    flash(gettext("Your new e-mail address counts from now on."), "success")
    return redirect(url_for("accounts.account"), 303)


# --- password ---


@blueprint.get("/password")
@requires(Permission.CHANGE_OWN_ACCOUNT)
@recently_proved
def password() -> str:
    """Ask for a new password."""
    return render_template("accounts/password.html", form=NewPasswordForm(address=actor().email), user=actor())


@blueprint.post("/password")
@requires(Permission.CHANGE_OWN_ACCOUNT)
@recently_proved
@commits
def password_post() -> BaseResponse | tuple[str, int]:
    """Set the new password; other sessions end."""
    form = NewPasswordForm(address=actor().email)
    if not form.validate_on_submit():
        return render_template("accounts/password.html", form=form, user=actor()), 422
    services.set_password(db.session, actor(), form.password.data, keep=this_session())
    flash(gettext("Your new password is set. All other sessions have ended."), "success")
    return redirect(url_for("accounts.account"), 303)


# --- sessions ---


@blueprint.get("/sessions")
@requires(Permission.READ_OWN_ACCOUNT)
def sessions() -> str:
    """Show where somebody is signed in."""
    here = this_session()
    rows: list[dict[str, Any]] = [
        {
            "name": row.token_hash.hex(),
            "client": clients.parts(row.client),
            "created_at": row.created_at,
            "last_seen_at": row.last_seen_at,
            "this": row.token_hash == here,
        }
        for row in queries.sessions_of(db.session, actor())
    ]
    rows.sort(key=lambda row: not row["this"])
    return render_template("accounts/sessions.html", sessions=rows, form=EndSessionForm())


@blueprint.post("/sessions/end")
@requires(Permission.CHANGE_OWN_ACCOUNT)
@commits
def end_session() -> BaseResponse:
    """Sign somebody out in another browser; one that is over already is no reason to worry anybody."""
    form = EndSessionForm()
    try:
        services.end_session(db.session, actor(), bytes.fromhex(form.session.data or ""))
    except (NotFound, ValueError):
        flash(gettext("This session had ended already."), "info")
    else:
        flash(gettext("The session has ended."), "success")
    return redirect(url_for("accounts.sessions"), 303)


@blueprint.post("/sessions/end-others")
@requires(Permission.CHANGE_OWN_ACCOUNT)
@commits
def end_other_sessions() -> BaseResponse:
    """Sign somebody out everywhere but here."""
    services.end_other_sessions(db.session, actor(), keep=this_session())
    flash(gettext("All other sessions have ended."), "success")
    return redirect(url_for("accounts.sessions"), 303)


# --- leaving ---


@blueprint.get("/erase")
@requires(Permission.CHANGE_OWN_ACCOUNT)
@recently_proved
def erase() -> str:
    """Say what goes and what stays, and ask for the address as a confirmation."""
    return _erase_page(EraseForm(address=actor().email))


@blueprint.post("/erase")
@requires(Permission.CHANGE_OWN_ACCOUNT)
@limiter.limit("10 per hour", key_func=my_name, deduct_when=has_failed)
@recently_proved
@commits
def erase_post() -> BaseResponse | tuple[str, int]:
    """Erase the account and end its sessions."""
    form = EraseForm(address=actor().email)
    if not form.validate_on_submit():
        return _erase_page(form), 422
    try:
        services.erase(db.session, actor(), keep_credit=form.keep_credit.data)
    except NotPermitted:
        return _erase_page(form), 403
    logout_user()
    session.clear()
    return redirect(url_for("accounts.erased"), 303)


@blueprint.get("/erased")
@public
def erased() -> str:
    """Say good-bye."""
    return render_template("accounts/erased.html")


def _erase_page(form: EraseForm) -> str:
    return render_template(
        "accounts/erase.html",
        form=form,
        alone=queries.written_alone(db.session, actor()),
        is_last=queries.is_last_administrator(db.session, actor()),
    )
