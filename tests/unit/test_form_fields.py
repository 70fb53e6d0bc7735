"""What is typed becomes fields of a draft and comes back exactly, whatever it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from factories.documents import a_document
from factories.mutations import ODD, spoiled
from flask import Flask
from flask_babel import Babel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from library import record
from library.document import Known
from library.drafting.cleaning import clean_line, clean_text
from library.drafting.fields import form_values, read_form, without_language
from library.drafting.paths import value_at, with_fields
from library.drafting.problems import faults_of_draft, problems_of, problems_of_step
from library.drafting.steps import BY_SLUG, STEPS, Progress, languages_of, progress_of
from library.languages import LANGUAGES

TYPED = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["2016", "20l6", "1e5", "-3", "０１", "x" * 400, "https://", "a\nb\r\nc", "\u202ex", "\x00", "  "]),
)
NAMES = st.sampled_from(
    [name for step in STEPS for name in form_values(step.fields, "sv", a_document())]
    + ["evaluations-x-year", "agencies-police-role.fi", "agencies-no such-role.sv", "materials-99-url", "text.sv.poem"]
)
FORMS = st.lists(st.tuples(NAMES, TYPED), max_size=25).map(MultiDict)
calm = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def known() -> Known:
    return Known(concepts={"agencies/police", "agencies/schools"}, organisations={"se-malmo"}, practices=set())


@pytest.fixture(autouse=True)
def words() -> Any:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


def typed_in(slug: str, *pairs: tuple[str, str], language: str = "sv", **fields: Any) -> dict[str, Any]:
    return read_form(BY_SLUG[slug].fields, language, MultiDict(pairs), a_document(**fields))


# --- one definition ----------------------------------------------------------------------------------------------


def test_every_field_of_the_template_stands_on_exactly_one_step() -> None:
    asked = [field.name for step in STEPS for field in step.fields]

    assert sorted(asked) == sorted(field.name for field in record.FIELDS)


def test_every_required_field_says_what_to_enter() -> None:
    columns = [column for field in record.FIELDS for column in field.columns]

    assert [field.name for field in (*record.FIELDS, *columns) if bool(field.required) != bool(field.missing)] == []


# --- there and back ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.slug)
@pytest.mark.parametrize("language", ["sv", "fi"])
def test_a_form_in_which_nobody_typed_changes_nothing(step: Any, language: str) -> None:
    document = a_document(
        organisations=[{"slug": "se-bra", "role": "partner"}, {"slug": "se-malmo", "role": "lead"}],
        themes=["hate", "youth-crime", "school-violence"],
    )

    assert read_form(step.fields, language, form_values(step.fields, language, document), document) == {}


@calm
@given(form=FORMS, step=st.sampled_from(STEPS), language=st.sampled_from(LANGUAGES))
def test_whatever_was_typed_comes_back_as_it_was_stored(form: Any, step: Any, language: str) -> None:
    document = with_fields(a_document(), read_form(step.fields, language, form, a_document()))

    again = form_values(step.fields, language, document)

    assert read_form(step.fields, language, again, document) == {}
    assert json.loads(json.dumps(document)) == document


@calm
@given(form=FORMS, document=spoiled(), step=st.sampled_from(STEPS), language=st.sampled_from(LANGUAGES))
def test_no_form_and_no_draft_raises(form: Any, document: Any, step: Any, language: str) -> None:
    changes = read_form(step.fields, language, form, document)
    faults = faults_of_draft(document, known())

    form_values(step.fields, language, document)
    progress_of(step, document, faults)
    without_language(document, language)
    list(problems_of(document, faults))
    assert all(value_at(document, path) != value for path, value in changes.items())


@calm
@given(form=FORMS, step=st.sampled_from(STEPS))
def test_what_a_form_makes_of_a_draft_can_be_judged(form: Any, step: Any) -> None:
    document = with_fields({"original_language": "sv"}, read_form(step.fields, "sv", form, {}))
    faults = faults_of_draft(document, known())

    problems = problems_of_step(step, document, faults, language="sv", missing=True)

    assert all(problem.message and problem.label for problem in problems)


@calm
@given(value=ODD, step=st.sampled_from(STEPS))
def test_a_list_that_is_none_is_shown_as_an_empty_one(value: Any, step: Any) -> None:
    for field in step.fields:
        form_values([field], "sv", {field.name: value, "text": {"sv": {field.name: value}}})


@calm
@given(st.text(max_size=60))
def test_cleaning_twice_changes_nothing_more(typed: str) -> None:
    assert clean_text(clean_text(typed)) == clean_text(typed)
    assert clean_line(clean_line(typed)) == clean_line(typed)


# --- what people do ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["20l6", "in the spring of 2016", "-3", "2016.5", "99999999999999999999"])
def test_what_is_no_number_stays_as_it_was_typed(typed: str) -> None:
    assert typed_in("about", ("start_year", typed)) == {"start_year": typed}


def test_a_number_becomes_one() -> None:
    assert typed_in("about", ("start_year", " 2017 ")) == {"start_year": 2017}


def test_a_title_that_is_too_long_is_kept_whole() -> None:
    assert typed_in("about", ("text.sv.title", "x" * 300)) == {"text.sv.title": "x" * 300}


def test_an_emptied_field_is_removed() -> None:
    assert typed_in("about", ("start_year", ""), ("text.sv.title", " "), ("themes", "")) == {
        "start_year": None,
        "text.sv.title": None,
        "themes": None,
    }


def test_a_form_that_says_nothing_of_a_field_leaves_it_alone() -> None:
    assert typed_in("about", ("csrf_token", "x")) == {}


def test_ticks_keep_the_order_that_says_what_fits_best() -> None:
    pairs = [("themes", ""), ("themes", "online-hate"), ("themes", "hate"), ("themes", "youth-crime")]

    assert typed_in("about", *pairs, themes=["youth-crime", "hate"]) == {
        "themes": ["youth-crime", "hate", "online-hate"]
    }


def test_rows_keep_what_was_written_in_other_languages() -> None:
    form = form_values(BY_SLUG["evidence"].fields, "fi", a_document())
    form["evaluations-0-summary.fi"] = "Osa tuli."

    changed = read_form(BY_SLUG["evidence"].fields, "fi", form, a_document())

    words = changed["evaluations"][0]["summary"]
    assert words == {"en": "Some came, some did not.", "sv": "Några kom, andra inte.", "fi": "Osa tuli."}


def test_rows_follow_the_order_of_their_keys_and_empty_ones_are_left_out() -> None:
    pairs = [
        ("sources", ""),
        ("sources", "7"),
        ("sources", "new"),
        ("sources", "0"),
        ("sources-7-title", "Second thought"),
        ("sources-7-year", "soon"),
        ("sources-new-title", " "),
        ("sources-0-title", "First"),
        ("sources-0-mirror", "y"),
    ]

    assert typed_in("materials", *pairs) == {
        "sources": [{"title": "Second thought", "year": "soon"}, {"title": "First", "mirror": True}]
    }


def test_an_agency_is_made_by_its_tick_or_by_a_role_that_was_written() -> None:
    pairs = [("agencies", ""), ("agencies", "police"), ("agencies-youth-work-role.sv", "Är där varje fredag")]

    assert typed_in("who", *pairs) == {
        "agencies": [{"code": "police"}, {"code": "youth-work", "role": {"sv": "Är där varje fredag"}}]
    }


def test_an_agency_whose_tick_was_taken_away_goes_with_its_role() -> None:
    form = form_values(BY_SLUG["who"].fields, "sv", a_document())
    form.setlist("agencies", ["", "schools"])

    changed = read_form(BY_SLUG["who"].fields, "sv", form, a_document())

    assert [row["code"] for row in changed["agencies"]] == ["schools"]


def test_a_language_goes_with_everything_that_was_written_in_it() -> None:
    document = a_document()

    left = with_fields(document, without_language(document, "en"))

    assert languages_of(left) == ("sv",)
    assert '"en"' not in json.dumps(left)
    assert [row["code"] for row in left["agencies"]] == ["schools", "police"]


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("a\r\nb\rc\x0bd", "a\nb\nc\nd"),
        ("\ufeffna\u00adme\u200b", "name"),
        ("safe\u202efdp.exe", "safefdp.exe"),
        ("A\u030angstro\u0308m", "Ångström"),
        ("\x93quoted\x94 \x96 so", "“quoted” – so"),
        ("\u2022\tone\n \u00b7  two\n\uf0b7\tthree", "- one\n- two\n- three"),
        ("10\u00a0000", "10 000"),
        ("👩\u200d👧 and we", "👩\u200d👧 and we"),
    ],
)
def test_pasted_junk_is_cleaned_away(typed: str, clean: str) -> None:
    assert clean_text(typed) == clean


# --- what the form says ------------------------------------------------------------------------------------------


def said(document: dict[str, Any], slug: str, language: str = "sv", *, missing: bool = True) -> dict[str, str]:
    faults = faults_of_draft(document, known())
    found = problems_of_step(BY_SLUG[slug], document, faults, language=language, missing=missing)
    return {problem.name: problem.message for problem in found}


def test_an_empty_draft_asks_for_what_is_required_in_its_own_language() -> None:
    problems = said({"original_language": "sv"}, "about")

    assert problems["text.sv.title"] == "Enter a title"
    assert problems["text.sv.summary"] == "Enter a summary"
    assert problems["themes"] == "Choose at least one theme"
    assert said({"original_language": "sv"}, "who") == {"agencies": "Choose at least one agency"}


def test_what_is_missing_is_no_mistake() -> None:
    assert said({"original_language": "sv"}, "about", missing=False) == {}


def test_what_does_not_fit_is_said_at_its_box() -> None:
    document = {
        "original_language": "sv",
        "start_year": "20l6",
        "text": {"sv": {"title": "x" * 101, "summary": "ord " * 101}},
        "age_from": "ten",
    }

    assert said(document, "about", missing=False) == {
        "text.sv.title": "Shorten this to 100 characters",
        "text.sv.summary": "Shorten this to 100 words",
        "start_year": "Enter a year with four digits, such as 2016",
        "age_from": "Enter an age in years, such as 13",
    }


def test_a_fault_in_a_row_is_said_at_its_cell() -> None:
    document = a_document(
        agencies=[{"code": "police", "role": {"sv": "ord " * 26, "en": "fine"}}],
        evaluations=[{"by": "Malmö", "url": "www.example.org"}],
        materials=[{"title": "Handbook"}, {"title": "Film", "url": "https://example.org", "file": "k"}],
    )

    assert said(document, "who")["agencies-police-role.sv"] == "Shorten this to 25 words"
    assert said(document, "evidence") == {
        "evaluations-0-design": "Choose how the study was made",
        "evaluations-0-url": "Enter a whole web address, such as https://example.org",
        "evaluations-0-summary.sv": "Write in short what the study found",
    } | {name: said(document, "evidence")[name] for name in ("evidence_stage", "outcome")}
    assert said(document, "materials")["materials-0-url"]
    assert "materials-0-url" not in said(document, "materials", missing=False)
    assert said(document, "materials", missing=False)["materials-1-url"]


def test_a_second_language_asks_for_its_title_and_for_its_words_in_rows() -> None:
    document = a_document()
    document["text"]["fi"] = {"title": "Avoin koulu"}

    assert said(document, "about", "fi")["text.fi.summary"] == "Enter a summary"
    assert said(document, "who", "fi")["agencies-schools-role.fi"] == "Write this in Suomi too"
    assert said(document, "evidence", "fi")["evaluations-0-summary.fi"] == "Write this in Suomi too"
    assert "evaluations-0-summary.sv" not in said(document, "evidence", "sv")


def test_a_step_is_empty_then_begun_then_complete() -> None:
    step, nothing = BY_SLUG["evidence"], {"original_language": "sv"}
    begun = {**nothing, "evidence_stage": "untested"}
    whole = Known(concepts={"evidence-stages/untested", "outcomes/not-known"}, organisations=(), practices=())
    complete = {**begun, "outcome": "not-known"}

    assert progress_of(step, nothing, faults_of_draft(nothing, whole)) == (Progress.EMPTY, 2)
    assert progress_of(step, begun, faults_of_draft(begun, whole)) == (Progress.BEGUN, 1)
    assert progress_of(step, complete, faults_of_draft(complete, whole)) == (Progress.COMPLETE, 0)
