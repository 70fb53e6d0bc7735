"""The pages of a submission as a whole: the list, what happens next, comments; taking it back, up again, or on."""

from __future__ import annotations

from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from library import commenting
from library.access import EDITABLE
from library.choices import SubmissionState
from library.commenting import TALKED_ABOUT
from library.drafting.saving import open_edits
from library.drafting.steps import STEP_OF_FIELD, STEPS
from library.errors import AlreadyRevised
from library.extensions import db
from library.languages import ENDONYMS
from library.lexicon import current
from library.models import Submission, today
from library.permissions import Permission, actor, requires
from library.record import BY_NAME
from library.submissions import queries, services
from library.submissions.forms import ButtonForm, ReplyForm, WithdrawForm
from library.submissions.standing import next_of, sections, title_of
from library.submissions.views import blueprint
from library.timeline import entries
from library.web import commits

# What an adviser has answered, while it is the last word.
ANSWERS: Final = {SubmissionState.CHANGES_REQUESTED: "request-changes", SubmissionState.DECLINED: "decline"}


@blueprint.get("")
@requires(Permission.WRITE_SUBMISSIONS)
def mine() -> str:
    """List what one writes, by what it needs."""
    found = queries.submissions_of(db.session, actor())
    return render_template("submissions/mine.html", sections=sections(found, today=today()))


@blueprint.get("/<int:identifier>")
@requires(Permission.WRITE_SUBMISSIONS)
def overview(identifier: int) -> str:
    """Show what happens next, what was said, who writes, and all that happened."""
    return _overview_page(queries.own_submission(db.session, identifier, actor()))


@blueprint.post("/<int:identifier>/comments/<int:comment>/reply")
@requires(Permission.WRITE_SUBMISSIONS)
@commits
def reply(identifier: int, comment: int) -> Response | tuple[str, int]:
    """Answer a comment, or say that what it asks for is done."""
    submission = queries.own_submission(db.session, identifier, actor())
    thread = commenting.comment_of(db.session, submission, comment)
    form = ReplyForm()
    body = form.body.data or ""
    if form.done.data:
        body = gettext("Done. %(words)s", words=body).strip()
    if form.validate_on_submit() and not body:
        form.body.errors = [gettext("Write an answer, or choose Done")]
    if form.errors or not body:
        return _overview_page(submission, answering=(thread.id, form)), 422
    commenting.reply(db.session, thread, actor=actor(), body=body)
    flash(gettext("Your answer is kept. The adviser sees it."), "success")
    return redirect(url_for(".overview", identifier=identifier, _anchor=f"comment-{thread.id}"), 303)


@blueprint.get("/<int:identifier>/withdraw")
@requires(Permission.WRITE_SUBMISSIONS)
def withdrawal(identifier: int) -> str:
    """Ask whether to take it back, and why."""
    submission = queries.own_submission(db.session, identifier, actor())
    services.check_open(submission)
    return render_template("submissions/withdraw.html", submission=submission, form=WithdrawForm(formdata=None))


@blueprint.post("/<int:identifier>/withdraw")
@requires(Permission.WRITE_SUBMISSIONS)
@commits
def withdraw(identifier: int) -> Response | tuple[str, int]:
    """Take it back."""
    submission = queries.own_submission(db.session, identifier, actor())
    form = WithdrawForm()
    if not form.validate_on_submit():
        return render_template("submissions/withdraw.html", submission=submission, form=form), 422
    services.withdraw(db.session, submission, actor=actor(), reason=form.reason.data or "")
    flash(gettext("It is withdrawn. All of it is kept, and you can take it up again."), "success")
    return redirect(url_for(".overview", identifier=identifier), 303)


