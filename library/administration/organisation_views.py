"""Organisations: the bodies that own, lead or adopt practices, and who belongs to them."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from library.administration import queries, services
from library.administration.desk import blueprint, done
from library.administration.forms import OrganisationForm, OrganisationsForm
from library.extensions import db
from library.languages import LANGUAGES
from library.lexicon import current
from library.models import Organisation
from library.paging import address_of, pages, wanted_page
from library.permissions import Permission, actor, requires
from library.web import commits, language


@blueprint.get("/organisations")
@requires(Permission.MANAGE_PEOPLE)
def organisations() -> str:
    """List organisations, and find one by name."""
    form = OrganisationsForm(request.args)
    text = form.q.data or ""
    found = queries.organisations(db.session, text=text, page=wanted_page())
    return render_template(
        "administration/organisations.html",
        form=form,
        organisations=found.rows,
        members=queries.member_counts(db.session, found.rows),
        countries=dict(_countries()),
        page=pages(found.number, found.pages, address_of("administration.organisations", q=text), total=found.total),
    )


@blueprint.get("/organisations/new")
@requires(Permission.MANAGE_PEOPLE)
def new_organisation() -> str:
    """Show the form of a new organisation."""
    return _new_page(_new_form())


@blueprint.post("/organisations/new")
@requires(Permission.MANAGE_PEOPLE)
@commits
def add_organisation() -> Response | tuple[str, int]:
    """Add an organisation."""
    form = _new_form()
    if not form.validate_on_submit():
        return _new_page(form), 422
    body = services.add_organisation(db.session, slug=form.slug.data, actor=actor(), **form.values)
    return done(gettext("%(name)s is added.", name=body.name), ".organisation", identifier=body.id)


@blueprint.get("/organisations/<int:identifier>")
@requires(Permission.MANAGE_PEOPLE)
def organisation(identifier: int) -> str:
    """Show one organisation with its members, and the form to change it."""
    body = queries.organisation(db.session, identifier)
    kept = {"name": body.name, "kind": body.kind.value, "country": body.country_id or ""}
    names = {f"name_{code}": body.names.get(code, "") for code in LANGUAGES}
    return _page(body, _form_of(body, data={**kept, **names}))


@blueprint.post("/organisations/<int:identifier>")
@requires(Permission.MANAGE_PEOPLE)
@commits
def change_organisation(identifier: int) -> Response | tuple[str, int]:
    """Change an organisation."""
    body = queries.organisation(db.session, identifier)
    form = _form_of(body)
    if not form.validate_on_submit():
        return _page(body, form), 422
    services.change_organisation(db.session, body, actor=actor(), **form.values)
    return done(gettext("%(name)s is changed.", name=body.name), ".organisation", identifier=body.id)


def _countries(kept: str | None = None) -> list[tuple[str, str]]:
    """Return the countries to choose from, and the one that an organisation has although it is no longer offered."""
    every = current(db.session).every("countries")
    return [(entry.id, entry.label(language())) for entry in every if not entry.deprecated or entry.id == kept]


def _new_form() -> OrganisationForm:
    return OrganisationForm(countries=_countries(), is_taken=lambda slug: queries.slug_is_taken(db.session, slug))


def _form_of(body: Organisation, **options: Any) -> OrganisationForm:
    has_place = body.population is not None or body.latitude is not None
    return OrganisationForm(countries=_countries(body.country_id), has_place=has_place, **options)


def _new_page(form: OrganisationForm) -> str:
    return render_template("administration/organisation_new.html", form=form)


def _page(body: Organisation, form: OrganisationForm) -> str:
    members = queries.members(db.session, body)
    return render_template("administration/organisation.html", organisation=body, form=form, members=members)
