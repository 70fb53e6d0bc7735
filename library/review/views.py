"""What advisers do: queues, comments, checklist, decisions."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("review", __name__, url_prefix="/<lang:lang>/review")
