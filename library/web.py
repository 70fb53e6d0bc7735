"""What every page shares: language in the address, guards on what comes in, headers on what goes out, commits.

Knows HTTP and no record.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from itertools import chain
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar
from urllib.parse import unquote_to_bytes, urlencode

from flask import Flask, Response, current_app, g, jsonify, redirect, request, url_for
from flask_babel import format_date
from jinja2.ext import Extension
from werkzeug.datastructures import LanguageAccept
from werkzeug.routing import BaseConverter, ValidationError
from werkzeug.wrappers import Response as BaseResponse

from library.errors import EditedMeanwhile, InvalidInput, NotFound
from library.extensions import db
from library.languages import DEFAULT, ENDONYMS, LANGUAGES, locale_of

P = ParamSpec("P")
R = TypeVar("R")

# What readers without a language of their own here read best; ``no`` is what most Norwegian browsers ask for.
ALIASES: Final = {"no": "nb", "fo": "da", "kl": "da"}

YEAR: Final = 365 * 24 * 3600  # seconds
MAX_REPEATED_QUERY: Final = 400  # characters
HIGHEST_NUMBER: Final = 2**31 - 1  # of a record; databases fail when they are asked for more

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

FRAMED_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors *",
    )
)

HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Unindented(Extension):
    """Drops the indentation of templates when they are compiled: a fifth of every page, and nobody sees it."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 - Jinja's
        """Return a template's source with every line starting at its first letter; lines keep their numbers."""
        return re.sub(r"(?m)^[ \t]+", "", source)


class LanguageConverter(BaseConverter):
    """The language that opens an address: one of the library's own, else the address names nothing."""

    regex = "[a-z]{2}"
    part_isolating = True

    def to_python(self, value: str) -> str:
        """Return the language.

        :raises ValidationError: if the library does not speak it, which makes the address a 404.
        """
        if value not in LANGUAGES:
            raise ValidationError
        return value


class SlugConverter(BaseConverter):
    """A readable part of an address: lower-case ASCII letters, digits and single hyphens."""

    regex = "[a-z0-9]+(?:-[a-z0-9]+)*"
    part_isolating = True


class TokenConverter(BaseConverter):
    """The secret or the signature in a link of a letter: letters, digits, hyphens, underscores and full stops."""

    regex = "[A-Za-z0-9_.-]{20,1000}"
    part_isolating = True


class SuffixConverter(BaseConverter):
    """The kind of file that an address ends with, as ``pdf``: which there are, each view says."""

    regex = "[a-z]{3,6}"
    part_isolating = True


class KeyConverter(BaseConverter):
    """The name of a file in the store: 32 hexadecimal digits."""

    regex = "[0-9a-f]{32}"
    part_isolating = True


def guard(app: Flask) -> None:
    """Bind what looks at each request first; before all extensions, for who has read a form has used its bytes up."""
    app.before_request(_refuse_strangers)
    app.before_request(_refuse_broken_input)
    app.before_request(_refuse_impossible_numbers)


def init_app(app: Flask) -> None:
    """Bind converters, headers and what templates need of the request."""
    app.url_map.converters["lang"] = LanguageConverter
    app.url_map.converters["slug"] = SlugConverter
    app.url_map.converters["key"] = KeyConverter
    app.url_map.converters["token"] = TokenConverter
    app.url_map.converters["suffix"] = SuffixConverter
    app.url_value_preprocessor(_take_language)
    app.url_defaults(_give_language)
    app.after_request(_set_headers)
    app.context_processor(_page_context)
    # Macros see globals only, not the context of the page.
    app.jinja_env.globals.update(static_url=static_url, format_date=format_date)


# --- language ----------------------------------------------------------------------------------------------------


def language() -> str:
    """Return the language of the page being made: from its address, else the browser's wish, else English."""
    chosen: str | None = g.get("language")
    return chosen or _spoken(request.accept_languages)


