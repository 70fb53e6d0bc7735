"""The pages of those who have an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.base import LibraryPage, follow
from pages.reading import HomePage

if TYPE_CHECKING:
    from playwright.sync_api import Page


class SignInPage(LibraryPage):
    """The sign-in form and, in a demo, the accounts to try."""

    @classmethod
    def open(cls, page: Page, language: str = "en") -> SignInPage:
        page.goto(f"/{language}/account/sign-in")
        return cls(page)

    @property
    def accounts(self) -> list[tuple[str, str, str]]:
        """Role, e-mail and password of each account that the page offers."""
        rows = self.page.locator(".demo dl > div").all()
        return [
            (row.locator("dt").inner_text(), *(code.inner_text() for code in row.locator("code").all())) for row in rows
        ]

    def sign_in(self, email: str, password: str) -> AccountPage:
        self._send(email, password)
        return AccountPage(self.page)

    def fail_to_sign_in(self, email: str, password: str) -> SignInPage:
        self._send(email, password)
        return self

    @property
    def errors(self) -> list[str]:
        return self.page.locator(".ds-error-summary li").all_inner_texts()

    def _send(self, email: str, password: str) -> None:
        form = self.page.locator("main form:has(input[name=password])")
        form.locator("input[name=email]").fill(email)
        form.locator("input[name=password]").fill(password)
        follow(form.locator("button[type=submit]"))


class AccountPage(LibraryPage):
    """One's own account."""

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def sign_out(self) -> HomePage:
        follow(self.page.locator("main form[action$=sign-out] button"))
        return HomePage(self.page)
