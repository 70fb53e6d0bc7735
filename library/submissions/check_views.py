"""The last step: what is missing, what to look at once more, and sending it in."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from library.access import EDITABLE
from library.attachments.queries import pictures_of
from library.deadlines import due_after
from library.drafting.problems import Problem, faults_of_draft, problems_of
from library.drafting.steps import step_of
from library.errors import ChangedMeanwhile, InvalidRecord, UncheckedPersonalData
from library.extensions import db
from library.lexicon import current
from library.models import Submission, today
from library.permissions import Permission, actor, requires
from library.publishing import known_to
from library.submissions import queries, services
from library.submissions.duplicates import Duplicate, duplicates_of
from library.submissions.forms import SubmitForm
from library.submissions.standing import in_words, title_of
from library.submissions.views import blueprint
from library.warnings import digest_of, warnings_of
from library.web import commits


@blueprint.get("/<int:identifier>/check")
@requires(Permission.WRITE_SUBMISSIONS)
def check(identifier: int) -> str | Response:
    """Show what is missing and what to look at, and offer to send it in."""
    submission = queries.own_submission(db.session, identifier, actor())
    if submission.state not in EDITABLE:
        return redirect(url_for(".overview", identifier=identifier))
    return _check_page(submission)


@blueprint.post("/<int:identifier>/check")
@requires(Permission.WRITE_SUBMISSIONS)
@commits
def check_post(identifier: int) -> Response | tuple[str, int]:
    """Send it in; a second click changes nothing."""
    submission = queries.own_submission(db.session, identifier, actor())
    form = SubmitForm()
    if submission.state not in services.WITH_ADVISERS:
        if not (form.validate_on_submit() and _sent(submission, form)):
            return _check_page(submission, form=form), 422
        flash(gettext("It is sent in. Thank you. You get a mail when an adviser has answered."), "success")
    return redirect(url_for(".overview", identifier=identifier), 303)


def _sent(submission: Submission, form: SubmitForm) -> bool:
    """Return whether it is sent in; what stands in the way is said in the form, or is missing in the document."""
    try:
        services.submit(
            db.session,
            submission,
            actor=actor(),
            version=form.version.data,
            note=form.note.data or "",
            personal_data_checked=form.findings.data if form.no_person.data else "",
        )
    except InvalidRecord:
        return False
    except UncheckedPersonalData:
        form.no_person.errors = [gettext("Look at what could be personal data, and say that nobody can be recognised")]
        return False
    except ChangedMeanwhile:
        form.form_errors.append(gettext("A co-author has saved since you opened this page. Look at it and send again."))
        return False
    return True


def _check_page(submission: Submission, *, form: SubmitForm | None = None) -> str:
    findings = warnings_of(submission.document, pictures=pictures_of(db.session, submission.document))
    problems = _problems(submission)
    sent, digest = form, digest_of(findings)
    form = form or SubmitForm(formdata=None)
    if form.findings.data != digest:
        form.no_person.data = False  # it was said of other words
    form.version.data, form.findings.data = submission.version, digest
    form.version.raw_data = None  # which its box would show instead
    return render_template(
        "submissions/check.html",
        submission=submission,
        title=title_of(submission),
        problems=problems,
        personal=[finding for finding in findings if finding.needs_confirmation],
        checked=digest in ("", submission.personal_data_checked),
        warnings=[finding for finding in findings if not finding.needs_confirmation],
        step_of=step_of,
        duplicates=_duplicates(submission),
        unconfirmed=[author for author in submission.authors if author.confirmed_at is None],
        lexicon=current(db.session),
        answer_by=in_words(due_after(today())),
        form=form,
        failed=sent is not None,
    )


def _duplicates(submission: Submission) -> list[Duplicate]:
    """Return what may be about the same work."""
    text = submission.document.get("text", {}).get(submission.language, {})
    return duplicates_of(
        db.session,
        title=submission.title,
        summary=str(text.get("summary") or ""),
        language=submission.language,
        actor=actor(),
        without=submission,
    )


def _problems(submission: Submission) -> list[Problem]:
    """Return what is wrong or missing in the words of the form, each box once."""
    faults = faults_of_draft(submission.document, known_to(db.session))
    return list({(p.name, p.language): p for p in problems_of(submission.document, faults)}.values())
