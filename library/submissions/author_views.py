"""Who writes with whom: invitations, one's own part, what each has confirmed."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from library import inviting
from library.choices import SubmissionState
from library.extensions import db, limiter
from library.lexicon import current
from library.models import Organisation, Submission, SubmissionAuthor, now, plain_address
from library.parts import has_changed_since_confirmed
from library.permissions import Permission, actor, requires
from library.record import concept_id
from library.submissions import queries, services
from library.submissions.forms import ButtonForm, InvitationForm, OwnPartForm
from library.submissions.standing import title_of
from library.submissions.views import blueprint
from library.web import commits, language


@blueprint.get("/<int:identifier>/authors")
@requires(Permission.WRITE_SUBMISSIONS)
def authors(identifier: int) -> str:
    """Show who writes, who is invited, and what one can say about one's own part."""
    return _authors_page(queries.own_submission(db.session, identifier, actor()))


@blueprint.post("/<int:identifier>/authors/invite")
@requires(Permission.WRITE_SUBMISSIONS)
@limiter.limit("40 per hour")
@commits
def invite(identifier: int) -> Response | tuple[str, int]:
    """Ask somebody to write along; the answer is the same whether or not they have an account."""
    submission = queries.own_submission(db.session, identifier, actor())
    services.check_open(submission)
    form, bodies = _invitation_form(submission)
    if form.validate_on_submit() and (refusal := _refusal(submission, form.email.data)):
        form.email.errors = [refusal]
    if form.errors:
        return _authors_page(submission, inviting_form=form), 422
    services.invite_author(
        db.session,
        submission,
        actor=actor(),
        email=form.email.data,
        name=form.name.data,
        language=form.language.data,
        agency=queries.concept(db.session, form.agency.data),
        organisation=_chosen(bodies, form.organisation.data),
    )
    flash(gettext("The letter to %(name)s is on its way.", name=form.name.data), "success")
    return redirect(url_for(".authors", identifier=identifier), 303)


@blueprint.post("/<int:identifier>/authors/invitations/<int:invitation>/resend")
@requires(Permission.WRITE_SUBMISSIONS)
@limiter.limit("40 per hour")
@commits
def resend(identifier: int, invitation: int) -> Response:
    """Write the letter once more; the one before is dead then."""
    submission = queries.own_submission(db.session, identifier, actor())
    standing = queries.invitation_to(db.session, submission, invitation)
    name = standing.name
    services.resend_invitation(db.session, submission, standing, actor=actor())
    flash(gettext("A new letter to %(name)s is on its way. The one before no longer works.", name=name), "success")
    return redirect(url_for(".authors", identifier=identifier), 303)


@blueprint.post("/<int:identifier>/authors/invitations/<int:invitation>/revoke")
@requires(Permission.WRITE_SUBMISSIONS)
@commits
def revoke(identifier: int, invitation: int) -> Response:
    """Take an invitation back."""
    submission = queries.own_submission(db.session, identifier, actor())
    inviting.revoke(db.session, queries.invitation_to(db.session, submission, invitation), by=actor())
    flash(gettext("The invitation is taken back. Its letter no longer works."), "success")
    return redirect(url_for(".authors", identifier=identifier), 303)


@blueprint.post("/<int:identifier>/authors/own-part")
@requires(Permission.WRITE_SUBMISSIONS)
@commits
def own_part(identifier: int) -> Response | tuple[str, int]:
    """Say for whom one writes, and whether to be named."""
    submission = queries.own_submission(db.session, identifier, actor())
    services.check_open(submission)
    form, bodies = _own_part_form(submission)
    if not form.validate_on_submit():
        return _authors_page(submission, own_form=form), 422
    services.set_own_part(
        db.session,
        submission,
        actor=actor(),
        agency=form.own_agency.data or None,
        organisation=_chosen(bodies, form.own_organisation.data),
        credited=form.credited.data,
    )
    flash(gettext("Saved."), "success")
    return redirect(url_for(".authors", identifier=identifier), 303)


@blueprint.post("/<int:identifier>/authors/confirm")
@requires(Permission.WRITE_SUBMISSIONS)
@commits
def confirm(identifier: int) -> Response:
    """Say that the part of one's agency is right."""
    submission = queries.own_submission(db.session, identifier, actor())
    services.confirm_part(db.session, submission, actor=actor())
    flash(gettext("Thank you. The others see that you have confirmed it."), "success")
    return redirect(url_for(".authors", identifier=identifier), 303)


