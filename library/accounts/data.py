"""One's own data, as a file."""

from __future__ import annotations

import json

from flask import Response, make_response

from library.accounts import queries
from library.accounts.guarding import blueprint, recently_proved
from library.extensions import db
from library.permissions import Permission, actor, requires


@blueprint.get("/data.json")
@requires(Permission.READ_OWN_ACCOUNT)
@recently_proved
def download_data() -> Response:
    """Hand somebody all that the library knows of them."""
    told = queries.everything_about(db.session, actor())
    answer = make_response(json.dumps(told, ensure_ascii=False, indent=2))
    answer.mimetype = "application/json"
    answer.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer
