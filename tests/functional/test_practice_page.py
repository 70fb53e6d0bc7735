"""The page on which somebody decides whether a practice is for them."""

from __future__ import annotations

from typing import Any

import pytest
from factories.documents import a_document
from factories.html import words
from factories.readers import Page, Reader
from factories.records import a_practice, follow, practice_called
from flask import Flask
from flask_babel import force_locale, gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from library import record
from library.cli import STARTER
from library.interchange.services import read_documents
from library.languages import LANGUAGES
from library.models import Practice, Source

DOCUMENTS = dict(read_documents(STARTER / "practices"))
CRITICAL = [name for name, document in DOCUMENTS.items() if "what_did_not_work" in document["text"]["en"]]

pytestmark = pytest.mark.one_database


def page_of(reader: Reader, session: Session, external_id: str, language: str = "en") -> Page:
    return reader.read(f"/{language}/practices/{practice_called(session, external_id).slug}")


def section(page: Page, identifier: str) -> str:
    parts = [part for part in page.all("section") if part.get("aria-labelledby") == identifier]
    assert len(parts) == 1, identifier
    return words(parts[0])


def decision(page: Page) -> dict[str, str]:
    rows = page.by_class("decision")[0].findall(".//dl/div")
    return {words(row.find("dt")): words(row.find("dd")) for row in rows}


def test_the_card_on_top_answers_what_a_practitioner_asks_first(reader: Reader, session: Session) -> None:
    card = decision(page_of(reader, session, "dk-ssp"))
    assert list(card) == [
        "What it is",
        "For whom",
        "Agencies",
        "Cost and people",
        "Prevention level",
        "Evidence stage",
        "Outcome",
        "Last confirmed by its owner",
    ]
    assert "Young people" in card["For whom"]
    assert "aged 10 to 25" in card["For whom"]
    assert "Schools leads" in card["Agencies"]
    assert card["Cost and people"].startswith("In 2019, 19% of municipalities")
    assert card["Prevention level"] == "Not documented"
    assert card["Last confirmed by its owner"] == "Not yet"


def test_the_card_comes_before_the_story(reader: Reader, session: Session) -> None:
    markup = page_of(reader, session, "dk-ssp").markup
    assert markup.index('id="decision-title"') < markup.index('id="problem"') < markup.index('id="evidence"')


@pytest.mark.parametrize("external_id", ["dk-ssp", "no-slt", "se-sspf", "fi-ohjaamo"])
@pytest.mark.parametrize("language", ["en", "original"])
def test_each_agency_is_named_with_what_it_does_the_leading_ones_first(
    reader: Reader, session: Session, external_id: str, language: str
) -> None:
    document = DOCUMENTS[external_id]
    language = document["original_language"] if language == "original" else language
    page = page_of(reader, session, external_id, language)
    rows = page.by_class("agency-roles")[0].findall("li")
    expected = sorted(document["agencies"], key=lambda row: not row.get("lead", False))
    assert len(rows) == len(expected)
    for row, agency in zip(rows, expected, strict=True):
        assert row.find("a").get("href") == f"/{language}/agencies/{agency['code']}"  # type: ignore[union-attr]
        if role := agency.get("role", {}).get(language):
            assert role in words(row)


def test_there_are_critical_findings_to_show() -> None:
    assert len(CRITICAL) >= 25


@pytest.mark.parametrize("external_id", CRITICAL)
def test_what_did_not_work_is_told_in_every_language_of_the_record(
    reader: Reader, session: Session, external_id: str
) -> None:
    for language, text in DOCUMENTS[external_id]["text"].items():
        page = page_of(reader, session, external_id, language)
        shown = section(page, "what-did-not-work")
        for paragraph in text["what_did_not_work"].split("\n\n"):
            start = paragraph.replace("**", "").replace("- ", "").replace("*", "").split()[:8]
            assert " ".join(start) in shown
        assert "#what-did-not-work" in page.addresses


