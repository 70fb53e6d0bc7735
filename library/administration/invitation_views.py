"""Invitations: who was asked in and has not come yet."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext
from werkzeug.wrappers import Response

from library.administration import queries, services
from library.administration.desk import blueprint, done
from library.administration.forms import ButtonForm, InvitationForm
from library.extensions import db
from library.models import now
from library.permissions import Permission, actor, requires
from library.web import commits, language


@blueprint.get("/invitations")
@requires(Permission.INVITE_PEOPLE)
def invitations() -> str:
    """List the open invitations, and offer to write another."""
    return _page(_form())


@blueprint.post("/invitations")
@requires(Permission.INVITE_PEOPLE)
@commits
def invite() -> Response | tuple[str, int]:
    """Invite somebody."""
    form = _form()
    if not form.validate_on_submit():
        return _page(form), 422
    body = None
    if form.organisation.data:
        body, near = queries.organisation_called(db.session, form.organisation.data)
        if body is None:
            form.refuse(near)
            return _page(form), 422
    values = {name: form[name].data for name in ("email", "name", "language")}
    services.invite_person(db.session, **values, role=form.chosen_role, organisation=body, actor=actor())
    return done(gettext("An invitation is on its way to %(email)s.", email=form.email.data), ".invitations")


@blueprint.post("/invitations/<int:identifier>/send-again")
@requires(Permission.INVITE_PEOPLE)
@commits
def send_again(identifier: int) -> Response:
    """Write the letter again."""
    invitation = queries.invitation(db.session, identifier)
    email = invitation.email
    services.send_again(db.session, invitation, actor=actor())
    return done(gettext("A new invitation is on its way to %(email)s.", email=email), ".invitations")


@blueprint.post("/invitations/<int:identifier>/revoke")
@requires(Permission.INVITE_PEOPLE)
@commits
def revoke(identifier: int) -> Response:
    """Take an invitation back."""
    invitation = queries.invitation(db.session, identifier)
    email = invitation.email
    services.revoke_invitation(db.session, invitation, actor=actor())
    return done(gettext("The invitation to %(email)s is taken back.", email=email), ".invitations")


def _form() -> InvitationForm:
    return InvitationForm(roles=services.may_invite_as(actor()), language=language())


def _page(form: InvitationForm) -> str:
    return render_template(
        "administration/invitations.html",
        form=form,
        button=ButtonForm(),
        invitations=queries.invitations(db.session),
        mine=services.may_invite_as(actor()),
        now=now(),
        names=queries.organisation_names(db.session),
    )
