"""Lists of practices as files: everything a search finds, in forms that other programs read."""

from __future__ import annotations

import csv
import json
import re
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from factories.readers import Page, Reader
from openpyxl import load_workbook
from sqlalchemy import select

from library.catalogue import list_queries
from library.interchange.row_checks import understood
from library.models import Revision
from library.publishing import known_to
from library.tables.columns import column_named, document_of
from library.tables.queries import speech_of
from library.tables.reading import opened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask
    from sqlalchemy.orm import Session

ATOM = "{http://www.w3.org/2005/Atom}"


def rows_as_read(data: bytes, name: str) -> list[list[str]]:
    """Return the cells of a table as the import reads them."""
    with opened(BytesIO(data), name) as table:
        return [cells for _number, cells in table.rows(table.sheets[0] if table.sheets else "")]


def documents(session: Session, rows: Iterable[list[str]]) -> dict[str, dict[str, Any]]:
    """Return the documents of rows whose first one holds headings, by identifier, as the import understands them."""
    speech, known = speech_of(session, "en"), known_to(session)
    heads, *rest = rows
    columns = [speech.column(words) for words in heads]
    if all(column_named(words) for words in rest[0] if words):  # a second row, of names for machines
        rest = rest[1:]
    given = [understood(cells, columns, speech, known) for cells in rest]
    assert not [row.faults for row in given if row.faults]
    return {row.cells["identifier"]: document_of(row.cells) for row in given}


def stored(session: Session) -> dict[str, dict[str, Any]]:
    latest = select(Revision.practice_id, Revision.content).order_by(Revision.number)
    return {str(identifier): content for identifier, content in session.execute(latest)}


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "fi"])
def test_a_whole_library_as_a_table_says_what_its_records_say(
    library: Flask, reader: Reader, session: Session, suffix: str, language: str
) -> None:
    answer = reader.get(f"/{language}/practices.{suffix}")
    assert answer.status_code == 200
    with library.app_context():
        assert documents(session, rows_as_read(answer.data, f"practices.{suffix}")) == stored(session)


def test_a_narrowed_list_holds_what_its_page_lists(reader: Reader) -> None:
    page = reader.read("/en/practices?q=school&agency=police")
    answer = reader.get("/en/practices.json?q=school&agency=police")
    found = json.loads(answer.data)["practices"]
    assert [practice["slug"] for practice in found][: len(page.slugs)] == page.slugs
    assert all("police" in [row["code"] for row in p["document"]["agencies"]] for p in found)


@pytest.mark.one_database
def test_the_page_names_its_files_with_the_same_words_and_filters(reader: Reader) -> None:
    page = reader.read("/en/practices?q=school&agency=police")
    names = {link.text: link.get("href") for link in page.by_class("list-files")[0].iter("a")}
    assert set(names) == {"CSV", "Excel", "JSON", "RIS", "BibTeX", "Atom"}
    assert names["RIS"] == "/en/practices.ris?agency=police&q=school"
    assert not reader.read("/en/practices?q=zzzqqqzzz").by_class("list-files")


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("text/csv", "text/csv"),
        ("application/json", "application/json"),
        ("application/atom+xml", "application/atom+xml"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("*/*", "text/html"),
    ],
)
def test_a_client_gets_what_it_asks_for_at_the_address_of_the_page(reader: Reader, wanted: str, given: str) -> None:
    answer = reader.get("/en/practices?q=hate", headers={"Accept": wanted})
    assert answer.mimetype == given
    assert "Accept" in answer.vary


@pytest.mark.one_database
def test_references_name_owner_year_and_the_address_that_stays(reader: Reader) -> None:
    ris = reader.get("/sv/practices.ris?q=SSP").data.decode()
    assert ris.startswith("TY  - ELEC\r\n")
    assert ris.count("TY  - ") == ris.count("ER  - ")
    assert re.search(r"UR  - https?://[^/]+/p/\d+\r\n", ris)
    bib = reader.get("/sv/practices.bib?q=SSP").data.decode()
    assert bib.count("@misc{") == ris.count("TY  - ")
    assert "  title = {{" in bib


@pytest.mark.one_database
def test_a_feed_begins_with_what_is_newest_and_links_every_practice(reader: Reader) -> None:
    root = ET.fromstring(reader.get("/nb/practices.atom").data)  # noqa: S314 - our own
    entries = root.findall(f"{ATOM}entry")
    published = [(entry.findtext(f"{ATOM}published") or "")[:10] for entry in entries]
    assert len(entries) == 50
    assert published == sorted(published, reverse=True)
    assert all((entry.findtext(f"{ATOM}id") or "").partition("/p/")[2].isdigit() for entry in entries)


@pytest.mark.one_database
def test_lists_of_agencies_and_municipalities_lead_to_their_files(reader: Reader) -> None:
    answer = reader.get("/en/agencies/police.csv")
    assert answer.location == "/en/practices.csv?agency=police"
    assert reader.get("/da/municipalities/dk-aarhus.json").location == "/da/practices.json?municipality=dk-aarhus"


@pytest.mark.one_database
def test_a_kind_of_file_that_there_is_not_is_a_page_that_says_so(reader: Reader) -> None:
    assert Page(reader.get("/en/practices.docx")).response.status_code == 404


def test_nothing_that_is_not_public_is_in_a_file(own_library: Any, own_reader: Reader, own_session: Session) -> None:
    from factories.records import practice_called

    from library.workflow import Step, advance

    gone = practice_called(own_session, "dk-ssp")
    advance(own_session, gone, Step.ARCHIVE, actor=None, reason="Over")
    own_session.commit()  # the index still holds it
    found = json.loads(own_reader.get("/en/practices.json").data)["practices"]
    assert found
    assert gone.slug not in [practice["slug"] for practice in found]


@pytest.mark.one_database
def test_a_list_costs_the_same_statements_for_few_and_for_many(
    library: Any, session: Session, count_statements: Any
) -> None:
    ids = sorted(int(identifier) for identifier in stored(session))
    with count_statements() as few:
        list(list_queries.entries(session, ids[:2]))
    with count_statements() as many:
        list(list_queries.entries(session, ids))
    assert len(many.statements) == len(few.statements)


@pytest.mark.one_database
def test_a_table_in_a_spreadsheet_runs_no_formula(reader: Reader) -> None:
    book = load_workbook(BytesIO(reader.get("/en/practices.xlsx").data))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None]
    assert cells
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    text = reader.get("/en/practices.csv").data.decode("utf-8-sig")
    assert not [cell for row in csv.reader(StringIO(text)) for cell in row if cell[:1] in ("=", "+", "@")]


@pytest.mark.one_database
@pytest.mark.parametrize("suffix", ["atom", "xlsx", "csv", "json", "ris", "bib"])
@pytest.mark.parametrize("words", ["a%01b", "a%0Bb", "%EF%BF%BE", "%22%3Cx%3E%26", "e%CC%81" * 60])
def test_whatever_is_searched_for_is_a_file(reader: Reader, suffix: str, words: str) -> None:
    assert reader.get(f"/en/practices.{suffix}?q={words}").status_code == 200


@pytest.mark.one_database
def test_asking_by_accept_costs_as_much_of_the_limit_as_asking_by_address(open_library: Any, own_place: Any) -> None:
    browser = open_library(own_place, RATELIMIT_ENABLED=True).test_client()
    answers = [browser.get("/en/practices", headers={"Accept": "text/csv"}).status_code for _ in range(31)]
    assert answers == [200] * 30 + [429]
