"""Suggestions while typing, as the script asks for them."""

from __future__ import annotations

import shutil
from typing import Any
from urllib.parse import quote

import pytest
from factories.collections import a_collection
from factories.documents import titled
from factories.readers import Reader
from factories.records import a_practice, follow, practice_called
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from library.choices import CollectionState, PracticeState
from library.indexing import naming
from library.models import CollectionText, Organisation

pytestmark = pytest.mark.one_database


def groups(reader: Reader, typed: str, language: str = "en") -> dict[str, list[dict[str, Any]]]:
    answer = reader.get(f"/{language}/suggestions", query_string={"q": typed})
    assert answer.status_code == 200
    return {group["kind"]: group["items"] for group in answer.json["groups"]}


def labels(reader: Reader, typed: str, kind: str, language: str = "en") -> list[str]:
    return [item["label"] for item in groups(reader, typed, language).get(kind, [])]


@pytest.mark.parametrize("typed", ["malmo", "malmö", "malmø", "Malm", "MALMÖ"])
def test_a_municipality_is_found_however_it_is_spelled(reader: Reader, typed: str) -> None:
    first = groups(reader, typed)["municipalities"][0]
    assert (first["label"], first["url"]) == ("Malmö", "/en/municipalities/se-malmo")


def test_a_place_is_called_what_the_reader_calls_it_and_the_other_name_is_said(reader: Reader) -> None:
    assert groups(reader, "turku", "sv")["municipalities"][0]["label"] == "Åbo"
    assert groups(reader, "turku", "sv")["municipalities"][0]["detail"] == "även: Turku"
    assert groups(reader, "turku", "fi")["municipalities"][0] | {"language": ""} == {
        "label": "Turku",
        "url": "/fi/municipalities/fi-turku",
        "language": "",
        "detail": "",
    }


def test_a_concept_is_found_by_its_synonyms_in_any_language_and_leads_to_its_practices(reader: Reader) -> None:
    for typed in ("hatbrott", "hatkrim", "hate"):
        found = groups(reader, typed)["concepts"]
        assert "/en/practices?theme=hate" in [item["url"] for item in found], typed
    assert groups(reader, "poliisi", "fi")["concepts"][0]["url"] == "/fi/agencies/police"


def test_every_suggestion_leads_to_a_page(reader: Reader) -> None:
    seen = set()
    for typed in ("po", "mal", "sch", "skol", "uni", "nat"):
        for kind, items in groups(reader, typed).items():
            seen.add(kind)
            for item in items:
                assert reader.get(item["url"]).status_code == 200, item
    assert {"concepts", "practices", "municipalities", "organisations"} <= seen


def test_there_are_never_more_than_ten_and_nothing_twice_in_a_group(reader: Reader) -> None:
    for typed in ("s", "sa", "st", "for", "mo"):
        found = groups(reader, typed)
        assert sum(map(len, found.values())) <= 10
        for items in found.values():
            assert len({item["label"] for item in items}) == len(items)


def test_slips_are_forgiven_only_where_nothing_fits(reader: Reader) -> None:
    assert "Radicalisation" in labels(reader, "radicalsation", "concepts")
    assert labels(reader, "polic", "concepts")[0] == "Police"


def test_an_organisation_is_suggested_while_a_published_practice_names_it(
    own_library: Flask, own_reader: Reader, own_session: Session
) -> None:
    own_session.add(Organisation(slug="zz-idle", kind="ngo", name="Zebra watchers"))
    practice = a_practice(own_session, titled("Zebra crossings"))
    practice.owner = Organisation(slug="zz-busy", kind="ngo", name="Zebra friends")
    own_session.commit()
    follow(own_library)
    assert labels(own_reader, "zebra", "organisations") == ["Zebra friends"]
    assert labels(own_reader, "zebra", "practices") == ["Zebra crossings"]

    practice.state, practice.archive_reason = PracticeState.ARCHIVED, "Over"
    own_session.commit()

    assert not groups(own_reader, "zebra"), "the database is asked once more, before the index has heard of it"
    follow(own_library)
    assert not groups(own_reader, "zebra")


def test_a_new_municipality_is_suggested_after_a_minute(
    own_reader: Reader, own_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(naming, "KEPT_FOR", 0.0)
    assert not labels(own_reader, "quxby", "municipalities")
    own_session.add(Organisation(slug="se-quxby", kind="municipality", country_id="countries/se", name="Quxby"))
    own_session.commit()
    assert labels(own_reader, "quxby", "municipalities") == ["Quxby"]


@pytest.mark.both_databases
def test_one_answer_names_what_is_public_of_each_kind_in_the_readers_words(
    own_library: Flask, own_reader: Reader, own_session: Session
) -> None:
    practice = a_practice(own_session, titled("Quxlanterns"))
    names = {"sv": "Quxholm"}
    own_session.add(
        Organisation(slug="fi-quxsaari", kind="municipality", country_id="countries/fi", name="Quxsaari", names=names)
    )
    texts = [
        CollectionText(language=language, title=title, introduction="", audience="")
        for language, title in (("da", "Quxbog"), ("sv", "Quxbok"))
    ]
    collection = a_collection(own_session, slug="qux", original_language="da", texts=texts, practices=[practice])
    a_collection(own_session, title="Quxdraft", state=CollectionState.DRAFT)
    own_session.commit()
    follow(own_library)

    def labelled(language: str) -> dict[str, list[str]]:
        return {kind: [item["label"] for item in items] for kind, items in groups(own_reader, "qux", language).items()}

    titles = {"practices": ["Quxlanterns"]}
    assert labelled("sv") == {**titles, "municipalities": ["Quxholm"], "collections": ["Quxbok"]}
    assert labelled("nb") == {**titles, "municipalities": ["Quxsaari"], "collections": ["Quxbog"]}

    collection.state, practice.state, practice.archive_reason = CollectionState.DRAFT, PracticeState.ARCHIVED, "Over"
    own_session.commit()

    assert labelled("sv") == {"municipalities": ["Quxholm"]}


def test_a_keystroke_asks_the_database_twice_at_most(reader: Reader, count_statements: Any) -> None:
    for typed in ("malm", "polis", "skol", "natt", "radicalsation", "qxz"):
        groups(reader, typed, "sv")
        with count_statements() as ledger:
            groups(reader, typed, "sv")
        assert len(ledger.statements) <= 2, typed


def test_titles_are_left_out_while_there_is_no_index(own_library: Flask, own_reader: Reader) -> None:
    shutil.rmtree(own_library.config["INDEX_PATH"])
    assert set(groups(own_reader, "police")) == {"concepts", "organisations"}


def test_caches_must_ask_whether_an_answer_still_holds(reader: Reader) -> None:
    first = reader.get("/en/suggestions?q=police")
    assert first.cache_control.no_cache
    assert first.cache_control.public
    again = reader.get("/en/suggestions?q=police", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_the_published_practice_of_the_starter_library_is_suggested_in_its_languages(
    reader: Reader, session: Session
) -> None:
    practice = practice_called(session, "dk-ssp")
    for text in practice.texts:
        found = groups(reader, text.title, text.language)["practices"][0]
        assert (found["label"], found["language"]) == (text.title, text.language)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=250))
def test_whatever_is_typed_gets_an_answer(reader: Reader, typed: str) -> None:
    answer = reader.get(f"/is/suggestions?q={quote(typed, safe='')}")
    assert answer.status_code == 200
    assert len(answer.json["groups"]) <= 5
