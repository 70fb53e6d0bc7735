"""The desk of those who keep the vocabularies."""

from __future__ import annotations

from flask import Blueprint

from library.web import never_stored

blueprint = Blueprint("words", __name__, url_prefix="/<lang:lang>/curate/vocabularies")
blueprint.after_request(never_stored)
