"""The pages of those who write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pages.base import LibraryPage

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from pages.hands import Hands

# The agencies of the case in the journey, and what each does there.
ROLES = {
    "schools": "Open the gym on Friday evenings",
    "police": "Come by and stay for a game",
    "social-services": "Know whom to ask for help",
}


class AuthorsOwnPage(LibraryPage):
    """Any of these pages, and the hands that use it."""

    def __init__(self, page: Page, hands: Hands) -> None:
        super().__init__(page)
        self.hands = hands

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text()

    @property
    def errors(self) -> list[str]:
        return self.page.locator(".ds-error-summary li").all_inner_texts()

    def _fill(self, selector: str, words: str) -> None:
        self.hands.fill(self.page, selector, words)

    def _tick(self, selector: str) -> None:
        self.hands.tick(self.page, selector)

    def _follow(self, selector: str) -> None:
        self.hands.follow(self.page, selector)


class StartPage(AuthorsOwnPage):
    """The little with which a draft begins."""

    @classmethod
    def open(cls, page: Page, hands: Hands) -> StartPage:
        page.goto("/en/submissions/new")
        return cls(page, hands)

    def begin(self, title: str) -> StepPage:
        """Type the quick start and go on."""
        self._fill("#f-text-en-title", title)
        self._fill("#f-text-en-summary", "The school stays open on Friday evenings, and adults are there.")
        for code in ROLES:
            self._tick(f'input[name="agencies"][value="{code}"]')
        self._fill("#f-text-en-problem", "The schools and the police noted more fights around the station.")
        self._fill("#f-text-en-what_is_done", "Teachers and volunteers keep the gym open until ten.")
        return self.send()

    def send(self) -> StepPage:
        self._follow("#case .case-foot button")
        return StepPage(self.page, self.hands)


class StepPage(AuthorsOwnPage):
    """One step of the form."""

    def fill_about(self) -> StepPage:
        self._tick('input[name="kind"][value="practice"]')
        self._unfold_for('input[name="themes"][value="youth-crime"]')
        self._tick('input[name="themes"][value="youth-crime"]')
        self._unfold_for('input[name="method_types"][value="outreach-work"]')
        self._tick('input[name="method_types"][value="outreach-work"]')
        self._unfold_for('input[name="target_groups"][value="young-people"]')
        self._tick('input[name="target_groups"][value="young-people"]')
        self._pick("country", "se")
        self._pick("geographic_level", "local")
        return self.go_on()

    def fill_who(self) -> StepPage:
        for code, role in ROLES.items():
            self._fill(f'input[name="agencies-{code}-role.en"]', role)
        self._tick('input[name="agencies-schools-lead"]')
        return self.go_on()

    def fill_story(self, **answers: str) -> StepPage:
        for name, words in answers.items():
            self._fill(f"#f-text-en-{name}", words)
        return self.go_on()

    def fill_evidence(self) -> StepPage:
        self._pick("evidence_stage", "untested")
        self._pick("outcome", "not-known")
        return self.go_on()

    def go_on(self) -> StepPage:
        self._follow("#case .case-foot button[value=continue]")
        return self

    def _pick(self, name: str, value: str) -> None:
        """Choose one value, whether the form offers a list or buttons."""
        if self.page.locator(f'select[name="{name}"]').count():
            self.hands.choose(self.page, f'select[name="{name}"]', value)
        else:
            self._tick(f'input[name="{name}"][value="{value}"]')

    def _unfold_for(self, selector: str) -> None:
        """Open the branch of a list in which a box stands, if it is in one and closed."""
        branch = f"details:not([open]):has({selector}) > summary"
        if self.page.locator(branch).count():
            self.hands.unfold(self.page, branch)


class OverviewPage(AuthorsOwnPage):
    """What happens next, what was said, who writes."""

    @classmethod
    def open(cls, page: Page, hands: Hands, number: int) -> OverviewPage:
        page.goto(f"/en/submissions/{number}")
        return cls(page, hands)

    @property
    def state(self) -> str:
        return self.page.locator(".page-head .ds-tag").inner_text()

    @property
    def events(self) -> list[str]:
        return self.page.locator(".timeline-what").all_inner_texts()

    def answer(self, words: str) -> Self:
        """Answer the first comment that is open."""
        self.hands.unfold(self.page, ".comment-reply:not([open]) > summary")
        self._fill(".comment-reply[open] textarea", words)
        self._follow(".comment-reply[open] button:not([name])")
        return self

    def go_to_authors(self) -> AuthorsPage:
        self._follow("a[href$='/authors']")
        return AuthorsPage(self.page, self.hands)

    def edit(self, step: str) -> StepPage:
        self._follow(f".step-links a[href*='/edit/{step}']")
        return StepPage(self.page, self.hands)

    def go_to_check(self) -> CheckPage:
        self._follow(".step-links a[href$='/check']")
        return CheckPage(self.page, self.hands)


class AuthorsPage(AuthorsOwnPage):
    """Who writes with whom."""

    @property
    def names(self) -> list[str]:
        return self.page.locator("section[aria-labelledby=who-title] .author-name").all_inner_texts()

    @property
    def facts(self) -> list[str]:
        return self.page.locator("section[aria-labelledby=who-title] li").all_inner_texts()

    def invite(self, name: str, email: str, agency: str) -> Self:
        self._fill("#name", name)
        self._fill("#email", email)
        self.hands.choose(self.page, "#agency", f"agencies/{agency}" if agency else "")
        self._follow("form[action$='/authors/invite'] button")
        return self

    def confirm(self) -> Self:
        self._follow("form[action$='/authors/confirm'] button")
        return self


class CheckPage(AuthorsOwnPage):
    """What is missing, what to look at, and sending it in."""

    @classmethod
    def open(cls, page: Page, hands: Hands, number: int) -> CheckPage:
        page.goto(f"/en/submissions/{number}/check")
        return cls(page, hands)

    @property
    def missing(self) -> list[str]:
        return self.page.locator("section[aria-labelledby=missing-title] li a").all_inner_texts()

    def declare(self) -> Self:
        """Say that nobody can be recognised."""
        self._tick("#no_person")
        return self

    def send(self, note: str = "") -> OverviewPage:
        self._fill("#note", note)
        self._follow("form[action$='/check'] button")
        return OverviewPage(self.page, self.hands)


class MinePage(AuthorsOwnPage):
    """The list of one's submissions."""

    @classmethod
    def open(cls, page: Page, hands: Hands) -> MinePage:
        page.goto("/en/submissions")
        return cls(page, hands)

    @property
    def titles(self) -> list[str]:
        return self.page.locator(".submission-row h3").all_inner_texts()


class InvitationPage(AuthorsOwnPage):
    """What the link of a letter opens."""

    @classmethod
    def open(cls, page: Page, hands: Hands, path: str) -> InvitationPage:
        page.goto(path)
        return cls(page, hands)

    def open_account(self, name: str, password: str) -> Self:
        self._fill("#name", name)
        self._fill("#password", password)
        self._follow("main form.stack button")
        return self
