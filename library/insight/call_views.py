"""Calls for practices: what the library asks its readers for."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("calls", __name__, url_prefix="/<lang:lang>/calls")
