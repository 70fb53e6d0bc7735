"""What advisers see of how the library is used and where it grows old. Each list leads to what mends it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from library.errors import NotFound
from library.extensions import db
from library.insight import queries, services
from library.insight.forms import ForgetForm, chosen, spoken, window
from library.insight.queries import MONTHS, RECENTLY, WINDOWS, Finding, Lack
from library.insight.times import by_month, times
from library.languages import ENDONYMS
from library.models import now, today
from library.paging import address_of, pages, wanted_page
from library.permissions import Permission, actor, requires
from library.web import commits, language, never_stored

blueprint = Blueprint("insight", __name__, url_prefix="/<lang:lang>/insight")
blueprint.after_request(never_stored)

_PAGES: Final = (
    ("insight.overview", _l("Overview")),
    ("insight.searches", _l("Looked for in vain")),
    ("insight.most_read", _l("Most read")),
    ("insight.most_adopted", _l("Most used")),
    ("insight.coverage", _l("Countries and languages")),
    ("insight.translations", _l("Translations")),
    ("insight.unconfirmed", _l("Not confirmed")),
    ("insight.review_times", _l("Review times")),
)


@blueprint.context_processor
def _what_all_pages_need() -> dict[str, Any]:
    return {
        "insight_pages": [(name, str(title), url_for(name)) for name, title in _PAGES],
        "address_of": _address_of,
        "endonyms": ENDONYMS,
    }


def _address_of(endpoint: str, **values: Any) -> str:
    """Return an address in another area; nothing where this installation has no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


@blueprint.get("")
@requires(Permission.READ_INSIGHT)
def overview() -> str:
    """Show the few numbers that matter, and where each is mended."""
    moment = now()
    since = moment - timedelta(days=RECENTLY)
    recent = by_month(queries.answered(db.session, since=since), since=since)
    return render_template(
        "insight/overview.html",
        n=queries.overview(db.session, today=moment.date(), now=moment),
        missing=queries.lacking(db.session, lack=Lack.MISSING)[language()],
        answers=times([days for month in recent for days in month.answers.days]),
        kept=current_app.config["SEARCH_WORDS_KEPT"],
    )


@blueprint.get("/searches")
@requires(Permission.READ_INSIGHT)
def searches() -> str:
    """List what readers looked for and did not find."""
    finding = chosen("found", Finding.ALL)
    found = queries.searches(db.session, finding=finding, page=wanted_page())
    return render_template(
        "insight/searches.html",
        found=found,
        page=pages(found.number, found.pages, address_of("insight.searches", found=finding.value)),
        finding=finding,
        findings=list(Finding),
        asked_by=queries.ASKED_BY,
        kept=current_app.config["SEARCH_WORDS_KEPT"],
        form=ForgetForm(formdata=None),
    )


@blueprint.post("/searches/forget")
@requires(Permission.READ_INSIGHT)
@commits
def forget_search() -> Response:
    """Take words off the list."""
    form = ForgetForm()
    if form.validate_on_submit():
        try:
            services.forget_search(db.session, form.words.data, actor=actor())
        except NotFound:
            flash(gettext("They were off the list already."), "info")
        else:
            flash(gettext("The words are forgotten. They come back if readers look for them again."), "success")
    return redirect(url_for(".searches"), 303)


@blueprint.get("/most-read")
@requires(Permission.READ_INSIGHT)
def most_read() -> str:
    """List the practices that most readers open."""
    days = window()
    found = queries.most_read(db.session, since=since_day(days), page=wanted_page())
    return render_template(
        "insight/most_read.html",
        found=found,
        page=pages(found.number, found.pages, address_of("insight.most_read", days=days)),
        days=days,
        windows=WINDOWS,
        in_use=queries.in_use(db.session, found.rows),
        today=today(),
    )


@blueprint.get("/most-used")
@requires(Permission.READ_INSIGHT)
def most_adopted() -> str:
    """List the practices that most municipalities took up."""
    days = window()
    found = queries.most_adopted(db.session, since=now() - timedelta(days=days), page=wanted_page())
    return render_template(
        "insight/most_adopted.html",
        found=found,
        page=pages(found.number, found.pages, address_of("insight.most_adopted", days=days)),
        days=days,
        windows=WINDOWS,
    )


@blueprint.get("/coverage")
@requires(Permission.READ_INSIGHT)
def coverage() -> str:
    """Show how much of the library each country and each language has."""
    lexicon = queries.lexicon(db.session)
    countries = queries.by_country(db.session, today=today())
    return render_template(
        "insight/coverage.html",
        countries=[(lexicon[share.code].label(language()), lexicon[share.code].code, share) for share in countries],
        spoken=queries.by_language(db.session),
        total=countries[0].of if countries else 0,
    )


@blueprint.get("/translations")
@requires(Permission.READ_INSIGHT)
def translations() -> str:
    """List the practices that lack a language, or whose translation is older than the original."""
    lack, wanted = chosen("lack", Lack.MISSING), spoken(language())
    found = queries.translations(db.session, language=wanted, lack=lack, since=since_day(RECENTLY), page=wanted_page())
    return render_template(
        "insight/translations.html",
        found=found,
        page=pages(found.number, found.pages, address_of("insight.translations", lack=lack.value, language=wanted)),
        lack=lack,
        lacks=list(Lack),
        wanted=wanted,
        counts=queries.lacking(db.session, lack=lack),
        form=ForgetForm(formdata=None),
    )


@blueprint.get("/unconfirmed")
@requires(Permission.READ_INSIGHT)
def unconfirmed() -> str:
    """List the practices of which nobody has said lately that they hold."""
    found = queries.unconfirmed(db.session, today=today(), page=wanted_page())
    return render_template(
        "insight/unconfirmed.html",
        found=found,
        page=pages(found.number, found.pages, address_of("insight.unconfirmed")),
        form=ForgetForm(formdata=None),
    )


@blueprint.get("/review-times")
@requires(Permission.READ_INSIGHT)
def review_times() -> str:
    """Show how long authors waited month by month, and who waits now."""
    waiting = queries.waiting(db.session, page=wanted_page())
    return render_template(
        "insight/review_times.html",
        months=months(),
        found=waiting,
        page=pages(waiting.number, waiting.pages, address_of("insight.review_times")),
        today=today(),
    )


def months() -> list[Any]:
    """Return the last twelve months in which advisers answered."""
    since = now() - timedelta(days=31 * (MONTHS + 1))
    return by_month(queries.answered(db.session, since=since), since=since)[:MONTHS]


def since_day(days: int) -> date:
    """Return the first of so many days, of which today is the last."""
    return today() - timedelta(days=days - 1)
