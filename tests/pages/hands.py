"""How somebody fills in forms: with a mouse, or with the keyboard alone. The same journey is made with either."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pages.base import follow

if TYPE_CHECKING:
    from playwright.sync_api import Page

MOST_STOPS = 700  # tab stops twice round the longest page
MOST_OPTIONS = 40


class Hands(Protocol):
    """What people do to the elements of a page, which a selector names."""

    def fill(self, page: Page, selector: str, words: str) -> None: ...
    def tick(self, page: Page, selector: str) -> None: ...
    def choose(self, page: Page, selector: str, value: str) -> None: ...
    def unfold(self, page: Page, selector: str) -> None: ...
    def follow(self, page: Page, selector: str) -> None:
        """Use a link or a button that leads to another page."""
        ...


class Mouse:
    """A mouse, and the keyboard for words only."""

    def fill(self, page: Page, selector: str, words: str) -> None:
        page.locator(selector).fill(words)

    def tick(self, page: Page, selector: str) -> None:
        page.locator(selector).check()

    def choose(self, page: Page, selector: str, value: str) -> None:
        page.locator(selector).select_option(value)

    def unfold(self, page: Page, selector: str) -> None:
        page.locator(selector).click()

    def follow(self, page: Page, selector: str) -> None:
        follow(page.locator(selector))


class Keyboard:
    """Nothing but keys. Whatever Tab does not reach cannot be used."""

    def fill(self, page: Page, selector: str, words: str) -> None:
        self._reach(page, selector)
        page.keyboard.press("Control+A")
        page.keyboard.press("Delete")
        page.keyboard.insert_text(words)

    def tick(self, page: Page, selector: str) -> None:
        element = page.locator(selector)
        if element.get_attribute("type") == "radio":
            self._turn_to(page, selector)
        else:
            self._reach(page, selector)
            if not element.is_checked():
                page.keyboard.press("Space")
        assert element.is_checked(), f"the keyboard does not tick {selector}"

    def choose(self, page: Page, selector: str, value: str) -> None:
        self._reach(page, selector)
        page.keyboard.press("Home")
        for _ in range(MOST_OPTIONS):
            if page.locator(selector).input_value() == value:
                return
            page.keyboard.press("ArrowDown")
        raise AssertionError(f"the keyboard does not choose {value} in {selector}")

    def unfold(self, page: Page, selector: str) -> None:
        self._reach(page, selector)
        page.keyboard.press("Enter")

    def follow(self, page: Page, selector: str) -> None:
        self._reach(page, selector)
        with page.expect_navigation():
            page.keyboard.press("Enter")

    def _turn_to(self, page: Page, selector: str) -> None:
        """Reach a group of radio buttons, of which Tab finds one, and go on with the arrows."""
        name = page.locator(selector).get_attribute("name")
        self._reach(page, f'input[type=radio][name="{name}"]')
        for _ in range(MOST_OPTIONS):
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                if not page.locator(selector).is_checked():
                    page.keyboard.press("Space")
                return
            page.keyboard.press("ArrowDown")

    def _reach(self, page: Page, selector: str) -> None:
        """Press Tab until an element that the selector names has the focus, from wherever one stands."""
        for _ in range(MOST_STOPS):
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {selector} on {page.url}")
