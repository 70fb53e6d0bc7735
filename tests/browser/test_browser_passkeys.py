"""Passkeys in a real Chromium, with an authenticator that its developer tools pretend is plugged in."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from factories.records import PASSWORD, an_account
from pages.base import follow

from library.choices import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from playwright.sync_api import Browser, Page

SIGN_IN = "/en/account/sign-in"
ACCOUNT = "/en/account"
NEW = "/en/account/second-factor/passkeys/new"


@pytest.fixture(scope="module")
def people(demo_library: Flask) -> dict[str, str]:
    """People of these tests alone, made before the browser takes this thread."""
    names = ("paula", "petra", "pia", "piet")
    return {name: an_account(demo_library, Role.MEMBER, email=f"{name}@example.org", name=name) for name in names}


@pytest.fixture
def tabs(people: dict[str, str], chromium: Browser, site: str) -> Iterator[Any]:
    """Open tabs at a name; browsers make no passkeys for bare numbers."""
    assert people
    contexts = []

    def open_tab(**options: Any) -> Page:
        context = chromium.new_context(base_url=site.replace("127.0.0.1", "localhost"), **options)
        contexts.append(context)
        return context.new_page()

    yield open_tab
    for context in contexts:
        context.close()


@contextmanager
def authenticator(tab: Page, *, verifies: bool = True) -> Iterator[tuple[Any, str]]:
    """Plug in an authenticator; one that verifies asks for a finger, and gets it."""
    tools = tab.context.new_cdp_session(tab)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal" if verifies else "usb",
        "hasResidentKey": verifies,
        "hasUserVerification": verifies,
        "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }
    plugged = tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    yield tools, plugged
    tools.send("WebAuthn.disable")


def give_password(tab: Page, email: str) -> None:
    tab.goto(SIGN_IN)
    form = tab.locator("form:has(input[name=password])")
    form.locator("input[name=email]").fill(email)
    form.locator("input[name=password]").fill(PASSWORD)
    follow(form.locator("button"))


def add_passkey(tab: Page, name: str = "Test key") -> None:
    tab.goto(NEW)
    tab.locator("#name").fill(name)
    follow(tab.get_by_role("button", name="Add the passkey"))
    assert tab.locator("h1").inner_text() in ("Your recovery codes", "Second factor")


def sign_out(tab: Page) -> None:
    tab.goto(ACCOUNT)
    follow(tab.locator("main form[action$=sign-out] button"))


def use_passkey(tab: Page, button: str) -> None:
    follow(tab.get_by_role("button", name=button))


def is_in(tab: Page) -> bool:
    tab.goto(ACCOUNT)
    return tab.locator("h1").inner_text() == "Your account"


def test_a_passkey_signs_in_without_a_password(tabs: Any, people: dict[str, str]) -> None:
    tab = tabs()
    with authenticator(tab):
        give_password(tab, people["paula"])
        add_passkey(tab)
        sign_out(tab)
        tab.goto(SIGN_IN)
        use_passkey(tab, "Sign in with a passkey")
        assert is_in(tab)


def test_after_the_password_the_passkey_is_the_second_step_and_proves_it_once_more(
    tabs: Any, people: dict[str, str]
) -> None:
    tab = tabs()
    with authenticator(tab, verifies=False):
        give_password(tab, people["petra"])
        add_passkey(tab, "Blue key")
        tab.goto("/en/account/second-factor")
        assert "After the password" in tab.locator("main").inner_text()
        sign_out(tab)
        give_password(tab, people["petra"])
        assert tab.locator("h1").inner_text() == "One more step"
        assert not is_in(tab)
        tab.goto("/en/account/sign-in/second-step")
        use_passkey(tab, "Use a passkey")
        assert is_in(tab)
        tab.goto("/en/account/prove?next=/en/account/details")
        use_passkey(tab, "Use a passkey")
        assert tab.url.endswith("/en/account/details")


def test_a_passkey_that_was_removed_signs_nobody_in(tabs: Any, people: dict[str, str]) -> None:
    tab = tabs()
    with authenticator(tab):
        give_password(tab, people["pia"])
        add_passkey(tab, "Old laptop")
        tab.goto("/en/account/second-factor")
        follow(tab.get_by_role("button", name="Remove Old laptop"))
        sign_out(tab)
        tab.goto(SIGN_IN)
        use_passkey(tab, "Sign in with a passkey")
        assert "did not work" in tab.locator(".ds-error-summary").inner_text()
        assert not is_in(tab)


def test_an_answer_is_good_once(tabs: Any, people: dict[str, str]) -> None:
    tab = tabs()
    with authenticator(tab):
        give_password(tab, people["piet"])
        add_passkey(tab)
        sign_out(tab)
        tab.goto(SIGN_IN)
        with tab.expect_request(lambda request: request.method == "POST") as sent:
            use_passkey(tab, "Sign in with a passkey")
        answer = sent.value.post_data
        assert is_in(tab)
        thief = tabs()
        thief.goto(SIGN_IN)
        token = thief.locator("form[data-passkey] input[name=csrf_token]").get_attribute("value")
        fields = {"csrf_token": token, "credential": _field(answer, "credential")}
        again = thief.request.post(f"{SIGN_IN}/passkey", form=fields, headers={"Referer": thief.url})
        assert again.status == 422
        assert not is_in(thief)


def test_without_scripts_the_page_says_so_and_offers_the_other_ways(tabs: Any) -> None:
    tab = tabs(java_script_enabled=False)
    tab.goto(SIGN_IN)
    assert tab.get_by_text("Passkeys work only while your browser runs scripts.").is_visible()
    assert not tab.get_by_role("button", name="Sign in with a passkey").is_visible()
    assert tab.get_by_role("button", name="Sign in", exact=True).is_visible()


def test_a_browser_that_gives_nothing_says_what_to_do(tabs: Any) -> None:
    tab = tabs()
    with authenticator(tab) as (tools, plugged):
        tools.send("WebAuthn.setUserVerified", {"authenticatorId": plugged, "isUserVerified": False})
        tab.goto(SIGN_IN)
        tab.get_by_role("button", name="Sign in with a passkey").click()
        note = tab.get_by_text("The browser gave no passkey.")
        note.wait_for(state="visible", timeout=15_000)


def _field(body: str, name: str) -> str:
    from urllib.parse import parse_qs

    return parse_qs(body)[name][0]
