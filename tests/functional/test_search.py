"""Searching by words, as a reader meets it on the page."""

from __future__ import annotations

import pytest
from factories.html import with_class, words
from factories.readers import Page, Reader
from sqlalchemy import select
from sqlalchemy.orm import Session

from index import sort_key
from library.languages import best_language
from library.models import Organisation, Practice, PracticePlace

pytestmark = pytest.mark.one_database


def total(page: Page) -> int:
    return int(words(page.all("span[@role='status']")[0]).split()[0])


def search(reader: Reader, query: str, language: str = "en", **parameters: str) -> Page:
    page = reader.get(f"/{language}/practices", query_string={"q": query, **parameters})
    assert page.status_code == 200
    return Page(page)


@pytest.mark.parametrize(
    ("language", "query", "external_id"),
    [
        ("en", "Aarhus model", "dk-aarhus-model"),
        ("da", "natteravnene", "dk-natteravnene"),
        ("sv", "sociala insatsgrupper", "se-sociala-insatsgrupper"),
        ("sv", "sluta skjut", "se-sluta-skjut-malmo-gvi"),
        ("nb", "bekymringssamtale", "no-bekymringssamtale"),
        ("nn", "konfliktråd ungdomsstraff", "no-ungdomsstraff-ungdomsoppfoelging"),
        ("fi", "ankkuritoiminta", "fi-ankkuri-anchor-work"),
        ("is", "frístundakortið", "is-reykjavik-leisure-card"),
        ("en", "SLT", "no-slt"),
        ("en", "CIRV", "uk-glasgow-cirv"),
    ],
)
def test_a_practice_is_found_by_the_words_people_know_it_by(
    reader: Reader, session: Session, language: str, query: str, external_id: str
) -> None:
    practice = session.scalars(select(Practice).where(Practice.external_id == external_id)).one()
    assert practice.slug in search(reader, query, language).slugs[:3]


@pytest.mark.parametrize(
    ("slug", "typed"),
    [
        ("se-malmo", "Malmo"),
        ("se-malmo", "MALMÖ"),
        ("se-gothenburg", "Goteborg"),
        ("dk-aarhus", "Århus"),
        ("dk-aarhus", "Arhus"),
        ("dk-aarhus", "aarhus"),
        ("dk-copenhagen", "Kobenhavn"),
        ("dk-copenhagen", "København"),
        ("dk-copenhagen", "Kööpenhamina"),
        ("dk-copenhagen", "Copenhagen"),
    ],
)
def test_a_place_is_found_in_any_spelling(reader: Reader, session: Session, slug: str, typed: str) -> None:
    here = select(Organisation.id).where(Organisation.slug == slug)
    practices = select(Practice.slug).join(PracticePlace).where(PracticePlace.municipality_id.in_(here))
    expected = set(session.scalars(practices))
    assert expected
    assert expected <= set(every_page(reader, f"/en/practices?q={typed}"))


def test_all_words_are_asked_for(reader: Reader) -> None:
    both = set(search(reader, "mentor prison").slugs)
    assert both
    assert total(search(reader, "mentor prison")) <= min(total(search(reader, w)) for w in ("mentor", "prison"))


def test_a_phrase_is_narrower_than_its_words(reader: Reader) -> None:
    apart, together = search(reader, "social services police"), search(reader, '"social services and police"')
    assert 0 < total(together) < total(apart)
    for address in together.slugs:
        shown = reader.read(f"/en/practices/{address}")
        assert "social services and police" in shown.text.lower() or address


def test_an_excluded_word_keeps_its_practices_out(reader: Reader) -> None:
    every, without = search(reader, "radicalisation"), search(reader, "radicalisation -prison")
    only = search(reader, "radicalisation prison")
    assert total(without) == total(every) - total(only)
    assert not set(without.slugs) & (set(only.slugs) - set(only.nearly))


def test_words_that_were_found_are_marked(reader: Reader) -> None:
    page = search(reader, "shootings")
    by_other_words = [card for card in page.by_class("card") if list(with_class(card, "card-why"))]
    marked = {words(mark).lower() for card in page.by_class("card") for mark in card.iter("mark")}
    elsewhere = {words(mark).lower() for card in by_other_words for mark in card.iter("mark")}
    assert marked
    assert all(word.startswith("shoot") for word in marked - elsewhere)


def test_when_no_practice_has_all_words_those_with_some_are_shown_and_it_is_said(reader: Reader) -> None:
    page = search(reader, "radicalisation qqxyzzy")
    assert total(page) == total(search(reader, "radicalisation"))
    assert "No practice has all of your words" in page.text


def test_where_there_is_nothing_to_narrow_no_filters_are_shown(reader: Reader) -> None:
    assert not search(reader, "qqxyzzy").by_class("filters")
    assert search(reader, "qqxyzzy", agency="police").by_class("filters"), "one is chosen, and can be given up"


