"""What a reader types is understood as concepts, whatever the language and the form of the words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import LANGUAGES, Concept, Thesaurus, parse
from index.asking.clauses import Clause
from index.asking.expanding import CONCEPT_BOOST, MOST_CLAUSES
from index.asking.querying import build_query
from index.asking.thesaurus import MOST_MEANINGS
from index.schema import CODES
from index.words import words

YOUTH_CRIME = Concept(
    "youth-crime",
    {
        "en": ("Youth crime", "Juvenile delinquency"),
        "da": ("Ungdomskriminalitet",),
        "sv": ("Ungdomsbrottslighet",),
        "fi": ("Nuorisorikollisuus",),
    },
)
CRIME = Concept("crime", {"en": ("Crime",), "da": ("Kriminalitet",)}, narrower=("youth-crime", "unknown"))
CONTROL = Concept(
    "negative-control",
    {"da": ("Negativ social kontrol",), "nb": ("Negativ sosial kontroll",), "sv": ("Hedersförtryck",)},
)
SOCIAL = Concept("social-control", {"da": ("Social kontrol",)})
# One spelling, three meanings.
MARRIED = Concept("marriage", {"sv": ("Gift",), "nb": ("Ekteskap",)})
POISON = Concept("poison", {"da": ("Gift",), "nb": ("Gift",)})
PRESENT = Concept("present", {"en": ("Gift",)})
THESAURUS = Thesaurus((YOUTH_CRIME, CRIME, CONTROL, SOCIAL, MARRIED, POISON, PRESENT))


def named(text: str, *languages: str) -> list[tuple[str, ...]]:
    return [mention.concepts for mention in THESAURUS.recognise(words(text), languages)]


@pytest.mark.parametrize(
    "typed",
    [
        "ungdomskriminalitet",
        "Ungdomskriminaliteten",
        "UNGDOMSKRIMINALITETENS",
        "juvenile delinquency",
        "nuorisorikollisuus",
    ],
)
def test_a_concept_is_recognised_in_any_language_and_inflection(typed: str) -> None:
    assert named(typed, "sv") == [("youth-crime",)]


def test_the_longest_label_wins() -> None:
    assert named("youth crime", "en") == [("youth-crime",)]
    assert named("negativ social kontrol", "da") == [("negative-control",)]
    assert named("social kontrol", "da") == [("social-control",)]


def test_several_concepts_are_found_in_the_order_of_typing() -> None:
    found = THESAURUS.recognise(words("social kontrol og ungdomskriminalitet"), ("da",))
    assert [(mention.start, mention.end, mention.concepts) for mention in found] == [
        (0, 2, ("social-control",)),
        (3, 4, ("youth-crime",)),
    ]


def test_the_readers_language_says_what_an_ambiguous_word_means() -> None:
    assert named("gift", "sv") == [("marriage",)]
    assert named("gift", "nb") == [("poison",)]
    assert named("gift", "fi", "en") == [("present",)]
    assert set(*named("gift", "fi")) == {"marriage", "poison", "present"}


def test_a_label_is_recognised_without_its_letters() -> None:
    assert named("hedersfortryck", "sv") == named("hedersfoertryck", "da") == [("negative-control",)]


def test_words_that_name_nothing_name_nothing() -> None:
    assert named("parkeringsplads", "da") == named("", "da") == []


_LABELS = st.lists(st.sampled_from(("skole", "vold", "unge", "politi", "the", "og")), min_size=1, max_size=3).map(
    " ".join
)
_CONCEPTS = st.builds(
    Concept,
    name=st.sampled_from("abcdef"),
    labels=st.dictionaries(st.sampled_from(LANGUAGES), st.lists(_LABELS, max_size=3).map(tuple), max_size=3),
    narrower=st.lists(st.sampled_from("abcdef"), max_size=2).map(tuple),
)


@given(st.lists(_CONCEPTS, max_size=6), st.lists(_LABELS, max_size=4), st.permutations(LANGUAGES))
def test_mentions_are_in_order_apart_and_of_known_concepts(
    concepts: list[Concept], typed: list[str], languages: list[str]
) -> None:
    thesaurus = Thesaurus(concepts)
    said = words(" ".join(typed))
    end = 0
    for mention in thesaurus.recognise(said, languages[:2]):
        assert end <= mention.start < mention.end <= len(said)
        assert 0 < len(mention.concepts) <= MOST_MEANINGS
        assert all(thesaurus.labels(concept) for concept in mention.concepts)
        end = mention.end


@given(st.lists(_CONCEPTS, max_size=6, unique_by=lambda concept: concept.name))
def test_every_label_names_its_concept_to_readers_of_its_language(concepts: list[Concept]) -> None:
    thesaurus = Thesaurus(concepts)
    for concept in concepts:
        for label in thesaurus.labels(concept.name):
            mentions = thesaurus.recognise(words(label.text), (label.language,))
            meanings = [name for mention in mentions for name in mention.concepts]
            longer = any(mention.end - mention.start > len(label.terms) for mention in mentions)  # which wins
            assert concept.name in meanings or len(meanings) >= MOST_MEANINGS or longer


def looked_up(text: str, language: str) -> list[Clause]:
    return [c for expansion in build_query(parse(text), language, THESAURUS).expansions for c in expansion.clauses]


def test_a_concept_is_looked_up_by_its_code_and_its_words_in_every_language_at_a_lower_weight() -> None:
    clauses = looked_up("ungdomskriminaliteten", "da")
    assert any(clause.field == CODES and clause.terms == ("youth-crime",) for clause in clauses)
    assert {clause.language for clause in clauses} == {None, "en", "da", "sv", "fi"}
    assert {clause.label for clause in clauses if clause.language == "en"} == {"Youth crime", "Juvenile delinquency"}
    assert CONCEPT_BOOST <= 0.5


def test_concepts_below_are_looked_up_for_less() -> None:
    boosts = {clause.terms: clause.boost for clause in looked_up("crime", "en") if clause.field == CODES}
    assert boosts["youth-crime",] < boosts["crime",]


def test_phrases_name_a_concept_only_as_a_whole() -> None:
    assert looked_up('"negativ social kontrol"', "da")
    assert not looked_up('"social kontrol i hjemmet"', "da")


def test_what_is_excluded_is_not_excluded_in_other_words() -> None:
    query = build_query(parse("unge -ungdomskriminalitet"), "da", THESAURUS)
    assert not query.expansions
    assert {clause.label for choice in query.excluded for clause in choice} == {""}


def test_an_expansion_covers_the_words_that_name_it_and_no_others() -> None:
    query = build_query(parse("politi negativ social kontrol"), "da", THESAURUS)
    assert [expansion.covers for expansion in query.expansions] == [(1, 2, 3)]
    assert [(each.typed, each.concept) for each in query.recognised] == [("negativ social kontrol", "negative-control")]
    assert query.recognised[0].words == {
        "nb": ("Negativ sosial kontroll",),
        "sv": ("Hedersförtryck",),
    }


def test_however_much_is_named_the_number_of_clauses_is_bounded() -> None:
    many = Thesaurus(
        Concept(f"c{n}", {language: (word, *(f"{word} ord{m}" for m in range(30))) for language in LANGUAGES})
        for n, word in enumerate(("skole", "vold", "unge", "politi", "familie"))
    )
    query = build_query(parse("skole vold unge politi familie"), "da", many)
    assert len(query.expansions) == 5
    assert sum(len(expansion.clauses) for expansion in query.expansions) <= MOST_CLAUSES
