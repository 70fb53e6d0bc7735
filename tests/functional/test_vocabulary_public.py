"""Vocabularies as readers and machines meet them: pages, files, and one address for each that never changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from factories.readers import Reader
from factories.watching import Ledger
from flask import Flask
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, OWL, SKOS

from library.choices import ConceptStatus
from library.extensions import db
from library.models import Concept

POLICE = "/vocabularies/agencies/police"
pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("accept", "language", "leads"),
    [("text/html", "fi", "/fi"), ("*/*", "sv", "/sv"), ("image/png", "en", "/en"), ("", "", "/en")],
)
def test_people_are_sent_to_the_page_in_their_language(reader: Reader, accept: str, language: str, leads: str) -> None:
    answer = reader.get(POLICE, headers={"Accept": accept, "Accept-Language": language})
    assert answer.status_code == 303
    assert answer.headers["Location"] == leads + POLICE
    assert {"Accept", "Accept-Language"} <= set(answer.headers["Vary"].split(", "))


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/turtle", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("application/json", "application/ld+json"),
        ("text/html;q=0.5, text/turtle", "text/turtle"),
    ],
)
def test_machines_get_what_they_ask_for(reader: Reader, accept: str, kind: str) -> None:
    answer = reader.get(POLICE, headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (200, kind)
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
def test_turtle_and_json_ld_say_the_same(reader: Reader) -> None:
    turtle = Graph().parse(data=reader.get(f"{POLICE}.ttl").text, format="turtle")
    said = reader.get(f"{POLICE}.jsonld").text
    assert isomorphic(turtle, Graph().parse(data=said, format="json-ld"))
    assert isinstance(json.loads(said)["@context"], dict), "no reader has to fetch a context"
    here = URIRef(f"https://localhost{POLICE}")
    assert (here, SKOS.prefLabel, Literal("Poliisi", lang="fi")) in turtle
    assert "library.invalid" not in said


def test_who_has_a_file_need_not_fetch_it_again(reader: Reader) -> None:
    mark = reader.get("/vocabularies/themes.ttl").headers["ETag"]
    assert reader.get("/vocabularies/themes.ttl", headers={"If-None-Match": mark}).status_code == 304
    assert reader.get("/vocabularies/themes.csv", headers={"If-None-Match": mark}).status_code == 200


@pytest.mark.parametrize("address", ["none", "agencies/none", "none/police", "none.ttl", "agencies/none.jsonld"])
def test_what_is_not_there_is_not_found(reader: Reader, address: str) -> None:
    for accept in ("text/html", "text/turtle"):
        assert reader.get(f"/vocabularies/{address}", headers={"Accept": accept}).status_code == 404


def test_a_concept_that_another_replaces_leads_there(own_library: Flask, own_reader: Reader) -> None:
    with own_library.app_context(), db.sessionmaker.begin() as session:
        old = session.get_one(Concept, "themes/perceived-safety")
        old.status, old.replaced_by_id = ConceptStatus.DEPRECATED, "themes/safe-urban-space"
    answer = own_reader.get("/en/vocabularies/themes/perceived-safety")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/en/vocabularies/themes/safe-urban-space"
    said = Graph().parse(data=own_reader.get("/vocabularies/themes/perceived-safety.ttl").text, format="turtle")
    base = "https://localhost/vocabularies/themes/"
    assert (URIRef(base + "perceived-safety"), OWL.deprecated, Literal(True)) in said
    assert (URIRef(base + "perceived-safety"), DCTERMS.isReplacedBy, URIRef(base + "safe-urban-space")) in said


def test_a_concept_says_all_that_is_known_of_it(reader: Reader) -> None:
    page = reader.read("/sv/vocabularies/thesaurus/social-crime-prevention")
    for word in ("Social brottsprevention", "Sosiaalinen rikoksentorjunta", "Social prevention", "Brottsprevention"):
        assert word in page.text
    assert "https://localhost/vocabularies/thesaurus/social-crime-prevention" in page.text


def test_a_concept_leads_to_the_practices_that_carry_it(reader: Reader) -> None:
    page = reader.read("/en/vocabularies/agencies/police")
    assert "/en/practices?agency=police" in page.addresses


def test_large_vocabularies_are_shown_branch_by_branch(
    reader: Reader, count_statements: Callable[[], AbstractContextManager[Ledger]]
) -> None:
    page = reader.read("/en/vocabularies/thesaurus")
    assert any("under=" in address for address in page.addresses)
    assert "Crime prevention" in reader.read("/en/vocabularies/thesaurus?under=prevention").text
    counts = []
    for code in ("thesaurus", "outcomes"):
        with count_statements() as ledger:
            reader.read(f"/en/vocabularies/{code}")
        counts.append(len(ledger.statements))
    assert counts[0] == counts[1]


def test_odd_questions_are_answered(reader: Reader) -> None:
    for asked in ("page=0", "page=x", "page=99999", "under=none", "under=%3Cb%3E"):
        reader.read(f"/en/vocabularies/thesaurus?{asked}")
