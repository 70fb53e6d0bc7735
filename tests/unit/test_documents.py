"""What the template accepts and what it says about the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from factories.documents import a_document
from factories.mutations import spoiled
from hypothesis import HealthCheck, given, settings

from library.cli import STARTER
from library.document import Known, check, problems_of
from library.errors import InvalidRecord
from library.interchange.services import read_documents

Change = Callable[[dict[str, Any]], None]


def known() -> Known:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((STARTER / "vocabularies").glob("*.ttl")))
    concepts = {line.split(">")[0][1:] for line in text.splitlines() if line.startswith("<") and "/" in line}
    return Known(concepts=concepts, organisations={"se-malmo", "se-bra"}, practices={"dk-ssp"})


KNOWN = known()


def problems(change: Change | None = None, **fields: Any) -> list[str]:
    return list(problems_of(a_document(change, **fields), KNOWN))


def test_an_honest_document_has_no_problems() -> None:
    assert problems() == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": None}, "kind: is required"),
        ({"kind": "poem"}, "kind: 'poem' is not a concept of kinds"),
        ({"country": "agencies/police"}, "country: 'agencies/police' is not a concept of countries"),
        ({"original_language": "de"}, "original_language: 'de' is not a language of the library"),
        ({"owner": "nobody"}, "owner: 'nobody' is not an organisation of the library"),
        ({"municipalities": ["se-malmo", "se-malmo"]}, "municipalities: names an organisation twice"),
        ({"organisations": [{"slug": "nobody", "role": "partner"}]}, "'nobody' is not an organisation"),
        ({"organisations": [{"slug": "se-bra", "role": "boss"}]}, "organisations"),
        ({"model": "none-such"}, "model: 'none-such' is not a practice of the library"),
        ({"start_year": 1500}, "start_year: 1500 is not a number from 1800 to 2200"),
        ({"start_year": True}, "start_year"),
        ({"start_year": "2016"}, "start_year"),
        ({"start_year": 2016, "end_year": 2015}, "end_year: is before start_year"),
        ({"age_from": 20, "age_to": 10}, "age_to: is before age_from"),
        ({"age_from": 130}, "age_from: 130 is not a number from 0 to 120"),
        ({"status": "sleeping"}, "status: 'sleeping' is not one of the choices"),
        ({"themes": []}, "themes: is required"),
        ({"themes": ["hate", "hate"]}, "themes: names a concept twice"),
        ({"themes": ["police"]}, "themes: 'police' is not a concept of themes"),
        ({"agencies": []}, "agencies: is required"),
        ({"material_languages": ["english"]}, "material_languages: 'english' is not an ISO 639-1 code"),
        ({"sources": [{"title": "x", "mirror": True, "url": "https://x.example/"}]}, "a mirror is cited, never linked"),
        ({"sources": [{"title": "x", "url": "javascript:alert(1)"}]}, "is not a web address"),
        ({"sources": [{"title": "x", "url": "//x.example/"}]}, "is not a web address"),
        ({"sources": [{"url": "https://x.example/"}]}, "sources 1: title: is required"),
        ({"sources": [{"title": "a\nb"}]}, "is not one line of text"),
        ({"evaluations": [{"design": "hunch"}]}, "evaluations 1: design: 'hunch' is not one of the choices"),
        ({"favourite_colour": "blue"}, "favourite_colour: not a field of the template"),
    ],
)
def test_each_fault_is_named_in_a_sentence(fields: dict[str, Any], said: str) -> None:
    assert any(said in problem for problem in problems(**fields)), problems(**fields)


def english(name: str, words: Any) -> Change:
    return lambda document: document["text"]["en"].__setitem__(name, words)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (english("title", "x" * 101), "text.en.title: is longer than 100 characters"),
        (english("title", "  "), "text.en.title: is empty"),
        (english("summary", "word " * 101), "text.en.summary: is longer than 100 words"),
        (english("cost_and_people", "word " * 26), "text.en.cost_and_people: is longer than 25 words"),
        (english("poem", "Roses"), "text.en.poem: not a field of the template"),
        (english("problem", "a\x00b"), "text.en.problem: contains a NUL character"),
        (lambda d: d["text"]["en"].pop("what_is_done"), "text.en.what_is_done: is required"),
        (lambda d: d["text"].pop("sv"), "text: none in the original language"),
        (lambda d: d["text"].__setitem__("de", d["text"]["en"]), "text.de: not a language of the library"),
        (lambda d: d["agencies"][0]["role"].pop("sv"), "agencies 1: role is not given in the languages of the texts"),
        (lambda d: d["agencies"][0].__setitem__("boss", True), "agencies 1: boss is not a column"),
        (lambda d: d["agencies"][0].__setitem__("lead", "yes"), "agencies 1: lead: 'yes' is neither true nor false"),
    ],
)
def test_each_fault_in_a_text_or_a_row_is_named(change: Change, said: str) -> None:
    assert any(said in problem for problem in problems(change)), problems(change)


def test_a_hundred_characters_and_a_hundred_words_are_fine() -> None:
    assert problems(english("title", "x" * 100)) == []
    assert problems(english("summary", "word " * 100)) == []


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(InvalidRecord) as refusal:
        check(a_document(kind="poem", start_year=1), KNOWN, subject="a.toml")
    assert len(refusal.value.problems) == 2
    assert str(refusal.value).startswith("a.toml: kind: 'poem' is not a concept of kinds; start_year: ")


@settings(max_examples=800, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=spoiled())
def test_whatever_a_file_holds_the_check_answers_in_sentences(document: dict[str, Any]) -> None:
    said = list(problems_of(document, KNOWN))
    assert said == list(problems_of(document, KNOWN))
    assert all(isinstance(sentence, str) and sentence for sentence in said)


@pytest.mark.parametrize("document", [{}, {"text": None}, {"text": []}, {"text": "x"}, {"text": {"en": None}}])
def test_a_document_of_the_wrong_shape_is_refused_not_stumbled_over(document: dict[str, Any]) -> None:
    assert list(problems_of(document, KNOWN))


def test_every_starter_file_is_read_in_the_order_of_its_identifier() -> None:
    names = [name for name, _ in read_documents(STARTER / "practices")]
    assert names == sorted(names)


def test_a_file_that_is_no_toml_is_named(tmp_path: Any) -> None:
    (tmp_path / "broken.toml").write_text("title = ")
    with pytest.raises(InvalidRecord, match=r"broken\.toml: is not TOML"):
        list(read_documents(tmp_path))
