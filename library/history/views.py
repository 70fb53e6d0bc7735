"""What a practice said before: revisions, comparison, archive, restore, erase."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("history", __name__, url_prefix="/<lang:lang>/practices")
