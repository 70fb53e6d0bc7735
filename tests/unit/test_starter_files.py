"""The content that comes with the library: whole, in its languages, sourced, and never the same twice."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from library import record
from library.choices import OrganisationKind
from library.cli import STARTER
from library.document import Known, problems_of
from library.interchange.services import read_documents
from library.languages import LANGUAGES

PRACTICES = dict(read_documents(STARTER / "practices"))
ORGANISATIONS = [row for _, d in read_documents(STARTER / "organisations") for row in d["organisations"]]
MUNICIPALITIES = [row for _, d in read_documents(STARTER / "municipalities") for row in d["municipalities"]]
SLUGS = {row["slug"] for row in (*ORGANISATIONS, *MUNICIPALITIES)}
LANGUAGE_OF = {"se": "sv", "ax": "sv", "no": "nb", "dk": "da", "fo": "da", "gl": "da", "fi": "fi", "is": "is"}

# What the sources of these say is null, negative or critical; the facts were collected with this flag.
CRITICAL = """
dk-exit-en-vej-ud dk-ssp dk-ungdomskriminalitetsnaevn fi-kiva-antibullying fi-ohjaamo fi-radinet
is-icelandic-prevention-model nl-amsterdam-top600 nl-rotterdam-realist-evaluation no-bekymringssamtale no-slt
no-ungdomsstraff-ungdomsoppfoelging se-avhopparverksamhet-kommuner se-gardsten se-goteborg-ung-och-trygg
se-kommunala-handlingsplaner-vbe se-kommuner-mot-brott-lag se-kunskapshus se-ladnaan se-rinkeby-hembesok
se-sluta-skjut-malmo-gvi se-sociala-insatsgrupper se-sspf uk-glasgow-cirv uk-london-gangs-matrix-review
""".split()  # noqa: SIM905 - twenty-five quotes are harder to read


def concepts() -> set[str]:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((STARTER / "vocabularies").glob("*.ttl")))
    return set(re.findall(r"(?m)^<([a-z-]+/[a-z0-9-]+)> a skos:Concept", text))


KNOWN = Known(concepts(), SLUGS, set(PRACTICES))


def words_of(document: dict[str, Any], language: str) -> str:
    return " ".join(str(value) for value in document["text"][language].values())


def test_there_are_a_hundred_and_one_practices() -> None:
    assert len(PRACTICES) == 101


@pytest.mark.parametrize("name", PRACTICES)
def test_each_practice_fits_the_template_and_the_vocabularies(name: str) -> None:
    assert list(problems_of(PRACTICES[name], KNOWN)) == []


@pytest.mark.parametrize("name", PRACTICES)
def test_each_practice_is_written_in_english_and_in_the_language_of_its_country(name: str) -> None:
    document = PRACTICES[name]
    own = LANGUAGE_OF.get(document["country"])
    expected = {"en", own} if own else {"en"}
    if document["country"] == "nordic":
        expected = set(document["text"])
    assert set(document["text"]) == expected
    assert document["original_language"] == (own or document["original_language"])
    for first, second in pairwise(sorted(expected)):
        assert set(document["text"][first]) == set(document["text"][second]), "a section is in one language only"


@pytest.mark.parametrize("name", PRACTICES)
def test_each_practice_names_its_sources(name: str) -> None:
    sources = PRACTICES[name]["sources"]
    assert sources
    for source in sources:
        assert source["title"].strip()
        assert bool(source.get("url")) != bool(source.get("mirror")), "linked, or a copy that is only cited"
    addresses = [source["url"] for source in sources if source.get("url")]
    assert len(addresses) == len(set(addresses))


@pytest.mark.parametrize("name", PRACTICES)
def test_no_agency_is_named_twice(name: str) -> None:
    codes = [agency["code"] for agency in PRACTICES[name]["agencies"]]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("name", PRACTICES)
def test_no_sentence_stands_in_two_languages_unchanged(name: str) -> None:
    texts = PRACTICES[name]["text"]
    if len(texts) == 1:
        return
    first, second = texts.values()
    same = [key for key in first if key != "title" and first[key] == second[key] and len(first[key].split()) > 3]
    assert not same


@pytest.mark.parametrize("name", CRITICAL)
def test_null_negative_and_critical_findings_stay_told(name: str) -> None:
    document = PRACTICES[name]
    for text in document["text"].values():
        assert text["what_did_not_work"].strip()
    assert document["outcome"] in ("mixed", "did-not-work", "not-known", "promising")


def test_no_two_practices_are_the_same() -> None:
    for language in LANGUAGES:
        for field in ("title", "summary", "what_is_done"):
            told = Counter(d["text"][language].get(field) for d in PRACTICES.values() if language in d["text"])
            assert [text for text, count in told.items() if text and count > 1] == []


def test_organisations_and_municipalities_are_named_once() -> None:
    slugs = Counter(row["slug"] for row in (*ORGANISATIONS, *MUNICIPALITIES))
    assert [slug for slug, count in slugs.items() if count > 1] == []
    names = Counter((row["name"].casefold(), row.get("country"), row.get("kind")) for row in ORGANISATIONS)
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("row", [*ORGANISATIONS, *MUNICIPALITIES], ids=lambda row: row["slug"])
def test_each_organisation_has_a_kind_and_a_country_that_exist(row: dict[str, Any]) -> None:
    assert row["name"].strip()
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row["slug"])
    assert set(row.get("names", {})) <= set(LANGUAGES)
    if row in MUNICIPALITIES:
        assert f"countries/{row['country']}" in KNOWN.concepts
    else:
        assert row["kind"] in {kind.value for kind in OrganisationKind}
        assert row["kind"] != "municipality"
        assert row.get("country") is None or f"countries/{row['country']}" in KNOWN.concepts


@pytest.mark.parametrize("row", MUNICIPALITIES, ids=lambda row: row["slug"])
def test_each_membership_names_a_network_and_its_source(row: dict[str, Any]) -> None:
    networks = {organisation["slug"] for organisation in ORGANISATIONS if organisation["kind"] == "network"}
    for membership in row.get("memberships", ()):
        assert membership["network"] in networks
        assert membership["sources"]
        assert all(source.startswith(("http://", "https://")) for source in membership["sources"])


def test_places_of_practices_are_municipalities() -> None:
    slugs = {row["slug"] for row in MUNICIPALITIES}
    for name, document in PRACTICES.items():
        assert set(document.get("municipalities", ())) <= slugs, name


def test_every_organisation_has_something_to_do_here() -> None:
    used = {row["network"] for place in MUNICIPALITIES for row in place.get("memberships", ())}
    for document in PRACTICES.values():
        used |= {document.get("owner"), *document.get("municipalities", ())}
        used |= {item["slug"] for item in document.get("organisations", ())}
    assert {row["slug"] for row in ORGANISATIONS} <= used


def test_no_section_is_longer_than_twice_what_is_advised() -> None:
    for name, document in PRACTICES.items():
        for language, text in document["text"].items():
            for field in record.PROSE:
                words = len(text.get(field.name, "").split())
                assert words <= 2 * field.max_words, f"{name} {language} {field.name}: {words} words"
