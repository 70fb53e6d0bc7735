"""Claims: somebody says that a practice which the library compiled is theirs, and an adviser answers."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from library.choices import ClaimState, Provenance
from library.errors import InvalidTransition
from library.extensions import db
from library.models import Claim, Practice
from library.permissions import Permission, actor, requires
from library.upkeep import queries, services
from library.upkeep.blueprint import blueprint
from library.upkeep.forms import ACCEPT, AnswerForm, ClaimForm
from library.web import commits, language


@blueprint.get("/practices/<slug:slug>/claim")
@requires(Permission.CLAIM_PRACTICES)
def claim(slug: str) -> str | Response:
    """Ask whose practice it is; who has asked already sees where that stands."""
    practice = queries.practice_at(db.session, slug)
    made = queries.claim_of(db.session, practice, actor())
    if made is None or made.state is ClaimState.DECLINED:
        services.check_claimable(db.session, practice, actor())
        return _claim_page(practice, _claim_form(practice, empty=True))
    return render_template("upkeep/claimed.html", practice=practice, title=practice.title_in(language()), claim=made)


@blueprint.post("/practices/<slug:slug>/claim")
@requires(Permission.CLAIM_PRACTICES)
@commits
def claim_post(slug: str) -> Response | tuple[str, int]:
    """Claim a practice."""
    practice = queries.practice_at(db.session, slug)
    services.check_claimable(db.session, practice, actor())
    form = _claim_form(practice)
    if not form.validate_on_submit():
        return _claim_page(practice, form), 422
    bodies = {str(body.id): body for body in queries.bodies_of(practice, actor())}
    organisation = bodies.get(form.organisation.data or "")
    services.claim(db.session, practice, actor=actor(), message=form.message.data, organisation=organisation)
    return redirect(url_for("upkeep.claim", slug=slug), 303)


def _claim_form(practice: Practice, *, empty: bool = False) -> ClaimForm:
    bodies = [(body.id, body.name_in(language())) for body in queries.bodies_of(practice, actor())]
    return ClaimForm(formdata=None, bodies=bodies) if empty else ClaimForm(bodies=bodies)


def _claim_page(practice: Practice, form: ClaimForm) -> str:
    return render_template("upkeep/claim.html", practice=practice, title=practice.title_in(language()), form=form)


# --- the advisers' side ----------------------------------------------------------------------------------------------


@blueprint.get("/review/claims")
@requires(Permission.DECIDE_ON_CLAIMS)
def claims() -> str:
    """List the claims that wait for an answer, the oldest first."""
    rows = [(made, made.practice.title_in(language())) for made in queries.claims(db.session)]
    return render_template("upkeep/claims.html", rows=rows)


@blueprint.get("/review/claims/<int:identifier>")
@requires(Permission.DECIDE_ON_CLAIMS)
def answer(identifier: int) -> str:
    """Show a claim, with a form for the answer where one is due."""
    return _answer_page(queries.claim(db.session, identifier), AnswerForm(formdata=None))


@blueprint.post("/review/claims/<int:identifier>")
@requires(Permission.DECIDE_ON_CLAIMS)
@commits
def answer_post(identifier: int) -> Response | tuple[str, int]:
    """Answer a claim."""
    made = queries.claim(db.session, identifier)
    services.check_claim_decider(made, actor())
    form = AnswerForm()
    if not form.validate_on_submit():
        return _answer_page(made, form), 422
    accept = form.verdict.data == ACCEPT
    try:
        services.decide(
            db.session, made, actor=actor(), accept=accept, answer=form.answer.data or "", join=form.join.data
        )
    except InvalidTransition:
        flash(gettext("Somebody else has answered this claim meanwhile."), "warning")
    else:
        flash(gettext("Your answer is on its way."), "success")
    return redirect(url_for("upkeep.claims"), 303)


def _answer_page(made: Claim, form: AnswerForm) -> str:
    return render_template(
        "upkeep/answer.html",
        claim=made,
        title=made.practice.title_in(language()),
        form=form,
        may_decide=services.may_decide(made, actor()),
        compiled=made.practice.provenance is Provenance.COMPILED,
    )
