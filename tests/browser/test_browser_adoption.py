"""A municipality reports what it uses and reads its own page: with the mouse, with the keyboard, without scripts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from factories.adoptions import an_adoption, municipality
from pages.accounts import SignInPage
from pages.base import follow
from pages.hands import Keyboard, Mouse
from sqlalchemy import select
from test_browser_every_page import TOO_WIDE, audit, axe

from library.accounts.services import DEMO_MUNICIPALITY, DEMO_PASSWORD
from library.extensions import db
from library.models import Practice

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from playwright.sync_api import Page

__all__ = ["axe"]

HOW = ("mouse", "keyboard", "no scripts")


@pytest.fixture(scope="module")
def used(demo_library: Flask) -> list[str]:
    """Make reports before there is a browser, and return practices: one that others use, and one for each way."""
    with demo_library.app_context():
        home = municipality(db.session, DEMO_MUNICIPALITY)
        others = select(Practice).where(Practice.owner_id.is_distinct_from(home.id), Practice.state == "published")
        practices = db.session.scalars(others.order_by(Practice.id).limit(2 + len(HOW))).all()
        for slug in ("dk-aarhus", "no-oslo"):
            an_adoption(db.session, practices[0], municipality(db.session, slug), language="da", experience="Godt.")
        an_adoption(db.session, practices[1], home, said_at=datetime.now(UTC) - timedelta(days=400))
        db.session.commit()
        return [practice.slug for practice in practices]


@pytest.mark.parametrize("how", HOW)
def test_a_municipality_reports_what_it_uses(used: list[str], open_tab: Callable[..., Page], how: str) -> None:
    tab = open_tab(java_script_enabled=how != "no scripts")
    hands = Keyboard() if how == "keyboard" else Mouse()
    SignInPage.open(tab).sign_in("member@demo.example", DEMO_PASSWORD)
    slug = used[2 + HOW.index(how)]
    tab.goto(f"/en/practices/{slug}")
    hands.follow(tab, f'main a[href$="{slug}/use"]')

    hands.fill(tab, "#adapted", f"We did it by {how}.")
    hands.follow(tab, "main form.stack button")
    assert tab.locator(".ds-error-summary li").all_inner_texts() == ["Choose what your municipality does with it"]
    hands.tick(tab, "#state-1")
    hands.follow(tab, "main form.stack button")

    assert tab.url.endswith(f"/practices/{slug}#in-use")
    assert f"We did it by {how}." in tab.locator("section[aria-labelledby=in-use]").inner_text()


PATHS = (
    "/practices/{0}",
    "/practices/{0}/adopters",
    "/practices/{0}/use",
    "/practices/{1}/use",
    f"/municipalities/{DEMO_MUNICIPALITY}",
    f"/municipalities/{DEMO_MUNICIPALITY}/uses",
    f"/municipalities/{DEMO_MUNICIPALITY}/desk",
)


def test_axe_finds_nothing_and_nobody_scrolls_sideways(used: list[str], tab: Page, axe: str) -> None:
    SignInPage.open(tab).sign_in("contributor@demo.example", DEMO_PASSWORD)
    for path in PATHS:
        tab.goto("/en" + path.format(*used))
        found = audit(tab, axe)
        assert not found, path + "\n" + "\n".join(found)
        tab.set_viewport_size({"width": 320, "height": 700})
        assert not tab.evaluate(TOO_WIDE), path


def test_axe_finds_nothing_on_what_is_refused(used: list[str], tab: Page, axe: str) -> None:
    SignInPage.open(tab).sign_in("contributor@demo.example", DEMO_PASSWORD)
    tab.goto(f"/en/practices/{used[0]}/use")
    tab.locator("#state-1").check()
    tab.locator("#since_year").fill("long ago")
    follow(tab.locator("main form.stack button"))
    tab.locator(".ds-error-summary a").click()
    assert tab.evaluate("document.activeElement.id") == "since_year"
    assert not audit(tab, axe)
    tab.locator("#since_year").fill("2020")
    tab.locator("#experience").fill("Ring til Kari på 912 34 567.")
    follow(tab.locator("main form.stack button"))
    assert tab.locator("#no_person").is_visible()
    assert not audit(tab, axe)


def test_axe_finds_nothing_where_an_adviser_takes_a_report_down(used: list[str], tab: Page, axe: str) -> None:
    SignInPage.open(tab).sign_in("adviser@demo.example", DEMO_PASSWORD)
    tab.goto(f"/en/practices/{used[0]}/adopters")
    assert not audit(tab, axe)
    follow(tab.locator(".uses-deed a").first)
    follow(tab.locator("main form button"))
    assert not audit(tab, axe)
