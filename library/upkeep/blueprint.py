"""What all pages of upkeep share: one blueprint, who acts, and the day."""

from __future__ import annotations

from datetime import UTC, date, datetime

from flask import Blueprint, Response
from flask_login import current_user

from library.models import Account

blueprint = Blueprint("upkeep", __name__, url_prefix="/<lang:lang>")


@blueprint.after_request
def _never_stored(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def actor() -> Account:
    """Return the person of this request."""
    person: Account = current_user._get_current_object()
    return person


def today() -> date:
    """Return the day by which confirmations are counted."""
    return datetime.now(UTC).date()
