"""Where two have edited one field: both texts side by side, and a choice. And what was sent too late, given back."""

from __future__ import annotations

from typing import Final

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from library import access, late_forms
from library.drafting import saving
from library.drafting.conflicts import Conflict, conflicts
from library.drafting.steps import step_of
from library.drafting.versions import Base
from library.extensions import db
from library.languages import ENDONYMS
from library.models import KeptEdit, Submission
from library.permissions import Permission, requires
from library.submissions.saving_forms import ChoiceForm
from library.submissions.views import blueprint
from library.web import commits, language
from library.wording import wording_for

# Pages that fill their own form with what came too late: whoever wrote it sees it where they wrote it.
SHOWS_ITSELF: Final = frozenset({"submissions.edit_post"})


@blueprint.get("/<int:identifier>/conflict/<int:kept>")
@requires(Permission.WRITE_SUBMISSIONS)
def conflict(identifier: int, kept: int) -> str | Response:
    """Show what somebody typed beside what was saved meanwhile."""
    submission, edit = saving.kept_edit(db.session, identifier, kept, actor=current_user)
    if edit.resolved_at is not None:
        return redirect(url_for("submissions.overview", identifier=identifier))
    found = _conflicts(submission, edit)
    return _page(submission, edit, found, ChoiceForm.for_conflicts(found, submission.version))


@blueprint.post("/<int:identifier>/conflict/<int:kept>")
@requires(Permission.WRITE_SUBMISSIONS)
@commits
def conflict_post(identifier: int, kept: int) -> Response | tuple[str, int]:
    """Save what was chosen; whoever saved once more meanwhile is noticed again."""
    submission, edit = saving.kept_edit(db.session, identifier, kept, actor=current_user)
    if edit.resolved_at is not None:
        return redirect(url_for("submissions.overview", identifier=identifier), 303)
    access.check_editable(submission, current_user)
    found = _conflicts(submission, edit)
    form = ChoiceForm.for_conflicts(found, submission.version)
    if not form.validate_on_submit():
        return _page(submission, edit, found, form), 422
    base = Base.read(form.base.data)
    saving.resolve(db.session, edit, form.choices(found), base=base.version, actor=current_user)
    flash(gettext("Saved. What you chose stands in the draft."), "success")
    return redirect(_way_on(submission, edit), 303)


def _conflicts(submission: Submission, edit: KeptEdit) -> list[Conflict]:
    typed, document = edit.fields, submission.document
    wording = wording_for(db.session, language(), document, typed)
    return conflicts(typed, document, trail=submission.trail, base=edit.base_version, speak=wording.lines)


def _page(submission: Submission, edit: KeptEdit, found: list[Conflict], form: ChoiceForm) -> str:
    return render_template(
        "submissions/conflict.html",
        submission=submission,
        kept=edit,
        conflicts=found,
        form=form,
        endonyms=ENDONYMS,
        editable=submission.state in access.EDITABLE,
        way_on=_way_on(submission, edit),
    )


def _way_on(submission: Submission, edit: KeptEdit) -> str:
    """Return the step on which the text stands, in its language."""
    path = next(iter(edit.fields), "")
    wanted = path.split(".")[1] if path.startswith("text.") else None
    return url_for("submissions.edit", identifier=submission.id, step=step_of(path).slug, language=wanted)


@blueprint.get("/late-form")
@requires(Permission.READ_OWN_ACCOUNT)
def late_form() -> str | Response:
    """Give back what somebody sent after they had been signed out; nothing is sent before they say so."""
    late = late_forms.kept()
    if late is None:
        return redirect(url_for("accounts.account"))
    if late.endpoint in SHOWS_ITSELF:
        return redirect(late.address)
    texts = [value for _name, value in late.fields if any(map(str.isspace, value.strip()))]
    return render_template("submissions/late_form.html", late=late, texts=texts)


@blueprint.post("/late-form/drop")
@requires(Permission.READ_OWN_ACCOUNT)
@commits
def late_form_drop() -> Response:
    """Let go of a form that its sender no longer wants."""
    late_forms.forget()
    return redirect(url_for("submissions.mine"), 303)
