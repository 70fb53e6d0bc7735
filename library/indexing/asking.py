"""A search as it stands in an address: read once, typed and capped, for the search page and for searches that are kept.

Whatever makes no sense is left out, never refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from index import MAX_QUERY_LENGTH, SearchRequest, Sort
from library.indexing.facets import BY_NAME, FACETS
from library.lexicon import Lexicon

MAX_CHOICES: Final = 40  # of one facet
MAX_CODE_LENGTH: Final = 120  # characters
MAX_KEPT_LENGTH: Final = 1000  # characters of a search that is kept, as ``query_of`` writes it
_MAX_READ: Final = 8000  # characters of a query that is read at all


def codes_of(raw: Iterable[str] | None) -> tuple[str, ...]:
    """Return the chosen codes of a facet, each once."""
    codes = dict.fromkeys(code for code in raw or () if code and len(code) <= MAX_CODE_LENGTH)
    return tuple(codes)[:MAX_CHOICES]


def sort_of(raw: str | None) -> Sort:
    """Return the wanted order; by relevance where none, or none that exists, is asked for."""
    try:
        return Sort(raw or "")
    except ValueError:
        return Sort.RELEVANCE


def words_of(raw: str | None) -> str:
    """Return the words searched for, one character longer than the limit lets through if they were longer.

    So the parser notices, and pages can say, that they were cut.
    """
    return (raw or "").strip()[: MAX_QUERY_LENGTH + 1]


def together_of(raw: Iterable[str] | None) -> frozenset[str]:
    """Return the facets of which all chosen codes are asked for, not any of them."""
    return frozenset(facet.name for facet in FACETS if facet.together) & frozenset(raw or ())


def read_query(query: str, language: str, *, per_page: int) -> SearchRequest:
    """Return the first page of the search that the query of an address asks for.

    :param query: what stands behind the question mark of a search page, such as ``q=hat&agency=police``.
    :param language: the reader's.
    :param per_page: hits at most.
    """
    args = MultiDict(parse_qsl(query[:_MAX_READ].removeprefix("?"), errors="replace"))
    chosen = {facet.name: codes_of(args.getlist(facet.name)) for facet in FACETS}
    return SearchRequest(
        text=words_of(args.get("q")).replace("\x00", ""),
        language=language,
        filters={name: codes for name, codes in chosen.items() if codes},
        together=together_of(args.getlist("together")),
        sort=sort_of(args.get("sort")),
        per_page=per_page,
    )


def in_use(request: SearchRequest, lexicon: Lexicon) -> SearchRequest:
    """Return a search that asks for the concepts in use instead of those that they replace, in old links and lists."""
    if not lexicon.replaced:
        return request
    filters = {
        name: tuple(dict.fromkeys(_successor(name, code, lexicon) for code in codes))
        for name, codes in request.filters.items()
    }
    return replace(request, filters=filters)


def _successor(facet: str, code: str, lexicon: Lexicon) -> str:
    scheme = BY_NAME[facet].scheme if facet in BY_NAME else ""
    following = lexicon.replaced.get(f"{scheme}/{code}") if scheme else None
    return following.partition("/")[2] if following else code


def values_of(request: SearchRequest) -> dict[str, Any]:
    """Return what stands in the address of a search, name by name, without its page."""
    values: dict[str, Any] = {name: list(codes) for name, codes in request.filters.items()}
    if together := sorted(name for name in request.together if request.filters.get(name)):
        values["together"] = together
    if request.text:
        values["q"] = request.text
    if request.sort is not Sort.RELEVANCE:
        values["sort"] = request.sort.value
    return values


def query_of(request: SearchRequest) -> str:
    """Return the query of the address of a search, as it is kept; ``read_query`` reads it."""
    return urlencode(values_of(request), doseq=True)
