"""What a search page says when little was found: what was perhaps meant, which words are missing."""

from __future__ import annotations

import pytest
from factories.documents import titled
from factories.html import with_class, words
from factories.readers import Page, Reader
from factories.records import a_practice, follow
from flask import Flask
from sqlalchemy.orm import Session

from library.choices import PracticeState

pytestmark = pytest.mark.one_database


def total(page: Page) -> int:
    return int(words(page.all("span[@role='status']")[0]).split()[0])


def meant(page: Page) -> str:
    return " ".join(map(words, page.by_class("meant")))


def links(page: Page, name: str) -> list[str]:
    return [link.get("href", "") for part in page.by_class(name) for link in part.iter("a")]


# --- did you mean ------------------------------------------------------------------------------------------------


def test_when_nothing_is_found_the_search_that_was_meant_is_answered_and_it_is_said(reader: Reader) -> None:
    page = reader.read("/en/practices?q=radiclaisation")
    right = reader.read("/en/practices?q=radicalisation")
    assert total(page) == total(right) > 0
    assert page.slugs == right.slugs
    assert "No practice has “radiclaisation”. These are for “radicalisation”." in meant(page)
    assert page.by_id("q").get("value") == "radiclaisation", "what was typed stays in the box"


def test_the_words_can_be_searched_for_all_the_same(reader: Reader) -> None:
    page = reader.read("/en/practices?q=radiclaisation")
    literal = reader.read(links(page, "meant")[0])
    assert total(literal) == 0
    assert meant(literal) == "Did you mean: radicalisation"
    assert total(reader.read(links(literal, "meant")[0])) == total(page)


def test_the_next_page_goes_on_with_what_was_meant(reader: Reader) -> None:
    page = reader.read("/en/practices?q=radiclaisation")
    following = reader.read(next(address for address in page.addresses if "page=2" in address))
    assert not meant(following)
    assert set(following.slugs).isdisjoint(page.slugs)
    assert total(following) == total(page)


@pytest.mark.parametrize(
    ("language", "typed", "word"),
    [
        ("sv", "ungdomskriminalietet", "ungdomskriminalitet"),
        ("da", "radikalisrieng", "radikalisering"),
        ("fi", "nuorisotyöö", "nuorisotyö"),
        ("nb", "bekymringssamtlae", "bekymringssamtale"),
    ],
)
def test_it_is_a_word_of_the_readers_language(reader: Reader, language: str, typed: str, word: str) -> None:
    page = reader.read(f"/{language}/practices?q={typed}")
    assert total(page) > 0
    assert not meant(page) or word in meant(page)


def test_filters_stay_and_no_word_is_offered_that_finds_nothing_with_them(reader: Reader) -> None:
    narrowed = reader.read("/en/practices?q=radiclaisation&agency=police")
    assert 0 < total(narrowed) < total(reader.read("/en/practices?q=radiclaisation"))
    assert len(narrowed.by_class("ds-chip")) == 1
    nothing = reader.read("/en/practices?q=radiclaisation&country=gl&agency=business")
    assert total(nothing) == 0
    assert not meant(nothing)


def test_a_query_that_is_right_is_left_alone(reader: Reader) -> None:
    for query in ("radicalisation", "", "SLT", "mentor", "zzqqxyw", "-radiclaisation"):
        assert not meant(reader.read(f"/en/practices?q={query}")), query


def test_one_wrong_word_among_others_is_mended_by_a_link(reader: Reader) -> None:
    page = reader.read("/en/practices?q=police+radiclaisation")
    assert meant(page) == "Did you mean: police radicalisation"
    assert total(reader.read(links(page, "meant")[0])) > 0


def test_where_only_parts_and_beginnings_are_found_the_word_that_was_meant_is_offered(reader: Reader) -> None:
    page = reader.read("/sv/practices", query_string={"q": "våldsbejakane extremism"})
    assert total(page) > 3, "extremism, and what begins or is composed like the other word"
    assert meant(page).endswith("våldsbejakande extremism")
    assert not meant(reader.read(links(page, "meant")[0]))


def test_a_compound_that_was_written_apart_is_offered_in_one(reader: Reader) -> None:
    page = reader.read("/sv/practices", query_string={"q": "skol frånvaro"})
    assert meant(page).endswith("skolfrånvaro")
    assert total(reader.read(links(page, "meant")[0])) > total(page)


