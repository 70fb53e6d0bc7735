"""Markdown to HTML that is safe to show. The source is what is stored; this runs on output."""

from __future__ import annotations

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


@lru_cache(maxsize=512)
def to_text(source: str) -> str:
    """Return Markdown as running text, one paragraph or list item a line, without its marks."""
    tokens = _MARKDOWN.parse(source)
    blocks = (token.children or () for token in tokens if token.type == "inline")
    lines = ("".join(_WORDS.get(child.type, child.content) for child in block) for block in blocks)
    return "\n".join(lines)


def tokens(source: str) -> list[Token]:
    """Return Markdown as the parser reads it, for what is made of it that is no HTML."""
    return _MARKDOWN.parse(source)


def _demote_headings(source: str) -> str:
    """Return the source with its headings below those of the page."""
    lines = source.splitlines()
    return "\n".join("#" * (_FIRST_HEADING - 1) + line if line.startswith("#") else line for line in lines)
