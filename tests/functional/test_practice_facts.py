"""Facts of a practice that decide whether others can use it: languages, licences, cost."""

from __future__ import annotations

import pytest
from factories.documents import a_document
from factories.html import words
from factories.readers import Page, Reader
from factories.records import a_practice, follow
from flask import Flask
from sqlalchemy.orm import Session

pytestmark = pytest.mark.one_database


def published(app: Flask, session: Session, **fields: object) -> str:
    practice = a_practice(session, a_document(**fields))
    session.commit()
    follow(app)
    return practice.slug


def section(page: Page, identifier: str) -> str:
    return words(next(part for part in page.all("section") if part.get("aria-labelledby") == identifier))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Languages of the materials Dutch, Arabic"),
        ("sv", "Materialets språk nederländska, arabiska"),
        ("is", "hollenska, arabíska"),
    ],
)
def test_languages_of_the_materials_are_named_in_the_readers_language(
    own_library: Flask, own_reader: Reader, own_session: Session, language: str, said: str
) -> None:
    slug = published(own_library, own_session, material_languages=["nl", "ar"])
    assert said in section(own_reader.read(f"/{language}/practices/{slug}"), "people-and-places")


def test_a_material_says_its_language_and_licence(own_library: Flask, own_reader: Reader, own_session: Session) -> None:
    materials = [
        {"title": "Handbook", "url": "https://example.org/a", "language": "fi", "licence": "CC BY 4.0"},
        {"title": "Film", "url": "https://example.org/b"},
    ]
    slug = published(own_library, own_session, materials=materials)
    assert section(own_reader.read(f"/en/practices/{slug}"), "materials") == (
        "Materials Handbook Finnish, CC BY 4.0 Film"
    )


def test_the_cost_band_stands_where_cost_is_asked_for(
    own_library: Flask, own_reader: Reader, own_session: Session
) -> None:
    slug = published(own_library, own_session, cost_band="low")
    rows = own_reader.read(f"/en/practices/{slug}").by_class("decision")[0].findall(".//dl/div")
    cost = next(words(row) for row in rows if words(row.find("dt")) == "Cost and people")
    assert cost == "Cost and people Less than one full-time post a year"
