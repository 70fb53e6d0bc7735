"""What a reader finds, in which language, and what comes first."""

from datetime import date

import pytest
from engine_corpus import Search, document

from index import Concept, Index, SearchRequest, Sort, Text, Thesaurus


def test_all_words_are_required_in_any_field_and_language(found: Search) -> None:
    bilingual = (Text("sv", "Skola", "", "polis"), Text("en", "School", "trust", ""))
    documents = [document(1, texts=bilingual), document(2, "School")]
    assert found(documents, "polis trust") == [1]


def test_a_document_is_found_once_through_all_its_texts(found: Search) -> None:
    texts = (Text("da", "Dialog", "dialog", "dialog"), Text("en", "Dialogue", "dialog", "dialog"))
    assert found([document(1, texts=texts)], "dialog") == [1]


def test_inflected_words_are_found(found: Search) -> None:
    assert found([document(1, "Forebyggelse i kommunerne", language="da")], "kommunen", "da") == [1]


def test_concepts_and_names_are_found(found: Search) -> None:
    documents = [
        document(1, "Something", concepts={"sv": ("hedersvåld",)}),
        document(2, "Other", names=("Aalborg Kommune",)),
    ]
    assert found(documents, "hedersvåld", "fi") == [1]
    assert found(documents, '"aalborg kommune"') == [2]


def test_numbers_and_abbreviations_are_found(found: Search) -> None:
    documents = [document(1, "SLT", body="Ring 112"), document(2, "SSP-samarbejde", language="da")]
    assert found(documents, "slt") == [1]
    assert found(documents, "112") == [1]
    assert found(documents, "SSP") == [2]
    assert found(documents, "ssp-samarbejde", "da") == [2]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Malmo", "Malmö"),
        ("Malmoe", "Malmö"),
        ("Arhus", "Århus"),
        ("Aarhus", "Århus"),
        ("Århus", "Aarhus"),
        ("Kobenhavn", "København"),
        ("Koebenhavn", "København"),
        ("malmø", "Malmö"),
        ("isafjordur", "Ísafjörður"),
        ("thjod", "Þjóð"),
    ],
)
def test_words_typed_without_their_letters_are_found(found: Search, typed: str, written: str) -> None:
    documents = [document(1, f"Trygghet i {written}", language="sv"), document(2, names=(written,))]
    assert sorted(found(documents, typed, "sv")) == [1, 2]
    assert found(documents, f'"i {typed}"', "sv") == [1, 2] or found(documents, f'"trygghet i {typed}"') == [1]


def test_the_word_itself_comes_before_its_folded_twin(found: Search) -> None:
    documents = [document(1, "mal", language="sv"), document(2, "mål", language="sv")]
    assert found(documents, "mål", "sv") == [2, 1]
    assert found(documents, "mal", "sv") == [1, 2]


def test_a_query_of_stop_words_finds_titles_with_them(found: Search) -> None:
    documents = [document(1, "For", language="sv"), document(2, "För", language="sv"), document(3, "Annat")]
    assert found(documents, "för", "sv") == [2, 1]
    assert found([document(1, "To be or not"), document(2, "Not to be")], '"to be or not"') == [1]


def test_stop_words_do_not_narrow_a_query(found: Search) -> None:
    assert found([document(1, "Safe schools")], "the safe schools and") == [1]


def test_phrases_are_found_as_they_stand(found: Search) -> None:
    documents = [document(1, body="safe city streets"), document(2, body="city safe streets")]
    assert found(documents, '"safe city"') == [1]
    assert found(documents, "“city safe") == [2]


def test_exclusions_are_left_out(found: Search) -> None:
    documents = [document(1, "violence at school"), document(2, "violence at home"), document(3, "peace")]
    assert found(documents, "violence -school") == [2]
    assert found(documents, 'violence -"at home"') == [1]
    assert found(documents, "-violence") == [3]


def test_nothing_typed_finds_everything_and_signs_find_nothing(found: Search) -> None:
    documents = [document(1, "A"), document(2, "B")]
    assert found(documents, "") == found(documents, " \0\n") == [1, 2]
    assert found(documents, "???") == found(documents, "🙂") == found(documents, "& -a") == []
    assert found(documents, "& b") == [2]


def test_fewer_words_are_marked(index: Index) -> None:
    index.rebuild([document(1, "school trust"), document(2, "school"), document(3, "other")], 1)
    result = index.search(SearchRequest("school trust police"))
    assert ([hit.id for hit in result.hits], result.fewer_words) == ([1, 2], True)
    assert not index.search(SearchRequest("school trust")).fewer_words
    assert not index.search(SearchRequest("nowhere nothing")).fewer_words
    assert not index.search(SearchRequest("nowhere")).fewer_words


def test_a_question_of_many_words_is_answered_by_the_best_and_not_by_who_has_every_word_in_passing(
    index: Index,
) -> None:
    padding = "unrelated text about other matters " * 30
    documents = [
        document(1, "Annual report", body=f"{padding} mentor {padding} prison {padding} school {padding} family"),
        document(2, "Mentor after prison", summary="Mentors meet a family", body="mentor prison family"),
        document(3, "Other things"),
    ]
    index.rebuild(documents, 1)
    result = index.search(SearchRequest("mentor prison school family"))
    assert [(hit.id, hit.missing) for hit in result.hits] == [(2, ("school",)), (1, ())]
    assert (result.total, result.whole, result.best_first, result.fewer_words) == (2, 1, True, False)
    few = index.search(SearchRequest("mentor prison school"))
    assert ([hit.id for hit in few.hits], few.whole, few.best_first) == ([1], 1, False)
    assert [hit.id for hit in few.more] == [2]


