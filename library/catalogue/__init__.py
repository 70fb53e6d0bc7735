"""What the public reads: home, search, practices, agencies, municipalities, and the same search for machines."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> tuple[Blueprint, ...]:
    """Return the blueprints of this area."""
    from library.catalogue import api, list_views, opensearch_views, suggestion_views, views

    return (
        suggestion_views.blueprint,
        opensearch_views.blueprint,
        opensearch_views.root,
        views.blueprint,
        views.permanent,
        list_views.blueprint,
        api.blueprint,
    )
