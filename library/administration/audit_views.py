"""The audit: who did what to which record when, as a page and as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC
from itertools import chain
from typing import Any, Final

from flask import Response, current_app, render_template, request, stream_with_context, url_for

from library.administration import queries, words
from library.administration.desk import blueprint, may
from library.administration.forms import AuditForm
from library.extensions import db
from library.models import AuditEntry
from library.paging import address_of, pages, wanted_page
from library.permissions import Permission, requires
from library.tables.lines import csv_lines


@blueprint.get("/audit")
@requires(Permission.READ_AUDIT)
def audit() -> str:
    """Show the audit: the part that advisers see, or all of it."""
    whole = may(Permission.READ_WHOLE_AUDIT)
    form = _form(whole=whole)
    asked: dict[str, Any] = form.asked()
    found = queries.entries(db.session, form.filters(), whole=whole, page=wanted_page())
    return render_template(
        "administration/audit.html",
        form=form,
        whole=whole,
        rows=_rows(found.rows),
        page=pages(found.number, found.pages, address_of("administration.audit", **asked), total=found.total),
        csv_url=url_for("administration.audit_csv", **asked),
    )


@blueprint.get("/audit.csv")
@requires(Permission.READ_AUDIT)
def audit_csv() -> Response:
    """Stream the same entries as a file for spreadsheets."""
    whole = may(Permission.READ_WHOLE_AUDIT)
    wanted = _form(whole=whole).filters()
    answer = Response(stream_with_context(_lines(wanted, whole=whole)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return answer


def _form(*, whole: bool) -> AuditForm:
    codes = queries.actions(db.session, whole=whole)
    kinds = [code for code in words.KINDS if whole or code in ("practice", "submission", "claim", "call")]
    return AuditForm(
        request.args,
        actions=sorted(((code, words.action(code)) for code in codes), key=lambda pair: pair[0].partition(".")[0]),
        kinds=[(code, words.kind(code)) for code in kinds],
    )


def _rows(entries: Any) -> list[dict[str, Any]]:
    names = queries.subjects(db.session, entries)
    return [_row(entry, names) for entry in entries]


def _row(entry: AuditEntry, names: Mapping[tuple[str, int], str]) -> dict[str, Any]:
    key = (entry.subject_kind, entry.subject_id or 0)
    return {
        "moment": entry.created_at,
        "actor": entry.actor,
        "action": words.action(entry.action),
        "record": words.record(entry.subject_kind, entry.subject_id, names.get(key, "")),
        "url": _address(*key) if key in names else None,
    }


def _address(kind: str, identifier: int) -> str | None:
    """Return the page of a record, if there is one that this person may open."""
    endpoint, needed = _RECORD_PAGES.get(kind, ("", None))
    if endpoint not in current_app.view_functions or (needed and not may(needed)):
        return None
    return url_for(endpoint, identifier=identifier)


_RECORD_PAGES: Final[dict[str, tuple[str, Permission | None]]] = {
    "account": ("administration.person", Permission.MANAGE_PEOPLE),
    "organisation": ("administration.organisation", Permission.MANAGE_PEOPLE),
    "call": ("calls.call", None),
    "practice": ("permanent.by_identifier", None),
    "submission": ("review.submission", Permission.REVIEW_SUBMISSIONS),
}


def _lines(wanted: Mapping[str, Any], *, whole: bool) -> Iterator[str]:
    head = ("time (UTC)", "person", "account", "code", "action", "record", "number")
    entries = chain.from_iterable(queries.entries_in_pieces(db.session, wanted, whole=whole))
    return csv_lines(chain([head], map(_cells, entries)))


def _cells(entry: AuditEntry) -> tuple[object, ...]:
    who = entry.actor
    return (
        entry.created_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        who.name or who.email if who else "",
        entry.actor_id or "",
        entry.action,
        words.action(entry.action),
        entry.subject_kind,
        entry.subject_id or "",
    )
