"""Advisers change words; readers meet the new ones at once, and the index follows."""

from __future__ import annotations

from factories.readers import Reader
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.extensions import db
from library.indexing.follower import Follower
from library.indexing.search import index_of_app
from library.models import ConceptLabel


def relabel(session: Session, concept: str, language: str, words: str) -> None:
    query = select(ConceptLabel).where(ConceptLabel.concept_id == concept, ConceptLabel.language == language)
    label = session.scalars(query.where(ConceptLabel.kind == "preferred")).one()
    label.text = words
    session.commit()


def test_a_new_label_stands_on_the_next_page(own_reader: Reader, own_session: Session) -> None:
    assert own_reader.read("/en/agencies/police").heading == "Police"
    relabel(own_session, "agencies/police", "en", "The police service")
    assert own_reader.read("/en/agencies/police").heading == "The police service"


def test_a_new_label_finds_its_practices_once_the_index_has_followed(
    own_library: Flask, own_reader: Reader, own_session: Session
) -> None:
    with own_library.app_context():
        follower = Follower(db.sessionmaker, index_of_app())
        follower.step()
        assert own_reader.get("/api/v1/practices?q=quuxkonstabel").get_json()["total"] == 0
        relabel(own_session, "agencies/police", "da", "Quuxkonstabel")
        while follower.step():
            pass
    found = own_reader.get("/api/v1/practices?q=quuxkonstabel&lang=da").get_json()
    with_police = own_reader.get("/api/v1/practices?agency=police").get_json()
    assert found["total"] == with_police["total"] > 0


def test_words_taken_back_change_nothing(own_reader: Reader, own_session: Session) -> None:
    own_reader.read("/en/agencies/police")
    query = select(ConceptLabel).where(ConceptLabel.concept_id == "agencies/police", ConceptLabel.language == "en")
    own_session.scalars(query.where(ConceptLabel.kind == "preferred")).one().text = "Constables"
    own_session.flush()
    own_session.rollback()
    assert own_reader.read("/en/agencies/police").heading == "Police"
