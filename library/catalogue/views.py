"""The public pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from flask import Blueprint, current_app, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from index import Hit, SearchRequest, SearchResult, sort_key
from library import counting
from library.adoptions import adoptions_by, adoptions_of
from library.catalogue import explaining, filters, list_files, list_views, page_queries, queries, results
from library.catalogue.forms import SearchForm
from library.catalogue.meaning import meant
from library.errors import NotFound
from library.extensions import db
from library.indexing.asking import in_use
from library.indexing.search import Found, similar
from library.indexing.search import search as run_search
from library.languages import LANGUAGES
from library.lexicon import Lexicon
from library.models import Collection, today
from library.permissions import public
from library.showing.adoptions import used_by, uses_of
from library.showing.calls import open_calls
from library.showing.collections import CollectionCard, collection_card
from library.showing.practice_page import practice_page
from library.showing.present import (
    Card,
    Presenter,
    TermCount,
    term,
)
from library.web import language, preferred_suffix, redirect_to_language

blueprint = Blueprint("catalogue", __name__, url_prefix="/<lang:lang>")
permanent = Blueprint("permanent", __name__)

NEWEST = 6
SIMILAR = 3
IMPLEMENTATIONS = 12
OF_AGENCY = 10
OF_MUNICIPALITY = 20
USES = 5  # reports on the page of a practice
USED = 10  # practices of others on the page of a municipality
COLLECTIONS = 3
CALLS = 3
HOLDING = 12  # collections that a practice's page names
MUNICIPALITIES = 400  # on one page, which stays below 60 kB


def vocabularies() -> Lexicon:
    """Return the vocabularies, asked for once a request."""
    if "lexicon" not in g:
        g.lexicon = queries.lexicon(db.session)
    lexicon: Lexicon = g.lexicon
    return lexicon


def presenter() -> Presenter:
    """Return what shows practices in the language of this page."""
    return Presenter(vocabularies(), language(), today=today())


@blueprint.get("/")
@public
def home() -> str:
    """Say what this is and open every way in: search, agencies, themes, newest."""
    found = run_search(db.session, SearchRequest(language=language(), per_page=1))
    return render_template(
        "catalogue/home.html",
        form=SearchForm(request.args),
        total=found.result.total,
        countries_count=len(found.result.facets.get("country", {})),
        rebuilding=found.rebuilding,
        languages_count=len(LANGUAGES),
        agencies=results.term_counts(vocabularies().scheme("agencies"), _counted(found, "agency")),
        themes=results.theme_groups(vocabularies(), _counted(found, "theme")),
        newest=_cards(queries.newest(db.session, limit=NEWEST)),
        collections=_collection_cards(queries.newest_collections(db.session, limit=COLLECTIONS)),
        calls=open_calls(db.session, today=today(), limit=CALLS),
    )


def _collection_cards(found: Iterable[Collection]) -> list[CollectionCard]:
    return [collection_card(collection, vocabularies(), language()) for collection in found]


def _counted(found: Found, facet: str) -> Mapping[str, int] | None:
    """Return how many practices have each code of a facet; ``None`` while there is no index to tell."""
    return None if found.rebuilding else found.result.facets.get(facet, {})


@blueprint.get("/practices")
@public
def search() -> Response:
    """Search, narrow, sort, turn pages; or hand the list out as what was asked for by ``Accept``."""
    suffix = preferred_suffix(list_files.MEDIA_TYPES)
    answer = list_views.handed_out(suffix) if suffix else make_response(_search_page())
    answer.vary.add("Accept")
    return answer


def _search_page() -> str:
    form = SearchForm(request.args)
    wanted = in_use(form.to_request(language()), vocabularies())
    found = run_search(db.session, wanted, lexicon=vocabularies())
    if not found.result.hits and found.result.total:  # a page beyond the last
        wanted = results.on_last_page(wanted, found.result.total)
        found = run_search(db.session, wanted, lexicon=vocabularies())
    _count(wanted, found)
    other = meant(db.session, vocabularies(), wanted, found)
    if other is None:
        return _results_page(form, wanted, found)
    instead = not found.result.total and not form.as_typed.data
    meaning = explaining.meaning(wanted, other, instead=instead)
    if instead:
        wanted, found = other.wanted, other.found
    return _results_page(form, wanted, found, meaning)


def _results_page(
    form: SearchForm, wanted: SearchRequest, found: Found, meaning: explaining.Meaning | None = None
) -> str:
    counts = filters.contenders(found.result.facets, wanted)
    names = filters.Names(
        vocabularies(),
        language(),
        page_queries.municipality_names(db.session, _to_name("municipality", counts, wanted), language()),
        page_queries.collection_titles(db.session, _to_name("collection", counts, wanted), language()),
    )
    cards, more = _cards_and_more(found)
    return render_template(
        "catalogue/search.html",
        form=form,
        query=form.q.data,
        page=results.page(wanted, found.result.total, cards),
        more=more,
        facets=filters.facets(counts, wanted, names),
        chips=results.chips(wanted, names),
        files=list_views.files_of(wanted) if found.result.total and not found.rebuilding else (),
        clear_url=results.address(wanted, filters={}),
        notes=explaining.notes(found.result, wanted.text),
        meaning=meaning,
        sort_options=results.sort_options(wanted.sort),
        rebuilding=found.rebuilding,
        suggestions=() if found.result.total else _ways_out(wanted, found),
        top_themes=() if found.result.total else [term(entry, language()) for entry in vocabularies().top("themes")],
    )


def _to_name(facet: str, counts: Mapping[str, Mapping[str, int]], wanted: SearchRequest) -> set[str]:
    return {*counts.get(facet, ()), *wanted.filters.get(facet, ())}


def _count(wanted: SearchRequest, found: Found) -> None:
    """Count a search once it is answered. What filters narrow says nothing of its words; later pages are no search."""
    if wanted.page > 1 or found.rebuilding:
        return
    narrowed = wanted.filters or found.result.parsed.exclusions
    concepts = results.concepts_chosen(wanted, vocabularies())
    counting.note_search(wanted.text, wanted.language, None if narrowed else found.result.whole, concepts)


def _ways_out(wanted: SearchRequest, found: Found) -> list[tuple[str, str]]:
    """Return searches that may find what this one did not; asks the index for each of a few words alone."""
    # Without any of these the index has looked for fewer words itself, and found nothing.
    narrowed = wanted.filters or found.result.parsed.exclusions or found.rebuilding
    totals = {
        word: run_search(db.session, SearchRequest(text=word, language=language(), per_page=1)).result.total
        for word in (results.words_apart(found.result.parsed) if narrowed else ())
    }
    return results.word_suggestions(wanted, totals) + results.suggestions(wanted)


def _cards(ids: Sequence[int]) -> list[Card]:
    """Return published practices as cards, in the order of ``ids``."""
    show = presenter()
    return [show.card(practice) for practice in page_queries.listed(db.session, ids, language())]


def _cards_and_more(found: Found) -> tuple[list[Card], list[Card]]:
    """Return the hits of a search as cards, and then those that have only some of its words."""
    result = found.result
    hits = {hit.id: hit for hit in (*result.hits, *result.more)}
    if result.parsed.words or result.parsed.phrases:
        cards = _cards_that_say_why(result, hits)
    else:
        cards = {card.id: card for card in _cards(list(hits))}
    first, further = ([cards[hit.id] for hit in some if hit.id in cards] for some in (result.hits, result.more))
    return first, further


def _cards_that_say_why(result: SearchResult, hits: Mapping[int, Hit]) -> dict[int, Card]:
    languages = {number: hit.language for number, hit in hits.items()}
    practices = page_queries.listed(db.session, list(hits), language(), languages)
    carried = page_queries.concepts_by_practice(db.session, practices)
    show = presenter()
    return {one.id: show.card(one, explaining.why(result, hits[one.id]), carried[one.id]) for one in practices}


@blueprint.get("/practices/<slug:slug>")
@public
def practice(slug: str) -> str:
    """Show one practice."""
    found = queries.practice(db.session, slug)
    counting.note_reading(found.id)
    applying, alike = queries.implementations(db.session, found.id), similar(found.id, limit=SIMILAR)
    beside = page_queries.listed(db.session, [*applying[:IMPLEMENTATIONS], *alike], language())
    named = {one.id: one for one in beside}
    page = practice_page(
        found,
        presenter(),
        revision=queries.revision_number(db.session, found.id),
        implementations=([named[number] for number in applying[:IMPLEMENTATIONS] if number in named], len(applying)),
        similar=[named[number] for number in alike if number in named],
        authors=queries.credited_authors(db.session, found.id),
        site=current_app.config["SITE_NAME"],
    )
    holding = () if page.archived else queries.collections_of(db.session, found.id, limit=HOLDING)
    reports = adoptions_of(db.session, found, limit=USES + 1)
    return render_template(
        "catalogue/practice.html",
        p=page,
        collections=_collection_cards(holding),
        uses=uses_of(reports[:USES], presenter(), language()),
        more_uses=len(reports) > USES,
    )


@permanent.get("/p/<int:identifier>")
@public
def by_identifier(identifier: int) -> Response:
    """Lead from the address that never changes to the readable one, in the reader's language."""
    return redirect_to_language("catalogue.practice", slug=queries.slug_of(db.session, identifier))


