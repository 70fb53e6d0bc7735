"""Templates as the policy tests read them: as Jinja2 syntax, and as the markup that is left without it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from jinja2 import Environment, nodes
from policy_files import TEMPLATES, files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
SPOKEN = ("title", "alt", "placeholder", "aria-label", "aria-description", "aria-roledescription", "data-done", "label")
LETTER = re.compile(r"[^\W\d_]")


@dataclass(slots=True)
class Markup(HTMLParser):
    """What a template writes itself: texts and attributes, each with its line."""

    texts: list[tuple[int, str]] = field(default_factory=list)
    attributes: list[tuple[int, str, str, str]] = field(default_factory=list)
    elements: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self, convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        self.elements.append((line, tag))
        self.attributes += [(line, tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.texts.append((self.getpos()[0], data))


def templates() -> tuple[Path, ...]:
    return files(".html", under="templates")


def key(path: Path) -> str:
    """Return the name by which views and templates ask for a template."""
    return path.relative_to(TEMPLATES).as_posix()


def syntax(path: Path) -> nodes.Template:
    return ENVIRONMENT.parse(path.read_text(encoding="utf-8"))


def markup(path: Path) -> Markup:
    """Return a template's markup without its Jinja2 and without what stands inside ``{% trans %}``."""
    parser = Markup()
    parser.feed("".join(_left(path.read_text(encoding="utf-8"))))
    parser.close()
    return parser


def _left(source: str) -> Iterator[str]:
    """Yield the markup, and for all else nothing but its line ends, so that lines keep their numbers."""
    translated = False
    previous = kind = ""
    for _line, token, value in ENVIRONMENT.lex(source):
        if token == "name" and previous == "block_begin":
            kind = value
            translated = kind == "trans" or (translated and kind != "endtrans")
        yield value if token == "data" and not translated else "\n" * value.count("\n")
        previous = token if token != "whitespace" else previous


def said_in_code(path: Path) -> Iterator[tuple[int, str]]:
    """Yield every literal that would be written to the page as it stands, without translation."""
    for shown in syntax(path).find_all((nodes.Output, nodes.Assign, nodes.Keyword)):
        if isinstance(shown, nodes.Output):
            values = shown.nodes
        elif isinstance(shown, nodes.Assign):
            values = [shown.node] if getattr(shown.target, "name", "") in SPOKEN_NAMES else []
        else:
            values = [shown.value] if shown.key in SPOKEN_NAMES else []
        for value in values:
            yield from ((value.lineno, text) for text in _literals(value))


SPOKEN_NAMES = {"heading", "label", "title", "text", "lead", "message"}


def _literals(value: nodes.Node) -> Iterator[str]:
    """Yield the string constants that an expression may come to."""
    if isinstance(value, nodes.Const) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, nodes.CondExpr):
        yield from _literals(value.expr1)
        if value.expr2 is not None:
            yield from _literals(value.expr2)
    elif isinstance(value, nodes.BinExpr):
        yield from _literals(value.left)
        yield from _literals(value.right)
    elif isinstance(value, nodes.Concat):
        for part in value.nodes:
            yield from _literals(part)
    elif isinstance(value, nodes.Filter) and value.node is not None:
        yield from _literals(value.node)
