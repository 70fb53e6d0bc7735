"""From a letter of invitation to a published practice, with two co-authors, a round of changes and an adviser.

The same journey three times: with mouse and scripts, with the keyboard alone, and without scripts. On the first axe
looks at every page on the way; on each a reader looks for the case after every step.
"""

from __future__ import annotations

import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from pages.accounts import SignInPage
from pages.hands import Hands, Keyboard, Mouse
from pages.review import DeskPage, QueuesPage
from pages.submissions import (
    CheckPage,
    InvitationPage,
    MinePage,
    OverviewPage,
    StartPage,
    StepPage,
)
from sqlalchemy import select

from library.accounts.services import DEMO_PASSWORD
from library.extensions import db
from library.models import Mail

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask
    from playwright.sync_api import Page

PASSWORD = "a calm and rather long password"
LINK = re.compile(r"https?://[^/\s]+(/\S*/account/invitations/[\w-]+)")
RUN = "axe.run(document, {resultTypes: ['violations']}).then(({violations}) => ({violations}))"
PATIENCE = 30_000  # milliseconds, for a machine that does other things too


@dataclass
class Journey:
    """Who takes part, and what they do it with.

    :param hands: of all who write; the adviser has a journey of their own elsewhere.
    :param looks: whether axe looks at the pages on the way.
    """

    app: Flask
    hands: Hands
    open_tab: Callable[..., Page]
    axe: str
    looks: bool = True
    settings: dict[str, Any] = field(default_factory=dict)
    mark: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def title(self) -> str:
        return f"Open school evenings {self.mark}"

    def address(self, name: str) -> str:
        return f"{name}-{self.mark}@example.org"

    def tab(self) -> Page:
        """Open the browser of one more person."""
        page = self.open_tab(**self.settings)
        page.context.set_default_timeout(PATIENCE)
        return page

    def adviser(self) -> Page:
        page = self.tab()
        SignInPage.open(page).sign_in("adviser@demo.example", DEMO_PASSWORD)
        return page

    def letter_to(self, name: str) -> str:
        """Return the way into the library that the last letter to somebody shows."""

        def read() -> str:
            with self.app.app_context():
                newest = select(Mail.text).where(Mail.address == self.address(name)).order_by(Mail.id.desc())
                return db.session.scalars(newest.limit(1)).one()

        # In a thread of its own: no application context may end in that of the browser's event loop.
        with ThreadPoolExecutor(1) as elsewhere:
            found = LINK.search(elsewhere.submit(read).result())
        assert found, f"the letter to {name} shows no way in"
        return found[1]

    def look(self, page: Page) -> None:
        """Let axe look at a page, once for the three ways: it is the same page for the keyboard and without scripts."""
        if not self.looks:
            return
        page.evaluate(self.axe)
        result = page.evaluate(RUN)
        found = [f"{rule['id']}: {node['html'][:160]}" for rule in result["violations"] for node in rule["nodes"][:3]]
        assert not found, f"{page.url}\n" + "\n".join(found)


class Reader:
    """Somebody without an account who looks for the case.

    :param page: their tab.
    """

    def __init__(self, page: Page, title: str) -> None:
        self.page = page
        self.title = title

    def sees_nothing(self, number: int) -> None:
        self.page.goto("/en/practices?q=" + self.title.replace(" ", "+"))
        assert self.title not in " ".join(self.page.locator(".result-list h3").all_inner_texts())
        for path in (f"/en/submissions/{number}", f"/en/submissions/{number}/preview", f"/en/review/{number}"):
            self.page.goto(path)
            assert "/account/sign-in" in self.page.url
            assert self.title not in self.page.content()


@pytest.fixture(scope="session")
def axe(pytestconfig: pytest.Config) -> str:
    path: Path = pytestconfig.rootpath / "node_modules" / "axe-core" / "axe.min.js"
    assert path.is_file(), "axe-core is missing; `make test` installs it"
    return path.read_text(encoding="utf-8")


@pytest.fixture(params=["mouse", "keyboard", "no script"])
def journey(request: pytest.FixtureRequest, demo_library: Flask, open_tab: Callable[..., Page], axe: str) -> Journey:
    """A journey, in each of the three ways."""
    hands = Keyboard() if request.param == "keyboard" else Mouse()
    settings = {"java_script_enabled": False} if request.param == "no script" else {}
    return Journey(demo_library, hands, open_tab, axe, looks=request.param == "mouse", settings=settings)


def test_from_a_letter_to_a_published_case(journey: Journey) -> None:
    adviser = journey.adviser()
    invite_a_contributor(journey, adviser)

    carl = journey.tab()
    arrive(journey, carl, "carl", "Carl")
    number = write_the_case(journey, carl)
    reader = Reader(journey.tab(), journey.title)
    reader.sees_nothing(number)

    invite_co_authors(journey, carl, number)
    for name, agency, field_name in (("olga", "police", "results"), ("pia", "social-services", "what_did_not_work")):
        write_along(journey, number, name, agency, field_name)
    reader.sees_nothing(number)

    send_in(journey, carl, number)
    reader.sees_nothing(number)

    ask_for_changes(journey, adviser)
    reader.sees_nothing(number)

    answer_and_send_again(journey, carl, number)
    reader.sees_nothing(number)

    accept(adviser, number)
    path = read_what_is_published(journey, carl, number)
    reader.page.goto(path)
    credits = reader.page.locator("main").inner_text()
    assert reader.page.locator("h1").inner_text() == journey.title
    assert all(name in credits for name in ("Carl", "Olga", "Pia"))


