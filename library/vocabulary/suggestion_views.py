"""Words that are missing: contributors name them, advisers answer."""

from __future__ import annotations

from typing import Any

from flask import Response as FlaskResponse
from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from library.choices import SuggestionState
from library.errors import Overtaken
from library.extensions import db
from library.languages import DEFAULT
from library.models import ConceptSuggestion
from library.paging import wanted_page
from library.permissions import Permission, actor, requires
from library.vocabulary import desk_queries, suggestion_queries, suggestion_services
from library.vocabulary.desk import blueprint, pages
from library.vocabulary.refusals import Refused
from library.vocabulary.suggestion_forms import DECLINE, NEW, AnswerForm, SuggestForm
from library.vocabulary.views import blueprint as public_pages
from library.web import commits, language, never_stored, take_back

Answer = str | Response | tuple[str, int]


@public_pages.get("/suggest")
@requires(Permission.SUGGEST_WORDS)
def suggestion() -> FlaskResponse:
    """Ask which word is missing."""
    asked = {"scheme": request.args.get("scheme", ""), "language": language()}
    return never_stored(make_response(_suggest_page(_suggest_form(data=asked))))


@public_pages.post("/suggest")
@requires(Permission.SUGGEST_WORDS)
@commits
def suggest() -> Answer:
    """Put a missing word before the advisers."""
    form = _suggest_form()
    if not form.validate_on_submit():
        return _suggest_page(form), 422
    wanted = {name: form[name].data or "" for name in ("scheme", "language", "label", "note")}
    try:
        suggestion_services.suggest(db.session, actor=actor(), **wanted)
    except Refused as refusal:
        take_back()
        form.refuse(refusal)
        return _suggest_page(form), 422
    flash(gettext("Thank you. An adviser answers, and you hear of it."), "success")
    return redirect(url_for("vocabularies.suggestion", scheme=form.scheme.data), 303)


def _suggest_form(**options: object) -> SuggestForm:
    return SuggestForm(schemes=suggestion_queries.suggestable(db.session, language()), **options)


def _suggest_page(form: SuggestForm) -> str:
    words = desk_queries.lexicon(db.session)
    mine = suggestion_queries.own(db.session, actor())
    return render_template(
        "vocabulary/suggest.html",
        form=form,
        rows=[(made, words.get(made.concept_id or "")) for made in mine],
        names=form.names,
    )


# --- the queue ---------------------------------------------------------------------------------------------------


@blueprint.get("/suggestions")
@requires(Permission.KEEP_VOCABULARIES)
def suggestions() -> str:
    """List the words that wait for an answer, or those that have one."""
    asked = request.args.get("state", "")
    state = SuggestionState(asked) if asked in list(SuggestionState) else SuggestionState.OPEN
    number = wanted_page()
    rows, total = suggestion_queries.queue(db.session, state, page=number)
    names = desk_queries.schemes(db.session)
    return render_template(
        "vocabulary/desk_suggestions.html",
        rows=rows,
        state=state,
        counts=suggestion_queries.counts(db.session),
        names={code: desk_queries.name_of(found, language()) for code, found in names.items()},
        page=pages(total, number, suggestion_queries.SUGGESTIONS_A_PAGE, "words.suggestions", state=asked),
    )


@blueprint.get("/suggestions/<int:identifier>")
@requires(Permission.KEEP_VOCABULARIES)
def suggested(identifier: int) -> str:
    """Show one suggestion, and ask what becomes of it."""
    made = suggestion_queries.suggestion(db.session, identifier)
    english = made.label if made.language == DEFAULT else ""
    return _answer_page(made, _answer_form(made, data={"english": english}))


@blueprint.post("/suggestions/<int:identifier>")
@requires(Permission.KEEP_VOCABULARIES)
@commits
def answer(identifier: int) -> Answer:
    """Answer a suggestion."""
    made = suggestion_queries.suggestion(db.session, identifier)
    form = _answer_form(made)
    if not form.validate_on_submit():
        return _answer_page(made, form), 422
    try:
        _answer(made, form)
    except Overtaken as overtaken:
        take_back()
        form.form_errors.append(str(overtaken))
        return _answer_page(made, form), 409
    except Refused as refusal:
        take_back()
        form.refuse(Refused(str(refusal), at="english" if refusal.at.startswith("label_") else refusal.at))
        return _answer_page(made, form), 422
    flash(gettext("Answered. The contributor hears of it."), "success")
    return redirect(url_for("words.suggestions"), 303)


def _answer(made: ConceptSuggestion, form: AnswerForm) -> None:
    said: dict[str, Any] = {"answer": form.answer.data or "", "actor": actor()}
    if form.verdict.data == DECLINE:
        suggestion_services.decline(db.session, made, **said)
    elif form.verdict.data == NEW:
        broader = [form.broader.identifier] if form.broader.identifier else []
        labels = form.labels(made.language, made.label)
        suggestion_services.accept_as_new(db.session, made, labels=labels, broader=broader, **said)
    else:
        suggestion_services.accept_as_word(db.session, made, form.concept.identifier, **said)


def _answer_form(made: ConceptSuggestion, **options: object) -> AnswerForm:
    return AnswerForm(words=desk_queries.lexicon(db.session), schemes=[made.scheme_code], **options)


def _answer_page(made: ConceptSuggestion, form: AnswerForm) -> str:
    words = desk_queries.lexicon(db.session)
    scheme = desk_queries.scheme(db.session, made.scheme_code)
    return render_template(
        "vocabulary/desk_suggestion.html",
        made=made,
        form=form,
        name=desk_queries.name_of(scheme, language()),
        concept=words.get(made.concept_id or ""),
    )
