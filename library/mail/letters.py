"""The words of a letter: one template a kind, read once, shown as text and as HTML.

A template hands its words to a ``Letter`` piece by piece, so that both forms say the same and nothing that a person
wrote can become markup or a header. Knows Flask for its settings and templates, and no database.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from flask import current_app, has_request_context, request
from flask_babel import force_locale, gettext
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from library.languages import locale_of
from library.mail.kinds import URGENCY, MailKind, Urgency

MAX_SUBJECT: Final = 150  # characters; more is cut by every program that shows mail
WIDTH: Final = 72  # characters a line
CHOOSABLE: Final = frozenset({Urgency.NEEDED, Urgency.NEWS})
ACCOUNT_PATH: Final = "/account"
_STEERING: Final = ("Cc", "Cs", "Zl", "Zp")  # Unicode categories
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # direction of writing

# Mail has no content security policy, and programs that read it fetch no style sheets.
STYLE: Final = Markup(
    "<style>"
    "body{font:16px/1.5 Arial,Helvetica,sans-serif;margin:0 auto;padding:24px 16px;max-width:560px;"
    "overflow-wrap:anywhere;color-scheme:light dark}"
    "h1{font-size:20px;line-height:1.3}h2{font-size:16px;margin-bottom:4px}"
    "blockquote{margin:0 0 16px;padding:0 0 0 12px;border-left:3px solid #8a97a6;white-space:pre-wrap}"
    ".why{margin-top:32px;font-size:14px;border-top:1px solid #8a97a6;padding-top:12px}"
    "</style>"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a letter: ``say``, ``quote`` (in somebody's own words) or ``link``."""

    kind: str
    words: str
    rest: str = ""


@dataclass(slots=True)
class Letter:
    """What a template fills. Its methods return nothing to print."""

    language: str
    path: str = ""
    subject: str = ""
    reason: str = ""
    pieces: list[Piece] = field(default_factory=list)

    def about(self, words: str) -> str:
        """Set the subject, on one line whatever the words hold."""
        self.subject = one_line(words)
        return ""

    def say(self, words: str) -> str:
        """Add a paragraph; the first says what happened, and is the news of a digest."""
        self.pieces.append(Piece("say", one_line(words, most=2000)))
        return ""

    def quote(self, heading: str, words: str) -> str:
        """Add what somebody wrote, word for word; nothing where they wrote nothing."""
        if str(words or "").strip():
            self.pieces.append(Piece("quote", one_line(heading), _printable(_plain(words)).strip()))
        return ""

    def link(self, words: str, path: str = "") -> str:
        """Add where the receiver goes from here; nothing where there is no such place."""
        if path or self.path:
            self.pieces.append(Piece("link", one_line(words), address(path or self.path, self.language)))
        return ""

    def why(self, words: str) -> str:
        """Say why the receiver gets this letter."""
        self.reason = one_line(words, most=600)
        return ""

    @property
    def opening(self) -> str:
        """What happened, in one sentence."""
        return next((piece.words for piece in self.pieces if piece.kind == "say"), self.subject)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter in both forms."""

    subject: str
    text: str
    html: str


def compose(kind: MailKind, language: str, *, path: str = "", params: Mapping[str, Any]) -> Letter:
    """Return the letter of a kind in a language, from what its words need; what is missing is said in general."""
    letter = Letter(language, path)
    with force_locale(locale_of(language)):
        words = {
            **params,
            "title": one_line(str(params.get("title") or "")) or gettext("Untitled"),
            "actor": one_line(str(params.get("actor") or "")) or gettext("Somebody"),
        }
        # Not render_template: its context processors describe the page of whoever acted, not this letter.
        template = current_app.jinja_env.get_template(f"emails/{kind.value}.html")
        template.render(**{**words, "letter": letter, "site": current_app.config["SITE_NAME"]})
    return letter


def render(kind: MailKind, language: str, *, name: str = "", path: str = "", params: Mapping[str, Any]) -> Rendered:
    """Return a whole letter as text and as HTML.

    :param name: of the receiver.
    """
    letter = compose(kind, language, path=path, params=params)
    site = current_app.config["SITE_NAME"]
    with force_locale(locale_of(language)):
        greeting = gettext("Hello %(name)s,", name=one_line(name)) if name.strip() else gettext("Hello,")
        choice = gettext("Choose which mail you get:") if URGENCY[kind] in CHOOSABLE else ""
    url = address(ACCOUNT_PATH, language)
    foot = {"reason": letter.reason, "choice": choice, "url": url, "site": site}
    html = current_app.jinja_env.get_template("emails/_layout.html").render(
        letter=letter, greeting=greeting, style=STYLE, **foot
    )
    return Rendered(letter.subject, _as_text(letter, greeting, foot), html)


def _as_text(letter: Letter, greeting: str, foot: Mapping[str, str]) -> str:
    parts = [_wrapped(greeting), *(_TEXT[piece.kind](piece) for piece in letter.pieces)]
    last = ["-- ", foot["site"], *filter(None, [_wrapped(foot["reason"])])]
    if foot["choice"]:
        last.append(f"{foot['choice']} {foot['url']}")
    return "\n\n".join(parts) + "\n\n" + "\n".join(last) + "\n"


def _wrapped(words: str, indent: str = "") -> str:
    """Return words in lines that every program shows; an address is never broken."""
    return "\n".join(
        textwrap.wrap(
            words,
            WIDTH,
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words="://" not in words,
            break_on_hyphens=False,
        )
    )


def _quoted(piece: Piece) -> str:
    lines = (_wrapped(line, "  ") for line in piece.rest.splitlines())
    return f"{piece.words}\n\n" + "\n".join(lines)


def _linked(piece: Piece) -> str:
    return f"{piece.words}:\n{piece.rest}"


def _said(piece: Piece) -> str:
    return _wrapped(piece.words)


_TEXT: Final[dict[str, Callable[[Piece], str]]] = {"say": _said, "quote": _quoted, "link": _linked}


# --- words and addresses -------------------------------------------------------------------------------------------


def _plain(words: Any) -> str:
    """Return words as somebody typed them: what a template escaped on the way is put back."""
    return words.unescape() if isinstance(words, Markup) else str(words)


def _printable(words: str) -> str:
    """Return words without characters that steer a terminal or turn the direction of writing."""
    return "".join(c for c in words if c == "\n" or not (c in _TURNING or unicodedata.category(c) in _STEERING))


def one_line(words: str, most: int = MAX_SUBJECT) -> str:
    """Return words on one line, cut where they are too long: no subject can open a header of its own."""
    line = " ".join(_printable(" ".join(_plain(words).split())).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def address(path: str, language: str) -> str:
    """Return a path as a whole address, in a language where such a page has one.

    :param path: without language, such as ``/submissions/17``; one that is whole already is kept.
    """
    if path.startswith(("https://", "http://")):
        return path
    return root() + (f"/{language}{path}" if _leads_somewhere(f"/{language}{path}") else path)


def _leads_somewhere(path: str) -> bool:
    """Return whether a path names a page, whatever it takes to open it."""
    try:
        current_app.url_map.bind("localhost").match(urlsplit(path).path)
    except RequestRedirect:
        return True
    except HTTPException as error:
        return error.code != 404
    return True


def root() -> str:
    """Return where this library is: its public address; else that of the request; else this machine."""
    if public := current_app.config["PUBLIC_URL"]:
        return str(public).rstrip("/")
    if has_request_context():
        return request.url_root.rstrip("/")
    return str(current_app.config.get("LOCAL_URL", "http://127.0.0.1:8000"))
