"""Getting an account, by registering or by invitation, and getting back into one. Every way leads through a letter.

A link shows a page with a button; only the button does something, for programs that scan mail follow links.
"""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from library import inviting
from library.accounts import links, queries, services
from library.accounts.forms import AddressForm, NewPasswordForm, OpenAccountForm, RegisterForm, SignOutForm, own_path
from library.accounts.guarding import begin, blueprint, enter, has_failed, named
from library.accounts.links import Purpose
from library.accounts.services import AddressTaken
from library.choices import Role
from library.errors import NotFound
from library.extensions import db, limiter
from library.models import Account, Invitation
from library.permissions import Permission, actor, public, requires
from library.web import commits, language


@blueprint.get("/register")
@public
def register() -> str | BaseResponse:
    """Ask who wants an account."""
    if current_user.is_authenticated:
        return redirect(url_for("accounts.account"))
    return render_template("accounts/register.html", form=RegisterForm(next=request.args.get("next", "")))


@blueprint.post("/register")
@public
@limiter.limit("20 per hour")
@limiter.limit("3 per hour", key_func=named)
@commits
def register_post() -> BaseResponse | tuple[str, int]:
    """Write to whoever wants an account; the page is the same whether they have one or not."""
    form = RegisterForm()
    if not form.validate_on_submit():
        return render_template("accounts/register.html", form=form), 422
    words = {"email": form.email.data, "name": form.name.data, "wanted": form.wanted}
    services.ask_to_register(db.session, language=language(), **words)
    return redirect(url_for("accounts.register_sent"), 303)


@blueprint.get("/register/sent")
@public
def register_sent() -> str:
    """Say that a letter is on its way."""
    return render_template("accounts/letter_sent.html", again=url_for("accounts.register"), hours=24)


@blueprint.get("/confirm/<token:token>")
@public
def confirm(token: str) -> str | tuple[str, int]:
    """Ask somebody whose address has just been proven for a password."""
    try:
        given = _registration(token)
    except NotFound:
        return _over()
    form = OpenAccountForm(address=given["email"], name=given["name"])
    return render_template("accounts/open_account.html", form=form, email=given["email"], token=token)


@blueprint.post("/confirm/<token:token>")
@public
@limiter.limit("30 per hour", deduct_when=has_failed)
@commits
def confirm_post(token: str) -> str | BaseResponse | tuple[str, int]:
    """Open the account and let its owner in."""
    try:
        given = _registration(token)
        form = OpenAccountForm(address=given["email"])
        if not form.validate_on_submit():
            return render_template("accounts/open_account.html", form=form, email=given["email"], token=token), 422
        account = _opened(form, given["email"], given["language"], Role.CONTRIBUTOR)
    except (NotFound, AddressTaken):
        return _over()
    flash(gettext("Your account is ready."), "success")
    return enter(account, own_path(given.get("next")))


# --- invitations ---


@blueprint.get("/invitations/<token:token>")
@public
def invitation(token: str) -> str | BaseResponse | tuple[str, int]:
    """Show who invites to what, and how to accept."""
    try:
        found = inviting.find(db.session, token)
    except NotFound:
        return _over()
    return _invitation_page(found, token, OpenAccountForm(address=found.email, name=found.name))


@blueprint.post("/invitations/<token:token>")
@public
@limiter.limit("30 per hour", deduct_when=has_failed)
@commits
def invitation_post(token: str) -> str | BaseResponse | tuple[str, int]:
    """Open an account for somebody invited and let them in; the letter has proven the address."""
    try:
        found = inviting.find(db.session, token)
        form = OpenAccountForm(address=found.email)
        if current_user.is_authenticated or not form.validate_on_submit():
            return _invitation_page(found, token, form), 422
        account = _opened(form, found.email, found.language, None)
        inviting.accept(db.session, found, account)
    except (NotFound, AddressTaken):
        return _over()
    flash(gettext("Welcome. Your account is ready."), "success")
    return enter(account, _place_of(found))


