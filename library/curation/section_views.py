"""Sections of a collection: their words, their order, taking one out and bringing it back."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from index import SearchRequest
from library.curation import present, queries, section_services
from library.curation.blueprint import blueprint
from library.curation.collection_views import back_to, curated, page_of
from library.curation.forms import FedSectionForm, SectionForm
from library.curation.services import TwoTexts
from library.errors import Overtaken
from library.extensions import db
from library.indexing.asking import read_query, values_of
from library.languages import ENDONYMS
from library.models import Collection, CollectionSection
from library.permissions import Permission, actor, requires
from library.web import commits, language

Answer = str | Response | tuple[str, int]


def wanted_language(found: Collection) -> str:
    """Return the language whose words are asked for: one that the collection is written in, else the original."""
    asked = request.args.get("in", "")
    return asked if any(text.language == asked for text in found.texts) else found.original_language


@blueprint.get("/collections/<int:identifier>/sections/new")
@requires(Permission.CURATE_COLLECTIONS)
def new_section(identifier: int) -> str:
    """Ask for the words of a new section."""
    found = curated(identifier)
    return _section_page(found, None, SectionForm(formdata=None, data={"version": found.version}))


@blueprint.post("/collections/<int:identifier>/sections/new")
@requires(Permission.CURATE_COLLECTIONS)
@commits
def add_section(identifier: int) -> Answer:
    """Put a section at the end of a collection."""
    found, form = curated(identifier), SectionForm()
    if not form.validate_on_submit():
        return _section_page(found, None, form), 422
    try:
        section_services.add_section(db.session, found, actor=actor(), language=found.original_language, **form.typed)
    except Overtaken as refusal:
        form.form_errors.append(str(refusal))
        return _section_page(found, None, form), 409
    flash(gettext("The section is added."), "success")
    return back_to(found)


@blueprint.get("/collections/<int:identifier>/sections/<int:section>")
@requires(Permission.CURATE_COLLECTIONS)
def section(identifier: int, section: int) -> str:
    """Show the words of a section in one language, to change them."""
    found = curated(identifier)
    shown = queries.section_of(found, section)
    form, code = _form_of(shown, formdata=None), wanted_language(found)
    form.show(_words(shown, form, code), found.version)
    return _section_page(found, shown, form)


@blueprint.post("/collections/<int:identifier>/sections/<int:section>")
@requires(Permission.CURATE_COLLECTIONS)
@commits
def write_section(identifier: int, section: int) -> Answer:
    """Save the words of a section in one language."""
    found = curated(identifier)
    shown = queries.section_of(found, section)
    form, code = _form_of(shown), wanted_language(found)
    if not form.validate_on_submit():
        return _section_page(found, shown, form), 422
    try:
        section_services.write_section(db.session, found, shown, code, form.typed, actor=actor(), seen=form.seen)
    except TwoTexts as two:
        form.show(two.wanted, two.version)
        form.form_errors.append(str(two))
        return _section_page(found, shown, form, theirs=two.theirs), 409
    flash(gettext("Saved."), "success")
    return back_to(found)


@blueprint.post("/collections/<int:identifier>/sections/<int:section>/remove")
@requires(Permission.CURATE_COLLECTIONS)
@commits
def remove_section(identifier: int, section: int) -> Answer:
    """Take a section out with all that it holds."""
    found = curated(identifier)
    section_services.remove_section(db.session, found, queries.section_of(found, section), actor=actor())
    return back_to(found)


def _form_of(shown: CollectionSection, **options: Any) -> SectionForm:
    return SectionForm(**options) if shown.search is None else FedSectionForm(**options)


def _words(shown: CollectionSection, form: SectionForm, code: str) -> dict[str, Any]:
    words = {"heading": shown.headings.get(code, ""), "introduction": shown.introductions.get(code, "")}
    return {**words, "most": shown.most} if isinstance(form, FedSectionForm) else words


def _section_page(
    found: Collection, shown: CollectionSection | None, form: SectionForm, theirs: dict[str, Any] | None = None
) -> str:
    code, original = wanted_language(found), found.original_language
    asked = read_query(shown.search, original, per_page=1) if shown and shown.search is not None else None
    return page_of(
        "section",
        found,
        part=shown,
        name=present.name_of(shown, language(), original) if shown else "",
        form=form,
        code=code,
        written=list(present.languages_of(found)) if shown else [],
        original=_words(shown, form, original) if shown and code != original else None,
        theirs=present.beside(theirs or {}, form.typed),
        search=_in_words(asked) if asked else "",
        search_url=url_for("catalogue.search", **values_of(asked)) if asked else "",
        endonyms=ENDONYMS,
    )


def _in_words(wanted: SearchRequest) -> str:
    names = queries.municipality_names(db.session, present.places_in([wanted]), language())
    return present.in_words(wanted, queries.lexicon(db.session), names, language())


@blueprint.post("/collections/<int:identifier>/changes/<int:number>/bring-back")
@requires(Permission.CURATE_COLLECTIONS)
@commits
def bring_back(identifier: int, number: int) -> Answer:
    """Put back what a change took out."""
    found = curated(identifier)
    try:
        section_services.bring_back(db.session, found, number, actor=actor())
    except Overtaken as refusal:
        flash(str(refusal), "warning")
    else:
        flash(gettext("It is back where it was."), "success")
    return redirect(url_for("curation.collection", identifier=identifier), 303)
