"""Broken and hostile requests: answered calmly, quickly, and never with a 500."""

from __future__ import annotations

import logging
import re
import time
from urllib.parse import quote, unquote_to_bytes, urlencode

import pytest
from factories.html import words
from factories.people import hidden, signed_in
from factories.readers import Page, Reader
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder, TestResponse

from library.catalogue import queries
from library.choices import Role
from library.errors import NotPermitted
from library.extensions import db
from library.indexing.facets import NAMES
from library.languages import LANGUAGES

pytestmark = pytest.mark.one_database
HOSTILE_MOST = 80_000  # bytes of markup when a question is made to be repeated
BROKEN = ["%ff", "%c3%28", "%ed%a0%80", "%f0%9f%98", "%00", "a%00b"]
PAGES = ("/en/", "/en/practices", "/en/practices/x", "/en/municipalities", "/en/agencies/police", "/en/about")
PARAMETERS = ("q", "page", "per_page", "sort", "lang", "together", "next", "v", "nothing", *NAMES)


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("page", [*PAGES, "/en/account/sign-in", "/healthz", "/api/v1/practices"])
def test_bytes_that_are_no_text_are_refused_in_the_query(reader: Reader, page: str, broken: str) -> None:
    assert reader.get(f"{page}?q={broken}").status_code == 400
    assert reader.get(f"{page}?{broken}=x").status_code == 400


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("before", ["/", "/en/", "/en/practices/", "/en/agencies/", "/p/", "/static/", "/api/v1/"])
def test_bytes_that_are_no_text_are_refused_in_the_path(reader: Reader, before: str, broken: str) -> None:
    sent = unquote_to_bytes(before + broken).decode("latin-1")  # as WSGI servers pass bytes on
    assert reader.get("/", environ_overrides={"PATH_INFO": sent}).status_code == 400


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("field", ["email={}", "{}=x", "csrf_token={}"])
def test_bytes_that_are_no_text_are_refused_in_a_form(reader: Reader, field: str, broken: str) -> None:
    body = field.format(broken)
    answer = reader.post("/en/account/sign-in", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400


def test_bytes_that_are_no_text_are_refused_in_a_form_whose_token_is_valid(own_library: Flask) -> None:
    adviser = signed_in(own_library, Role.ADVISER)
    new = "/en/curate/collections/new"
    boxes = {**hidden(adviser.read(new)), "introduction": "1", "audience": "1", "written_in": "en", "cover": ""}
    for broken in BROKEN:
        for whole in (f"{urlencode(boxes)}&title={broken}", f"{urlencode(boxes)}&title=x&{broken}=x"):
            answer = adviser.post(new, data=whole, content_type="application/x-www-form-urlencoded")
            assert answer.status_code == 400, whole
    for nul in ({"title": "\0"}, {"title": "x", "\0": "x"}):
        answer = adviser.post(new, data=boxes | nul, content_type="multipart/form-data")
        assert answer.status_code == 400, nul
    assert adviser.post(new, data=boxes | {"title": "x"}).status_code == 303


def test_a_nul_is_refused_in_a_form_with_files(reader: Reader) -> None:
    data = {"email": "a\x00b"}
    assert reader.post("/en/account/sign-in", data=data, content_type="multipart/form-data").status_code == 400


@pytest.mark.parametrize("size", [600_000, 1_500_000])
def test_a_form_as_big_as_a_book_is_refused(reader: Reader, size: int) -> None:
    answer = reader.post("/en/account/sign-in", data={"email": "x" * size})
    assert answer.status_code in (400, 413)


@pytest.mark.parametrize(
    "address", ["/xx/", "/EN/", "/en", "/en/nothing", "/english/practices", "/no/", "//en/", "/en//x"]
)
def test_an_unknown_address_is_a_page_with_search(reader: Reader, address: str) -> None:
    answer = reader.get(address)
    if answer.status_code in (302, 308):
        assert re.match(r"(https://localhost)?/en/", answer.location)
        return
    assert answer.status_code == 404
    assert [box for box in Page(answer).all("input") if box.get("name") == "q"]


@pytest.mark.parametrize("host", ["evil.example", "localhost:99999", "a b"])
def test_a_strange_host_never_makes_an_address_of_another_site(reader: Reader, host: str) -> None:
    answer = reader.get("/en/", headers={"Host": host})
    assert answer.status_code in (200, 400)


# --- every parameter of every page ---


@pytest.fixture
def hostile(library: Flask) -> Reader:
    """A browser of somebody who means no good."""
    client = library.test_client()
    assert isinstance(client, Reader)
    client.most = HOSTILE_MOST
    return client


LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
VALUES = st.one_of(
    st.text(LETTERS, max_size=40),
    st.text(st.sampled_from("абвгд北京مرحبا🙂ⅷ½٣"), max_size=20),
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(
        ["", " ", "x" * 5000, "-", '"', "'", "\\", "%", "../../etc/passwd", "{{7*7}}", "<script>", "' OR 1=1--", "null"]
    ),
)
QUERIES = st.lists(st.tuples(st.sampled_from(PARAMETERS), VALUES), max_size=8)


def encoded(query: list[tuple[str, str]]) -> str:
    return "&".join(f"{name}={quote(value)}" for name, value in query)


@pytest.mark.parametrize(
    "page", [*PAGES, "/en/municipalities/dk-aarhus", "/en/account/sign-in", "/", "/p/1", "/readyz"]
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=QUERIES, language=st.sampled_from(LANGUAGES))
def test_whatever_stands_in_the_query_no_page_fails(
    hostile: Reader, page: str, query: list[tuple[str, str]], language: str
) -> None:
    answer = hostile.get(page.replace("/en/", f"/{language}/", 1) + "?" + encoded(query))
    assert answer.status_code in (200, 302, 404)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=QUERIES)
