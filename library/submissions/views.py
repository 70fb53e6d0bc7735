"""Writing a case: begin, step by step, preview, and what scripts ask for while somebody types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, jsonify, redirect, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from library import access, late_forms
from library.document import with_replacements
from library.drafting import saving
from library.drafting.cleaning import clean_text
from library.drafting.fields import Form, read_form, without_language
from library.drafting.paths import with_fields
from library.drafting.steps import BY_SLUG, CHECK, GAP, QUICK_START, Step, next_slug
from library.drafting.suggestions import suggest as suggest_concepts
from library.drafting.versions import Base
from library.errors import NotFound
from library.extensions import db
from library.languages import LANGUAGES
from library.lexicon import current
from library.models import Submission
from library.permissions import Permission, requires
from library.prose import to_html
from library.record import BY_NAME
from library.submissions import bodies, pages, queries
from library.submissions.deeds import CONTINUE, Deed, put
from library.web import commits, language, wants_json

blueprint = Blueprint("submissions", __name__, url_prefix="/<lang:lang>/submissions")

LONGEST_PREVIEW: Final = 100_000  # characters
FIELDS: Final = [part for field in BY_NAME.values() for part in (field, *field.columns)]
CONCEPT_SCHEMES: Final = frozenset(field.vocabulary for field in FIELDS if field.vocabulary)


@blueprint.get("/new")
@requires(Permission.WRITE_SUBMISSIONS)
def new() -> str:
    """Ask for the little with which a draft begins; a gap of the library that led here is filled in."""
    return pages.start_page({"original_language": language(), **pages.named_gap(request.args)}, language())


@blueprint.post("/new")
@requires(Permission.WRITE_SUBMISSIONS)
@commits
def new_post() -> Response | tuple[str, int]:
    """Make a draft of what is there; only a title is needed."""
    document = _first_document(request.form)
    first = document["original_language"]
    if not document.get("text", {}).get(first, {}).get("title"):
        return pages.start_page(document, first, tried=True), 422
    submission = saving.start(db.session, actor=current_user, language=first, document=document)
    return redirect(url_for("submissions.edit", identifier=submission.id, step="about"), 303)


@blueprint.get("/<int:identifier>/edit/<slug:step>")
@requires(Permission.WRITE_SUBMISSIONS)
def edit(identifier: int, step: str) -> str:
    """Show one step of the form as it is stored."""
    submission, page = _editable(identifier), _step(step)
    written_in, late = _language(submission), late_forms.kept_here()
    if late:
        typed = read_form(page.fields, written_in, late.form, submission.document)
        document, base = with_fields(submission.document, typed), Base.read(late.form.get("base", ""))
        return pages.step_page(submission, page, written_in, base, asked={}, late=document)
    return pages.step_page(submission, page, written_in, Base(submission.version), asked=request.args)


@blueprint.post("/<int:identifier>/edit/<slug:step>")
@requires(Permission.WRITE_SUBMISSIONS)
@commits
def edit_post(identifier: int, step: str) -> Response | tuple[str, int]:
    """Save what was typed, whatever it is, and go where the button leads; stop at what does not fit."""
    submission, page = queries.own_submission(db.session, identifier, current_user), _step(step)
    written_in, deed, form = _language(submission), Deed.read(request.form.get("deed", "")), MultiDict(request.form)
    deed.prepare(form)
    if deed.verb == "name":
        _name_organisation(deed.target, form, submission)
    before = with_replacements(submission.document, current(db.session).replaced)  # as the form showed it
    fields = read_form(page.fields, written_in, form, before)
    if deed.verb == "drop":
        fields |= without_language(submission.document, deed.target)
    base = Base.read(request.form.get("base", ""))
    saved = saving.save(db.session, submission, fields, base=base, actor=current_user)
    if wants_json():
        return _autosaved(saved, saving.base_after(saved, fields, base))
    if deed.verb == CONTINUE and pages.has_mistakes(saved, page, written_in):
        after = saving.base_after(saved, fields, base)
        return pages.step_page(saved, page, written_in, after, asked={}, tried=True), 422
    return redirect(_way_on(saved, page, deed, written_in, form), 303)


@blueprint.get("/<int:identifier>/preview")
@requires(Permission.WRITE_SUBMISSIONS)
def preview(identifier: int) -> str:
    """Show a draft as its page will look."""
    submission = queries.own_submission(db.session, identifier, current_user)
    return pages.preview_page(submission, _language(submission))


@blueprint.get("/suggest/<slug:scheme>")
@requires(Permission.WRITE_SUBMISSIONS)
def suggest(scheme: str) -> Response:
    """Return what somebody may mean who types, for scripts."""
    typed, lexicon = request.args.get("q", ""), current(db.session)
    if scheme in CONCEPT_SCHEMES:
        found = suggest_concepts(lexicon, scheme, typed, language())
    elif scheme in (bodies.ORGANISATIONS, bodies.MUNICIPALITIES, bodies.MODELS):
        found = bodies.find(db.session, scheme, typed, lexicon, language())
    else:
        raise NotFound(scheme)
    return jsonify([{"code": s.code, "label": s.label, "above": s.above, "because": s.because} for s in found])


@blueprint.post("/prose")
@requires(Permission.WRITE_SUBMISSIONS)
@commits
def prose() -> Response:
    """Return Markdown as the page will show it, for scripts; writes nothing."""
    return jsonify({"html": str(to_html(clean_text(request.form.get("text", "")[:LONGEST_PREVIEW])))})


def _autosaved(saved: Submission, base: Base) -> Response:
    """Tell a script what its form is filled from now, and whether somebody else's answers came along."""
    told = {"version": saved.version, "base": str(base), "merged": bool(base.held)}
    return jsonify({**told, "saved_at": saved.changed_at.isoformat()})


