"""What authors are told to look at, and what they are not told."""

from __future__ import annotations

from typing import Any

import pytest

from library.cli import STARTER
from library.interchange.services import read_documents
from library.warnings import Code, Finding, digest_of, warnings_of
from library.warnings.contacts import contacts_in
from library.warnings.links import broken, links_in, shortened
from library.warnings.persons import persons_in


def saying(words: str, language: str = "en", **fields: Any) -> dict[str, Any]:
    text = {"title": "A title", "what_did_not_work": "The first meeting.", "what_is_done": words}
    return {"original_language": language, "text": {language: text}, **fields}


def codes(document: dict[str, Any], **options: Any) -> list[Code]:
    return [finding.code for finding in warnings_of(document, **options)]


def test_no_practice_of_the_starter_library_is_said_to_name_a_person() -> None:
    documents = list(read_documents(STARTER / "practices"))
    assert len(documents) == 101
    personal = [
        (document.get("id", n), finding)
        for n, document in enumerate(map(_content, documents))
        for finding in warnings_of(document)
        if finding.needs_confirmation
    ]
    assert personal == []


def _content(document: Any) -> dict[str, Any]:
    content: dict[str, Any] = document[1] if isinstance(document, tuple) else document
    return content


PEOPLE = {
    "en": [
        "The student Ahmed Hassan came back to school.",
        "One client, Peter Jensen, was offered a mentor.",
        "Lisa, 15, took part.",
        "We met Ali (14) at the station.",
        "Maria Nilsson is the mother of two boys.",
        "14-year-old Mohammed was arrested.",
    ],
    "da": [
        "Eleven Mikkel Sørensen fik en mentor.",
        "Den mistænkte Jonas Holm blev løsladt.",
        "Den 14-årige Fatima kom med.",
    ],
    "sv": ["Pojken Erik Lindqvist slutade komma.", "Klienten Sara Andersson fick hjälp.", "Ahmed, 15 år, var med."],
    "nb": ["Eleven Lars Hansen sluttet på skolen.", "Jenta heter Ingrid Olsen, og søsteren Anna Olsen hjelper."],
    "nn": ["Guten Olav Haugen fekk ein mentor."],
    "fi": ["Oppilas Matti Virtanen palasi kouluun.", "Asiakas Aino Korhonen sai tukea."],
    "is": ["Nemandinn Jón Sigurðsson kom aftur.", "Stúlkan Guðrún Jónsdóttir tók þátt."],
}


@pytest.mark.parametrize(("language", "words"), [(lang, words) for lang, said in PEOPLE.items() for words in said])
def test_a_name_beside_somebody_helped_or_suspected_is_found(language: str, words: str) -> None:
    assert Code.PERSON in codes(saying(words, language))


@pytest.mark.parametrize(
    "words",
    [
        "Students at Malmö University evaluated it.",
        "The programme was founded by Lars Hansen in 2004.",
        "Young people meet the Danish Crime Prevention Council every year.",
        "Pupils from Rinkeby School took part.",
        "The Client Service Centre in Oslo helps.",
        "The work began in Sarpsborg. A student helped.",
        "Elever på Rosengårdskolan deltog.",
        "Klienter i Region Hovedstaden får hjælp.",
        "Barn och unga i Västra Götaland deltog, 14 år och äldre.",
        "Oppilaat Helsingin kaupungin kouluissa osallistuivat.",
        "In Gottsunda, 15 patrols a week are made.",
    ],
)
def test_places_bodies_and_founders_are_no_people_of_the_case(words: str) -> None:
    assert not list(persons_in(words))


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Write to anna.berg@malmo.se.", "email"),
        ("Write to ole (at) kommune.dk", "email"),
        ("Call +45 12 34 56 78", "phone"),
        ("Ring 0046 70 123 45 67", "phone"),
        ("+358 40 1234567", "phone"),
        ("+354 555 1234", "phone"),
        ("Tlf. 12345678", "phone"),
        ("tel: 22 33 44 55", "phone"),
        ("070-123 45 67", "phone"),
        ("08-123 456 78", "phone"),
        ("912 34 567", "phone"),
        ("040 123 4567", "phone"),
        ("Sími 555 1234", "phone"),
    ],
)
def test_what_leads_to_one_person_is_found(words: str, kind: str) -> None:
    assert [found for found, _start, _end in contacts_in(words)] == [kind]


@pytest.mark.parametrize(
    "words",
    [
        "From 2010 to 2015 it cost 12 345 678 kr.",
        "In 2019-2021 some 1,200 of 45,000 took part (p < 0.05).",
        "Law 2004:168, section 12, and report 2018/12345.",
        "See https://dkr.dk/12345678 and ISBN 978-87-92966-12-3.",
        "Call 112, or 116 111 for children.",
        "20.11.2019 at 10.30, 25 45 65 75 %",
        "@safecities on the web; the rate was 5@10",
        "Between 100 and 1000000 inhabitants; population 123 456.",
    ],
)
def test_years_laws_sums_and_helplines_lead_to_nobody(words: str) -> None:
    assert not list(contacts_in(words))


