"""The desk in a browser: what axe finds, with the keyboard alone, on a phone."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest
from factories.documents import titled
from factories.submissions import a_submission, account_called
from pages.accounts import SignInPage
from pages.base import follow
from pages.review import DecisionPage, DeskPage, QueuesPage
from sqlalchemy import select
from test_browser_every_page import TOO_WIDE, audit, axe

from library.accounts.services import DEMO_PASSWORD
from library.choices import SubmissionState
from library.extensions import db
from library.models import Comment, Practice, Revision

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Page

__all__ = ["axe"]

TITLES = {True: "Tea at the station", False: "Soup at the station"}


@pytest.fixture(scope="module")
def desk(demo_library: Flask) -> dict[str, int]:
    """Make submissions before there is a browser: two that wait, and a revision in review with the adviser."""
    with demo_library.app_context():
        author = account_called(db.session, "contributor@demo.example")
        adviser = account_called(db.session, "adviser@demo.example")
        for title in TITLES.values():
            a_submission(db.session, author, state=SubmissionState.SUBMITTED, document=titled(title))
        practice = db.session.scalars(select(Practice).where(Practice.external_id == "dk-natteravnene")).one()
        public = db.session.scalars(select(Revision).where(Revision.practice_id == practice.id)).one()
        document = copy.deepcopy(public.content)
        for text in document["text"].values():
            text["problem"] = "Write to anna@example.org about the Friday nights."
        revision = a_submission(db.session, author, state=SubmissionState.IN_REVIEW, document=document, adviser=adviser)
        revision.practice, revision.base_revision = practice, 1
        db.session.add(Comment(submission_id=revision.id, field="problem", author_id=adviser.id, body="Who saw it?"))
        db.session.commit()
        return {"revision": revision.id}


@pytest.fixture
def adviser(desk: dict[str, int], tab: Page) -> Page:
    assert desk
    SignInPage.open(tab).sign_in("adviser@demo.example", DEMO_PASSWORD)
    return tab


PATHS = (
    "?queue=unassigned",
    "/{revision}",
    "/{revision}?comment=problem",
    "/{revision}/people",
    "/{revision}/assessment",
    "/{revision}/decision",
)


def test_axe_finds_nothing_on_the_desk_and_nobody_scrolls_sideways(
    adviser: Page, desk: dict[str, int], axe: str
) -> None:
    for path in PATHS:
        adviser.set_viewport_size({"width": 1280, "height": 900})
        adviser.goto("/en/review" + path.format(**desk))
        found = audit(adviser, axe)
        assert not found, path + "\n" + "\n".join(found)
        adviser.set_viewport_size({"width": 320, "height": 700})
        assert not adviser.evaluate(TOO_WIDE), path


def test_axe_finds_nothing_on_the_desk_s_errors(adviser: Page, desk: dict[str, int], axe: str) -> None:
    adviser.goto(f"/en/review/{desk['revision']}/decision")
    page = DecisionPage(adviser).decide("decline", " ")
    assert page.errors == ["Write what is good", "Write what is needed"]
    assert not audit(adviser, axe)
    page = DeskPage.open(adviser, desk["revision"]).go_to_people()
    adviser.locator("#due_on").fill("2020-01-01")
    follow(adviser.locator("#set-due"))
    assert page.errors == ["Choose a day from today on, within a year"]
    assert not audit(adviser, axe)
    adviser.locator(".ds-error-summary a").click()
    assert page.focus.id == "due_on"


def test_what_has_the_keyboard_is_never_covered(adviser: Page, desk: dict[str, int]) -> None:
    """WCAG 2.4.11: nothing on the desk sticks in front of what has the focus."""
    adviser.set_viewport_size({"width": 1280, "height": 600})
    for path in ("/{revision}", "/{revision}/assessment"):
        adviser.goto("/en/review" + path.format(**desk))
        for here in DeskPage(adviser).stops():
            covered = adviser.evaluate(
                """() => {
                  const box = document.activeElement.getBoundingClientRect();
                  const inside = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5]];
                  return !inside.some(([x, y]) => {
                    const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
                    return top && (document.activeElement.contains(top) || top.contains(document.activeElement)
                      || top.closest('label'));
                  });
                }"""
            )
            assert not covered or here.text == "Skip to the content", here.markup


@pytest.mark.parametrize("javascript", [True, False])
def test_a_case_is_taken_and_sent_back_with_the_keyboard_alone(
    desk: dict[str, int], open_tab: object, javascript: bool
) -> None:
    assert desk
    title = TITLES[javascript]
    tab: Page = open_tab(java_script_enabled=javascript)  # type: ignore[operator] # a fixture of the conftest
    SignInPage.open(tab).sign_in("adviser@demo.example", DEMO_PASSWORD)
    queues = QueuesPage.open(tab, "unassigned")
    assert title in queues.titles
    if not javascript:  # the keyboard's steps are told by scripts; here everything is clicked
        page = queues.open_submission(title).take().go_to_decision().request_changes("Clear.", "Say what it costs.")
        assert page.state.startswith("Changes requested")
        return
    queues.tab_to(lambda focus: focus.text == title)
    queues.follow_with_enter()
    page = DeskPage(tab)
    page.tab_to(lambda focus: focus.text == "Take it")
    page.follow_with_enter()
    page.tab_to(lambda focus: focus.text == "Decision" and focus.tag == "a")
    page.follow_with_enter()
    page.tab_to(lambda focus: focus.name == "decision")
    page.press("ArrowDown")
    page.tab_to(lambda focus: focus.id == "good")
    tab.keyboard.type("Clear and short.")
    page.tab_to(lambda focus: focus.id == "reason")
    tab.keyboard.type("Say what it costs.")
    page.tab_to(lambda focus: focus.id == "decide")
    page.follow_with_enter()
    assert "Your answer is with the authors." in page.messages
    assert page.state.startswith("Changes requested")
