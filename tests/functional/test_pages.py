"""Every public page, in every language."""

from __future__ import annotations

import html5lib
import pytest
from factories.readers import Reader
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.languages import ENDONYMS, LANGUAGES
from library.models import Practice

PAGES = (
    "",
    "practices",
    "practices?agency=schools&theme=hate",
    "practices?q=nothing-answers-to-this",
    "practices/ssp-cooperation-of-schools-social-services-and-police",
    "agencies/police",
    "municipalities",
    "municipalities/dk-aarhus",
    "about",
    "accessibility",
    "privacy",
    "account/sign-in",
)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_on_every_database(reader: Reader, page: str) -> None:
    assert reader.read(f"/sv/{page}").language == "sv"


@pytest.mark.one_database
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_in_every_language(reader: Reader, page: str, language: str) -> None:
    shown = reader.read(f"/{language}/{page}")
    assert shown.language == language


@pytest.mark.one_database
@pytest.mark.parametrize("page", PAGES)
def test_every_page_names_itself_in_the_other_languages(reader: Reader, page: str) -> None:
    shown = reader.read(f"/sv/{page}")
    alternates = {
        link.get("hreflang"): link.get("href") for link in shown.all("link") if link.get("rel") == "alternate"
    }
    if "account" in page:
        assert not alternates
        return
    assert alternates == {language: f"https://localhost/{language}/{page}" for language in LANGUAGES}
    for language, address in alternates.items():
        assert reader.read(address or "").language == language


@pytest.mark.one_database
@pytest.mark.parametrize("page", PAGES)
def test_the_markup_is_valid(reader: Reader, page: str) -> None:
    html5lib.HTMLParser(strict=True).parse(reader.read(f"/en/{page}").markup)


@pytest.mark.one_database
def test_each_language_is_offered_by_its_own_name(reader: Reader) -> None:
    shown = reader.read("/fi/about")
    offered = {link.get("hreflang"): link.text for link in shown.all("a") if link.get("hreflang")}
    assert offered == ENDONYMS


@pytest.mark.parametrize(
    ("wish", "language"),
    [("sv", "sv"), ("nn,nb;q=0.5", "nn"), ("fi;q=0.2, is;q=0.9", "is"), ("de, fr", "en"), ("", "en")],
)
@pytest.mark.one_database
def test_a_reader_who_names_no_language_gets_that_of_the_browser(reader: Reader, wish: str, language: str) -> None:
    answer = reader.get("/", headers={"Accept-Language": wish})
    assert answer.location == f"/{language}/"
    assert "Accept-Language" in answer.vary


@pytest.mark.one_database
def test_every_practice_opens_in_its_own_language_and_in_english(reader: Reader, session: Session) -> None:
    practices = session.scalars(select(Practice)).all()
    assert len(practices) >= 101
    for practice in practices:
        titles = {text.language: text.title for text in practice.texts}
        for language in titles:
            assert reader.read(f"/{language}/practices/{practice.slug}").heading == titles[language]
