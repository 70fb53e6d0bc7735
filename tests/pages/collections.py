"""The desk of collections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.base import LibraryPage

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from pages.hands import Hands


class CollectionDesk(LibraryPage):
    """One collection: its sections and practices in their order.

    :param hands: how somebody works with it.
    """

    def __init__(self, page: Page, hands: Hands) -> None:
        super().__init__(page)
        self.hands = hands

    @classmethod
    def begin_with(cls, page: Page, hands: Hands, query: str, titles: list[str], *, name: str) -> CollectionDesk:
        """Tick practices on a search page, and begin a collection with them."""
        page.goto(f"/en/practices?q={query}")
        for title in titles:
            hands.tick(page, f'.choosing-tick input[aria-label="Choose: {title}"]')
        hands.follow(page, "#chosen button:not([formaction])")
        hands.choose(page, "#place", "new")
        hands.follow(page, "#add")
        hands.fill(page, "#title", name)
        hands.follow(page, "#begin")
        return cls(page, hands)

    @property
    def address(self) -> str:
        """The address of the collection at the desk, without what a move has left there."""
        return self.page.url.partition("?")[0].partition("#")[0]

    @property
    def titles(self) -> list[list[str]]:
        """The practices of each section, in their order."""
        sections = self.page.locator(".part").all()
        return [section.locator(".entry-title a").all_inner_texts() for section in sections]

    @property
    def notes(self) -> list[str]:
        return self.page.locator(".entry-note").all_inner_texts()

    @property
    def messages(self) -> list[str]:
        return self.page.locator(".messages .ds-alert").all_inner_texts()

    @property
    def says(self) -> str:
        """What somebody hears who does not see the list."""
        return self.page.locator("#order-says").inner_text()

    @property
    def state(self) -> str:
        return self.page.locator(".curation-head .ds-tag").inner_text()

    def entry(self, title: str) -> str:
        """Return how to find a practice of the list."""
        return f'.entry:has(.entry-title a:text-is("{title}"))'

    def annotate(self, title: str, words: str) -> None:
        link = self.page.locator(f'.entry-title a:text-is("{title}")').get_attribute("id")
        self.hands.follow(self.page, f"#{link}")
        self.hands.fill(self.page, "#note", words)
        self.hands.follow(self.page, "#save")

    def introduce(self, words: str) -> None:
        self.hands.follow(self.page, '.desk-pages a[href*="/texts/"]')
        self.hands.fill(self.page, "#introduction", words)
        self.hands.follow(self.page, "#save")
        self.hands.follow(self.page, ".desk-pages li:first-child a")

    def add_section(self, heading: str) -> None:
        self.hands.follow(self.page, '.part-more a[href$="/sections/new"]')
        self.hands.fill(self.page, "#heading", heading)
        self.hands.follow(self.page, "#save")

    def publish(self) -> None:
        self.hands.follow(self.page, '.curation-state form[action$="/publish"] button')

    def drag(self, title: str, to: str) -> None:
        """Drag a practice onto the upper edge of something, with the mouse held all the way."""
        grip, target = (self.page.locator(one) for one in (f"{self.entry(title)} .grip", to))
        start, end = grip.bounding_box(), target.bounding_box()
        assert start
        assert end
        mouse = self.page.mouse
        mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
        mouse.down()
        mouse.move(end["x"] + 10, end["y"] + 4, steps=6)
        mouse.up()