@pytest.mark.parametrize("external_id", sorted(DOCUMENTS))
def test_every_source_is_cited_and_copies_are_never_linked(reader: Reader, session: Session, external_id: str) -> None:
    page = page_of(reader, session, external_id)
    shown = next(part for part in page.all("section") if part.get("aria-labelledby") == "sources")
    rows = shown.findall(".//ol/li")
    sources = DOCUMENTS[external_id]["sources"]
    assert len(rows) == len(sources) > 0
    for row, source in zip(rows, sources, strict=True):
        assert " ".join(source["title"].split()) in words(row)
        link = row.find(".//a")
        assert (link.get("href") if link is not None else None) == source.get("url")
        if source.get("mirror"):
            assert link is None
            assert "a copy on a document-sharing site" in words(row)


def test_no_page_links_a_copy(session: Session) -> None:
    assert not session.scalars(select(Source).where(Source.mirror, Source.url.is_not(None))).all()


COMPILED = "Compiled from public sources, not confirmed by its owner."


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_compiled_record_says_so_in_the_readers_language(
    library: Flask, reader: Reader, session: Session, language: str
) -> None:
    with library.test_request_context(), force_locale(language):
        said = gettext(COMPILED)
    assert (said == COMPILED) == (language == "en"), "not translated"
    notices = [words(notice) for notice in page_of(reader, session, "dk-ssp", language).by_class("notice")]
    assert any(notice.startswith(said) for notice in notices)


def test_findings_stand_side_by_side_and_are_never_one_score(reader: Reader, session: Session) -> None:
    shown = section(page_of(reader, session, "dk-ssp"), "evidence")
    for words_ in ("Stage Independently evaluated", "Outcome Mixed", "Evaluations 1", "Review Not reviewed"):
        assert words_ in shown
    assert "VIVE, 2019" in shown
    assert "Process evaluation" in shown
    assert "Mixed findings" in shown


def test_sections_without_facts_are_named_as_not_documented(reader: Reader, session: Session) -> None:
    for external_id in ("dk-ssp", "fi-rajapinta"):
        text = DOCUMENTS[external_id]["text"]["en"]
        missing = [str(field.label) for field in record.PROSE if field.name not in text]
        line = words(page_of(reader, session, external_id).by_class("missing-sections")[0])
        assert line == "Not documented in the sources: " + ", ".join(missing)


def test_similar_practices_are_others_that_are_published(reader: Reader, session: Session) -> None:
    page = page_of(reader, session, "dk-ssp")
    own = practice_called(session, "dk-ssp").slug
    alike = [link for link in section_links(page, "similar") if "/practices/" in link]
    assert len(alike) == 3
    assert own not in {link.rsplit("/", 1)[1] for link in alike}
    for link in alike:
        reader.read(link)


def section_links(page: Page, identifier: str) -> list[str]:
    part = next(part for part in page.all("section") if part.get("aria-labelledby") == identifier)
    return [link.get("href", "") for link in part.iter("a")]


def test_the_citation_names_title_record_revision_and_permanent_address(reader: Reader, session: Session) -> None:
    practice = practice_called(session, "dk-ssp")
    page = page_of(reader, session, "dk-ssp")
    citation = words(page.by_id("citation"))
    title = next(text.title for text in practice.texts if text.language == "en")
    for part in (title, f"record {practice.id}", "revision 1", f"https://localhost/p/{practice.id}"):
        assert part in citation
    assert citation.count(str(practice.revised_at.year)) >= 1
    assert f"https://localhost/p/{practice.id}" in page.addresses


@pytest.mark.parametrize(("wish", "language"), [("sv", "sv"), ("is, da;q=0.5", "is"), ("de", "en")])
def test_the_permanent_address_leads_to_the_page_in_the_readers_language(
    reader: Reader, session: Session, wish: str, language: str
) -> None:
    practice = practice_called(session, "dk-ssp")
    answer = reader.get(f"/p/{practice.id}", headers={"Accept-Language": wish})
    assert answer.status_code == 302
    assert answer.location == f"/{language}/practices/{practice.slug}"
    assert "Accept-Language" in answer.vary


