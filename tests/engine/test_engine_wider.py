"""What helps when nothing has the words as they stand, and what narrows to agencies that work together."""

from collections.abc import Mapping
from itertools import combinations
from random import Random

import pytest
from engine_corpus import FACETS, document, random_words

from index import Concept, Document, Index, ParsedQuery, SearchRequest, SearchResult, Thesaurus, highlight, parse
from index.answering import searching
from index.asking.querying import build_query
from index.asking.thesaurus import NO_THESAURUS


def answer(index: Index, documents: list[Document], text: str, language: str = "en") -> SearchResult:
    index.rebuild(documents, position=1)
    return index.search(SearchRequest(text, language))


def marked(parsed: ParsedQuery, language: str, text: str, *, beginnings: bool) -> list[str]:
    fragments = highlight(parsed, language, text, beginnings=beginnings)
    return [segment.text for fragment in fragments for segment in fragment if segment.hit]


def test_a_word_that_only_begins_others_finds_them_and_the_result_says_so(index: Index) -> None:
    documents = [document(1, "Ankkuriqx", language="fi"), document(2, "Mentorit", language="fi")]
    result = answer(index, documents, "ankkuri", "fi")
    assert [hit.id for hit in result.hits] == [1]
    assert result.beginnings
    assert not result.fewer_words


def test_a_word_that_stands_as_it_is_does_not_bring_in_longer_ones(index: Index) -> None:
    documents = [document(1, "Ankkuri", language="fi"), document(2, "Ankkuriqx", language="fi")]
    result = answer(index, documents, "ankkuri", "fi")
    assert [hit.id for hit in result.hits] == [1]
    assert not result.beginnings


def test_all_words_by_their_beginnings_come_before_some_words_as_they_stand(index: Index) -> None:
    documents = [document(1, "Ankkuriqx Helsinki", language="fi"), document(2, "Helsinki", language="fi")]
    result = answer(index, documents, "ankkuri helsinki", "fi")
    assert [hit.id for hit in result.hits] == [1]
    assert result.beginnings
    assert not result.fewer_words