def test_a_beginning_of_what_there_is_is_left_alone(
    own_library: Flask, own_reader: Reader, own_session: Session
) -> None:
    a_practice(own_session, titled("Quixotclubs"))
    own_session.commit()
    follow(own_library)
    page = own_reader.read("/en/practices?q=quixotcl")
    assert (total(page), meant(page)) == (1, "")


def test_a_withdrawn_word_is_never_offered(own_library: Flask, own_reader: Reader, own_session: Session) -> None:
    practice = a_practice(own_session, titled("Quixotical evenings"))
    own_session.commit()
    follow(own_library)
    assert "“quixotical”" in meant(own_reader.read("/en/practices?q=quixotcal"))

    practice.state, practice.archive_reason = PracticeState.ARCHIVED, "Over"
    own_session.commit()
    follow(own_library)

    assert not meant(own_reader.read("/en/practices?q=quixotcal"))


# --- fewer words -------------------------------------------------------------------------------------------------


def test_each_practice_with_fewer_words_says_which_it_lacks(
    own_library: Flask, own_reader: Reader, own_session: Session
) -> None:
    for title in ("Zebra lanterns", "Orchard lanterns"):
        a_practice(own_session, titled(title))
    own_session.commit()
    follow(own_library)
    page = own_reader.read("/en/practices?q=zebra+orchard+lanterns")
    assert "No practice has all of your words. These have some of them." in page.text
    lines = {
        words(card.find(".//h3")): words(line)
        for card in page.by_class("card")
        for line in with_class(card, "card-why")
    }
    assert lines == {"Zebra lanterns": "Without: orchard", "Orchard lanterns": "Without: zebra"}


def test_a_question_of_many_words_is_said_to_have_its_best_matches_first(
    own_library: Flask, own_reader: Reader, own_session: Session
) -> None:
    for title in ("Zebra orchard lanterns", "Zebra orchard lanterns by quixotic harbours"):
        a_practice(own_session, titled(title))
    own_session.commit()
    follow(own_library)
    page = own_reader.read("/en/practices?q=zebra+orchard+lanterns+harbours")
    assert "The best matches come first. Some practices lack a few of your words." in page.text
    assert page.slugs[0].startswith("zebra-orchard-lanterns-by")
    assert "Without: harbours" in words(page.by_class("card")[1])


def test_a_word_that_no_practice_has_is_named_once_above_the_list(reader: Reader) -> None:
    page = reader.read("/en/practices?q=loneliness+zzqqx&agency=schools")
    assert total(page) > 0
    assert "No practice has “zzqqx”. These have your other words." in page.text
    assert "Without: " not in page.text


def test_below_those_with_all_words_stand_those_with_some(reader: Reader) -> None:
    page = reader.read("/en/practices?q=mentor+prison")
    assert 0 < total(page) < 20
    assert page.nearly
    assert len(page.slugs) - len(page.nearly) == total(page)
    section = page.by_class("nearly")[0]
    assert all(list(with_class(card, "card-why")) for card in with_class(section, "card"))


# --- within a place, an agency, a collection ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "facet", "code"),
    [("agencies/police", "agency", "police"), ("municipalities/se-malmo", "municipality", "se-malmo")],
)
def test_a_page_of_practices_can_be_searched_and_left_again(
    reader: Reader, address: str, facet: str, code: str
) -> None:
    page = reader.read(f"/en/{address}")
    form = page.by_class("scoped-search")[0]
    hidden = {field.get("name"): field.get("value") for field in form.iter("input") if field.get("type") == "hidden"}
    assert hidden == {facet: code}

    found = reader.read(f"{form.get('action')}?{facet}={code}&q=violence")
    assert total(found) > 0
    assert [chip.get("href") for chip in found.by_class("ds-chip")] == ["/en/practices?q=violence"]


def test_searching_anew_keeps_filters_and_order(reader: Reader) -> None:
    page = reader.read("/en/practices?q=zzqqy&agency=police&country=no&together=agency&sort=newest")
    form = next(form for form in page.all("form") if form.get("id") == "search")
    kept = {(field.get("name"), field.get("value")) for field in form.iter("input") if "checked" in field.attrib}
    hidden = {(field.get("name"), field.get("value")) for field in form.iter("input") if field.get("type") == "hidden"}
    assert {("agency", "police"), ("country", "no")} <= kept
    assert ("sort", "newest") in hidden
