"""Keeping published practices true: yearly confirmation, reminders, stale practices, claims by owners."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("upkeep", __name__, url_prefix="/<lang:lang>")
