"""Records in and out: the starter library, practices by the table, changes to many at once."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> tuple[Blueprint, ...]:
    """Return the blueprint of this area, with all of its pages."""
    from library.interchange import edit_views, views

    return tuple({module.blueprint.name: module.blueprint for module in (edit_views, views)}.values())
