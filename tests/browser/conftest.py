"""A real Chromium in front of a real library in demo mode."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from browser_site import FLAGS, PAGES, make_it_fail, serving
from factories.instances import SqliteShelf, running
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

from library.accounts.services import ensure_demo_accounts
from library.extensions import db
from library.models import Organisation, Practice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask

MISSING = "Chromium is missing, and these tests look at the pages with it. Install it: apt-get install chromium"
WIDE = {"width": 1280, "height": 900}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker("browser")


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


@pytest.fixture(scope="module")
def chromium(site: str, paths: dict[str, str]) -> Iterator[Browser]:
    """A browser for the tests of one module.

    It runs an event loop in this thread, in which no application context may end (the database extension closes its
    async sessions there). So the library is open before it, and it is closed before tests of other modules begin.
    """
    executable = shutil.which("chromium")
    if executable is None:
        pytest.fail(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield browser
        browser.close()


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
            context = chromium.new_context(
                **{"base_url": site, "viewport": WIDE, "reduced_motion": "reduce", **settings}
            )
            stack.callback(context.close)
            context.set_default_timeout(10_000)
            page = context.new_page()
            complaints.listen(page)
            return page

        yield open_one
    assert not complaints.heard, "\n".join(complaints.heard)


@pytest.fixture
def tab(open_tab: Callable[..., Page]) -> Page:
    """One tab, 1280 pixels wide, light."""
    return open_tab()
