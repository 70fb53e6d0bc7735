"""Who uses what: the long lists, and taking a report down."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from library import adoptions
from library.errors import ChangedMeanwhile
from library.exchange import desk_views, queries, report_views, services
from library.exchange.blueprint import blueprint, page_number, presenter
from library.exchange.forms import TakeDownForm
from library.exchange.paging import Steps, steps
from library.extensions import db
from library.models import Adoption, Practice
from library.permissions import Permission, actor, public, requires
from library.showing.adoptions import used_by, uses_of
from library.web import commits, language

__all__ = ["blueprint", "desk_views", "report_views"]

ON_A_PAGE = 8  # reports with both of their texts, which keep a page below 60 kB
NAMES_ON_A_PAGE = 50


@blueprint.get("/practices/<slug:slug>/adopters")
@public
def adopters(slug: str) -> str:
    """List every municipality that plans, uses or has stopped using a practice, with all that it says."""
    practice = queries.practice_at(db.session, slug)
    counts = adoptions.counts_of(db.session, practice)
    part: Steps = steps(sum(counts.values()), page_number(), ON_A_PAGE, "exchange.adopters", slug=slug)
    rows = adoptions.adoptions_of(db.session, practice, limit=ON_A_PAGE, offset=part.offset)
    return render_template(
        "exchange/adopters.html",
        practice=practice,
        title=practice.title_in(language()),
        counts=counts,
        uses=uses_of(rows, presenter(), language()),
        part=part,
    )


@blueprint.get("/municipalities/<slug:slug>/uses")
@public
def uses(slug: str) -> str:
    """List all that a municipality reports about the practices of others."""
    found = queries.municipality_at(db.session, slug)
    part = steps(adoptions.count_by(db.session, found.id), page_number(), NAMES_ON_A_PAGE, "exchange.uses", slug=slug)
    rows = adoptions.adoptions_by(db.session, found.id, limit=NAMES_ON_A_PAGE, offset=part.offset)
    return render_template(
        "exchange/uses.html",
        municipality=found,
        name=found.name_in(language()),
        used=used_by(rows, presenter(), language()),
        part=part,
    )


# --- taking down -----------------------------------------------------------------------------------------------------


@blueprint.get("/practices/<slug:slug>/adopters/<int:identifier>/take-down")
@requires(Permission.TAKE_DOWN_REPORTS)
def take_down(slug: str, identifier: int) -> str:
    """Ask why a report must not stand there."""
    practice, report = _report(slug, identifier)
    return _take_down_page(practice, report, TakeDownForm(formdata=None, data={"version": str(report.version)}))


@blueprint.post("/practices/<slug:slug>/adopters/<int:identifier>/take-down")
@requires(Permission.TAKE_DOWN_REPORTS)
@commits
def take_down_post(slug: str, identifier: int) -> Response | tuple[str, int]:
    """Take a report down and send the reason to whoever reported it."""
    practice, report = _report(slug, identifier)
    form = TakeDownForm()
    if not form.validate_on_submit():
        return _take_down_page(practice, report, form), 422
    try:
        services.take_down(db.session, report, actor=actor(), reason=form.reason.data, version=form.seen_version)
    except ChangedMeanwhile:
        form.version.data, form.version.raw_data = str(report.version), None
        form.form_errors.append(gettext("They have changed it since you opened this page. Look at it once more."))
        return _take_down_page(practice, report, form), 409
    flash(gettext("The report is taken down. Whoever reported it gets your reason by mail."), "success")
    return redirect(url_for("exchange.adopters", slug=slug), 303)


def _report(slug: str, identifier: int) -> tuple[Practice, Adoption]:
    practice = queries.practice_at(db.session, slug)
    return practice, queries.report_on(db.session, practice, identifier)


def _take_down_page(practice: Practice, report: Adoption, form: TakeDownForm) -> str:
    (use,) = uses_of([report], presenter(), language())
    return render_template(
        "exchange/take_down.html", practice=practice, title=practice.title_in(language()), use=use, form=form
    )
