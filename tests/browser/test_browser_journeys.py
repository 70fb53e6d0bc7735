"""What people come to do, from beginning to end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from pages.accounts import AccountPage, SignInPage
from pages.base import follow
from pages.reading import HomePage, PracticePage, SearchPage

from library.accounts.services import DEMO_ACCOUNTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

PHONE = {"width": 360, "height": 740}


def test_on_a_phone_without_scripts_one_finds_what_schools_and_police_do_about_hate(
    open_tab: Callable[..., Page],
) -> None:
    home = HomePage.open(open_tab(viewport=PHONE, java_script_enabled=False), "sv")

    results = home.search_with_keyboard("hat")
    everything = results.total
    results.open_filters_with_keyboard()
    results.tick_with_keyboard("agency", "schools", "police")
    narrowed = results.apply_with_keyboard()

    assert narrowed.path.startswith("/sv/practices?q=hat&")
    assert len(narrowed.chips) == 2
    assert 0 < narrowed.total <= everything

    practice = narrowed.open_first_with_keyboard()
    practice.go_to_sources_with_keyboard()

    assert practice.language == "sv"
    assert practice.sees("#sources")
    assert practice.sources
    assert all(re.match(r"https?://", source) for source in practice.sources)


def test_with_the_keyboard_alone_one_searches_and_reads(tab: Page) -> None:
    home = HomePage.open(tab)

    assert home.press("Tab").focus.href == "#main", "the skip link comes first"
    assert home.focus.visible
    assert home.press("Enter").focus.id == "main"

    practice = home.search_with_keyboard("mentor").open_first_with_keyboard()
    practice.go_to_sources_with_keyboard()

    assert practice.sees("#sources")


def test_narrowing_and_widening_again(tab: Page) -> None:
    results = SearchPage.open(tab, "q=mentor&agency=police&country=no")
    narrow, chips = results.total, len(results.chips)

    results.remove_chip(0)

    assert chips == 2
    assert len(results.chips) == 1
    assert results.total >= narrow


def test_the_words_that_were_found_are_marked(tab: Page) -> None:
    results = SearchPage.open(tab, "q=hat", "sv")

    assert results.marked
    assert all("hat" in word.lower() for word in results.marked)


def test_a_search_for_nothing_says_so_and_leads_on(tab: Page) -> None:
    results = SearchPage.open(tab, "q=zzzqqqzzz&agency=schools")
    assert results.total == 0

    follow(tab.locator('.empty a[href$="/practices"]'))  # the last way out: all practices

    assert SearchPage(tab).total > 100


@pytest.mark.parametrize(
    "path",
    [
        "practices?q=hat&agency=schools&agency=police&sort=title",
        "practices/{slug}",
        "agencies/police",
        "municipalities",
        "about",
        "account/sign-in",
    ],
)
def test_another_language_keeps_the_place(path: str, tab: Page) -> None:
    slug = SearchPage.open(tab, "q=mentor").open_first().path.rsplit("/", 1)[1]
    tab.goto("/en/" + path.format(slug=slug))

    there = HomePage(tab).choose_language("Suomi")

    assert there.language == "fi"
    assert there.path == "/fi/" + path.format(slug=slug)


def test_another_language_of_an_error_page_is_the_front_page(tab: Page) -> None:
    tab.goto("/en/no-such-page")

    assert HomePage(tab).choose_language("Svenska").path == "/sv/"


@pytest.mark.parametrize("number", range(len(DEMO_ACCOUNTS)), ids=[str(account.role) for account in DEMO_ACCOUNTS])
def test_each_demo_account_gets_in_and_out(number: int, tab: Page) -> None:
    page = SignInPage.open(tab)
    role, email, password = page.accounts[number]

    account = page.sign_in(email, password)
    assert email in account.text
    assert role in account.text
    assert account.is_signed_in()

    home = account.sign_out()
    assert not home.is_signed_in()
    assert tab.context.cookies() == []


def test_a_wrong_password_is_told_calmly_and_the_address_is_kept(tab: Page) -> None:
    page = SignInPage.open(tab).fail_to_sign_in("adviser@demo.example", "wrong-password")

    assert page.errors
    assert tab.locator("main input[name=email]").input_value() == "adviser@demo.example"
    assert tab.locator("main input[name=password]").input_value() == ""
    assert not page.is_signed_in()


def test_signing_in_leads_to_where_one_was_going(tab: Page) -> None:
    tab.goto("/sv/account")
    page = SignInPage(tab)
    assert page.path.startswith("/sv/account/sign-in?next=")

    account = page.sign_in("member@demo.example", DEMO_ACCOUNTS[0].password)

    assert account.path == "/sv/account"


def test_a_signed_out_browser_cannot_go_back_in(tab: Page) -> None:
    account = SignInPage.open(tab).sign_in("member@demo.example", DEMO_ACCOUNTS[0].password)
    kept = tab.context.cookies()
    account.sign_out()

    tab.context.add_cookies([{key: cookie[key] for key in ("name", "value", "domain", "path")} for cookie in kept])
    tab.goto("/en/account")

    assert "/sign-in" in AccountPage(tab).path


def test_readers_get_no_cookie(tab: Page) -> None:
    SearchPage.open(tab, "q=mentor").open_first().choose_language("Dansk")

    assert tab.context.cookies() == []


def test_a_practice_prints_as_a_document(tab: Page) -> None:
    practice = SearchPage.open(tab, "q=school&agency=schools").open_first()
    assert tab.locator(".site-nav").is_visible()
    tab.emulate_media(media="print")

    for chrome in (".site-nav", ".site-tools", ".site-footer", ".toc", ".trail", ".ds-skip-link", ".similar"):
        assert not tab.locator(chrome).is_visible(), f"{chrome} is printed"
    assert tab.locator("h1").is_visible()
    assert practice.sources
    printed = tab.locator("ol.source-list a").evaluate_all(
        "all => all.map(a => getComputedStyle(a, '::after').content)"
    )
    assert [text.strip('" <>') for text in printed] == [f"{source}" for source in practice.sources], (
        "the address of each source is written out"
    )
    assert tab.pdf(), "it can be saved as PDF"


def test_a_dark_page_prints_black_on_white(open_tab: Callable[..., Page]) -> None:
    page = open_tab(color_scheme="dark")
    SearchPage.open(page, "q=school").open_first()
    page.emulate_media(media="print", color_scheme="dark")

    colours = page.locator("body").evaluate("b => [getComputedStyle(b).color, getComputedStyle(b).backgroundColor]")
    heading = page.locator("h1").evaluate("h => getComputedStyle(h).color")

    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    assert heading == "rgb(0, 0, 0)"


def test_print_and_copy_buttons_appear_only_where_scripts_run(open_tab: Callable[..., Page]) -> None:
    slug = SearchPage.open(open_tab(), "q=mentor").open_first().path.rsplit("/", 1)[1]
    without, with_scripts = open_tab(java_script_enabled=False), open_tab()
    PracticePage.open(without, slug)
    PracticePage.open(with_scripts, slug)

    assert not without.locator("[data-action]").first.is_visible()
    assert with_scripts.locator("[data-action]").first.is_visible()
