"""What the library lacks: the gap map, what readers look for in vain, what grows old, calls for practices."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> tuple[Blueprint, ...]:
    """Return the blueprints of this area, with all of their pages."""
    from library.insight import call_views, file_views, map_views

    return file_views.blueprint, map_views.blueprint, call_views.blueprint
