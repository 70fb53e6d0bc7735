"""The public pages."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from index import SearchRequest, sort_key
from library.catalogue import queries, results
from library.catalogue.forms import SearchForm
from library.catalogue.present import (
    Card,
    Presenter,
    TermCount,
    citation_of,
    missing_sections,
    permalink,
    sections_of,
    studies_of,
    years_of_age,
    years_of_work,
)
from library.choices import Dimension, PracticeState, Provenance
from library.errors import NotFound
from library.extensions import db
from library.indexing.search import Found, similar
from library.indexing.search import search as run_search
from library.languages import ENDONYMS, LANGUAGES
from library.models import Practice
from library.permissions import public
from library.web import language

blueprint = Blueprint("catalogue", __name__, url_prefix="/<lang:lang>")
permanent = Blueprint("permanent", __name__)

NEWEST = 6
SIMILAR = 3
OF_AGENCY = 10


def presenter() -> Presenter:
    """Return what shows practices in the language of this page."""
    return Presenter(queries.lexicon(db.session), language(), today=datetime.now(UTC).date())


@blueprint.get("/")
@public
def home() -> str:
    """Say what this is and open every way in: search, agencies, themes, newest."""
    show = presenter()
    found = run_search(db.session, SearchRequest(language=language(), per_page=1))
    counts = found.result.facets
    return render_template(
        "catalogue/home.html",
        form=SearchForm(request.args),
        total=found.result.total,
        countries_count=len(counts.get("country", {})),
        languages_count=len(LANGUAGES),
        agencies=results.term_counts(queries.lexicon(db.session).scheme("agencies"), counts.get("agency", {})),
        themes=results.theme_groups(queries.lexicon(db.session), counts.get("theme", {})),
        newest=[show.card(practice) for practice in queries.newest(db.session, limit=NEWEST)],
        collections=(),
    )


@blueprint.get("/practices")
@public
def search() -> str:
    """Search, narrow, sort, turn pages."""
    form = SearchForm(request.args)
    wanted = form.to_request(language())
    found = run_search(db.session, wanted)
    if not found.result.hits and found.result.total:  # a page beyond the last
        wanted = results.on_last_page(wanted, found.result.total)
        found = run_search(db.session, wanted)
    names = results.Names(
        queries.lexicon(db.session),
        language(),
        queries.municipality_names(
            db.session, {*found.result.facets.get("municipality", ()), *wanted.filters.get("municipality", ())}
        ),
    )
    return render_template(
        "catalogue/search.html",
        form=form,
        query=form.q.data,
        page=results.page(wanted, found.result.total, cards_of(found)),
        facets=results.facets(found.result.facets, wanted, names),
        chips=results.chips(wanted, names),
        clear_url=results.address(wanted, filters={}),
        fewer_words=found.result.fewer_words,
        cut=found.result.parsed.cut,
        sort_options=results.sort_options(wanted.sort),
        rebuilding=found.rebuilding,
        suggestions=results.suggestions(wanted),
        export_links=(),
    )


def cards_of(found: Found) -> list[Card]:
    """Return the hits of a search as cards that show why each was found."""
    show = presenter()
    languages = {hit.id: hit.language for hit in found.result.hits}
    practices = queries.for_cards(db.session, [hit.id for hit in found.result.hits])
    return [show.card(practice, found.result.parsed, languages[practice.id]) for practice in practices]


@blueprint.get("/practices/<slug:slug>")
@public
def practice(slug: str) -> str:
    """Show one practice."""
    found = queries.practice(db.session, slug)
    return render_template("catalogue/practice.html", p=_page_of(found))


@permanent.get("/p/<int:identifier>")
@public
def by_identifier(identifier: int) -> Response:
    """Lead from the address that never changes to the readable one, in the reader's language."""
    if identifier >= 2**31:
        raise NotFound(str(identifier))
    answer = redirect(url_for("catalogue.practice", slug=queries.slug_of(db.session, identifier)), 302)
    answer.vary.add("Accept-Language")
    return answer


@blueprint.get("/agencies/<slug:code>")
@public
def agency(code: str) -> str:
    """Show what one kind of agency takes part in, and with whom."""
    show = presenter()
    entry = queries.lexicon(db.session).get(f"agencies/{code}")
    if entry is None:
        raise NotFound(code)
    wanted = SearchRequest(language=language(), filters={"agency": (code,)}, per_page=OF_AGENCY)
    found = run_search(db.session, wanted)

    def counted(pairs: list[tuple[str, int]]) -> list[TermCount]:
        return [TermCount(show.term(identifier), count) for identifier, count in pairs]

    return render_template(
        "catalogue/agency.html",
        agency=show.term(entry.id),
        total=found.result.total,
        cards=cards_of(found),
        partners=counted(queries.partners_of_agency(db.session, entry.id)),
        themes=counted(queries.themes_of_agency(db.session, entry.id)[:12]),
        search_url=results.address(wanted),
    )


