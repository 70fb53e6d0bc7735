"""A collection as files: tables, document, feed and data say the same, to nobody's harm."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from itertools import pairwise
from xml.etree import ElementTree

import docx
import openpyxl
import pytest
from factories.collections import a_collection, a_section
from factories.documents import titled
from factories.instances import Place
from factories.readers import Reader
from factories.records import a_practice, practice_called
from flask import Flask, Response
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from library.choices import CollectionState
from library.curation import public_views
from library.extensions import db, limiter
from library.models import Account, Collection, Practice
from library.publishing import archive

ATOM = {"atom": "http://www.w3.org/2005/Atom"}
TITLE = "Ungdomar på kvällen: Århus, Ærø, Þingeyri"
FORMULA = '=HYPERLINK("https://evil.example","Click")'
SUFFIXES = ("pdf", "docx", "xlsx", "csv", "atom", "json")

Ask = Callable[..., TestResponse]


@pytest.fixture(scope="module")
def collection(module_library: Flask) -> Iterator[Collection]:
    """A collection with notes in Swedish and a practice that begins like a formula."""
    with module_library.app_context(), db.sessionmaker(expire_on_commit=False) as session:
        curator = Account(email="asa@curators.example", name="Åsa Öberg", fs_uniquifier="curator-files")
        session.add(curator)
        ssp = practice_called(session, "dk-ssp")
        sections = [
            a_section("Börja här", ssp, note="Den är **först**: å, ä, ö."),
            a_section("Sedan", a_practice(session, titled(FORMULA)), note="-1+1\n\n- en\n- två"),
        ]
        made = a_collection(session, curator, title=TITLE, sections=sections, slug="ungdomar")
        session.commit()
        yield made


@pytest.fixture
def ask(module_library: Flask, collection: Collection) -> Ask:
    reader = module_library.test_client()
    assert isinstance(reader, Reader)

    def asking(suffix: str, language: str = "en", **headers: str) -> TestResponse:
        ending = f".{suffix}" if suffix else ""
        return reader.get(f"/{language}/collections/{collection.slug}{ending}", headers=headers)

    return asking


# --- how files are handed out ------------------------------------------------------------------------------------


@pytest.mark.one_database
def test_who_asks_for_files_without_end_is_asked_to_wait_and_the_page_stays_open(
    own_place: Place, open_library: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_views, "handed_out", lambda *_: Response("a file", mimetype="text/csv"))
    app = open_library(own_place, RATELIMIT_ENABLED=True)
    limiter.reset()
    with app.app_context():
        slug = a_collection(db.session).slug
        db.session.commit()
    page, reader = f"/en/collections/{slug}", app.test_client()
    codes = [reader.get(f"{page}.csv").status_code for _ in range(31)]
    accepted = [reader.get(page, headers={"Accept": "text/csv"}).status_code for _ in range(31)]
    opened = reader.get(page).status_code
    limiter.reset()
    assert codes == accepted == [200] * 30 + [429]
    assert opened == 200


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.one_database
def test_a_file_is_named_after_the_collection_and_revalidated_by_caches(ask: Ask, suffix: str) -> None:
    answer = ask(suffix)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith(f"filename=ungdomar.{suffix}")
    assert answer.headers["Cache-Control"] == "public, no-cache"
    again = ask(suffix, **{"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("application/pdf", "application/pdf"),
        ("application/atom+xml", "application/atom+xml"),
        ("application/json", "application/json"),
        ("text/csv", "text/csv"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("*/*", "text/html"),
        ("image/png", "text/html"),
        ("", "text/html"),
    ],
)
@pytest.mark.one_database
def test_programs_may_ask_by_media_type_at_the_pages_own_address(ask: Ask, accept: str, given: str) -> None:
    answer = ask("", Accept=accept)
    assert answer.mimetype == given
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize("suffix", SUFFIXES[1:])
def test_a_practice_that_is_withdrawn_vanishes_from_every_file(
    own_library: Flask, own_session: Session, suffix: str
) -> None:
    gone = a_practice(own_session, titled("Goes away"))
    made = a_collection(own_session, practices=[gone, practice_called(own_session, "dk-ssp")])
    own_session.commit()
    reader = own_library.test_client()
    address = f"/en/collections/{made.slug}.{suffix}"
    before = reader.get(address)
    assert "Goes away" in _words(suffix, before.data)
    archive(own_session, gone, actor=None, reason="It ended.")
    own_session.commit()
    after = reader.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200, "what the client keeps is out of date"
    assert "Goes away" not in _words(suffix, after.data)
    assert "SSP" in _words(suffix, after.data)


def _words(suffix: str, data: bytes) -> str:
    """Return all words of a file."""
    if suffix == "docx":
        return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)
    if suffix == "xlsx":
        [sheet] = openpyxl.load_workbook(io.BytesIO(data)).worksheets
        return "\n".join(str(value) for row in sheet.values for value in row)
    return data.decode()


# --- tables ------------------------------------------------------------------------------------------------------


def rows_of_csv(answer: TestResponse) -> list[list[str]]:
    assert answer.data.startswith(b"\xef\xbb\xbf"), "spreadsheets know UTF-8 by its mark"
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def rows_of_workbook(answer: TestResponse) -> list[list[object]]:
    [sheet] = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets
    return [list(row) for row in sheet.values]


@pytest.mark.one_database
def test_both_tables_hold_a_row_for_each_practice_in_order(ask: Ask) -> None:
    written, workbook = rows_of_csv(ask("csv")), rows_of_workbook(ask("xlsx"))
    assert written[0] == workbook[0]
    assert [row[1] for row in written[1:]] == [row[1] for row in workbook[1:]] == ["Börja här", "Sedan"]
    assert [row[0] for row in workbook[1:]] == [1, 2]
    assert written[1][3] == "Den är först: å, ä, ö."
    assert written[1][-1].startswith("https://localhost/p/")


@pytest.mark.one_database
def test_no_cell_is_a_formula(ask: Ask) -> None:
    title, note = rows_of_csv(ask("csv"))[2][2:4]
    assert title == f"'{FORMULA}"
    assert note.startswith("'-1+1")
    [sheet] = openpyxl.load_workbook(io.BytesIO(ask("xlsx").data)).worksheets
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    [own] = [cell for cell in cells if cell.value == FORMULA]
    assert own.data_type == "s"
    assert own.quotePrefix, "whoever edits the cell does not make it a formula either"


# --- document ----------------------------------------------------------------------------------------------------


@pytest.fixture
def document(ask: Ask) -> docx.document.Document:
    return docx.Document(io.BytesIO(ask("docx", "sv").data))


@pytest.mark.one_database
def test_the_document_has_real_headings_without_gaps(document: docx.document.Document) -> None:
    headings = [p for p in document.paragraphs if p.style and p.style.name and p.style.name.startswith("Heading")]
    levels = [int(str(heading.style.name).split()[1]) for heading in headings if heading.style]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    names = [heading.text for heading in headings]
    assert "Börja här" in names
    assert f"2. {FORMULA}" in names
    [title] = [p.text for p in document.paragraphs if p.style and p.style.name == "Title"]
    assert title == TITLE


@pytest.mark.one_database
def test_the_document_says_what_it_is_and_in_which_languages(document: docx.document.Document) -> None:
    about = document.core_properties
    assert (about.title, about.author, about.language) == (TITLE, "Åsa Öberg", "sv-SE")
    spoken = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}lang"
    value = spoken.replace("lang", "val")
    [whole] = [element.get(value) for element in document.styles.element.iter(spoken)]
    assert whole == "sv-SE"
    runs = {element.get(value) for element in document.element.iter(spoken)}
    assert "en-GB" in runs, "the collection was written in English, and its notes too"


@pytest.mark.one_database
def test_notes_keep_their_marks_in_the_document(document: docx.document.Document) -> None:
    [note] = [p for p in document.paragraphs if p.text == "Den är först: å, ä, ö."]
    assert [run.text for run in note.runs if run.bold] == ["först"]
    assert [
        p.text for p in document.paragraphs if p.style and p.style.name == "List Bullet" and p.text in ("en", "två")
    ]


@pytest.mark.one_database
def test_evidence_stands_side_by_side_in_the_document(document: docx.document.Document) -> None:
    first = document.tables[0]
    assert len(first.columns) == 4
    assert all(cell.text for row in first.rows for cell in row.cells)
    assert first.rows[0]._tr.trPr is not None, "its first row is its head"


# --- feed and data -----------------------------------------------------------------------------------------------


@pytest.mark.one_database
def test_the_feed_names_every_practice_in_order_with_its_note(ask: Ask) -> None:
    feed = ElementTree.fromstring(ask("atom").data)  # noqa: S314 - we wrote it ourselves
    assert feed.findtext("atom:title", namespaces=ATOM) == TITLE
    assert feed.findtext("atom:author/atom:name", namespaces=ATOM) == "Åsa Öberg"
    entries = feed.findall("atom:entry", ATOM)
    assert [entry.findtext("atom:title", namespaces=ATOM) for entry in entries][1] == FORMULA
    assert "<strong>först</strong>" in (entries[0].findtext("atom:content", namespaces=ATOM) or "")
    identifiers = [entry.findtext("atom:id", namespaces=ATOM) or "" for entry in entries]
    assert all(identifier.startswith("https://localhost/p/") for identifier in identifiers)
    own = [link.get("href") for link in feed.findall("atom:link", ATOM) if link.get("rel") == "self"]
    assert own == ["https://localhost/en/collections/ungdomar.atom"]


@pytest.mark.one_database
def test_the_data_says_what_the_page_says(ask: Ask) -> None:
    told = ask("json", "sv").json
    assert told["title"] == {"text": TITLE, "language": "en"}
    assert told["curators"] == ["Åsa Öberg"]
    first, second = (section["practices"][0] for section in told["sections"])
    assert first["note"] == {"text": "Den är **först**: å, ä, ö.", "language": "en"}
    assert set(first["evidence"]) == {"stage", "outcome", "review", "evaluations"}
    assert second["what_did_not_work"] == "Ingen kom så länge dörrarna låstes klockan åtta."
    assert second["language"] == "sv"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_no_file_can_hold_is_left_out(own_library: Flask, own_session: Session, suffix: str) -> None:
    practice = own_session.get_one(Practice, practice_called(own_session, "dk-ssp").id)
    practice.texts[0].title = practice.texts[1].title = "Bell\x07 and \x1b[31mescape\ufffe"
    made = a_collection(own_session, practices=[practice], title="A title\x0b with \x08more")
    made.sections[0].items[0].notes = {"en": "A note\x0c\x01."}
    own_session.commit()
    answer = own_library.test_client().get(f"/en/collections/{made.slug}.{suffix}")
    assert answer.status_code == 200
    if suffix != "pdf":
        assert "Bell and [31mescape" in _words(suffix, answer.data)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.one_database
def test_an_empty_collection_has_files_too(own_library: Flask, own_session: Session, suffix: str) -> None:
    made = a_collection(own_session, sections=[a_section("Nothing yet")], state=CollectionState.PUBLISHED)
    own_session.commit()
    assert own_library.test_client().get(f"/en/collections/{made.slug}.{suffix}").status_code == 200
