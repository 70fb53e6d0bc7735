"""What all pages of upkeep share: one blueprint, who acts, and the day."""

from __future__ import annotations

from flask import Blueprint

from library.web import never_stored

blueprint = Blueprint("upkeep", __name__, url_prefix="/<lang:lang>")


blueprint.after_request(never_stored)