@blueprint.get("/agencies/<slug:code>")
@public
def agency(code: str) -> str | Response:
    """Show what one kind of agency takes part in, and with whom."""
    show = presenter()
    entry = vocabularies().get(f"agencies/{code}")
    if entry is None:
        raise NotFound(code)
    if entry.id in vocabularies().replaced:
        return redirect(url_for("catalogue.agency", code=vocabularies().replaced[entry.id].partition("/")[2]), 301)
    wanted = SearchRequest(language=language(), filters={"agency": (code,)}, per_page=OF_AGENCY)
    found = run_search(db.session, wanted)
    ids: Sequence[int] = [hit.id for hit in found.result.hits]
    total = found.result.total
    if found.rebuilding:  # titles were searched, which no filter narrows
        ids, total = queries.practices_of_agency(db.session, entry.id, limit=OF_AGENCY)

    def counted(pairs: list[tuple[str, int]]) -> list[TermCount]:
        return [TermCount(show.term(identifier), count) for identifier, count in pairs]

    return render_template(
        "catalogue/agency.html",
        agency=show.term(entry.id),
        total=total,
        cards=_cards(ids),
        partners=counted(queries.partners_of_agency(db.session, entry.id)),
        themes=counted(queries.themes_of_agency(db.session, entry.id)[:12]),
        search_url=results.address(wanted),
    )


