"""What the pages of the vocabulary desk share: their blueprint, and long lists cut into pages."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, request

from library import paging
from library.languages import LANGUAGES
from library.paging import Pages
from library.web import language, never_stored

blueprint = Blueprint("words", __name__, url_prefix="/<lang:lang>/curate/vocabularies")
blueprint.after_request(never_stored)

LONGEST_SEARCH: Final = 200  # characters


def pages(total: int, number: int, per_page: int, endpoint: str, **asked: Any) -> Pages:
    """Return the links between the pages of a list of so many rows.

    :param asked: what the list was asked for, to be asked again on every page.
    """
    return paging.pages(number, paging.last_page(total, per_page), paging.address_of(endpoint, **asked), total=total)


def typed() -> str:
    """Return the words that somebody looks for, cut where no label is as long."""
    return request.args.get("q", "").strip()[:LONGEST_SEARCH]


def labels_in() -> str:
    """Return the language in which labels are wanted: the one asked for, else that of the page."""
    asked = request.args.get("labels", "")
    return asked if asked in LANGUAGES else language()
