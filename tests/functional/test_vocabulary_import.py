"""Bringing vocabularies in from files: the difference is shown, nothing else is changed, and it can be undone."""

from __future__ import annotations

import io

import pytest
from factories.people import hidden, signed_in
from factories.readers import Page, Reader
from flask import Flask
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from library.attachments.storage import store_of_app
from library.choices import Role
from library.extensions import db
from library.models import Batch, Concept, ConceptChange, ConceptLabel, ConceptScheme, IndexJob
from library.vocabulary import import_work_services

NEW = "/en/curate/vocabularies/imports/new"
PREFIXES = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix dct: <http://purl.org/dc/terms/> .
"""
SMALL = f"""{PREFIXES}
<https://example.org/w> a skos:ConceptScheme ; skos:prefLabel "Weather"@en, "Wetter"@de .
<https://example.org/w/rain> a skos:Concept ; skos:inScheme <https://example.org/w> ;
    skos:prefLabel "Rain"@en, "Regn"@sv, "Regen"@de ; skos:definition "Water that falls."@en .
<https://example.org/w/drizzle> a skos:Concept ; skos:inScheme <https://example.org/w> ;
    skos:prefLabel "Drizzle"@en ; skos:broader <https://example.org/w/rain> ;
    skos:exactMatch <https://elsewhere.example/1> .
"""


@pytest.fixture(scope="module")
def adviser(module_library: Flask) -> Reader:
    return signed_in(module_library, Role.ADVISER, email="words@example.org")


def work(app: Flask) -> None:
    """Do what waits for the worker."""
    with app.app_context():
        while import_work_services.work(db.sessionmaker, store_of_app()):
            pass


def send(browser: Reader, content: str | bytes, filename: str = "words.ttl", **boxes: str) -> TestResponse:
    """Send a file by the form."""
    data = content.encode() if isinstance(content, str) else content
    boxes = {"into": "", "missing": "keep", "language": "en", **hidden(browser.read(NEW)), **boxes}
    sent = MultiDict([*boxes.items(), ("file", FileStorage(io.BytesIO(data), filename=filename))])
    boundary, body = encode_multipart(sent)
    return browser.post(NEW, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def bring(app: Flask, browser: Reader, content: str | bytes, filename: str = "words.ttl", **boxes: str) -> str:
    """Send a file and have it compared; return the address of its page."""
    answer = send(browser, content, filename, **boxes)
    assert answer.status_code == 303, Page(answer).text
    work(app)
    return str(answer.headers["Location"])


def press(app: Flask, browser: Reader, address: str, deed: str) -> Page:
    """Press a button of an import's page, and let the worker do it."""
    answer = browser.post(f"{address}/{deed}", data=hidden(browser.read(address)))
    assert answer.status_code == 303
    work(app)
    return browser.read(address)


def test_a_new_vocabulary_is_shown_brought_in_and_comes_out_as_it_was(module_library: Flask, adviser: Reader) -> None:
    address = bring(module_library, adviser, SMALL, code="weather")
    page = adviser.read(address)
    assert "Checked, waits for you" in page.text
    assert "Drizzle" in page.text
    assert adviser.get("/vocabularies/weather.ttl").status_code == 404, "nothing changes before it is confirmed"
    assert "Brought in" in press(module_library, adviser, address, "confirm").text
    assert "Rain" in adviser.read("/en/vocabularies/weather").text
    came_out = adviser.get("/vocabularies/weather.ttl").text
    from rdflib import Graph
    from rdflib.compare import isomorphic

    assert isomorphic(Graph().parse(data=came_out, format="turtle"), Graph().parse(data=SMALL, format="turtle"))
    again = adviser.read(bring(module_library, adviser, came_out, into="weather"))
    assert "There is nothing to bring in" in again.text
    assert "Undone" in press(module_library, adviser, address, "undo").text
    assert adviser.get("/vocabularies/weather.ttl").status_code == 404


def test_the_difference_names_what_is_added_moved_and_relabelled(module_library: Flask, adviser: Reader) -> None:
    text = adviser.get("/vocabularies/settings.ttl").text.replace('"School"@en', '"Schools and <script>"@en')
    assert "<script>" in text
    address = bring(module_library, adviser, text, into="settings")
    page = adviser.read(f"{address}?show=relabelled")
    assert "Schools and <script>" in page.text, "words are words, whatever they say"
    assert "School" in page.text
    with module_library.app_context(), db.sessionmaker() as session:
        jobs = session.scalar(select(func.count()).select_from(IndexJob))
    press(module_library, adviser, address, "confirm")
    assert "Schools and &lt;script&gt;" in adviser.read("/en/vocabularies/settings").markup
    with module_library.app_context(), db.sessionmaker() as session:
        assert session.scalar(select(func.count()).select_from(IndexJob)) < (jobs or 0) + 101
        assert session.scalars(select(ConceptChange.deed).where(ConceptChange.scheme_code == "settings")).all() == [
            "import"
        ]
    press(module_library, adviser, address, "undo")
    assert "script" not in adviser.read("/en/vocabularies/settings").text


