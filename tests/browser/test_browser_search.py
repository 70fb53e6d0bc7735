"""The search box by keyboard and by ear: what it suggests, what is chosen, what Enter does otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.reading import SearchPage
from test_browser_every_page import audit, axe

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

__all__ = ["axe"]


def type_into(tab: Page, words: str) -> Locator:
    """Type into the search box of the front page and wait for suggestions; return the box."""
    tab.goto("/en/")
    box = tab.get_by_role("combobox", name="Search the practices")
    box.press_sequentially(words)
    tab.get_by_role("listbox").wait_for()
    return box


def active(tab: Page, box: Locator) -> str:
    """Return the option that a screen reader reads out now."""
    name = box.get_attribute("aria-activedescendant")
    return tab.locator(f"#{name}[aria-selected=true]").inner_text() if name else ""


def test_a_place_is_found_and_opened_with_the_keyboard_alone(tab: Page) -> None:
    box = type_into(tab, "malmo")

    assert box.get_attribute("aria-expanded") == "true"
    assert active(tab, box) == "", "nothing is chosen before somebody chooses"
    box.press("ArrowDown")
    assert active(tab, box) == "Malmö"
    box.press("Enter")
    tab.wait_for_url("**/en/municipalities/se-malmo")


def test_the_arrows_go_round_through_all_groups(tab: Page) -> None:
    box = type_into(tab, "police")
    options = tab.get_by_role("option").all_inner_texts()

    assert tab.get_by_role("listbox").get_by_role("group").count() > 1
    box.press("ArrowUp")
    assert active(tab, box) == options[-1]
    box.press("ArrowDown")
    assert active(tab, box) == options[0]


def test_enter_searches_for_what_was_typed_while_nothing_is_chosen(tab: Page) -> None:
    type_into(tab, "mentor").press("Enter")
    tab.wait_for_url("**/en/practices?q=mentor")

    assert SearchPage(tab).total > 0


def test_escape_closes_the_list_and_keeps_what_was_typed(tab: Page) -> None:
    box = type_into(tab, "police")
    box.press("ArrowDown")
    box.press("Escape")

    assert box.get_attribute("aria-expanded") == "false"
    assert active(tab, box) == ""
    assert box.input_value() == "police"


def test_how_many_there_are_is_said_to_those_who_cannot_see_the_list(tab: Page) -> None:
    type_into(tab, "police")
    number = tab.get_by_role("option").count()

    assert f"Suggestions: {number}" in tab.locator(".search-row [role=status]").all_inner_texts()


def test_axe_finds_nothing_on_open_suggestions(tab: Page, axe: str) -> None:
    box = type_into(tab, "police")
    box.press("ArrowDown")

    assert not audit(tab, axe)
    assert box.get_attribute("aria-expanded") == "true", "the list was open all the while"


def test_a_title_in_another_language_says_so(tab: Page) -> None:
    type_into(tab, "natteravnene")

    assert tab.locator("[role=option] [lang=da], [role=option] [lang=nb]").count() > 0


def test_without_scripts_the_box_searches(open_tab: Callable[..., Page]) -> None:
    tab = open_tab(java_script_enabled=False)
    tab.goto("/en/")
    box = tab.get_by_role("searchbox", name="Search the practices")
    box.fill("mentor")
    with tab.expect_navigation():
        box.press("Enter")

    assert SearchPage(tab).total > 0
