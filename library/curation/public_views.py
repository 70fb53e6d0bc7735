"""Collections as readers meet them."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("collections", __name__, url_prefix="/<lang:lang>/collections")
