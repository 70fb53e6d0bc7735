"""Who curates a collection, what they did, and how it looks to readers."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from library import access
from library.choices import CollectionState
from library.curation import curator_services, present, public_views, queries
from library.curation.blueprint import blueprint
from library.curation.changes import Speech, differences, practices_in
from library.curation.collection_views import curated, page_of
from library.curation.forms import CompareForm, CuratorForm, number
from library.curation.queries import PER_PAGE
from library.errors import Overtaken
from library.extensions import db
from library.indexing.asking import read_query
from library.languages import ENDONYMS
from library.models import Collection
from library.permissions import Permission, actor, requires
from library.web import commits, language

Answer = str | Response | tuple[str, int]


# --- people ------------------------------------------------------------------------------------------------------


@blueprint.get("/collections/<int:identifier>/curators")
@requires(Permission.CURATE_COLLECTIONS)
def curators(identifier: int) -> str:
    """Show who curates a collection."""
    return _curators_page(curated(identifier), CuratorForm(formdata=None))


@blueprint.post("/collections/<int:identifier>/curators")
@requires(Permission.CURATE_COLLECTIONS)
@commits
def invite(identifier: int) -> Answer:
    """Let another adviser curate along."""
    found, form = curated(identifier), CuratorForm()
    people = queries.who_may_join(db.session, found)
    form.offer((person.id, person.name) for person in people)
    if not form.validate_on_submit():
        return _curators_page(found, form), 422
    person = next(each for each in people if str(each.id) == form.person.data)
    try:
        curator_services.invite(db.session, found, person, actor=actor())
    except Overtaken as refusal:
        flash(str(refusal), "warning")
    else:
        flash(gettext("%(name)s curates along now.", name=person.name), "success")
    return redirect(url_for("curation.curators", identifier=identifier), 303)


@blueprint.post("/collections/<int:identifier>/curators/<int:account>/remove")
@requires(Permission.CURATE_COLLECTIONS)
@commits
def remove_curator(identifier: int, account: int) -> Answer:
    """End that somebody curates a collection."""
    found = curated(identifier)
    try:
        curator_services.take_out(db.session, found, account, actor=actor())
    except Overtaken as refusal:
        flash(str(refusal), "warning")
        return redirect(url_for("curation.curators", identifier=identifier), 303)
    if account == actor().id:
        flash(gettext("You do not curate this collection any more."), "success")
        return redirect(url_for("curation.desk"), 303)
    flash(gettext("They do not curate this collection any more."), "success")
    return redirect(url_for("curation.curators", identifier=identifier), 303)


def _curators_page(found: Collection, form: CuratorForm) -> str:
    people = queries.who_may_join(db.session, found)
    form.offer((person.id, person.name) for person in people)
    return page_of("curators", found, form=form, anybody=bool(people), me=actor().id)


@blueprint.get("/collections/<int:identifier>/preview")
@requires(Permission.CURATE_COLLECTIONS)
def preview(identifier: int) -> str:
    """Show a collection as its readers will meet it."""
    found = queries.collection(db.session, identifier)
    return public_views.page_of(
        queries.as_readers_see(db.session, found, language()),
        template="curation/preview.html",
        own=url_for("curation.preview", identifier=identifier),
        collection=found,
        may_change=access.curates(found, actor()),
    )


# --- history -----------------------------------------------------------------------------------------------------


@blueprint.get("/collections/<int:identifier>/changes")
@requires(Permission.CURATE_COLLECTIONS)
def changes(identifier: int) -> str:
    """List what was done to a collection, the latest first."""
    found = queries.collection(db.session, identifier)
    page = min(number(request.args.get("page")) or 1, 10_000)
    rows, total = queries.changes(db.session, found, page=page)

    def address(there: int) -> str:
        return url_for("curation.changes", identifier=identifier, page=there)

    return page_of(
        "changes",
        found,
        rows=[(row, present.deed(row.deed), row.deed in present.REMOVALS) for row in rows],
        total=total,
        newer_url=address(page - 1) if page > 1 else None,
        older_url=address(page + 1) if page * PER_PAGE < total else None,
    )


@blueprint.get("/collections/<int:identifier>/changes/compare")
@requires(Permission.CURATE_COLLECTIONS)
def compare(identifier: int) -> str:
    """Show what differs between two versions of a collection."""
    found = queries.collection(db.session, identifier)
    older, newer = CompareForm(request.args).chosen(found.version)
    documents = queries.document_at(db.session, found, older), queries.document_at(db.session, found, newer)
    searches = {
        section["search"]: read_query(section["search"], language(), per_page=1)
        for document in documents
        for section in document.get("sections", ())
        if section["most"]
    }
    names = queries.municipality_names(db.session, present.places_in(searches.values()), language())
    lexicon = queries.lexicon(db.session)
    speech = Speech(
        practices=queries.titles(db.session, set().union(*map(practices_in, documents)), language()),
        themes={entry.id: entry.label(language()) for entry in lexicon.scheme("themes")},
        states={state.value: str(state.label) for state in CollectionState},
        languages=ENDONYMS,
        searches={key: present.in_words(wanted, lexicon, names, language()) for key, wanted in searches.items()},
    )
    return page_of(
        "compare",
        found,
        older=older,
        newer=newer,
        fields=differences(*documents, speech),
        endonyms=ENDONYMS,
    )
