"""Changing many practices at once: choose, say what, look at it, confirm it as a batch."""

from __future__ import annotations

from typing import Final

from flask import redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from library.extensions import db
from library.interchange import edit_queries, edit_services
from library.interchange.edit_forms import EditForm
from library.interchange.edits import Change, Edit
from library.interchange.views import blueprint
from library.permissions import Permission, actor, requires
from library.tables.queries import speech_of
from library.web import HIGHEST_NUMBER, commits, language

MOST: Final = 500  # practices; more are changed by a table
SHOWN: Final = 50  # titles of chosen practices that the page lists


@blueprint.get("/edit")
@requires(Permission.WORK_IN_BULK)
def edit() -> str:
    """Show the chosen practices and ask what to do with them: those ticked, or all that a search finds."""
    return _page(_chosen(), EditForm(formdata=None, speech=speech_of(db.session, language()), language=language()))


@blueprint.post("/edit")
@requires(Permission.WORK_IN_BULK)
@commits
def edit_post() -> Response | tuple[str, int]:
    """Make a batch of it, which shows what would change."""
    chosen = _chosen()
    form = EditForm(speech=speech_of(db.session, language()), language=language())
    if not form.validate_on_submit() or form.edit is None or not chosen:
        return _page(chosen, form), 422
    batch = edit_services.prepare(db.session, chosen, form.edit, actor=actor(), name=_name(form.edit, len(chosen)))
    return redirect(url_for(".batch", identifier=batch.id), 303)


def _chosen() -> list[int] | None:
    """Return the numbers of practices that were ticked, else of those that the search in ``search`` finds.

    :return: ``None`` if there is nothing to search in now.
    """
    given = request.values.getlist("practice")
    ticked = [int(number) for number in given if number.isascii() and number.isdigit() and len(number) < 11]
    if given or "only" in request.values or "search" not in request.values:
        return list(dict.fromkeys(number for number in ticked if 0 < number <= HIGHEST_NUMBER))[:MOST]
    return edit_queries.found(db.session, request.values["search"], language(), most=MOST)


def _page(found: list[int] | None, form: EditForm) -> str:
    chosen = found or []
    titles = edit_queries.titles(db.session, chosen, language())
    return render_template(
        "interchange/edit.html",
        form=form,
        rebuilding=found is None,
        chosen=list(titles),
        titles=list(titles.values())[:SHOWN],
        more=max(0, len(titles) - SHOWN),
        most=MOST if len(chosen) == MOST else 0,
        bodies=edit_queries.bodies(db.session, language()),
    )


def _name(wanted: Edit, practices: int) -> str:
    count = ngettext("%(num)s practice", "%(num)s practices", practices)
    return f"{Change(wanted.change).label}: {count}"
