"""Bulk work: batches from the file to the end, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from itertools import chain
from typing import Any, Final, cast

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from library.attachments.storage import store_of_app
from library.comparison import differences
from library.errors import NotFound, NotPermitted, Overtaken, RefusedFile
from library.extensions import db
from library.interchange import batch_services, import_services, queries
from library.interchange.forms import ButtonForm, CheckForm, ConfirmForm, ImportForm, TemplateForm, UndoForm
from library.interchange.messages import said
from library.interchange.present import batch_view, chosen_heap
from library.languages import ENDONYMS, LANGUAGES
from library.lexicon import current
from library.models import Batch, today
from library.permissions import Permission, actor, requires
from library.showing.draft import DraftPresenter, draft_page
from library.showing.practice_page import PracticePage
from library.tables.columns import columns
from library.tables.lines import CSV_TYPE, csv_lines
from library.tables.queries import speech_of
from library.tables.template import write_template
from library.tables.writing import XLSX_TYPE, csv_text
from library.web import commits, language, never_stored
from library.wording import wording_for

blueprint = Blueprint("batches", __name__, url_prefix="/<lang:lang>/curate/batches")
blueprint.after_request(never_stored)

MOST_PAGES: Final = 10_000
Answer = str | BaseResponse | tuple[str, int]


@blueprint.url_value_preprocessor
def _let_tables_in(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Take larger forms where a table is sent, from people who have signed in; before anything reads the form."""
    if endpoint == "batches.take" and current_user.is_authenticated:
        request.max_content_length = current_app.config["MAX_UPLOAD_LENGTH"]


@blueprint.get("")
@requires(Permission.WORK_IN_BULK)
def overview() -> str:
    """List the batches, and offer to bring in a table."""
    return _overview_page(ImportForm(formdata=None))


@blueprint.post("")
@requires(Permission.WORK_IN_BULK)
@commits
def take() -> Answer:
    """Take a table; the worker looks through it."""
    form = ImportForm()
    if not form.validate_on_submit() or (sent := form.sent) is None:
        return _overview_page(form), 422
    try:
        batch = import_services.take(
            db.session,
            cast("Any", sent.stream),
            filename=sent.filename,
            wishes=form.wishes(),
            actor=actor(),
            files=store_of_app(),
        )
    except RefusedFile as refused:
        form.file.errors = [_not_taken(sent.filename or "", refused)]
        return _overview_page(form), 422
    return redirect(url_for(".batch", identifier=batch.id), 303)


def _not_taken(name: str, refused: RefusedFile) -> str:
    shown = "".join(character if character.isprintable() else "\ufffd" for character in name)[:100]
    return str(gettext("“%(name)s” was not taken: %(reason)s", name=shown, reason=refused))


