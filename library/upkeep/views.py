"""An owner's word: confirming a practice with one click, with or without signing in, and saying that it has ended."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from library.errors import NotPermitted
from library.extensions import csrf, db
from library.models import Account, Practice, today
from library.ownership import owners
from library.permissions import Permission, actor, public, requires
from library.upkeep import claim_views, desk_views, queries, services
from library.upkeep.blueprint import blueprint
from library.upkeep.forms import ButtonForm, EndedForm
from library.upkeep.links import Asked, asked_by
from library.web import commits, language

__all__ = ["blueprint", "claim_views", "desk_views"]


# --- from a letter, without signing in -------------------------------------------------------------------------------


@blueprint.get("/confirm/<token:token>")
@public
def confirm(token: str) -> str | tuple[str, int]:
    """Show what confirming means, and one button: programs open links that nobody clicked, so a GET changes nothing."""
    asked = asked_by(token)
    practice = queries.practice_with(db.session, asked.practice_id)
    queries.owner_of(db.session, practice, asked.account_id)
    if asked.expired:
        return render_template("upkeep/expired.html", practice=practice, title=practice.title_in(language())), 410
    return _letter_page(practice, asked, token, EndedForm(formdata=None, meta={"csrf": False}))


@blueprint.post("/confirm/<token:token>")
@public
@commits
def confirm_post(token: str) -> Response:
    """Confirm a practice; a second click changes nothing."""
    practice, owner, asked = _meant(token)
    if practice.confirm_by == asked.confirm_by:
        services.confirm(db.session, practice, actor=owner, today=today())
    return redirect(url_for("upkeep.confirm", token=token), 303)


@blueprint.post("/confirm/<token:token>/ended")
@public
@commits
def ended(token: str) -> Response | tuple[str, int]:
    """Tell the advisers that the work has ended; a second click changes nothing."""
    practice, owner, asked = _meant(token)
    form = EndedForm(meta={"csrf": False})
    if not form.validate_on_submit():
        return _letter_page(practice, asked, token, form), 422
    if not queries.has_ended(db.session, practice):
        services.report_ended(db.session, practice, actor=owner, note=form.note.data or "")
    return redirect(url_for("upkeep.confirm", token=token), 303)


# The signed token says whose word it is; there is no session that a stranger's page could abuse.
csrf.exempt(confirm_post)
csrf.exempt(ended)


def _meant(token: str) -> tuple[Practice, Account, Asked]:
    """Return what a token that still holds is about.

    :raises NotFound: if it is not ours, or they no longer answer for the practice.
    :raises NotPermitted: if it is too old.
    """
    asked = asked_by(token)
    if asked.expired:
        raise NotPermitted("this link has expired")
    practice = queries.practice_with(db.session, asked.practice_id)
    return practice, queries.owner_of(db.session, practice, asked.account_id), asked


def _letter_page(practice: Practice, asked: Asked, token: str, form: EndedForm) -> str:
    return render_template(
        "upkeep/confirm.html",
        practice=practice,
        title=practice.title_in(language()),
        confirmed=practice.confirm_by != asked.confirm_by,
        ended=queries.has_ended(db.session, practice),
        form=form,
        confirm_url=url_for("upkeep.confirm", token=token),
        ended_url=url_for("upkeep.ended", token=token),
    )


# --- signed in -------------------------------------------------------------------------------------------------------


@blueprint.get("/account/practices")
@requires(Permission.CONFIRM_OWN_PRACTICES)
def mine() -> str:
    """List what somebody answers for, what is to be confirmed first."""
    rows = [(practice, practice.title_in(language())) for practice in queries.mine(db.session, actor())]
    return render_template("upkeep/mine.html", rows=rows, today=today(), form=ButtonForm(formdata=None))


@blueprint.get("/practices/<slug:slug>/confirm")
@requires(Permission.CONFIRM_OWN_PRACTICES)
def confirm_own(slug: str) -> str:
    """Ask an owner who has signed in whether a practice still holds."""
    return _own_page(_own(slug), EndedForm(formdata=None))


@blueprint.post("/practices/<slug:slug>/confirm")
@requires(Permission.CONFIRM_OWN_PRACTICES)
@commits
def confirm_own_post(slug: str) -> Response:
    """Confirm a practice of one's own."""
    services.confirm(db.session, _own(slug), actor=actor(), today=today())
    flash(gettext("Thank you. The page says now that you have confirmed it today."), "success")
    return redirect(url_for("upkeep.mine"), 303)


@blueprint.post("/practices/<slug:slug>/ended")
@requires(Permission.CONFIRM_OWN_PRACTICES)
@commits
def ended_own(slug: str) -> Response | tuple[str, int]:
    """Tell the advisers that the work of a practice of one's own has ended."""
    practice = _own(slug)
    form = EndedForm()
    if not form.validate_on_submit():
        return _own_page(practice, form), 422
    services.report_ended(db.session, practice, actor=actor(), note=form.note.data or "")
    flash(gettext("Thank you. An adviser decides what happens to the page, and you hear of it."), "success")
    return redirect(url_for("upkeep.mine"), 303)


def _own(slug: str) -> Practice:
    """Return a published practice for which the person of this request answers.

    :raises NotPermitted: if it is somebody else's.
    """
    practice = queries.practice_at(db.session, slug)
    if all(owner.id != actor().id for owner in owners(db.session, practice)):
        raise NotPermitted("it is not theirs")
    return practice


def _own_page(practice: Practice, form: EndedForm) -> str:
    return render_template(
        "upkeep/confirm.html",
        practice=practice,
        title=practice.title_in(language()),
        confirmed=False,
        ended=queries.has_ended(db.session, practice),
        form=form,
        confirm_url=url_for("upkeep.confirm_own", slug=practice.slug),
        ended_url=url_for("upkeep.ended_own", slug=practice.slug),
    )
