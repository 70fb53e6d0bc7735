"""What advisers do: queues, comments, checklist, decisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from library import commenting, timeline
from library.access import check_decider, is_partial
from library.attachments.queries import pictures_of
from library.choices import SubmissionState, Verdict
from library.deadlines import WITH_ADVISERS
from library.errors import NotFound, NotReady, Overtaken
from library.extensions import db
from library.models import Account, Opinion, Submission, today
from library.permissions import Permission, actor, requires
from library.record import BY_NAME
from library.review import accepting, present, queries, services
from library.review.forms import (
    ActForm,
    AskForm,
    AssignForm,
    CommentForm,
    DecisionForm,
    DueForm,
    OpinionForm,
    SheetForm,
)
from library.review.queries import PER_PAGE, Queue
from library.warnings import warnings_of
from library.web import commits, language
from library.wording import wording_for

blueprint = Blueprint("review", __name__, url_prefix="/<lang:lang>/review")

AGAINST: Final = ("public", "previous", "nothing")
KEPT_ARGS: Final = ("language", "against")
Answer = str | Response | tuple[str, int]


def _loaded(identifier: int) -> Submission:
    return queries.at_the_desk(db.session, identifier, actor())


def _colleague(identifier: str) -> Account:
    return next(person for person in queries.advisers(db.session) if str(person.id) == identifier)


# --- queues ------------------------------------------------------------------------------------------------------


@blueprint.get("")
@requires(Permission.REVIEW_SUBMISSIONS)
def queues() -> str:
    """Show what waits, one heap at a time."""
    day, adviser = today(), actor()
    counts = queries.counts(db.session, adviser, day)
    chosen = _chosen_queue(counts)
    last = max(1, -(-counts[chosen] // PER_PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), last)
    rows = queries.rows(db.session, adviser, chosen, day, page=page)
    wording = wording_for(db.session, language(), *(row.sent.document for row in rows))
    return render_template(
        "review/queues.html",
        queues=[(queue, present.QUEUES[queue], counts[queue]) for queue in Queue],
        chosen=chosen,
        empty=present.EMPTY[chosen],
        rows=present.waiting(rows, wording, adviser, day),
        page=page,
        last=last,
        form=ActForm(),
    )


def _chosen_queue(counts: dict[Queue, int]) -> Queue:
    """Return the queue that was asked for, else the first that waits for this adviser."""
    wanted = request.args.get("queue", "")
    if wanted in list(Queue):
        return Queue(wanted)
    return next((queue for queue in (Queue.MINE, Queue.OPINION, Queue.UNASSIGNED) if counts[queue]), Queue.UNASSIGNED)


# --- reading and commenting --------------------------------------------------------------------------------------


@blueprint.get("/<int:identifier>")
@requires(Permission.REVIEW_SUBMISSIONS)
def submission(identifier: int) -> str:
    """Show what was sent in, field by field, with comments."""
    field, thread = request.args.get("comment"), request.args.get("answer", type=int)
    form = CommentForm(formdata=None)
    return _reading_page(_loaded(identifier), form, field if field in ("", *BY_NAME) else None, replying=thread)


@blueprint.post("/<int:identifier>/comments")
@requires(Permission.REVIEW_SUBMISSIONS)
@commits
def comment(identifier: int) -> Answer:
    """Pin a comment to a field."""
    found, form, field = _loaded(identifier), CommentForm(), request.form.get("field", "")
    if field and field not in BY_NAME:
        raise NotFound
    if not form.validate_on_submit():
        return _reading_page(found, form, field), 422
    commenting.comment(db.session, found, actor=actor(), field=field, body=form.body.data)
    return _back_to_field(identifier, field)


@blueprint.post("/<int:identifier>/comments/<int:number>/reply")
@requires(Permission.REVIEW_SUBMISSIONS)
@commits
def reply(identifier: int, number: int) -> Answer:
    """Answer a comment."""
    found, form = _loaded(identifier), CommentForm()
    thread = commenting.comment_of(db.session, found, number)
    if not form.validate_on_submit():
        return _reading_page(found, form, replying=number), 422
    commenting.reply(db.session, thread, actor=actor(), body=form.body.data)
    return _back_to_field(identifier, thread.field)


@blueprint.post("/<int:identifier>/comments/<int:number>/resolve")
@requires(Permission.REVIEW_SUBMISSIONS)
@commits
def resolve(identifier: int, number: int) -> Answer:
    """Settle a comment."""
    thread = commenting.comment_of(db.session, _loaded(identifier), number)
    commenting.resolve(db.session, thread, actor=actor())
    return _back_to_field(identifier, thread.field)


@blueprint.post("/<int:identifier>/comments/<int:number>/reopen")
@requires(Permission.REVIEW_SUBMISSIONS)
@commits
def reopen(identifier: int, number: int) -> Answer:
    """Open a settled comment again."""
    thread = commenting.comment_of(db.session, _loaded(identifier), number)
    commenting.reopen(db.session, thread, actor=actor())
    return _back_to_field(identifier, thread.field)


def _back_to_field(identifier: int, field: str) -> Response:
    address = url_for("review.submission", identifier=identifier, **_kept_args(), _anchor=f"field-{field or 'whole'}")
    return redirect(address, 303)


def _kept_args() -> dict[str, Any]:
    """Return how the adviser reads, for links that must not change it."""
    return {name: request.args[name] for name in KEPT_ARGS if name in request.args}


def _reading_page(
    found: Submission, form: CommentForm, commenting_on: str | None = None, *, replying: int | None = None
) -> str:
    sent = found.rounds[-1]
    number, public = queries.public_document(db.session, found)
    is_revision = found.base_revision is not None and number > 0
    offered = [name for name, there in zip(AGAINST, (is_revision, len(found.rounds) > 1, True), strict=True) if there]
    against = next((name for name in offered if name == request.args.get("against")), offered[0])
    other = {"public": public, "previous": found.rounds[-2].document if len(found.rounds) > 1 else {}}.get(against, {})
    reading = present.reading(
        sent.document,
        other,
        wording_for(db.session, language(), sent.document, other),
        against="" if against == "nothing" else against,
        language=request.args.get("language", language()),
        threads=commenting.threads(db.session, found),
        findings=warnings_of(sent.document, pictures=pictures_of(db.session, sent.document)),
    )
    return _page(
        "review/submission.html",
        found,
        reading=reading,
        offered=offered,
        against=against,
        public_number=number,
        form=form,
        commenting_on=commenting_on,
        replying=replying,
        may_comment=found.state in commenting.TALKED_ABOUT,
        kept_args=_kept_args(),
        file_url=_file_url,
    )


def _file_url(key: str) -> str | None:
    """Return where a file of this submission can be had, or its web address as it is."""
    if key.startswith(("http://", "https://")):
        return key
    return url_for("files.download", key=key) if "files.download" in current_app.view_functions else None


# --- who and when ------------------------------------------------------------------------------------------------


@blueprint.get("/<int:identifier>/people")
@requires(Permission.REVIEW_SUBMISSIONS)
def people(identifier: int) -> str:
    """Show who wrote it, who reviews it and by when, second opinions, and what happened."""
    return _people_page(_loaded(identifier))


@blueprint.post("/<int:identifier>/take")
@requires(Permission.DECIDE_ON_SUBMISSIONS)
@commits
def take(identifier: int) -> Answer:
    """Take it oneself."""
    found, form = _loaded(identifier), ActForm()
    _do(lambda: services.take(db.session, found, actor=actor(), seen=form.seen_adviser), gettext("It is with you now."))
    return redirect(url_for("review.submission", identifier=identifier), 303)


@blueprint.post("/<int:identifier>/give-back")
@requires(Permission.DECIDE_ON_SUBMISSIONS)
@commits
def give_back(identifier: int) -> Answer:
    """Give it back to the heap."""
    found = _loaded(identifier)
    _do(lambda: services.give_back(db.session, found, actor=actor()), gettext("It waits for another adviser now."))
    return redirect(url_for("review.queues"), 303)


@blueprint.post("/<int:identifier>/assign")
@requires(Permission.DECIDE_ON_SUBMISSIONS)
@commits
def assign(identifier: int) -> Answer:
    """Give it to an adviser."""
    found, form = _loaded(identifier), AssignForm()
    check_decider(found, actor())
    form.offer(_impartial(found))
    if not form.validate_on_submit():
        return _people_page(found, assign=form), 422
    adviser = _colleague(form.adviser.data)
    done = gettext("It is with %(name)s now.", name=adviser.name)
    _do(lambda: services.assign(db.session, found, adviser, actor=actor()), done)
    return redirect(url_for("review.people", identifier=identifier), 303)


@blueprint.post("/<int:identifier>/due")
@requires(Permission.DECIDE_ON_SUBMISSIONS)
@commits
def due(identifier: int) -> Answer:
    """Set by when it is answered."""
    found, form = _loaded(identifier), DueForm()
    check_decider(found, actor())
    if not form.validate_on_submit():
        return _people_page(found, due=form), 422
    _do(lambda: services.set_due(db.session, found, form.due_on.data, actor=actor()), gettext("The date is set."))
    return redirect(url_for("review.people", identifier=identifier), 303)


@blueprint.post("/<int:identifier>/opinions")
@requires(Permission.DECIDE_ON_SUBMISSIONS)
@commits
def ask(identifier: int) -> Answer:
    """Ask a colleague for a second opinion."""
    found, form = _loaded(identifier), AskForm()
    check_decider(found, actor())
    form.offer(person for person in _impartial(found) if person.id != current_user.id)
    if not form.validate_on_submit():
        return _people_page(found, ask=form), 422
    adviser, question = _colleague(form.colleague.data), form.question.data
    done = gettext("%(name)s is asked.", name=adviser.name)
    _do(lambda: services.ask_opinion(db.session, found, adviser, actor=actor(), question=question), done)
    return redirect(url_for("review.people", identifier=identifier, _anchor="opinions"), 303)


@blueprint.post("/<int:identifier>/opinions/<int:number>")
@requires(Permission.DECIDE_ON_SUBMISSIONS)
@commits
def answer(identifier: int, number: int) -> Answer:
    """Give the second opinion that a colleague asked for."""
    found, form = _loaded(identifier), OpinionForm()
    check_decider(found, actor())
    if not form.validate_on_submit():
        return _people_page(found, opinion=form), 422
    words = {"verdict": Verdict(form.verdict.data), "answer": form.answer.data}
    try:
        services.give_opinion(db.session, found, number, actor=actor(), **words)
    except Overtaken as refusal:
        form.form_errors.append(str(refusal))
        return _people_page(found, opinion=form), 409
    flash(gettext("Thank you. Your opinion is with your colleague."), "success")
    return redirect(url_for("review.people", identifier=identifier, _anchor="opinions"), 303)


def _do(verb: Callable[[], object], done: str) -> None:
    """Do something that needs no words, and say that it is done, or why it is not."""
    try:
        verb()
    except Overtaken as refusal:
        flash(str(refusal), "warning")
    else:
        flash(done, "success")


def _impartial(found: Submission) -> list[Account]:
    """Return those who may decide on a submission."""
    return [person for person in queries.advisers(db.session) if not is_partial(found, person)]


def _people_page(found: Submission, **sent: Any) -> str:
    partial = is_partial(found, actor())
    impartial = [] if partial else _impartial(found)
    forms: dict[str, Any] = {
        "assign": AssignForm(formdata=None),
        "due": DueForm(formdata=None, data={"due_on": found.due_on}),
        "ask": AskForm(formdata=None),
        "opinion": OpinionForm(formdata=None),
    } | sent
    forms["assign"].offer(impartial)
    forms["ask"].offer(person for person in impartial if person.id != current_user.id)
    opinions = [] if partial else queries.opinions(db.session, found)
    events = queries.timeline(db.session, found)
    return _page(
        "review/people.html",
        found,
        forms=forms,
        opinions=opinions,
        asked=[
            o
            for o in opinions
            if o.adviser_id == current_user.id and o.given_at is None and found.state in services.OPEN
        ],
        entries=timeline.entries(events, found.rounds),
        authors=present.writers(found, queries.lexicon(db.session), language()),
    )


def _waits_for_me(opinion: Opinion, found: Submission) -> bool:
    return opinion.adviser_id == current_user.id and opinion.given_at is None and found.state in services.OPEN


# --- the sheet ---------------------------------------------------------------------------------------------------


@blueprint.get("/<int:identifier>/assessment")
@requires(Permission.REVIEW_SUBMISSIONS)
def assessment(identifier: int) -> str:
    """Show checklist and evidence."""
    found = _loaded(identifier)
    check_decider(found, actor())
    return _sheet_page(found, _sheet_form(found))


@blueprint.post("/<int:identifier>/assessment")
@requires(Permission.REVIEW_SUBMISSIONS)
@commits
def assess(identifier: int) -> Answer:
    """Save the whole sheet; of two advisers the later one sees both before saving again."""
    found = _loaded(identifier)
    check_decider(found, actor())
    form = _sheet_form(found)
    if not form.validate_on_submit():
        return _sheet_page(found, form), 422
    try:
        services.assess(db.session, found, form.sheet, actor=actor(), version=form.seen_version)
    except Overtaken as refusal:
        form.form_errors.append(str(refusal))
        return _sheet_page(found, form, theirs=form.take_over(queries.assessment(db.session, found))), 409
    flash(gettext("Saved."), "success")
    return redirect(url_for("review.assessment", identifier=identifier), 303)


def _sheet_form(found: Submission) -> SheetForm:
    kept = queries.assessment(db.session, found)
    return SheetForm.filled(kept, found.rounds[-1].document, queries.lexicon(db.session), language())


def _sheet_page(found: Submission, form: SheetForm, theirs: dict[str, str] | None = None) -> str:
    return _page("review/assessment.html", found, form=form, theirs=theirs or {}, editable=found.state in services.OPEN)


# --- the decision ------------------------------------------------------------------------------------------------


@blueprint.get("/<int:identifier>/decision")
@requires(Permission.DECIDE_ON_SUBMISSIONS)
def decision(identifier: int) -> str:
    """Show what is still missing, and the form of the decision."""
    found = _loaded(identifier)
    check_decider(found, actor())
    return _decision_page(found, DecisionForm())


@blueprint.post("/<int:identifier>/decision")
@requires(Permission.DECIDE_ON_SUBMISSIONS)
@commits
def decide(identifier: int) -> Answer:
    """Accept, ask for changes, or decline; what was typed stays if that cannot be."""
    found, form = _loaded(identifier), DecisionForm()
    check_decider(found, actor())
    if not form.validate_on_submit():
        return _decision_page(found, form), 422
    verb, done = _DECISIONS[Verdict(form.decision.data)]
    words = {"seen": form.seen_round, "good": form.good.data, "reason": form.reason.data}
    try:
        verb(db.session, found, actor=actor(), **words)
    except Overtaken as refusal:
        form.form_errors.append(str(refusal))
        return _decision_page(found, form), 409
    except NotReady as refusal:
        form.form_errors.extend(refusal.problems)
        return _decision_page(found, form), 422
    flash(done(), "success")
    return redirect(url_for("review.submission", identifier=identifier), 303)


_DECISIONS: Final[dict[Verdict, tuple[Callable[..., object], Callable[[], str]]]] = {
    Verdict.ACCEPT: (services.accept, lambda: gettext("It is published. Its authors have been told.")),
    Verdict.REQUEST_CHANGES: (services.request_changes, lambda: gettext("Your answer is with the authors.")),
    Verdict.DECLINE: (services.decline, lambda: gettext("Your answer is with the authors.")),
}


@blueprint.post("/<int:identifier>/bring-up-to-date")
@requires(Permission.DECIDE_ON_SUBMISSIONS)
@commits
def bring_up_to_date(identifier: int) -> Answer:
    """Join what became public since the authors began."""
    found = _loaded(identifier)
    try:
        joined = services.bring_up_to_date(db.session, found, actor=actor())
    except Overtaken as refusal:
        flash(str(refusal), "warning")
        return redirect(url_for("review.decision", identifier=identifier), 303)
    if joined.fields:
        labels = ", ".join(str(BY_NAME[name].label) for name in joined.fields)
        flash(gettext("Up to date. Both sides changed these, and the authors' text stands: %(fields)s.", fields=labels))
    else:
        flash(gettext("Up to date. The changes did not touch each other."), "success")
    return redirect(url_for("review.submission", identifier=identifier, against="public"), 303)


def _decision_page(found: Submission, form: DecisionForm) -> str:
    number, _ = queries.public_document(db.session, found)
    form.seen.data = str(found.rounds[-1].number)  # read it again, and the same button decides on what is there now
    return _page(
        "review/decision.html",
        found,
        form=form,
        missing=list(accepting.missing_for_acceptance(queries.assessment(db.session, found))),
        open_comments=queries.open_comments(db.session, found),
        opinions=queries.opinions(db.session, found),
        outdated=found.base_revision is not None and number != found.base_revision,
    )


# --- shared ------------------------------------------------------------------------------------------------------


def _page(template: str, found: Submission, **context: Any) -> str:
    """Return a page about one submission, with what all of them show at the top."""
    adviser = actor()
    document = found.rounds[-1].document
    title, title_language = present.titled(document, language())
    return render_template(
        template,
        submission=found,
        title=title or found.title,
        title_language=title_language,
        round=found.rounds[-1],
        state=SubmissionState(found.state),
        hindrance=present.hindrance(found, adviser),
        with_advisers=found.state in WITH_ADVISERS,
        mine=found.adviser_id == adviser.id,
        today=today(),
        act=ActForm(formdata=None, data={"seen": found.adviser_id or ""}),
        **context,
    )
