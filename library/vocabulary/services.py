"""The vocabularies that the library ships: SKOS Turtle in and out of the database.

Stricter than files of others (``import_work_services``): each concept has a label in all seven languages.

Addresses in a file are relative (``<agencies/police>``), so that one file serves every installation; a published file
carries the installation's own address. Format: SKOS Reference, W3C Recommendation 18 August 2009. rdflib is imported
where it is used: it is slow to load and only commands need it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.errors import InvalidVocabulary
from library.languages import LANGUAGES
from library.models import (
    Concept,
    ConceptLabel,
    ConceptNote,
    ConceptRelation,
    ConceptScheme,
    LabelKind,
    RelationKind,
)
from library.vocabulary import skos, state_queries, terms
from library.vocabulary.reading import BASE

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

SCHEMES: Final = (
    "agencies",
    "themes",
    "target-groups",
    "prevention-levels",
    "settings",
    "method-types",
    "kinds",
    "evidence-stages",
    "outcomes",
    "countries",
    "thesaurus",
)


def read_turtle(path: Path) -> Graph:
    """Parse a Turtle file whose addresses are relative.

    :raises InvalidVocabulary: if it is not Turtle.
    """
    from rdflib import Graph

    try:
        return Graph().parse(path, format="turtle", publicID=BASE)
    except Exception as error:  # rdflib raises a handful of unrelated types on bad syntax
        raise InvalidVocabulary(f"{path.name} is not Turtle: {error}") from error


def is_loaded(session: Session) -> bool:
    """Return whether the database holds any vocabulary."""
    return session.scalar(select(ConceptScheme.code).limit(1)) is not None


def load_folder(session: Session, folder: Path, *, progress: Callable[[], None] = lambda: None) -> None:
    """Load every vocabulary of a folder, one Turtle file a scheme.

    All concepts are stored before any relation, for relations may cross schemes.

    :param progress: called after each file.
    :raises InvalidVocabulary: if a file is missing or breaks a rule.
    """
    graphs = []
    for code in SCHEMES:
        path = folder / f"{code}.ttl"
        if not path.is_file():
            raise InvalidVocabulary(f"{path.name} is missing")
        graphs.append((code, read_turtle(path)))
        progress()
    load_graphs(session, graphs)


def load_graphs(session: Session, graphs: Iterable[tuple[str, Graph]]) -> None:
    """Store schemes with their concepts.

    :param graphs: scheme code and graph; a scheme must not be in the database yet.
    :raises InvalidVocabulary: if a concept lacks a label, or a relation leads nowhere.
    """
    graphs = list(graphs)
    for code, graph in graphs:
        session.add(_scheme(code, graph))
    session.flush()
    for _code, graph in graphs:
        session.add_all(_relations(session, graph))
    session.flush()


def write_turtle(session: Session, code: str) -> Graph:
    """Return one vocabulary as a graph with addresses below ``BASE``.

    :raises InvalidVocabulary: if there is no such scheme.
    """
    from rdflib import Graph

    return Graph().parse(data=turtle(session, code), format="turtle", publicID=BASE)


def turtle(session: Session, code: str) -> str:
    """Return one vocabulary as Turtle with relative addresses, as it came in.

    :raises InvalidVocabulary: if there is no such scheme.
    """
    scheme = state_queries.scheme_state(session, code)
    if scheme is None:
        raise InvalidVocabulary(f"there is no vocabulary {code}")
    return "".join(terms.turtle(skos.statements(scheme, state_queries.addresses(session)), BASE))


def _scheme(code: str, graph: Graph) -> ConceptScheme:
    from rdflib import URIRef
    from rdflib.namespace import RDF, SKOS

    names = dict(_words(graph, URIRef(BASE + code), SKOS.prefLabel))
    if not names:
        raise InvalidVocabulary(f"{code}: the scheme has no name")
    notes = dict(_words(graph, URIRef(BASE + code), SKOS.scopeNote))
    scheme = ConceptScheme(code=code, labels=dict(sorted(names.items())), notes=notes)
    subjects = list(graph.subjects(RDF.type, SKOS.Concept))
    scheme.concepts = [_concept(code, graph, subject, n) for n, subject in enumerate(subjects)]
    return scheme


def _concept(scheme: str, graph: Graph, subject: Node, position: int) -> Concept:
    from rdflib.namespace import SKOS

    identifier = str(subject).removeprefix(BASE)
    code = identifier.removeprefix(scheme + "/")
    if identifier != f"{scheme}/{code}" or "/" in code:
        raise InvalidVocabulary(f"{scheme}: {identifier} is not an address of this scheme")
    if [str(notation) for notation in graph.objects(subject, SKOS.notation)] != [code]:
        raise InvalidVocabulary(f"{identifier}: the notation differs from the address")
    preferred = _words(graph, subject, SKOS.prefLabel)
    if sorted(language for language, _ in preferred) != sorted(LANGUAGES):
        raise InvalidVocabulary(f"{identifier}: needs one preferred label in each language")
    concept = Concept(id=identifier, code=code, position=position)
    labels = [(LabelKind.PREFERRED, *pair) for pair in preferred]
    labels += [(LabelKind.ALTERNATIVE, *pair) for pair in _words(graph, subject, SKOS.altLabel)]
    concept.labels = [
        ConceptLabel(kind=kind, language=language, text=text, position=n)
        for n, (kind, language, text) in enumerate(labels)
    ]
    concept.notes = [
        ConceptNote(language=language, text=text) for language, text in _words(graph, subject, SKOS.scopeNote)
    ]
    return concept


def _words(graph: Graph, subject: Node, predicate: Node) -> list[tuple[str, str]]:
    """Return (language, words) of a property, in the order of the file."""
    found = [(getattr(word, "language", None) or "", str(word).strip()) for word in graph.objects(subject, predicate)]
    unknown = {language for language, _ in found} - set(LANGUAGES)
    if unknown or not all(words for _, words in found):
        raise InvalidVocabulary(f"{subject}: a label without words, or in a language not of the library")
    return found


def _relations(session: Session, graph: Graph) -> Iterable[ConceptRelation]:
    from rdflib.namespace import SKOS

    known = set(session.scalars(select(Concept.id)))
    for kind in RelationKind:
        for source, target in graph.subject_objects(SKOS[kind]):
            pair = str(source).removeprefix(BASE), str(target).removeprefix(BASE)
            for identifier in pair:
                if identifier not in known:
                    raise InvalidVocabulary(f"{pair[0]}: {kind} leads to {identifier}, which does not exist")
            yield ConceptRelation(source_id=pair[0], kind=kind, target_id=pair[1])
