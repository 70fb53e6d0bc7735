"""Writing a case: begin, step by step, in several languages, without any script."""

from __future__ import annotations

from typing import Any

import pytest
from factories.documents import a_document
from factories.people import hidden, sign_in, signed_in
from factories.readers import Page, Reader
from factories.submissions import a_submission, account_called
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.choices import Role
from library.models import Organisation, Submission

pytestmark = pytest.mark.one_database

NEW = "/en/submissions/new"


@pytest.fixture
def author(own_library: Flask) -> Reader:
    return signed_in(own_library, Role.CONTRIBUTOR)


@pytest.fixture
def draft(author: Reader, own_session: Session) -> int:
    """A draft of the contributor with everything that a record needs."""
    submission = a_submission(own_session, account_called(own_session, "contributor@example.org"))
    own_session.commit()
    return submission.id


def step(identifier: int, slug: str, language: str = "") -> str:
    return f"/en/submissions/{identifier}/edit/{slug}" + (f"?language={language}" if language else "")


def boxes(page: Page) -> dict[str, list[str]]:
    """Return what a browser sends back from the form of a page in which nobody has typed."""
    sent: dict[str, list[str]] = {}
    for element in page.root.iter():
        name, kind = element.get("name"), element.get("type")
        if name is None or kind == "submit" or element.tag in ("button", "meta"):
            continue
        if element.tag == "select":
            chosen = [o for o in element.iter("option") if o.get("selected") is not None] or list(
                element.iter("option")
            )
            sent.setdefault(name, []).append(chosen[0].get("value", ""))
        elif element.tag == "textarea":
            sent.setdefault(name, []).append((element.text or "").removeprefix("\n"))
        elif kind not in ("checkbox", "radio") or element.get("checked") is not None:
            sent.setdefault(name, []).append(element.get("value", ""))
    sent.pop("q", None)
    return sent


def post(browser: Reader, address: str, changes: dict[str, Any] | None = None, deed: str = "save") -> Any:
    """Open a form, type into it, press a button."""
    sent: dict[str, Any] = {**boxes(browser.read(address)), "deed": deed, **(changes or {})}
    return browser.post(address, data=sent)


def stored(session: Session, identifier: int) -> Submission:
    session.expire_all()
    return session.get_one(Submission, identifier)


# --- beginning ---------------------------------------------------------------------------------------------------


def test_a_stranger_is_led_to_sign_in_and_back(own_reader: Reader) -> None:
    answer = own_reader.get(NEW)

    assert answer.status_code == 302
    assert answer.location.endswith("/en/account/sign-in?next=/en/submissions/new")


@pytest.mark.both_databases
def test_a_title_is_enough_to_begin(author: Reader, own_session: Session) -> None:
    answer = post(author, NEW, {"text.en.title": "Open evenings"})

    submission = own_session.scalars(select(Submission)).one()
    assert answer.status_code == 303
    assert answer.location.endswith(f"/submissions/{submission.id}/edit/about")
    assert submission.document == {"original_language": "en", "text": {"en": {"title": "Open evenings"}}}
    assert author.read(answer.location).heading == "About the work"


def test_the_first_page_makes_a_draft_in_the_language_that_was_chosen(author: Reader, own_session: Session) -> None:
    post(
        author,
        NEW,
        {
            "original_language": "fi",
            "text.en.title": "Avoin koulu",
            "text.en.summary": "Koulu on auki.",
            "agencies": ["", "schools", "police"],
            "text.en.problem": "Perjantaisin oli levotonta.",
        },
    )

    submission = own_session.scalars(select(Submission)).one()
    assert submission.language == "fi"
    assert submission.document == {
        "original_language": "fi",
        "agencies": [{"code": "schools"}, {"code": "police"}],
        "text": {"fi": {"title": "Avoin koulu", "summary": "Koulu on auki.", "problem": "Perjantaisin oli levotonta."}},
    }


