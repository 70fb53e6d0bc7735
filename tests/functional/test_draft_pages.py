"""Saving over the web: scripts, two people on one draft, and forms that came after their session had run out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from factories.documents import a_document
from factories.people import hidden, sign_in, signed_in
from factories.readers import Page, Reader
from factories.records import PASSWORD
from factories.submissions import account_called
from sqlalchemy import delete, select, update

from library.choices import Role, SubmissionState
from library.drafting import saving
from library.drafting.paths import value_at
from library.extensions import db
from library.models import KeptEdit, ServerSession, Submission, SubmissionAuthor, now

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

pytestmark = pytest.mark.one_database

TITLE, SUMMARY, PROBLEM = "text.sv.title", "text.sv.summary", "text.sv.problem"
JSON = {"Accept": "application/json", "Referer": "https://localhost/"}
OWN_PAGE = {"Sec-Fetch-Site": "same-origin", "Referer": "https://localhost/"}


@pytest.fixture
def anna(own_library: Flask) -> Reader:
    return signed_in(own_library, Role.CONTRIBUTOR, email="anna@example.org")


@pytest.fixture
def bo(own_library: Flask, anna: Reader) -> Reader:
    return signed_in(own_library, Role.CONTRIBUTOR, email="bo@example.org")


@pytest.fixture
def draft(own_library: Flask, bo: Reader) -> int:
    """A draft that Anna and Bo write."""
    with own_library.app_context():
        first, second = (account_called(db.session, f"{name}@example.org") for name in ("anna", "bo"))
        made = saving.start(db.session, actor=first, language="sv", document=a_document())
        made.authors.append(SubmissionAuthor(account=second, position=1))
        db.session.commit()
        return made.id


def step(draft: int, slug: str = "about", language: str = "sv") -> str:
    return f"/en/submissions/{draft}/edit/{slug}?language={language}"


def form_of(page: Page, **typed: str) -> dict[str, Any]:
    """Return what a browser sends from the text boxes of a step, some of them filled anew."""
    boxes = {box.get("name", ""): "".join(box.itertext()).removeprefix("\n") for box in page.all("textarea")}
    boxes |= {
        box.get("name", ""): box.get("value", "") for box in page.all("input") if box.get("type", "text") == "text"
    }
    return {**hidden(page), **boxes, **typed}


def said(app: Flask, draft: int, path: str) -> Any:
    with app.app_context():
        return value_at(db.session.get_one(Submission, draft).document, path)


def kept_edits(app: Flask) -> list[dict[str, Any]]:
    with app.app_context():
        return list(db.session.scalars(select(KeptEdit.fields).where(KeptEdit.resolved_at.is_(None))))


# --- scripts -----------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_script_saves_and_learns_what_its_form_is_filled_from(own_library: Flask, anna: Reader, draft: int) -> None:
    form = form_of(anna.read(step(draft)), **{TITLE: "Nytt namn"})
    answer = anna.post(step(draft), data=form, headers=JSON)
    assert answer.status_code == 200
    assert answer.json is not None
    assert (answer.json["version"], answer.json["base"], answer.json["merged"]) == (2, "2", False)
    assert said(own_library, draft, TITLE) == "Nytt namn"
    again = anna.post(step(draft), data={**form, "base": answer.json["base"], TITLE: "Nytt namn 2"}, headers=JSON)
    assert again.status_code == 200


def test_a_script_that_comes_second_is_told_where_to_choose(
    own_library: Flask, anna: Reader, bo: Reader, draft: int
) -> None:
    form = form_of(bo.read(step(draft)), **{TITLE: "Bos"})
    anna.post(step(draft), data=form_of(anna.read(step(draft)), **{TITLE: "Annas"}))
    answer = bo.post(step(draft), data=form, headers=JSON)
    assert answer.status_code == 409
    assert answer.json is not None
    assert "/conflict/" in answer.json["conflict"]
    assert kept_edits(own_library) == [{TITLE: "Bos"}]
    further = bo.post(step(draft), data={**form, "base": answer.json["base"], TITLE: "Bos titel"}, headers=JSON)
    assert further.status_code == 409
    assert kept_edits(own_library) == [{TITLE: "Bos titel"}]


@pytest.mark.parametrize(("ended", "code"), [(True, 401), (False, 400)])
def test_a_script_without_session_or_token_is_told_so(
    own_library: Flask, anna: Reader, draft: int, ended: bool, code: int
) -> None:
    form = form_of(anna.read(step(draft)), **{TITLE: "Nytt"})
    if ended:
        end_sessions(own_library)
    else:
        anna = sign_in(own_library, "anna@example.org")
    answer = anna.post(step(draft), data=form, headers={**JSON, **OWN_PAGE, "Accept": "application/json"})
    assert answer.status_code == code
    assert answer.mimetype == "application/problem+json"
    assert said(own_library, draft, TITLE) != "Nytt"


def test_strangers_and_scripts_get_the_same_refusal(own_library: Flask, anna: Reader, draft: int) -> None:
    form = form_of(anna.read(step(draft)))
    stranger = signed_in(own_library, Role.CONTRIBUTOR, email="stranger@example.org")
    form |= hidden(stranger.read("/en/submissions/new"))
    assert stranger.post(step(draft), data=form, headers=JSON).status_code == 404


# --- two people --------------------------------------------------------------------------------------------------


def overtaken(anna: Reader, bo: Reader, draft: int, **typed: str) -> TestResponse:
    """Let Bo save the same fields after Anna, and return where that leads."""
    typed = typed or {TITLE: "Bos titel"}
    late = form_of(bo.read(step(draft)), **typed)
    anna.post(step(draft), data=form_of(anna.read(step(draft)), **dict.fromkeys(typed, "Annas text")))
    answer = bo.post(step(draft), data=late)
    assert answer.status_code == 303
    return answer


@pytest.mark.both_databases
def test_the_second_of_two_sees_both_texts_and_chooses(
    own_library: Flask, anna: Reader, bo: Reader, draft: int
) -> None:
    address = overtaken(anna, bo, draft, **{TITLE: "Bos titel", SUMMARY: "Bos ord"}).location
    page = bo.read(address)
    assert page.heading == "Two texts, one draft"
    assert "Annas text" in page.text
    assert "Bos titel" in page.text
    radios = [box for box in page.all("input") if box.get("type") == "radio"]
    assert not [box for box in radios if box.get("checked") is not None], "a choice that would lose text"
    choice = {f"choice.{TITLE}": "mine", f"choice.{SUMMARY}": "both", f"both.{SUMMARY}": "Annas text och Bos ord"}
    answer = bo.post(address, data={**hidden(page), **choice})
    assert answer.status_code == 303
    assert said(own_library, draft, TITLE) == "Bos titel"
    assert said(own_library, draft, SUMMARY) == "Annas text och Bos ord"
    assert kept_edits(own_library) == []
    assert bo.get(address).status_code == 302


def test_a_choice_must_be_made_for_each_field(own_library: Flask, anna: Reader, bo: Reader, draft: int) -> None:
    address = overtaken(anna, bo, draft).location
    answer = bo.post(address, data={**hidden(bo.read(address)), f"both.{TITLE}": "Halv text"})
    assert answer.status_code == 422
    page = Page(answer)
    assert "Choose what stands in: Title" in page.text
    assert "Halv text" in page.markup
    assert said(own_library, draft, TITLE) == "Annas text"


@pytest.mark.both_databases
def test_whoever_saves_while_another_chooses_is_noticed_again(
    own_library: Flask, anna: Reader, bo: Reader, draft: int
) -> None:
    address = overtaken(anna, bo, draft).location
    page = bo.read(address)
    anna.post(step(draft), data=form_of(anna.read(step(draft)), **{TITLE: "Annas tredje"}))
    answer = bo.post(address, data={**hidden(page), f"choice.{TITLE}": "mine"})
    assert answer.status_code == 303
    assert answer.location != address
    assert "Annas tredje" in bo.read(answer.location).text
    assert kept_edits(own_library) == [{TITLE: "Bos titel"}]


def test_a_kept_edit_is_its_authors_alone(anna: Reader, bo: Reader, draft: int) -> None:
    address = overtaken(anna, bo, draft).location
    anna.read(address, status=404)
    bo.read(address.replace(f"/{draft}/", "/999999/"), status=404)


@pytest.mark.both_databases
def test_what_was_typed_is_kept_when_a_coauthor_has_sent_the_case_in(
    own_library: Flask, bo: Reader, draft: int
) -> None:
    form = form_of(bo.read(step(draft)), **{TITLE: "För sent"})
    with own_library.app_context():
        sent = {"state": SubmissionState.SUBMITTED, "submitted_at": now()}
        db.session.execute(update(Submission).where(Submission.id == draft).values(sent))
        db.session.commit()
    answer = bo.post(step(draft), data=form)
    assert answer.status_code == 303
    page = bo.read(answer.location)
    assert "För sent" in page.text
    assert not [button for button in page.all("main//button") if button.get("type") == "submit"]


# --- too late ----------------------------------------------------------------------------------------------------


def end_sessions(app: Flask) -> None:
    with app.app_context():
        db.session.execute(delete(ServerSession))
        db.session.commit()


def signed_in_again(browser: Reader, email: str, answer: TestResponse) -> TestResponse:
    """Sign in on the page that an answer leads to, and return where that leads."""
    assert answer.status_code == 303
    page = browser.read(answer.location)
    assert "What you typed is kept" in page.text
    return browser.post("/en/account/sign-in", data={**hidden(page), "email": email, "password": PASSWORD})


@pytest.mark.both_databases
def test_a_step_that_came_too_late_is_filled_again_after_sign_in(own_library: Flask, anna: Reader, draft: int) -> None:
    form = form_of(anna.read(step(draft)), **{TITLE: "Skrivet länge", "deed": "save"})
    end_sessions(own_library)
    back = signed_in_again(anna, "anna@example.org", anna.post(step(draft), data=form, headers=OWN_PAGE))
    page = anna.read(anna.get(back.location).location)
    assert "Skrivet länge" in page.markup
    assert "You were signed out" in page.text
    assert said(own_library, draft, TITLE) != "Skrivet länge", "saved without being asked"
    anna.post(step(draft), data={**form_of(page), "deed": "save"})
    assert said(own_library, draft, TITLE) == "Skrivet länge"
    assert "You were signed out" not in anna.read(step(draft)).text


def test_any_other_form_is_shown_and_sent_with_one_button(own_library: Flask, anna: Reader) -> None:
    page = anna.read("/en/submissions/new")
    form = {**hidden(page), "text.en.title": "A late title", "text.en.problem": "What we saw\r\n\r\nand heard"}
    end_sessions(own_library)
    back = signed_in_again(anna, "anna@example.org", anna.post("/en/submissions/new", data=form, headers=OWN_PAGE))
    page = anna.read(back.location)
    assert "A late title" in page.text
    again = {box.get("name", ""): "".join(box.itertext())[1:] for box in page.all("textarea")}
    answer = anna.post("/en/submissions/new", data={**again, "csrf_token": hidden(page)["csrf_token"]})
    assert answer.status_code == 303
    with own_library.app_context():
        made = db.session.scalars(select(Submission)).one()
        assert made.title == "A late title"
        assert value_at(made.document, "text.en.problem") == "What we saw\n\nand heard"
    assert anna.get("/en/submissions/late-form").status_code == 302


def test_a_late_form_can_be_discarded(own_library: Flask, anna: Reader) -> None:
    form = {**hidden(anna.read("/en/submissions/new")), "text.en.title": "A late title"}
    end_sessions(own_library)
    back = signed_in_again(anna, "anna@example.org", anna.post("/en/submissions/new", data=form, headers=OWN_PAGE))
    token = hidden(anna.read(back.location))["csrf_token"]
    assert anna.post("/en/submissions/late-form/drop", data={"csrf_token": token}).status_code == 303
    assert anna.get("/en/submissions/late-form").status_code == 302


def test_somebody_else_who_signs_in_sees_nothing_of_it(
    own_library: Flask, anna: Reader, bo: Reader, draft: int
) -> None:
    form = form_of(anna.read(step(draft)), **{TITLE: "Annas hemlighet"})
    end_sessions(own_library)
    back = signed_in_again(anna, "bo@example.org", anna.post(step(draft), data=form, headers=OWN_PAGE))
    assert anna.get(back.location).status_code == 302
    assert "Annas hemlighet" not in anna.read(step(draft)).markup
    assert bo is not anna


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://other.localhost"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Referer": "https://evil.example/"},
        {},
    ],
)
def test_nobody_plants_text_from_another_site(
    own_library: Flask, anna: Reader, draft: int, headers: dict[str, str]
) -> None:
    form = form_of(anna.read(step(draft)), **{TITLE: "Planted"})
    end_sessions(own_library)
    told = {"Referer": "https://evil.example/", **headers}
    assert anna.post(step(draft), data=form, headers=told).status_code == 400
    with own_library.app_context():
        assert not [row for row in db.session.scalars(select(ServerSession.data)) if "Planted" in json.dumps(row)]


@pytest.mark.parametrize("token", ["", "x", "IjEi.aaa.bbb"])
def test_a_form_without_a_token_of_ours_is_refused(own_library: Flask, anna: Reader, draft: int, token: str) -> None:
    form = form_of(anna.read(step(draft)), csrf_token=token)
    end_sessions(own_library)
    assert anna.post(step(draft), data=form, headers=OWN_PAGE).status_code == 400


def test_a_form_that_nobody_could_have_typed_is_not_kept(own_library: Flask, anna: Reader, draft: int) -> None:
    form = form_of(anna.read(step(draft)), **{PROBLEM: "x" * 300_001})
    end_sessions(own_library)
    assert anna.post(step(draft), data=form, headers=OWN_PAGE).status_code == 400


def test_a_token_of_an_earlier_sign_in_of_the_same_person_needs_no_new_one(
    own_library: Flask, anna: Reader, draft: int
) -> None:
    form = form_of(anna.read(step(draft)), **{TITLE: "Två flikar"})
    again = sign_in(own_library, "anna@example.org")  # in another tab, after the session had ended
    answer = again.post(step(draft), data=form, headers=OWN_PAGE)
    assert answer.status_code == 303
    assert "Två flikar" in again.read(again.get(answer.location).location).markup
