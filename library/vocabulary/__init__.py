"""The vocabularies: reading and writing SKOS, their public addresses, and the desk where advisers keep them."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> tuple[Blueprint, ...]:
    """Return the blueprints of this area, with all of their pages."""
    from library.vocabulary import desk_views, views

    return views.blueprint, views.permanent, desk_views.blueprint