def test_no_phrase_goes_from_a_title_into_what_follows_it(found: Search) -> None:
    documents = [document(1, "safe", summary="city", body="streets"), document(2, "safe city streets")]
    assert found(documents, '"safe city"') == found(documents, '"city streets"') == [2]
    assert found(documents, '"city safe"') == found(documents, '"safe safe"') == []


def test_titles_weigh_more_than_summaries_and_summaries_more_than_bodies(found: Search) -> None:
    documents = [
        document(1, "plan", body="mentor"),
        document(2, "mentor", body="plan"),
        document(3, "plan", summary="mentor"),
    ]
    assert found(documents, "mentor") == [2, 3, 1]


def test_the_whole_title_comes_first_then_words_in_a_row_then_all_words_then_fewer(index: Index) -> None:
    documents = [
        document(1, "Safe school", body="streets"),
        document(2, "Streets", summary="school school streets safe safe safe streets", body="safe school streets safe"),
        document(3, "Safe streets by night", body="school"),
        document(4, "Safe school streets"),
        document(5, "Streets streets", summary="streets"),
    ]
    index.rebuild(documents, position=1)
    result = index.search(SearchRequest("safe school streets"))
    assert result.hits[0].id == 4
    assert {hit.id for hit in result.hits} == {1, 2, 3, 4}
    assert (result.total, [hit.id for hit in result.more]) == (4, [5])
    in_a_row = [document(1, "x", body="night safe walk"), document(2, "x", body="safe night walk")]
    index.rebuild(in_a_row, position=2)
    assert [hit.id for hit in index.search(SearchRequest("safe night")).hits] == [2, 1]


def test_a_concept_is_found_in_other_words_and_the_hit_says_through_which(index: Index) -> None:
    thesaurus = Thesaurus(
        [
            Concept(
                "youth-crime", {"sv": ("Ungdomsbrottslighet",), "fi": ("Nuorisorikollisuus",), "en": ("Youth crime",)}
            )
        ]
    )
    documents = [
        document(1, "Ungdomsbrottslighet", language="sv"),
        document(2, "Nuorisorikollisuus", language="fi"),
        document(3, "Something else", codes=("youth-crime",)),
        document(4, "Youth at work", body="about crime"),
    ]
    index.rebuild(documents, position=1)
    result = index.search(SearchRequest("ungdomsbrottslighet", "sv"), thesaurus)
    assert result.hits[0].id == 1
    assert {hit.id: (hit.language, hit.through) for hit in result.hits} == {
        1: ("sv", ()),
        2: ("fi", ("Nuorisorikollisuus",)),
        3: ("en", ()),
    }
    assert [concept.concept for concept in result.recognised] == ["youth-crime"]
    assert result.sought("en").phrases == ("Youth crime",)


def test_the_readers_language_comes_first(found: Search) -> None:
    documents = [document(1, "skole", language="da"), document(2, "skole", language="nb")]
    assert found(documents, "skole", "nb") == [2, 1]
    assert found(documents, "skole", "da") == [1, 2]


def test_a_hit_names_the_text_that_matched_best(index: Index) -> None:
    texts = (Text("sv", "Lekplats", "", ""), Text("en", "Playground", "", ""), Text("da", "Lekplats", "", ""))
    index.rebuild([document(1, texts=texts, names=("Visby",))], 1)

    def language(text: str, reader: str) -> str:
        return index.search(SearchRequest(text, reader)).hits[0].language

    assert language("playground", "da") == "en"
    assert language("lekplats", "da") == "da"
    assert language("lekplats", "en") == "sv"
    assert language("visby", "en") == language("", "en") == "en"
    assert language("visby", "fi") == language("", "fi") == "sv"


def test_ties_go_to_the_newest_and_then_the_lowest_id(found: Search) -> None:
    documents = [
        document(3, "same"),
        document(2, "same"),
        document(1, "same", published=date(2023, 1, 1)),
        document(4, "same", published=date(2025, 1, 1)),
    ]
    assert found(documents, "same") == found(documents, "") == [4, 2, 3, 1]
    assert found(documents, "same", sort=Sort.NEWEST) == [4, 2, 3, 1]


def test_titles_are_sorted_in_the_readers_language(found: Search) -> None:
    both = (Text("da", "Ørn", "", ""), Text("en", "Eagle", "", ""))
    documents = [document(1, "Ånd", language="da"), document(2, texts=both), document(3, "zebra")]
    assert found(documents, "", "da", sort=Sort.TITLE) == [3, 2, 1]
    assert found(documents, "", "en", sort=Sort.TITLE) == [1, 2, 3]


def test_pages_follow_each_other(found: Search) -> None:
    documents = [document(id, "same") for id in range(1, 8)]
    assert found(documents, "same", page=1, per_page=3) == [1, 2, 3]
    assert found(documents, "same", page=3, per_page=3) == [7]
    assert found(documents, "same", page=10**6, per_page=3) == []


def test_similar_documents_share_codes_and_words(index: Index) -> None:
    index.rebuild(
        [
            document(1, "Street mentors for youth", facets={"theme": ("youth",)}),
            document(2, "Youth mentors", facets={"theme": ("youth",)}),
            document(3, "Mentors in prison"),
            document(4, "Lighting of parks", facets={"theme": ("places",)}),
        ],
        position=1,
    )
    assert index.similar(1) == (2, 3)
    assert index.similar(1, limit=1) == (2,)
    assert index.similar(99) == ()
    index.apply([], [2], position=2)
    assert index.similar(1) == (3,)
