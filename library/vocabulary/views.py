"""Vocabularies and concepts as readers and machines meet them."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("vocabularies", __name__, url_prefix="/<lang:lang>/vocabularies")
permanent = Blueprint("concepts", __name__, url_prefix="/vocabularies")