def invite_a_contributor(journey: Journey, adviser: Page) -> None:
    adviser.goto("/en/admin/invitations")
    journey.look(adviser)
    hands = journey.hands
    hands.fill(adviser, "#email", journey.address("carl"))
    hands.fill(adviser, "#name", "Carl")
    hands.choose(adviser, "#role", "contributor")
    hands.follow(adviser, "form[action$='/invitations'] button")


def arrive(journey: Journey, tab: Page, name: str, called: str) -> None:
    """Open an account from a letter; a password that is too short is said so first."""
    page = InvitationPage.open(tab, journey.hands, journey.letter_to(name))
    journey.look(tab)
    page.open_account(called, "short")
    assert page.errors
    journey.look(tab)
    page.open_account(called, PASSWORD)
    assert page.is_signed_in()


def write_the_case(journey: Journey, carl: Page) -> int:
    """Fill in every step and return the number of the case."""
    start = StartPage.open(carl, journey.hands)
    journey.look(carl)
    step = start.send()  # without a title
    assert step.errors
    journey.look(carl)
    step = start.begin(journey.title)
    number = int(carl.url.split("/submissions/")[1].split("/")[0])
    assert MinePage.open(carl, journey.hands).titles[0] == journey.title

    missing = CheckPage.open(carl, journey.hands, number)
    assert missing.missing
    missing.send()
    assert missing.errors
    journey.look(carl)

    step = OverviewPage.open(carl, journey.hands, number).edit("about")
    for fill in (step.fill_about, step.fill_who, fill_story(step), step.fill_evidence, step.go_on):
        journey.look(carl)
        fill()
        assert not step.errors
    assert carl.url.endswith("/check")
    return number


def fill_story(step: StepPage) -> Callable[[], StepPage]:
    return lambda: step.fill_story(objectives="Fewer fights on Friday nights.")


def invite_co_authors(journey: Journey, carl: Page, number: int) -> None:
    authors = OverviewPage.open(carl, journey.hands, number).go_to_authors()
    journey.look(carl)
    authors.invite("Olga", "olga@nowhere", "police")
    assert authors.errors
    journey.look(carl)
    authors.invite("Olga", journey.address("olga"), "police")
    authors.invite("Pia", journey.address("pia"), "social-services")
    assert "Pia" in authors.text


def write_along(journey: Journey, number: int, name: str, agency: str, field_name: str) -> None:
    """Join by letter, write an answer, and confirm the part of one's agency."""
    tab = journey.tab()
    arrive(journey, tab, name, name.capitalize())
    overview = OverviewPage.open(tab, journey.hands, number)
    overview.edit("story").fill_story(**{field_name: f"What {name} knows of it."})
    authors = OverviewPage.open(tab, journey.hands, number).go_to_authors()
    authors.confirm()
    assert any(name.capitalize() in facts and "Confirmed" in facts for facts in authors.facts), agency
    journey.look(tab)


def send_in(journey: Journey, carl: Page, number: int) -> None:
    """Look at what could name a person, take it out, and send it in."""
    overview = OverviewPage.open(carl, journey.hands, number)
    overview.edit("story").fill_story(transferability="Ring Anna Svensson on +46 70 123 45 67.")
    check = CheckPage.open(carl, journey.hands, number)
    assert not check.missing
    check.send("Please look at the results.")
    assert check.errors
    journey.look(carl)
    overview = check.declare().send("Please look at the results.")
    assert overview.state == "Submitted"
    journey.look(carl)


def ask_for_changes(journey: Journey, adviser: Page) -> None:
    desk = QueuesPage.open(adviser, "unassigned").open_submission(journey.title)
    journey.look(adviser)
    desk.take()
    desk.comment("results", "Who counted?")
    journey.look(adviser)
    decision = desk.go_to_decision()
    journey.look(adviser)
    decision.request_changes("Clear and honest.", "Say who counted.")


def answer_and_send_again(journey: Journey, carl: Page, number: int) -> None:
    overview = OverviewPage.open(carl, journey.hands, number)
    assert overview.state == "Changes requested"
    assert "Say who counted." in overview.text
    journey.look(carl)
    overview.answer("The schools did. We have added it.")
    journey.look(carl)
    overview.edit("story").fill_story(results="The schools counted half as many fights as before.")
    sent = CheckPage.open(carl, journey.hands, number).send()
    assert "has it and means to answer by" in sent.text


def accept(adviser: Page, number: int) -> None:
    desk = DeskPage.open(adviser, number).take()
    desk.settle("results")
    desk.go_to_sheet().fill().save().go_to_decision().accept("A case that others can use.")


def read_what_is_published(journey: Journey, carl: Page, number: int) -> str:
    overview = OverviewPage.open(carl, journey.hands, number)
    assert overview.state == "Accepted"
    journey.look(carl)
    journey.hands.follow(carl, ".page-head a[href*='/practices/']")
    journey.look(carl)
    return "/" + carl.url.split("/", 3)[3]
