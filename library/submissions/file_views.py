"""The files of a submission: add several at once, say what each is, remove."""

from __future__ import annotations

from typing import Any, cast

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from library.access import EDITABLE, check_editable
from library.attachments.kinds import ACCEPT, PICTURES, describe
from library.attachments.queries import attachments_of
from library.attachments.reasons import Reason, Refused
from library.attachments.services import Quota
from library.attachments.storage import store_of_app
from library.drafting.versions import Base
from library.extensions import db
from library.models import Submission
from library.permissions import Permission, requires
from library.submissions import file_services, queries
from library.submissions.file_forms import FileRow, FilesForm, UploadForm
from library.submissions.file_services import Outcome, Upload
from library.submissions.views import blueprint
from library.web import commits

MOST_AT_ONCE = 10


@blueprint.url_value_preprocessor
def _let_files_in(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Take larger forms where files are added, from people who have signed in; before anything reads the form.

    What is larger than half a megabyte waits on disk, not in memory.
    """
    if endpoint == "submissions.add_files" and current_user.is_authenticated:
        request.max_content_length = current_app.config["MAX_UPLOAD_LENGTH"]


@blueprint.get("/<int:identifier>/files")
@requires(Permission.WRITE_SUBMISSIONS)
def files(identifier: int) -> str:
    """Show the files of a submission and offer to add some."""
    return _page(queries.own_submission(db.session, identifier, current_user))


@blueprint.post("/<int:identifier>/files")
@requires(Permission.WRITE_SUBMISSIONS)
@commits
def files_post(identifier: int) -> Response | tuple[str, int]:
    """Save what is said of the files."""
    submission = queries.own_submission(db.session, identifier, current_user)
    check_editable(submission, current_user)
    rows = _rows(submission)
    form = FilesForm.for_files(rows, str(submission.version))
    if not form.validate_on_submit():
        return _page(submission, details=form), 422
    base = Base.read(form.base.data or "")
    file_services.describe_files(db.session, submission, form.about(rows), base=base, actor=current_user)
    flash(gettext("Saved."), "success")
    return _back(identifier)


@blueprint.post("/<int:identifier>/files/add")
@requires(Permission.WRITE_SUBMISSIONS)
@commits
def add_files(identifier: int) -> Response | tuple[str, int]:
    """Add files; those that are refused are named with the reason, the others are kept."""
    submission = queries.own_submission(db.session, identifier, current_user)
    check_editable(submission, current_user)
    form = UploadForm()
    if not form.validate_on_submit() or not (sent := form.sent()):
        form.files.errors = [gettext("Choose at least one file")]
        return _page(submission, upload=form), 422
    outcome = _added(submission, [Upload(cast("Any", file.stream), file.filename or "") for file in sent])
    if outcome.added:
        number = len(outcome.added)
        flash(ngettext("%(num)s file is added.", "%(num)s files are added.", number), "success")
    if outcome.refused:
        form.files.errors = [_in_words(name, reason) for name, reason in outcome.refused]
        return _page(submission, upload=form), 422
    return _back(identifier)


@blueprint.post("/<int:identifier>/files/<key:key>/remove")
@requires(Permission.WRITE_SUBMISSIONS)
@commits
def remove_file(identifier: int, key: str) -> Response:
    """Remove a file."""
    submission = queries.own_submission(db.session, identifier, current_user)
    check_editable(submission, current_user)
    title = file_services.remove_file(db.session, submission, key, actor=current_user)
    if title:
        flash(gettext("“%(title)s” is removed.", title=title), "success")
    return _back(identifier)


def _added(submission: Submission, uploads: list[Upload]) -> Outcome:
    settings = current_app.config
    quota = Quota(
        file=settings["MAX_FILE"],
        submission=settings["MAX_FILES_OF_SUBMISSION"],
        account=settings["MAX_FILES_OF_ACCOUNT"],
    )
    outcome = file_services.add_files(
        db.session, submission, uploads[:MOST_AT_ONCE], actor=current_user, files=store_of_app(), quota=quota
    )
    left = [(upload.filename, Refused(Reason.AT_ONCE)) for upload in uploads[MOST_AT_ONCE:]]
    return Outcome(outcome.added, [*outcome.refused, *left])


def _in_words(name: str, reason: Refused) -> str:
    shown = "".join(character if character.isprintable() else "\ufffd" for character in name)[:100]
    words: str = gettext("“%(name)s” was not added: %(reason)s", name=shown, reason=reason)
    return words


def _back(identifier: int) -> Response:
    return redirect(url_for("submissions.files", identifier=identifier), 303)


def _page(submission: Submission, *, upload: UploadForm | None = None, details: FilesForm | None = None) -> str:
    rows = _rows(submission)
    return render_template(
        "submissions/files.html",
        submission=submission,
        editable=submission.state in EDITABLE,
        rows=rows,
        upload=upload or UploadForm(formdata=None),
        form=details or _unsent(rows, submission),
        accept=ACCEPT,
    )


def _unsent(rows: list[FileRow], submission: Submission) -> FilesForm:
    return FilesForm.for_files(rows, str(submission.version), sent=False)


def _rows(submission: Submission) -> list[FileRow]:
    """Return the files that the document names, in its order."""
    named = attachments_of(db.session, submission)
    materials = submission.document.get(file_services.MATERIALS)
    found = {
        row["file"]: FileRow(
            key=row["file"],
            filename=named[row["file"]].filename,
            description=describe(named[row["file"]].media_type, named[row["file"]].size),
            picture=named[row["file"]].media_type in PICTURES,
            row=row,
        )
        for row in (materials if isinstance(materials, list) else ())
        if isinstance(row, dict) and row.get("file") in named
    }
    return list(found.values())