def _editable(identifier: int) -> Submission:
    submission = queries.own_submission(db.session, identifier, current_user)
    access.check_editable(submission, current_user)
    return submission


def _step(slug: str) -> Step:
    if slug not in BY_SLUG:
        raise NotFound(slug)
    return BY_SLUG[slug]


def _language(submission: Submission) -> str:
    """Return the language whose texts are meant: the one that was asked for, else the original."""
    wanted = (request.args.get("language"), submission.document.get("original_language"), submission.language)
    return next(code for code in wanted if code in LANGUAGES)


def _first_document(typed: Mapping[str, str]) -> dict[str, Any]:
    """Return what the first page makes of a draft.

    Its boxes are named for the language in which the page was made; its author may have chosen another.
    """
    form = MultiDict(typed)
    named_for = next((code for code in LANGUAGES if f"text.{code}.title" in form), language())
    fields = [BY_NAME[name] for name in (*QUICK_START, *GAP)]
    given = with_fields({}, read_form(fields, named_for, form, {}))
    chosen = given.get("original_language")
    first = chosen if chosen in LANGUAGES else named_for
    text = given.pop("text", {}).get(named_for)
    return {**given, "original_language": first, **({"text": {first: text}} if text else {})}


def _name_organisation(target: str, form: Form, submission: Submission) -> None:
    """Make the organisation that an author names, and put it into the form."""
    name, kind = pages.named_organisation(form, target)
    if name and kind:
        country = submission.document.get("country")
        added = bodies.add_organisation(
            db.session, name=name, kind=kind, country=pages.known_country(country), actor=current_user
        )
        put(form, target, added.slug)


def _way_on(submission: Submission, page: Step, deed: Deed, written_in: str, form: Form) -> str:
    """Return where a button leads."""
    here: dict[str, Any] = {"identifier": submission.id, "step": page.slug, "language": written_in}
    match deed.verb:
        case "go" if deed.target == "preview":
            return url_for("submissions.preview", identifier=submission.id, language=written_in)
        case "go" if deed.target == CHECK:
            return url_for("submissions.check", identifier=submission.id)
        case "go":
            return url_for("submissions.edit", **{**here, "step": deed.target})
        case "continue" if next_slug(page) == CHECK:
            return url_for("submissions.check", identifier=submission.id)
        case "continue":
            return url_for("submissions.edit", **{**here, "step": next_slug(page)})
        case "in":
            return url_for("submissions.edit", **{**here, "language": deed.target})
        case "drop":
            return url_for("submissions.edit", **{**here, "language": submission.document.get("original_language")})
        case _:
            return pages.same_page(here, deed, form)
