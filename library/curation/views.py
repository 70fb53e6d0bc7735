"""The desk of those who curate: their collections, and beginning one."""

from __future__ import annotations

from typing import Any, Final

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from library.curation import (
    collection_views,
    curator_views,
    item_views,
    present,
    put_views,
    queries,
    section_services,
    section_views,
    services,
)
from library.curation.blueprint import blueprint
from library.curation.forms import BeginForm, number
from library.curation.queries import PER_PAGE
from library.extensions import db
from library.indexing.asking import MAX_KEPT_LENGTH, query_of, read_query
from library.permissions import Permission, actor, requires
from library.web import commits, language

__all__ = ["blueprint", "collection_views", "curator_views", "item_views", "put_views", "section_views"]

MOST_AT_ONCE: Final = 100  # practices that a new collection begins with
Answer = str | Response | tuple[str, int]

# Other desks of those who curate; each is shown where it exists.
DESKS: Final = (
    ("words.desk", _l("Vocabularies"), _l("The words by which practices are sorted and found")),
    ("batches.overview", _l("Many at once"), _l("Bring in practices from a table, or change many together")),
    ("map.gaps", _l("Gap map"), _l("Where the library has nothing yet")),
    ("calls.landing", _l("Calls for practices"), _l("What the library asks for")),
    ("insight.overview", _l("Insight"), _l("What is looked for in vain, and what grows old")),
)


@blueprint.get("")
@requires(Permission.CURATE_COLLECTIONS)
def desk() -> str:
    """Show one's own collections, those of colleagues, and the way to the other desks."""
    whose = "colleagues" if request.args.get("whose") == "colleagues" else "mine"
    page = number(request.args.get("page")) or 1
    rows, total = queries.collections(db.session, actor(), mine=whose == "mine", page=min(page, 10_000))

    def address(there: int) -> str:
        return url_for("curation.desk", whose=whose, page=there)

    return render_template(
        "curation/desk.html",
        whose=whose,
        rows=[(row, row.text_in(language()), count) for row, count in rows],
        newer_url=address(page - 1) if page > 1 else None,
        older_url=address(page + 1) if page * PER_PAGE < total else None,
        desks=[
            (url_for(endpoint), title, note)
            for endpoint, title, note in DESKS
            if endpoint in current_app.view_functions
        ],
    )


@blueprint.get("/collections/new")
@requires(Permission.CURATE_COLLECTIONS)
def new() -> str:
    """Ask for the words of a new collection; what goes into it may come along."""
    carried = {name: request.args.get(name, "") for name in ("search", "heading", "most")}
    form = BeginForm(formdata=None, data={"written_in": language(), **carried})
    return _begin_page(form, request.args.getlist("practice"), fed="search" in request.args)


@blueprint.post("/collections/new")
@requires(Permission.CURATE_COLLECTIONS)
@commits
def begin() -> Answer:
    """Begin a collection, with the practices or the search that came along."""
    form, wanted = BeginForm(), request.form.getlist("practice")
    _offer(form)
    if not form.validate_on_submit():
        return _begin_page(form, wanted, fed=form.is_fed), 422
    collection = services.begin(
        db.session,
        actor=actor(),
        language=form.written_in.data,
        title=form.title.data,
        introduction=form.introduction.data,
        audience=form.audience.data,
        cover=form.cover.data or None,
    )
    if practices := queries.published(db.session, _numbers(wanted)):
        first = collection.sections[0]
        section_services.add_practices(db.session, collection, practices, actor=actor(), section=first)
    query = query_of(read_query(form.search.data or "", language(), per_page=1))
    if form.is_fed and len(query) <= MAX_KEPT_LENGTH:
        fed: dict[str, Any] = {"search": query, "most": form.most_found, "heading": form.heading.data}
        section_services.add_section(db.session, collection, actor=actor(), language=form.written_in.data, **fed)
    flash(gettext("The collection is begun. Only curators see it until it is published."), "success")
    return redirect(url_for("curation.collection", identifier=collection.id), 303)


def _numbers(raw: list[str]) -> list[int]:
    return [found for found in map(number, raw[:MOST_AT_ONCE]) if found]


def _offer(form: BeginForm) -> None:
    lexicon = queries.lexicon(db.session)
    form.offer([(entry.id, entry.label(language())) for entry in lexicon.scheme("themes")])


def _begin_page(form: BeginForm, wanted: list[str], *, fed: bool) -> str:
    _offer(form)
    practices = queries.published(db.session, _numbers(wanted))
    searched = read_query(form.search.data or "", language(), per_page=1)
    names = queries.municipality_names(db.session, present.places_in([searched]), language())
    return render_template(
        "curation/begin.html",
        form=form,
        practices=[(practice.id, practice.title_in(language())) for practice in practices],
        search=present.in_words(searched, queries.lexicon(db.session), names, language()) if fed else "",
        fed=fed,
    )
