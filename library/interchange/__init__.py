"""Records in and out: the starter library, practices by the table, changes to many at once."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> tuple[Blueprint, ...]:
    """Return the blueprints of this area, with all of their pages."""
    from library.interchange import views

    return (views.blueprint,)
