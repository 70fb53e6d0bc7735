"""Markdown to HTML that is safe to show. The source is what is stored; this runs on output."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
_TAGS: Final = frozenset(
    {"p", "ul", "ol", "li", "strong", "em", "a", "blockquote", "code", "br", "table", "thead", "tbody", "tr"}
    | {"th", "td", "h3", "h4"}
)
_WORDS: Final = {"softbreak": " ", "hardbreak": " "}  # tokens that stand for words without holding any
# What in one piece of a text may change others: a fence that nothing closes, where a link leads; and what is no text.
_REACHES_FAR: Final = ("```", "~~~", "]:", "\r", "\0")
# A blank line ends whatever is open, unless the next is indented, as a further paragraph of a list item is.
_BETWEEN_PIECES: Final = re.compile(r"\n[ \t]*\n(?=\S)")
_MARKS: Final = "\\`*_[<&|"  # amid a line
_OPENS_BLOCK: Final = re.compile(r"[\s>#=+-]|[0-9]+[.)]")  # at the beginning of a line
_FIRST_HEADING: Final = 3  # sections of a page are headed h2


@lru_cache(maxsize=4096)
def to_html(source: str) -> Markup:
    """Return Markdown as HTML from which everything but plain structure is removed.

    HTML in the source is shown as text. Links get ``rel="noopener noreferrer"`` and lead to http, https or mailto only.
    """
    html = _MARKDOWN.render(_demote_headings(source))
    clean = nh3.clean(
        html,
        tags=set(_TAGS),
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
    )
    return Markup(clean)  # noqa: S704 - cleaned one line above


def to_text(source: str) -> str:
    """Return Markdown as running text, one paragraph or list item a line, without its marks.

    Most paragraphs and lists have no marks and need no parser: a page of search results quotes from twenty whole texts.
    """
    if any(sign in source for sign in _REACHES_FAR):
        return "\n".join(_lines(source))
    pieces = (piece.strip("\n") for piece in _BETWEEN_PIECES.split(source))
    return "\n".join(line for piece in pieces if piece for line in _plain(piece) or _lines(piece))


def _plain(piece: str) -> Sequence[str]:
    """Return the words of one paragraph, or of a list's items, where no sign can mean more; else nothing."""
    lines = piece.split("\n")
    if listed := all(line.startswith("- ") for line in lines):
        lines = [line[2:] for line in lines]
    if any(mark in piece for mark in _MARKS) or any(map(_may_be_more, lines)):
        return ()
    return lines if listed else (" ".join(lines),)


def _may_be_more(line: str) -> bool:
    return not line or line[-1].isspace() or _OPENS_BLOCK.match(line) is not None


@lru_cache(maxsize=512)
def _lines(source: str) -> tuple[str, ...]:
    """Return the words of each paragraph and list item, as the parser finds them."""
    blocks = (token.children or () for token in _MARKDOWN.parse(source) if token.type == "inline")
    return tuple("".join(_WORDS.get(child.type, child.content) for child in block) for block in blocks)


def tokens(source: str) -> list[Token]:
    """Return Markdown as the parser reads it, for what is made of it that is no HTML."""
    return _MARKDOWN.parse(source)


def _demote_headings(source: str) -> str:
    """Return the source with its headings below those of the page."""
    lines = source.splitlines()
    return "\n".join("#" * (_FIRST_HEADING - 1) + line if line.startswith("#") else line for line in lines)
