"""The search for machines: ``/api/v1/practices``. Strict where the page is lenient: a wrong parameter is a 400.

Problems are RFC 9457 problem details.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, jsonify, request, url_for

from index import MAX_PER_PAGE, MAX_QUERY_LENGTH, SearchRequest, Sort
from library.catalogue import page_queries, queries
from library.catalogue.filters import Names
from library.catalogue.forms import MAX_PAGE
from library.extensions import db
from library.indexing.asking import MAX_CHOICES, MAX_CODE_LENGTH
from library.indexing.facets import BY_NAME
from library.indexing.search import Found
from library.indexing.search import search as run_search
from library.languages import DEFAULT, LANGUAGES, best_language
from library.models import Practice
from library.permissions import public
from library.web import absolute_url, problem_response

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

PER_PAGE: Final = 20
PARAMETERS: Final = frozenset({"q", "lang", "page", "per_page", "sort", "together", *BY_NAME})


class _Problem(Exception):
    """A parameter that makes no sense, in a sentence."""


@blueprint.get("/practices")
@public
def practices() -> Response:
    """Search the published practices: words in ``q``, one parameter for each facet, ``page`` and ``per_page``."""
    try:
        wanted = _request_of_arguments()
    except _Problem as problem:
        return problem_response(400, "Invalid parameter", str(problem))
    found = run_search(db.session, wanted)
    if found.rebuilding:
        return problem_response(503, "Search index unavailable", "The index is being rebuilt; try again in a moment.")
    return jsonify(_answer(wanted, found))


def _request_of_arguments() -> SearchRequest:
    unknown = sorted(set(request.args) - PARAMETERS)
    if unknown:
        raise _Problem(f"there is no parameter {unknown[0][:40]!r}; there are {', '.join(sorted(PARAMETERS))}")
    language = request.args.get("lang", DEFAULT)
    if language not in LANGUAGES:
        raise _Problem(f"lang must be one of {', '.join(LANGUAGES)}")
    sort = request.args.get("sort", Sort.RELEVANCE.value)
    if sort not in list(Sort):
        raise _Problem(f"sort must be one of {', '.join(Sort)}")
    return SearchRequest(
        text=request.args.get("q", ""),
        language=language,
        filters={name: codes for name in BY_NAME if (codes := _codes(name))},
        together=_together(),
        sort=Sort(sort),
        page=_number("page", default=1, highest=MAX_PAGE),
        per_page=_number("per_page", default=PER_PAGE, highest=MAX_PER_PAGE),
    )


def _codes(name: str) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(code for code in request.args.getlist(name) if code))
    if len(codes) > MAX_CHOICES or any(len(code) > MAX_CODE_LENGTH for code in codes):
        raise _Problem(f"{name} takes at most {MAX_CHOICES} codes of at most {MAX_CODE_LENGTH} characters")
    return codes


def _together() -> frozenset[str]:
    wanted = frozenset(request.args.getlist("together"))
    allowed = frozenset(facet.name for facet in BY_NAME.values() if facet.together)
    if wanted - allowed:
        raise _Problem(f"together must be one of {', '.join(sorted(allowed))}")
    return wanted


def _number(name: str, *, default: int, highest: int) -> int:
    raw = request.args.get(name, str(default))
    if not (raw.isascii() and raw.isdigit() and len(raw) < 10 and 1 <= int(raw) <= highest):
        raise _Problem(f"{name} must be a whole number from 1 to {highest}")
    return int(raw)


def _answer(wanted: SearchRequest, found: Found) -> dict[str, Any]:
    lexicon = queries.lexicon(db.session)
    facets = found.result.facets
    names = Names(
        lexicon,
        wanted.language,
        page_queries.municipality_names(db.session, facets.get("municipality", ()), wanted.language),
        page_queries.collection_titles(db.session, facets.get("collection", ()), wanted.language),
    )
    practices = queries.published(db.session, [hit.id for hit in found.result.hits])
    return {
        "query": wanted.text[:MAX_QUERY_LENGTH],
        "cut": found.result.parsed.cut,
        "language": wanted.language,
        "page": wanted.page,
        "per_page": wanted.per_page,
        "total": found.result.total,
        "fewer_words": found.result.fewer_words,
        "beginnings": found.result.beginnings,
        "items": [_item(practice, wanted.language) for practice in practices],
        "facets": {
            name: [
                {"code": code, "label": names.label(BY_NAME[name], code), "count": count}
                for code, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
            ]
            for name, counts in found.result.facets.items()
        },
    }


def _item(practice: Practice, language: str) -> dict[str, Any]:
    texts = {text.language: text for text in practice.texts}
    text = texts[best_language(language, texts, practice.original_language)]
    return {
        "id": practice.id,
        "external_id": practice.external_id,
        "slug": practice.slug,
        "title": text.title,
        "language": text.language,
        "languages": sorted(texts),
        "summary": text.summary,
        "url": absolute_url(url_for("catalogue.practice", slug=practice.slug, lang=language)),
        "permalink": absolute_url(url_for("permanent.by_identifier", identifier=practice.id)),
    }
