"""Moving a concept, and relating it to others."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from library.errors import InvalidInput, Overtaken
from library.extensions import db
from library.models import RelationKind
from library.permissions import Permission, actor, requires
from library.vocabulary import desk_queries as queries
from library.vocabulary import place_services as services
from library.vocabulary import tree
from library.vocabulary.desk import blueprint
from library.vocabulary.desk_forms import RELATIONS, ButtonForm, PlaceForm, RelationForm
from library.vocabulary.refusals import Refused
from library.web import commits, take_back

Answer = str | Response | tuple[str, int]


@blueprint.get("/<slug:scheme>/<slug:code>/place")
@requires(Permission.KEEP_VOCABULARIES)
def place(scheme: str, code: str) -> str:
    """Show what stands above a concept."""
    entry = queries.entry(db.session, scheme, code)
    broader = queries.broader_of(db.session, entry.id)
    form = _place_form(scheme, formdata=None, data={"kept": broader, "order": "keep"})
    return _place_page(scheme, code, form, broader)


@blueprint.post("/<slug:scheme>/<slug:code>/place")
@requires(Permission.KEEP_VOCABULARIES)
@commits
def move(scheme: str, code: str) -> Answer:
    """Put a concept below others, or among its siblings."""
    entry, form = queries.entry(db.session, scheme, code), _place_form(scheme)
    broader = queries.broader_of(db.session, entry.id)
    if not form.validate_on_submit():
        return _place_page(scheme, code, form, broader, seen=form.seen.data or ""), 422
    seen = form.seen.data or ""
    try:
        services.move(db.session, entry.id, broader=form.parents, after=form.sibling, actor=actor(), seen=seen)
    except Overtaken as overtaken:
        take_back()
        form.form_errors.append(str(overtaken))
        return _place_page(scheme, code, form, queries.broader_of(db.session, entry.id), compare=True), 409
    except Refused as refusal:
        take_back()
        form.refuse(refusal)
        return _place_page(scheme, code, form, broader), 422
    flash(gettext("Moved."), "success")
    return redirect(url_for("words.concept", scheme=scheme, code=code), 303)


def _place_form(scheme: str, **options: object) -> PlaceForm:
    return PlaceForm(words=queries.lexicon(db.session), schemes=[scheme], **options)


def _place_page(
    scheme: str, code: str, form: PlaceForm, broader: list[str], *, seen: str = "", compare: bool = False
) -> str:
    words = queries.lexicon(db.session)
    offered = dict.fromkeys((*broader, *(form.kept.data or ())))
    return render_template(
        "vocabulary/desk_place.html",
        entry=queries.entry(db.session, scheme, code),
        form=form,
        parents=[words[one] for one in offered if one in words.entries],
        broader=[words[one] for one in broader if one in words.entries],
        trail=tree.trail(words, words[f"{scheme}/{code}"]),
        seen=seen or queries.mark(broader),
        compare=compare,
    )


@blueprint.get("/<slug:scheme>/<slug:code>/relations")
@requires(Permission.KEEP_VOCABULARIES)
def relations(scheme: str, code: str) -> str:
    """Show to which concepts one is related."""
    return _relations_page(scheme, code, _relation_form(formdata=None))


@blueprint.post("/<slug:scheme>/<slug:code>/relations")
@requires(Permission.KEEP_VOCABULARIES)
@commits
def relate(scheme: str, code: str) -> Answer:
    """Relate a concept to another."""
    entry, form = queries.entry(db.session, scheme, code), _relation_form()
    if not form.validate_on_submit():
        return _relations_page(scheme, code, form), 422
    try:
        services.relate(db.session, entry.id, form.relation, form.other.identifier, actor=actor())
    except Refused as refusal:
        take_back()
        form.refuse(refusal)
        return _relations_page(scheme, code, form), 422
    flash(gettext("Related."), "success")
    return redirect(url_for("words.relations", scheme=scheme, code=code), 303)


@blueprint.post("/<slug:scheme>/<slug:code>/relations/remove")
@requires(Permission.KEEP_VOCABULARIES)
@commits
def unrelate(scheme: str, code: str) -> Answer:
    """Take a relation away."""
    entry, kind = queries.entry(db.session, scheme, code), request.form.get("kind", "")
    if kind not in [kind.value for kind, _label in RELATIONS]:
        raise InvalidInput("no such relation")
    services.unrelate(db.session, entry.id, RelationKind(kind), request.form.get("other", "")[:120], actor=actor())
    flash(gettext("The relation is gone."), "success")
    return redirect(url_for("words.relations", scheme=scheme, code=code), 303)


def _relation_form(**options: object) -> RelationForm:
    words = queries.lexicon(db.session)
    return RelationForm(words=words, schemes=words.schemes, **options)


def _relations_page(scheme: str, code: str, form: RelationForm) -> str:
    entry = queries.entry(db.session, scheme, code)
    return render_template(
        "vocabulary/desk_relations.html",
        entry=entry,
        form=form,
        button=ButtonForm(formdata=None),
        words=queries.lexicon(db.session),
        relations=queries.relations(db.session, entry.id),
        relation_names={kind.value: label for kind, label in RELATIONS},
    )
