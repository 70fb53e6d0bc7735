"""Likely duplicates as one types, for the script of the quick start."""

from __future__ import annotations

from flask import Response, jsonify, request, url_for
from flask_babel import gettext
from flask_login import current_user

from library.extensions import db
from library.models import Submission
from library.permissions import Permission, requires
from library.submissions.duplicates import Duplicate, duplicates_of
from library.submissions.queries import own_submission
from library.submissions.views import blueprint
from library.web import HIGHEST_NUMBER, language

MOST_TITLE = 300  # characters that are looked at
MOST_SUMMARY = 2_000


@blueprint.get("/duplicates")
@requires(Permission.WRITE_SUBMISSIONS)
def duplicates() -> Response:
    """Say what resembles ``title`` and ``summary`` in ``language``; ``without`` is the number of the draft itself."""
    asked = request.args
    found = duplicates_of(
        db.session,
        title=asked.get("title", "")[:MOST_TITLE],
        summary=asked.get("summary", "")[:MOST_SUMMARY],
        language=asked.get("language") or language(),
        actor=current_user,
        without=_own(asked.get("without", type=int)),
    )
    answer = jsonify({"heading": gettext("Is it one of these?"), "items": [_item(one) for one in found]})
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _own(number: int | None) -> Submission | None:
    return own_submission(db.session, number, current_user) if number and 0 < number <= HIGHEST_NUMBER else None


def _item(one: Duplicate) -> dict[str, str]:
    if one.submission is not None:
        address = url_for("submissions.overview", identifier=one.submission)
        return {"title": one.title, "url": address, "note": gettext("Your own draft")}
    return {"title": one.title, "url": url_for("catalogue.practice", slug=one.slug), "note": gettext("In the library")}
