"""People, roles, organisations, invitations, and the audit."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("administration", __name__, url_prefix="/<lang:lang>/admin")
