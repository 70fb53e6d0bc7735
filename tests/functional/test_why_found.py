"""What a card says of why it was found and who leads, and what a search without answer offers."""

from __future__ import annotations

import pytest
from factories.html import words
from factories.readers import Page, Reader
from factories.records import practice_called
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.models import Practice

pytestmark = pytest.mark.one_database


def cards(page: Page) -> dict[str, str]:
    return dict(zip(page.slugs, map(words, page.by_class("card")), strict=True))


def marked_titles(page: Page) -> list[str]:
    return [words(mark) for mark in page.all("h3/a/mark")]


def test_words_are_marked_in_titles(reader: Reader) -> None:
    assert "Natteravnene" in marked_titles(reader.read("/da/practices?q=natteravnene"))


def test_a_marked_title_is_still_whole(reader: Reader, session: Session) -> None:
    practice = practice_called(session, "dk-ssp")
    title = next(text.title for text in practice.texts if text.language == "en")
    page = reader.read("/en/practices?q=police")
    assert words(page.by_class("card")[page.slugs.index(practice.slug)].find(".//h3")) == title


def test_words_that_begin_with_what_was_typed_are_marked_in_titles_too(reader: Reader) -> None:
    page = reader.read("/da/practices?q=natteravn")
    assert any(mark.lower().startswith("natteravn") for mark in marked_titles(page))


@pytest.mark.parametrize(("language", "label"), [("en", "Hate and hate crime"), ("sv", "Hat och hatbrott")])
def test_a_practice_found_by_a_concept_in_any_language_names_it_in_the_readers(
    reader: Reader, language: str, label: str
) -> None:
    found = reader.read(f"/{language}/practices?q=hatkriminalitet")
    named = [words(line) for line in found.by_class("card-under")]
    assert named
    assert any(label in line for line in named)


@pytest.mark.parametrize("word", ["ungdomskriminalitet", "föräldrastöd", "fältarbete"])
def test_with_one_swedish_word_a_swede_finds_the_cousins_of_her_practice(
    reader: Reader, session: Session, word: str
) -> None:
    first = reader.get("/sv/practices", query_string={"q": word})
    slugs = [*Page(first).slugs, *Page(reader.get("/sv/practices", query_string={"q": word, "page": "2"})).slugs]
    found = session.execute(select(Practice.country_id, Practice.original_language).where(Practice.slug.in_(slugs)))
    countries, languages = zip(*found, strict=True)
    assert set(languages) >= {"sv", "da", "nb", "fi", "is"}
    assert {f"countries/{name}" for name in ("se", "dk", "no", "fi", "is")} <= set(countries)


@pytest.mark.parametrize("query", ["hat", "police", "youth", "hate crime", "skole", "Norge"])
def test_every_card_shows_a_mark_or_names_at_most_three_concepts(reader: Reader, query: str) -> None:
    page = reader.read(f"/en/practices?q={query}")
    assert page.slugs
    for card in page.by_class("card"):
        under = [words(line) for line in card.iter("p") if line.get("class") == "card-under"]
        assert bool(list(card.iter("mark"))) != bool(under), words(card)
        for line in under:
            assert line.count(",") < 3


def test_no_card_names_concepts_where_nothing_was_searched_for(reader: Reader) -> None:
    assert not reader.read("/en/practices?theme=hate").by_class("card-under")


def test_cards_name_a_leading_agency_only_where_the_record_does(reader: Reader, session: Session) -> None:
    practices = {practice.slug: practice for practice in session.scalars(select(Practice))}
    leaderless = {s for s, p in practices.items() if p.agencies and not any(a.lead for a in p.agencies)}
    assert leaderless
    seen = set()
    for number in range(1, 7):
        page = reader.read(f"/en/practices?page={number}")
        for slug, card in zip(page.slugs, page.by_class("card"), strict=True):
            leads = sum(agency.lead for agency in practices[slug].agencies)
            assert len(list(card.iter("strong"))) == leads
            assert ("first:" in words(card)) == bool(leads)
            seen.add(slug)
    assert leaderless <= seen


def test_an_empty_answer_offers_each_word_alone_with_what_it_finds(reader: Reader) -> None:
    page = reader.read("/en/practices?q=zzqq+police+school&country=gl&theme=hate")
    ways = {words(link): link.get("href", "") for link in page.by_class("empty")[0].iter("a")}
    single = {way: address for way, address in ways.items() if way.startswith("Only “")}
    assert [way.split("”")[0] for way in single] == ["Only “police", "Only “school"]
    for way, address in single.items():
        found = words(reader.read(address).all("span[@role='status']")[0])
        assert way.endswith(f": {found}")


def test_an_empty_answer_leads_to_the_top_themes(reader: Reader) -> None:
    page = reader.read("/en/practices?q=zzqqyy")
    themes = [link.get("href", "") for link in page.by_class("empty-themes")[0].iter("a")]
    assert len(themes) == 6
    for address in themes:
        assert reader.read(address).slugs


def test_the_machine_is_told_that_its_question_was_cut_and_hears_no_more_than_the_rest(reader: Reader) -> None:
    long = reader.get("/api/v1/practices", query_string={"q": "police " * 60}).json
    assert long["cut"] is True
    assert len(long["query"]) == 200
    assert reader.get("/api/v1/practices?q=police").json["cut"] is False
