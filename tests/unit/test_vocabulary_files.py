"""The vocabularies as files: seven languages, no loose ends."""

from __future__ import annotations

from collections import Counter

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SKOS

from library.cli import STARTER
from library.languages import LANGUAGES
from library.vocabulary.services import BASE, SCHEMES, read_turtle

GRAPHS: dict[str, Graph] = {code: read_turtle(STARTER / "vocabularies" / f"{code}.ttl") for code in SCHEMES}
RELATED = {pair for graph in GRAPHS.values() for pair in graph.subject_objects(SKOS.related)}
TOP_THEMES = {
    "safe-urban-space",
    "safe-online-sphere",
    "strong-families",
    "safe-public-institutions",
    "strong-youth-engagement",
    "safe-communities",
}


def concepts(code: str) -> list[URIRef]:
    return [URIRef(str(concept)) for concept in GRAPHS[code].subjects(RDF.type, SKOS.Concept)]


def test_the_thesaurus_holds_at_least_six_hundred_concepts() -> None:
    assert len(concepts("thesaurus")) >= 600


@pytest.mark.parametrize("code", SCHEMES)
def test_every_concept_is_called_something_in_each_of_the_seven_languages(code: str) -> None:
    for concept in concepts(code):
        labels = Counter(label.language for label in GRAPHS[code].objects(concept, SKOS.prefLabel))  # type: ignore[attr-defined]
        assert labels == dict.fromkeys(LANGUAGES, 1), concept


@pytest.mark.parametrize("code", SCHEMES)
def test_no_two_concepts_of_a_vocabulary_are_called_the_same(code: str) -> None:
    labels = Counter(
        (label.language, str(label).casefold())  # type: ignore[attr-defined]
        for concept in concepts(code)
        for label in GRAPHS[code].objects(concept, SKOS.prefLabel)
    )
    assert [label for label, count in labels.items() if count > 1] == []


@pytest.mark.parametrize("code", SCHEMES)
def test_no_synonym_repeats_the_name(code: str) -> None:
    for concept in concepts(code):
        preferred = set(GRAPHS[code].objects(concept, SKOS.prefLabel))
        assert not preferred & set(GRAPHS[code].objects(concept, SKOS.altLabel)), concept


def test_no_word_of_the_thesaurus_names_two_of_its_concepts() -> None:
    """A word with two meanings would look up both, and nobody could say why the second was found."""
    words = Counter(
        (label.language, str(label).casefold())  # type: ignore[attr-defined]
        for label in (
            *GRAPHS["thesaurus"].objects(None, SKOS.prefLabel),
            *GRAPHS["thesaurus"].objects(None, SKOS.altLabel),
        )
    )
    assert [word for word, count in words.items() if count > 1] == []


def test_every_concept_of_the_thesaurus_leads_up_to_a_branch() -> None:
    graph = GRAPHS["thesaurus"]
    tops = set(graph.subjects(SKOS.topConceptOf, None))
    for concept in concepts("thesaurus"):
        assert tops & set(graph.transitive_objects(concept, SKOS.broader)), concept


@pytest.mark.parametrize("code", SCHEMES)
def test_no_concept_lies_above_itself(code: str) -> None:
    for concept in concepts(code):
        above: set[object] = set()
        waiting = list(GRAPHS[code].objects(concept, SKOS.broader))
        while waiting:
            one = waiting.pop()
            assert one != concept
            if one not in above:
                above.add(one)
                waiting.extend(GRAPHS[code].objects(one, SKOS.broader))


@pytest.mark.parametrize("code", SCHEMES)
def test_related_concepts_name_each_other(code: str) -> None:
    for source, target in GRAPHS[code].subject_objects(SKOS.related):
        assert (target, source) in RELATED, (source, target)


def test_the_thesaurus_has_synonyms_in_every_language() -> None:
    languages = Counter(label.language for label in GRAPHS["thesaurus"].objects(None, SKOS.altLabel))  # type: ignore[attr-defined]
    for language in LANGUAGES:
        assert languages[language] >= 100, languages


def test_the_themes_begin_with_the_six_areas_of_the_blueprint() -> None:
    tops = {c for c in concepts("themes") if not list(GRAPHS["themes"].objects(c, SKOS.broader))}
    assert {str(top).removeprefix(BASE + "themes/") for top in tops} == TOP_THEMES


@pytest.mark.parametrize(
    ("names", "language"),
    [
        (("SSP", "SLT", "Ankkuri"), None),
        (("negativ social kontroll", "negativ sosial kontroll", "negativ social kontrol"), None),
        (("bekymringssamtale", "orossamtal", "huolikeskustelu"), None),
        (("barnevern", "social barnavård", "lastensuojelu", "barnavernd"), None),
        (("konfliktråd", "medling", "sovittelu", "sáttamiðlun"), None),
        (("etsivä nuorisotyö", "oppsøkende ungdomsarbeid", "fältarbete", "opsøgende arbejde", "vettvangsstarf"), None),
        (("tryghedsvandring", "trygghetsvandring", "tryggleiksvandring", "turvallisuuskävely"), None),
        (("ohjaamo", "navigatorcenter", "ungeenhed"), None),
    ],
)
def test_words_of_different_countries_for_one_thing_stand_together(names: tuple[str, ...], language: None) -> None:
    def spoken(concept: URIRef) -> str:
        labels = [*GRAPHS["thesaurus"].objects(concept, SKOS.prefLabel)]
        labels += [*GRAPHS["thesaurus"].objects(concept, SKOS.altLabel)]
        return " | ".join(str(label).casefold() for label in labels)

    together = [concept for concept in concepts("thesaurus") if all(n.casefold() in spoken(concept) for n in names)]
    assert together
