"""A search and its answer as the search page shows them: chips, pages, addresses. Runs no query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from flask import url_for
from flask_babel import gettext, ngettext

from index import ParsedQuery, SearchRequest, Sort
from library import paging
from library.catalogue.filters import Names
from library.catalogue.forms import SORTS
from library.indexing.asking import values_of
from library.indexing.facets import BY_NAME
from library.lexicon import Entry, Lexicon
from library.paging import page_links
from library.showing.present import Card, Term, TermCount, term
from library.web import language

MOST_SUGGESTED_WORDS: Final = 3


@dataclass(frozen=True, slots=True)
class Chip:
    """A chosen filter, with the address of the same search without it."""

    facet: str
    label: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page of hits. ``page_links`` holds (number, address); no address means the current page or a gap."""

    total: int
    number: int
    pages: int
    cards: list[Card]
    prev_url: str | None
    next_url: str | None
    page_links: tuple[tuple[int, str | None], ...]


@dataclass(frozen=True, slots=True)
class ThemeGroup:
    """A top theme with the narrower ones that practices carry."""

    term: Term
    count: int | None
    children: tuple[TermCount, ...]


# --- addresses ---------------------------------------------------------------------------------------------------


def address(
    wanted: SearchRequest,
    *,
    page: int = 1,
    text: str | None = None,
    filters: Mapping[str, Iterable[str]] | None = None,
    suffix: str = "",
    as_typed: bool = False,
) -> str:
    """Return the address of a search, or of the same search with something changed.

    :param suffix: the kind of file to have it as; empty for the page.
    :param as_typed: without other words instead of those that nothing has.
    """
    chosen = wanted.filters if filters is None else {name: tuple(codes) for name, codes in filters.items()}
    values = values_of(replace(wanted, filters=chosen, text=wanted.text if text is None else text))
    if page > 1:
        values["page"] = page
    if as_typed:
        values["as_typed"] = 1
    if suffix:
        return url_for("lists.practices", suffix=suffix, **values)
    return url_for("catalogue.search", **values)


def on_last_page(wanted: SearchRequest, total: int) -> SearchRequest:
    """Return a request for the last page that has hits."""
    return replace(wanted, page=last_page(wanted, total))


def last_page(wanted: SearchRequest, total: int) -> int:
    """Return the number of the last page, 1 when there are no hits."""
    return paging.last_page(total, wanted.per_page)


def page(wanted: SearchRequest, total: int, cards: list[Card]) -> Page:
    """Return a page of hits with its links."""
    last = last_page(wanted, total)
    number = min(wanted.page, last)
    return Page(
        total=total,
        number=number,
        pages=last,
        cards=cards,
        prev_url=address(wanted, page=number - 1) if number > 1 else None,
        next_url=address(wanted, page=number + 1) if number < last else None,
        page_links=page_links(number, last, lambda page: address(wanted, page=page)),
    )


def chips(wanted: SearchRequest, names: Names) -> list[Chip]:
    """Return a chip for each chosen filter, and one for each facet of which all choices are asked for."""
    chosen = [
        Chip(
            facet=str(BY_NAME[name].label),
            label=names.label(BY_NAME[name], code),
            remove_url=address(wanted, filters=without(wanted.filters, name, code)),
        )
        for name, codes in wanted.filters.items()
        for code in codes
    ]
    together = [
        Chip(
            facet=str(BY_NAME[name].label),
            label=gettext("all of them together"),
            remove_url=address(replace(wanted, together=wanted.together - {name})),
        )
        for name in sorted(wanted.together)
        if len(wanted.filters.get(name, ())) > 1
    ]
    return chosen + together


def concepts_chosen(wanted: SearchRequest, lexicon: Lexicon) -> list[str]:
    """Return the concepts that a search is narrowed by, those that exist."""
    chosen = (lexicon.get(f"{BY_NAME[name].scheme}/{code}") for name, codes in wanted.filters.items() for code in codes)
    return [entry.id for entry in chosen if entry]


def without(filters: Mapping[str, tuple[str, ...]], name: str, code: str) -> dict[str, tuple[str, ...]]:
    """Return filters less one choice."""
    kept = {n: tuple(c for c in codes if (n, c) != (name, code)) for n, codes in filters.items()}
    return {n: codes for n, codes in kept.items() if codes}


def suggestions(wanted: SearchRequest) -> list[tuple[str, str]]:
    """Return ways out of an empty answer, the nearest first."""
    ways = []
    if wanted.text and wanted.filters:
        ways.append((gettext("The same words without filters"), address(wanted, filters={})))
        ways.append((gettext("The same filters without words"), address(wanted, text="")))
    ways.append((gettext("All practices"), url_for("catalogue.search")))
    return ways


def words_apart(parsed: ParsedQuery) -> tuple[str, ...]:
    """Return the words of a query to try one by one; none if there is only one."""
    words = (*(f'"{phrase}"' for phrase in parsed.phrases), *parsed.words)
    return words[:MOST_SUGGESTED_WORDS] if len(words) > 1 else ()


def word_suggestions(wanted: SearchRequest, totals: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return searches for single words of a query that find something.

    :param totals: words and how many practices each finds.
    """
    return [
        (
            ngettext(
                "Only “%(word)s”: %(num)s practice", "Only “%(word)s”: %(num)s practices", total, word=word.strip('"')
            ),
            address(wanted, text=word, filters={}),
        )
        for word, total in totals.items()
        if total
    ]


def sort_options(chosen: Sort) -> list[tuple[str, str, bool]]:
    """Return the orders to choose from."""
    return [(sort.value, str(label), sort is chosen) for sort, label in SORTS]


# --- the home page -----------------------------------------------------------------------------------------------


def term_counts(entries: Iterable[Entry], counts: Mapping[str, int] | None) -> list[TermCount]:
    """Return the concepts that practices carry, in the order of the vocabulary; all where nobody has counted."""
    if counts is None:
        return [TermCount(term(entry, language()), None) for entry in entries]
    return [TermCount(term(entry, language()), counts[entry.code]) for entry in entries if counts.get(entry.code)]


def theme_groups(lexicon: Lexicon, counts: Mapping[str, int] | None) -> list[ThemeGroup]:
    """Return the top themes, each with its narrower ones, most practices first where they are counted."""
    groups = []
    for top in lexicon.top("themes"):
        below = term_counts((lexicon[identifier] for identifier in top.narrower), counts)
        below.sort(key=lambda item: -(item.count or 0))
        groups.append(
            ThemeGroup(term(top, language()), None if counts is None else counts.get(top.code, 0), tuple(below))
        )
    return groups
