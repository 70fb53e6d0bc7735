"""The pages of agencies and municipalities."""

from __future__ import annotations

import pytest
from factories.html import words
from factories.readers import Page, Reader
from factories.truth import Codes, counts, facets_by_slug, matching
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from library.languages import LANGUAGES
from library.lexicon import load
from library.models import Membership, Organisation, Practice, PracticePlace

pytestmark = pytest.mark.one_database


@pytest.fixture
def truth(session: Session) -> dict[str, Codes]:
    return facets_by_slug(session)


def listed(page: Page, heading: str) -> dict[str, int]:
    aside = page.by_class("side-lists")[0]
    children = list(aside)
    after = next(n for n, child in enumerate(children) if words(child) == heading)
    return {words(row.find("a")): int(words(row.find("span"))) for row in children[after + 1].iter("li")}


def test_each_agency_has_a_page_in_the_readers_language(reader: Reader, session: Session) -> None:
    lexicon = load(session, "")
    agencies = lexicon.scheme("agencies")
    assert len(agencies) >= 14
    for number, agency in enumerate(agencies):
        language = LANGUAGES[number % len(LANGUAGES)]
        assert reader.read(f"/{language}/agencies/{agency.code}").heading == agency.label(language)


@pytest.mark.parametrize("agency", ["police", "schools", "business"])
def test_an_agency_page_counts_its_practices_partners_and_themes(
    reader: Reader, session: Session, truth: dict[str, Codes], agency: str
) -> None:
    lexicon = load(session, "")
    own = matching(truth, {"agency": [agency]})
    page = reader.read(f"/en/agencies/{agency}")
    assert words(page.by_id("practices-title")).split()[0] == str(len(own))
    assert set(page.slugs) <= own
    assert len(page.slugs) == min(10, len(own))
    partners = counts(truth, own, "agency")
    del partners[agency]
    assert listed(page, "Works together with") == {
        lexicon[f"agencies/{code}"].label("en"): count for code, count in partners.items()
    }


def test_an_unknown_agency_is_not_found(reader: Reader) -> None:
    reader.read("/en/agencies/pirates", status=404)


def test_every_municipality_is_listed_once_with_its_practices_and_networks(reader: Reader, session: Session) -> None:
    places = session.scalars(select(Organisation).where(Organisation.kind == "municipality")).all()
    page = reader.read("/sv/municipalities")
    rows = {row.find("a").get("href"): words(row) for row in page.root.iter("li") if place_link(row)}  # type: ignore[union-attr]
    assert set(rows) == {f"/sv/municipalities/{place.slug}" for place in places}
    copenhagen = rows["/sv/municipalities/dk-copenhagen"]
    assert copenhagen.startswith("Köpenhamn")
    assert "Nordic Safe Cities" in copenhagen


def place_link(row: object) -> bool:
    link = row.find("a")  # type: ignore[attr-defined]
    return link is not None and "/municipalities/" in link.get("href", "")


def test_a_municipality_shows_what_is_done_there_and_what_it_owns(reader: Reader, session: Session) -> None:
    places = session.scalars(select(Organisation).where(Organisation.kind == "municipality").order_by(Organisation.id))
    for place in places.all()[::9]:
        housed = select(PracticePlace.practice_id).where(PracticePlace.municipality_id == place.id)
        query = select(Practice.slug).where(or_(Practice.id.in_(housed), Practice.owner_id == place.id))
        page = reader.read(f"/en/municipalities/{place.slug}")
        assert page.heading == place.name_in("en")
        assert sorted(page.slugs) == sorted(session.scalars(query))


def test_memberships_are_shown_with_their_sources(reader: Reader, session: Session) -> None:
    membership = session.scalars(select(Membership)).first()
    assert membership is not None
    page = reader.read(f"/en/municipalities/{membership.member.slug}")
    assert membership.network.name_in("en") in page.text
    assert set(membership.sources) <= set(page.addresses)


@pytest.mark.parametrize("slug", ["atlantis", "nordic-safe-cities", "dk-dkr"])
def test_what_is_no_municipality_has_no_such_page(reader: Reader, slug: str) -> None:
    reader.read(f"/en/municipalities/{slug}", status=404)


def test_the_home_page_opens_every_way_in(reader: Reader, truth: dict[str, Codes], session: Session) -> None:
    page = reader.read("/en/")
    for code in counts(truth, truth, "agency"):
        assert f"/en/agencies/{code}" in page.addresses
    tops = [entry.code for entry in load(session, "").top("themes")]
    assert len(tops) == 6
    for code in tops:
        assert f"/en/practices?theme={code}" in page.addresses
    assert f"{len(truth)} practices" in page.text
    assert len(page.slugs) == 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_about_accessibility_and_privacy_are_written_in_the_readers_language(reader: Reader, language: str) -> None:
    for page in ("about", "accessibility", "privacy"):
        english, own = reader.read(f"/en/{page}"), reader.read(f"/{language}/{page}")
        assert (own.heading == english.heading and own.text == english.text) == (language == "en"), page
