"""What the pages on privacy and accessibility promise holds."""

from __future__ import annotations

from typing import Any

import pytest
from factories.instances import Place
from factories.readers import Page, Reader

pytestmark = pytest.mark.one_database


def test_the_privacy_page_tells_when_the_cookie_comes_and_it_comes_then(reader: Reader) -> None:
    page = reader.read("/en/privacy")
    assert "Signing in, opening an account and getting a new password need one session cookie" in page.text
    assert "at most 12 hours" in page.text
    assert "operator of this installation" in page.text
    assert "Set-Cookie" not in page.response.headers
    assert len(reader.get("/en/account/sign-in").headers.getlist("Set-Cookie")) == 1


@pytest.mark.parametrize("place", ["practices", "about", "practices/nothing-here", "submissions"])
def test_no_page_that_readers_open_sets_a_cookie(reader: Reader, place: str) -> None:
    assert "Set-Cookie" not in reader.get(f"/en/{place}").headers


def test_the_accessibility_statement_says_where_the_site_stands_and_whom_to_tell(reader: Reader) -> None:
    text = reader.read("/en/accessibility").text
    for said in ("conforms partially with WCAG 2.2, level AA", "November 2026", "right to complain"):
        assert said in text
    assert "Tell the operator of this site." in text


def test_where_there_is_a_contact_feedback_goes_there(own_place: Place, open_library: Any) -> None:
    client = open_library(own_place, CONTACT_EMAIL="library@example.org").test_client()
    for name in ("privacy", "accessibility"):
        page: Page = client.read(f"/en/{name}")
        assert "mailto:library@example.org" in page.addresses
        assert "Tell the operator of this site." not in page.text
