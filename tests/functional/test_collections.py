"""Collections as readers meet them: list, page, home, the pages of practices, and the card on other sites."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from factories.collections import a_collection, a_section
from factories.documents import titled
from factories.html import parse, words
from factories.readers import Page, Reader
from factories.records import a_practice, follow, practice_called
from factories.watching import Ledger
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.choices import CollectionState
from library.extensions import db
from library.models import Account, Collection, CollectionText, Practice
from library.publishing import archive

SSP, OHJAAMO, SLT = "dk-ssp", "fi-ohjaamo", "no-slt"


@pytest.fixture
def session(module_library: Flask) -> Iterator[Session]:
    """The database behind ``reader``; whatever a test has published is taken away after it."""
    with module_library.app_context():
        maker = db.sessionmaker
    with maker() as session:
        yield session
        session.rollback()
        for collection in session.scalars(select(Collection)):
            session.delete(collection)
        session.commit()


@pytest.fixture
def reader(module_library: Flask) -> Reader:
    client = module_library.test_client()
    assert isinstance(client, Reader)
    return client


def called(session: Session, *names: str) -> list[Practice]:
    return [practice_called(session, name) for name in names]


def published(session: Session, *names: str, **values: object) -> Collection:
    """Publish a collection of starter records."""
    practices = called(session, *names)
    made = a_collection(session, practices=practices, **values)  # type: ignore[arg-type]
    session.commit()
    return made


def texts(**titles: str) -> list[CollectionText]:
    return [
        CollectionText(
            language=language, title=title, introduction=f"Introduktion på {language}: å, ä, ö.", audience=""
        )
        for language, title in titles.items()
    ]


# --- list and home -----------------------------------------------------------------------------------------------


def test_the_list_says_so_when_nothing_is_published(reader: Reader, session: Session) -> None:
    a_collection(session, state=CollectionState.DRAFT, title="Not yet")
    session.commit()
    assert "No collection has been published yet." in reader.read("/en/collections").text


def test_the_list_shows_published_collections_alone_and_the_newest_first(reader: Reader, session: Session) -> None:
    for title, state in (("Draft", "draft"), ("Old", "published"), ("Gone", "archived"), ("New", "published")):
        a_collection(session, title=title, state=CollectionState(state), practices=called(session, SSP, SLT))
    session.commit()
    page = reader.read("/en/collections")
    assert [words(card.find(".//h3")) for card in page.by_class("card")] == ["New", "Old"]
    assert "2 chosen practices" in page.text


def test_a_long_list_is_cut_into_pages_and_takes_no_more_statements(
    reader: Reader, session: Session, count_statements: Callable[[], AbstractContextManager[Ledger]]
) -> None:
    published(session, SSP)
    reader.read("/en/collections")
    with count_statements() as few:
        reader.read("/en/collections")
    for number in range(30):
        a_collection(session, title=f"Number {number}", practices=called(session, SSP, OHJAAMO))
    session.commit()
    with count_statements() as many:
        first = reader.read("/en/collections")
    assert len(few.statements) == len(many.statements)
    shown = [reader.read(f"/en/collections?page={page}") for page in (1, 2)]
    assert [len(page.by_class("card")) for page in shown] == [24, 7]
    assert first.slugs == shown[0].slugs
    assert reader.read("/en/collections?page=99").slugs == shown[1].slugs
    assert reader.read("/en/collections?page=x").slugs == shown[0].slugs


def test_the_home_page_shows_the_newest_collections_and_leads_to_all(reader: Reader, session: Session) -> None:
    assert "All collections" not in reader.read("/en/").text
    for number in range(5):
        published(session, SSP, title=f"Number {number}")
    home = reader.read("/en/")
    shown = [words(card.find(".//h3")) for card in home.by_class("collection-card")]
    assert shown == ["Number 4", "Number 3", "Number 2"]
    assert "/en/collections" in home.addresses


def test_every_page_leads_to_the_collections(reader: Reader) -> None:
    links = {link.get("href") for link in reader.read("/sv/about").all("nav//a")}
    assert "/sv/collections" in links


# --- the page of a collection ------------------------------------------------------------------------------------


def test_a_collection_says_what_it_is_for_whom_by_whom_and_since_when(reader: Reader, session: Session) -> None:
    curator = Account(email="ada@curators.example", name="Åsa Öberg", fs_uniquifier="curator-1")
    session.add(curator)
    made = a_collection(session, curator, practices=called(session, SSP), cover_id="themes/youth-crime")
    session.commit()
    page = reader.read(f"/en/collections/{made.slug}")
    assert page.heading == "Young people at night"
    assert "Those who plan evenings in town" in page.text
    assert "Curated by Åsa Öberg" in page.text
    assert "Published on" in page.text
    assert [words(strong) for strong in page.all("main//strong")][:1] == ["down"]
    assert "ada@curators.example" not in page.markup


def test_practices_stand_in_the_curators_order_each_with_why_it_is_here(reader: Reader, session: Session) -> None:
    sections = [
        a_section("First", *called(session, SLT, SSP), note="It is **where** to begin."),
        a_section("Then", *called(session, OHJAAMO)),
    ]
    made = a_collection(session, sections=sections)
    session.commit()
    page = reader.read(f"/en/collections/{made.slug}")
    assert page.slugs == [practice.slug for practice in called(session, SLT, SSP, OHJAAMO)]
    assert [words(note) for note in page.by_class("curator-note")] == ["Why it is here It is where to begin."] * 2
    assert [words(heading) for heading in page.all("main//section/h2")] == ["First", "Then"]


def test_what_is_not_published_is_not_in_a_collection(reader: Reader, session: Session) -> None:
    gone = a_practice(session)
    made = a_collection(session, practices=[gone, *called(session, SSP)])
    session.commit()
    address = f"/en/collections/{made.slug}"
    assert "Open school evenings" in reader.read(address).text
    archive(session, gone, actor=None, reason="It ended.")
    session.commit()
    page = reader.read(address)
    assert "Open school evenings" not in page.markup
    assert "1 practice" in page.text
    assert "Open school evenings" not in reader.get(f"{address}/card").text


@pytest.mark.parametrize("state", [CollectionState.DRAFT, CollectionState.ARCHIVED])
@pytest.mark.one_database
def test_what_is_draft_or_archived_is_nowhere(reader: Reader, session: Session, state: CollectionState) -> None:
    made = a_collection(session, state=state, practices=called(session, SSP))
    session.commit()
    page = f"/en/collections/{made.slug}"
    for ending in ("/card", ".pdf", ".docx", ".xlsx", ".csv", ".atom", ".json"):
        assert reader.get(f"{page}{ending}").status_code == 404, ending
    assert reader.get(page, headers={"Accept": "application/json"}).status_code == 404
    assert reader.get(page).status_code == (410 if state is CollectionState.ARCHIVED else 404)


def test_an_old_link_to_an_archived_collection_says_why_and_nothing_of_what_it_held(
    reader: Reader, session: Session
) -> None:
    made = a_collection(session, state=CollectionState.ARCHIVED, practices=called(session, SSP))
    session.commit()
    page = reader.read(f"/en/collections/{made.slug}", 410)
    assert "It is out of date." in page.text
    assert "Young people at night" not in page.markup
    assert not page.slugs
    assert "/en/collections" in page.addresses
    assert [meta.get("content") for meta in page.all("meta[@name='robots']")] == ["noindex"]


@pytest.mark.parametrize("ending", [".exe", ".html", ".zip", ".pdff"])
def test_other_endings_name_nothing(reader: Reader, session: Session, ending: str) -> None:
    made = published(session, SSP)
    assert reader.get(f"/en/collections/{made.slug}{ending}").status_code == 404


# --- languages ---------------------------------------------------------------------------------------------------


def test_texts_are_the_readers_where_there_are_some(reader: Reader, session: Session) -> None:
    section = a_section("Började här", *called(session, SSP), headings={"sv": "Börja här", "en": "Begin here"})
    section.items[0].notes = {"sv": "Därför att den är först.", "en": "Because it came first."}
    made = a_collection(
        session, original_language="sv", texts=texts(sv="Ungdomar på kvällen", en="Youth at night"), sections=[section]
    )
    session.commit()
    swedish, english = (reader.read(f"/{language}/collections/{made.slug}") for language in ("sv", "en"))
    assert swedish.heading == "Ungdomar på kvällen"
    assert "Därför att den är först." in swedish.text
    assert english.heading == "Youth at night"
    assert "Because it came first." in english.text
    assert "Därför" not in english.text


def test_other_readers_get_the_original_and_are_told_so(reader: Reader, session: Session) -> None:
    section = a_section("x", *called(session, SSP), headings={"sv": "Börja här"})
    section.items[0].notes = {"sv": "Därför."}
    made = a_collection(session, original_language="sv", texts=texts(sv="Ungdomar på kvällen"), sections=[section])
    session.commit()
    page = reader.read(f"/fi/collections/{made.slug}")
    assert page.all("h1")[0].get("lang") == "sv"
    assert "Svenska" in page.text
    foreign = {words(element) for element in page.root.iter() if element.get("lang") == "sv"}
    assert {"Ungdomar på kvällen", "Börja här", "Därför."} <= foreign
    listed = reader.read("/fi/collections").by_class("card")[0].find(".//h3/a")
    assert listed is not None
    assert listed.get("lang") == "sv"


# --- parts that a search feeds -----------------------------------------------------------------------------------


def found_by(session: Session, query: str, most: int, *others: str) -> Collection:
    sections = [a_section("Chosen", *called(session, *others)), a_section("Found", search=query, most=most)]
    made = a_collection(session, sections=sections)
    session.commit()
    return made


def test_a_search_fills_a_part_with_what_is_not_chosen_already(
    reader: Reader, session: Session, module_library: Flask
) -> None:
    follow(module_library)
    made = found_by(session, "agency=schools&agency=police&together=agency&country=dk", 4, SSP)
    page = reader.read(f"/en/collections/{made.slug}")
    search = next(address for address in page.addresses if "together=agency" in address)
    every = reader.read(search).slugs
    ssp = called(session, SSP)[0].slug
    assert ssp in every
    assert page.slugs == [ssp, *[slug for slug in every if slug != ssp][:4]]


def test_what_a_search_finds_is_the_same_for_every_reader(
    reader: Reader, session: Session, module_library: Flask
) -> None:
    follow(module_library)
    made = found_by(session, "q=hate+schools", 6)
    assert (
        len({tuple(reader.read(f"/{language}/collections/{made.slug}").slugs) for language in ("en", "sv", "fi")}) == 1
    )


@pytest.mark.one_database
def test_while_there_is_no_index_a_part_says_so_and_shows_nothing_wrong(
    own_library: Flask, own_reader: Reader, own_session: Session
) -> None:
    made = found_by(own_session, "agency=schools", 4, SSP)
    shutil.rmtree(Path(own_library.config["INDEX_PATH"]))
    page = own_reader.read(f"/en/collections/{made.slug}")
    assert "The search that fills this part is not ready just now." in page.text
    assert page.slugs == [practice_called(own_session, SSP).slug]
    told = own_reader.get(f"/en/collections/{made.slug}.json").json
    assert [section["complete"] for section in told["sections"]] == [True, False]


@pytest.mark.one_database
@pytest.mark.parametrize(
    "query", ["", "%00", "q=%ff%fe", "agency=nothing", "q=" + "x" * 900, "together=a&sort=b&page=-1"]
)
def test_a_kept_search_of_any_kind_breaks_nothing(
    reader: Reader, session: Session, module_library: Flask, query: str
) -> None:
    follow(module_library)
    made = found_by(session, query, 3)
    reader.read(f"/en/collections/{made.slug}")


def test_the_chosen_practices_are_to_be_had_as_a_table_that_can_be_brought_in_again(
    reader: Reader, session: Session, module_library: Flask
) -> None:
    made = published(session, SSP, SLT)
    fed = found_by(session, "agency=schools", 4, SSP)
    follow(module_library)
    page = reader.read(f"/en/collections/{made.slug}")
    table, workbook = (address for address in page.addresses if "collection=" in address)
    assert (table.partition("?")[0], workbook.partition("?")[0]) == ("/en/practices.csv", "/en/practices.xlsx")
    rows = list(csv.DictReader(io.StringIO(reader.get(table).get_data(as_text=True).removeprefix("\ufeff"))))
    assert {row["Identifier"] for row in rows} == {str(practice.id) for practice in called(session, SSP, SLT)}
    others = reader.read(f"/en/collections/{fed.slug}").addresses
    assert not [address for address in others if "collection=" in address], "it would lack what the search finds"


# --- long collections --------------------------------------------------------------------------------------------


@pytest.fixture
def many(session: Session) -> list[Practice]:
    """Thirty published practices, made once for all tests that ask."""
    titles = [f"Practice {number:02}" for number in range(30)]
    kept = {practice.slug: practice for practice in session.scalars(select(Practice))}
    return [kept.get(title.lower().replace(" ", "-")) or a_practice(session, titled(title)) for title in titles]


def test_a_long_collection_goes_on_over_pages_that_show_each_practice_once(
    reader: Reader, session: Session, many: list[Practice]
) -> None:
    sections = [a_section("One", *many[:20]), a_section("Empty"), a_section("Two", *many[20:])]
    made = a_collection(session, sections=sections)
    session.commit()
    pages = [reader.read(f"/en/collections/{made.slug}?page={number}") for number in (1, 2, 3)]
    assert [slug for page in pages for slug in page.slugs] == [practice.slug for practice in many]
    headings = [[words(heading) for heading in page.all("main//section/h2")] for page in pages]
    assert headings == [["One"], ["One continued", "Empty", "Two"], ["Two continued"]]
    assert [one.get("start") for one in pages[1].by_class("result-list")] == ["13", "21"]
    for address in (link for link in pages[0].addresses if "#part-" in link):
        page, _, anchor = address.partition("#")
        reader.read(page).by_id(anchor)


def test_a_page_stays_light_however_much_curators_write(reader: Reader, session: Session, many: list[Practice]) -> None:
    sections = [a_section(f"Part {n}", *many[n * 5 : n * 5 + 5], note="åäö & more " * 180) for n in range(6)]
    for section in sections:
        section.introductions = {"en": "Long. " * 660}
    made = a_collection(session, sections=sections)
    made.texts[0].introduction = "Words. " * 1400
    session.commit()
    seen: list[str] = []
    for number in range(1, 31):
        seen += reader.read(f"/en/collections/{made.slug}?page={number}").slugs  # each page is weighed
        if len(seen) >= len(many):
            break
    assert seen == [practice.slug for practice in many]


def test_a_bigger_collection_takes_no_more_statements(
    reader: Reader,
    session: Session,
    many: list[Practice],
    count_statements: Callable[[], AbstractContextManager[Ledger]],
) -> None:
    counts = []
    for size in (2, 30):
        sections = [a_section("One", *many[: size // 2]), a_section("Two", *many[size // 2 : size])]
        made = a_collection(session, sections=sections)
        session.commit()
        for ending in ("", "/card", ".json"):
            reader.get(f"/en/collections/{made.slug}{ending}")
            with count_statements() as ledger:
                reader.get(f"/en/collections/{made.slug}{ending}")
            counts.append(len(ledger.statements))
    assert counts[:3] == counts[3:]


# --- the page of a practice --------------------------------------------------------------------------------------


def test_a_practice_names_the_published_collections_it_is_in(reader: Reader, session: Session) -> None:
    published(session, SSP, title="Safe nights")
    a_collection(session, practices=called(session, SSP), title="Half done", state=CollectionState.DRAFT)
    a_collection(session, practices=called(session, SSP), title="Long gone", state=CollectionState.ARCHIVED)
    session.commit()
    page = reader.read(f"/en/practices/{called(session, SSP)[0].slug}")
    assert "Safe nights" in page.text
    assert "Half done" not in page.markup
    assert "Long gone" not in page.markup
    assert "Safe nights" not in reader.read(f"/en/practices/{called(session, SLT)[0].slug}").markup


# --- the card on other sites -------------------------------------------------------------------------------------


def test_the_card_may_be_framed_and_holds_no_script_no_form_and_no_cookie(reader: Reader, session: Session) -> None:
    made = published(session, SSP, OHJAAMO)
    answer = reader.get(f"/en/collections/{made.slug}/card")
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer.headers
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in answer.headers
    page = Page(answer)
    assert not page.all("script")
    assert not page.all("form")
    assert page.all("base")[0].get("target") == "_top"
    assert all(link.get("href", "").startswith("https://") for link in page.all("a"))


@pytest.mark.parametrize("ending", ["", ".json"])
def test_nothing_but_the_card_may_be_framed(reader: Reader, session: Session, ending: str) -> None:
    answer = reader.get(f"/en/collections/{published(session, SSP).slug}{ending}")
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors *" not in answer.headers["Content-Security-Policy"]


def test_a_card_that_is_not_there_may_not_be_framed_either(reader: Reader) -> None:
    answer = reader.get("/en/collections/nothing/card")
    assert answer.status_code == 404
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_what_sites_copy_is_one_frame_whatever_the_title(reader: Reader, session: Session) -> None:
    made = published(session, SSP, title='"><script>alert(1)</script> & åäö')
    page = reader.read(f"/sv/collections/{made.slug}")
    frame = parse(f"<div>{words(page.by_id('embed'))}</div>")
    assert [element.tag for element in frame.iter()] == ["div", "iframe"]
    assert frame[0].get("title") == '"><script>alert(1)</script> & åäö'
    assert frame[0].get("src") == f"https://localhost/sv/collections/{made.slug}/card"
