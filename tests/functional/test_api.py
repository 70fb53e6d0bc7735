"""The search for machines: the same answers as the page, and a plain refusal of what makes no sense."""

from __future__ import annotations

from typing import Any

import pytest
from factories.html import words
from factories.readers import Reader
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.indexing.facets import NAMES
from library.languages import LANGUAGES, best_language
from library.models import Practice

pytestmark = pytest.mark.one_database
API = "/api/v1/practices"


def ask(reader: Reader, **parameters: Any) -> Any:
    answer = reader.get(API, query_string=parameters)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/json"
    return answer.json


def test_an_item_holds_what_scripts_need(reader: Reader, session: Session) -> None:
    for item in ask(reader, per_page=100)["items"]:
        practice = session.get(Practice, item["id"])
        assert practice is not None
        assert item["external_id"] == practice.external_id
        assert item["slug"] == practice.slug
        assert item["url"] == f"https://localhost/en/practices/{practice.slug}"
        assert item["permalink"] == f"https://localhost/p/{practice.id}"
        assert item["languages"] == sorted(text.language for text in practice.texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_come_in_the_language_asked_for_else_in_the_original(
    reader: Reader, session: Session, language: str
) -> None:
    for item in ask(reader, lang=language, per_page=100)["items"]:
        practice = session.get(Practice, item["id"])
        assert practice is not None
        texts = {text.language: text.title for text in practice.texts}
        assert item["language"] == best_language(language, texts, practice.original_language)
        assert item["title"] == texts[item["language"]]


@pytest.mark.parametrize(
    "query", ["", "q=police", "q=mentor&agency=police", "theme=hate&country=no", "q=zzqq", "q=youth&sort=title"]
)
def test_page_and_machine_count_alike(reader: Reader, query: str) -> None:
    page = reader.read(f"/en/practices?{query}")
    answer = reader.get(f"{API}?{query}").json
    assert words(page.all("span[@role='status']")[0]).split()[0] == str(answer["total"])
    assert page.slugs == [item["slug"] for item in answer["items"]]


def test_turning_pages_shows_every_practice_once(reader: Reader, session: Session) -> None:
    seen = [item["id"] for page in range(1, 17) for item in ask(reader, page=page, per_page=7)["items"]]
    assert sorted(seen) == sorted(session.scalars(select(Practice.id)))
    assert ask(reader, page=10_000, per_page=100)["items"] == []


def test_every_facet_is_counted_with_code_and_label(reader: Reader) -> None:
    facets = ask(reader, lang="sv")["facets"]
    assert set(facets) == set(NAMES)
    agencies = {row["code"]: row["label"] for row in facets["agency"]}
    assert agencies["police"] == "Polis"
    for rows in facets.values():
        counts = [row["count"] for row in rows]
        assert counts == sorted(counts, reverse=True)


def test_fewer_words_are_said(reader: Reader) -> None:
    assert ask(reader, q="radicalisation zzqqx")["fewer_words"] is True
    assert ask(reader, q="radicalisation")["fewer_words"] is False


@pytest.mark.parametrize(
    "query",
    [
        "lang=no",
        "lang=",
        "lang=EN",
        "page=0",
        "page=-1",
        "page=x",
        "page=",
        "page=10001",
        "page=1.5",
        "page=%D9%A3",
        "per_page=0",
        "per_page=101",
        "per_page=99999999999999999999",
        "sort=best",
        "together=theme",
        "together=",
        "agency=" + "x" * 121,
        "&".join(f"agency={n}" for n in range(41)),
        "unknown=1",
        "Q=police",
    ],
)
def test_what_makes_no_sense_is_refused_as_problem_details(reader: Reader, query: str) -> None:
    answer = reader.get(f"{API}?{query}")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    problem = answer.json
    assert problem["status"] == 400
    assert problem["type"] == "about:blank"
    assert problem["title"]
    assert query.split("=")[0].rsplit("&", 1)[-1] in problem["detail"]
    assert len(problem["detail"]) < 400


@pytest.mark.parametrize(("method", "status"), [("post", 405), ("delete", 405), ("put", 405)])
def test_other_methods_are_refused_as_problem_details(reader: Reader, method: str, status: int) -> None:
    answer = getattr(reader, method)(API)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("address", ["/api/v1/nothing", "/api/v1/", "/api/v2/practices", "/api/v1/practices/1"])
def test_an_unknown_address_is_a_problem_not_a_page(reader: Reader, address: str) -> None:
    answer = reader.get(address)
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("query", [b"q=%ff", b"q=%00", b"agency=%c3%28"])
def test_broken_bytes_are_a_problem_not_a_page(reader: Reader, query: bytes) -> None:
    answer = reader.get(API + "?" + query.decode())
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"


def test_an_unknown_code_finds_nothing_and_is_no_mistake(reader: Reader) -> None:
    assert ask(reader, agency="none-such")["total"] == 0


def test_only_published_practices_are_listed(reader: Reader, session: Session) -> None:
    published = set(session.scalars(select(Practice.id).where(Practice.state == "published")))
    assert {item["id"] for page in (1, 2) for item in ask(reader, per_page=100, page=page)["items"]} == published
