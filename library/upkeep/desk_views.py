"""The advisers' list of practices that nobody has confirmed, and what can be done about them."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from library.extensions import db
from library.models import today
from library.permissions import Permission, actor, requires
from library.upkeep import queries, services
from library.upkeep.blueprint import blueprint
from library.upkeep.forms import ButtonForm, WordForm
from library.upkeep.queries import PER_PAGE, Stale
from library.web import commits, language

MOST_PAGES = 10_000


@blueprint.get("/review/stale")
@requires(Permission.REVIEW_SUBMISSIONS)
def stale() -> str:
    """List practices that are stale for one reason, the longest first."""
    why = _wanted()
    page = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    rows, total = queries.stale(db.session, why, today=today(), page=page)
    shown = [(row, row.practice.title_in(language())) for row in rows]
    return render_template(
        "upkeep/stale.html",
        why=why,
        counts=queries.counts(db.session, today=today()),
        rows=shown,
        total=total,
        form=ButtonForm(formdata=None),
        newer_url=url_for("upkeep.stale", why=why.value, page=page - 1) if page > 1 else None,
        older_url=url_for("upkeep.stale", why=why.value, page=page + 1) if page * PER_PAGE < total else None,
    )


def _wanted() -> Stale:
    asked = request.args.get("why", "")
    return Stale(asked) if asked in list(Stale) else Stale.OVERDUE


@blueprint.post("/review/stale/<int:identifier>/remind")
@requires(Permission.REVIEW_SUBMISSIONS)
@commits
def remind(identifier: int) -> Response:
    """Ask the owners of a practice once more."""
    practice = queries.practice_with(db.session, identifier)
    if services.remind_again(db.session, practice, actor=actor(), today=today()):
        flash(gettext("The owners get a mail."), "success")
    else:
        flash(gettext("Nobody was asked: it has no owner with an account, or they were asked today."), "warning")
    return redirect(url_for("upkeep.stale"), 303)


@blueprint.get("/review/stale/<int:identifier>/word")
@requires(Permission.REVIEW_SUBMISSIONS)
def word(identifier: int) -> str:
    """Ask how an adviser knows that a practice still holds."""
    practice = queries.practice_with(db.session, identifier)
    title = practice.title_in(language())
    return render_template("upkeep/word.html", practice=practice, title=title, form=WordForm(formdata=None))


@blueprint.post("/review/stale/<int:identifier>/word")
@requires(Permission.REVIEW_SUBMISSIONS)
@commits
def word_post(identifier: int) -> Response | tuple[str, int]:
    """Confirm a practice on its owner's word."""
    practice = queries.practice_with(db.session, identifier)
    form = WordForm()
    if not form.validate_on_submit():
        title = practice.title_in(language())
        return render_template("upkeep/word.html", practice=practice, title=title, form=form), 422
    services.confirm(db.session, practice, actor=actor(), today=today(), note=form.note.data or "")
    flash(gettext("The practice is confirmed until a year from now."), "success")
    return redirect(url_for("upkeep.stale"), 303)
