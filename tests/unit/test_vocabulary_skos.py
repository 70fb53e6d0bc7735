"""Files of others: everything they say comes out again, and what is wrong with them is said with its place."""

from __future__ import annotations

import random
import socket
from typing import Any

import pytest
import rdflib
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, OWL, RDF, SKOS, XSD, Namespace

from library.vocabulary import reading, skos, skos_reading, terms
from library.vocabulary.faults import FaultKind
from library.vocabulary.states import SchemeState

CONCEPTS = 3000
HOME = Namespace("http://vocabulary.example/onto/")
XL = Namespace("http://www.w3.org/2008/05/skos-xl#")
OWN = Namespace("http://vocabulary.example/meta#")
WORDS = ["vold", "Jugend", "jeunes", "öppenhet", "ásátt", "насилие", 'a "quoted" \\ word', "line\nbreak", "\u2028 mark"]


@pytest.fixture(autouse=True)
def lexical_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let rdflib compare what is written, not what it means: 01 is not 1."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


def made_up(seed: int, count: int = CONCEPTS) -> Graph:
    """Return a vocabulary with everything that a real one has and the library does not use."""
    some, graph = random.Random(seed), Graph()
    scheme = HOME[""]
    graph.add((scheme, RDF.type, SKOS.ConceptScheme))
    graph.add((scheme, DCTERMS.title, Literal("A vocabulary", lang="en")))
    graph.add((scheme, DCTERMS.modified, Literal("2020-01-01T00:00:00Z", datatype=XSD.dateTime)))
    concepts = [HOME[f"p{n}"] for n in range(count)]
    for n, concept in enumerate(concepts):
        graph.add((concept, RDF.type, SKOS.Concept))
        graph.add((concept, RDF.type, OWN.Thing))
        graph.add((concept, SKOS.inScheme, scheme))
        for language in some.sample(["fi", "sv", "en", "de", "se", "en-GB"], 3):
            graph.add((concept, SKOS.prefLabel, Literal(f"{some.choice(WORDS)} {n}", lang=language.lower())))
        for _ in range(some.randrange(4)):
            label = Literal(some.choice(WORDS) * some.choice([1, 1, 30]), lang=some.choice(["fi", "da", "ru"]))
            graph.add((concept, some.choice([SKOS.altLabel, SKOS.hiddenLabel]), label))
        _hang(graph, some, concepts, n)
        _decorate(graph, some, concept, n)
    group = BNode()
    graph.add((group, RDF.type, SKOS.Collection))
    for concept in some.sample(concepts, 20):
        graph.add((group, SKOS.member, concept))
    return graph


def _hang(graph: Graph, some: random.Random, concepts: list[URIRef], n: int) -> None:
    if n and some.random() < 0.9:
        wider = concepts[some.randrange(n)]
        if some.random() < 0.8:
            graph.add((concepts[n], SKOS.broader, wider))
        if some.random() < 0.8:
            graph.add((wider, SKOS.narrower, concepts[n]))
    elif some.random() < 0.8:
        graph.add((concepts[n], SKOS.topConceptOf, HOME[""]))
    graph.add((concepts[n], SKOS.related, some.choice(concepts)))
    graph.add((concepts[n], SKOS.exactMatch, URIRef(f"http://elsewhere.example/{n}")))


def _decorate(graph: Graph, some: random.Random, concept: URIRef, n: int) -> None:
    graph.add((concept, SKOS.definition, Literal(some.choice(WORDS), lang="en")))
    graph.add((concept, SKOS.notation, Literal(f"0{n}", datatype=OWN.number)))
    graph.add((concept, OWN.number, Literal("7", datatype=XSD.integer)))
    for language in ("en", "en", "de"):
        graph.add((concept, SKOS.scopeNote, Literal(f"{some.choice(WORDS)} {some.random()}", lang=language)))
    if some.random() < 0.1:
        graph.add((concept, OWL.deprecated, Literal("true", datatype=XSD.boolean)))
        graph.add((concept, DCTERMS.isReplacedBy, HOME[f"p{n // 2}"]))
    if n < 200 and some.random() < 0.3:  # few, for comparing graphs with thousands of blank nodes takes minutes
        note, deeper = BNode(), BNode()
        graph.add((concept, SKOS.changeNote, note))
        graph.add((note, RDF.value, Literal("moved", lang="en")))
        graph.add((note, DCTERMS.creator, deeper))
        graph.add((deeper, OWN.name, Literal("Somebody")))
    if some.random() < 0.3:
        label = HOME[f"label{n}"]
        graph.add((concept, XL.prefLabel, label))
        graph.add((label, XL.literalForm, Literal("xl", lang="fi")))


