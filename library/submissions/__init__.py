"""What contributors do: write a case together, keep it safe, send it in, see what becomes of it."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> tuple[Blueprint, ...]:
    """Return the blueprints of this area, with all of their pages."""
    from library.submissions import (
        author_views,
        check_views,
        duplicate_views,
        file_views,
        overview_views,
        saving_views,
        views,
    )

    pages = (author_views, check_views, duplicate_views, file_views, overview_views, saving_views, views)
    return tuple({module.blueprint.name: module.blueprint for module in pages}.values())
