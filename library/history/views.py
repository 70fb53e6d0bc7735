"""Revisions and their comparison for everybody; archive, restore and erase for those who answer for the library."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from library.choices import PracticeState
from library.comparison import differences
from library.errors import InvalidTransition
from library.extensions import db
from library.history import queries, services
from library.history.forms import ArchiveForm, CompareForm, EraseForm, RestoreForm
from library.languages import ENDONYMS
from library.models import Practice
from library.permissions import Permission, public, requires
from library.web import commits, language
from library.wording import wording_for

blueprint = Blueprint("history", __name__, url_prefix="/<lang:lang>/practices")

PER_PAGE: Final = 50  # revisions
MOST_PAGES: Final = 10_000


@blueprint.get("/<slug:slug>/revisions")
@public
def revisions(slug: str) -> str:
    """List what a practice said, publication by publication."""
    practice = queries.practice(db.session, slug)
    page = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    entries, total = queries.revisions(db.session, practice.id, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    return render_template(
        "history/revisions.html",
        practice=practice,
        title=practice.title_in(language()),
        entries=entries,
        total=total,
        newer_url=url_for("history.revisions", slug=slug, page=page - 1) if page > 1 else None,
        older_url=url_for("history.revisions", slug=slug, page=page + 1) if page * PER_PAGE < total else None,
    )


@blueprint.get("/<slug:slug>/revisions/<int:number>")
@public
def revision(slug: str, number: int) -> str:
    """Show what a practice said at one publication."""
    practice = queries.practice(db.session, slug)
    content = queries.content(db.session, practice.id, number)
    wording = wording_for(db.session, language(), content)
    return render_template(
        "history/revision.html",
        practice=practice,
        title=practice.title_in(language()),
        number=number,
        fields=differences({}, content, wording.lines),
        endonyms=ENDONYMS,
    )


@blueprint.get("/<slug:slug>/revisions/compare")
@public
def compare(slug: str) -> str:
    """Show what differs between two revisions, field by field, with the words marked."""
    practice = queries.practice(db.session, slug)
    entries, total = queries.revisions(db.session, practice.id, limit=PER_PAGE)
    older, newer = CompareForm(request.args).chosen(latest=entries[0].number if entries else 1)
    before = queries.content(db.session, practice.id, older)
    after = queries.content(db.session, practice.id, newer)
    wording = wording_for(db.session, language(), before, after)
    return render_template(
        "history/compare.html",
        practice=practice,
        title=practice.title_in(language()),
        numbers=[entry.number for entry in entries],
        older=older,
        newer=newer,
        total=total,
        fields=differences(before, after, wording.lines),
        endonyms=ENDONYMS,
    )


@blueprint.get("/<slug:slug>/state")
@requires(Permission.ARCHIVE_PRACTICES)
def state(slug: str) -> str:
    """Offer what can be done with a published or archived practice as a whole."""
    return _state_page(queries.practice(db.session, slug))


@blueprint.post("/<slug:slug>/archive")
@requires(Permission.ARCHIVE_PRACTICES)
@commits
def archive(slug: str) -> Response | tuple[str, int]:
    """Take a practice out of the search."""
    practice = queries.practice(db.session, slug)
    form = ArchiveForm()
    if practice.state is not PracticeState.PUBLISHED:
        return _already(practice)
    if not form.validate_on_submit():
        return _state_page(practice, archive_form=form), 422
    services.archive(db.session, practice, actor=current_user, reason=form.reason.data)
    flash(gettext("The practice is archived. Its owners get a mail."), "success")
    return redirect(url_for("catalogue.practice", slug=slug), 303)


@blueprint.post("/<slug:slug>/restore")
@requires(Permission.ARCHIVE_PRACTICES)
@commits
def restore(slug: str) -> Response:
    """Bring an archived practice back into the search."""
    practice = queries.practice(db.session, slug)
    if practice.state is not PracticeState.ARCHIVED:
        return _already(practice)
    services.restore(db.session, practice, actor=current_user)
    flash(gettext("The practice is back in the search."), "success")
    return redirect(url_for("catalogue.practice", slug=slug), 303)


@blueprint.get("/<slug:slug>/erase")
@requires(Permission.ERASE_PRACTICES)
def erasure(slug: str) -> str:
    """Ask for the ground and for the title once more."""
    practice = queries.practice(db.session, slug)
    return _erase_page(practice, EraseForm(formdata=None))


@blueprint.post("/<slug:slug>/erase")
@requires(Permission.ERASE_PRACTICES)
@commits
def erase(slug: str) -> Response | tuple[str, int]:
    """Erase a practice; a tombstone stays."""
    practice = queries.practice(db.session, slug)
    form = EraseForm(titles=tuple(text.title for text in practice.texts))
    if not form.validate_on_submit():
        return render_template(
            "history/erase.html", practice=practice, title=practice.title_in(language()), form=form
        ), 422
    try:
        services.erase(db.session, practice, actor=current_user, reason=form.reason.data)
    except InvalidTransition:  # somebody was faster
        return _already(practice)
    flash(gettext("The practice is erased."), "success")
    return redirect(url_for("catalogue.search"), 303)


def _already(practice: Practice) -> Response:
    flash(gettext("Somebody else has changed the state of this practice meanwhile. Look again."), "warning")
    return redirect(url_for("history.state", slug=practice.slug), 303)


def _state_page(practice: Practice, *, archive_form: ArchiveForm | None = None) -> str:
    return render_template(
        "history/state.html",
        practice=practice,
        title=practice.title_in(language()),
        archived=practice.state is PracticeState.ARCHIVED,
        archive_form=archive_form or ArchiveForm(formdata=None),
        restore_form=RestoreForm(formdata=None),
    )


def _erase_page(practice: Practice, form: EraseForm) -> str:
    return render_template("history/erase.html", practice=practice, title=practice.title_in(language()), form=form)
