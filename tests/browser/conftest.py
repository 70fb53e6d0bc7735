"""A real Chromium in front of a real library in demo mode."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from browser_site import CHROMIUM, FLAGS, PAGES, make_it_fail, serving
from factories.instances import SqliteShelf, running
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import select

from library.accounts.services import ensure_demo_accounts
from library.extensions import db
from library.models import Organisation, Practice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask

MISSING = "Chromium is missing, and these tests look at the pages with it: apt-get install chromium-headless-shell"
WIDE = {"width": 1280, "height": 900}
PATIENCE = 30_000  # milliseconds: it only says when to give up, on a machine that does other things too


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker("browser")


expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def demo_library(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Flask]:
    """The starter library in demo mode, with addresses that fail."""
    shared: Path = tmp_path_factory.getbasetemp()
    shelf = SqliteShelf(shared if worker_id == "master" else shared.parent)
    settings = {"DEMO": True, "LOOPBACK_ONLY": True, "PREFERRED_URL_SCHEME": "http", "PROPAGATE_EXCEPTIONS": False}
    with running(shelf.copy("whole"), **settings) as app:
        make_it_fail(app)
        with app.app_context():
            ensure_demo_accounts(db.session)
            db.session.commit()
        yield app
    shelf.close()


@pytest.fixture(scope="session")
def site(demo_library: Flask) -> Iterator[str]:
    """The address of a library that is open."""
    with serving(demo_library) as address:
        yield address


@pytest.fixture(scope="session")
def paths(demo_library: Flask) -> dict[str, str]:
    """The address of each page to look at, with records of this library filled in."""
    with demo_library.app_context():
        practices = db.session.scalars(select(Practice).order_by(Practice.id)).all()
        places = db.session.scalars(
            select(Organisation).where(Organisation.memberships.any()).order_by(Organisation.id)
        )
        in_use = {place.municipality_id for practice in practices for place in practice.places}
        members = list(places)
        model = db.session.scalars(select(Practice.model_id).where(Practice.model_id.is_not(None))).first()
        records = {
            "studied": max(practices, key=lambda practice: len(practice.evaluations)).slug,
            "model": db.session.get_one(Practice, model).slug,
            "foreign": next(p.slug for p in practices if all(t.language not in {"fi"} for t in p.texts)),
            "busy": next(place.slug for place in members if place.id in in_use),
            "idle": next(place.slug for place in members if place.id not in in_use),
        }
        return {name: path.format(**records) for name, path in PAGES.items()}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a worker; whoever needs to be alone opens a context."""
    if CHROMIUM is None:
        pytest.fail(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def chromium(browser: Browser, site: str, paths: dict[str, str]) -> Browser:
    """A browser in front of a library that is open."""
    assert site
    assert paths
    return browser


class Complaints:
    """What a browser would tell a developer and not a reader.

    :param site: where everything must come from.
    """

    def __init__(self, site: str) -> None:
        self.site = site
        self.heard: list[str] = []

    def listen(self, page: Page) -> None:
        page.on(
            "console", lambda m: self._note(f"{m.type}: {m.text}", m.type in ("error", "warning") and not _of_page(m))
        )
        page.on("pageerror", lambda error: self._note(f"script: {error}"))
        page.on(
            "requestfailed", lambda r: self._note(f"failed: {r.url} {r.failure}", "ERR_ABORTED" not in str(r.failure))
        )
        page.on("request", lambda r: self._note(f"third party: {r.url}", not r.url.startswith((self.site, "data:,"))))
        page.on("response", lambda r: self._note(f"{r.status}: {r.url}", r.status >= 400 and not _is_page(r.request)))

    def _note(self, complaint: str, matters: bool = True) -> None:
        if matters:
            self.heard.append(complaint)


def _is_page(request: Any) -> bool:
    return bool(request.is_navigation_request())


def _of_page(message: Any) -> bool:
    """Whether the console only repeats that the page itself is an error page."""
    return message.text.startswith("Failed to load resource") and "/static/" not in message.location["url"]


@pytest.fixture
def open_tab(chromium: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Open tabs, each of a person of its own; fails if the browser had anything to complain about."""
    complaints = Complaints(site)
    with ExitStack() as stack:

        def open_one(**settings: Any) -> Page:
            context = chromium.new_context(**{**_settings(site), **settings})
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE)
            page = context.new_page()
            complaints.listen(page)
            return page

        yield open_one
    assert not complaints.heard, "\n".join(complaints.heard)


@pytest.fixture
def tab(open_tab: Callable[..., Page]) -> Page:
    """One tab, 1280 pixels wide, light."""
    return open_tab()


@pytest.fixture(scope="module")
def reused_tab(chromium: Browser, site: str) -> Iterator[tuple[Page, Complaints]]:
    context = chromium.new_context(**_settings(site))
    context.set_default_timeout(PATIENCE)
    page, complaints = context.new_page(), Complaints(site)
    complaints.listen(page)
    yield page, complaints
    context.close()


@pytest.fixture
def window(reused_tab: tuple[Page, Complaints]) -> Iterator[Page]:
    """A tab of nobody, for tests that only look: as ``tab``, but the next test takes it over."""
    page, complaints = reused_tab
    complaints.heard.clear()
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    yield page
    page.goto("about:blank")  # whatever the page would still say, it says before its test is over
    assert not complaints.heard, "\n".join(complaints.heard)
    page.context.clear_cookies()


def _settings(site: str) -> dict[str, Any]:
    return {"base_url": site, "viewport": WIDE, "reduced_motion": "reduce"}