def test_what_no_wider_match_finds_changes_no_answer(random_index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words that begin others, parts of words and words that are nowhere, beside those that are there."""
    random, answers = Random(3), []
    requests = [SearchRequest(_half_known(random), random.choice(("da", "en", "fi"))) for _ in range(300)]
    for looked_for in (searching._may_be_found, lambda *_: True):
        monkeypatch.setattr(searching, "_may_be_found", looked_for)
        random_index._own_holder().snapshot.memory.clear()
        answers.append([random_index.search(request) for request in requests])
    assert answers[0] == answers[1]
    assert {(answer.beginnings, answer.fewer_words) for answer in answers[0]} >= {(True, False), (False, True)}


def _half_known(random: Random) -> str:
    words = random_words(random, random.randint(1, 3)).split()
    return " ".join((*(word[: random.randint(3, len(word))] for word in words), *random.choices(["zzqx", "plan", ""])))


def test_of_many_words_the_beginnings_are_not_looked_for(index: Index) -> None:
    documents = [document(1, "Ankkuriqx", language="fi"), document(2, "Helsinki", language="fi")]
    result = answer(index, documents, "ankkuri helsinki turku vantaa espoo oulu lahti", "fi")
    assert [hit.id for hit in result.hits] == [2]
    assert not result.beginnings


def test_compounds_with_a_word_are_found_after_the_word_itself(index: Index) -> None:
    documents = [document(1, "Ankkuritoiminta", language="fi"), document(2, "Ankkuri", language="fi")]
    result = answer(index, documents, "ankkuri", "fi")
    assert [hit.id for hit in result.hits] == [2, 1]
    assert not result.beginnings


def test_the_parts_of_a_compound_are_found_in_a_row_and_failing_that_each_on_its_own(index: Index) -> None:
    in_a_row = answer(index, [document(1, "Ungdom, kriminalitet", language="da")], "ungdomskriminalitet", "da")
    assert [hit.id for hit in in_a_row.hits] == [1]
    assert not in_a_row.beginnings
    apart = answer(index, [document(1, "Kriminalitet", language="da")], "ungdomskriminalitet", "da")
    assert [hit.id for hit in apart.hits] == [1]
    assert apart.beginnings


def test_of_texts_with_the_other_words_those_with_a_part_of_a_compound_come_first(index: Index) -> None:
    documents = [
        document(1, "En lærer og en by", language="da"),
        document(2, "En lærer og en gård", language="da"),
        document(3, "En lærer og en skov", language="da"),
        document(4, "Om en gård", language="da"),
    ]
    result = answer(index, documents, "skolegård og ukendt lærer", "da")
    found = [hit.id for hit in result.hits]
    assert (found[0], sorted(found)) == (2, [1, 2, 3])
    assert "skolegård" in result.hits[0].missing


def test_the_parts_of_a_compound_that_names_a_concept_make_no_text_better() -> None:
    parts = {("text_da", ("kriminalitet",)), ("text_da", ("ungdom",))}
    meant = Thesaurus([Concept("youth-crime", {"da": ("ungdomskriminalitet",)})])
    for thesaurus, expected in ((NO_THESAURUS, parts), (meant, set())):
        query = build_query(parse("ungdomskriminalitet nyheder"), "da", thesaurus)
        assert parts & {(clause.field, clause.terms) for clause in query.bonus} == expected


def test_neighbours_are_found_by_how_they_spell_a_word(index: Index) -> None:
    documents = [
        document(1, "Sikkerhed i skolen", language="da"),
        document(2, "Säkerhet i skolan", language="sv"),
        document(3, "Sikkerhet i skolen", language="nb"),
    ]
    hits = [hit.id for hit in answer(index, documents, "sikkerhed", "da").hits]
    assert (hits[0], sorted(hits)) == (1, [1, 2, 3])


def test_a_question_in_another_language_than_the_pages_is_understood(index: Index) -> None:
    documents = [document(1, "Skolor arbetar mot mobbning", language="sv"), document(2, "How to work", language="en")]
    result = answer(index, documents, "hur kan skolor arbeta mot mobbning", "en")
    assert [hit.id for hit in result.hits] == [1]
    assert not result.fewer_words


def test_short_words_do_not_stand_for_what_they_begin(index: Index) -> None:
    assert not answer(index, [document(1, "Police")], "pol").hits


def test_phrases_are_never_widened(index: Index) -> None:
    assert not answer(index, [document(1, "Street mediations")], '"street mediationx"').hits


def test_what_was_found_by_its_beginning_is_marked() -> None:
    text = "Poliisi ja ankkuritoiminta auttavat"
    assert marked(parse("ankku"), "fi", text, beginnings=True) == ["ankkuritoiminta"]
    assert marked(parse("ankku"), "fi", text, beginnings=False) == []


def test_codes_asked_for_together_must_all_be_there(random_index: Index, random_corpus: Mapping[int, Document]) -> None:
    codes = sorted({code for d in random_corpus.values() for code in d.facets.get("agency", ())})
    for pair in combinations(codes, 2):
        request = SearchRequest(filters={"agency": pair}, together=frozenset({"agency"}), per_page=100)
        result = random_index.search(request)
        expected = {d.id for d in random_corpus.values() if set(pair) <= set(d.facets.get("agency", ()))}
        assert {hit.id for hit in result.hits} == expected
        for code, count in result.facets["agency"].items():
            assert count == sum(code in random_corpus[id].facets["agency"] for id in expected)


def test_asking_for_a_facet_together_leaves_the_others_as_they_were(random_index: Index) -> None:
    filters = {"agency": ("agency-1",), "theme": ("theme-1", "theme-2")}
    alone = random_index.search(SearchRequest(filters=filters))
    together = random_index.search(SearchRequest(filters=filters, together=frozenset({"agency"})))
    assert alone.total == together.total
    assert all(alone.facets[name] == together.facets[name] for name in FACETS if name != "agency")