def _spoken(accepted: LanguageAccept) -> str:
    """Return the library's language that a browser likes best; plain Norwegian, Faroese and Greenlandic count too."""
    primary = ((code.lower().split("-")[0], quality) for code, quality in accepted)
    wishes = [(ALIASES.get(code, code), quality) for code, quality in primary]
    return LanguageAccept(wishes).best_match(LANGUAGES, DEFAULT)


def locale() -> str:
    """Return the locale for Flask-Babel."""
    return locale_of(language() if request else DEFAULT)


def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values and "lang" in values:
        g.language = values.pop("lang")


def _give_language(endpoint: str, values: dict[str, Any]) -> None:
    if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values["lang"] = language()


def redirect_to_language(endpoint: str, **values: Any) -> BaseResponse:
    """Send a reader who named no language to the page in the one their browser asks for."""
    answer = redirect(url_for(endpoint, **values), 302)
    answer.vary.add("Accept-Language")
    return answer


def alternates() -> list[tuple[str, str, str]]:
    """Return (code, own name, address) of this page in every language; the home page where this one has none."""
    here = request.endpoint if g.get("language") and request.endpoint and not g.get("failed") else None
    values = request.view_args or {} if here else {}
    # What was asked for is appended, never handed to url_for: a parameter named like one of its own would change it.
    asked = _asked() if here and request.method == "GET" else ""
    return [
        (code, name, url_for(here or "catalogue.home", **{**values, "lang": code}) + asked)
        for code, name in ENDONYMS.items()
    ]


def _asked() -> str:
    """Return the query of this address with its question mark; nothing for one so long that no page should repeat it.

    Each page names its address fifteen times: a long query would make a page of megabytes.
    """
    asked = urlencode(list(request.args.items(multi=True)))
    return f"?{asked}" if asked and len(asked) <= MAX_REPEATED_QUERY else ""


# --- guards ------------------------------------------------------------------------------------------------------


def _refuse_strangers() -> None:
    """In demo mode answer this machine only, and no proxy on it, which would open the demo to others."""
    if not current_app.config["LOOPBACK_ONLY"]:
        return
    if request.remote_addr not in ("127.0.0.1", "::1") or any(map(_is_of_a_proxy, request.headers.keys())):
        raise InvalidInput("demo mode answers this machine only")


def _is_of_a_proxy(header: str) -> bool:
    return header.lower() == "forwarded" or header.lower().startswith("x-forwarded-")


def _refuse_broken_input() -> None:
    """Answer 400 to bytes that are no UTF-8 and to NUL, before any view reads a replacement character for them.

    :raises InvalidInput: which becomes a 400 page.
    """
    _check_text(request.environ.get("PATH_INFO", "").encode("latin-1"))
    _check_text(unquote_to_bytes(request.query_string.replace(b"+", b" ")))
    if request.mimetype == "application/x-www-form-urlencoded":
        _check_text(unquote_to_bytes(request.get_data(cache=True)))
    elif request.mimetype == "multipart/form-data" and any("\x00" in text for text in _texts_of_form()):
        raise InvalidInput("a field contains a NUL character")


def _texts_of_form() -> Iterator[str]:
    """Return the names and values of a form."""
    return chain.from_iterable(request.form.items(multi=True))


def _refuse_impossible_numbers() -> None:
    """Answer 404 to a number in the address that no record can have, before a database is asked for it.

    :raises NotFound: as if it had been looked for.
    """
    values = (request.view_args or {}).values()
    if any(isinstance(value, int) and value > HIGHEST_NUMBER for value in values):
        raise NotFound("a number that no record can have")


def _check_text(raw: bytes) -> None:
    if b"\x00" in raw:
        raise InvalidInput("the request contains a NUL character")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput("the request is not UTF-8") from error


# --- headers -----------------------------------------------------------------------------------------------------


