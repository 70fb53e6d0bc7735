"""Markdown in, plain and harmless HTML out."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.prose import to_html, to_text, tokens

ALLOWED = {"p", "ul", "ol", "li", "strong", "em", "a", "blockquote", "code", "br", "table", "thead", "tbody"} | {
    "tr",
    "th",
    "td",
    "h3",
    "h4",
}
PIECES = st.sampled_from(
    [
        "<script>",
        "</script>",
        "<img src=x onerror=alert(1)>",
        "[a](",
        "javascript:alert(1)",
        ")",
        "![",
        "](",
        "<svg/onload=",
        "`",
        "```\n",
        "# ",
        "\n",
        "\n\n",
        "- ",
        "> ",
        "| a | b |\n|---|---|\n",
        "&lt;",
        "&#106;",
        "<a href='",
        "'>",
        "<!--",
        "-->",
        "https://example.org/",
        "data:text/html,",
        "mailto:a@b.se",
        "<javascript:x>",
        "**",
        "*",
        "\\",
        "style=x",
        "\t",
        "<p onclick=x>",
    ]
)
SOURCES = st.one_of(st.text(max_size=80), st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=12).map("".join))


class Inspector(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, tag
        for name, value in attrs:
            assert (tag, name) in {("a", "href"), ("a", "rel")}, (tag, name)
            if name == "href":
                assert (value or "").startswith(("http:", "https:", "mailto:")), value


def inspect(html: str) -> None:
    inspector = Inspector(convert_charrefs=True)
    inspector.feed(html)
    inspector.close()


@settings(max_examples=600, deadline=None)
@given(source=SOURCES)
def test_nothing_that_is_written_becomes_a_script_a_handler_or_a_picture(source: str) -> None:
    inspect(to_html(source))


@settings(max_examples=300, deadline=None)
@given(source=SOURCES)
def test_running_text_never_fails(source: str) -> None:
    assert isinstance(to_text(source), str)


WHITE = [
    "\t",
    "\r\n",
    "\r",
    "\0",
    "\x0b",
    "\x1c",
    "\x85",
    "\u2028",
    "\xa0",
    "\ufeff",
    "  ",
    " \n",
    "    ",
    "\n \n",
    "\n\n\n",
]
OPENING = [
    "- ",
    "* ",
    "+ ",
    "-",
    "1. ",
    "12)",
    "1.",
    "> ",
    "# ",
    "#",
    "===",
    "---",
    "***",
    "```",
    "~~~",
    "[a]: /b",
    "|-|",
    ":-",
]
AMID = [
    "*",
    "**",
    "_",
    "`",
    "&amp;",
    "&",
    "\\",
    "<b>",
    "<http://a.b>",
    "[a]",
    "[a](b)",
    "![a](b)",
    "a | b",
    "!",
    "]",
    "~",
]
MARKDOWN = st.lists(st.sampled_from([*WHITE, *OPENING, *AMID, "\n", "\n\n", "a", "two words", "å"]), max_size=24).map(
    "".join
)


@settings(max_examples=1500, deadline=None)
@given(source=st.one_of(MARKDOWN, SOURCES))
def test_running_text_is_what_the_parser_reads_though_most_of_it_is_not_parsed(source: str) -> None:
    blocks = (token.children or () for token in tokens(source) if token.type == "inline")
    breaks = {"softbreak": " ", "hardbreak": " "}
    parsed = ("".join(breaks.get(child.type, child.content) for child in block) for block in blocks)
    assert to_text(source) == "\n".join(parsed)


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("One **bold** word", "<p>One <strong>bold</strong> word</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        (
            "[a](https://example.org/)",
            '<p><a href="https://example.org/" rel="noopener noreferrer">a</a></p>',
        ),
        ("# Heading", "<h3>Heading</h3>"),
        ("## Heading", "<h4>Heading</h4>"),
    ],
)
def test_markdown_becomes_plain_structure(source: str, html: str) -> None:
    assert to_html(source).strip() == html


@pytest.mark.parametrize(
    "scheme", ["javascript", "JaVaScRiPt", "data", "vbscript", "file", "java\tscript", " javascript"]
)
def test_a_link_that_is_no_web_address_leads_nowhere(scheme: str) -> None:
    assert "href" not in to_html(f"[a](<{scheme}:alert(1)>)")


def test_running_text_keeps_the_words_and_drops_the_marks() -> None:
    assert to_text("One **bold**\nword\n\n- first\n- *second*") == "One bold word\nfirst\nsecond"
