"""Bringing vocabularies in from files: the difference is shown, nothing else is changed, and it can be undone."""

from __future__ import annotations

import io

import pytest
from factories.people import hidden, signed_in
from factories.readers import Page, Reader
from flask import Flask
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from library.attachments.storage import store_of_app
from library.choices import Role
from library.extensions import db
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


def send(browser: Reader, content: str | bytes, name: str = "words.ttl", **boxes: str) -> TestResponse:
    """Send a file by the form."""
    data = content.encode() if isinstance(content, str) else content
    boxes = {"into": "", "missing": "keep", "language": "en", **hidden(browser.read(NEW)), **boxes}
    sent = MultiDict([*boxes.items(), ("file", FileStorage(io.BytesIO(data), filename=name))])
    boundary, body = encode_multipart(sent)
    return browser.post(NEW, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def bring(app: Flask, browser: Reader, content: str | bytes, name: str = "words.ttl", **boxes: str) -> str:
    """Send a file and have it compared; return the address of its page."""
    answer = send(browser, content, name, **boxes)
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
