"""A browser that reads closely: on every answer it checks what must hold on all pages (STYLE §1, DESIGN §9)."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any
from xml.etree.ElementTree import Element

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from factories.html import parse, with_class, words
from factories.watching import Ledger, watched
from library.languages import LANGUAGES

MAX_MARKUP = 60_000  # bytes, DESIGN §9
SESSION_TABLE = "server_session"  # sessions are kept in transactions of their own, also while reading
OWN_ADDRESS = re.compile(r"/(?!/)")
FRAMED = re.compile(r"/[a-z]{2}/collections/[a-z0-9-]+/card")  # the one page that other sites may frame
FETCHING = {"script": "src", "img": "src", "source": "src", "iframe": "src", "use": "href", "object": "data"}
FETCHED_LINKS = frozenset({"stylesheet", "icon", "preload", "modulepreload", "manifest", "preconnect", "dns-prefetch"})
HEADERS: dict[str, str | None] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FRAMED_HEADERS = {**HEADERS, "X-Frame-Options": None, "Cross-Origin-Resource-Policy": "cross-origin"}


class Page:
    """An HTML page as its reader sees it.

    :param response: the answer that carries it.
    """

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.markup = response.get_data(as_text=True)
        self.root = parse(self.markup)

    @property
    def heading(self) -> str:
        return words(self.root.find(".//h1"))

    @property
    def language(self) -> str | None:
        return self.root.get("lang")

    @property
    def text(self) -> str:
        return words(self.root.find(".//main"))

    def all(self, path: str) -> list[Element]:
        return self.root.findall(f".//{path}")

    def by_class(self, name: str) -> list[Element]:
        return list(with_class(self.root, name))

    def by_id(self, identifier: str) -> Element:
        found = [element for element in self.root.iter() if element.get("id") == identifier]
        assert len(found) == 1, f"{len(found)} elements are called {identifier}"
        return found[0]

    @property
    def addresses(self) -> list[str]:
        return [link.get("href", "") for link in self.all("main//a")]

    @property
    def slugs(self) -> list[str]:
        """The practices that the page lists, in order."""
        return _slugs(self.root)

    @property
    def nearly(self) -> list[str]:
        """Those of them that have only some of the words which others have all."""
        return [slug for part in self.by_class("nearly") for slug in _slugs(part)]


def _slugs(part: Element) -> list[str]:
    links = (card.find(".//h3/a") for card in with_class(part, "card"))
    return [link.get("href", "").rsplit("/", 1)[1] for link in links if link is not None]


class Reader(FlaskClient):
    """A client that fails on any answer that breaks a rule of the house.

    Links of a search repeat what was asked, so a hostile question may make a page somewhat larger: ``most``.
    """

    most = MAX_MARKUP

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        had_cookie = bool(self._cookies)
        if kwargs.get("method") == "POST":
            kwargs.setdefault("headers", {"Referer": "https://localhost/"})  # as browsers do on the site itself
        with watched() as ledger:
            response = super().open(*args, **kwargs)
        _check_transaction(response, ledger)
        _check_headers(response, https=not self.application.config["DEMO"])
        if not had_cookie and "/account" not in response.request.path:
            assert "Set-Cookie" not in response.headers, "a reader was given a cookie"
        if response.mimetype == "text/html" and response.status_code not in (301, 302, 303, 307, 308):
            check_page(Page(response), most=self.most)
        return response

    def read(self, address: str, status: int = 200, **kwargs: Any) -> Page:
        """Return the page at an address, which must answer with this status."""
        response = self.get(address, **kwargs)
        assert response.status_code == status, f"{address} answered {response.status}"
        return Page(response)


def _check_transaction(response: TestResponse, ledger: Ledger) -> None:
    assert not ledger.unsaved, f"left in the session: {ledger.unsaved}"
    if response.status_code < 400:
        assert not ledger.lost, f"written, then rolled back, and said to be fine: {ledger.lost}"
    if response.request.method in ("GET", "HEAD"):
        assert set(ledger.committed) <= {SESSION_TABLE}, f"a GET wrote to {ledger.committed}"


def _check_headers(response: TestResponse, *, https: bool) -> None:
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    framed = FRAMED.fullmatch(response.request.path) and response.status_code == 200
    if framed:
        assert "script-src" not in policy
        policy = policy.replace("frame-ancestors *", "")
    assert not re.search(r"https?:|\*|data:|blob:", policy), f"the policy lets strangers in: {policy}"
    for name, value in (FRAMED_HEADERS if framed else HEADERS).items():
        assert response.headers.get(name) == value, name
    if https:
        assert "includeSubDomains" in response.headers["Strict-Transport-Security"]


def check_page(page: Page, *, most: int = MAX_MARKUP) -> None:
    """Check one page against the rules that hold for all."""
    _check_outline(page)
    _check_identifiers(page)
    _check_nothing_inline(page)
    _check_nothing_from_strangers(page)
    assert len(page.response.data) < most, f"{len(page.response.data)} bytes of markup"


def _check_outline(page: Page) -> None:
    headings = page.all("h1")
    assert len(headings) == 1, f"{len(headings)} h1"
    assert words(page.root.find("./head/title")).startswith(page.heading), "the h1 does not open the title"
    opening = page.response.request.path.split("/")[1]
    if opening in LANGUAGES:
        assert page.language == opening
    assert page.language in LANGUAGES


def _check_identifiers(page: Page) -> None:
    identifiers = Counter(element.get("id") for element in page.root.iter() if element.get("id") is not None)
    assert not [name for name, count in identifiers.items() if count > 1 or not name], "an id is used twice"
    for element in page.root.iter():
        for name in ("for", "form", "aria-labelledby", "aria-describedby", "aria-controls"):
            for target in element.get(name, "").split():
                assert target in identifiers, f'{name}="{target}" leads nowhere'
        if element.tag == "a" and element.get("href", "").startswith("#"):
            assert element.get("href", "")[1:] in identifiers, f"{element.get('href')} leads nowhere"


def _check_nothing_inline(page: Page) -> None:
    for element in page.root.iter():
        inline = [name for name in element.keys() if name == "style" or name.startswith("on")]  # noqa: SIM118 - no dict
        assert not inline, f"<{element.tag}> has {inline}"
        assert element.tag != "style", "a style element"
        if element.tag == "script":
            assert element.get("src"), "an inline script"
        if element.tag == "form":
            assert element.get("action"), "a form without action"
        for name in ("href", "src", "action"):
            assert not element.get(name, "").lower().lstrip().startswith("javascript:")


def _check_nothing_from_strangers(page: Page) -> None:
    for element in page.root.iter():
        address = element.get(FETCHING.get(element.tag, ""))
        if element.tag == "link" and FETCHED_LINKS & set(element.get("rel", "").split()):
            address = element.get("href")
        if element.tag == "form":
            address = element.get("action")
        if address is not None:
            assert OWN_ADDRESS.match(address), f"<{element.tag}> fetches {address}"
