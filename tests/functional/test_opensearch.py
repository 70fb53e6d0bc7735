"""The search as browsers take it into their own box: the description, where it is named, and completions."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from factories.documents import titled
from factories.readers import Reader
from factories.records import a_practice, follow
from flask import Flask
from sqlalchemy.orm import Session

from library.catalogue.opensearch_views import COMPLETIONS_TYPE, DESCRIPTION_TYPE
from library.choices import PracticeState
from library.languages import LANGUAGES

pytestmark = pytest.mark.one_database

NAMES = {"": "http://a9.com/-/spec/opensearch/1.1/", "moz": "http://www.mozilla.org/2006/browser/search/"}


def description(reader: Reader, language: str) -> ET.Element:
    answer = reader.get(f"/{language}/opensearch.xml")
    assert (answer.status_code, answer.mimetype) == (200, DESCRIPTION_TYPE)
    return ET.fromstring(answer.data)  # noqa: S314 - our own


def said(document: ET.Element, name: str) -> str:
    found = document.findtext(name, namespaces=NAMES)
    assert found
    return found


def template(document: ET.Element, media_type: str) -> str:
    (found,) = (url for url in document.findall("Url", NAMES) if url.get("type") == media_type)
    return found.attrib["template"]


def asked(document: ET.Element, media_type: str, words: str) -> str:
    """Return the path that a browser asks for words."""
    address = urlsplit(template(document, media_type).replace("{searchTerms}", words))
    return f"{address.path}?{address.query}"


def completions(reader: Reader, typed: str, language: str = "en") -> list[Any]:
    answer = reader.get(f"/{language}/completions", query_string={"q": typed})
    assert (answer.status_code, answer.mimetype) == (200, COMPLETIONS_TYPE)
    found: list[Any] = answer.json
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_a_search_of_its_own_name_that_browsers_accept(reader: Reader, language: str) -> None:
    document = description(reader, language)

    assert said(document, "ShortName") == f"Safe Cities ({language})"
    assert said(document, "Language") == language
    assert len(said(document, "LongName")) <= 48
    assert said(document, "InputEncoding") == "UTF-8"
    assert said(document, "moz:SearchForm").endswith(f"/{language}/practices")


def test_it_says_in_the_readers_language_what_is_searched(reader: Reader) -> None:
    assert said(description(reader, "sv"), "Description") != said(description(reader, "en"), "Description")


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Bibliotek", "Bibliotek (sv)"),
        ("Stadsbiblioteksföreningen i Norden", "Stadsbiblio (sv)"),
        ("A & <b>", "A & <b> (sv)"),
    ],
)
def test_a_library_of_any_name_has_a_name_of_sixteen_letters(
    library: Flask, reader: Reader, monkeypatch: pytest.MonkeyPatch, name: str, short: str
) -> None:
    monkeypatch.setitem(library.config, "SITE_NAME", name)

    assert said(description(reader, "sv"), "ShortName") == short
    assert len(said(description(reader, "sv"), "LongName")) <= 48


def test_what_a_browser_asks_for_is_the_search(reader: Reader) -> None:
    document = description(reader, "sv")

    page = reader.read(asked(document, "text/html", "nattvandring"))
    assert page.slugs == reader.read("/sv/practices?q=nattvandring").slugs != []
    assert reader.get(asked(document, "application/atom+xml", "nattvandring")).mimetype == "application/atom+xml"
    assert reader.get(asked(document, COMPLETIONS_TYPE, "natt")).json[0] == "natt"
    assert urlsplit(template(document, DESCRIPTION_TYPE)).path == "/sv/opensearch.xml"


def test_addresses_are_those_of_the_public(library: Flask, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(library.config, "PUBLIC_URL", "https://library.example.org")

    found = description(reader, "fi")
    assert template(found, "text/html") == "https://library.example.org/fi/practices?q={searchTerms}"
    _typed, _words, _kinds, addresses = completions(reader, "malmö")
    assert addresses[0] == "https://library.example.org/en/municipalities/se-malmo"


@pytest.mark.parametrize("path", ["/da/", "/da/practices", "/da/municipalities/se-malmo", "/da/account/sign-in"])
def test_every_page_names_the_search_of_its_language(reader: Reader, path: str) -> None:
    (link,) = [link for link in reader.read(path).all("head/link") if link.get("rel") == "search"]

    assert (link.get("type"), link.get("href")) == (DESCRIPTION_TYPE, "/da/opensearch.xml")
    assert link.get("title") == "Safe Cities Library (da)"


def test_an_address_that_leads_nowhere_names_it_too(reader: Reader) -> None:
    page = reader.read("/da/practices/no-such-practice", status=404)
    assert "/da/opensearch.xml" in [link.get("href") for link in page.all("head/link")]


def test_without_a_language_the_browsers_own_is_taken(reader: Reader) -> None:
    answer = reader.get("/opensearch.xml", headers={"Accept-Language": "nn,en;q=0.5"})

    assert answer.location == "/nn/opensearch.xml"
    assert "Accept-Language" in answer.vary


def test_a_browser_is_told_words_what_they_are_and_where_they_lead(reader: Reader) -> None:
    typed, found, kinds, addresses = completions(reader, "malmo", "sv")

    assert typed == "malmo"
    assert found[0] == "Malmö"
    assert kinds[0] == "Kommuner"
    assert addresses[0].endswith("/sv/municipalities/se-malmo")
    assert len(found) == len(set(found)) == len(kinds) == len(addresses)


def test_words_that_a_browser_completes_find_what_they_name(reader: Reader) -> None:
    for word in completions(reader, "natteravn", "da")[1]:
        assert reader.read("/da/practices", query_string={"q": word}).slugs, word


@pytest.mark.parametrize("typed", ["", "zzzqqqzzz", '"', "\u202e", "x" * 5000])
def test_for_what_fits_nothing_there_are_no_words(reader: Reader, typed: str) -> None:
    assert completions(reader, typed)[1:] == [[], [], []]


def test_what_is_withdrawn_is_completed_no_more(own_library: Flask, own_reader: Reader, own_session: Session) -> None:
    practice = a_practice(own_session, titled("Zebra crossings"))
    own_session.commit()
    follow(own_library)
    assert completions(own_reader, "zebra")[1] == ["Zebra crossings"]

    practice.state, practice.archive_reason = PracticeState.ARCHIVED, "Over"
    own_session.commit()

    assert completions(own_reader, "zebra")[1] == [], "before the index has heard of it"
