"""The draft-loss matrix: what can happen to somebody who writes, in a real browser before a real server. Zero lost."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

import pytest
from draft_server import DraftServer
from factories.instances import SqliteShelf
from pages.base import follow
from playwright.sync_api import Browser, BrowserContext, Page, expect

from library.accounts.services import DEMO_PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PERSON = "contributor@demo.example"
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[DraftServer]:
    shared: Path = tmp_path_factory.getbasetemp()
    shelf = SqliteShelf(shared if worker_id == "master" else shared.parent)
    server = DraftServer(shelf.copy().instance)
    server.start()
    yield server
    server.kill()
    shelf.close()


@pytest.fixture
def writer(browser: Browser, server: DraftServer) -> Iterator[Writer]:
    server.ensure()
    context = browser.new_context(locale="en-GB")
    yield Writer(context, server)
    context.close()


@pytest.fixture
def plain_writer(browser: Browser, server: DraftServer) -> Iterator[Writer]:
    """Somebody whose browser runs no scripts."""
    server.ensure()
    context = browser.new_context(locale="en-GB", java_script_enabled=False)
    yield Writer(context, server)
    context.close()


@pytest.fixture
def who(way: str, request: pytest.FixtureRequest) -> Writer:
    """Whoever writes in the way that a test is about."""
    writer: Writer = request.getfixturevalue("plain_writer" if way == "no script" else "writer")
    return writer


class Writer:
    """Somebody with a draft open at its story, in a browser of their own."""

    def __init__(self, context: BrowserContext, server: DraftServer) -> None:
        self.context, self.server = context, server
        context.set_default_timeout(15_000)
        self.page = context.new_page()
        self.text = f"Text number {next(_numbers)} that must not be lost"
        if server.signed_in:
            context.add_cookies(server.signed_in)
        else:
            self.sign_in()
            server.signed_in = cookies_of(context)
        self.page.goto(f"{server.address}/en/submissions/new")
        self.page.fill("[name='text.en.title']", "A draft")
        self.page.click("#case .case-foot button")
        self.page.wait_for_url("**/edit/about**")
        self.draft = int(re.search(r"submissions/(\d+)", self.page.url)[1])  # type: ignore[index]
        self.page.goto(self.address())

    def sign_in(self) -> None:
        self.page.goto(f"{self.server.address}/en/account/sign-in")
        self.enter()

    def enter(self) -> None:
        self.page.fill("main [name=email]", PERSON)
        self.page.fill("main [name=password]", DEMO_PASSWORD)
        self.page.click("main form button[type=submit]")
        self.page.wait_for_url(lambda url: "sign-in" not in url)

    def address(self, language: str = "en") -> str:
        return f"{self.server.address}/{language}/submissions/{self.draft}/edit/story?language=en"

    def box(self) -> str:
        return "[name='text.en.problem']"

    def type(self, text: str = "", *, page: Page | None = None) -> None:
        """Type as people do, after what is there."""
        box = (page or self.page).locator(self.box())
        box.press("Control+End")
        box.press_sequentially(text or self.text)

    def save(self, page: Page | None = None) -> None:
        (page or self.page).click("button[name=deed][value=save]", no_wait_after=True)

    def says(self, words: str, *, page: Page | None = None) -> None:
        expect((page or self.page).locator("#save-state")).to_contain_text(words, timeout=20_000)

    def restore(self) -> None:
        """Take up the offer of an earlier page."""
        offer = self.page.locator("#restore")
        expect(offer).to_be_visible()
        expect(offer).to_contain_text(self.text)
        follow(offer.locator("[data-restore]"))

    def fails(self) -> None:
        """Wait for the browser's own page that says that nobody answers."""
        for _ in range(100):
            if self.page.url.startswith("chrome-error:"):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"the browser shows {self.page.url}")

    def stored(self) -> bool:
        return self.server.holds(self.text)

    def shown(self) -> str:
        return self.page.locator(self.box()).input_value()


def cookies_of(context: BrowserContext) -> list[Any]:
    names = ("name", "value", "domain", "path", "httpOnly", "sameSite")
    return [{name: value for name, value in cookie.items() if name in names} for cookie in context.cookies()]


