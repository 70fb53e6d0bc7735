"""One change to many practices, as what it makes of each document. Pure.

A deed says what it does with a document: what it says afterwards, or nothing where it says so already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from library.choices import Choice

Document = Mapping[str, Any]


class Change(Choice):
    """What is done to every chosen practice."""

    AGENCY = "agency", _l("Add an agency")
    OWNER = "owner", _l("Change the owner")
    ARCHIVE = "archive", _l("Archive")


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody wants done.

    :param value: code of the agency, slug of the owner, or why they are archived.
    :param lead: whether the agency leads; others then no longer do.
    """

    change: Change
    value: str
    lead: bool = False


def edited(document: Document, edit: Edit) -> dict[str, Any]:
    """Return a document as it is after a change; equal to the former where it changes nothing."""
    if edit.change is Change.AGENCY:
        return _with_agency(document, edit.value, lead=edit.lead)
    if edit.change is Change.OWNER:
        return _with_owner(document, edit.value)
    return dict(document)


def _with_agency(document: Document, code: str, *, lead: bool) -> dict[str, Any]:
    rows = [dict(row) for row in document.get("agencies", ())]
    own = next((row for row in rows if row["code"] == code), None)
    if own is None:
        rows.append(own := {"code": code})
    if lead:
        for row in rows:
            row.pop("lead", None)
        own["lead"] = True
    return {**document, "agencies": rows}


def _with_owner(document: Document, slug: str) -> dict[str, Any]:
    """Return a document with another owner, who is then no partner of their own."""
    partners = [row for row in document.get("organisations", ()) if row["slug"] != slug]
    kept = {name: value for name, value in document.items() if name != "organisations"}
    return {**kept, "owner": slug, **({"organisations": partners} if partners else {})}
