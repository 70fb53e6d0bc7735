"""What every page has: a heading, a header, a way to walk through it with the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Locator, Page

MOST_STOPS = 400  # tab stops; more than any page has

# What somebody would say about the element that has the focus, and how it shows that it has it.
FOCUSED = """() => {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return {
    tag: element.tagName.toLowerCase(),
    text: (element.innerText || element.value || '').trim(),
    id: element.id,
    name: element.name || '',
    value: element.value || '',
    href: element.getAttribute('href') || '',
    outline: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
    colour: style.outlineColor,
    visible: box.width > 0 && box.height > 0,
    path: element === document.body ? '' : element.outerHTML.slice(0, 120),
  };
}"""


def follow(element: Locator) -> None:
    """Use a link or a button that leads to another page, or to another place on this one, and wait until it is there.

    Without that wait, whatever is asked of the tab next may meet a document of which nothing is read yet.
    """
    with element.page.expect_navigation():
        element.click()


class Focus:
    """The element that has the keyboard.

    :param seen: what the browser says of it.
    """

    def __init__(self, seen: dict[str, object]) -> None:
        self.tag = str(seen["tag"])
        self.text = str(seen["text"])
        self.id = str(seen["id"])
        self.name = str(seen["name"])
        self.value = str(seen["value"])
        self.href = str(seen["href"])
        self.markup = str(seen["path"])
        self.outline = float(str(seen["outline"]))  # CSS pixels
        self.visible = bool(seen["visible"]) and seen["colour"] != "rgba(0, 0, 0, 0)"


class LibraryPage:
    """Any page.

    :param page: the browser's tab.
    """

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def path(self) -> str:
        """Address without scheme and host."""
        return "/" + self.page.url.split("/", 3)[3]

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    @property
    def language(self) -> str:
        return self.page.locator("html").get_attribute("lang") or ""

    def choose_language(self, name: str) -> Self:
        """Take the same page in another language, by the language's own name."""
        self.page.locator("details.language-menu summary").click()
        follow(self.page.locator("details.language-menu").get_by_role("link", name=name, exact=True))
        return self

    def is_signed_in(self) -> bool:
        return self.page.locator(".account-menu a[href$='/account']").count() == 1

    # --- with the keyboard ---

    @property
    def focus(self) -> Focus:
        return Focus(self.page.evaluate(FOCUSED))

    def press(self, key: str) -> Self:
        self.page.keyboard.press(key)
        return self

    def stops(self) -> Iterator[Focus]:
        """Walk through the page with the Tab key, from where one stands to its end."""
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            here = self.focus
            if here.tag == "body":
                return
            yield here
        raise AssertionError("the keyboard never leaves this page")

    def tab_to(self, wanted: Callable[[Focus], bool]) -> Focus:
        """Press Tab until the wanted element has the keyboard."""
        for here in self.stops():
            if wanted(here):
                return here
        raise AssertionError("the keyboard does not reach it")

    def follow_with_enter(self) -> None:
        """Press Enter and wait for the next page."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
