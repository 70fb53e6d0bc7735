"""The pages that need no account: home, search, practice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pages.base import LibraryPage, follow

if TYPE_CHECKING:
    from playwright.sync_api import Page


class HomePage(LibraryPage):
    """The front page in one language."""

    @classmethod
    def open(cls, page: Page, language: str = "en") -> HomePage:
        page.goto(f"/{language}/")
        return cls(page)

    def search_with_keyboard(self, words: str) -> SearchPage:
        self.tab_to(lambda focus: focus.name == "q")
        self.page.keyboard.type(words)
        self.follow_with_enter()
        return SearchPage(self.page)


class SearchPage(LibraryPage):
    """The list of practices."""

    @classmethod
    def open(cls, page: Page, query: str, language: str = "en") -> SearchPage:
        page.goto(f"/{language}/practices?{query}")
        return cls(page)

    @property
    def total(self) -> int:
        """How many practices the page says it found."""
        found = re.search(r"\d+", self.page.locator("#results-title").inner_text())
        return int(found.group()) if found else 0

    @property
    def titles(self) -> list[str]:
        return self.page.locator(".result-list .card-title").all_inner_texts()

    @property
    def marked(self) -> list[str]:
        """The words that the page shows as hits."""
        return self.page.locator(".result-list mark").all_inner_texts()

    @property
    def chips(self) -> list[str]:
        return self.page.locator(".chips .ds-chip").all_inner_texts()

    def open_filters_with_keyboard(self) -> None:
        self.tab_to(
            lambda focus: focus.tag == "summary" and 'class="menu' not in focus.markup and self._holds_filters()
        )
        self.press("Enter")

    def _holds_filters(self) -> bool:
        return bool(self.page.evaluate("document.activeElement.parentElement.matches('details.filters')"))

    def tick_with_keyboard(self, facet: str, *codes: str) -> None:
        """Walk through the filters and tick these, in whatever order they stand."""
        for _ in codes:
            self.tab_to(lambda focus: focus.name == facet and focus.value in codes)
            self.press("Space")

    def apply_with_keyboard(self) -> SearchPage:
        self.tab_to(lambda focus: focus.tag == "button" and "filters-apply" in self._parent_class())
        self.follow_with_enter()
        return SearchPage(self.page)

    def _parent_class(self) -> str:
        return str(self.page.evaluate("document.activeElement.parentElement.className"))

    def open_first_with_keyboard(self) -> PracticePage:
        first = self.page.locator(".result-list .card-title a").first.get_attribute("href")
        self.tab_to(lambda focus: focus.href == first)
        self.follow_with_enter()
        return PracticePage(self.page)

    def open_first(self) -> PracticePage:
        follow(self.page.locator(".result-list .card-title a").first)
        return PracticePage(self.page)

    def remove_chip(self, number: int) -> SearchPage:
        follow(self.page.locator(".chips .ds-chip").nth(number))
        return SearchPage(self.page)


class PracticePage(LibraryPage):
    """One practice."""

    @classmethod
    def open(cls, page: Page, slug: str, language: str = "en") -> PracticePage:
        page.goto(f"/{language}/practices/{slug}")
        return cls(page)

    @property
    def sources(self) -> list[str]:
        """The addresses of the sources."""
        links = self.page.locator("ol.source-list a").all()
        return [link.get_attribute("href") or "" for link in links]

    def go_to_sources_with_keyboard(self) -> None:
        if not self.page.locator(".toc a[href='#sources']").is_visible():
            self.tab_to(lambda focus: focus.tag == "summary" and self._holds_contents())
            self.press("Enter")
        self.tab_to(lambda focus: focus.href == "#sources")
        self.press("Enter")

    def _holds_contents(self) -> bool:
        return bool(self.page.evaluate("document.activeElement.closest('.toc') !== null"))

    def sees(self, selector: str) -> bool:
        """Whether an element lies in the window."""
        return bool(
            self.page.locator(selector).evaluate(
                "e => { const b = e.getBoundingClientRect(); return b.top < innerHeight && b.bottom > 0; }"
            )
        )
