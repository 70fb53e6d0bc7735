"""What must hold on every page: nothing that axe finds, nothing wider than the window, nothing to complain about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from browser_site import PAGES
from pages.accounts import SignInPage

from library.accounts.services import DEMO_PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

EVERY_PAGE = pytest.mark.parametrize("name", PAGES)
WIDTHS = (1280, 320)  # CSS pixels
CHECKS = {  # by colour scheme, which changes nothing but colours
    "light": "{resultTypes: ['violations']}",
    "dark": "{resultTypes: ['violations'], runOnly: ['color-contrast', 'link-in-text-block']}",
}
# A width changes no colours: of a narrow window in the dark axe looks at what a wide one does not show, if anything.
SHOWN = "[...document.querySelectorAll('body *')].filter(e => e.checkVisibility({visibilityProperty: true}))"
REMEMBER = f"() => {{ window.shown = new Set({SHOWN}); }}"
NEWLY = f"() => {{ window.newly = {SHOWN}.filter(e => !window.shown.has(e)); return window.newly.length > 0; }}"
WINDOWS = ((320, 640), (320, 256))  # a small phone; a laptop's 1280 x 1024 enlarged four times

# Overflow of an element that may scroll by itself does not make the page scroll.
TOO_WIDE = """() => {
  const edge = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= edge) return [];
  return [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > edge + 0.5)
    .map(e => e.outerHTML.slice(0, 200));
}"""
UNFOLD = "() => document.querySelectorAll('details').forEach(e => { e.open = true; })"
UNFOLD_MAIN = "() => document.querySelectorAll('main details').forEach(e => { e.open = true; })"


@pytest.fixture(scope="session")
def axe(pytestconfig: pytest.Config) -> str:
    path: Path = pytestconfig.rootpath / "node_modules" / "axe-core" / "axe.min.js"
    assert path.is_file(), "axe-core is missing; `make test` installs it"
    return path.read_text(encoding="utf-8")


def faults(result: dict[str, Any]) -> Iterator[str]:
    """Yield what axe holds against a page, with up to five places for each rule."""
    for rule in result["violations"]:
        for node in rule["nodes"][:5]:
            yield f"{rule['id']}: {rule['help']}\n    {node['html'][:160]}\n    {node['failureSummary']}"


def audit(page: Page, axe: str) -> list[str]:
    """Return what axe finds on a page, at each width and in each colour scheme."""
    page.evaluate(axe)
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme, checks in CHECKS.items():
            page.emulate_media(color_scheme=scheme)
            where = "document"
            if (width, scheme) == (WIDTHS[-1], "dark"):
                if not page.evaluate(NEWLY):
                    continue
                where = "{include: window.newly}"
            result = page.evaluate(f"axe.run({where}, {checks}).then(({{violations}}) => ({{violations}}))")
            found += [f"{width} px, {scheme}: {fault}" for fault in faults(result)]
        if width == WIDTHS[0]:
            page.evaluate(REMEMBER)
    return found


def visit(page: Page, name: str, paths: dict[str, str]) -> None:
    answer = page.goto(paths[name])
    assert answer is not None
    assert answer.status == (int(name) if name.isdigit() else 200), f"{paths[name]} is not the page that is meant"


@EVERY_PAGE
def test_axe_finds_nothing(name: str, paths: dict[str, str], window: Page, axe: str) -> None:
    visit(window, name, paths)
    window.evaluate(UNFOLD_MAIN)

    found = audit(window, axe)

    assert not found, "\n" + "\n".join(found)


def test_axe_is_listened_to(tab: Page, axe: str) -> None:
    """An audit that cannot fail would be no audit."""
    tab.goto("/en/about")
    tab.evaluate("document.querySelector('main').append(document.createElement('button'))")
    tab.evaluate("document.querySelector('main p').style.color = '#999'")

    assert {"button-name", "color-contrast"} <= {fault.split(": ")[1] for fault in audit(tab, axe)}


def test_axe_looks_in_the_dark_at_what_only_a_narrow_window_shows(tab: Page, axe: str) -> None:
    tab.goto("/en/about")
    tab.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(`.late { display: none; color: #000 }
            @media (width < 400px) { .late { display: block } }
            @media (prefers-color-scheme: dark) { .late { color: #333; background: #222 } }`);
          document.adoptedStyleSheets.push(sheet);
          document.querySelector('main').append(Object.assign(document.createElement('p'), {
            className: 'late', textContent: 'Seen in a narrow window alone' }));
        }"""
    )

    assert [fault[:28] for fault in audit(tab, axe)] == ["320 px, dark: color-contrast"]


def test_axe_finds_nothing_on_a_sign_in_that_failed(tab: Page, axe: str) -> None:
    SignInPage.open(tab).fail_to_sign_in("nobody@demo.example", "wrong-password")

    found = audit(tab, axe)

    assert not found, "\n" + "\n".join(found)


def test_axe_finds_nothing_on_an_account_or_an_open_menu(tab: Page, axe: str) -> None:
    SignInPage.open(tab).sign_in("adviser@demo.example", DEMO_PASSWORD)
    tab.locator("details.language-menu summary").click()

    found = audit(tab, axe)

    assert not found, "\n" + "\n".join(found)


@EVERY_PAGE
def test_nobody_scrolls_sideways(name: str, paths: dict[str, str], window: Page) -> None:
    visit(window, name, paths)
    for unfold in ("() => {}", UNFOLD):
        window.evaluate(unfold)
        for width, height in WINDOWS:
            window.set_viewport_size({"width": width, "height": height})
            wide = window.evaluate(TOO_WIDE)
            assert not wide, f"{width} x {height}:\n" + "\n".join(wide)


@EVERY_PAGE
def test_everything_that_takes_the_keyboard_shows_it(name: str, paths: dict[str, str], window: Page) -> None:
    visit(window, name, paths)
    stops = list(SignInPage(window).stops())

    assert stops[0].href == "#main", "the skip link comes first"
    hidden = [focus.markup for focus in stops if focus.outline < 2 or not focus.visible]
    assert not hidden, "\n".join(hidden)