def test_without_a_title_all_is_kept_and_the_title_asked_for(author: Reader, own_session: Session) -> None:
    answer = post(author, NEW, {"text.en.summary": "We open at six.", "agencies": ["", "police"]})

    page = Page(answer)
    assert answer.status_code == 422
    assert "Enter a title" in page.text
    assert page.by_id("f-text-en-title").get("aria-invalid") == "true"
    assert (page.by_id("f-text-en-summary").text or "").strip() == "We open at six."
    assert boxes(page)["agencies"] == ["", "police"]
    assert own_session.scalars(select(Submission)).all() == []


# --- step by step ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["about", "who", "story", "evidence", "materials"])
@pytest.mark.parametrize("language", ["sv", "en", "fi"])
def test_a_form_in_which_nobody_typed_changes_nothing(
    author: Reader, draft: int, own_session: Session, slug: str, language: str
) -> None:
    before = stored(own_session, draft).document

    answer = post(author, step(draft, slug, language))

    assert answer.status_code == 303
    assert stored(own_session, draft).document == before
    assert stored(own_session, draft).version == 1


def test_saving_goes_on_to_the_next_step_and_at_the_end_to_the_check(author: Reader, draft: int) -> None:
    ways = [post(author, step(draft, slug), deed="continue").location for slug in ("about", "who", "materials")]

    assert [way.partition("?")[0] for way in ways] == [
        f"/en/submissions/{draft}/edit/who",
        f"/en/submissions/{draft}/edit/story",
        f"/en/submissions/{draft}/check",
    ]


def test_a_wrong_value_is_saved_as_it_was_typed_and_said_at_its_box(
    author: Reader, draft: int, own_session: Session
) -> None:
    answer = post(
        author, step(draft, "about"), {"start_year": "spring of 2016", "text.sv.title": "x" * 130}, deed="continue"
    )

    page = Page(answer)
    assert answer.status_code == 422
    assert page.by_id("f-start_year").get("value") == "spring of 2016"
    assert page.by_id("f-text-sv-title").get("value") == "x" * 130
    assert "Enter a year with four digits" in page.text
    assert "#f-start_year" in page.addresses
    assert stored(own_session, draft).document["start_year"] == "spring of 2016"
    assert boxes(page)["base"] == ["2"]


def test_what_is_wrong_does_not_keep_anybody_from_jumping_to_another_step(author: Reader, draft: int) -> None:
    answer = post(author, step(draft, "about"), {"start_year": "soon"}, deed="go:story")

    assert answer.status_code == 303
    assert answer.location.startswith(f"/en/submissions/{draft}/edit/story")


def test_the_steps_say_how_far_each_has_come(author: Reader, own_session: Session) -> None:
    post(author, NEW, {"text.en.title": "Open evenings", "agencies": ["", "police"]})
    identifier = own_session.scalars(select(Submission.id)).one()

    page = author.read(step(identifier, "about"))

    states = [" ".join("".join(button.itertext()).split()) for button in page.by_class("step")]
    assert states[:5] == [
        "About the work 7 answers open",
        "Who does it Complete",
        "The story 1 answer open",
        "Evidence 2 answers open",
        "Materials Empty",
    ]


def test_what_is_missing_is_said_when_asked_for(author: Reader, own_session: Session) -> None:
    post(author, NEW, {"text.en.title": "Open evenings"})
    identifier = own_session.scalars(select(Submission.id)).one()

    assert "Choose at least one theme" not in author.read(step(identifier, "about")).text
    assert "Choose at least one theme" in author.read(step(identifier, "about") + "?missing=1").text


# --- rows --------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_row_is_added_filled_moved_and_removed_without_script(
    author: Reader, draft: int, own_session: Session
) -> None:
    address = step(draft, "materials")
    added = post(author, address, deed="add:sources")
    page = author.read(added.location)
    assert added.location.endswith("#f-sources-2-title")
    assert page.by_id("f-sources-2-title").get("autofocus") is not None
    assert stored(own_session, draft).version == 1, "an empty row is nothing to save"

    sent = {**boxes(page), "deed": "up:sources:2", "sources-2-title": "A third"}
    author.post(address, data=sent)
    assert [row["title"] for row in stored(own_session, draft).document["sources"]] == [
        "Open evenings",
        "A third",
        "A copied report",
    ]

    post(author, address, deed="remove:sources:0")
    assert [row["title"] for row in stored(own_session, draft).document["sources"]] == ["A third", "A copied report"]


