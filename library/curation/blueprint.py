"""What all pages of the desk share: one blueprint, and what nobody may keep a copy of."""

from __future__ import annotations

from flask import Blueprint

from library.web import never_stored

blueprint = Blueprint("curation", __name__, url_prefix="/<lang:lang>/curate")
blueprint.after_request(never_stored)
