"""Adding a concept, and saying what it is called in every language."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from library.errors import Overtaken
from library.extensions import db
from library.permissions import Permission, actor, requires
from library.vocabulary import desk_queries as queries
from library.vocabulary import desk_services as services
from library.vocabulary.desk import blueprint
from library.vocabulary.desk_forms import AddForm, WordsForm
from library.vocabulary.fixed import CLOSED
from library.vocabulary.refusals import Refused
from library.web import commits, language, take_back

Answer = str | Response | tuple[str, int]


@blueprint.get("/add/<slug:scheme>")
@requires(Permission.KEEP_VOCABULARIES)
def addition(scheme: str) -> str:
    """Ask for a new concept."""
    return _add_page(scheme, _add_form(scheme, broader=request.args.get("below", "")[:120]))


@blueprint.post("/add/<slug:scheme>")
@requires(Permission.KEEP_VOCABULARIES)
@commits
def add(scheme: str) -> Answer:
    """Add a concept."""
    form = _add_form(scheme)
    if not form.validate_on_submit():
        return _add_page(scheme, form), 422
    broader = [form.broader.identifier] if form.broader.identifier else []
    try:
        identifier = services.add(
            db.session, scheme, code=form.code.data or "", labels=form.labels, broader=broader, actor=actor()
        )
    except Refused as refusal:
        take_back()
        form.refuse(refusal)
        return _add_page(scheme, form), 422
    code = identifier.partition("/")[2]
    flash(gettext("Added. Its code is %(code)s.", code=code), "success")
    return redirect(url_for("words.concept", scheme=scheme, code=code), 303)


def _add_form(scheme: str, broader: str = "") -> AddForm:
    queries.scheme(db.session, scheme)
    return AddForm(words=queries.lexicon(db.session), schemes=[scheme], data={"broader": broader})


def _add_page(scheme: str, form: AddForm) -> str:
    found = queries.scheme(db.session, scheme)
    return render_template(
        "vocabulary/desk_add.html",
        scheme=found,
        name=queries.name_of(found, language()),
        form=form,
        closed=CLOSED.get(scheme),
    )


@blueprint.get("/<slug:scheme>/<slug:code>/words")
@requires(Permission.KEEP_VOCABULARIES)
def words(scheme: str, code: str) -> str:
    """Show what a concept says, in all languages side by side."""
    entry = queries.entry(db.session, scheme, code)
    said = queries.words_of(db.session, entry.id)
    form = WordsForm.filled(said, words=queries.lexicon(db.session), schemes=[scheme])
    return _words_page(scheme, code, form, said)


@blueprint.post("/<slug:scheme>/<slug:code>/words")
@requires(Permission.KEEP_VOCABULARIES)
@commits
def say(scheme: str, code: str) -> Answer:
    """Save what a concept says; of two advisers the later one sees both before saving again."""
    entry = queries.entry(db.session, scheme, code)
    form = WordsForm(words=queries.lexicon(db.session), schemes=[scheme])
    said = queries.words_of(db.session, entry.id)
    if not form.validate_on_submit():
        return _words_page(scheme, code, form, said, seen=form.seen.data or ""), 422
    try:
        services.say(db.session, entry.id, form.wanted, actor=actor(), seen=form.seen.data or "")
    except Overtaken as overtaken:
        take_back()
        form.form_errors.append(str(overtaken))
        return _words_page(scheme, code, form, queries.words_of(db.session, entry.id), compare=True), 409
    except Refused as refusal:
        take_back()
        form.refuse(refusal)
        return _words_page(scheme, code, form, said), 422
    flash(gettext("Saved. Search follows in a moment."), "success")
    return redirect(url_for("words.concept", scheme=scheme, code=code), 303)


def _words_page(
    scheme: str, code: str, form: WordsForm, said: queries.Words, *, seen: str = "", compare: bool = False
) -> str:
    """Return the page of the words.

    :param seen: what the form was filled from; that which stands now where it is empty.
    :param compare: show what stands now beside what was typed.
    """
    return render_template(
        "vocabulary/desk_words.html",
        entry=queries.entry(db.session, scheme, code),
        form=form,
        seen=seen or queries.mark(said),
        said=said,
        compare=compare,
    )