def test_agencies_have_a_role_and_one_may_lead(author: Reader, draft: int, own_session: Session) -> None:
    post(
        author,
        step(draft, "who"),
        {
            "agencies": ["", "schools", "youth-work"],
            "agencies-youth-work-role.sv": "Möter ungdomarna",
            "agencies-youth-work-lead": "y",
        },
    )

    assert stored(own_session, draft).document["agencies"] == [
        a_document()["agencies"][0],
        {"code": "youth-work", "lead": True, "role": {"sv": "Möter ungdomarna"}},
    ]


# --- organisations -----------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_an_organisation_is_found_and_picked_without_script(author: Reader, draft: int, own_session: Session) -> None:
    found = post(author, step(draft, "who"), {"find.organisations": "aarhus"}, deed="find:organisations")
    page = author.read(found.location)
    pick = next(b for b in page.all("button") if b.get("value", "").startswith("pick:organisations:dk-aarhus"))

    author.post(step(draft, "who"), data={**boxes(page), "deed": pick.get("value")})

    assert stored(own_session, draft).document["organisations"] == [{"slug": "dk-aarhus", "role": "partner"}]


@pytest.mark.both_databases
def test_an_organisation_that_is_not_there_can_be_added(author: Reader, draft: int, own_session: Session) -> None:
    found = post(author, step(draft, "who"), {"find.owner": "Nattvakten i Möllevången"}, deed="find:owner")
    page = author.read(found.location)
    assert "Add “Nattvakten i Möllevången” as a new organisation" in page.text

    for _ in range(2):  # the second of two clicks makes no second one
        author.post(step(draft, "who"), data={**boxes(page), "kind.owner": "ngo", "deed": "name:owner", "base": "0"})

    added = own_session.scalars(select(Organisation).where(Organisation.name == "Nattvakten i Möllevången")).one()
    assert (added.kind, added.country_id, added.slug) == ("ngo", "countries/se", "se-nattvakten-i-mollevangen")


@pytest.mark.both_databases
def test_a_municipality_cannot_be_made_up(author: Reader, draft: int, own_session: Session) -> None:
    author.post(
        step(draft, "who"),
        data={
            **hidden(author.read(step(draft, "who"))),
            "named.owner": "Atlantis",
            "kind.owner": "municipality",
            "deed": "name:owner",
        },
    )

    assert own_session.scalars(select(Organisation).where(Organisation.name == "Atlantis")).all() == []


# --- languages ---------------------------------------------------------------------------------------------------


def test_a_translation_shows_the_original_beside_it(author: Reader, draft: int) -> None:
    page = author.read(step(draft, "about", "fi"))

    reference = page.by_class("box-reference")[0]
    assert "Öppen skola på kvällen" in "".join(reference.itertext())
    assert reference.get("lang") == "sv"
    assert not [box for box in boxes(page) if box in ("start_year", "themes", "country")]


def test_a_translation_is_written_and_taken_away_whole(author: Reader, draft: int, own_session: Session) -> None:
    post(author, step(draft, "about", "fi"), {"text.fi.title": "Avoin koulu"})
    post(author, step(draft, "who", "fi"), {"agencies-schools-role.fi": "Avaa koulun"})
    document = stored(own_session, draft).document
    assert document["text"]["fi"] == {"title": "Avoin koulu"}
    assert set(document["agencies"][0]["role"]) == {"en", "sv", "fi"}

    post(author, step(draft, "story", "fi"), deed="drop:fi")

    assert stored(own_session, draft).document == a_document()


# --- who may -----------------------------------------------------------------------------------------------------


def test_the_draft_of_somebody_else_does_not_exist(own_library: Flask, draft: int) -> None:
    stranger = signed_in(own_library, Role.CONTRIBUTOR, email="eve@example.org")

    assert stranger.get(step(draft, "about")).status_code == 404
    assert stranger.get(f"/en/submissions/{draft}/preview").status_code == 404
    token = hidden(stranger.read(NEW))
    assert stranger.post(step(draft, "about"), data={**token, "start_year": "1999"}).status_code == 404