@blueprint.post("/<int:identifier>/reopen")
@requires(Permission.WRITE_SUBMISSIONS)
@commits
def reopen(identifier: int) -> Response:
    """Take it up again."""
    submission = queries.own_submission(db.session, identifier, actor())
    try:
        services.reopen(db.session, submission, actor=actor())
    except AlreadyRevised:
        flash(gettext("Somebody has begun another revision of this practice. Write to them instead."), "warning")
    else:
        flash(gettext("It is a draft again."), "success")
    return redirect(url_for(".overview", identifier=identifier), 303)


@blueprint.get("/<int:identifier>/delete")
@requires(Permission.WRITE_SUBMISSIONS)
def deletion(identifier: int) -> str:
    """Ask whether to delete a draft for ever."""
    submission = queries.own_submission(db.session, identifier, actor())
    services.check_deletable(submission, actor())
    return render_template(
        "submissions/delete.html", submission=submission, title=title_of(submission), form=ButtonForm()
    )


@blueprint.post("/<int:identifier>/delete")
@requires(Permission.WRITE_SUBMISSIONS)
@commits
def delete(identifier: int) -> Response:
    """Delete a draft that nobody else has seen."""
    services.delete(db.session, queries.own_submission(db.session, identifier, actor()), actor=actor())
    flash(gettext("The draft is deleted."), "success")
    return redirect(url_for(".mine"), 303)


@blueprint.post("/revise/<int:practice>")
@requires(Permission.WRITE_SUBMISSIONS)
@commits
def revise(practice: int) -> Response:
    """Begin a revision of a published practice, or go on with the one that is open."""
    published = queries.published_practice(db.session, practice)
    try:
        submission = services.revise(db.session, published, actor=actor())
    except AlreadyRevised:
        flash(gettext("Somebody is revising this practice already. One revision is written at a time."), "warning")
        return redirect(url_for("catalogue.practice", slug=published.slug), 303)
    if (wanted := request.args.get("language", "")) in ENDONYMS:  # to translate it
        return redirect(url_for(".edit", identifier=submission.id, step=STEPS[0].slug, language=wanted), 303)
    return redirect(url_for(".overview", identifier=submission.id), 303)


def _overview_page(submission: Submission, *, answering: tuple[int, ReplyForm] | None = None) -> str:
    threads = commenting.threads(db.session, submission)
    line = entries(queries.events_of(db.session, submission), submission.rounds)
    return render_template(
        "submissions/overview.html",
        submission=submission,
        title=title_of(submission),
        next=next_of(submission, today()),
        steps=STEPS,
        editable=submission.state in EDITABLE,
        open=submission.state in services.OPEN,
        talked_about=submission.state in TALKED_ABOUT,
        deletable=services.may_delete(submission, actor()),
        kept=open_edits(db.session, submission, actor()),
        by_field=_by_field(threads),
        reply_forms=_reply_forms([thread.id for thread in threads], answering),
        failed=answering[1] if answering else None,
        timeline=line,
        decision=next((entry for entry in line if entry.code == ANSWERS.get(submission.state)), None),
        lexicon=current(db.session),
        form=ButtonForm(),
    )


def _by_field(threads: list[Any]) -> list[dict[str, Any]]:
    """Return comments under the names of their fields, in the order of the template, what is about the whole first."""
    names = [name for name in ("", *BY_NAME) if any(thread.field == name for thread in threads)]
    return [
        {
            "label": BY_NAME[name].label if name else gettext("The whole"),
            "step": STEP_OF_FIELD[name].slug if name in STEP_OF_FIELD else "",
            "field": name,
            "threads": [thread for thread in threads if thread.field == name],
        }
        for name in names
    ]


def _reply_forms(threads: list[int], answering: tuple[int, ReplyForm] | None) -> dict[int, ReplyForm]:
    """Return an empty form for each thread, and the one that was sent for its own."""
    forms = {thread: ReplyForm(formdata=None) for thread in threads}
    if answering:
        forms[answering[0]] = answering[1]
    for thread, form in forms.items():
        form.body.id = f"reply-{thread}"
    return forms