def test_an_empty_answer_helps_on(reader: Reader) -> None:
    page = search(reader, "qqxyzzy", agency="police")
    assert total(page) == 0
    ways = [link.get("href", "") for link in page.by_class("empty")[0].iter("a")]
    assert len(ways) == 3 + 6  # ways back, and the top themes
    assert total(reader.read(ways[0])) == 0  # the words alone find nothing either
    assert total(reader.read(ways[1])) > 0
    assert total(reader.read(ways[2])) >= 101


def test_a_question_longer_than_200_characters_is_cut_and_it_is_said(reader: Reader) -> None:
    assert "longer than 200 characters" in search(reader, "police " * 40).text
    assert "longer than 200 characters" not in search(reader, "p" * 200).text
    assert "longer than 200 characters" in search(reader, "p" * 201).text


def test_a_question_of_more_than_twenty_words_is_cut_and_that_is_said(reader: Reader) -> None:
    many = " ".join("abcdefghijklmnopqrstuvwxyz")
    assert "We searched for the first 20 words of your question." in search(reader, many).text
    assert "longer than 200 characters" not in search(reader, many).text


def test_what_is_left_out_is_named(reader: Reader) -> None:
    assert "Practices with “hate”, “young people” are left out." in search(reader, 'police -hate -"young people"').text
    assert "left out" not in search(reader, "police").text


def test_a_list_of_parts_and_beginnings_of_words_says_so(reader: Reader) -> None:
    said = "These have words that begin with them, or parts of them."
    assert said in search(reader, "title:hate").text
    assert said not in search(reader, "police").text


def test_what_was_typed_stays_in_the_box_and_in_the_heading(reader: Reader) -> None:
    page = search(reader, 'Århus & <b>"skole"</b>')
    assert page.by_id("q").get("value") == 'Århus & <b>"skole"</b>'
    assert '<b>"skole"</b>' in page.heading


@pytest.mark.parametrize("query", ["", "   ", '"', "-", "--", "“”", "*", "a OR b", "[a TO z]", "?*?*?*", "title_en:x"])
def test_odd_syntax_is_read_as_words(reader: Reader, query: str) -> None:
    search(reader, query)


def every_page(reader: Reader, address: str) -> list[str]:
    slugs: list[str] = []
    page = reader.read(address)
    while True:
        slugs += page.slugs
        following = [link.get("href", "") for link in page.all("a") if link.get("rel") == "next"]
        if not following:
            return slugs
        page = reader.read(following[0])


@pytest.mark.parametrize("language", ["en", "sv"])
def test_by_title_practices_stand_in_the_order_of_the_readers_alphabet(
    reader: Reader, session: Session, language: str
) -> None:
    titles = {}
    for practice in session.scalars(select(Practice)):
        texts = {text.language: text.title for text in practice.texts}
        titles[practice.slug] = texts[best_language(language, texts, practice.original_language)]
    listed = [titles[slug] for slug in every_page(reader, f"/{language}/practices?sort=title")]
    assert listed == sorted(titles.values(), key=lambda title: sort_key(language, title))


def test_by_age_the_practice_published_last_comes_first(reader: Reader, session: Session) -> None:
    published = {practice.slug: practice.published_at.date() for practice in session.scalars(select(Practice))}
    listed = [published[slug] for slug in every_page(reader, "/en/practices?sort=newest")]
    assert listed == sorted(listed, reverse=True)


def test_turning_pages_shows_every_practice_once(reader: Reader, session: Session) -> None:
    slugs = every_page(reader, "/en/practices")
    assert sorted(slugs) == sorted(session.scalars(select(Practice.slug)))


@pytest.mark.parametrize("beyond", ["7", "999", "99999999", "0", "-1", "two", "٣", "1e3", ""])
def test_a_page_that_is_none_shows_the_nearest_that_is(reader: Reader, beyond: str) -> None:
    page = reader.read("/en/practices?page=" + beyond)
    current = words(next(e for e in page.root.iter() if e.get("aria-current") == "page"))
    last = beyond.isascii() and beyond.isdigit() and int(beyond) > 1
    assert current == ("Page 6" if last else "Page 1")
    assert page.slugs


def test_filters_and_order_survive_turning_the_page(reader: Reader) -> None:
    page = reader.read("/en/practices?agency=police&sort=title")
    following = next(link.get("href", "") for link in page.all("a") if link.get("rel") == "next")
    assert "agency=police" in following
    assert "sort=title" in following


def test_a_card_in_another_language_says_so_and_is_marked_up_so(reader: Reader, session: Session) -> None:
    page = search(reader, "Ohjaamo", "is")
    card = page.by_class("card")[0]
    link = card.find(".//h3/a")
    assert link is not None
    assert link.get("lang") == "fi"
    assert "Suomi" in words(card)
