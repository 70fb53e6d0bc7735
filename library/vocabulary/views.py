"""Vocabularies and concepts as readers meet them: all of them, one as a tree, one concept with everything it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from index import SearchRequest
from library.extensions import db
from library.indexing.search import search as run_search
from library.languages import ENDONYMS
from library.lexicon import Entry, Lexicon
from library.models import RelationKind
from library.paging import wanted_page
from library.permissions import public
from library.showing.present import FACET_OF_SCHEME
from library.vocabulary import import_views, public_queries, tree
from library.vocabulary.desk import pages
from library.vocabulary.machine_views import permanent
from library.web import absolute_url, language

__all__ = ["blueprint", "import_views", "permanent"]

blueprint = Blueprint("vocabularies", __name__, url_prefix="/<lang:lang>/vocabularies")

RELATIONS: Final = {
    RelationKind.RELATED: _l("Related"),
    RelationKind.EXACT_MATCH: _l("Means the same"),
    RelationKind.CLOSE_MATCH: _l("Means nearly the same"),
    RelationKind.BROAD_MATCH: _l("Wider, in another vocabulary"),
    RelationKind.NARROW_MATCH: _l("Narrower, in another vocabulary"),
    RelationKind.RELATED_MATCH: _l("Related, in another vocabulary"),
}
MOST_NARROWER: Final = 60  # links on a concept's page; the tree has them all


@dataclass(frozen=True, slots=True)
class Link:
    """A concept by name, with its page."""

    label: str
    url: str
    scheme: str = ""


@blueprint.get("")
@public
def landing() -> str:
    """List all vocabularies."""
    lexicon = public_queries.lexicon(db.session)
    schemes = public_queries.schemes(db.session, language())
    counts = {scheme.code: len(lexicon.scheme(scheme.code)) for scheme in schemes}
    return render_template("vocabulary/landing.html", schemes=schemes, counts=counts)


@blueprint.get("/<slug:scheme>")
@public
def scheme(scheme: str) -> str:
    """Show a vocabulary as a tree, or the branch below one of its concepts, a page at a time."""
    lexicon = public_queries.lexicon(db.session)
    found = public_queries.scheme(db.session, scheme, language())
    under = request.args.get("under", "")
    top = lexicon.get(f"{scheme}/{under}") if under else None
    piece = tree.piece(lexicon, scheme, under=top.id if top else "", page=wanted_page())
    return render_template(
        "vocabulary/scheme.html",
        scheme=found,
        total=len(lexicon.scheme(scheme)),
        top=top,
        trail=[_link(entry) for entry in (*tree.trail(lexicon, top), top)] if top else [],
        piece=piece,
        page=pages(piece.total, piece.number, tree.A_PAGE, ".scheme", scheme=scheme, under=under),
        permanent_url=absolute_url(url_for("concepts.scheme", scheme=scheme)),
    )


@blueprint.get("/<slug:scheme>/<slug:code>")
@public
def concept(scheme: str, code: str) -> Response | str:
    """Show one concept; one that another replaces leads to that."""
    lexicon = public_queries.lexicon(db.session)
    entry = public_queries.entry(db.session, scheme, code)
    if successor := lexicon.get(lexicon.replaced.get(entry.id, "")):
        return redirect(url_for(".concept", scheme=successor.scheme, code=successor.code), 303)
    names = {one.code: one.label for one in public_queries.schemes(db.session, language())}
    return render_template(
        "vocabulary/concept.html",
        entry=entry,
        label=entry.label(language()),
        note=entry.note(language()),
        scheme_label=names[scheme],
        trail=[_link(above) for above in tree.trail(lexicon, entry)],
        broader=_links(lexicon, entry.broader, entry),
        narrower=_links(lexicon, entry.narrower, entry)[:MOST_NARROWER],
        narrower_total=len(entry.narrower),
        related=_related(lexicon, entry, names),
        words=_words(entry),
        practices=_practices(entry),
        permanent_url=absolute_url(url_for("concepts.concept", scheme=scheme, code=code)),
        own_address=public_queries.own_address(db.session, entry.id),
        elsewhere=public_queries.matches_elsewhere(db.session, entry.id),
    )


def _link(entry: Entry, scheme: str = "") -> Link:
    return Link(entry.label(language()), url_for(".concept", scheme=entry.scheme, code=entry.code), scheme)


def _links(lexicon: Lexicon, identifiers: Any, entry: Entry, names: dict[str, str] | None = None) -> list[Link]:
    """Return concepts as links by name; one of another vocabulary says of which."""
    found = [lexicon.entries[identifier] for identifier in identifiers if identifier in lexicon.entries]
    links = [_link(one, (names or {}).get(one.scheme, "") if one.scheme != entry.scheme else "") for one in found]
    return sorted(links, key=lambda link: link.label.casefold())


def _related(lexicon: Lexicon, entry: Entry, names: dict[str, str]) -> list[tuple[str, list[Link]]]:
    found = public_queries.relations(db.session, entry.id)
    return [
        (str(title), _links(lexicon, found[kind], entry, names)) for kind, title in RELATIONS.items() if kind in found
    ]


def _words(entry: Entry) -> list[dict[str, Any]]:
    """Return what the concept is called in each language of the library, the reader's first."""
    codes = sorted(ENDONYMS, key=lambda code: code != language())
    return [
        {
            "code": code,
            "language": ENDONYMS[code],
            "label": entry.labels.get(code, ""),
            "synonyms": entry.synonyms.get(code, ()),
            "note": entry.notes.get(code, ""),
        }
        for code in codes
    ]


def _practices(entry: Entry) -> tuple[int | None, str]:
    """Return how many published practices carry the concept, or its words where it is no facet, and that search."""
    facet = FACET_OF_SCHEME.get(entry.scheme)
    label = entry.label(language())
    filters = {facet: (entry.code,)} if facet else {}
    wanted = SearchRequest(text="" if facet else label, language=language(), filters=filters, per_page=1)
    found = run_search(db.session, wanted)
    asked: dict[str, Any] = {facet: entry.code} if facet else {"q": label}
    return None if found.rebuilding else found.result.total, url_for("catalogue.search", **asked)
