"""The pages on which a case is written, put together from draft, vocabularies and what was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import current_app, render_template, url_for

from library import access
from library.choices import OrganisationKind
from library.document import Fault, with_replacements
from library.drafting.cleaning import clean_line
from library.drafting.fields import Form, cell_name, path_of
from library.drafting.paths import value_at
from library.drafting.problems import Problem, box_id, faults_of_draft, problems_of_step
from library.drafting.steps import GAP, QUICK_START, STEPS, Part, Progress, Step, languages_of, progress_of, slug_before
from library.drafting.suggestions import LONGEST, Suggestion
from library.drafting.versions import Base
from library.extensions import db
from library.languages import ENDONYMS
from library.lexicon import Entry, Lexicon, current
from library.models import Submission, today
from library.record import BY_NAME, Field, concept_id
from library.showing.draft import DraftPresenter, draft_page
from library.submissions import bodies
from library.submissions.boxes import Context, boxes_of, parts_of
from library.submissions.deeds import SEARCHES, Deed
from library.web import language

# A municipality that is missing is added by an administrator, who knows its number of inhabitants and its place.
NEW_KINDS: Final = tuple(kind for kind in OrganisationKind if kind is not OrganisationKind.MUNICIPALITY)


@dataclass(frozen=True, slots=True)
class Place:
    """A step in the list of steps."""

    step: Step
    number: int
    here: bool
    progress: Progress
    open: int


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a name that somebody looked for without script."""

    name: str
    typed: str
    results: list[Suggestion]


def named_gap(asked: Mapping[str, str]) -> dict[str, Any]:
    """Return the part of a document that an address names, as ``?theme=hate&agency=police``; only known concepts."""
    lexicon = current(db.session)
    named = {name: asked.get(parameter, "") for name, parameter in GAP.items()}
    gap: dict[str, Any] = {name: [code] for name, code in named.items() if _known(lexicon, name, code)}
    agency = asked.get("agency", "")
    return {**gap, "agencies": [{"code": agency}]} if lexicon.get(concept_id("agencies", agency)) else gap


def _known(lexicon: Lexicon, name: str, code: Any) -> Entry | None:
    return lexicon.get(concept_id(BY_NAME[name].vocabulary, code)) if isinstance(code, str) else None


def _gap_of(document: Mapping[str, Any], lexicon: Lexicon) -> list[tuple[str, str, str]]:
    """Return name, code and label of what the first page carries along."""
    found = ((name, code, _known(lexicon, name, code)) for name in GAP for code in document.get(name, ()))
    return [(name, code, entry.label(language())) for name, code, entry in found if entry]


def start_page(document: Mapping[str, Any], written_in: str, *, tried: bool = False) -> str:
    """Return the page on which a case begins.

    :param tried: whether to say that the title is missing.
    """
    lexicon = current(db.session)
    problems = _missing_title(document, written_in) if tried else []
    context = Context(document, written_in, language(), lexicon, problems=problems)
    boxes = boxes_of([BY_NAME[name] for name in QUICK_START], context)
    return render_template(
        "submissions/start.html",
        boxes={box.field.name: box for box in boxes},
        gap=_gap_of(document, lexicon),
        problems=problems,
    )


def _missing_title(document: Mapping[str, Any], written_in: str) -> list[Problem]:
    faults = faults_of_draft(document, bodies.NOBODY)
    found = problems_of_step(STEPS[0], document, faults, language=written_in, missing=True)
    return [problem for problem in found if problem.name.endswith(".title")]


def step_page(
    submission: Submission,
    step: Step,
    written_in: str,
    base: Base,
    *,
    asked: Mapping[str, str],
    tried: bool = False,
    late: Mapping[str, Any] | None = None,
) -> str:
    """Return one step of the form.

    :param base: what the form is filled from.
    :param asked: what buttons want to be shown: an empty row, a preview, results, what is missing.
    :param tried: whether somebody wanted to go on and has to mend something first.
    :param late: the document as it would be with what was sent too late; shown, not stored.
    """
    lexicon = current(db.session)
    document = with_replacements(late or submission.document, lexicon.replaced)
    named = bodies.named_in(db.session, document, lexicon, language())
    faults = faults_of_draft(document, named.known)
    problems = problems_of_step(step, document, faults, language=written_in, missing="missing" in asked)
    context = Context(
        document, written_in, language(), lexicon, named.names, problems, asked.get("show", ""), asked.get("add", "")
    )
    return render_template(
        "submissions/step.html",
        submission=submission,
        step=step,
        number=STEPS.index(step) + 1,
        parts=parts_of(_shown(step, document, context) if context.original else step.parts, context),
        translating=bool(context.original),
        places=places(document, faults, step),
        problems=problems if tried or "missing" in asked else [],
        base=base,
        late=late is not None,
        written_in=written_in,
        tabs=_tabs(document, written_in),
        endonyms=ENDONYMS,
        before=slug_before(step),
        found=_found(asked, lexicon),
        kinds=NEW_KINDS,
    )


