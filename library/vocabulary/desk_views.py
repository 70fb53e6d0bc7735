"""The desk of those who keep the vocabularies: what there is, tree by tree, and what was done to it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from library.extensions import db
from library.indexing.facets import FACETS
from library.languages import ENDONYMS
from library.lexicon import Entry
from library.paging import wanted_page
from library.permissions import Permission, actor, requires
from library.vocabulary import desk_queries as queries
from library.vocabulary import (
    place_views,
    status_services,
    status_views,
    suggestion_views,
    tree,
    undo_services,
    word_views,
)
from library.vocabulary.desk import blueprint, labels_in, pages, typed
from library.vocabulary.desk_forms import RELATIONS, ButtonForm
from library.vocabulary.fixed import CLOSED, is_fixed
from library.vocabulary.past import past
from library.vocabulary.refusals import Refused
from library.web import commits, language, take_back

__all__ = ["blueprint", "place_views", "status_views", "suggestion_views", "word_views"]

MOST_CHANGES = 5  # on the page of a concept
_FACET_OF = {facet.scheme: facet.name for facet in FACETS if facet.scheme}


@blueprint.get("")
@requires(Permission.KEEP_VOCABULARIES)
def desk() -> str:
    """List the vocabularies with what waits in each."""
    return render_template(
        "vocabulary/desk.html",
        rows=queries.counts(db.session, language()),
        waiting=queries.open_suggestions(db.session),
    )


@blueprint.get("/<slug:scheme>")
@requires(Permission.KEEP_VOCABULARIES)
def scheme(scheme: str) -> str:
    """Show a vocabulary as a tree, a page at a time, or the concepts that have some words."""
    found, words = queries.scheme(db.session, scheme), queries.lexicon(db.session)
    sought, shown_in, number = typed(), labels_in(), wanted_page()
    top = words.get(f"{scheme}/{request.args.get('under', '')}")
    piece = tree.piece(words, scheme, under=top.id if top else "", page=number)
    hits = tree.found(words.every(scheme), sought)
    per_page = tree.MOST_HITS if sought else tree.A_PAGE
    total = len(hits) if sought else piece.total
    asked = {"q": sought, "labels": request.args.get("labels"), "under": top.code if top else None}
    number = min(number, max(1, -(-total // per_page)))
    return render_template(
        "vocabulary/desk_scheme.html",
        scheme=found,
        name=queries.name_of(found, language()),
        sought=sought,
        shown_in=shown_in,
        endonyms=ENDONYMS,
        top=top,
        trail=[*tree.trail(words, top), top] if top else [],
        branches=piece.branches,
        hits=[(entry, tree.trail(words, entry)) for entry in hits[(number - 1) * per_page : number * per_page]],
        page=pages(total, number, per_page, "words.scheme", scheme=scheme, **asked),
        closed=CLOSED.get(scheme),
        missing=sum(map(len, queries.missing(words, scheme).values())),
    )


@blueprint.get("/missing/<slug:scheme>")
@requires(Permission.KEEP_VOCABULARIES)
def missing(scheme: str) -> str:
    """List the concepts of a vocabulary that lack a label in a language."""
    found, words = queries.scheme(db.session, scheme), queries.lexicon(db.session)
    by_language, number = queries.missing(words, scheme), wanted_page()
    first = next((code for code, entries in by_language.items() if entries), language())
    chosen = asked if (asked := request.args.get("labels", "")) in by_language else first
    entries, number = by_language[chosen], min(number, max(1, -(-len(by_language[chosen]) // tree.ON_A_PAGE)))
    return render_template(
        "vocabulary/desk_missing.html",
        scheme=found,
        name=queries.name_of(found, language()),
        counts={code: len(several) for code, several in by_language.items()},
        chosen=chosen,
        endonyms=ENDONYMS,
        entries=entries[(number - 1) * tree.ON_A_PAGE : number * tree.ON_A_PAGE],
        page=pages(len(entries), number, tree.ON_A_PAGE, "words.missing", scheme=scheme, labels=chosen),
    )


@blueprint.get("/history/<slug:scheme>")
@requires(Permission.KEEP_VOCABULARIES)
def history(scheme: str) -> str:
    """Show what was done to a vocabulary, or to one of its concepts, the last first."""
    return _history_page(scheme, request.args.get("concept", ""))


def _history_page(scheme: str, code: str) -> str:
    found, words, number = queries.scheme(db.session, scheme), queries.lexicon(db.session), wanted_page()
    entry = words.get(f"{scheme}/{code}")
    concept = entry.id if entry else ""
    rows, total = queries.changes(db.session, scheme=scheme, concept=concept, page=number)
    asked = {"scheme": scheme, "concept": entry.code if entry else None}
    return render_template(
        "vocabulary/desk_history.html",
        scheme=found,
        name=queries.name_of(found, language()),
        entry=entry,
        rows=[past(change, words, language()) for change in rows],
        form=ButtonForm(),
        page=pages(total, number, queries.CHANGES_A_PAGE, "words.history", **asked),
    )


@blueprint.post("/changes/<int:identifier>/undo")
@requires(Permission.KEEP_VOCABULARIES)
@commits
def undo(identifier: int) -> Response | tuple[str, int]:
    """Take a deed back, or say why that is not possible any more."""
    change = queries.change(db.session, identifier)
    scheme, code = change.concept_id.split("/", 1)
    try:
        told = undo_services.undo(db.session, change, actor=actor())
    except Refused as refusal:
        take_back()
        flash(str(refusal), "warning")
        return _history_page(scheme, code), 409
    flash(" ".join(filter(None, (gettext("Undone."), told))), "success")
    return redirect(url_for("words.history", scheme=scheme, concept=code), 303)


@blueprint.get("/<slug:scheme>/<slug:code>")
@requires(Permission.KEEP_VOCABULARIES)
def concept(scheme: str, code: str) -> str:
    """Show one concept: words, place, relations, use, and what was done to it."""
    return _concept_page(scheme, code)


@blueprint.post("/<slug:scheme>/<slug:code>/restore")
@requires(Permission.KEEP_VOCABULARIES)
@commits
def restore(scheme: str, code: str) -> Response | tuple[str, int]:
    """Bring a deprecated concept back into use."""
    entry = queries.entry(db.session, scheme, code)
    try:
        status_services.restore(db.session, entry.id, actor=actor())
    except Refused as refusal:
        take_back()
        flash(str(refusal), "warning")
        return _concept_page(scheme, code), 409
    flash(gettext("It is offered again."), "success")
    return redirect(url_for("words.concept", scheme=scheme, code=code), 303)


def _concept_page(scheme: str, code: str) -> str:
    entry, words = queries.entry(db.session, scheme, code), queries.lexicon(db.session)
    rows, total = queries.changes(db.session, concept=entry.id)
    return render_template(
        "vocabulary/desk_concept.html",
        entry=entry,
        said=queries.words_of(db.session, entry.id),
        name=queries.name_of(queries.scheme(db.session, scheme), language()),
        endonyms=ENDONYMS,
        trail=tree.trail(words, entry),
        words=words,
        relations=queries.relations(db.session, entry.id),
        relation_names={kind.value: label for kind, label in RELATIONS},
        successor=words.get(words.replaced.get(entry.id, "")),
        uses=queries.uses(db.session, entry.id),
        days=queries.SEARCHES_DAYS,
        search_url=_search_url(entry),
        fixed=is_fixed(entry.id),
        rows=[past(change, words, language()) for change in rows[:MOST_CHANGES]],
        more=total > MOST_CHANGES,
        form=ButtonForm(),
    )


def _search_url(entry: Entry) -> str:
    """Return the search for the practices with a concept; nothing where no facet has its vocabulary."""
    facet = _FACET_OF.get(entry.scheme)
    wanted: dict[str, Any] = {facet: entry.code} if facet else {}
    return url_for("catalogue.search", **wanted) if facet else ""


@blueprint.get("/<slug:scheme>/<slug:code>/practices")
@requires(Permission.KEEP_VOCABULARIES)
def practices(scheme: str, code: str) -> str:
    """List the practices that carry a concept themselves, also those that are archived."""
    entry, number = queries.entry(db.session, scheme, code), wanted_page()
    found, total = queries.practices(db.session, entry.id, page=number)
    return render_template(
        "vocabulary/desk_practices.html",
        entry=entry,
        practices=found,
        page=pages(total, number, queries.PRACTICES_A_PAGE, "words.practices", scheme=scheme, code=code),
    )
