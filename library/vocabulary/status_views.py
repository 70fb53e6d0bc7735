"""Merging a concept into another, and taking it out of use."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from library.extensions import db
from library.permissions import Permission, actor, requires
from library.vocabulary import desk_queries as queries
from library.vocabulary import merge_services, status_services
from library.vocabulary.desk import blueprint
from library.vocabulary.desk_forms import ButtonForm, DeprecateForm, MergeForm
from library.vocabulary.refusals import Refused
from library.web import commits, take_back

Answer = str | Response | tuple[str, int]


@blueprint.get("/<slug:scheme>/<slug:code>/merge")
@requires(Permission.KEEP_VOCABULARIES)
def merger(scheme: str, code: str) -> Answer:
    """Ask into which concept another is merged, and show what that does before it is done."""
    form = MergeForm(request.args, words=queries.lexicon(db.session), schemes=[scheme], meta={"csrf": False})
    looked = "other" in request.args
    if looked and not form.validate():
        return _merge_page(scheme, code, form), 422
    return _merge_page(scheme, code, form)


@blueprint.post("/<slug:scheme>/<slug:code>/merge")
@requires(Permission.KEEP_VOCABULARIES)
@commits
def merge(scheme: str, code: str) -> Answer:
    """Merge a concept into another."""
    entry = queries.entry(db.session, scheme, code)
    form = MergeForm(words=queries.lexicon(db.session), schemes=[scheme])
    if not form.validate_on_submit():
        return _merge_page(scheme, code, form), 422
    other = form.other.identifier
    try:
        merge_services.merge(db.session, entry.id, other, actor=actor())
    except Refused as refusal:
        take_back()
        form.refuse(refusal)
        return _merge_page(scheme, code, form), 422
    flash(gettext("Merged. The old address leads here, and the history can undo it."), "success")
    return redirect(url_for("words.concept", scheme=scheme, code=other.partition("/")[2]), 303)


def _merge_page(scheme: str, code: str, form: MergeForm) -> str:
    entry = queries.entry(db.session, scheme, code)
    other = form.other.entry if not form.errors else None
    return render_template(
        "vocabulary/desk_merge.html",
        entry=entry,
        other=other,
        form=form,
        button=ButtonForm(formdata=None),
        uses=queries.uses(db.session, entry.id),
    )


@blueprint.get("/<slug:scheme>/<slug:code>/deprecate")
@requires(Permission.KEEP_VOCABULARIES)
def deprecation(scheme: str, code: str) -> str:
    """Ask what replaces a concept."""
    return _deprecate_page(scheme, code, _deprecate_form(scheme, formdata=None))


@blueprint.post("/<slug:scheme>/<slug:code>/deprecate")
@requires(Permission.KEEP_VOCABULARIES)
@commits
def deprecate(scheme: str, code: str) -> Answer:
    """Take a concept out of use."""
    entry, form = queries.entry(db.session, scheme, code), _deprecate_form(scheme)
    if not form.validate_on_submit():
        return _deprecate_page(scheme, code, form), 422
    replacement, agreed = form.replacement.identifier, bool(form.agreed.data)
    try:
        status_services.deprecate(db.session, entry.id, replacement=replacement, agreed=agreed, actor=actor())
    except Refused as refusal:
        take_back()
        form.refuse(refusal)
        return _deprecate_page(scheme, code, form), 422
    flash(gettext("Deprecated. It is not offered any more."), "success")
    return redirect(url_for("words.concept", scheme=scheme, code=code), 303)


def _deprecate_form(scheme: str, **options: object) -> DeprecateForm:
    return DeprecateForm(words=queries.lexicon(db.session), schemes=[scheme], **options)


def _deprecate_page(scheme: str, code: str, form: DeprecateForm) -> str:
    entry = queries.entry(db.session, scheme, code)
    return render_template(
        "vocabulary/desk_deprecate.html", entry=entry, form=form, uses=queries.uses(db.session, entry.id)
    )
