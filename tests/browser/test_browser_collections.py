"""A collection is built, annotated, ordered and published: with the mouse, with the keyboard alone, without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from factories.collections import a_collection, a_section
from factories.submissions import account_called
from pages.accounts import SignInPage
from pages.base import follow
from pages.collections import CollectionDesk
from pages.hands import Keyboard, Mouse
from sqlalchemy import select
from test_browser_every_page import TOO_WIDE, audit, axe

from library.accounts.services import DEMO_PASSWORD
from library.choices import CollectionState
from library.extensions import db
from library.models import Practice

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from playwright.sync_api import Page

__all__ = ["axe"]

HOW = ("mouse", "keyboard", "no scripts")


@pytest.fixture(scope="module")
def shelf_of(demo_library: Flask) -> dict[str, int]:
    """Make collections before there is a browser: a draft that lacks something, and one with all there is."""
    with demo_library.app_context():
        me = account_called(db.session, "adviser@demo.example")
        practices = db.session.scalars(select(Practice).where(Practice.state == "published").limit(4)).all()
        bare = a_collection(db.session, me, title="Bare", state=CollectionState.DRAFT)
        sections = [
            a_section("Begin here", *practices, note="Shows *how* to begin."),
            a_section("Lately", search="q=hat&agency=police", most=5),
        ]
        whole = a_collection(db.session, me, title="Whole", sections=sections)
        db.session.commit()
        first = whole.sections[0]
        return {
            "bare": bare.id,
            "whole": whole.id,
            "fed": whole.sections[1].id,
            "item": first.items[0].id,
            "practice": practices[0].id,
        }


@pytest.fixture
def adviser(shelf_of: dict[str, int], tab: Page) -> Page:
    assert shelf_of
    SignInPage.open(tab).sign_in("adviser@demo.example", DEMO_PASSWORD)
    return tab


@pytest.mark.parametrize("how", HOW)
def test_a_collection_is_built_annotated_ordered_and_published(
    shelf_of: dict[str, int], open_tab: Callable[..., Page], how: str
) -> None:
    assert shelf_of
    tab = open_tab(java_script_enabled=how != "no scripts")
    SignInPage.open(tab).sign_in("adviser@demo.example", DEMO_PASSWORD)
    tab.goto("/en/practices?q=school")
    first, second, third = tab.locator(".result-list .card-title a").all_inner_texts()[:3]
    hands = Keyboard() if how == "keyboard" else Mouse()

    desk = CollectionDesk.begin_with(tab, hands, "school", [first, second, third], name=f"School, by {how}")
    assert desk.titles == [[first, second, third]]
    desk.annotate(second, "Shows how to begin with **little**.")
    assert "Shows how to begin with little." in desk.notes
    desk.introduce("What schools can do.")
    desk.add_section("For later")
    _put_in_order(desk, how, third)
    assert desk.titles == [[second, first], [third]]
    desk.publish()

    assert desk.state == "Published"
    tab.goto(desk.address)
    assert desk.titles == [[second, first], [third]]


def _put_in_order(desk: CollectionDesk, how: str, third: str) -> None:
    """Bring the second practice to the top, and the third into the other section."""
    if how == "mouse":
        second = desk.titles[0][1]
        desk.drag(second, desk.entry(desk.titles[0][0]))
        desk.page.wait_for_function("t => document.querySelector('#order-says').textContent.includes(t)", arg=second)
        assert "is number 1 of 3" in desk.says
        desk.drag(third, ".part:last-child .entries")
        desk.page.wait_for_function("t => document.querySelector('#order-says').textContent.includes(t)", arg=third)
    elif how == "keyboard":
        _press(desk, f"{desk.entry(desk.titles[0][1])} button[name=up]")
        assert "is number 1 of 3" in desk.says
        _press(desk, f"{desk.entry(third)} button[name=down]")
        assert desk.focus.name == "up", "the keyboard is where it was, or beside it"
    else:
        desk.hands.follow(desk.page, f"{desk.entry(desk.titles[0][1])} button[name=up]")
        assert "is number 1 of 3" in desk.messages[0]
        desk.hands.follow(desk.page, f"{desk.entry(third)} button[name=down]")


def _press(desk: CollectionDesk, selector: str) -> None:
    desk.tab_to(lambda _: bool(desk.page.evaluate("s => document.activeElement.matches(s)", _plain(desk, selector))))
    before = desk.says
    desk.press("Enter")
    desk.page.wait_for_function("b => document.querySelector('#order-says').textContent !== b", arg=before)


def _plain(desk: CollectionDesk, selector: str) -> str:
    """Return a selector that the browser itself understands."""
    button = desk.page.locator(selector)
    return f'button[name={button.get_attribute("name")}][value="{button.get_attribute("value")}"]'


def test_what_is_taken_out_comes_back_with_one_button(shelf_of: dict[str, int], open_tab: Callable[..., Page]) -> None:
    for scripts in (True, False):
        tab = open_tab(java_script_enabled=scripts)
        SignInPage.open(tab).sign_in("adviser@demo.example", DEMO_PASSWORD)
        tab.goto(f"/en/curate/collections/{shelf_of['whole']}")
        desk = CollectionDesk(tab, Mouse())
        before = desk.titles
        tab.locator(".entry").nth(1).locator("button[aria-labelledby^=l-remove]").click()
        tab.locator(".removal button").wait_for()
        assert desk.titles[0] == [before[0][0], *before[0][2:]]
        follow(tab.locator(".removal button"))
        assert desk.titles == before


def test_a_drag_that_is_given_up_changes_nothing(adviser: Page, shelf_of: dict[str, int]) -> None:
    adviser.goto(f"/en/curate/collections/{shelf_of['whole']}")
    desk = CollectionDesk(adviser, Mouse())
    before = desk.titles
    grip = adviser.locator(".grip").first.bounding_box()
    assert grip
    adviser.mouse.move(grip["x"] + 5, grip["y"] + 10)
    adviser.mouse.down()
    adviser.mouse.move(grip["x"] + 5, grip["y"] + 200, steps=4)
    assert desk.titles != before
    adviser.keyboard.press("Escape")
    adviser.mouse.up()
    assert desk.titles == before
    adviser.reload()
    assert desk.titles == before


PATHS = (
    "",
    "/collections/new",
    "/collections/{whole}",
    "/collections/{whole}/texts/da",
    "/collections/{whole}/sections/{fed}",
    "/collections/{whole}/items/{item}",
    "/collections/{whole}/curators",
    "/collections/{whole}/changes",
    "/collections/{whole}/changes/compare?older=1",
    "/collections/{whole}/archive",
    "/collections/{whole}/preview",
    "/add?practice={practice}",
    "/add",
    "/use-search?q=hat&agency=police",
    "/../practices?q=school",  # with ticks
)


def test_axe_finds_nothing_at_the_desk_and_nobody_scrolls_sideways(
    adviser: Page, shelf_of: dict[str, int], axe: str
) -> None:
    for path in PATHS:
        adviser.goto("/en/curate" + path.format(**shelf_of))
        found = audit(adviser, axe)
        assert not found, path + "\n" + "\n".join(found)
        adviser.set_viewport_size({"width": 320, "height": 700})
        assert not adviser.evaluate(TOO_WIDE), path


def test_axe_finds_nothing_on_what_is_refused(adviser: Page, shelf_of: dict[str, int], axe: str) -> None:
    adviser.goto(f"/en/curate/collections/{shelf_of['bare']}")
    follow(adviser.get_by_role("button", name="Publish"))
    assert adviser.locator(".ds-error-summary li").all_inner_texts() == [
        "Put at least one published practice into a section"
    ]
    assert not audit(adviser, axe)
    adviser.goto("/en/curate/collections/new")
    follow(adviser.locator("#begin"))
    adviser.locator(".ds-error-summary a").click()
    assert adviser.evaluate("document.activeElement.id") == "title"
    assert not audit(adviser, axe)


def test_axe_finds_nothing_where_two_have_written(adviser: Page, shelf_of: dict[str, int], axe: str) -> None:
    address = f"/en/curate/collections/{shelf_of['whole']}/items/{shelf_of['item']}"
    adviser.goto(address)
    other = adviser.context.new_page()
    other.goto(address)
    other.locator("#note").fill("Theirs")
    follow(other.locator("#save"))
    other.close()
    adviser.locator("#note").fill("Mine")
    follow(adviser.locator("#save"))
    assert adviser.locator("#note").input_value() == "Mine"
    assert adviser.locator(".theirs-words").first.inner_text() == "Theirs"
    assert not audit(adviser, axe)
