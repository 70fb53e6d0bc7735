"""Calls for practices: what the library asks its readers for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from library.errors import Overtaken
from library.extensions import db
from library.insight import call_queries, call_services
from library.insight.call_forms import SCHEMES, ButtonForm, CallForm
from library.languages import best_language
from library.lexicon import current
from library.models import Call, today
from library.permissions import Permission, actor, permits, public, requires, roles_of
from library.prose import to_html
from library.showing.calls import open_calls
from library.showing.present import Presenter
from library.web import commits, language

blueprint = Blueprint("calls", __name__, url_prefix="/<lang:lang>/calls")

MOST_OPEN: Final = 100
MOST_CLOSED: Final = 20
MOST_ARRIVED: Final = 10


@blueprint.get("")
@public
def landing() -> str:
    """List what the library asks for, and what it has asked for."""
    day = today()
    return render_template(
        "insight/calls.html",
        open=[_listed(call) for call in open_calls(db.session, today=day, limit=MOST_OPEN)],
        closed=[_listed(call) for call in call_queries.closed_calls(db.session, today=day, limit=MOST_CLOSED)],
    )


@blueprint.get("/<int:identifier>")
@public
def call(identifier: int) -> str:
    """Show one call, how to answer it, and what has come since."""
    found, lexicon = call_queries.call(db.session, identifier), current(db.session)
    show = Presenter(lexicon, language(), today=today())
    practices, total = call_queries.arrived(db.session, found, lexicon, limit=MOST_ARRIVED)
    return render_template(
        "insight/call.html",
        call=found,
        is_open=found.is_open(today()),
        **_words(found),
        field=_field(found, show),
        codes=_codes(found),
        search_url=url_for("catalogue.search", **_codes(found)),
        cards=[show.card(practice) for practice in practices],
        total=total,
        form=ButtonForm() if permits(roles_of(current_user), Permission.CALL_FOR_PRACTICES) else None,
    )


@blueprint.get("/new")
@requires(Permission.CALL_FOR_PRACTICES)
def new() -> str:
    """Ask what is called for; the gap that led here is filled in."""
    return _form_page(_form(None, formdata=None))


@blueprint.post("/new")
@requires(Permission.CALL_FOR_PRACTICES)
@commits
def new_post() -> Response | tuple[str, int]:
    """Publish a call."""
    form = _form(None)
    if not form.validate_on_submit():
        return _form_page(form), 422
    made = call_services.publish_call(db.session, form.asked, actor=actor())
    flash(gettext("The call is published. It stands on the home page and on the map."), "success")
    return redirect(url_for("calls.call", identifier=made.id), 303)


@blueprint.get("/<int:identifier>/edit")
@requires(Permission.CALL_FOR_PRACTICES)
def edit(identifier: int) -> str:
    """Show a call as it can be changed."""
    found = call_queries.call(db.session, identifier)
    return _form_page(_form(found, formdata=None), found)


@blueprint.post("/<int:identifier>/edit")
@requires(Permission.CALL_FOR_PRACTICES)
@commits
def edit_post(identifier: int) -> Response | tuple[str, int]:
    """Change a call."""
    found = call_queries.call(db.session, identifier)
    form = _form(found)
    if not form.validate_on_submit():
        return _form_page(form, found), 422
    try:
        call_services.change_call(db.session, found, form.asked, actor=actor(), version=form.seen_version)
    except Overtaken as refusal:
        form.overtake(found, str(refusal))
        return _form_page(form, found), 409
    flash(gettext("Saved."), "success")
    return redirect(url_for("calls.call", identifier=identifier), 303)


@blueprint.post("/<int:identifier>/close")
@requires(Permission.CALL_FOR_PRACTICES)
@commits
def close(identifier: int) -> Response:
    """Ask no more."""
    found = call_queries.call(db.session, identifier)
    return _done(
        found, lambda: call_services.close_call(db.session, found, actor=actor()), gettext("The call is closed.")
    )


@blueprint.post("/<int:identifier>/reopen")
@requires(Permission.CALL_FOR_PRACTICES)
@commits
def reopen(identifier: int) -> Response:
    """Ask again."""
    found = call_queries.call(db.session, identifier)
    reopening = partial(call_services.reopen_call, db.session, found, actor=actor(), today=today())
    return _done(found, reopening, gettext("The call is open again."))


def _done(found: Call, verb: Callable[[], None], words: str) -> Response:
    """Do something that needs no words, and say that it is done, or why it is not."""
    try:
        verb()
    except Overtaken as refusal:
        flash(str(refusal), "warning")
    else:
        flash(words, "success")
    return redirect(url_for("calls.call", identifier=found.id), 303)


def _form(found: Call | None, **options: Any) -> CallForm:
    """Return the form of a call, or of a new one on what the address names."""
    return CallForm(
        lexicon=current(db.session),
        first=found.original_language if found else language(),
        language=language(),
        today=today(),
        data=CallForm.kept(found, request.args),
        **options,
    )


def _form_page(form: CallForm, found: Call | None = None) -> str:
    return render_template("insight/call_form.html", form=form, call=found)


def _words(found: Call) -> dict[str, Any]:
    """Return title and text for this reader, and the language of each where it is another."""
    told = best_language(language(), found.titles, found.original_language)
    written = language() if found.texts.get(language()) else found.original_language
    return {
        "title": found.title_in(language()),
        "title_language": told if told != language() else None,
        "text": to_html(found.text_in(language())),
        "text_language": written if written != language() else None,
    }


def _listed(found: Call) -> dict[str, Any]:
    lexicon = current(db.session)
    concepts = (lexicon[concept].label(language()) for concept in _concepts(found).values())
    return {**_words(found), "id": found.id, "about": ", ".join(concepts), "closes_on": found.closes_on}


def _concepts(found: Call) -> dict[str, str]:
    named = {name: getattr(found, f"{name}_id") for name in SCHEMES}
    return {name: concept for name, concept in named.items() if concept}


def _codes(found: Call) -> dict[str, Any]:
    """Return the field of a call as parameters of a search and of a new submission."""
    return {name: concept.rpartition("/")[2] for name, concept in _concepts(found).items()}


def _field(found: Call, show: Presenter) -> list[tuple[str, Any]]:
    """Return what a call is about: the name of each facet, and the term."""
    return [(name, show.term(concept)) for name, concept in _concepts(found).items()]