@blueprint.get("/municipalities")
@public
def municipalities() -> str:
    """List the municipalities of the library by country; one country at a time once they are too many for a page."""
    lexicon = vocabularies()
    counts = queries.practices_by_municipality(db.session)
    order = {entry.id: n for n, entry in enumerate(lexicon.every("countries"))}
    places = sorted(
        queries.municipalities(db.session),
        key=lambda m: (order[m.country_id or ""], sort_key(language(), m.name_in(language()))),
    )
    show = presenter()
    groups = [
        (show.term(country), [_row(place, counts.get(place.id, 0)) for place in rows])
        for country, rows in groupby(places, key=lambda m: m.country_id or "")
    ]
    apart = len(places) > MUNICIPALITIES
    wanted = request.args.get("country")
    shown = [group for group in groups if group[0].code == wanted] or groups[:1] if apart else groups
    return render_template("catalogue/municipalities.html", groups=groups, shown=shown, apart=apart)


@blueprint.get("/municipalities/<slug:slug>")
@public
def municipality(slug: str) -> str:
    """Show one municipality: its networks, what it owns and what is done there."""
    found = queries.municipality(db.session, slug)
    show = presenter()
    ids, total = queries.practices_of_municipality(db.session, found.id, limit=OF_MUNICIPALITY)
    used = adoptions_by(db.session, found.id, limit=USED + 1)
    shown = {
        "name": found.name_in(language()),
        "slug": found.slug,
        "country": show.term(found.country_id or ""),
        "memberships": [(m.network.name_in(language()), m.note, m.sources) for m in found.memberships],
        "practices_owned": queries.practices_owned(db.session, found.id),
        "total": total,
        "cards": _cards(ids),
        "search_url": url_for("catalogue.search", municipality=found.slug),
        "used": used_by(used[:USED], show, language()),
        "used_url": url_for("exchange.uses", slug=found.slug) if len(used) > USED else "",
    }
    return render_template("catalogue/municipality.html", m=shown)


def _row(place: Any, practices: int) -> dict[str, Any]:
    return {
        "name": place.name_in(language()),
        "url": url_for("catalogue.municipality", slug=place.slug),
        "practices": practices,
        "networks": [membership.network.name_in(language()) for membership in place.memberships],
    }
