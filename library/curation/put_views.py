"""Putting practices, or a whole search, into a collection: from a search page, or from the page of a practice."""

from __future__ import annotations

from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from library import access
from library.curation import present, queries, section_services
from library.curation.blueprint import blueprint
from library.curation.forms import MOST_FOUND, NEW, USUALLY_FOUND, AddForm, FeedForm, number
from library.errors import Overtaken
from library.extensions import db
from library.indexing.asking import MAX_KEPT_LENGTH, query_of, read_query
from library.indexing.search import search as run_search
from library.models import Collection, CollectionSection, Practice
from library.permissions import Permission, actor, requires
from library.web import commits, language

MOST_AT_ONCE: Final = 100
Answer = str | Response | tuple[str, int]


# --- practices ---------------------------------------------------------------------------------------------------


@blueprint.get("/add")
@requires(Permission.CURATE_COLLECTIONS)
def choose() -> Answer:
    """Ask into which collection chosen practices go."""
    practices = _practices(request.args.getlist("practice"))
    form = AddForm(formdata=None, data={"search": request.args.get("search", "")})
    return _add_page(form, practices), 200 if practices else 422


@blueprint.post("/add")
@requires(Permission.CURATE_COLLECTIONS)
@commits
def add() -> Answer:
    """Put practices into a section of a collection, or go on to begin a new one with them."""
    form, practices = AddForm(), _practices(request.form.getlist("practice"))
    form.offer(_places_for_practices())
    if not form.validate_on_submit() or not practices:
        return _add_page(form, practices), 422
    if form.place.data == NEW:
        return redirect(url_for("curation.new", practice=[practice.id for practice in practices]), 303)
    collection, section = _where(form)
    try:
        added = section_services.add_practices(db.session, collection, practices, actor=actor(), section=section)
    except Overtaken as refusal:
        form.form_errors.append(str(refusal))
        return _add_page(form, practices), 409
    flash(_said(len(added), len(practices)), "success")
    at: dict[str, Any] = {"search": form.search.data or None, "section": section.id if section else None}
    return redirect(url_for("curation.collection", identifier=collection.id, **at), 303)


def _said(added: int, wanted: int) -> str:
    words = ngettext("%(num)s practice was added.", "%(num)s practices were added.", added)
    if added == wanted:
        return str(words)
    there = ngettext(
        "%(num)s was in the collection already.", "%(num)s were in the collection already.", wanted - added
    )
    return f"{words} {there}" if added else str(there)


def _practices(raw: list[str]) -> list[Practice]:
    return queries.published(db.session, filter(None, map(number, raw[:MOST_AT_ONCE])))


def _places_for_practices() -> dict[str, list[tuple[str, str]]]:
    return dict(present.places_for_practices(queries.to_put_into(db.session, actor()), language()))


def _where(form: AddForm | FeedForm) -> tuple[Collection, CollectionSection | None]:
    """Return the collection and the section that were chosen; ``None`` for a new one."""
    identifier, section = form.chosen
    collection = queries.collection(db.session, identifier or 0)
    access.check_curator(collection, actor())
    return collection, queries.section_of(collection, section) if section else None


def _add_page(form: AddForm, practices: list[Practice]) -> str:
    form.offer(_places_for_practices())
    if not practices:
        form.form_errors.append(gettext("Tick at least one practice in the list first"))
    back = read_query(form.search.data or "", language(), per_page=1)
    return render_template(
        "curation/add.html",
        form=form,
        practices=[(practice.id, practice.title_in(language())) for practice in practices],
        back_url="{}?{}".format(url_for("catalogue.search"), query_of(back)),
    )


# --- searches ----------------------------------------------------------------------------------------------------


@blueprint.get("/use-search")
@requires(Permission.CURATE_COLLECTIONS)
def use_search() -> str:
    """Ask which collection a search should feed. The address holds the search itself, as that of a search page does."""
    query = query_of(read_query(request.query_string.decode(), language(), per_page=1))
    return _feed_page(FeedForm(formdata=None, data={"search": query, "most": USUALLY_FOUND}))


@blueprint.post("/use-search")
@requires(Permission.CURATE_COLLECTIONS)
@commits
def feed() -> Answer:
    """Feed a section of a collection by a search, or go on to begin a new collection with it."""
    form = FeedForm()
    form.offer(_places_for_searches())
    query = query_of(read_query(form.search.data or "", language(), per_page=1))
    if not form.validate_on_submit():
        return _feed_page(form), 422
    if len(query) > MAX_KEPT_LENGTH:
        form.form_errors.append(gettext("This search is too long to keep. Choose fewer filters."))
        return _feed_page(form), 422
    if form.place.data == NEW:
        asked = {"search": query, "heading": form.heading.data, "most": form.most.data}
        return redirect(url_for("curation.new", **asked), 303)
    collection, section = _where(form)
    try:
        section = _feed(form, collection, section, query)
    except Overtaken as refusal:
        form.form_errors.append(str(refusal))
        return _feed_page(form), 409
    flash(gettext("The section is fed by this search now."), "success")
    return redirect(url_for("curation.section", identifier=collection.id, section=section.id), 303)


def _feed(form: FeedForm, collection: Collection, section: CollectionSection | None, query: str) -> CollectionSection:
    if section:
        section_services.change_search(db.session, collection, section, query, actor=actor())
        return section
    return section_services.add_section(
        db.session,
        collection,
        actor=actor(),
        language=collection.original_language,
        heading=form.heading.data,
        search=query,
        most=form.most.data,
    )


def _places_for_searches() -> dict[str, list[tuple[str, str]]]:
    return dict(present.places_for_searches(queries.to_put_into(db.session, actor()), language()))


def _feed_page(form: FeedForm) -> str:
    form.offer(_places_for_searches())
    wanted = read_query(form.search.data or "", language(), per_page=1)
    names = queries.municipality_names(db.session, present.places_in([wanted]), language())
    return render_template(
        "curation/feed.html",
        form=form,
        search=present.in_words(wanted, queries.lexicon(db.session), names, language()),
        found=run_search(db.session, wanted).result.total,
        most=MOST_FOUND,
        back_url="{}?{}".format(url_for("catalogue.search"), query_of(wanted)),
    )
