"""A municipality's own page as a table. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from flask_babel import format_date, gettext

from library.exchange.desk import Desk, Titled
from library.tables.lines import csv_lines
from library.web import absolute_url

Row = tuple[str, ...]


def csv_of(found: Desk) -> str:
    """Return a municipality's page as CSV, see ``csv_lines``."""
    head = (
        gettext("Part"),
        gettext("Title"),
        gettext("Address"),
        gettext("State"),
        gettext("Readings in a year"),
        gettext("In use in"),
        gettext("Languages"),
    )
    return "".join(csv_lines(chain([head], _rows(found))))


def _rows(found: Desk) -> Iterator[Row]:
    for one in found.shared:
        reads, users = str(one.reads), str(one.in_use)
        yield _row(gettext("Shared"), one.practice, one.confirmed, reads, users, one.languages)
    for due in found.to_confirm:
        yield _row(gettext("To confirm"), due.practice, due.standing)
    for draft in found.making:
        yield gettext("In the making"), draft.title, absolute_url(draft.url), draft.state.label, "", "", ""
    for row in found.in_use:
        said = format_date(row.said_on, "medium")
        state = ", ".join(filter(None, (row.used.state.label, row.used.years, said)))
        yield gettext("Used"), row.used.title, absolute_url(row.used.url), state, "", "", ""
    for idea in found.ideas:
        yield _row(gettext("Used by cities like yours"), idea.practice, idea.why)
    for theme in found.gaps:
        yield gettext("Nothing shared yet"), theme.label, absolute_url(theme.url or ""), "", "", "", ""


def _row(part: str, practice: Titled, state: str, reads: str = "", users: str = "", languages: str = "") -> Row:
    return part, practice.title, absolute_url(practice.url), state, reads, users, languages