def _overview_page(form: ImportForm) -> str:
    page = _page()
    found, total = queries.batches(db.session, page=page)
    return render_template(
        "interchange/overview.html",
        batches=found,
        form=form,
        template_form=TemplateForm(formdata=None, languages=sorted({language(), "en"})),
        page=page,
        last=max(1, -(-total // queries.PER_PAGE)),
        has_desk="curation.desk" in current_app.view_functions,
    )


def _page() -> int:
    return min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)


@blueprint.get("/template.xlsx")
@requires(Permission.WORK_IN_BULK)
def template() -> Response:
    """Hand out the empty workbook, in the language of the page."""
    languages = TemplateForm(request.args).chosen(language())
    made = BytesIO()
    write_template(made, languages, speech_of(db.session, language()), language=language())
    return _download(made.getvalue(), XLSX_TYPE, f"practices-{'-'.join(languages)}.xlsx")


@blueprint.get("/template.csv")
@requires(Permission.WORK_IN_BULK)
def template_as_csv() -> Response:
    """Hand out the headings alone."""
    languages = TemplateForm(request.args).chosen(language())
    return _download("".join(csv_text(columns(languages), [])), CSV_TYPE, f"practices-{'-'.join(languages)}.csv")


def _download(content: Any, media_type: str, filename: str) -> Response:
    answer = Response(content, mimetype=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer


@blueprint.get("/<int:identifier>")
@requires(Permission.WORK_IN_BULK)
def batch(identifier: int) -> str:
    """Show how far a batch is, what it would change, and what is wrong with it."""
    return _batch_page(queries.batch(db.session, identifier))


def _batch_page(found: Batch, form: Any = None) -> str:
    counts = queries.counts(db.session, found)
    chosen = chosen_heap(request.args.get("show", ""), counts)
    last = max(1, -(-counts.get(chosen, 0) // queries.PER_PAGE))
    page = min(_page(), last)
    rows = queries.rows(db.session, found, chosen, page=page) if chosen else []
    speech = speech_of(db.session, language())
    view = batch_view(found, counts, chosen, rows, speech, language(), page=page, last=last)
    forms = {"confirm": ConfirmForm, "check": CheckForm, "undo": UndoForm, "discard": ButtonForm}
    shown = {name: form if isinstance(form, made) else made(formdata=None) for name, made in forms.items()}
    return render_template("interchange/batch.html", batch=found, view=view, own=found.actor_id == actor().id, **shown)


@blueprint.get("/<int:identifier>/progress")
@requires(Permission.WORK_IN_BULK)
def progress(identifier: int) -> Response:
    """Tell the script how far a batch is."""
    found = queries.batch(db.session, identifier)
    words = gettext("%(done)s of %(total)s rows", done=found.done, total=found.total)
    return jsonify(state=found.state.value, done=found.done, total=found.total, words=words)


@blueprint.get("/<int:identifier>/rows/<int:number>")
@requires(Permission.WORK_IN_BULK)
def row(identifier: int, number: int) -> str:
    """Show one row: as the page that it will be, or what it changes."""
    found = queries.batch(db.session, identifier)
    line = queries.row(db.session, found, number)
    before, after = queries.contents(db.session, line)
    if not after and not before:
        raise NotFound
    shown: dict[str, Any] = {"batch": found, "row": line, "endonyms": ENDONYMS}
    if before:
        wording = wording_for(db.session, language(), before, after)
        fields = differences(before, after or before, wording.lines)
        return render_template("interchange/changes.html", fields=fields, **shown)
    tabs = [code for code in LANGUAGES if code in after.get("text", {})]
    written_in = next(code for code in (request.args.get("language"), language(), *tabs) if code in tabs)
    return render_template(
        "interchange/preview.html", p=_pictured(after, written_in), written_in=written_in, tabs=tabs, **shown
    )


def _pictured(document: Mapping[str, Any], written_in: str) -> PracticePage:
    """Return a document as the page that it will be."""
    show = DraftPresenter(current(db.session), language(), today=today())
    site, rows = current_app.config["SITE_NAME"], queries.pictured(db.session, document)
    return draft_page(document, (), show, written_in=written_in, site=site, **rows)


@blueprint.get("/<int:identifier>/messages.csv")
@requires(Permission.WORK_IN_BULK)
def messages(identifier: int) -> Response:
    """Hand out all messages as a table."""
    found = queries.batch(db.session, identifier)
    return _download(stream_with_context(_message_lines(found)), CSV_TYPE, f"batch-{found.id}-messages.csv")


def _message_lines(found: Batch) -> Iterator[str]:
    speech = speech_of(db.session, language())
    head = (gettext("Row"), gettext("Column"), gettext("Value"), gettext("Message"), gettext("Allowed"))
    messages = (
        (number, said(fault, speech, language()))
        for number, faults in queries.messages(db.session, found)
        for fault in faults
    )
    rows = ((number, one.where, one.value, one.words, one.allowed) for number, one in messages)
    yield from csv_lines(chain([head], rows))  # nothing is read before the answer is on its way


# --- deeds -------------------------------------------------------------------------------------------------------


@blueprint.post("/<int:identifier>/confirm")
@requires(Permission.WORK_IN_BULK)
@commits
def confirm(identifier: int) -> Answer:
    """Let a checked batch be brought in."""
    found, form = queries.batch(db.session, identifier), ConfirmForm()
    if found.actor_id != actor().id:  # whose organisations were looked at
        raise NotPermitted("whoever brought a table in confirms it")
    if found.options.get("counts", {}).get("warned") and not form.acknowledged.data:
        form.acknowledged.errors = [gettext("Look at the warnings, and say that nobody can be recognised")]
        form.form_errors = []
        return _batch_page(found, form), 422
    return _done(found, lambda: batch_services.confirm(db.session, found, actor=actor()))


@blueprint.post("/<int:identifier>/check")
@requires(Permission.WORK_IN_BULK)
@commits
def check(identifier: int) -> Answer:
    """Look through a table once more."""
    found, form = queries.batch(db.session, identifier), CheckForm()
    if found.actor_id != actor().id:
        raise NotPermitted("whoever brought a table in has it checked again")
    overwrite = bool(form.overwrite.data)
    return _done(found, lambda: batch_services.check_again(db.session, found, actor=actor(), overwrite=overwrite))


@blueprint.post("/<int:identifier>/discard")
@requires(Permission.WORK_IN_BULK)
@commits
def discard(identifier: int) -> Answer:
    """Give a batch up."""
    found = queries.batch(db.session, identifier)
    return _done(found, lambda: batch_services.discard(db.session, found, actor=actor()))


@blueprint.post("/<int:identifier>/undo")
@requires(Permission.WORK_IN_BULK)
@commits
def undo(identifier: int) -> Answer:
    """Take back what a batch did."""
    found, leave = queries.batch(db.session, identifier), bool(UndoForm().leave_touched.data)
    return _done(found, lambda: batch_services.ask_to_undo(db.session, found, actor=actor(), leave_touched=leave))


def _done(found: Batch, deed: Any) -> BaseResponse:
    """Do something with a batch and return to its page, which tells how it stands, whoever was faster."""
    try:
        deed()
    except Overtaken:
        flash(gettext("Somebody was faster. This is how it stands now."), "warning")
    return redirect(url_for(".batch", identifier=found.id), 303)
