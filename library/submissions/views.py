"""What contributors do: write a case together, keep it safe, send it in, see what becomes of it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("submissions", __name__, url_prefix="/<lang:lang>/submissions")
