"""Lists that grow with the library: what a page shows of them, and what it says of the rest."""

from __future__ import annotations

import pytest
from factories.documents import a_document, titled
from factories.html import words
from factories.readers import Reader
from factories.records import a_practice, follow
from flask import Flask
from sqlalchemy.orm import Session

from library.catalogue.filters import MOST_PLACES
from library.catalogue.views import IMPLEMENTATIONS, MUNICIPALITIES, OF_MUNICIPALITY
from library.models import Organisation, Practice

pytestmark = pytest.mark.one_database


def a_place(session: Session, number: int, country: str = "se") -> str:
    slug = f"{country}-made-up-{number}"
    session.add(
        Organisation(slug=slug, kind="municipality", country_id=f"countries/{country}", name=f"Made up {number}")
    )
    return slug


def test_the_places_with_most_practices_can_be_chosen_and_those_already_chosen(
    own_library: Flask, own_reader: Reader, own_session: Session
) -> None:
    slugs = [a_place(own_session, number) for number in range(MOST_PLACES + 10)]
    own_session.flush()
    for slug in slugs:
        a_practice(own_session, a_document(municipalities=[slug]))
    for number in range(2):
        a_practice(own_session, titled(f"Twice {number}", municipalities=[slugs[-1]]))
    own_session.commit()
    follow(own_library)

    def offered(address: str) -> list[str]:
        boxes = own_reader.read(address).all("input")
        return [box.get("value", "") for box in boxes if box.get("name") == "municipality"]

    page = own_reader.read("/en/practices")
    assert "The 40 with most practices are shown; search for a place by its name" in words(
        page.by_class("facet-note")[0]
    )
    assert len(offered("/en/practices")) == MOST_PLACES
    assert slugs[-1] in offered("/en/practices")
    left_out = next(slug for slug in slugs if slug not in offered("/en/practices"))
    assert set(offered(f"/en/practices?municipality={left_out}")) > {left_out, slugs[-1]}


def test_few_places_are_all_shown_and_nothing_is_said_of_more(own_reader: Reader) -> None:
    assert not own_reader.read("/en/practices").by_class("facet-note")


def test_a_model_that_many_apply_shows_the_first_and_says_how_many_there_are(
    own_library: Flask, own_reader: Reader, own_session: Session
) -> None:
    model = a_practice(own_session, titled("A model that many apply", kind="model"))
    for number in range(IMPLEMENTATIONS + 3):
        practice: Practice = a_practice(own_session, titled(f"Applies it {number}"))
        practice.model_id = model.id
    own_session.commit()
    follow(own_library)
    page = own_reader.read(f"/en/practices/{model.slug}")
    part = next(part for part in page.all("section") if part.get("aria-labelledby") == "implementations")
    assert len(part.findall(".//article")) == IMPLEMENTATIONS
    assert f"{IMPLEMENTATIONS + 3} practices apply it; the first {IMPLEMENTATIONS} are shown." in words(part)


def test_a_municipality_with_many_practices_shows_the_newest_and_says_how_many_there_are(
    own_library: Flask, own_reader: Reader, own_session: Session
) -> None:
    for number in range(OF_MUNICIPALITY + 2):
        a_practice(own_session, titled(f"Evening {number}"))
    own_session.commit()
    follow(own_library)
    page = own_reader.read("/en/municipalities/se-malmo")
    assert len(page.slugs) == OF_MUNICIPALITY
    assert f"There are {OF_MUNICIPALITY + 2}; the {OF_MUNICIPALITY} newest are shown." in page.text


def test_when_municipalities_are_too_many_for_a_page_one_country_is_shown_at_a_time(
    own_reader: Reader, own_session: Session
) -> None:
    for number in range(MUNICIPALITIES):
        a_place(own_session, number, "no" if number % 2 else "fi")
    own_session.commit()
    for country in ("no", "fi"):
        page = own_reader.read(f"/en/municipalities?country={country}")
        listed = {a for a in page.addresses if a.startswith("/en/municipalities/")}
        assert listed
        assert {address.split("/")[-1][:2] for address in listed} == {country}
        for other in ("no", "fi", "se"):
            assert f"/en/municipalities?country={other}" in page.addresses
    assert own_reader.read("/en/municipalities?country=nowhere").by_class("country")
