"""One municipality's own page: what it shared, what waits, what it uses, what others like it use."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from flask import Response, current_app, make_response, render_template

from library import adoptions
from library.access import reviews
from library.errors import NotPermitted
from library.exchange import desk, queries
from library.exchange import desk_queries as reading
from library.exchange.blueprint import blueprint, own_municipalities, presenter
from library.exchange.forms import ButtonForm
from library.exchange.sheet import csv_of
from library.exchange.similar import City, Suggestion, suggestions
from library.extensions import db
from library.lexicon import current
from library.models import Organisation, today
from library.permissions import Permission, actor, requires
from library.web import language, never_stored

ON_THE_PAGE: Final = 6  # rows of each list; all of them are in the table
IDEAS: Final = 5
READ_WITHIN: Final = timedelta(days=365)
SOON: Final = timedelta(days=30)


@blueprint.get("/municipalities/<slug:slug>/desk")
@requires(Permission.READ_OWN_MUNICIPALITY)
def municipality(slug: str) -> Response:
    """Show its people what their municipality has shared, what waits for them, and what others like it use."""
    found = _own(slug)
    page = render_template(
        "exchange/desk.html",
        municipality=found,
        name=found.name_in(language()),
        is_own=_is_own(found),
        d=_desk(found, ON_THE_PAGE),
        form=ButtonForm(formdata=None),
        has_map="map.gaps" in current_app.view_functions,
    )
    return never_stored(make_response(page))


@blueprint.get("/municipalities/<slug:slug>/desk.csv")
@requires(Permission.READ_OWN_MUNICIPALITY)
def municipality_table(slug: str) -> Response:
    """Hand out the same as a table, whole."""
    found = _own(slug)
    answer = make_response(csv_of(_desk(found, None)))
    answer.mimetype = "text/csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.slug}.csv"'
    return never_stored(answer)


def _is_own(municipality: Organisation) -> bool:
    return any(body.id == municipality.id for body in own_municipalities())


def _own(slug: str) -> Organisation:
    """Return a municipality whose desk is open to the person of this request.

    :raises NotFound: if there is none.
    :raises NotPermitted: if they neither belong to it nor are advisers.
    """
    found = queries.municipality_at(db.session, slug)
    if not (_is_own(found) or reviews(actor())):
        raise NotPermitted("they do not belong to this municipality")
    return found


def _desk(found: Organisation, limit: int | None) -> desk.Desk:
    show, lang, day, soon = presenter(), language(), today(), today() + SOON
    shared = reading.shared(db.session, found.id, limit=limit)
    ids = [practice.id for practice in shared]
    due = reading.to_confirm(db.session, found.id, by=soon, limit=limit)
    used = desk.in_use_rows(adoptions.adoptions_by(db.session, found.id, limit=None), show, lang, day)
    everywhere = reading.cities(db.session)
    return desk.Desk(
        shared=desk.shared_rows(
            shared,
            show,
            lang,
            owner=found.id,
            reads=reading.readings(db.session, ids, since=day - READ_WITHIN),
            users=reading.adopters(db.session, ids, lang),
        ),
        shared_count=reading.count_shared(db.session, found.id),
        to_confirm=desk.to_confirm_rows(due, show, lang, reading.answers_for(db.session, actor(), due)),
        to_confirm_count=reading.count_to_confirm(db.session, found.id, by=soon),
        making=desk.making_rows(reading.in_the_making(db.session, found, actor(), limit=limit), actor()),
        in_use=used[:limit],
        in_use_count=len(used),
        ideas=_ideas(found, everywhere),
        size_known=found.population is not None,
        gaps=desk.gaps(current(db.session), reading.themes_of(db.session, found.id), lang),
    )


def _ideas(found: Organisation, everywhere: list[City]) -> list[desk.Idea]:
    """Return what similar cities use and this one has neither shared nor reported about."""
    here = next(city for city in everywhere if city.id == found.id)
    here = replace(here, uses=here.uses | reading.known_to(db.session, found.id))
    suggested = suggestions(here, everywhere, limit=IDEAS)
    practices = reading.practices(db.session, [one.practice_id for one in suggested])
    names = reading.named(db.session, _named_in(suggested), language())
    return desk.ideas(suggested, practices, names, presenter(), language())


def _named_in(suggested: list[Suggestion]) -> set[int]:
    return {city for one in suggested for city in one.cities[: desk.CITIES_NAMED]}