def _set_headers(response: Response) -> Response:
    # Looked through once, for every answer passes here, and setdefault goes through all headers for each of ours.
    given = {name.lower() for name, _ in response.headers}
    if g.get("framed"):
        given.add("x-frame-options")
    for name, value in HEADERS.items():
        if name.lower() not in given:
            response.headers.add(name, value)
    if current_app.config["PREFERRED_URL_SCHEME"] == "https" and not current_app.config["DEMO"]:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={2 * YEAR}; includeSubDomains; preload")
    if request.endpoint == "static" and response.status_code in (200, 304) and _is_marked():
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-cache"
    return response


def never_stored(response: Response) -> Response:
    """Let no cache keep an answer; for areas whose pages are one person's alone."""
    response.headers["Cache-Control"] = "no-store"
    return response


def framed_anywhere(response: Response) -> Response:
    """Let other sites show an answer in a frame of theirs: for pages without scripts, forms or anything personal."""
    g.framed = True
    response.headers["Content-Security-Policy"] = FRAMED_POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _is_marked() -> bool:
    """Return whether a static file was asked for by the mark of the very content that is served."""
    mark = _marks().get((request.view_args or {}).get("filename", ""))
    return mark is not None and request.args.get("v") == mark


# --- what templates need -----------------------------------------------------------------------------------------


def static_url(path: str) -> str:
    """Return the address of a static file with a mark of its content, so that browsers may keep it for ever."""
    marks = _marks()
    if path not in marks:
        content = Path(current_app.static_folder or "", path).read_bytes()
        marks[path] = hashlib.sha256(content).hexdigest()[:12]
    return url_for("static", filename=path, v=marks[path])


def _marks() -> dict[str, str]:
    marks: dict[str, str] = current_app.extensions.setdefault("library-static", {})
    return marks


def absolute_url(path: str) -> str:
    """Return a path as a whole address, at the installation's public address where one is set."""
    root = current_app.config["PUBLIC_URL"] or request.url_root
    return root.rstrip("/") + path


def wants_json() -> bool:
    """Return whether a script asks, which shows the answer itself, rather than a browser that wants a page."""
    return request.accept_mimetypes.best == "application/json"


def preferred_suffix(media_types: Mapping[str, str]) -> str:
    """Return the kind of file that a client prefers to a page; nothing where a page will do as well.

    :param media_types: suffix -> media type.
    """
    kinds = {media_type.partition(";")[0]: suffix for suffix, media_type in media_types.items()}
    best = request.accept_mimetypes.best_match(["text/html", *kinds], default="text/html")
    return kinds.get(best or "", "")


def problem_response(status: int, title: str, detail: str) -> Response:
    """Return RFC 9457 problem details."""
    answer = jsonify({"type": "about:blank", "title": title, "status": status, "detail": detail})
    answer.status_code = status
    answer.mimetype = "application/problem+json"
    return answer


def _page_context() -> dict[str, Any]:
    if not request:
        return {}
    return {
        "lang": language(),
        "languages": alternates(),
        "absolute_url": absolute_url,
        "canonical_url": absolute_url(request.path + _asked()),
        "site_name": current_app.config["SITE_NAME"],
        "contact_email": current_app.config["CONTACT_EMAIL"],
        "demo_mode": current_app.config["DEMO"],
        "search_action": url_for("catalogue.search"),
    }


# --- transactions ------------------------------------------------------------------------------------------------


def commits(view: Callable[P, R]) -> Callable[P, R]:
    """Commit the session when a view returns, and roll back when it raises: the one place where a request commits.

    ``EditedMeanwhile`` alone commits too: the text that could not be saved was put aside, and must not go.
    """

    @wraps(view)
    def committing(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            answer = view(*args, **kwargs)
        except EditedMeanwhile:
            db.session.commit()
            raise
        except BaseException:
            db.session.rollback()
            raise
        db.session.commit()
        return answer

    committing.commits = True  # type: ignore[attr-defined]
    return committing


def take_back() -> None:
    """Undo what a verb had done before it refused, so that the page which says so commits nothing of it."""
    db.session.rollback()