@pytest.mark.parametrize("address", ["/p/0", "/p/999999", "/p/99999999999999999999999", "/p/-1", "/p/x", "/p/"])
def test_a_number_that_is_nobodys_is_not_found(reader: Reader, address: str) -> None:
    reader.read(address, status=404)


def test_a_text_in_another_language_is_said_plainly_and_marked_up(reader: Reader, session: Session) -> None:
    page = page_of(reader, session, "dk-ssp", "en")
    assert not [n for n in page.by_class("notice") if "not yet written in your language" in words(n)]
    page = page_of(reader, session, "dk-ssp", "fi")
    assert page.heading == DOCUMENTS["dk-ssp"]["text"]["da"]["title"]
    assert page.all("h1")[0].get("lang") == "da"
    assert any("Dansk" in words(notice) for notice in page.by_class("notice"))
    offered = {link.get("hreflang") for link in page.by_class("byline")[0].iter("a") if link.get("hreflang")}
    assert offered == {"en"}


def test_what_a_submitted_record_says_is_shown_whole(
    own_library: Flask, own_reader: Reader, own_session: Session
) -> None:
    practice = a_practice(own_session, a_document())
    own_session.commit()
    follow(own_library)
    page = own_reader.read(f"/sv/practices/{practice.slug}")
    assert page.heading == "Öppen skola på kvällen"
    for said in (
        "Ingen kom så länge",
        "Öppnar skolan på kvällarna",
        "Några kom, andra inte.",
        "Inspiring practice (2020)",
    ):
        assert said in page.text
    for linked in ("https://example.org/study", "https://example.org/handbook", "https://example.org/source"):
        assert linked in page.addresses
    assert "/sv/municipalities/se-malmo" in page.addresses
    assert [strong for strong in page.all("strong") if words(strong) == "gymnastiksalen"]


def test_a_model_and_its_implementations_lead_to_each_other(reader: Reader, session: Session) -> None:
    applied = session.scalars(select(Practice).where(Practice.model_id.is_not(None))).all()
    assert applied, "the starter library links models"
    for practice in applied[:5]:
        assert practice.model is not None
        page = reader.read(f"/en/practices/{practice.slug}")
        assert f"/en/practices/{practice.model.slug}" in page.addresses
        model = reader.read(f"/en/practices/{practice.model.slug}")
        assert f"/en/practices/{practice.slug}" in section_links(model, "implementations")


@pytest.mark.parametrize("slug", ["no-such-practice", "Ssp", "a--b", "-a", "a-", "å"])
def test_an_unknown_practice_is_not_found_and_search_is_offered(reader: Reader, slug: str) -> None:
    page = reader.read(f"/en/practices/{slug}", status=404)
    assert [box for box in page.all("input") if box.get("name") == "q"]


def test_markup_in_a_record_is_shown_as_text(own_library: Flask, own_reader: Reader, own_session: Session) -> None:
    def harm(document: dict[str, Any]) -> None:
        for text in document["text"].values():
            text["title"] = "<script>alert(1)</script>"
            text["summary"] = "<img src=x onerror=alert(1)>"
            text["what_is_done"] = "<script>alert(1)</script> [x](javascript:alert(1)) ![y](https://evil.example/p.png)"

    practice = a_practice(own_session, a_document(harm))
    own_session.commit()
    follow(own_library)
    page = own_reader.read(f"/en/practices/{practice.slug}")  # the client refuses scripts, handlers and strangers
    assert page.heading == "<script>alert(1)</script>"
    assert not page.all("main//img")
    listed = own_reader.read("/en/practices?q=alert")
    assert "<script>alert(1)</script>" in listed.text
