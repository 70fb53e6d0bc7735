"""Turtle as statements. Reads the bytes it is handed and nothing else: no address in a file is ever fetched.

The grammar is rdflib's; what it finds is kept as strings here (``terms``), because rdflib's own terms rewrite dates and
numbers. rdflib is imported where it is used: it is slow to load, and only imports need it.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

from library.errors import InvalidVocabulary
from library.vocabulary.terms import XSD, Triple, iri, is_address, is_language, literal

if TYPE_CHECKING:
    from rdflib.plugins.parsers.notation3 import SinkParser

BASE: Final = "https://library.invalid/vocabularies/"  # RFC 2606: never resolves; relative addresses need some base
MOST_BYTES: Final = 20_000_000
MOST_STATEMENTS: Final = 600_000


class Broken(InvalidVocabulary):
    """A file is not Turtle.

    :param line: where, counted from one; 0 for the whole file.
    :param reason: why, as the grammar says it.
    """

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.line = line
        self.reason = reason


@dataclass(slots=True)
class Statements:
    """What a file says, each statement once, in its order.

    :param lines: for each statement the line on which it ends.
    """

    triples: list[Triple] = field(default_factory=list)
    lines: array[int] = field(default_factory=lambda: array("L"))


def read(content: bytes) -> Statements:
    """Return what a Turtle file says.

    :raises Broken: if it is not Turtle, or too large.
    """
    if len(content) > MOST_BYTES:
        raise Broken(0, f"the file is larger than {MOST_BYTES // 1_000_000} MB")
    text = _decoded(content)
    from rdflib.plugins.parsers.notation3 import BadSyntax, SinkParser

    sink = _Sink()
    parser = SinkParser(cast("Any", sink), baseURI=BASE, turtle=True)
    sink.parser = parser
    try:
        parser.startDoc()
        parser.feed(text)
    except BadSyntax as error:
        raise Broken(error.lines + 1, str(error._why)) from error
    except RecursionError as error:
        raise Broken(parser.lines + 1, "brackets are nested too deeply") from error
    except Broken:
        raise
    except Exception as error:  # rdflib raises a handful of unrelated types on bad syntax
        raise Broken(parser.lines + 1, "this is not Turtle") from error
    return sink.statements


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Broken(line, "the file is not UTF-8, as Turtle has to be") from error
    if "\0" in text:
        raise Broken(text.count("\n", 0, text.index("\0")) + 1, "the file holds NUL characters")
    return text


class _Sink:
    """What rdflib's grammar hands its findings to: it makes strings of them instead of rdflib's terms.

    The method names are rdflib's.
    """

    parser: SinkParser

    def __init__(self) -> None:
        self.statements = Statements()
        self._seen: set[Triple] = set()
        self._nodes = 0

    def newSymbol(self, address: str) -> str:  # noqa: N802
        if not is_address(address) or _has_surrogate(address):
            raise Broken(self.parser.lines + 1, f"<{address[:100]}> is not an address")
        return _Address(address)

    def newBlankNode(self, *_of: Any, **_why: Any) -> str:  # noqa: N802
        self._nodes += 1
        return _Term(f"_:b{self._nodes}")

    def newLiteral(self, text: str, datatype: str | None = None, language: str | None = None) -> str:  # noqa: N802
        if "\0" in text or _has_surrogate(text):
            raise Broken(self.parser.lines + 1, "words hold characters that are none")
        if language and not is_language(language):
            raise Broken(self.parser.lines + 1, f"@{language[:40]} is not a language")
        return _Term(literal(text, language or "", datatype or ""))

    def newList(self, members: list[Any], formula: Any) -> str:  # noqa: N802
        first, rest, nil = (self.newSymbol(_RDF + name) for name in ("first", "rest", "nil"))
        head: str = nil
        for member in reversed(members):
            node = self.newBlankNode()
            self.makeStatement((formula, first, node, member))
            self.makeStatement((formula, rest, node, head))
            head = node
        return head

    def makeStatement(self, found: tuple[Any, Any, Any, Any], why: Any = None) -> None:  # noqa: ARG002, N802
        _formula, predicate, subject, value = found
        triple = (_term(subject), _term(predicate), _term(value))
        if triple in self._seen:
            return
        if triple[0].startswith('"') or not triple[1].startswith("<"):
            raise Broken(self.parser.lines + 1, "words cannot be the subject of a statement")
        if len(self.statements.triples) >= MOST_STATEMENTS:
            raise Broken(self.parser.lines + 1, f"the file says more than {MOST_STATEMENTS:,} things")
        self._seen.add(triple)
        self.statements.triples.append(triple)
        self.statements.lines.append(self.parser.lines + 1)

    def newFormula(self) -> Any:  # noqa: N802
        raise Broken(self.parser.lines + 1, "braces are not Turtle")

    def newSet(self, *_members: Any) -> Any:  # noqa: N802
        raise Broken(self.parser.lines + 1, "sets are not Turtle")

    def newGraph(self, _address: str) -> None:  # noqa: N802
        return

    def intern(self, something: Any) -> Any:
        return something

    def setDefaultNamespace(self, *_address: Any) -> None:  # noqa: N802
        return

    def bind(self, _prefix: str, _address: Any) -> None:
        return

    def startDoc(self, _formula: Any) -> None:  # noqa: N802
        return

    def endDoc(self, _formula: Any) -> None:  # noqa: N802
        return


_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


class _Address(str):
    """An address without its brackets, for the grammar puts prefix and name together itself."""

    __slots__ = ()


class _Term(str):
    """Words or a blank node as N-Triples writes them."""

    __slots__ = ()


def _term(found: Any) -> str:
    """Return what the grammar found as a term: most are made by the sink, bare numbers are not."""
    if isinstance(found, _Term):
        return str.__str__(found)
    if isinstance(found, _Address):
        return iri(found)
    if isinstance(found, tuple):  # the grammar's own words, such as "a"
        return iri(str(found[1]))
    if isinstance(found, bool):
        return literal(str(found).lower(), datatype=XSD + "boolean")
    kind = {"int": "integer", "Decimal": "decimal", "sfloat": "double"}.get(type(found).__name__, "string")
    return literal(str(found), datatype=XSD + kind)


def _has_surrogate(text: str) -> bool:
    r"""Return whether a text holds half a character, as ``\\uD800`` makes one, which no file can hold."""
    return any("\ud800" <= character <= "\udfff" for character in text)