def through(text: str, code: str = "x", **known: Any) -> tuple[skos_reading.Read, str]:
    """Return what the library reads from a file, and the file that it makes of that."""
    read = skos_reading.scheme_in(reading.read(text.encode()), code, **known)
    addresses = skos.Addresses({one.id: one.uri for one in read.scheme.concepts.values() if one.uri})
    return read, "".join(terms.turtle(skos.statements(read.scheme, addresses)))


def graph_of(text: str) -> Graph:
    return Graph().parse(data=text, format="turtle", publicID=reading.BASE)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_vocabulary_of_thousands_comes_out_as_it_went_in(seed: int) -> None:
    original = made_up(seed, CONCEPTS if seed == 1 else 200)
    read, out = through(original.serialize(format="turtle"))
    assert not read.faults
    assert len(read.scheme.concepts) == (CONCEPTS if seed == 1 else 200)
    assert isomorphic(graph_of(out), original)
    assert through(out)[0].scheme == through(through(out)[1])[0].scheme


def test_a_changed_label_changes_that_label_and_nothing_else() -> None:
    original = made_up(3, 50)
    read, _ = through(original.serialize(format="turtle"))
    concept = next(one for one in read.scheme.concepts.values() if "en" in one.labels)
    before = Literal(concept.labels["en"], lang="en")
    concept.labels["en"] = "Changed"
    addresses = skos.Addresses({one.id: one.uri for one in read.scheme.concepts.values()})
    after = graph_of("".join(terms.turtle(skos.statements(read.scheme, addresses))))
    original.remove((URIRef(concept.uri), SKOS.prefLabel, before))
    original.add((URIRef(concept.uri), SKOS.prefLabel, Literal("Changed", lang="en")))
    assert isomorphic(after, original)


def test_a_moved_concept_takes_its_narrower_statement_along() -> None:
    text = small(HEAD + "<x/a> skos:narrower <x/b> . <x/b> skos:broader <x/a> .", "a", "b", "c")
    read, _ = through(text)
    read.scheme.concepts["x/b"].relations["broader"] = ["x/c"]
    out = graph_of("".join(terms.turtle(skos.statements(read.scheme, skos.Addresses()))))
    found = {(str(s)[-1], str(o)[-1]) for s, o in out.subject_objects(SKOS.narrower)}
    assert found == {("c", "b")}


HEAD = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
HEAD += '<x> a skos:ConceptScheme ; skos:prefLabel "X"@en .\n'


def small(text: str, *codes: str) -> str:
    return text + "".join(f'\n<x/{c}> a skos:Concept ; skos:prefLabel "{c}"@en .' for c in codes)


