"""Suggestions for the search box, as JSON for the script that shows them; without it nobody asks."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from library.catalogue.suggesting import Group, Suggestion, suggest
from library.extensions import db, limiter
from library.indexing.asking import words_of
from library.permissions import public
from library.web import language

blueprint = Blueprint("suggestions", __name__, url_prefix="/<lang:lang>")

# Ten letters a second, which nobody types: a whole town hall may share an address.
PER_MINUTE: Final = "600 per minute"


@blueprint.get("/suggestions")
@public
@limiter.limit(PER_MINUTE)
def suggestions() -> Response:
    """Suggest practices, subjects, places and bodies for the words typed so far.

    Caches may keep the answer, but must ask each time whether it still holds: what is withdrawn is gone at once.
    """
    typed = words_of(request.args.get("q"))
    groups = suggest(db.session, typed, language())
    answer = jsonify({"query": typed, "groups": [_as_json(group) for group in groups]})
    answer.cache_control.public = True
    answer.cache_control.no_cache = True
    answer.add_etag()
    return answer.make_conditional(request)


def _as_json(group: Group) -> dict[str, Any]:
    return {"kind": group.kind, "heading": group.heading, "items": [_item(one) for one in group.suggestions]}


def _item(one: Suggestion) -> dict[str, str]:
    return {"label": one.label, "url": one.url, "language": one.language, "detail": one.detail}