# --- as it should go ---------------------------------------------------------------------------------------------


def test_what_is_typed_is_saved_without_a_button_and_the_page_says_so(writer: Writer) -> None:
    writer.type()
    writer.says("Saved ")
    assert writer.stored()
    assert writer.page.evaluate("Object.keys(localStorage).length") == 0, "a copy was left in the browser"
    writer.page.reload()
    assert writer.shown() == writer.text
    expect(writer.page.locator("#restore")).to_be_hidden()


def test_a_long_text_typed_in_one_go_is_saved_whole_by_few_saves(writer: Writer) -> None:
    writer.text = " ".join(f"word{number}" for number in range(120))
    writer.type()
    writer.page.wait_for_timeout(2500)
    writer.says("Saved ")
    assert writer.stored()
    versions = dict(writer.server.drafts())[writer.draft]
    assert versions < 12, f"{versions} versions of a text of 120 words"


def test_pressing_the_button_while_a_save_is_under_way_makes_no_conflict(writer: Writer) -> None:
    for round_ in range(4):
        writer.type(f" {round_}")
        writer.page.wait_for_timeout(290)  # the save begins about now
        with writer.page.expect_navigation():
            writer.save()
        assert "/edit/story" in writer.page.url
    assert writer.shown() == " 0 1 2 3".strip()


# --- kill -9 -----------------------------------------------------------------------------------------------------


def test_killed_server_autosave(writer: Writer) -> None:
    writer.server.kill()
    writer.type()
    writer.says("Not saved: no connection")
    writer.server.start()
    writer.says("Saved ")
    assert writer.stored()


def test_killed_server_autosave_and_the_browser_is_closed_too(writer: Writer) -> None:
    writer.server.kill()
    writer.type()
    writer.says("Not saved")
    writer.page.close()
    writer.server.start()
    writer.page = writer.context.new_page()
    writer.page.goto(writer.address())
    writer.restore()
    assert writer.stored()
    assert writer.shown() == writer.text


def test_killed_server_button(writer: Writer) -> None:
    writer.server.kill()
    writer.page.locator(writer.box()).fill(writer.text)
    writer.save()
    writer.fails()
    writer.server.start()
    writer.page.goto(writer.address())
    writer.restore()
    assert writer.stored()


def test_killed_server_no_script(plain_writer: Writer) -> None:
    writer = plain_writer
    writer.page.locator(writer.box()).fill(writer.text)
    writer.server.kill()
    writer.save()
    writer.fails()
    writer.server.start()
    writer.page.reload()  # sends the form once more
    assert writer.stored()


# --- expired session ---------------------------------------------------------------------------------------------


def test_expired_session_autosave(writer: Writer) -> None:
    writer.server.end_sessions()
    writer.type()
    writer.says("you have been signed out")
    writer.page.click("#save-state a")
    writer.enter()
    writer.restore()
    assert writer.stored()


def test_expired_session_autosave_goes_on_after_sign_in_in_another_tab(writer: Writer) -> None:
    writer.server.end_sessions()
    writer.type()
    writer.says("you have been signed out")
    first, writer.page = writer.page, writer.context.new_page()
    writer.sign_in()
    first.bring_to_front()
    first.evaluate("window.dispatchEvent(new Event('focus'))")
    writer.says("Saved ", page=first)
    assert writer.stored()


@pytest.mark.parametrize("way", ["button", "no script"])
def test_expired_session_button(who: Writer) -> None:
    who.page.locator(who.box()).fill(who.text)
    who.server.end_sessions()
    with who.page.expect_navigation():
        who.save()
    who.enter()
    assert who.shown() == who.text
    with who.page.expect_navigation():
        who.save()
    assert who.stored()


# --- offline -----------------------------------------------------------------------------------------------------


def test_offline_autosave(writer: Writer) -> None:
    writer.context.set_offline(True)
    writer.type()
    writer.says("Not saved: no connection. Kept in this browser")
    writer.context.set_offline(False)
    writer.says("Saved ")
    assert writer.stored()


def test_offline_button(writer: Writer) -> None:
    writer.context.set_offline(True)
    writer.page.locator(writer.box()).fill(writer.text)
    writer.save()
    writer.says("Not saved: no connection")
    assert writer.shown() == writer.text
    writer.context.set_offline(False)
    writer.says("Saved ")
    assert writer.stored()


