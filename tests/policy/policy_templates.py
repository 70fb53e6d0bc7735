"""Templates as the policy tests read them: as Jinja2 syntax, and as the markup that is left without it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from jinja2 import Environment, nodes
from policy_files import TEMPLATES, files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
SPOKEN = {"title", "alt", "placeholder", "aria-label", "aria-description", "aria-roledescription", "data-done", "label"}
SPOKEN_NAMES = {"heading", "label", "title", "text", "lead", "message"}
LETTER = re.compile(r"[^\W\d_]")
MARK = re.compile("\ue000(\\d+)\ue001")  # stands where an expression stood


class Markup(HTMLParser):
    """What a template writes itself: texts and attributes, each with its line."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[tuple[int, str]] = []
        self.attributes: list[tuple[int, str, str, str]] = []
        self.elements: list[tuple[int, str]] = []
        self.expressions: list[str] = []
        self.feed("".join(self._without_jinja(path.read_text(encoding="utf-8"))))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        self.elements.append((line, tag))
        self.attributes += [(line, tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.texts.append((self.getpos()[0], data))

    def _without_jinja(self, source: str) -> Iterator[str]:
        """Yield the markup; a mark for each expression; for all else line ends, so that lines keep their numbers."""
        translated, before, expression = False, "", ""
        for _line, token, value in ENVIRONMENT.lex(source):
            if before == "block_begin" and token == "name":
                translated = value == "trans" or (translated and value != "endtrans")
            if token == "variable_begin":
                expression = ""
            elif token == "variable_end" and not translated:
                self.expressions.append(expression)
                yield f"\ue000{len(self.expressions) - 1}\ue001"
            else:
                expression += value
            yield value if token == "data" and not translated else "\n" * value.count("\n")
            before = token if token != "whitespace" else before


def templates() -> tuple[Path, ...]:
    return files(".html", under="templates")


def key(path: Path) -> str:
    """Return the name by which views and templates ask for a template."""
    return path.relative_to(TEMPLATES).as_posix()


def syntax(path: Path) -> nodes.Template:
    return ENVIRONMENT.parse(path.read_text(encoding="utf-8"))


def untranslated(path: Path) -> Iterator[str]:
    """Yield each place where words would reach a reader as they stand in the template."""
    markup = Markup(path)
    seen = [*markup.texts, *((line, value) for line, _tag, name, value in markup.attributes if name in SPOKEN)]
    for line, text in seen:
        parts = [MARK.sub("", text), *_literals_of(markup.expressions[int(n)] for n in MARK.findall(text))]
        yield from (f"{key(path)}:{line}: {part.strip()!r}" for part in parts if LETTER.search(part))
    for node in syntax(path).find_all((nodes.Assign, nodes.Keyword)):
        named, value = (node.key, node.value) if isinstance(node, nodes.Keyword) else (_target(node), node.node)
        if named in SPOKEN_NAMES:
            yield from (f"{key(path)}:{node.lineno}: {text!r}" for text in _literals(value) if LETTER.search(text))


def _target(node: nodes.Assign) -> str:
    return getattr(node.target, "name", "")


def _literals_of(expressions: Iterator[str]) -> Iterator[str]:
    for expression in expressions:
        for output in ENVIRONMENT.parse("{{ " + expression.strip("+-") + " }}").find_all(nodes.Output):
            for value in output.nodes:
                yield from _literals(value)


def _literals(value: nodes.Node) -> Iterator[str]:
    """Yield the string constants that an expression may come to."""
    match value:
        case nodes.Const(value=str(text)):
            yield text
        case nodes.CondExpr():
            yield from _literals(value.expr1)
            if value.expr2 is not None:
                yield from _literals(value.expr2)
        case nodes.BinExpr():
            yield from _literals(value.left)
            yield from _literals(value.right)
        case nodes.Concat():
            for part in value.nodes:
                yield from _literals(part)
        case nodes.Filter() if value.node is not None:
            yield from _literals(value.node)