def test_nothing_is_brought_in_once_somebody_changed_the_vocabulary(module_library: Flask, adviser: Reader) -> None:
    text = adviser.get("/vocabularies/method-types.ttl").text.replace('"@da', ' x"@da')
    address = bring(module_library, adviser, text, into="method-types")
    with module_library.app_context(), db.sessionmaker.begin() as session:
        label = session.scalars(
            select(ConceptLabel).join(Concept).where(Concept.scheme_code == "method-types").limit(1)
        ).one()
        label.text = "Changed by a colleague"
    page = press(module_library, adviser, address, "confirm")
    assert "Somebody changed the vocabulary meanwhile" in page.text
    assert ' x"@da' not in adviser.get("/vocabularies/method-types.ttl").text


def test_a_half_broken_file_changes_nothing_and_says_where(module_library: Flask, adviser: Reader) -> None:
    broken = SMALL.replace('"Drizzle"@en', '"Drizzle"@en, "Spray"@en')
    page = adviser.read(bring(module_library, adviser, broken, code="broken"))
    assert "Line 9, broken/drizzle" in page.text
    assert "Spray" in page.text
    page = adviser.read(bring(module_library, adviser, SMALL + "\n<<<", code="broken"))
    assert "Line 12" in page.text
    assert adviser.get("/vocabularies/broken.ttl").status_code == 404


def test_what_records_use_is_not_removed(module_library: Flask, adviser: Reader) -> None:
    head = f'{PREFIXES}<https://library.invalid/vocabularies/agencies> a skos:ConceptScheme ; skos:prefLabel "A"@en .'
    only = head + '<https://library.invalid/vocabularies/agencies/new> a skos:Concept ; skos:prefLabel "New"@en .'
    page = adviser.read(bring(module_library, adviser, only, into="agencies", missing="remove"))
    assert "is in use and cannot be removed" in page.text
    assert "agencies/police" in page.text
    with module_library.app_context(), db.sessionmaker() as session:
        assert session.get(ConceptScheme, "agencies") is not None


def test_a_table_from_excel_comes_in_whatever_its_encoding(module_library: Flask, adviser: Reader) -> None:
    rows = "code;label_en;label_sv;synonyms_sv;broader\r\n"
    rows += "berry;Berry;Bär;Bäret | Små bär;\r\nblue;Blueberry;Blåbär;;berry\r\n"
    address = bring(module_library, adviser, rows.encode("cp1252"), "bär.csv", code="fruit", name="Fruit")
    assert "Blåbär" in adviser.read(address).text
    press(module_library, adviser, address, "confirm")
    page = adviser.read("/sv/vocabularies/fruit/berry")
    assert "Små bär" in page.text
    assert "Blåbär" in page.text
    exported = adviser.get("/vocabularies/fruit.csv").data
    again = adviser.read(bring(module_library, adviser, exported, "fruit.csv", into="fruit"))
    assert "There is nothing to bring in" in again.text
    wrong = "code;label_en;status;broader\nblue;Blue;gone;nothing\nBad Code;x;;\n"
    page = adviser.read(bring(module_library, adviser, wrong, "wrong.csv", into="fruit"))
    assert "Line 2, status, fruit/blue" in page.text
    assert "Line 2, broader, fruit/blue" in page.text
    assert "Line 3, code, Bad Code" in page.text


@pytest.mark.parametrize(
    ("boxes", "name", "said"),
    [
        ({"code": ""}, "a.ttl", "Enter a code"),
        ({"code": "agencies"}, "a.ttl", "This code is taken"),
        ({"code": "imports"}, "a.ttl", "This code is taken"),
        ({"code": "x"}, "a.rdf", "Choose a file that ends in"),
        ({"code": "x"}, "", "Choose a file"),
        ({"code": "x", "missing": "explode"}, "a.ttl", "There is a problem"),
    ],
)
def test_a_form_that_makes_no_sense_is_shown_again(
    adviser: Reader, boxes: dict[str, str], name: str, said: str
) -> None:
    answer = send(adviser, SMALL, name, **boxes)
    assert answer.status_code == 422
    assert said in Page(answer).text


def test_a_step_that_was_overtaken_is_said_so(module_library: Flask, adviser: Reader) -> None:
    address = bring(module_library, adviser, SMALL, code="twice")
    press(module_library, adviser, address, "discard")
    answer = adviser.post(f"{address}/confirm", data=hidden(adviser.read(address)))
    assert "This was not done" in adviser.read(str(answer.headers["Location"])).text
    with module_library.app_context(), db.sessionmaker() as session:
        assert session.scalars(select(Batch.state).order_by(Batch.id.desc()).limit(1)).one() == "discarded"
