"""What advisers curate: collections, from the desk to the page, the booklet and the card on another site."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> tuple[Blueprint, ...]:
    """Return the blueprints of this area, with all of their pages."""
    from library.curation import public_views, views

    return views.blueprint, public_views.blueprint
