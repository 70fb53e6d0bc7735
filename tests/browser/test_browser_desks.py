"""The pages of those who have an account, one of every kind: what axe finds, how wide they are, without scripts."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from factories.adoptions import an_adoption, municipality
from factories.batches import a_batch
from factories.collections import a_collection
from factories.documents import titled
from factories.submissions import a_submission, account_called
from pages.accounts import SignInPage
from sqlalchemy import select
from test_browser_every_page import TOO_WIDE, UNFOLD_MAIN, axe, faults
from test_browser_markup import node

from library.accounts.services import DEMO_MUNICIPALITY, DEMO_PASSWORD
from library.choices import SubmissionState
from library.extensions import db
from library.models import Claim, ConceptSuggestion, KeptEdit, Organisation, Practice, SearchTally, now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from playwright.sync_api import Page

__all__ = ["axe"]

# Who looks at which pages: whose account it is, and the addresses without the language.
PAGES = {
    "nobody": (
        "account/register",
        "account/recover",
        "account/recover/sent",
        "account/reset/{token}",
        "practices/{slug}/revisions",
        "practices/{slug}/revisions/1",
        "mail",
        "mail/stop/{token}",
        "confirm/{token}",
    ),
    "contributor": (
        "account",
        "account/details",
        "account/email",
        "account/password",
        "account/sessions",
        "account/second-factor",
        "account/second-factor/app",
        "account/second-factor/passkeys/new",
        "account/erase",
        "account/practices",
        "practices/{slug}/claim",
        "submissions",
        "submissions/new",
        "submissions/{draft}",
        "submissions/{draft}/edit/about",
        "submissions/{draft}/authors",
        "submissions/{draft}/files",
        "submissions/{draft}/check",
        "submissions/{draft}/preview",
        "submissions/{draft}/conflict/{kept}",
        "submissions/{draft}/delete",
        "submissions/{sent}/withdraw",
        "municipalities/{home}/desk",
        "practices/{used}/use",
    ),
    "adviser": (
        "review",
        "review/{sent}",
        "review/{sent}/assessment",
        "review/{sent}/people",
        "review/{sent}/decision",
        "review/stale?why=compiled",
        "review/stale/{practice}/word",
        "review/claims",
        "review/claims/{claim}",
        "practices/{slug}/state",
        "admin/audit",
        "calls/new?theme=hate",
        "map?theme=safe-communities",
        "curate",
        "curate/vocabularies",
        "curate/vocabularies/themes",
        "curate/vocabularies/themes/hate",
        "curate/vocabularies/themes/hate/words",
        "curate/vocabularies/suggestions",
        "curate/vocabularies/imports/new",
        "curate/batches",
        "curate/batches/edit?practice={practice}&practice={other}",
        "insight",
        "insight/searches",
        "insight/unconfirmed",
    ),
    "administrator": (
        "practices/{slug}/erase",
        "admin/people",
        "admin/people/{person}",
        "admin/invitations",
        "admin/organisations",
        "admin/organisations/{organisation}",
        "admin/organisations/new",
        "admin/audit",
    ),
}
EVERYBODY = pytest.mark.parametrize("who", PAGES)
# An empty box of the same name before a list of them tells "none is ticked" from "not on this page".
NONE_TICKED = "form-dup-name"
TOKEN = "a" * 43  # of a letter that nobody wrote

# Forms that nobody could send without scripts, but those of passkeys, which say so.
NO_BUTTON = """() => [...document.querySelectorAll('main form[method=post]')]
  .filter(form => !form.matches('[data-passkey]'))
  .filter(form => ![...document.querySelectorAll('button[type=submit]')].some(b => b.form === form && b.offsetParent))
  .map(form => form.outerHTML.slice(0, 160))"""


@pytest.fixture(scope="module")
def desks(demo_library: Flask) -> dict[str, str]:
    """Make, before there is a browser, what the pages show; return what stands in their addresses."""
    with demo_library.app_context():
        author = account_called(db.session, "contributor@demo.example")
        draft = a_submission(db.session, author, document=titled("Lights in the underpass"))
        sent = a_submission(
            db.session, author, state=SubmissionState.SUBMITTED, document=titled("Lights at the harbour")
        )
        practice = db.session.scalars(select(Practice).where(Practice.external_id == "dk-natteravnene")).one()
        claim = Claim(practice_id=practice.id, account_id=author.id, message="We have led it since 2019.")
        kept = KeptEdit(
            submission_id=draft.id, account_id=author.id, base_version=0, fields={"text.en.title": "Light in all of it"}
        )
        sought = SearchTally(day=now().date(), language="en", words="wire tapping at night", searches=5, found=0)
        suggestion = ConceptSuggestion(scheme_code="themes", label="Night mayors", language="en", account_id=author.id)
        db.session.add_all([claim, kept, sought, suggestion])
        a_collection(db.session, account_called(db.session, "adviser@demo.example"), practices=[practice])
        a_batch(db.session, account_called(db.session, "adviser@demo.example"))
        home = municipality(db.session, DEMO_MUNICIPALITY)
        foreign = Practice.owner_id.is_distinct_from(home.id)
        others = select(Practice).where(foreign, Practice.state == "published", Practice.id != practice.id)
        used = db.session.scalars(others.order_by(Practice.id).limit(1)).one()
        an_adoption(db.session, used, home, language="da", experience="Godt.")
        db.session.commit()
        found = {"draft": draft.id, "sent": sent.id, "claim": claim.id, "kept": kept.id, "practice": practice.id}
        organisation = db.session.scalars(select(Organisation.id).order_by(Organisation.id)).first()
        found |= {"person": author.id, "organisation": organisation}
        found |= {"other": used.id, "used": used.slug, "home": home.slug}
        return {"slug": practice.slug, "token": TOKEN, **{name: str(number) for name, number in found.items()}}


def as_(who: str, open_tab: Callable[..., Page], *, scripts: bool = True) -> Page:
    """Return a tab of somebody who is signed in, or of nobody."""
    page = open_tab(java_script_enabled=scripts)
    if who != "nobody":
        SignInPage.open(page).sign_in(f"{who}@demo.example", DEMO_PASSWORD)
    return page


def walk(page: Page, who: str, desks: dict[str, str]) -> Iterator[str]:
    """Go to one page after the other, and yield the address of each."""
    for address in PAGES[who]:
        path = "/en/" + address.format(**desks)
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == (404 if "{token}" in address else 200), f"{path} answers {answer.status}"
        assert page.url.endswith(path), f"{path} leads elsewhere: {page.url}"
        yield path


@EVERYBODY
def test_axe_finds_nothing_and_nobody_scrolls_sideways(
    who: str, desks: dict[str, str], open_tab: Callable[..., Page], axe: str
) -> None:
    page = as_(who, open_tab)
    page.set_viewport_size({"width": 320, "height": 640})
    found = []
    for path in walk(page, who, desks):
        found += [f"{path} is too wide: {markup}" for markup in page.evaluate(TOO_WIDE)]
        page.evaluate(UNFOLD_MAIN)
        page.evaluate(axe)
        for scheme, rules in (("light", ""), ("dark", ", runOnly: ['color-contrast', 'link-in-text-block']")):
            page.emulate_media(color_scheme=scheme)
            result = page.evaluate(f"axe.run(document, {{resultTypes: ['violations']{rules}}})")
            found += [f"{path}, {scheme}: {fault}" for fault in faults(result)]

    assert not found, "\n" + "\n".join(found)


@EVERYBODY
def test_every_form_can_be_sent_without_scripts(who: str, desks: dict[str, str], open_tab: Callable[..., Page]) -> None:
    page = as_(who, open_tab, scripts=False)
    found = []
    for path in walk(page, who, desks):
        assert page.locator("h1").is_visible(), path
        found += [f"{path}: {markup}" for markup in page.evaluate(NO_BUTTON)]

    assert not found, "\n".join(found)


def test_html_validate_finds_nothing(
    desks: dict[str, str], open_tab: Callable[..., Page], tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    root = pytestconfig.rootpath
    addresses = []
    for who in PAGES:
        page = as_(who, open_tab)
        for path in (f"/en/{address.format(**desks)}" for address in PAGES[who]):
            (tmp_path / f"{len(addresses)}.html").write_text(page.request.get(path).text(), encoding="utf-8")
            addresses.append(f"{who}: {path}")

    report = tmp_path / "report.json"
    tool = root / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
    settings = ["--config", str(root / ".htmlvalidate.mjs"), "--formatter", f"json={report}"]
    subprocess.run([*node(), str(tool), *settings, str(tmp_path)], cwd=root, capture_output=True, check=False)
    checked = json.loads(report.read_text(encoding="utf-8"))
    found = {
        f"{addresses[int(Path(page['filePath']).stem)]}: {fault['ruleId']}: {fault['message']}"
        for page in checked
        for fault in page["messages"]
        if fault["ruleId"] != NONE_TICKED
    }

    assert not found, "\n" + "\n".join(sorted(found))
