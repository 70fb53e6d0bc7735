"""HTML as a tree to ask questions of. Stricter than browsers: whatever opens must be closed, in order."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._builder = TreeBuilder()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice"
        self._builder.start(tag, {name: value if value is not None else "" for name, value in attrs})
        if tag in VOID:
            self._builder.end(tag)
        else:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        expected = self._open.pop() if self._open else "nothing"
        assert expected == tag, f"</{tag}> closes <{expected}>"
        self._builder.end(tag)

    def handle_data(self, data: str) -> None:
        if self._open:
            self._builder.data(data)

    def tree(self) -> Element:
        assert not self._open, f"left open: {self._open}"
        return self._builder.close()


def parse(markup: str) -> Element:
    """Return the ``html`` element of a page."""
    parser = _Parser()
    parser.feed(markup)
    parser.close()
    return parser.tree()


def words(element: Element | None) -> str:
    """Return the text of an element as one line."""
    assert element is not None
    return " ".join("".join(element.itertext()).split())


def with_class(root: Element, name: str) -> Iterator[Element]:
    """Yield the elements that carry a class."""
    return (element for element in root.iter() if name in element.get("class", "").split())
