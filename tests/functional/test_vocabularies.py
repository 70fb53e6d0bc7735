"""Vocabularies in the database: what goes in comes out, and faults are refused whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from rdflib import Graph
from rdflib.compare import isomorphic, to_isomorphic
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.cli import STARTER
from library.errors import InvalidVocabulary
from library.lexicon import current
from library.models import Concept, ConceptLabel, ConceptScheme
from library.vocabulary.services import BASE, SCHEMES, load_folder, load_graphs, read_turtle, turtle, write_turtle

FOLDER = STARTER / "vocabularies"


@pytest.mark.parametrize("code", SCHEMES)
def test_a_vocabulary_survives_the_way_through_the_database(session: Session, code: str) -> None:
    original, kept = read_turtle(FOLDER / f"{code}.ttl"), write_turtle(session, code)
    assert set(kept) == set(original)
    assert isomorphic(kept, original)


@pytest.mark.one_database
@pytest.mark.parametrize("code", ["agencies", "themes", "thesaurus"])
def test_what_is_exported_can_be_read_again(session: Session, code: str, tmp_path: Path) -> None:
    file = tmp_path / f"{code}.ttl"
    file.write_text(turtle(session, code), encoding="utf-8")
    assert to_isomorphic(read_turtle(file)) == to_isomorphic(write_turtle(session, code))
    assert BASE not in file.read_text(encoding="utf-8")


def test_order_on_forms_is_the_order_of_the_file(session: Session) -> None:
    listed = session.scalars(
        select(Concept.code).where(Concept.scheme_code == "agencies").order_by(Concept.position)
    ).all()
    text = (FOLDER / "agencies.ttl").read_text(encoding="utf-8")
    in_file = [line.split("/")[1].split(">")[0] for line in text.splitlines() if "a skos:Concept ;" in line]
    assert list(listed) == in_file


@pytest.mark.one_database
def test_a_vocabulary_that_does_not_exist_is_named(session: Session) -> None:
    with pytest.raises(InvalidVocabulary, match="there is no vocabulary none"):
        write_turtle(session, "none")


HEAD = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n<new> a skos:ConceptScheme"
LABELS = ", ".join(f'"Word"@{language}' for language in ("en", "da", "sv", "nb", "nn", "fi", "is"))
GOOD = f'{HEAD} ; skos:prefLabel "New"@en .\n<new/a> a skos:Concept ; skos:notation "a" ; skos:prefLabel {LABELS} .'


@pytest.fixture
def empty(own_session: Session) -> Session:
    """A database to which a scheme called ``new`` can be added."""
    return own_session


def graph_of(text: str, folder: Path) -> Graph:
    file = folder / "new.ttl"
    file.write_text(text, encoding="utf-8")
    return read_turtle(file)


def test_a_good_vocabulary_is_taken(empty: Session, tmp_path: Path) -> None:
    load_graphs(empty, [("new", graph_of(GOOD, tmp_path))])
    assert current(empty)["new/a"].label("fi") == "Word"


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (GOOD.replace('skos:prefLabel "New"@en', 'skos:note "New"'), "the scheme has no name"),
        (GOOD.replace('"Word"@fi, ', ""), "needs one preferred label in each language"),
        (GOOD.replace('"Word"@fi', '"Word"@fi, "Other"@fi'), "needs one preferred label in each language"),
        (GOOD.replace('"Word"@fi', '"Word"@de'), "a label without words, or in a language not of the library"),
        (GOOD.replace('"Word"@fi', '" "@fi'), "a label without words"),
        (GOOD.replace('notation "a"', 'notation "b"'), "the notation differs from the address"),
        (GOOD.replace("<new/a>", "<new/a/b>"), "is not an address of this scheme"),
        (GOOD.replace("<new/a>", "<other/a>"), "is not an address of this scheme"),
        (GOOD.replace('notation "a"', 'notation "a" ; skos:broader <new/z>'), "which does not exist"),
        (GOOD.replace("skos:prefLabel", "skos:prefLabel ;;", 1) + "<<<", "is not Turtle"),
    ],
)
def test_a_faulty_vocabulary_is_refused_in_words(empty: Session, tmp_path: Path, fault: str, said: str) -> None:
    assert fault != GOOD
    with pytest.raises(InvalidVocabulary, match=said):
        load_graphs(empty, [("new", graph_of(fault, tmp_path))])


@pytest.mark.one_database
def test_a_missing_file_is_named(empty: Session, tmp_path: Path) -> None:
    with pytest.raises(InvalidVocabulary, match=r"agencies\.ttl is missing"):
        load_folder(empty, tmp_path)


def test_every_process_sees_a_changed_label_at_once(own_library: Flask, own_session: Session) -> None:
    reader = own_library.test_client()
    assert "Police" in reader.get("/en/agencies/police").text
    label = own_session.scalars(
        select(ConceptLabel).where(
            ConceptLabel.concept_id == "agencies/police",
            ConceptLabel.language == "en",
            ConceptLabel.kind == "preferred",
        )
    ).one()
    label.text = "Constabulary"
    own_session.commit()
    assert "Constabulary" in reader.get("/en/agencies/police").text


def test_each_vocabulary_is_in_the_database(session: Session) -> None:
    assert set(session.scalars(select(ConceptScheme.code))) == set(SCHEMES)
    assert session.scalar(select(func.count()).where(Concept.scheme_code == "thesaurus")) >= 200