def test_offline_no_script(plain_writer: Writer) -> None:
    writer = plain_writer
    writer.page.locator(writer.box()).fill(writer.text)
    writer.context.set_offline(True)
    writer.save()
    writer.fails()
    writer.context.set_offline(False)
    writer.page.reload()
    assert writer.stored()


# --- two tabs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["autosave", "button", "no script"])
def test_two_tabs(who: Writer, way: str) -> None:
    other = who.context.new_page()
    other.goto(who.address())
    first = f"{who.text}, in the first tab"
    second = f"{who.text}, in the second"
    _write(who, who.page, first, way)
    _write(who, other, second, way)
    if way == "autosave":
        who.says("Somebody else changed this draft", page=other)
        other.click("#save-state a")
    expect(other.locator("h1")).to_have_text("Two texts, one draft")
    other.locator("input[value=both]").check()
    with other.expect_navigation():
        other.click(".choice-foot button")
    assert who.server.holds(first)
    assert who.server.holds(second)
    other.goto(who.address())
    assert {first, second} <= set(other.locator(who.box()).input_value().split("\n"))


def _write(who: Writer, page: Page, text: str, way: str) -> None:
    page.locator(who.box()).fill(text)
    if way != "autosave":
        with page.expect_navigation():
            who.save(page)
    elif page is who.page:
        who.says("Saved ", page=page)


# --- switched language, closed tab -------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["autosave", "button", "no script"])
def test_language_switch(who: Writer, way: str) -> None:
    """Both the language of the page and that of the text: a link away at once, or a button that saves."""
    who.page.locator(who.box()).fill(who.text)
    if way == "autosave":
        who.page.goto(who.address("sv"))  # as the link in the head does
        if not who.stored():
            who.restore()
    else:
        if way == "button":
            who.page.click(".tabs details summary")
        with who.page.expect_navigation():
            who.page.locator("button[name=deed][value='in:fi']").dispatch_event("click")
        assert "language=fi" in who.page.url
    assert who.stored()


def test_closed_tab_autosave(writer: Writer) -> None:
    writer.type()
    writer.page.close(run_before_unload=True)
    writer.page = writer.context.new_page()
    writer.page.goto(writer.address())
    writer.page.wait_for_timeout(500)
    if not writer.stored():
        writer.restore()
    assert writer.stored()


def test_closed_tab_button(writer: Writer) -> None:
    writer.page.locator(writer.box()).fill(writer.text)
    writer.save()
    writer.page.close()
    writer.page = writer.context.new_page()
    writer.page.goto(writer.address())
    writer.page.wait_for_timeout(500)
    if not writer.stored():
        writer.restore()
    assert writer.stored()


def test_closed_tab_no_script(plain_writer: Writer) -> None:
    writer = plain_writer
    writer.page.locator(writer.box()).fill(writer.text)
    with writer.page.expect_navigation():
        writer.save()
    writer.page.close()
    assert writer.stored()


# --- on a shared computer ----------------------------------------------------------------------------------------


def test_an_offer_can_be_discarded(writer: Writer) -> None:
    writer.context.set_offline(True)
    writer.type()
    writer.says("Not saved")
    writer.page.close()
    writer.context.set_offline(False)
    writer.page = writer.context.new_page()
    writer.page.goto(writer.address())
    writer.page.locator("#restore [data-discard]").click()
    expect(writer.page.locator("#restore")).to_be_hidden()
    writer.page.reload()
    expect(writer.page.locator("#restore")).to_be_hidden()
    assert not writer.stored()


def test_signing_out_leaves_nothing_in_the_browser(writer: Writer) -> None:
    writer.context.set_offline(True)
    writer.type()
    writer.says("Not saved")
    writer.context.set_offline(False)
    account = writer.context.new_page()
    account.goto(f"{writer.server.address}/en/account")
    assert account.evaluate("Object.keys(localStorage).length") == 1 or writer.stored()
    with account.expect_navigation():
        account.locator("form[action$='/sign-out'] button").first.dispatch_event("click")
    writer.server.signed_in = []
    assert account.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length") == 0