def _shown(step: Step, document: Mapping[str, Any], context: Context) -> list[Part]:
    """Return the parts of a step for a translation: what the original or the translation says, and what is needed."""
    written = (
        Part(part.title, tuple(field.name for field in part.fields if _is_translated(field, document, context)))
        for part in step.parts
    )
    return [part for part in written if part.names]


def _is_translated(field: Field, document: Mapping[str, Any], context: Context) -> bool:
    if not field.translated:
        return any(column.translated for column in field.columns) and bool(document.get(field.name))
    said = (value_at(document, path_of(field, code)) for code in (context.original, context.language))
    return field.required or any(said)


def places(document: Mapping[str, Any], faults: list[Fault], here: Step | None) -> list[Place]:
    """Return the steps with how far each has come."""
    return [
        Place(step, number, step is here, *progress_of(step, document, faults))
        for number, step in enumerate(STEPS, start=1)
    ]


def has_mistakes(submission: Submission, step: Step, written_in: str) -> bool:
    """Return whether something on a step was typed that does not fit; what is missing is no mistake."""
    named = bodies.named_in(db.session, submission.document, current(db.session), language())
    faults = faults_of_draft(submission.document, named.known)
    return bool(problems_of_step(step, submission.document, faults, language=written_in, missing=False))


def preview_page(submission: Submission, written_in: str) -> str:
    """Return a draft as its published page."""
    lexicon = current(db.session)
    document = with_replacements(submission.document, lexicon.replaced)
    known = bodies.named_in(db.session, document, lexicon, language()).known
    show = DraftPresenter(lexicon, language(), today=today())
    page = draft_page(
        document,
        faults_of_draft(document, known),
        show,
        written_in=written_in,
        site=current_app.config["SITE_NAME"],
        **bodies.pictured(db.session, document),
    )
    return render_template(
        "submissions/preview.html",
        p=page,
        submission=submission,
        editable=submission.state in access.EDITABLE,
        written_in=written_in,
        tabs=languages_of(document),
        endonyms=ENDONYMS,
    )


def same_page(here: dict[str, Any], deed: Deed, form: Form) -> str:
    """Return the address of the same step with what a button wants to be shown, at its place."""
    match deed.verb:
        case "add":
            fields = BY_NAME[deed.target]
            row = len([key for key in form.getlist(deed.target) if key])
            anchor = box_id(cell_name(fields, str(row), fields.columns[0], here["language"]))
            return url_for("submissions.edit", **here, add=deed.target, _anchor=anchor)
        case "find":
            typed = clean_line(form.get(f"find.{deed.target}", ""))[:LONGEST]
            return url_for("submissions.edit", **here, find=deed.target, q=typed, _anchor=box_id(deed.target))
        case "show":
            return url_for("submissions.edit", **here, show=deed.target, _anchor=box_id(deed.target))
        case _:
            return url_for("submissions.edit", **here, _anchor=box_id(deed.target) if deed.target else None)


def named_organisation(form: Form, target: str) -> tuple[str, OrganisationKind | None]:
    """Return name and kind of an organisation that somebody wants to add; no kind if none of those was chosen."""
    kind = form.get(f"kind.{target}", "")
    return clean_line(form.get(f"named.{target}", "")), next((k for k in NEW_KINDS if k == kind), None)


def known_country(code: Any) -> str | None:
    """Return the code of a country of the vocabulary, or nothing."""
    known = isinstance(code, str) and current(db.session).get(concept_id("countries", code))
    return code if known else None


def _tabs(document: Mapping[str, Any], written_in: str) -> tuple[list[str], list[str]]:
    """Return the languages of a draft, the one just begun among them, and those that could be added."""
    used = dict.fromkeys((*languages_of(document), written_in))
    first = document.get("original_language")
    tabs = sorted((code for code in used if code in ENDONYMS), key=lambda code: code != first)
    return tabs, [code for code in ENDONYMS if code not in tabs]


def _found(asked: Mapping[str, str], lexicon: Lexicon) -> Found | None:
    name, typed = asked.get("find", ""), asked.get("q", "")
    field = BY_NAME.get(name)
    if field is None or field.type not in SEARCHES:
        return None
    scheme = bodies.scheme_of(field)
    return Found(name, typed, bodies.find(db.session, scheme, typed, lexicon, language()))