def test_whatever_a_machine_asks_it_gets_an_answer_or_a_problem(hostile: Reader, query: list[tuple[str, str]]) -> None:
    answer = hostile.get("/api/v1/practices?" + encoded(query))
    assert answer.status_code in (200, 400)
    assert answer.mimetype == ("application/json" if answer.status_code == 200 else "application/problem+json")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(LETTERS, max_size=60))
def test_whatever_stands_in_the_path_no_page_fails(hostile: Reader, text: str) -> None:
    for before in ("/", "/en/", "/en/practices/", "/en/agencies/", "/en/municipalities/", "/p/"):
        assert hostile.get(before + quote(text, safe="")).status_code in (200, 302, 308, 404)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(LETTERS, max_size=250))
def test_whatever_is_searched_for_is_answered_and_kept_in_the_box(hostile: Reader, text: str) -> None:
    page = hostile.read("/sv/practices?q=" + quote(text))
    assert page.by_id("q").get("value", "").replace("\r\n", "\n") == text.strip()[:201]


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "a " * 4000,
        "q=" + quote('"' * 200),
        "q=" + quote("-a" * 100),
        "q=" + quote("ä" * 200),
        "&".join(f"agency={n}" for n in range(5000)),
        "&".join(f"q={n}" for n in range(5000)),
        "agency=" + "x" * 60_000,
        "page=" + "9" * 60_000,
    ],
    ids=lambda query: query[:12],
)
def test_a_huge_question_is_answered_quickly(hostile: Reader, query: str) -> None:
    started = time.process_time()
    assert hostile.get("/en/practices?" + query).status_code == 200
    assert time.process_time() - started < 1.5


@pytest.mark.parametrize("name", NAMES)
def test_a_choice_made_twice_counts_once(reader: Reader, name: str) -> None:
    page = reader.read(f"/en/practices?{name}=x&{name}=x")
    assert len(page.by_class("ds-chip")) == 1


# --- what nobody foresaw ---


@pytest.fixture
def failing(own_library: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A library whose municipalities page breaks, as a bug would."""
    own_library.config["PROPAGATE_EXCEPTIONS"] = False

    def break_down(_session: object) -> None:
        raise RuntimeError("a bug with a secret in it")

    monkeypatch.setattr(queries, "municipalities", break_down)
    return own_library


def test_a_failure_is_a_calm_page_whose_number_finds_the_trace(
    failing: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        page = Page(failing.test_client().get("/en/municipalities"))
    assert page.response.status_code == 500
    incident = words(page.by_class("incident")[0])
    assert re.fullmatch("[0-9a-f]{8}", incident)
    assert f"incident {incident}" in caplog.text
    assert "a bug with a secret in it" in caplog.text
    assert "secret" not in page.markup
    assert "Traceback" not in page.markup


def test_a_refusal_is_a_page_of_its_own(own_library: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_session: object) -> None:
        raise NotPermitted

    monkeypatch.setattr(queries, "municipalities", refuse)
    answer: TestResponse = own_library.test_client().get("/en/municipalities")
    assert answer.status_code == 403
    assert "not open to you" in Page(answer).heading


def test_a_database_out_of_reach_is_said_and_is_no_failure_of_the_page(
    own_library: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with own_library.app_context():
        engine = db.engine
    monkeypatch.setattr(engine, "raw_connection", _out_of_reach)
    monkeypatch.setattr(engine, "connect", _out_of_reach)
    client = own_library.test_client()
    answer = client.get("/en/practices")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


def _out_of_reach(*_args: object, **_options: object) -> None:
    from sqlalchemy.exc import OperationalError

    raise OperationalError("SELECT 1", {}, Exception("connection refused"))


def test_static_files_are_kept_for_ever_when_marked_and_never_leave_their_folder(reader: Reader) -> None:
    sheet = next(link.get("href", "") for link in reader.read("/en/").all("link") if "site.css" in link.get("href", ""))
    with reader.get(sheet) as answer:
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
    for path in ("../app.py", "..%2fapp.py", "css/../../app.py", "%2e%2e/app.py", "/etc/passwd", "css"):
        assert reader.get("/static/" + path).status_code in (308, 404)


def test_the_page_says_what_robots_may_read(reader: Reader) -> None:
    answer = reader.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    assert "Disallow: /api/" in answer.text
    environ = EnvironBuilder(path="/robots.txt").get_environ()
    assert reader.open(environ).status_code == 200