@pytest.mark.parametrize(
    "link",
    [
        "http://localhost/a", "https://intranet/a", "http://192.168.1.1/", "http://10.0.0.1/x", "https://server.local/",
        "file:///c:/a.pdf", "https://example.org/study", "https://www.example.com", "http:/dkr.dk", "https://",
        "https://dkr.dk)", "https://dkr.dk/a,", "https://https://dkr.dk", "https://dkr .dk", "https://a..dk/", "ftp://dkr.dk",
        "https://[::1]/", "https://[bad/", "https://dkr.dk:99999/", "soon", "https://dkr.dk/a…",
    ],
)  # fmt: skip
def test_a_link_that_looks_dead_is_found(link: str) -> None:
    assert broken(link)


@pytest.mark.parametrize(
    "link",
    [
        "https://dkr.dk/", "http://www.malmo.se/a/b?c=d#e", "https://en.wikipedia.org/wiki/SSP_(Denmark)", "www.bra.se",
        "https://xn--rhus-5qa.dk/", "https://århus.dk/", "https://dkr.dk/a%20b", "mailto:a@b.dk", "https://doi.org/10.1/a;b",
    ],
)  # fmt: skip
def test_a_link_that_looks_alive_is_left_alone(link: str) -> None:
    assert not broken(link)


def test_shortened_links_are_named() -> None:
    assert shortened("https://bit.ly/abc")
    assert not shortened("https://dkr.dk/bit.ly")


def test_links_are_found_in_markdown_and_bare() -> None:
    words = "See [a](https://a.dk/x_(y)), <https://b.dk>, www.c.dk. and [d](#d)."
    assert list(links_in(words)) == ["https://a.dk/x_(y)", "https://b.dk", "www.c.dk"]


def test_what_is_missing_is_said_once_and_where() -> None:
    (missing,) = warnings_of({"original_language": "sv", "text": {"sv": {"title": "T"}}})
    assert missing == Finding(Code.NO_FAILURE, "text.sv.what_did_not_work")
    assert not missing.needs_confirmation
    assert missing.language == "sv"
    assert missing.field == "what_did_not_work"
    assert codes({"text": {"sv": {"title": "T"}, "en": {"what_did_not_work": "Nobody came."}}}) == []


def test_pictures_without_a_description_are_named_and_other_files_are_not() -> None:
    rows = [
        {"title": "Map", "file": "a"},
        {"title": "Guide", "file": "b"},
        {"title": "Photo", "file": "c", "alt": "A square"},
    ]
    found = warnings_of(saying("Words.", materials=rows), pictures={"a", "c"})
    assert [(f.code, f.path, f.row) for f in found] == [(Code.NO_ALT, "materials.0.alt", 0)]


def test_form_of_title_and_summary() -> None:
    text = {"title": "OPEN SCHOOL EVENINGS", "summary": "word " * 120, "what_did_not_work": "x"}
    assert codes({"text": {"en": text}}) == [Code.TITLE_IN_CAPITALS, Code.LONG_SUMMARY]
    assert codes({"text": {"en": {"title": "SSP", "summary": "Short.", "what_did_not_work": "x"}}}) == []


def test_rows_are_read_too_with_their_language() -> None:
    row = {"code": "police", "role": {"da": "Ring til Jens på +45 12 34 56 78", "en": "Come by"}}
    link = {"title": "Study", "url": "http://localhost/"}
    found = warnings_of(saying("Words.", agencies=[row], sources=[link]))
    assert [(f.code, f.path, f.language) for f in found] == [
        (Code.PHONE, "agencies.0.role.da", "da"),
        (Code.LINK, "sources.0.url", ""),
    ]


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"text": None},
        {"text": {"en": None}},
        {"text": {"en": {"title": 5, "summary": ["a"]}}},
        {"materials": "no", "sources": [None, 3, {"url": 5}], "agencies": {"a": 1}},
        {"text": {"en": {"what_is_done": "\x00\ud800 +45"}}, "materials": [{"file": None}]},
    ],
)
def test_a_document_that_is_half_done_or_broken_raises_nothing(document: dict[str, Any]) -> None:
    assert all(isinstance(finding, Finding) for finding in warnings_of(document))


def test_the_digest_covers_what_was_seen_and_no_more() -> None:
    one = warnings_of(saying("Call +45 12 34 56 78."))
    moved = warnings_of(saying("At any time you may call +45 12 34 56 78."))
    more = warnings_of(saying("Call +45 12 34 56 78 or +45 87 65 43 21."))
    assert digest_of(one) == digest_of(moved) == digest_of(reversed(one))
    assert digest_of(more) != digest_of(one)
    assert digest_of(warnings_of(saying("Call nobody. https://localhost/"))) == ""
    assert len(digest_of(one)) == 64


def test_a_long_text_is_read_in_a_moment() -> None:
    import time

    hostile = ["1" * 20_000, "1 " * 10_000, "a@" * 10_000, "A" * 20_000, "Aa " * 8_000, "[a](" * 5_000, "+45 " * 5_000]
    begun = time.process_time()
    for words in hostile:
        warnings_of(saying(words))
    assert time.process_time() - begun < 3
