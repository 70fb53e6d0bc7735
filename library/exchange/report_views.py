"""A municipality's report about a practice of others: say it, change it, confirm it, withdraw it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from library.errors import ChangedMeanwhile, NotFound, NotPermitted, UncheckedPersonalData
from library.exchange import queries, services
from library.exchange.blueprint import blueprint, own_municipalities
from library.exchange.forms import ButtonForm, ReportForm
from library.extensions import db
from library.models import Adoption, Organisation, Practice
from library.permissions import Permission, actor, requires
from library.warnings import Finding, digest_of
from library.web import commits, language

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which practice is meant, and for which of their municipalities somebody speaks; none while that is open."""

    practice: Practice
    own: list[Organisation]
    municipality: Organisation | None
    kept: Adoption | None

    @property
    def open(self) -> bool:
        """Whether there is something to fill in."""
        return self.municipality is not None and services.may_report(
            self.practice, self.municipality, kept=self.kept is not None
        )

    @property
    def title(self) -> str:
        """The practice's title in the reader's language."""
        return self.practice.title_in(language())


@blueprint.get("/practices/<slug:slug>/use")
@requires(Permission.REPORT_ADOPTIONS)
def report(slug: str) -> str:
    """Ask what one's municipality does with a practice; or say why there is nothing to fill in."""
    asked = _asked(slug)
    if not asked.open:
        return render_template("exchange/closed.html", asked=asked)
    return _page(asked, ReportForm.filled(asked.kept, language()))


@blueprint.post("/practices/<slug:slug>/use")
@requires(Permission.REPORT_ADOPTIONS)
@commits
def report_post(slug: str) -> Answer:
    """Publish what a municipality says; of two colleagues the later one sees both before saving again."""
    asked = _asked(slug)
    municipality = _spoken_for(asked)
    form = ReportForm.filled(None, language())
    if not form.validate_on_submit():
        return _page(asked, form), 422
    try:
        services.report(
            db.session,
            asked.practice,
            municipality,
            form.report,
            actor=actor(),
            version=form.seen_version,
            checked=form.findings.data if form.no_person.data else "",
        )
    except UncheckedPersonalData:
        return _page(asked, form, personal=_look_at(form)), 422
    except ChangedMeanwhile:
        return _overtaken(asked, municipality, form), 409
    flash(gettext("Thank you. It stands on the page of the practice now."), "success")
    return redirect(url_for("catalogue.practice", slug=slug, _anchor="in-use"), 303)


@blueprint.post("/practices/<slug:slug>/use/still")
@requires(Permission.REPORT_ADOPTIONS)
@commits
def still(slug: str) -> Answer:
    """Say that what a municipality reported still holds."""
    asked = _asked(slug)
    municipality, kept = _spoken_for(asked), asked.kept
    if kept is None:
        raise NotFound("report")
    services.confirm_use(db.session, kept, actor=actor())
    flash(gettext("Thank you. The report says now that it holds as of today."), "success")
    return redirect(url_for("exchange.municipality", slug=municipality.slug, _anchor="uses"), 303)


@blueprint.post("/practices/<slug:slug>/use/withdraw")
@requires(Permission.REPORT_ADOPTIONS)
@commits
def withdraw(slug: str) -> Answer:
    """Take a municipality's report back; a second click changes nothing."""
    asked = _asked(slug)
    municipality = _spoken_for(asked)
    if asked.kept is not None:
        try:
            services.withdraw(db.session, asked.kept, actor=actor(), version=ButtonForm().seen_version)
        except ChangedMeanwhile:
            form = ReportForm.filled(queries.report_of(db.session, asked.practice, municipality), language())
            form.form_errors.append(gettext("A colleague has changed this report. Look at it, then withdraw it again."))
            return _page(asked, form), 409
    flash(gettext("The report is withdrawn."), "success")
    return redirect(url_for("catalogue.practice", slug=slug), 303)


def _asked(slug: str) -> Asked:
    """Return what an address is about.

    :raises NotPermitted: if it names a municipality that is not theirs.
    """
    practice, own = queries.practice_at(db.session, slug), own_municipalities()
    wanted = request.args.get("municipality")
    found = next((body for body in own if body.slug == wanted), own[0] if len(own) == 1 and not wanted else None)
    if wanted and found is None:
        raise NotPermitted("they do not belong to this municipality")
    return Asked(practice, own, found, queries.report_of(db.session, practice, found) if found else None)


def _spoken_for(asked: Asked) -> Organisation:
    """Return the municipality for which a form was sent.

    :raises NotPermitted: if somebody belongs to none, or it cannot report about this practice.
    """
    if asked.municipality is None and asked.own:
        abort(400, "the form says not for which municipality")
    if asked.municipality is None or not asked.open:
        raise NotPermitted("this municipality cannot report about this practice")
    return asked.municipality


def _look_at(form: ReportForm) -> list[Finding]:
    """Return what may be personal data, and ask in the form to look at it."""
    found = services.personal_data_in(form.report)
    digest = digest_of(found)
    if form.findings.data != digest:
        form.no_person.data = False  # it was said of other words
    form.findings.data, form.findings.raw_data = digest, None
    form.no_person.errors = [gettext("Look at what could be personal data, and say that nobody can be recognised")]
    return found


def _overtaken(asked: Asked, municipality: Organisation, form: ReportForm) -> str:
    theirs = form.take_over(queries.report_of(db.session, asked.practice, municipality))
    form.form_errors.append(
        gettext("A colleague saved this report while you had it open. Compare, then save yours again.")
    )
    return _page(asked, form, theirs=theirs)


def _page(
    asked: Asked, form: ReportForm, *, personal: list[Finding] | None = None, theirs: dict[str, str] | None = None
) -> str:
    several = asked.municipality.slug if asked.municipality and len(asked.own) > 1 else None
    return render_template(
        "exchange/report.html",
        asked=asked,
        form=form,
        personal=personal or [],
        theirs=theirs or {},
        several=several,
        withdraw_form=ButtonForm(formdata=None, data={"version": str(asked.kept.version)}) if asked.kept else None,
    )
