"""People: who they are here, what they may do, and what keeps their accounts safe."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from library.administration import audit_views, invitation_views, organisation_views, queries, services
from library.administration.desk import blueprint, done
from library.administration.forms import ACCOUNT_ROLES, ButtonForm, MembershipForm, PeopleForm, RoleForm
from library.choices import Role
from library.errors import InvalidInput
from library.extensions import db
from library.models import Account
from library.paging import address_of, pages, wanted_page
from library.permissions import Permission, actor, permits, requires, roles_of
from library.web import commits

__all__ = ["audit_views", "blueprint", "invitation_views", "organisation_views"]


@blueprint.get("")
@requires(Permission.READ_AUDIT)
def home() -> Response:
    """Lead to the first page that this person may open."""
    manages = permits(roles_of(actor()), Permission.MANAGE_PEOPLE)
    return redirect(url_for("administration.people" if manages else "administration.invitations"))


@blueprint.get("/people")
@requires(Permission.MANAGE_PEOPLE)
def people() -> str:
    """List people, and find one by name, address or role."""
    form = PeopleForm(request.args)
    text, role = form.q.data or "", form.chosen_role
    found = queries.people(db.session, text=text, role=role, page=wanted_page())
    return render_template(
        "administration/people.html",
        form=form,
        people=found.rows,
        second_factor=queries.second_factor,
        last_seen=queries.last_seen(db.session, found.rows),
        page=pages(
            found.number, found.pages, address_of("administration.people", q=text, role=role), total=found.total
        ),
    )


@blueprint.get("/people/<int:identifier>")
@requires(Permission.MANAGE_PEOPLE)
def person(identifier: int) -> str:
    """Show one person and what can be changed about them."""
    return _person_page(queries.person(db.session, identifier), MembershipForm())


@blueprint.post("/people/<int:identifier>/roles/grant")
@requires(Permission.MANAGE_PEOPLE)
@commits
def grant_role(identifier: int) -> Response:
    """Give a role."""
    account, role = queries.person(db.session, identifier), _role()
    services.grant_role(db.session, account, role, actor=actor())
    words = gettext("%(name)s now has the role: %(role)s.", **_who(account, role))
    return done(words, ".person", identifier=account.id)


@blueprint.post("/people/<int:identifier>/roles/take")
@requires(Permission.MANAGE_PEOPLE)
@commits
def take_role(identifier: int) -> Response:
    """Take a role away."""
    account, role = queries.person(db.session, identifier), _role()
    services.take_role(db.session, account, role, actor=actor())
    words = gettext("%(name)s no longer has the role: %(role)s.", **_who(account, role))
    return done(words, ".person", identifier=account.id)


@blueprint.post("/people/<int:identifier>/organisations/join")
@requires(Permission.MANAGE_PEOPLE)
@commits
def join_organisation(identifier: int) -> Response | tuple[str, int]:
    """Make somebody a member of an organisation."""
    account, form = queries.person(db.session, identifier), MembershipForm()
    if not form.validate_on_submit():
        return _person_page(account, form), 422
    body, near = queries.organisation_called(db.session, form.organisation.data)
    if body is None:
        form.refuse(near)
        return _person_page(account, form), 422
    services.join_organisation(db.session, account, body, actor=actor())
    words = gettext("%(name)s now belongs to %(organisation)s.", name=_name(account), organisation=body.name)
    return done(words, ".person", identifier=account.id)


@blueprint.post("/people/<int:identifier>/organisations/<int:body>/leave")
@requires(Permission.MANAGE_PEOPLE)
@commits
def leave_organisation(identifier: int, body: int) -> Response:
    """End somebody's membership of an organisation."""
    account, organisation = queries.person(db.session, identifier), queries.organisation(db.session, body)
    services.leave_organisation(db.session, account, organisation, actor=actor())
    words = gettext(
        "%(name)s no longer belongs to %(organisation)s.", name=_name(account), organisation=organisation.name
    )
    return done(words, ".person", identifier=account.id)


@blueprint.post("/people/<int:identifier>/deactivate")
@requires(Permission.MANAGE_PEOPLE)
@commits
def deactivate(identifier: int) -> Response:
    """Close an account."""
    account = queries.person(db.session, identifier)
    services.deactivate(db.session, account, actor=actor())
    words = gettext("The account of %(name)s is closed. Nothing of theirs is lost.", name=_name(account))
    return done(words, ".person", identifier=account.id)


@blueprint.post("/people/<int:identifier>/activate")
@requires(Permission.MANAGE_PEOPLE)
@commits
def activate(identifier: int) -> Response:
    """Open an account again."""
    account = queries.person(db.session, identifier)
    services.activate(db.session, account, actor=actor())
    words = gettext("The account of %(name)s is open again.", name=_name(account))
    return done(words, ".person", identifier=account.id)


@blueprint.post("/people/<int:identifier>/end-sessions")
@requires(Permission.MANAGE_PEOPLE)
@commits
def end_sessions(identifier: int) -> Response:
    """Sign somebody out everywhere."""
    account = queries.person(db.session, identifier)
    services.end_sessions(db.session, account, actor=actor())
    words = gettext("%(name)s is signed out everywhere.", name=_name(account))
    return done(words, ".person", identifier=account.id)


@blueprint.post("/people/<int:identifier>/reset-second-factor")
@requires(Permission.MANAGE_PEOPLE)
@commits
def reset_second_factor(identifier: int) -> Response:
    """Forget a lost second factor."""
    account = queries.person(db.session, identifier)
    services.reset_second_factor(db.session, account, actor=actor())
    words = gettext("The second factor of %(name)s is gone. They set up a new one.", name=_name(account))
    return done(words, ".person", identifier=account.id)


def _role() -> Role:
    """Return the role that a button names.

    :raises InvalidInput: if no button of ours names it.
    """
    form = RoleForm()
    if not form.validate_on_submit():
        raise InvalidInput("no role that an account can hold")
    return form.chosen


def _name(account: Account) -> str:
    return account.name or account.email


def _who(account: Account, role: Role) -> dict[str, str]:
    return {"name": _name(account), "role": role.label}


def _person_page(account: Account, form: MembershipForm) -> str:
    held = {Role(role.name) for role in account.roles}
    return render_template(
        "administration/person.html",
        person=account,
        oneself=account.id == actor().id,
        roles=[(role, role in held) for role in ACCOUNT_ROLES],
        form=form,
        button=ButtonForm(),
        names=queries.organisation_names(db.session),
        second_factor=queries.second_factor(account),
        last_seen=queries.last_seen(db.session, [account]).get(account.id),
        sessions=queries.open_sessions(db.session, account),
    )
