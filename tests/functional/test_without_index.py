"""What readers see while the search index is missing: nothing that is not true."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from factories.documents import titled
from factories.html import words
from factories.readers import Page, Reader
from factories.records import a_practice
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.indexing.search import index_of_app
from library.models import Practice, PracticeAgency


@pytest.fixture(autouse=True)
def _no_index(own_library: Flask) -> None:
    with own_library.app_context():
        index_of_app().close()
    shutil.rmtree(Path(own_library.config["INDEX_PATH"]))


def test_an_agency_page_counts_and_lists_its_own_practices(own_reader: Reader, own_session: Session) -> None:
    for agency in ("schools", "health-care", "police"):
        with_it = select(PracticeAgency.practice_id).where(PracticeAgency.concept_id == f"agencies/{agency}")
        published = select(Practice.slug).where(Practice.state == "published", Practice.id.in_(with_it))
        own = set(own_session.scalars(published))
        page = own_reader.read(f"/en/agencies/{agency}")
        assert int(words(page.by_id("practices-title")).split()[0]) == len(own)
        assert set(page.slugs) == own


def test_the_home_page_counts_nothing_and_still_opens_every_way_in(own_reader: Reader) -> None:
    page = own_reader.read("/en/")
    assert not page.by_class("count")
    assert "0 " not in words(page.by_class("hero-note")[0])
    assert "/en/agencies/police" in page.addresses
    assert sum("/en/practices?theme=" in address for address in page.addresses) >= 6


def test_search_says_that_filters_do_not_apply(own_reader: Reader, own_session: Session) -> None:
    page: Page = own_reader.read("/en/practices?agency=pirates")
    assert "Filters do not apply until then." in page.text
    every = own_session.scalar(select(func.count()).where(Practice.state == "published"))
    assert words(page.all("span[@role='status']")[0]).split()[0] == str(every)


def test_search_offers_nothing_that_only_an_index_can_do(own_reader: Reader) -> None:
    page = own_reader.read("/en/practices?q=police&sort=newest")
    assert page.slugs
    for name in ("filters", "sort", "list-files"):
        assert not page.by_class(name), name
    kept = [field.get("value") for field in page.all("form[@id='search']//input") if field.get("name") == "sort"]
    assert kept == ["newest"], "the order that was chosen is back with the index"


def test_an_empty_list_of_titles_does_not_say_that_the_library_has_nothing(own_reader: Reader) -> None:
    page = own_reader.read("/en/practices?q=zzqqxyw")
    assert "No title has these words." in page.text
    assert "Nothing in the library" not in page.text


@pytest.mark.parametrize("typed", ["ÅRHUS", "århus", "Århus", "ø-børn", "Ø-BØRN", "örnens", "ÄLGEN", "älgen"])
def test_titles_are_found_in_capitals_and_small_letters(own_reader: Reader, own_session: Session, typed: str) -> None:
    practice = a_practice(own_session, titled("Århus: Ø-Børn, ÖRNENS och älgen"))
    own_session.commit()
    assert practice.slug in own_reader.read(f"/en/practices?q={typed}").slugs
