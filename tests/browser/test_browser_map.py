"""The gap map in a browser: by key on a phone, words for whoever points, and a call that is published from a gap."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from pages.accounts import SignInPage
from pages.base import follow
from test_browser_every_page import audit, axe

from library.accounts.services import DEMO_PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["axe"]

PHONE = {"width": 360, "height": 640}
SCROLLED = "() => document.querySelector('.map-scroll').scrollLeft"


def test_on_a_phone_the_keyboard_reaches_the_last_agency_and_the_themes_stay(
    open_tab: Callable[..., Page],
) -> None:
    page = open_tab(viewport=PHONE, java_script_enabled=True)
    page.goto("/en/map")
    theme = page.locator("tbody th").first
    before = theme.bounding_box()
    page.locator(".map-scroll").focus()
    for _ in range(40):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('.map-scroll').scrollLeft > 100")
    after = theme.bounding_box()
    assert before
    assert after
    assert abs(before["x"] - after["x"]) < 1, "the theme of a row stays in sight"
    assert page.evaluate(SCROLLED) > 100


def test_a_cell_says_in_full_what_it_holds_to_whoever_points_or_comes_by_key(tab: Page) -> None:
    tab.goto("/en/map")
    cell = tab.locator("td > a[class^=n]").nth(20)
    words = cell.locator("span")
    hidden = words.bounding_box()
    cell.focus()
    shown = words.bounding_box()
    assert hidden
    assert shown
    assert hidden["width"] <= 1 < 60 < shown["width"]


def test_without_scripts_a_cell_leads_to_as_many_practices(open_tab: Callable[..., Page]) -> None:
    page = open_tab(java_script_enabled=False)
    page.goto("/en/map")
    cell = page.locator("td > a[class^=n]").nth(5)
    number = cell.locator("b").inner_text()
    follow(cell)
    assert page.locator("#results-title").inner_text().startswith(f"{number} practice")


@pytest.mark.usefixtures("site")
def test_an_adviser_calls_for_practices_from_a_gap_and_readers_see_it(open_tab: Callable[..., Page], axe: str) -> None:
    adviser, reader = open_tab(), open_tab()
    SignInPage.open(adviser).sign_in("adviser@demo.example", DEMO_PASSWORD)
    adviser.goto("/en/map?theme=safe-online-sphere")
    follow(adviser.locator(".gap .ask").first)
    assert adviser.get_by_label("Theme").input_value() == "safe-online-sphere"
    assert adviser.get_by_label("Agency").input_value()
    follow(adviser.get_by_role("button", name="Publish the call"))
    assert not audit(adviser, axe)
    adviser.get_by_label("Title").first.fill("Who has done this?")
    follow(adviser.get_by_role("button", name="Publish the call"))
    adviser.get_by_role("heading", name="Who has done this?").wait_for()
    assert not audit(adviser, axe)
    reader.goto("/en/")
    follow(reader.get_by_role("link", name="Who has done this?"))
    follow(reader.get_by_role("link", name="Tell us of one"))
    assert "/account/sign-in" in reader.url