def kinds(text: str) -> list[tuple[FaultKind, int]]:
    return [(fault.kind, fault.line) for fault in through(text)[0].faults]


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        (small(HEAD + '<x/a> skos:prefLabel "other"@en .', "a"), FaultKind.TWO_LABELS, 4),
        (small(HEAD + f'<x/a> skos:prefLabel "{"x" * 201}"@sv .', "a"), FaultKind.TOO_LONG, 3),
        (small(HEAD + '<x/a> skos:prefLabel " "@sv .', "a"), FaultKind.BLANK, 3),
        (small(HEAD + "<x/a> skos:broader <x/b> . <x/b> skos:broader <x/a> .", "a", "b"), FaultKind.CIRCLE, 0),
        (small(HEAD + "<x/a> skos:broader <x/a> .", "a"), FaultKind.CIRCLE, 3),
        (small(HEAD + "<x/a> skos:related <x/none> .", "a"), FaultKind.LEADS_NOWHERE, 3),
        (small(HEAD + '<x/a> skos:notation "b" .', "a"), FaultKind.NOTATION, 3),
        (small(HEAD, "A B".replace(" ", "_")), FaultKind.FOREIGN_ADDRESS, 4),
        (HEAD, FaultKind.NO_CONCEPTS, 0),
        (small(HEAD.replace("ConceptScheme", "Other"), "a"), FaultKind.NO_SCHEME, 0),
        (small(HEAD.replace('"X"@en', '"X"@de'), "a"), FaultKind.NO_NAME, 0),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, kind: FaultKind, line: int) -> None:
    assert (kind, line) in kinds(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"<a> <b> <c> .\n\n<<<", 3),
        (b'<a> <b> "never ends .\n', 1),
        (b"<a> <b> <c d> .", 1),
        (b"<http://a b/> <b> <c> .", 1),
        ('<a> <b> "Malmö" .'.encode("latin-1"), 1),
        (b'<a> <b> "\\uD800" .', 1),
        (b'<a> <b> "x\0y" .', 1),
        (b'<a> <b> "\\u0000" .', 1),
        (b"<a> <b> {<c> <d> <e>} .", 1),
        (b"<a> <b> " + b"[ <c> " * 5000, 1),
        (b"<a> <b> " + b"( " * 5000, 1),
        (b'"words" <b> <c> .', 1),
        (b"<a> <b> " + b"9" * 6000 + b" .", 1),
    ],
)
def test_what_is_not_turtle_is_refused_with_its_line(text: bytes, line: int) -> None:
    with pytest.raises(reading.Broken) as refused:
        reading.read(text)
    assert refused.value.line == line


def test_a_huge_file_is_refused_before_it_is_read() -> None:
    with pytest.raises(reading.Broken, match="larger than 20 MB"):
        reading.read(b"#" * (reading.MOST_BYTES + 1))


def test_a_file_that_says_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_STATEMENTS", 10)
    with pytest.raises(reading.Broken, match="more than 10"):
        reading.read(b"".join(f"<a> <b> {n} .\n".encode() for n in range(20)))


def test_no_address_in_a_file_is_ever_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_where: Any, **_how: Any) -> None:
        raise AssertionError("something was fetched")

    for name in ("create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    text = small(HEAD + "<x> owl:imports <http://127.0.0.1:9/more> . @base <http://127.0.0.1:9/> .")
    text += "\n<> a skos:Concept ; skos:inScheme <https://library.invalid/vocabularies/x> ; owl:imports <more.ttl> ."
    text += "\n<more> <http://schema.org/@context> <http://127.0.0.1:9/context.jsonld> ."
    read, _ = through(text)
    assert len(read.scheme.concepts) == 1


def test_concepts_of_two_vocabularies_stay_apart() -> None:
    text = small(HEAD + "<y> a skos:ConceptScheme .\n<x/a> skos:inScheme <x>, <y> .\n", "a")
    text += '\n<http://y.example/b> a skos:Concept ; skos:inScheme <y> ; skos:prefLabel "b"@en .'
    read, out = through(text)
    assert list(read.scheme.concepts) == ["x/a"]
    assert [remark.kind for remark in read.remarks] == [FaultKind.ELSEWHERE]
    assert isomorphic(graph_of(out), graph_of(text))


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # of rdflib, by itself
def test_json_ld_says_what_turtle_says() -> None:
    import json

    triples = reading.read(made_up(4, 40).serialize(format="turtle").encode()).triples
    said = Graph().parse(data=json.dumps(terms.json_ld(triples)), format="json-ld")
    assert isomorphic(said, graph_of("".join(terms.turtle(triples))))


def test_long_chains_are_no_deep_calls() -> None:
    above = {str(n): [str(n + 1)] for n in range(50_000)}
    assert skos.circles(above) == []
    assert skos.circles({**above, "50000": ["0"]})[0][0] == "0"


def test_codes_come_from_addresses_and_stay() -> None:
    text = HEAD.replace("<x>", "<http://v.example/s>")
    for tail in ("A/Ä b", "b/Ä-B"):
        text += f'<http://v.example/{tail.replace(" ", "%20")}> a skos:Concept ; skos:prefLabel "a"@en .\n'
    first = through(text)[0].scheme
    assert sorted(first.concepts) == ["x/a-20b", "x/a-b"]
    again = skos_reading.scheme_in(reading.read(text.encode()), "x", existing=first).scheme
    assert isinstance(again, SchemeState)
    assert again.concepts.keys() == first.concepts.keys()
