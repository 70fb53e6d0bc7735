"""Links that will probably not open for readers, told from their address alone: nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

_MARKDOWN: Final = re.compile(r"\]\([ \t]{0,9}<?([^\s<>\[\]]{1,2000})")
_BARE: Final = re.compile(r"(?<![\w(/])(?:https?:|file:|www\.)[^\s<>\])]*", re.IGNORECASE)
_SENTENCE_END: Final = ".,;:!?…»”\"'*_"
_JUNK: Final = re.compile(r"[)\]>},;…]$|\.{2,}|[<>{}|\\^`\"]|%(?![0-9a-fA-F]{2})")
_INNER: Final = tuple(
    f".{name}"
    for name in ("local", "localhost", "internal", "intranet", "intra", "lan", "home", "corp", "test", "invalid")
)
_EXAMPLES: Final = re.compile(r"(?:^|\.)example(?:\.\w+)?$|(?:^|\.)(?:domain|yoursite|dinside)\.(?:com|org)$")
_LABEL: Final = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
# Without youtu.be and aka.ms, whose addresses last.
SHORTENERS: Final = frozenset(
    {
        "bit.ly",
        "buff.ly",
        "cutt.ly",
        "fb.me",
        "goo.gl",
        "is.gd",
        "kortlink.dk",
        "lnkd.in",
        "ow.ly",
        "rb.gy",
        "rebrand.ly",
    }
    | {"shorturl.at", "t.co", "t.ly", "tiny.cc", "tinyurl.com", "urly.fi", "v.gd", "wp.me"}
)


def links_in(text: str) -> Iterator[str]:
    """Yield the addresses of the links in a Markdown text."""
    marked = [(found.span(1), _until_closed(found[1])) for found in _MARKDOWN.finditer(text)]
    for (_start, _end), link in marked:
        if link and not link.startswith("#"):
            yield link
    for found in _BARE.finditer(text):
        if not any(start <= found.start() < end for (start, end), _link in marked):
            yield found[0].rstrip(_SENTENCE_END)


def _until_closed(rest: str) -> str:
    """Return a link up to the bracket that closes it; brackets of its own may come in pairs."""
    depth = 0
    for place, character in enumerate(rest):
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return rest[:place]
    return rest


def broken(link: str) -> bool:
    """Return whether a link looks dead: malformed, a place inside some house, an example, or with words left on it."""
    if link.lower().startswith("mailto:"):
        return False
    address = f"https://{link}" if link.lower().startswith("www.") else link
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".").lower()
        _port = parts.port
    except ValueError:
        return True
    if parts.scheme.lower() not in ("http", "https") or not host or any(c.isspace() for c in link):
        return True
    path = address.split("://", 1)[1]
    return _is_nowhere(host) or "://" in path.split("?")[0][:12] or bool(_JUNK.search(_balanced(path)))


def shortened(link: str) -> bool:
    """Return whether a link hides where it leads behind a shortener."""
    try:
        host = urlsplit(link if "://" in link else f"https://{link}").hostname or ""
    except ValueError:
        return False
    return host.lower().removeprefix("www.") in SHORTENERS


def _balanced(path: str) -> str:
    """Return a path without brackets that belong together, as in addresses of Wikipedia."""
    return re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", path)


def _is_nowhere(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        pass
    labels = host.split(".")
    whole = len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()
    return not whole or len(labels[-1]) < 2 or host.endswith(_INNER) or bool(_EXAMPLES.search(host))
