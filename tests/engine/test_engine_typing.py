"""What people type that is no list of words: signs between words, hyphens, titles with a hyphen, whole questions."""

import pytest
from engine_corpus import Search, document

from index import Concept, Index, SearchRequest, Text, Thesaurus
from index.asking.querying import meaningful
from index.parsing import MAX_TERMS, parse


@pytest.mark.parametrize("typed", ["skola/polis", "skola,polis", "polis; skola", "polis|skola", "skola, polis"])
def test_words_with_a_sign_between_them_are_words_apart(found: Search, typed: str) -> None:
    documents = [document(1, "Polis i skolan", language="sv"), document(2, "Skolan", language="sv")]
    assert found(documents, typed, "sv") == [1]


def test_a_word_with_a_hyphen_is_found_where_it_is_written_in_one_and_the_other_way_round(found: Search) -> None:
    documents = [document(1, "Cooperation"), document(2, "Co-operation"), document(3, "A surgical operation")]
    assert found(documents, "co-operation") == [2, 1]
    assert found([document(1, "Antibullying"), document(2, "Bullying")], "anti-bullying") == [1]


def test_the_first_part_of_a_word_that_is_also_written_in_one_names_nothing(index: Index) -> None:
    thesaurus = Thesaurus(
        (Concept("komet", {"sv": ("Komet",), "en": ("CO",)}), Concept("bullying", {"en": ("Bullying",)}))
    )
    index.rebuild(
        [document(1, "Cooperation"), document(2, "Komet", language="sv"), document(3, "Antibullying")], position=1
    )

    def hits(text: str) -> list[int]:
        return [hit.id for hit in index.search(SearchRequest(text), thesaurus).hits]

    assert hits("co-operation") == [1]
    assert hits("co-parenting") == [2], "nobody writes it in one"
    index.apply([document(4, codes=("bullying",), title="Peers")], [], position=2)
    assert hits("anti-bullying") == [3, 4], "the last part may name what it is about"


@pytest.mark.parametrize("typed", ["KiVa Koulu -ohjelma", "kiva koulu -ohjelma", "Kiva koulu -Ohjelma"])
@pytest.mark.parametrize("language", ["fi", "sv"])
def test_in_what_is_a_title_a_hyphen_excludes_nothing(found: Search, typed: str, language: str) -> None:
    documents = [document(1, "KiVa Koulu -ohjelma", language="fi"), document(2, "Kiva koulu", language="fi")]
    assert found(documents, typed, language)[0] == 1


def test_what_is_no_title_excludes_as_before(found: Search) -> None:
    documents = [document(1, "KiVa Koulu -ohjelma", language="fi"), document(2, "Kiva koulu", language="fi")]
    assert found(documents, "koulu -ohjelma", "fi") == [2]


@pytest.mark.parametrize(
    ("language", "question", "rest"),
    [
        ("da", "Hvordan kan skolen forebygge mobning?", ["skolen", "forebygge", "mobning?"]),
        ("sv", "Hur kan skolan förebygga mobbning?", ["skolan", "förebygga", "mobbning?"]),
        ("nb", "Hvordan kan skolen forebygge mobbing?", ["skolen", "forebygge", "mobbing?"]),
        ("nn", "Korleis kan skulen førebyggje mobbing?", ["skulen", "førebyggje", "mobbing?"]),
        ("fi", "Miten koulu voi ehkäistä kiusaamista?", ["koulu", "ehkäistä", "kiusaamista?"]),
        ("is", "Hvernig getur skólinn hindrað einelti?", ["skólinn", "hindrað", "einelti?"]),
        ("en", "How can the school prevent bullying?", ["school", "prevent", "bullying?"]),
    ],
)
def test_how_a_question_begins_is_not_looked_for(language: str, question: str, rest: list[str]) -> None:
    assert meaningful(parse(question, language).words, language) == rest


def test_a_document_lacks_nothing_that_only_asks(index: Index) -> None:
    index.rebuild(
        [document(1, "Koulukiusaamisen ehkäisy", language="fi"), document(2, "Muu", language="fi")], position=1
    )
    (hit,) = index.search(SearchRequest("miten koulukiusaamisen ehkäisy", "fi")).hits
    assert (hit.id, hit.missing) == (1, ())


def test_who_types_only_what_asks_finds_titles_with_it(found: Search) -> None:
    assert found([document(1, "Hvordan?", language="da"), document(2, "Andet", language="da")], "hvordan", "da") == [1]


def test_a_phrase_is_found_with_all_its_words(found: Search) -> None:
    documents = [document(1, "Sådan og hvordan", language="da"), document(2, "Sådan", language="da")]
    assert found(documents, '"og hvordan"', "da") == [1]


def test_a_hit_is_shown_in_the_readers_language_where_that_text_has_as_much(index: Index) -> None:
    long, short = "SSP " + "samarbejde mellem mange " * 30, "SSP SSP SSP"
    index.rebuild(
        [
            document(1, texts=(Text("da", "Samarbejde", "", long), Text("en", "SSP", short, short))),
            document(2, texts=(Text("da", "SSP", "", ""), Text("en", "SSP youth", "", ""))),
        ],
        position=1,
    )

    def languages(text: str, reader: str) -> dict[int, str]:
        return {hit.id: hit.language for hit in index.search(SearchRequest(text, reader)).hits}

    assert languages("ssp", "da") == {1: "da", 2: "da"}
    assert languages("ssp", "en") == {1: "en", 2: "en"}
    assert languages("ssp youth", "da")[2] == "en", "the Danish text lacks a word"


def test_twenty_words_are_enough() -> None:
    assert len(parse("/".join("abcdefghijklmnopqrstuvwxyz")).words) == MAX_TERMS
