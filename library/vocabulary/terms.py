"""Statements of RDF as plain strings, each term as N-Triples writes it. Pure; needs no RDF library.

So written, two terms are the same exactly if their strings are, down to the lexical form of a date, and a statement can
be stored, compared and put out again without a change. Format: RDF 1.1 N-Triples and Turtle, W3C, 25 February 2014.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

Triple = tuple[str, str, str]

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
DCTERMS: Final = "http://purl.org/dc/terms/"
PREFIXES: Final[dict[str, str]] = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": DCTERMS,
    "foaf": "http://xmlns.com/foaf/0.1/",
    "isothes": "http://purl.org/iso25964/skos-thes#",
    "owl": OWL,
    "rdf": RDF,
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": SKOS,
    "skosxl": "http://www.w3.org/2008/05/skos-xl#",
    "xsd": XSD,
}
TYPE: Final = f"<{RDF}type>"
TRUE: Final = f'"true"^^<{XSD}boolean>'

_ADDRESS: Final = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|\\^`]*')
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_LITERAL: Final = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?', re.DOTALL)
_LINE: Final = re.compile(r"(\S+) (\S+) (.+) \.", re.DOTALL)
_ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})
_ESCAPED: Final = re.compile(r'\\([\\"nr])')
_PLAIN: Final = {"\\": "\\", '"': '"', "n": "\n", "r": "\r"}
_LOCAL: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def is_address(text: str) -> bool:
    """Return whether a text is an absolute IRI that may stand in a file."""
    return _ADDRESS.fullmatch(text) is not None


def is_language(tag: str) -> bool:
    """Return whether a text has the form of a language tag (BCP 47)."""
    return _LANGUAGE.fullmatch(tag) is not None


def skos(name: str) -> str:
    """Return a property or class of SKOS."""
    return f"<{SKOS}{name}>"


def iri(address: str) -> str:
    """Return an address as a term."""
    return f"<{address}>"


def literal(text: str, language: str = "", datatype: str = "") -> str:
    """Return words as a term.

    :param datatype: its address; that of plain words is written out where the file did, though it adds nothing.
    """
    words = f'"{text.translate(_ESCAPES)}"'
    if language:
        return f"{words}@{language}"
    return f"{words}^^<{datatype}>" if datatype else words


def address_of(term: str) -> str:
    """Return the address that a term is; nothing for words and for blank nodes."""
    return term[1:-1] if term.startswith("<") else ""


def words_of(term: str) -> tuple[str, str, str]:
    """Return the text, the language and the datatype of a literal; nothing in them for what is none."""
    if term.startswith('"') and (found := _LITERAL.fullmatch(term)):
        return _ESCAPED.sub(lambda mark: _PLAIN[mark[1]], found[1]), found[2] or "", found[3] or ""
    return "", "", ""


def write_lines(triples: Iterable[Triple]) -> str:
    """Return statements as N-Triples."""
    return "".join(f"{subject} {predicate} {value} .\n" for subject, predicate, value in triples)


def read_lines(text: str | None) -> list[Triple]:
    """Return the statements of N-Triples that ``write_lines`` wrote."""
    # Not splitlines, which would also cut at the other line breaks of Unicode that words may hold.
    found = (_LINE.fullmatch(line) for line in (text or "").split("\n"))
    return [(one[1], one[2], one[3]) for one in found if one]


# --- Turtle ------------------------------------------------------------------------------------------------------


def turtle(triples: Iterable[Triple], base: str = "") -> Iterator[str]:
    """Yield statements as Turtle, one piece a subject, subjects in the order of their first mention.

    :param base: addresses below it are written relative to it, and no ``@base`` is named.
    """
    subjects: dict[str, dict[str, list[str]]] = {}
    used: set[str] = set()
    shorten = _Short(base, used)
    for subject, predicate, value in triples:
        subjects.setdefault(shorten(subject), {}).setdefault(shorten(predicate), []).append(shorten(value))
    yield "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in sorted(used))
    for subject, said in subjects.items():
        # The type first, as readers of Turtle are used to.
        lines = sorted(said.items(), key=lambda pair: pair[0] != "rdf:type")
        parts = (
            f"{'a' if predicate == 'rdf:type' else predicate} {', '.join(dict.fromkeys(values))}"
            for predicate, values in lines
        )
        yield f"\n{subject} " + " ;\n    ".join(parts) + " .\n"


class _Short:
    """Shortens terms as Turtle allows, and remembers each, for a file repeats most of them."""

    def __init__(self, base: str, used: set[str]) -> None:
        self._base, self._used = base, used
        self._known: dict[str, str] = {}

    def __call__(self, term: str) -> str:
        if term.startswith('"'):
            head, mark, datatype = term.rpartition("^^")
            return f"{head}^^{self(datatype)}" if mark and datatype.endswith(">") and head.endswith('"') else term
        if term not in self._known:
            self._known[term] = self._shortened(term)
        return self._known[term]

    def _shortened(self, term: str) -> str:
        address = address_of(term)
        for name, namespace in PREFIXES.items():
            if address.startswith(namespace) and _LOCAL.fullmatch(address, len(namespace)):
                self._used.add(name)
                return f"{name}:{address[len(namespace) :]}"
        if self._base and address.startswith(self._base):
            return f"<{address[len(self._base) :]}>"
        return term


# --- JSON-LD -----------------------------------------------------------------------------------------------------


def json_text(triples: Iterable[Triple]) -> str:
    """Return statements as the text of a JSON-LD file."""
    return json.dumps(json_ld(triples), ensure_ascii=False, separators=(",", ":"))


def json_ld(triples: Iterable[Triple]) -> dict[str, Any]:
    """Return statements as JSON-LD 1.1, with the prefixes written out in it, so that no reader has to fetch them."""
    subjects: dict[str, dict[str, Any]] = {}
    used: set[str] = set()
    shorten = _Short("", used)

    def name(term: str) -> str:
        short = shorten(term)
        return short[1:-1] if short.startswith("<") else short

    for subject, predicate, value in triples:
        node = subjects.setdefault(subject, {"@id": name(subject)})
        if predicate == TYPE and not value.startswith('"'):
            node.setdefault("@type", []).append(name(value))
        else:
            node.setdefault(name(predicate), []).append(_json_value(value, name))
    context = {prefix: PREFIXES[prefix] for prefix in sorted(used)}
    return {"@context": context, "@graph": list(subjects.values())}


def _json_value(term: str, name: Any) -> Mapping[str, str]:
    if not term.startswith('"'):
        return {"@id": name(term)}
    text, language, datatype = words_of(term)
    said = {"@value": text}
    if language:
        said["@language"] = language
    elif datatype:
        said["@type"] = name(iri(datatype))
    return said
