"""Which language a reader gets, and how a page leads to itself in the others."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from factories.readers import Reader


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("sv-SE,sv;q=0.9,en;q=0.8", "sv"),
        ("nb-NO", "nb"),
        ("no", "nb"),
        ("no-NO,no;q=0.9,en;q=0.5", "nb"),
        ("nn-NO,no;q=0.9", "nn"),
        ("fo-FO,en;q=0.5", "da"),
        ("kl", "da"),
        ("is", "is"),
        ("de-DE,fi;q=0.3", "fi"),
        ("de", "en"),
        ("", "en"),
        ("*", "en"),
        (";;;q=x,,", "en"),
    ],
)
def test_the_front_door_leads_to_the_language_of_the_browser(reader: Reader, asked: str, given: str) -> None:
    answer = reader.get("/", headers={"Accept-Language": asked})
    assert answer.status_code == 302
    assert urlsplit(answer.location).path == f"/{given}/"


@pytest.mark.one_database
@pytest.mark.parametrize(
    "asked",
    [
        {"endpoint": ["x"]},
        {"_method": ["FOO"]},
        {"_anchor": ["a"]},
        {"_external": ["1"], "_scheme": ["javascript"]},
        {"lang": ["sv"], "slug": ["other"], "values": ["1"]},
        {"q": ["hat & hot"], "agency": ["schools", "police"]},
    ],
)
def test_a_page_leads_to_itself_in_every_language_whatever_was_asked(
    reader: Reader, asked: dict[str, list[str]]
) -> None:
    page = reader.read("/en/practices", query_string=asked)
    addresses = [a.get("href", "") for a in page.all("a") if a.get("hreflang") and a.get("lang")]
    others = [urlsplit(address) for address in addresses if urlsplit(address).path.endswith("/practices")]
    assert {other.path for other in others} >= {f"/{code}/practices" for code in ("da", "sv", "nb", "nn", "fi", "is")}
    assert all(parse_qs(other.query) == asked and not other.scheme for other in others)
