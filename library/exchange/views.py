"""Who uses what, and the page of one municipality's own."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("exchange", __name__, url_prefix="/<lang:lang>")