@blueprint.get("/municipalities")
@public
def municipalities() -> str:
    """List the municipalities of the library by country."""
    lexicon = queries.lexicon(db.session)
    counts = queries.practices_by_municipality(db.session)
    order = {entry.id: n for n, entry in enumerate(lexicon.scheme("countries"))}
    places = sorted(
        queries.municipalities(db.session),
        key=lambda m: (order[m.country_id or ""], sort_key(language(), m.name_in(language()))),
    )
    show = presenter()
    groups = [
        (show.term(country), [_row(place, counts.get(place.id, 0)) for place in rows])
        for country, rows in groupby(places, key=lambda m: m.country_id or "")
    ]
    return render_template("catalogue/municipalities.html", groups=groups)


@blueprint.get("/municipalities/<slug:slug>")
@public
def municipality(slug: str) -> str:
    """Show one municipality: its networks, what it owns and what is done there."""
    found = queries.municipality(db.session, slug)
    show = presenter()
    shown = {
        "name": found.name_in(language()),
        "country": show.term(found.country_id or ""),
        "memberships": [(m.network.name_in(language()), m.note, m.sources) for m in found.memberships],
        "practices_owned": queries.practices_owned(db.session, found.id),
        "cards": [show.card(item) for item in queries.practices_of_municipality(db.session, found.id)],
        "search_url": url_for("catalogue.search", municipality=found.slug),
    }
    return render_template("catalogue/municipality.html", m=shown)


def _row(place: Any, practices: int) -> dict[str, Any]:
    return {
        "name": place.name_in(language()),
        "url": url_for("catalogue.municipality", slug=place.slug),
        "practices": practices,
        "networks": [membership.network.name_in(language()) for membership in place.memberships],
    }


def _page_of(found: Practice) -> dict[str, Any]:
    """Return a practice as its page shows it."""
    show = presenter()
    text = show.text_of(found)
    card = show.card(found)
    revision = queries.revision_number(db.session, found.id)
    alike = queries.for_cards(db.session, similar(found.id, limit=SIMILAR))
    grades = {grade.dimension: grade for grade in found.grades}
    model = (
        (show.text_of(found.model).title, url_for("catalogue.practice", slug=found.model.slug)) if found.model else None
    )
    return {
        "title": text.title,
        "summary": text.summary,
        "kind": card.kind,
        "country": card.country,
        "places": card.places,
        "stage": card.stage,
        "outcome": card.outcome,
        "compiled": found.provenance == Provenance.COMPILED,
        "unconfirmed": card.unconfirmed,
        "confirmed_on": found.confirmed_on,
        "created_on": found.published_at,
        "revised_on": found.revised_at,
        "revision": revision,
        "archived": found.state == PracticeState.ARCHIVED,
        "archive_reason": found.archive_reason,
        "text_language": text.language,
        "text_language_name": ENDONYMS[text.language],
        "requested_missing": text.language != language(),
        "origin": text.origin,
        "other_languages": [
            (ENDONYMS[t.language], url_for("catalogue.practice", slug=found.slug, lang=t.language), t.language)
            for t in found.texts
            if t.language != text.language
        ],
        "owner": show.body(found.owner) if found.owner else None,
        "organisations": [(show.body(partner.organisation), partner.role.label) for partner in found.partners],
        "municipalities": [(b.name, b.url) for b in (show.body(place.municipality) for place in found.places)],
        "geographic_level": found.geographic_level.label,
        "status_label": found.status.label if found.status else None,
        "years": years_of_work(found),
        "ages": years_of_age(found),
        "model": model,
        "implementations": [show.card(item) for item in queries.implementations(db.session, found.id)],
        "decision": show.decision(found, text),
        "sections": sections_of(text),
        "missing_sections": missing_sections(text),
        "agencies": show.agencies(found, text),
        "evaluations": studies_of(found, text),
        "profile": [
            (d.label, grades[d].grade if d in grades else None, grades[d].reason if d in grades else "")
            for d in Dimension
        ],
        "review_label": found.review_label.label,
        "recognitions": [(r.body, r.label, r.year, r.url) for r in found.recognitions],
        "materials": found.materials,
        "sources": found.sources,
        "similar": [show.card(item) for item in alike],
        "themes": show.terms(found.concepts_of("themes")),
        "target_groups": show.terms(found.concepts_of("target-groups")),
        "settings": show.terms(found.concepts_of("settings")),
        "methods": show.terms(found.concepts_of("method-types")),
        "prevention_levels": show.terms(found.concepts_of("prevention-levels")),
        "citation": citation_of(found, text, site=current_app.config["SITE_NAME"], revision=revision),
        "permalink": permalink(found),
    }
