"""The lists of insight as files for spreadsheets: whole, up to ten thousand lines, and nothing that runs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import chain
from typing import Any

from flask import Response, url_for

from library.extensions import db
from library.insight import queries
from library.insight.forms import chosen, spoken, window
from library.insight.queries import RECENTLY, Counted, Finding, Lack, Share
from library.insight.times import Times
from library.insight.views import blueprint, months, since_day
from library.models import now, today
from library.permissions import Permission, requires
from library.tables.lines import CSV_TYPE, csv_lines
from library.web import absolute_url, language


@blueprint.get("/searches.csv")
@requires(Permission.READ_INSIGHT)
def searches_csv() -> Response:
    """Hand out what readers looked for and did not find."""
    found = queries.searches(db.session, finding=chosen("found", Finding.ALL), page=0)
    rows = ((row.words, row.language, row.searches, row.found, row.last) for row in found.rows)
    return _file("searches", ("words", "language", "readers", "found", "last"), rows)


@blueprint.get("/most-read.csv")
@requires(Permission.READ_INSIGHT)
def most_read_csv() -> Response:
    """Hand out the practices that most readers open."""
    found = queries.most_read(db.session, since=since_day(window()), page=0)
    return _file("most-read", (*_PRACTICE, "readings"), (_practice(row, "reads") for row in found.rows))


@blueprint.get("/most-used.csv")
@requires(Permission.READ_INSIGHT)
def most_adopted_csv() -> Response:
    """Hand out the practices that most municipalities took up."""
    found = queries.most_adopted(db.session, since=now() - timedelta(days=window()), page=0)
    rows = (_practice(row, "in_use", "planned", "stopped") for row in found.rows)
    return _file("most-used", (*_PRACTICE, "use", "plan", "stopped"), rows)


@blueprint.get("/countries.csv")
@requires(Permission.READ_INSIGHT)
def countries_csv() -> Response:
    """Hand out how much of the library each country has."""
    lexicon = queries.lexicon(db.session)
    shares = queries.by_country(db.session, today=today())
    rows = (_share(share, lexicon[share.code].code, lexicon[share.code].label(language())) for share in shares)
    return _file("countries", ("country", "name", "practices", "percent", "confirmed", "compiled"), rows)


@blueprint.get("/languages.csv")
@requires(Permission.READ_INSIGHT)
def languages_csv() -> Response:
    """Hand out how many practices can be read in each language."""
    rows = (_share(share, share.code) for share in queries.by_language(db.session))
    return _file("languages", ("language", "practices", "percent", "originals", "older"), rows)


@blueprint.get("/translations.csv")
@requires(Permission.READ_INSIGHT)
def translations_csv() -> Response:
    """Hand out the practices that lack a language, or whose translation is older than the original."""
    lack, wanted = chosen("lack", Lack.MISSING), spoken(language())
    found = queries.translations(db.session, language=wanted, lack=lack, since=since_day(RECENTLY), page=0)
    rows = ((*_practice(row, "reads"), wanted, lack.value) for row in found.rows)
    return _file(f"translations-{wanted}", (*_PRACTICE, "readings", "language", "lack"), rows)


@blueprint.get("/unconfirmed.csv")
@requires(Permission.READ_INSIGHT)
def unconfirmed_csv() -> Response:
    """Hand out the practices of which nobody has said lately that they hold."""
    found = queries.unconfirmed(db.session, today=today(), page=0)
    rows = (
        (*_practice(row, "reads"), row.practice.confirmed_on or "", row.practice.confirm_by or "") for row in found.rows
    )
    return _file("not-confirmed", (*_PRACTICE, "readings", "confirmed_on", "confirm_by"), rows)


@blueprint.get("/waiting.csv")
@requires(Permission.READ_INSIGHT)
def waiting_csv() -> Response:
    """Hand out the submissions that wait for an adviser."""
    found = queries.waiting(db.session, page=0)
    rows = (
        (row.id, row.title, row.submitted_at.date() if row.submitted_at else "", row.due_on or "", row.state)
        for row in found.rows
    )
    return _file("waiting", ("submission", "title", "sent_in", "due", "state"), rows)


@blueprint.get("/review-times.csv")
@requires(Permission.READ_INSIGHT)
def review_times_csv() -> Response:
    """Hand out how long authors waited, month by month."""
    head = ("month", "answers", "median", "ninetieth", "decisions", "decisions_median", "decisions_ninetieth")
    rows = ((f"{m.year}-{m.month:02}", *_times(m.answers), *_times(m.decisions)) for m in months())
    return _file("review-times", head, rows)


# --- lines -------------------------------------------------------------------------------------------------------

__all__ = ["blueprint"]  # with the routes of both modules
_PRACTICE = ("practice", "title", "owner", "address")


def _practice(row: Counted, *names: str) -> tuple[Any, ...]:
    practice = row.practice
    owner = practice.owner.name_in(language()) if practice.owner else ""
    address = absolute_url(url_for("permanent.by_identifier", identifier=practice.id))
    return (practice.id, practice.title_in(language()), owner, address, *(row.numbers[name] for name in names))


def _share(share: Share, *names: str) -> tuple[Any, ...]:
    return (*names, share.practices, f"{share.percent:.1f}", *share.parts.values())


def _times(taken: Times) -> tuple[Any, ...]:
    numbers = (taken.median, taken.ninetieth)
    return (taken.count, *("" if number is None else f"{number:.1f}" for number in numbers))


def _file(name: str, head: Iterable[str], rows: Iterable[Iterable[Any]]) -> Response:
    """Return lines as a file that no spreadsheet runs and that opens with its letters right."""
    answer = Response("".join(csv_lines(chain([head], rows))), content_type=CSV_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
