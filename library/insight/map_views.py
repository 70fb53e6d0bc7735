"""The gap map: how many practices there are for each theme and agency, and where there is none."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("map", __name__, url_prefix="/<lang:lang>/map")
