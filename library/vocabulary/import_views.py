"""Bringing a vocabulary in from a file: send it, see the difference, confirm, undo."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from library.attachments.names import clean_name
from library.attachments.storage import store_of_app
from library.choices import BatchState
from library.errors import Overtaken, RefusedFile
from library.extensions import db
from library.models import Batch
from library.paging import wanted_page
from library.permissions import Permission, actor, requires
from library.vocabulary import import_queries, import_services
from library.vocabulary.comparing import Deed, Line, Missing, about_lines, lines
from library.vocabulary.desk import blueprint, pages
from library.vocabulary.desk_forms import ButtonForm
from library.vocabulary.faults import Fault, fault_of
from library.vocabulary.import_forms import NEW, ImportForm
from library.vocabulary.import_services import Wish
from library.vocabulary.reading import MOST_BYTES
from library.web import absolute_url, commits, language

WORKING: Final = (BatchState.WAITING, BatchState.CHECKING, BatchState.APPLYING, BatchState.UNDOING)
MOST_FAULTS: Final = 50  # on a page
MOST_LINES: Final = 12  # of what changes in a concept
MOST_WORDS: Final = 120  # characters of each
ROOM: Final = 1_000_000  # bytes of a form beside its file


@blueprint.url_value_preprocessor
def _let_files_in(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Take a larger form where a vocabulary is brought in, from people who have signed in."""
    if endpoint == "words.bring_in_post" and current_user.is_authenticated:
        request.max_content_length = min(current_app.config["MAX_UPLOAD_LENGTH"], MOST_BYTES + ROOM)


@dataclass(frozen=True, slots=True)
class Shown:
    """A concept that an import changes, as its page shows it."""

    id: str
    label: str
    deed: Deed
    lines: list[Line]
    more: int = 0


@blueprint.get("/imports/new")
@requires(Permission.KEEP_VOCABULARIES)
def bring_in() -> str:
    """Offer to send a file."""
    form = _form()
    form.into.data = request.args.get("into", NEW)
    return _form_page(form)


@blueprint.post("/imports/new")
@requires(Permission.KEEP_VOCABULARIES)
@commits
def bring_in_post() -> Response | tuple[str, int]:
    """Take a file in, to be compared."""
    form = _form()
    if not form.validate_on_submit():
        return _form_page(form), 422
    fresh = form.into.data == NEW
    if fresh and import_services.is_taken(db.session, form.code.data):
        form.code.errors = [gettext("This code is taken. Choose another one, or the vocabulary itself above.")]
        return _form_page(form), 422
    sent = form.file.data
    try:
        name = _harmless(sent.filename)
    except RefusedFile:
        form.file.errors = [gettext("The file has a name that would deceive readers. Give it another one.")]
        return _form_page(form), 422
    wish = Wish(
        form.code.data if fresh else form.into.data,
        fresh,
        Missing(form.missing.data),
        form.name.data,
        form.language.data,
        absolute_url(url_for("concepts.landing")) + "/",
    )
    batch = import_services.begin(db.session, sent.stream, name, wish, actor=actor(), store=store_of_app())
    return redirect(url_for(".import_batch", identifier=batch.id), 303)


def _form() -> ImportForm:
    names = import_queries.schemes(db.session)
    return ImportForm().fill({code: labels.get(language()) or labels.get("en", code) for code, labels in names.items()})


def _form_page(form: ImportForm) -> str:
    return render_template("vocabulary/import.html", form=form)


def _harmless(name: str) -> str:
    """Return what a file is called, fit for pages and logs, with the ending by which it is read."""
    ending = name.rpartition(".")[2].lower()
    stem = clean_name(f"{name.rpartition('.')[0]}.txt")[0].removesuffix(".txt")
    return f"{stem[:150]}.{ending}"


@blueprint.get("/imports/<int:identifier>")
@requires(Permission.KEEP_VOCABULARIES)
def import_batch(identifier: int) -> str:
    """Show what a file would change, or has changed, one kind of change at a time."""
    batch = import_queries.batch(db.session, identifier)
    groups = [(deed, import_queries.count(batch, deed)) for deed in Deed if import_queries.count(batch, deed)]
    deed = next((one for one, _ in groups if one.value == request.args.get("show")), groups[0][0] if groups else None)
    number = wanted_page()
    about = import_queries.about(db.session, batch) if groups or batch.total == 0 else None
    return render_template(
        "vocabulary/import_batch.html",
        batch=batch,
        scheme=batch.options["scheme"],
        is_there=batch.options["scheme"] in import_queries.schemes(db.session),
        working=batch.state in WORKING,
        groups=groups,
        deed=deed,
        rows=_rows(batch, deed, number) if deed else [],
        about=about_lines(about.before, about.after) if about else [],
        page=pages(
            import_queries.count(batch, deed),
            number,
            import_queries.A_PAGE,
            ".import_batch",
            identifier=identifier,
            show=deed.value,
        )
        if deed
        else None,
        faults=_faults(batch.faults[:MOST_FAULTS]),
        faults_total=batch.options.get("faults", 0) or len(batch.faults),
        remarks=_faults(batch.options.get("remarks", [])),
        State=BatchState,
        form=ButtonForm(),
    )


def _faults(said: list[Any]) -> list[Fault]:
    return [fault_of(one) for one in said]


def _rows(batch: Batch, deed: Deed, page: int) -> list[Shown]:
    found = import_queries.rows(db.session, batch, deed, page=page)
    return [_shown(row, deed) for row in found]


def _shown(row: import_queries.Row, deed: Deed) -> Shown:
    """Return a concept with so much of what changes that its page stays small."""
    told = lines(row.before, row.after)
    cut = [replace(line, before=_cut(line.before), after=_cut(line.after)) for line in told[:MOST_LINES]]
    return Shown(row.id, _label(row), deed, cut, len(told) - len(cut))


def _cut(words: str) -> str:
    return words if len(words) <= MOST_WORDS else f"{words[:MOST_WORDS]} …"


def _label(row: import_queries.Row) -> str:
    labels: dict[str, str] = (row.after or row.before)["labels"]
    return labels.get(language()) or labels.get("en") or next(iter(labels.values()), row.id.partition("/")[2])


@blueprint.post("/imports/<int:identifier>/confirm")
@requires(Permission.KEEP_VOCABULARIES)
@commits
def confirm_import(identifier: int) -> Response:
    """Bring in what was shown."""
    return _done(identifier, import_services.confirm)


@blueprint.post("/imports/<int:identifier>/check")
@requires(Permission.KEEP_VOCABULARIES)
@commits
def check_import(identifier: int) -> Response:
    """Compare the file once more."""
    return _done(identifier, import_services.check_again)


@blueprint.post("/imports/<int:identifier>/discard")
@requires(Permission.KEEP_VOCABULARIES)
@commits
def discard_import(identifier: int) -> Response:
    """Give an import up."""
    return _done(identifier, import_services.discard)


@blueprint.post("/imports/<int:identifier>/undo")
@requires(Permission.KEEP_VOCABULARIES)
@commits
def undo_import(identifier: int) -> Response:
    """Take an import back."""
    return _done(identifier, import_services.ask_to_undo)


def _done(identifier: int, verb: Any) -> Response:
    batch = import_queries.batch(db.session, identifier)
    try:
        verb(db.session, batch, actor=actor())
    except Overtaken:
        flash(gettext("This was not done: the import has moved on meanwhile. See below how it stands."), "warning")
    return redirect(url_for(".import_batch", identifier=identifier), 303)
