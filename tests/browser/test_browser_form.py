"""Writing with scripts: suggestions by keyboard, marks, clean pasting, a preview in place, rows and organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pages.accounts import SignInPage
from pages.base import follow

from library.accounts.services import DEMO_PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

PASTE = """([id, html]) => {
  const data = new DataTransfer();
  data.setData('text/html', html);
  data.setData('text/plain', 'plain');
  const box = document.getElementById(id);
  box.focus();
  box.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
}"""
PROBLEM = "f-text-en-problem"


@pytest.fixture
def draft(open_tab: Callable[..., Page]) -> Page:
    """A draft with a title, opened on its first step by the contributor of the demo."""
    tab = open_tab()
    SignInPage.open(tab).sign_in("contributor@demo.example", DEMO_PASSWORD)
    tab.goto("/en/submissions/new")
    tab.fill("#f-text-en-title", "Open school evenings")
    follow(tab.locator(".case-foot button"))
    tab.wait_for_url("**/edit/about")
    return tab


def step(tab: Page, slug: str) -> None:
    tab.goto(tab.url.partition("/edit/")[0] + f"/edit/{slug}")


def suggested(tab: Page, box: Locator, typed: str) -> list[str]:
    """Type into a combobox and return what it suggests."""
    box.press_sequentially(typed)
    options = tab.locator(f"#{box.get_attribute('aria-controls')} [role=option]")
    options.first.wait_for()
    return options.all_inner_texts()


def test_a_theme_is_found_by_a_word_of_another_language_and_chosen_with_the_keyboard(draft: Page) -> None:
    box = draft.locator("#f-themes .tree-find input")

    assert "Hate" in suggested(draft, box, "hatbrott")[0]
    assert box.get_attribute("aria-expanded") == "true"
    box.press("ArrowDown")
    assert draft.locator(f"#{box.get_attribute('aria-activedescendant')}").get_attribute("aria-selected") == "true"
    box.press("Enter")

    assert "Hate" in draft.locator("#f-themes .tree-chosen").inner_text()
    assert draft.locator("#f-themes .tree-chosen input").is_checked()
    assert box.input_value() == ""
    assert draft.url.endswith("/edit/about"), "the Enter key has not sent the form"


def test_escape_closes_the_suggestions_and_keeps_what_was_typed(draft: Page) -> None:
    box = draft.locator("#f-themes .tree-find input")
    suggested(draft, box, "school")

    box.press("Escape")

    assert box.get_attribute("aria-expanded") == "false"
    assert box.input_value() == "school"


def test_a_municipality_is_picked_from_the_suggestions(draft: Page) -> None:
    box = draft.locator("#f-municipalities-find")
    suggested(draft, box, "arhus")

    box.press("ArrowDown")
    with draft.expect_navigation():
        box.press("Enter")

    assert "Aarhus" in draft.locator("#f-municipalities .body-chosen").inner_text()
    assert draft.locator("#f-text-en-title").input_value() == "Open school evenings"


def test_an_organisation_that_nobody_knows_is_added(draft: Page) -> None:
    step(draft, "who")
    box = draft.locator("#f-owner-find")
    assert suggested(draft, box, "Night walkers of Northfield")[-1].startswith("Add “Night walkers")

    box.press("ArrowUp")
    with draft.expect_navigation():
        box.press("Enter")
    draft.select_option("#f-owner-kind", "ngo")
    follow(draft.locator("button[value='name:owner']"))

    assert "Night walkers of Northfield" in draft.locator("#f-owner .body-chosen").inner_text()


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        pytest.param(
            "<p class=MsoNormal><b>Open</b> school <i>evenings</i><o:p></o:p></p>"
            "<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·"
            "<span>&nbsp;&nbsp; </span></span>First</p>"
            "<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'>·&nbsp; Second</p>",
            "**Open** school *evenings*\n\n- First\n- Second",
            id="word",
        ),
        pytest.param(
            "<b style='font-weight:normal'><p><span style='font-weight:700'>Bold</span> text</p>"
            "<ul><li><p>one</p></li><li><p>two</p><ul><li>deep</li></ul></li></ul></b>",
            "**Bold** text\n\n- one\n- two\n  - deep",
            id="google-docs",
        ),
        pytest.param(
            "<h1>Head</h1><div>See <a href='https://example.org/a'>this</a><br>and *that*</div>"
            "<script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:alert(1)'>no</a>",
            "## Head\n\nSee [this](https://example.org/a)\nand \\*that\\*\n\nno",
            id="web-page",
        ),
        pytest.param(
            "<table><tr><td>Year</td><td>Fights</td></tr><tr><td>2018</td><td>34</td></tr></table>",
            "| Year | Fights |\n| --- | --- |\n| 2018 | 34 |",
            id="table",
        ),
    ],
)
def test_a_pasted_document_comes_out_as_clean_markdown(draft: Page, html: str, markdown: str) -> None:
    step(draft, "story")

    draft.evaluate(PASTE, [PROBLEM, html])

    pasted = draft.locator(f"#{PROBLEM}").input_value()
    assert [line.strip() if line.strip() == "no" else line for line in pasted.split("\n")] == markdown.split("\n")


def test_marks_are_at_hand_for_the_keyboard(draft: Page) -> None:
    step(draft, "story")
    area = draft.locator(f"#{PROBLEM}")
    area.fill("more fights")
    area.press("ControlOrMeta+a")
    area.press("ControlOrMeta+b")
    assert area.input_value() == "**more fights**"

    area.press("Shift+Tab")
    assert focus(draft) == "Bold", "one Tab leads to the toolbar"
    draft.keyboard.press("ArrowRight")
    draft.keyboard.press("ArrowRight")
    draft.keyboard.press("ArrowRight")
    assert focus(draft) == "List"
    draft.keyboard.press("Enter")
    assert area.input_value() == "- **more fights**"
    draft.keyboard.press("ControlOrMeta+z")
    assert area.input_value() == "**more fights**", "undo knows of the marks"


def focus(tab: Page) -> Any:
    return tab.evaluate("document.activeElement.textContent.trim()")


def test_the_preview_opens_in_place_and_words_are_counted(draft: Page) -> None:
    step(draft, "story")
    draft.fill(f"#{PROBLEM}", "More **fights** around the station")

    draft.locator(f"[data-shows={PROBLEM}]").click()
    draft.locator(f"#{PROBLEM}-preview strong").wait_for()

    assert draft.locator(f"#{PROBLEM}-preview strong").inner_text() == "fights"
    assert draft.locator(f"#{PROBLEM}-limit").inner_text() == "About 200 words (5 so far)"
    assert draft.url.endswith("/edit/story")


def test_a_row_that_was_added_has_the_focus(draft: Page) -> None:
    step(draft, "materials")

    follow(draft.locator("button[value='add:sources']"))

    assert draft.evaluate("document.activeElement.id") == "f-sources-0-title"


def test_what_does_not_fit_gets_the_focus_and_a_way_to_its_box(draft: Page) -> None:
    draft.fill("#f-start_year", "spring of 2016")
    follow(draft.locator(".case-foot button[value=continue]"))

    summary = draft.locator(".ds-error-summary")
    summary.wait_for()
    assert draft.evaluate("document.activeElement.className") == "ds-error-summary"
    summary.locator("a").click()
    assert draft.evaluate("document.activeElement.id") == "f-start_year"
