"""What municipalities tell each other: what they use, what they shared, and what waits for them."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> tuple[Blueprint, ...]:
    """Return the blueprints of this area, with all of their pages."""
    from library.exchange import views

    return (views.blueprint,)
