"""The desk of the advisers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pages.base import LibraryPage, follow

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

TABS = {
    "text": "Text and comments",
    "sheet": "Checklist and evidence",
    "people": "People and dates",
    "decision": "Decision",
}


class QueuesPage(LibraryPage):
    """What waits, one heap at a time."""

    @classmethod
    def open(cls, page: Page, queue: str = "") -> QueuesPage:
        page.goto(f"/en/review?queue={queue}" if queue else "/en/review")
        return cls(page)

    @property
    def counts(self) -> dict[str, int]:
        """How many lie in each queue, by its code."""
        links = self.page.locator(".queue-list a").all()
        return {
            (link.get_attribute("id") or "").removeprefix("queue-"): int(link.locator(".count").inner_text())
            for link in links
        }

    @property
    def titles(self) -> list[str]:
        return self.page.locator(".waiting h3").all_inner_texts()

    def choose(self, queue: str) -> QueuesPage:
        follow(self.page.locator(f"#queue-{queue}"))
        return self

    def open_submission(self, title: str) -> DeskPage:
        follow(self.page.locator(".waiting h3").get_by_role("link", name=title))
        return DeskPage(self.page)


class DeskPage(LibraryPage):
    """One submission: its text, and what all pages about it have."""

    @classmethod
    def open(cls, page: Page, identifier: int) -> Self:
        page.goto(f"/en/review/{identifier}")
        return cls(page)

    @property
    def state(self) -> str:
        return self.page.locator(".desk-state p").inner_text()

    @property
    def messages(self) -> list[str]:
        return self.page.locator(".messages .ds-alert").all_inner_texts()

    @property
    def errors(self) -> list[str]:
        return self.page.locator(".ds-error-summary li").all_inner_texts()

    def take(self) -> Self:
        """Take it, take it over, or go on with it."""
        follow(self.page.locator(".desk-state form button"))
        return self

    def field(self, name: str) -> Locator:
        return self.page.locator(f"#field-{name or 'whole'}")

    def comment(self, field: str, words: str) -> Self:
        follow(self.field(field).locator("a.comment-link"))
        form = self.page.locator(f"#comment-{field or 'whole'}")
        form.locator("textarea").fill(words)
        follow(form.locator("button"))
        return self

    def answer(self, field: str, words: str) -> Self:
        """Answer the first comment on a field."""
        follow(self.field(field).locator(".thread").first.get_by_role("link", name="Answer"))
        thread = self.field(field).locator(".thread").first
        thread.locator("textarea").fill(words)
        follow(thread.get_by_role("button", name="Send the answer"))
        return self

    def settle(self, field: str) -> Self:
        """Settle the first comment on a field."""
        follow(self.field(field).get_by_role("button", name="Settle").first)
        return self

    def threads(self, field: str) -> list[str]:
        return self.field(field).locator(".thread").all_inner_texts()

    def go_to_sheet(self) -> SheetPage:
        self._go("sheet")
        return SheetPage(self.page)

    def go_to_people(self) -> PeoplePage:
        self._go("people")
        return PeoplePage(self.page)

    def go_to_decision(self) -> DecisionPage:
        self._go("decision")
        return DecisionPage(self.page)

    def _go(self, tab: str) -> None:
        follow(self.page.locator(".desk-tabs").get_by_role("link", name=TABS[tab]))


class SheetPage(DeskPage):
    """Checklist and evidence."""

    def fill(self, *, stage: str = "untested", outcome: str = "not-known", label: str = "adviser-reviewed") -> Self:
        """Fill in the whole sheet, every criterion met and every dimension graded."""
        for met in self.page.locator(".sheet input[type=radio][value=yes]").all():
            met.check()
        self.page.locator("#evidence_stage").select_option(stage)
        self.page.locator("#outcome").select_option(outcome)
        self.page.locator("#review_label").select_option(label)
        for grade in self.page.locator("select[id^=grade_]").all():
            grade.select_option("C")
        for reason in self.page.locator("textarea[id^=reason_]").all():
            reason.fill("Known from those who do it.")
        return self

    def save(self) -> SheetPage:
        follow(self.page.locator("#save-sheet"))
        return self


class PeoplePage(DeskPage):
    """Who wrote it, who reviews it and by when."""

    def hand_to(self, name: str) -> Self:
        self.page.locator("#adviser").select_option(label=name)
        follow(self.page.locator("#assign"))
        return self

    def ask(self, name: str, question: str = "") -> Self:
        self.page.locator("#colleague").select_option(label=name)
        self.page.locator("#question").fill(question)
        follow(self.page.locator("#ask-opinion"))
        return self

    def give_opinion(self, verdict: str, words: str) -> Self:
        """:param verdict: ``accept``, ``request-changes`` or ``decline``."""
        self.page.locator(f"input[name=verdict][value={verdict}]").check()
        self.page.locator("#answer").fill(words)
        follow(self.page.locator("#give-opinion"))
        return self


class DecisionPage(DeskPage):
    """The decision with its two texts."""

    def decide(self, decision: str, good: str, needed: str = "") -> DeskPage:
        """:param decision: ``accept``, ``request-changes`` or ``decline``."""
        self.page.locator(f"input[name=decision][value={decision}]").check()
        self.page.locator("#good").fill(good)
        self.page.locator("#reason").fill(needed)
        follow(self.page.locator("#decide"))
        return DeskPage(self.page)

    def accept(self, good: str, adds: str = "") -> DeskPage:
        return self.decide("accept", good, adds)

    def request_changes(self, good: str, needed: str) -> DeskPage:
        return self.decide("request-changes", good, needed)

    def decline(self, good: str, needed: str) -> DeskPage:
        return self.decide("decline", good, needed)
