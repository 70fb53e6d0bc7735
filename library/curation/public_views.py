"""Collections as readers meet them: their list, each as a page, as files and as a card for other sites."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from library.curation import public_queries as queries
from library.curation.cards import snippet
from library.curation.files import MEDIA_TYPES, Handing, handed_out
from library.curation.leaves import booklet_of
from library.curation.pages import page_of_part, parts_of_page, starts_of_pages
from library.errors import NotFound
from library.extensions import db, limiter
from library.models import today
from library.paging import address_of, last_page, pages, wanted_page
from library.permissions import public
from library.showing.collections import ShownCollection
from library.showing.present import Presenter
from library.web import absolute_url, framed_anywhere, language, preferred_suffix

blueprint = Blueprint("collections", __name__, url_prefix="/<lang:lang>/collections")

COLLECTIONS: Final = 24  # on one page of the list
ON_CARD: Final = 5  # practices that a card for other sites names
PER_MINUTE: Final = "30 per minute"  # a whole collection as a file is work
KEPT: Final = 300  # seconds that caches may keep a card, which many read on one page of another site


def _presenter() -> Presenter:
    return Presenter(queries.lexicon(db.session), language(), today=today())


@blueprint.get("")
@public
def landing() -> str:
    """List the published collections, the newest first."""
    wanted = wanted_page()
    cards, total = queries.published_collections(db.session, language(), page=wanted, per_page=COLLECTIONS)
    last = last_page(total, COLLECTIONS)
    if wanted > last:
        wanted = last
        cards, total = queries.published_collections(db.session, language(), page=wanted, per_page=COLLECTIONS)
    return render_template(
        "collections/landing.html",
        cards=cards,
        page=pages(wanted, last, address_of("collections.landing")),
    )


@blueprint.get("/<slug:slug>")
@public
def collection(slug: str) -> BaseResponse:
    """Show a collection, or hand it out as what was asked for by ``Accept``."""
    suffix = preferred_suffix(MEDIA_TYPES)
    answer = _file(slug, suffix) if suffix else _page(slug)
    answer.vary.add("Accept")
    return answer


def _page(slug: str) -> Response:
    try:
        shown = queries.collection(db.session, slug, language())
    except NotFound:
        reason = queries.why_archived(db.session, slug)
        return make_response(render_template("collections/archived.html", reason=reason), 410)
    return make_response(page_of(shown))


def page_of(
    shown: ShownCollection, *, template: str = "collections/collection.html", own: str = "", **values: Any
) -> str:
    """Return the page of a collection, for readers and, before they see it, for its curators.

    :param own: the address of the page, where it is not the public one.
    """
    starts = starts_of_pages(shown)
    number = min(wanted_page(), len(starts))
    parts = list(parts_of_page(shown, starts, number))
    found = queries.practices(db.session, [place.practice_id for part in parts for place in part.places])
    show = _presenter()

    def address(wanted: int, anchor: str | None = None) -> str:
        page = wanted if wanted > 1 else None
        if own:
            return f"{own}?page={wanted}" + (f"#{anchor}" if anchor else "")
        return url_for("collections.collection", slug=shown.slug, page=page, _anchor=anchor)

    return render_template(
        template,
        c=shown,
        parts=parts,
        cards={identifier: show.card(practice) for identifier, practice in found.items()},
        contents=[(part, address(page_of_part(shown, starts, part), part.key)) for part in shown.parts],
        page=pages(number, len(starts), address),
        card_url=(card_url := absolute_url(url_for("collections.card", slug=shown.slug))),
        snippet=snippet(card_url, shown.title.source),
        **values,
    )


@blueprint.get("/<slug:slug>.<suffix:suffix>")
@public
def file(slug: str, suffix: str) -> BaseResponse:
    """Hand out a collection as a file: booklet, document, tables, feed or data."""
    return _file(slug, suffix)


@limiter.limit(PER_MINUTE)
def _file(slug: str, suffix: str) -> Response:
    if suffix not in MEDIA_TYPES:
        raise NotFound(suffix)
    shown = queries.collection(db.session, slug, language())
    practices = queries.practices(db.session, shown.practice_ids, whole=True)
    site, contact = current_app.config["SITE_NAME"], current_app.config["CONTACT_EMAIL"]
    booklet = booklet_of(shown, practices, _presenter(), site=site, contact=contact)
    return handed_out(booklet, Handing(suffix, shown.slug), request)


@blueprint.get("/<slug:slug>/card")
@public
def card(slug: str) -> BaseResponse:
    """Show a collection as a small card that other sites put into a frame."""
    shown = queries.collection(db.session, slug, language())
    places = [place for part in shown.parts for place in part.places][:ON_CARD]
    found = queries.practices(db.session, [place.practice_id for place in places])
    show = _presenter()
    cards = [show.card(found[place.practice_id]) for place in places if place.practice_id in found]
    page = render_template("collections/card.html", c=shown, cards=cards, left=shown.total - len(cards))
    answer = framed_anywhere(make_response(page))
    answer.headers["Cache-Control"] = f"public, max-age={KEPT}"
    return answer