@blueprint.post("/<int:identifier>/authors/leave")
@requires(Permission.WRITE_SUBMISSIONS)
@commits
def leave(identifier: int) -> Response:
    """Leave the authors."""
    submission = queries.own_submission(db.session, identifier, actor())
    services.leave(db.session, submission, actor=actor())
    flash(gettext("You have left the authors of %(title)s.", title=title_of(submission)), "success")
    return redirect(url_for(".mine"), 303)


@blueprint.post("/<int:identifier>/authors/<int:account>/remove")
@requires(Permission.WRITE_SUBMISSIONS)
@commits
def remove(identifier: int, account: int) -> Response:
    """Take a co-author off the list."""
    submission = queries.own_submission(db.session, identifier, actor())
    services.remove_author(db.session, submission, actor=actor(), account_id=account)
    flash(gettext("They are off the list and can no longer open it."), "success")
    return redirect(url_for(".authors", identifier=identifier), 303)


def _refusal(submission: Submission, address: str) -> str:
    """Return why this address cannot be invited; nothing if it can."""
    if plain_address(address) == plain_address(actor().email):
        return str(gettext("This is your own address"))
    if len(queries.invitations_to(db.session, submission)) >= services.MOST_INVITATIONS:
        return str(gettext("Many invitations are open. Take one back first"))
    return ""


def _authors_page(
    submission: Submission, *, inviting_form: InvitationForm | None = None, own_form: OwnPartForm | None = None
) -> str:
    own = next(author for author in submission.authors if author.account_id == actor().id)
    return render_template(
        "submissions/authors.html",
        submission=submission,
        title=title_of(submission),
        own=own,
        first=services.is_first_author(submission, actor()),
        open=submission.state in services.OPEN,
        removable=submission.submitted_at is None and submission.state == SubmissionState.DRAFT,
        changed={author.account_id: has_changed_since_confirmed(submission, author) for author in submission.authors},
        invitations=queries.invitations_to(db.session, submission),
        now=now(),
        failed=inviting_form or own_form,
        inviting_form=inviting_form or _invitation_form(submission, typed=False)[0],
        own_form=own_form or _own_part_form(submission, own)[0],
        lexicon=current(db.session),
        form=ButtonForm(),
    )


def _invitation_form(submission: Submission, *, typed: bool = True) -> tuple[InvitationForm, list[Organisation]]:
    lists, bodies = _choices(submission)
    if typed:
        return InvitationForm(**lists), bodies
    return InvitationForm(formdata=None, data={"language": language()}, **lists), bodies


def _own_part_form(
    submission: Submission, own: SubmissionAuthor | None = None
) -> tuple[OwnPartForm, list[Organisation]]:
    """Return the form as it was sent, or as it stands for an author."""
    lists, bodies = _choices(submission, own)
    if own is None:
        return OwnPartForm(**lists), bodies
    kept = {
        "own_agency": own.agency_id or "",
        "own_organisation": own.organisation.slug if own.organisation else "",
        "credited": own.credited,
    }
    return OwnPartForm(formdata=None, data=kept, **lists), bodies


def _choices(submission: Submission, own: SubmissionAuthor | None = None) -> tuple[dict[str, Any], list[Organisation]]:
    """Return the agencies, those of the document first, and the organisations that one may write for."""
    named = [concept_id("agencies", row["code"]) for row in submission.document.get("agencies") or () if "code" in row]
    kept = own.agency_id if own else None
    entries = [e for e in current(db.session).every("agencies") if not e.deprecated or e.id == kept]
    ordered = sorted(entries, key=lambda entry: entry.id not in named)
    bodies = queries.organisations_in(db.session, submission.document, actor())
    if own and own.organisation and own.organisation not in bodies:
        bodies.append(own.organisation)
    lists = {
        "agencies": [(entry.id, entry.label(language())) for entry in ordered],
        "organisations": [(body.slug, body.name_in(language())) for body in bodies],
    }
    return lists, bodies


def _chosen(bodies: list[Organisation], slug: str | None) -> Organisation | None:
    return next((body for body in bodies if body.slug == slug), None)
