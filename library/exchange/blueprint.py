"""The blueprint of this area, and what its views share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, request
from flask_login import current_user

from library.exchange import queries
from library.extensions import db
from library.lexicon import current
from library.models import Organisation, today
from library.permissions import actor
from library.showing.present import Presenter
from library.web import language

blueprint = Blueprint("exchange", __name__, url_prefix="/<lang:lang>")


def presenter() -> Presenter:
    """Return what shows practices in the language of this page."""
    return Presenter(current(db.session), language(), today=today())


def own_municipalities() -> list[Organisation]:
    """Return the municipalities of whoever has signed in, asked for once a request."""
    if "own_municipalities" not in g:
        g.own_municipalities = queries.municipalities_of(db.session, actor())
    found: list[Organisation] = g.own_municipalities
    return found


@blueprint.app_context_processor
def _menu() -> dict[str, Any]:
    """Let the menu lead to the desks of one's municipalities; a page that tells of a failure asks for nothing."""
    if not request or g.get("failed") or not current_user.is_authenticated:
        return {"municipality_desks": ()}
    return {"municipality_desks": own_municipalities()}


def page_number() -> int:
    """Return which page of a list is asked for; the first for whatever is no number."""
    asked = request.args.get("page", "")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
