"""The gap map: how many practices there are for each theme and agency, and where there is none."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, jsonify, render_template, request
from flask_login import current_user

from library.extensions import db
from library.insight.gaps import MOST_COLUMNS, Grid, Themes, grid, groups, least_columns, least_themes, paged, unmet
from library.insight.map_forms import MapForm
from library.insight.map_present import ROOM, MapPresenter, as_json, lines, pages_of
from library.insight.map_queries import counted
from library.lexicon import current
from library.models import today
from library.permissions import Permission, permits, public, roles_of
from library.showing.calls import open_calls
from library.tables.lines import CSV_TYPE, csv_lines
from library.web import language

blueprint = Blueprint("map", __name__, url_prefix="/<lang:lang>")

MOST_CALLS: Final = 20


@blueprint.get("/map")
@public
def gaps() -> str:
    """Show what the library has and lacks, as a table that is a picture."""
    form, found, themes = _asked(most=MOST_COLUMNS)
    calls = open_calls(db.session, today=today(), limit=MOST_CALLS)
    show = MapPresenter(form, language(), calls, calling=permits(roles_of(current_user), Permission.CALL_FOR_PRACTICES))
    wanted = themes.unfolded(form.opened, columns=len(found.columns), room=ROOM)
    pages = paged([found.row(theme, depth) for theme, depth in wanted], ROOM, show.price)
    number = min(form.page, len(pages))
    most = max((cell.tally.practices for page in pages for row in page for cell in row.cells), default=0)
    return render_template(
        "insight/map.html",
        form=form,
        groups=[show.rows(group, most) for group in groups(pages[number - 1])],
        page=pages_of(form, number, len(pages)),
        **_beside(form, found, themes, show),
        scale=show.scale(most),
        calls=calls,
    )


def _beside(form: MapForm, found: Grid, themes: Themes, show: MapPresenter) -> dict[str, Any]:
    """Return what stands above and beneath the table."""
    least, empty = least_themes(found, themes, form.opened, language()), unmet(found, themes, form.opened)
    return {
        "columns": show.columns(found.columns),
        "left_out": found.left_out,
        "total": found.total.practices,
        "sentences": show.sentences(least, least_columns(found, form.opened, language()), empty, found.crossed.outside),
        "least": show.least(least),
        "never_met": show.never_met(empty),
        "ways": show.ways(),
        "themes": show.themes(themes),
        "trail": show.trail(),
    }


@blueprint.get("/map.csv")
@public
def gaps_csv() -> Response:
    """Return the whole map as a table, a pair of theme and column on each line."""
    _form, found, themes = _asked()
    return Response("".join(csv_lines(lines(found, themes, language()))), content_type=CSV_TYPE)


@blueprint.get("/map.json")
@public
def gaps_json() -> Response:
    """Return the whole map for machines."""
    form, found, themes = _asked()
    return jsonify(as_json(form, found, themes, language()))


def _asked(most: int | None = None) -> tuple[MapForm, Grid, Themes]:
    """Return what was asked for, what was counted, and the themes."""
    lexicon = current(db.session)
    form = MapForm(request.args, lexicon, language())
    crossed = counted(db.session, form.axis.name, form.filters, lexicon)
    return form, grid(form.axis, crossed, lexicon, most=most), Themes(lexicon)
