"""What advisers see of how the library is used and where it grows old."""

from __future__ import annotations

from flask import Blueprint

from library.web import never_stored

blueprint = Blueprint("insight", __name__, url_prefix="/<lang:lang>/insight")
blueprint.after_request(never_stored)