# --- preview and suggestions -------------------------------------------------------------------------------------


def test_the_preview_is_the_page_that_it_will_be(author: Reader, draft: int) -> None:
    page = author.read(f"/en/submissions/{draft}/preview?language=sv")

    assert page.heading == "Öppen skola på kvällen"
    assert "Öppnar skolan på kvällarna" in page.text
    assert "Malmö" in page.text


def test_the_preview_of_hardly_anything_is_a_page_too(author: Reader, own_session: Session) -> None:
    post(author, NEW, {"text.en.title": "Open evenings"})
    identifier = own_session.scalars(select(Submission.id)).one()
    post(author, step(identifier, "about"), {"start_year": "soon", "themes": ["", "none-such"], "country": "atlantis"})
    post(author, step(identifier, "materials"), {"sources": ["0"], "sources-0-url": "www"})

    page = author.read(f"/en/submissions/{identifier}/preview")

    assert page.heading == "Open evenings"
    assert "Not chosen yet" in page.text


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("scheme", "typed", "code"),
    [
        ("themes", "hatbrott", "hate"),
        ("target-groups", "ungdomar", "young-people"),
        ("agencies", "poliisi", "police"),
        ("municipalities", "arhus", "dk-aarhus"),
        ("organisations", "Kobenhavn", "dk-copenhagen"),
        ("models", "ssp", "dk-ssp"),
    ],
)
def test_suggestions_know_every_language_and_spelling(author: Reader, scheme: str, typed: str, code: str) -> None:
    answer = author.get(f"/en/submissions/suggest/{scheme}?q={typed}")

    assert code in [suggestion["code"] for suggestion in answer.get_json()]


@pytest.mark.both_databases
@pytest.mark.parametrize("typed", ["", " ", "%", "x" * 3000, "🜁", "a\u0301"])
def test_whatever_is_looked_for_gets_an_answer(author: Reader, typed: str) -> None:
    for scheme in ("themes", "organisations", "models"):
        assert author.get(f"/en/submissions/suggest/{scheme}", query_string={"q": typed}).status_code == 200
    assert author.get("/en/submissions/suggest/nothing?q=x").status_code == 404


def test_markdown_is_shown_as_the_page_will(author: Reader, draft: int) -> None:
    token = hidden(author.read(step(draft, "story")))
    answer = author.post("/en/submissions/prose", data={**token, "text": "# Hi\n\n**so** <script>x</script>"})
    assert "<strong>so</strong>" in answer.get_json()["html"]
    assert "<script" not in answer.get_json()["html"]

    shown = post(author, step(draft, "story"), {"text.sv.problem": "**Bråk** på fredagar"}, "show:text.sv.problem")
    preview = author.read(shown.location).by_id("f-text-sv-problem-preview")
    assert preview.get("hidden") is None
    assert [strong.text for strong in preview.iter("strong")] == ["Bråk"]


@pytest.mark.both_databases
@pytest.mark.parametrize("slug", ["about", "who", "story", "evidence", "materials"])
def test_a_form_of_junk_is_answered(author: Reader, draft: int, slug: str) -> None:
    token = hidden(author.read(step(draft, slug)))
    page = boxes(author.read(step(draft, slug)))
    junk = {name: ["\u202e<b>", "9" * 300, "", "-1", "x\ny"] for name in page}
    for deed in ("continue", "up:sources:x", "pick:owner:", "name:owner", "in:xx", "go:nowhere", "add:title", ":::"):
        answer = author.post(step(draft, slug), data={**junk, **token, "deed": deed})
        assert answer.status_code in (303, 422)


def test_a_step_needs_a_fixed_number_of_statements(author: Reader, draft: int, count_statements: Any) -> None:
    with count_statements() as few:
        author.read(step(draft, "story"))
    with count_statements() as many:
        author.read(step(draft, "about"))

    assert len(many.statements) <= len(few.statements) + 1
    assert len(many.statements) <= 16


def test_other_people_sign_in_and_write_too(own_library: Flask, draft: int) -> None:
    signed_in(own_library, Role.MEMBER, email="member@example.org")

    assert sign_in(own_library, "member@example.org").get(NEW).status_code == 403
