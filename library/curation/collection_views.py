"""One collection at the desk: what it holds, its words, and whether the public sees it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from library import access
from library.choices import CollectionState
from library.curation import present, queries, services
from library.curation.blueprint import blueprint
from library.curation.forms import ArchiveForm, ButtonForm, OrderForm, OriginalForm, TextForm, number
from library.curation.services import TwoTexts
from library.errors import NotFound, NotReady, Overtaken
from library.extensions import db
from library.indexing.asking import query_of, read_query
from library.indexing.search import search as run_search
from library.languages import ENDONYMS
from library.models import Collection
from library.permissions import Permission, actor, requires
from library.web import commits, language

Answer = str | Response | tuple[str, int]


def curated(identifier: int) -> Collection:
    """Return a collection that whoever asks may change."""
    found = queries.collection(db.session, identifier)
    access.check_curator(found, actor())
    return found


def page_of(template: str, found: Collection, **values: Any) -> str:
    """Render a page of one collection with what all of them show."""
    return render_template(
        f"curation/{template}.html",
        collection=found,
        text=found.text_in(language()),
        may_change=(may_change := access.curates(found, actor())),
        tabs=[
            (name, url_for(endpoint, identifier=found.id, **values), label)
            for name, endpoint, values, label, for_all in _tabs(found)
            if may_change or for_all
        ],
        button=ButtonForm(formdata=None),
        **values,
    )


def _tabs(found: Collection) -> tuple[tuple[str, str, dict[str, Any], str, bool], ...]:
    """Return the pages of a collection: name, endpoint, values, label, and whether colleagues see it too."""
    return (
        ("collection", "curation.collection", {}, gettext("Practices"), False),
        ("text", "curation.text", {"code": found.original_language}, gettext("Words"), False),
        ("curators", "curation.curators", {}, gettext("Curators"), False),
        ("preview", "curation.preview", {}, gettext("Preview"), True),
        ("changes", "curation.changes", {}, gettext("Changes"), True),
    )


def back_to(found: Collection, **values: Any) -> Response:
    """Lead to the page of a collection."""
    return redirect(url_for("curation.collection", identifier=found.id, **values), 303)


# --- what it holds -----------------------------------------------------------------------------------------------


@blueprint.get("/collections/<int:identifier>")
@requires(Permission.CURATE_COLLECTIONS)
def collection(identifier: int) -> str:
    """Show the sections and practices of a collection, to put them in order."""
    return holdings(curated(identifier))


def holdings(found: Collection, *, refused: bool = False) -> str:
    """Return the page with what a collection holds.

    :param refused: somebody has just tried to publish it, and something is missing.
    """
    latest = queries.latest_change(db.session, found)
    removal = latest if latest and latest.deed in present.REMOVALS and latest.actor_id == actor().id else None
    searches = {
        s.id: read_query(s.search, found.original_language, per_page=1) for s in found.sections if s.search is not None
    }
    names = queries.municipality_names(db.session, present.places_in(searches.values()), language())
    lexicon = queries.lexicon(db.session)
    searched = request.args.get("search")
    parts = present.parts(
        found,
        language(),
        chosen=number(request.args.get("section")),
        page=number(request.args.get("page")) or 1,
        spoken={key: present.in_words(wanted, lexicon, names, language()) for key, wanted in searches.items()},
        counted={key: run_search(db.session, wanted).result.total for key, wanted in searches.items()},
    )
    return page_of(
        "collection",
        found,
        parts=parts,
        missing={} if found.state is not CollectionState.DRAFT else services.missing(db.session, found),
        refused=refused,
        removal=removal,
        order=OrderForm(formdata=None, data={"version": found.version}),
        focus=present.focus_on(parts, number(request.args.get("moved")), request.args.get("by", "")),
        search_url=searched is not None and _search_url(searched),
    )


def _search_url(query: str) -> str:
    return "{}?{}".format(url_for("catalogue.search"), query_of(read_query(query, language(), per_page=1)))


# --- words -------------------------------------------------------------------------------------------------------


@blueprint.get("/collections/<int:identifier>/texts/<slug:code>")
@requires(Permission.CURATE_COLLECTIONS)
def text(identifier: int, code: str) -> str:
    """Show the words of a collection in one language, to change them."""
    found = curated(identifier)
    form = _text_form(found, code, formdata=None)
    form.show(_words(found, code), found.version)
    return _text_page(found, code, form)


@blueprint.post("/collections/<int:identifier>/texts/<slug:code>")
@requires(Permission.CURATE_COLLECTIONS)
@commits
def write_text(identifier: int, code: str) -> Answer:
    """Save the words of a collection in one language."""
    found = curated(identifier)
    form = _text_form(found, code)
    if not form.validate_on_submit():
        return _text_page(found, code, form), 422
    try:
        services.write_text(db.session, found, code, form.typed, actor=actor(), seen=form.seen)
    except TwoTexts as two:
        form.show(two.wanted, two.version)
        form.form_errors.append(str(two))
        return _text_page(found, code, form, theirs=two.theirs), 409
    flash(gettext("Saved."), "success")
    kept = code if any(text.language == code for text in found.texts) else found.original_language
    return redirect(url_for("curation.text", identifier=identifier, code=kept), 303)


def _text_form(found: Collection, code: str, **options: Any) -> TextForm:
    if code not in ENDONYMS:
        raise NotFound(code)
    if code != found.original_language:
        form = TextForm(**options)
        form.may_vanish = True
        return form
    lexicon = queries.lexicon(db.session)
    original = OriginalForm(**options)
    original.offer(
        [(entry.id, entry.label(language())) for entry in lexicon.scheme("themes")],
        taken=[text.language for text in found.texts if text.language != code],
    )
    return original


def _words(found: Collection, code: str) -> dict[str, Any]:
    text = next((text for text in found.texts if text.language == code), None)
    words = {name: getattr(text, name) if text else "" for name in ("title", "introduction", "audience")}
    original = {"cover": found.cover_id or "", "written_in": found.original_language}
    return {**words, **(original if code == found.original_language else {})}


def _text_page(found: Collection, code: str, form: TextForm, theirs: dict[str, Any] | None = None) -> str:
    written = list(present.languages_of(found))
    there = {other for other, _ in written}
    return page_of(
        "text",
        found,
        form=form,
        code=code,
        written=written if code in there else [*written, (code, ENDONYMS[code])],
        more=[(other, name) for other, name in ENDONYMS.items() if other not in {*there, code}],
        original=None if code == found.original_language else found.text_in(found.original_language),
        is_new=code not in there,
        theirs=present.beside(theirs or {}, form.typed),
    )


# --- states ------------------------------------------------------------------------------------------------------


@blueprint.post("/collections/<int:identifier>/publish")
@requires(Permission.CURATE_COLLECTIONS)
@commits
def publish(identifier: int) -> Answer:
    """Show a collection to the public, or say what is missing."""
    found = curated(identifier)
    try:
        services.publish(db.session, found, actor=actor())
    except NotReady:
        return holdings(found, refused=True), 422
    except Overtaken as refusal:
        flash(str(refusal), "warning")
    else:
        flash(gettext("The collection is published."), "success")
    return back_to(found)


@blueprint.get("/collections/<int:identifier>/archive")
@requires(Permission.CURATE_COLLECTIONS)
def archiving(identifier: int) -> str:
    """Ask why a collection is archived."""
    return page_of("archive", curated(identifier), form=ArchiveForm(formdata=None))


@blueprint.post("/collections/<int:identifier>/archive")
@requires(Permission.CURATE_COLLECTIONS)
@commits
def archive(identifier: int) -> Answer:
    """Take a collection from the public."""
    found, form = curated(identifier), ArchiveForm()
    if not form.validate_on_submit():
        return page_of("archive", found, form=form), 422
    try:
        services.archive(db.session, found, actor=actor(), reason=form.reason.data)
    except Overtaken as refusal:
        flash(str(refusal), "warning")
    else:
        flash(gettext("The collection is archived."), "success")
    return back_to(found)


@blueprint.post("/collections/<int:identifier>/restore")
@requires(Permission.CURATE_COLLECTIONS)
@commits
def restore(identifier: int) -> Answer:
    """Show an archived collection to the public again."""
    found = curated(identifier)
    try:
        services.restore(db.session, found, actor=actor())
    except Overtaken as refusal:
        flash(str(refusal), "warning")
    else:
        flash(gettext("The collection is public again."), "success")
    return back_to(found)


@blueprint.get("/collections/<int:identifier>/delete")
@requires(Permission.CURATE_COLLECTIONS)
def deletion(identifier: int) -> str:
    """Ask once more before a draft is deleted."""
    return page_of("delete", curated(identifier))


@blueprint.post("/collections/<int:identifier>/delete")
@requires(Permission.CURATE_COLLECTIONS)
@commits
def delete(identifier: int) -> Answer:
    """Delete a draft that was never published."""
    found = curated(identifier)
    try:
        services.delete(db.session, found, actor=actor())
    except Overtaken as refusal:
        flash(str(refusal), "warning")
        return back_to(found)
    flash(gettext("The draft is deleted."), "success")
    return redirect(url_for("curation.desk"), 303)
