"""Reading XML of strangers as a stream: no entity is ever expanded, nothing is fetched, no tree is built."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final
from xml.parsers import expat

from library.attachments.reasons import Reason, Refused

MAX_TOKEN: Final = 2_000_000  # bytes of one tag or comment, which the parser must hold
MAX_DEPTH: Final = 500
_SEPARATOR: Final = "}"

Element = Callable[[str, Mapping[str, str]], None]
Text = Callable[[str, str], None]


def read(chunks: Iterable[bytes], element: Element, text: Text | None = None, *, doctype: bool = False) -> None:
    """Hand every element, by local name, and every piece of text to somebody who looks at them.

    :param element: takes the local name of an element and its attributes by local name.
    :param text: takes the local name of the element that is open and a piece of its text.
    :param doctype: whether a document type is let pass; one that declares something never is.
    :raises Refused: for entities (``BOMB``), and for what is no XML (``UNREADABLE``).
    """
    for _step in stepwise(chunks, element, text, doctype=doctype):
        pass


def stepwise(
    chunks: Iterable[bytes], element: Element, text: Text | None = None, *, doctype: bool = False
) -> Iterator[None]:
    """Read like ``read``, and stop after every chunk, for whoever takes what was found before going on."""
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.buffer_text = True
    path: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        path.append(_local(name))
        if len(path) > MAX_DEPTH:
            raise Refused(Reason.BOMB)
        element(path[-1], {_local(key): value for key, value in attributes.items()})

    def end(_name: str) -> None:
        path.pop()

    def declare(_name: str, _system: str | None, _public: str | None, inside: int) -> None:
        if inside or not doctype:
            raise Refused(Reason.BOMB)

    def refuse(*_anything: object) -> int:
        raise Refused(Reason.BOMB)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = declare
    parser.EntityDeclHandler = parser.ExternalEntityRefHandler = refuse
    if text is not None:
        parser.CharacterDataHandler = lambda piece: text(path[-1] if path else "", piece)
    fed = 0
    try:
        for chunk in chunks:
            fed += len(chunk)
            parser.Parse(chunk, False)
            if fed - parser.CurrentByteIndex > MAX_TOKEN:
                raise Refused(Reason.BOMB)
            yield
        parser.Parse(b"", True)
        yield
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Refused(Reason.UNREADABLE) from error


def _local(name: str) -> str:
    return name.rpartition(_SEPARATOR)[2].rpartition(":")[2]