@blueprint.post("/invitations/<token:token>/accept")
@requires(Permission.READ_OWN_ACCOUNT)
@limiter.limit("30 per hour", deduct_when=has_failed)
@commits
def accept_invitation(token: str) -> BaseResponse | tuple[str, int]:
    """Accept an invitation with the account that is signed in."""
    try:
        found = inviting.find(db.session, token)
        inviting.accept(db.session, found, actor())
    except NotFound:
        return _over()
    flash(gettext("You have accepted the invitation."), "success")
    return redirect(_place_of(found) or url_for("accounts.account"), 303)


# --- a forgotten password ---


@blueprint.get("/recover")
@public
def recover() -> str:
    """Ask whose password is forgotten."""
    return render_template("accounts/recover.html", form=AddressForm())


@blueprint.post("/recover")
@public
@limiter.limit("20 per hour")
@limiter.limit("3 per hour", key_func=named)
@commits
def recover_post() -> BaseResponse | tuple[str, int]:
    """Write to whoever has an account; the page is the same for everybody."""
    form = AddressForm()
    if not form.validate_on_submit():
        return render_template("accounts/recover.html", form=form), 422
    services.ask_to_recover(db.session, email=form.email.data, language=language())
    return redirect(url_for("accounts.recover_sent"), 303)


@blueprint.get("/recover/sent")
@public
def recover_sent() -> str:
    """Say that a letter is on its way, if there is an account."""
    return render_template("accounts/letter_sent.html", again=url_for("accounts.recover"), hours=1)


@blueprint.get("/reset/<token:token>")
@public
def reset(token: str) -> str | tuple[str, int]:
    """Ask for a new password."""
    try:
        account, _ = queries.account_of_link(db.session, Purpose.RESET_PASSWORD, token)
    except NotFound:
        return _over()
    return render_template("accounts/reset.html", form=NewPasswordForm(address=account.email), token=token)


@blueprint.post("/reset/<token:token>")
@public
@limiter.limit("30 per hour", deduct_when=has_failed)
@commits
def reset_post(token: str) -> BaseResponse | tuple[str, int]:
    """Set the new password, end all sessions, and let its owner in by way of the second factor."""
    try:
        account, _ = queries.account_of_link(db.session, Purpose.RESET_PASSWORD, token)
    except NotFound:
        return _over()
    form = NewPasswordForm(address=account.email)
    if not form.validate_on_submit():
        return render_template("accounts/reset.html", form=form, token=token), 422
    services.set_password(db.session, account, form.password.data)
    flash(gettext("Your new password is set. All other sessions have ended."), "success")
    return begin(account)


def _registration(token: str) -> dict[str, str]:
    """Return what somebody registered with.

    :raises NotFound: if the link is none, is too old, or the account exists meanwhile.
    """
    given: dict[str, str] = links.unseal(Purpose.REGISTER, token)
    if queries.account_of(db.session, given["email"]) is not None:
        raise NotFound
    return given


def _opened(form: OpenAccountForm, email: str, spoken: str, role: Role | None) -> Account:
    return services.open_account(
        db.session,
        email=email,
        name=form.name.data,
        password=form.password.data,
        language=spoken,
        role=role,
    )


def _invitation_page(found: Invitation, token: str, form: OpenAccountForm) -> str:
    """Show an invitation. Its letter has proven the address, so its holder may know whether that has an account."""
    return render_template(
        "accounts/invitation.html",
        invitation=found,
        submission=queries.submission_of(db.session, found),
        form=form,
        sign_out_form=SignOutForm(),
        token=token,
        known=queries.account_of(db.session, found.email) is not None,
        here=request.path,
    )


def _place_of(found: Invitation) -> str:
    """Return where somebody goes who has accepted: to the case they write, else to their account."""
    if found.submission_id is None or "submissions.overview" not in current_app.view_functions:
        return ""
    return url_for("submissions.overview", identifier=found.submission_id)


def _over() -> tuple[str, int]:
    """Say that a link is none of ours, has been used or is too old: which of these is nobody's business."""
    return render_template("accounts/link_over.html"), 404
