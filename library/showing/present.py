"""Records as pages show them: labels in the reader's language, addresses, sections as HTML.

Pure functions from models and lexicon to plain shapes; templates get these and nothing else. Runs no query.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any, Final, NamedTuple, TypeVar

from flask import url_for

from index import ParsedQuery, Segment
from library.indexing.facets import FACETS
from library.languages import ENDONYMS, LANGUAGES, best_language
from library.lexicon import Entry, Lexicon
from library.models import Organisation, Practice, PracticeAgency, PracticeText
from library.showing.listed import Listed, ListedAgency
from library.showing.quoting import Fragments, Passage, has_hit, snippet_of, title_of, whole_line

# Which facet of the search a concept of a scheme narrows.
FACET_OF_SCHEME: Final = {facet.scheme: facet.name for facet in FACETS if facet.scheme}
MOST_FOUND_UNDER: Final = 3  # concepts named on a card

T = TypeVar("T")
Agency = TypeVar("Agency", PracticeAgency, ListedAgency)


@dataclass(frozen=True, slots=True)
class Term:
    """A concept, in the reader's language, with where it leads."""

    code: str
    label: str
    url: str | None = None
    note: str = ""
    deprecated: bool = False


class Label(NamedTuple):
    """A concept by its name alone, for lists that lead nowhere from it."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class TermCount:
    """A term and how many practices carry it; ``None`` while nobody can say."""

    term: Term
    count: int | None


@dataclass(frozen=True, slots=True)
class CardAgency:
    """An agency that takes part, and whether the record says that it leads."""

    label: str
    lead: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A practice in a list.

    :param title_parts: the title with the words searched for marked.
    :param in_use: in how many municipalities other than its owner.
    :param reads_as: the language in which the words were found, where the card is in another.
    :param found_under: concepts by which it was found, where nothing that the card shows holds the words.
    :param through: other words for what was searched for, by which it was found.
    :param missing: words that were searched for and that it lacks.
    """

    id: int
    url: str
    title: str
    title_parts: Passage
    language: str
    language_name: str
    is_fallback: bool
    kind: Label
    snippet: Fragments
    snippet_language: str
    snippet_is_foreign: bool
    summary: str
    country: Label
    places: tuple[str, ...]
    agencies: tuple[CardAgency, ...]
    stage: Label
    outcome: Label
    start_year: int | None
    unconfirmed: bool
    confirmed_on: date | None
    reads_as: str
    found_under: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    in_use: int = 0

    @property
    def leads(self) -> int:
        """How many agencies lead, as far as the record says."""
        return sum(agency.lead for agency in self.agencies)


@dataclass(frozen=True, slots=True)
class Why:
    """Why a practice answers a search.

    :param parsed: what the reader typed.
    :param language: of the text that matched best.
    :param beginnings: words were found as beginnings of others.
    :param through: words of the vocabulary by which it was found, where what was typed stands nowhere in it.
    :param missing: what was typed and it lacks.
    """

    parsed: ParsedQuery
    language: str
    beginnings: bool = False
    through: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def sought(self) -> ParsedQuery:
        """What to mark in the texts: what was typed, and what stood for it."""
        return replace(self.parsed, phrases=(*self.parsed.phrases, *self.through)) if self.through else self.parsed


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation by name, with its page where it has one."""

    name: str
    url: str | None


def term(entry: Entry, language: str) -> Term:
    """Return a concept as a term that leads to the practices with it."""
    if entry.scheme == "agencies":
        url: str | None = url_for("catalogue.agency", code=entry.code)
    elif facet := FACET_OF_SCHEME.get(entry.scheme):
        values: dict[str, Any] = {facet: entry.code}
        url = url_for("catalogue.search", **values)
    else:
        url = None
    return Term(entry.code, entry.label(language), url, entry.note(language), entry.deprecated)


class Presenter:
    """Shows practices in one language.

    :param lexicon: the vocabularies.
    :param language: the reader's.
    :param today: to tell which confirmations have run out.
    """

    def __init__(self, lexicon: Lexicon, language: str, *, today: date) -> None:
        self._lexicon = lexicon
        self._language = language
        self._today = today
        # The cards of a page share most of their concepts.
        self._terms: dict[str, Term] = {}
        self._named: dict[tuple[str, ParsedQuery, bool], bool] = {}
        self._practices = ""

    def term(self, identifier: str) -> Term:
        """Return a concept as a term."""
        if identifier not in self._terms:
            self._terms[identifier] = term(self._lexicon[identifier], self._language)
        return self._terms[identifier]

    def label(self, identifier: str) -> Label:
        """Return the name of a concept, without asking where it leads."""
        entry = self._lexicon[identifier]
        return Label(entry.code, entry.label(self._language))

    def terms(self, identifiers: Iterable[str]) -> tuple[Term, ...]:
        """Return concepts as terms, in their order."""
        return tuple(self.term(identifier) for identifier in identifiers)

    def text_of(self, practice: Practice) -> PracticeText:
        """Return the text that the reader gets: in their language where there is one, else the original."""
        return self._best({text.language: text for text in practice.texts}, practice.original_language)

    def _best(self, texts: Mapping[str, T], original: str) -> T:
        return texts[best_language(self._language, texts, original)]

    def is_unconfirmed(self, practice: Practice | Listed) -> bool:
        """Return whether the owner never confirmed the record, or not in time."""
        return practice.confirm_by is None or practice.confirm_by < self._today

    def card(self, practice: Practice | Listed, why: Why | None = None, concepts: Iterable[str] = ()) -> Card:
        """Return a practice as a card.

        :param why: what it was found by, for lists that answer a search in words.
        :param concepts: what it carries, to say under which of them it was found.
        """
        if isinstance(practice, Practice):
            practice = Listed.of(practice, self._language)
        text = self._best(practice.texts, practice.original_language)
        found = practice.texts.get(why.language, text) if why else text
        title: Passage = (Segment(text.title, hit=False),)
        snippet: Fragments = ()
        under: tuple[str, ...] = ()
        if why:
            sought = why.sought
            title = title_of(text, sought, beginnings=why.beginnings)
            snippet = snippet_of(found, sought, beginnings=why.beginnings)
            if not snippet and found is not text:
                other_title = title_of(found, sought, beginnings=why.beginnings)
                snippet = (other_title,) if has_hit(other_title) else ()
            if not any(map(has_hit, (title, *snippet))):
                under = self.found_under(concepts, why)
        return Card(
            id=practice.id,
            url=self._address_of(practice.slug),
            title=text.title,
            title_parts=title,
            language=text.language,
            language_name=ENDONYMS[text.language],
            is_fallback=text.language != self._language,
            kind=self.label(practice.kind_id),
            snippet=snippet,
            snippet_language=(found if snippet else text).language,
            snippet_is_foreign=(found if snippet else text).language != self._language,
            summary=text.summary,
            country=self.label(practice.country_id),
            places=tuple(practice.places),
            agencies=tuple(
                CardAgency(self.label(agency.concept_id).label, agency.lead)
                for agency in leading_first(practice.agencies)
            ),
            stage=self.label(practice.evidence_stage_id),
            outcome=self.label(practice.outcome_id),
            start_year=practice.start_year,
            unconfirmed=self.is_unconfirmed(practice),
            confirmed_on=practice.confirmed_on,
            reads_as=ENDONYMS[found.language] if found.language != text.language and not under else "",
            found_under=under,
            through=why.through if why and not under else (),
            missing=why.missing if why else (),
            in_use=practice.in_use or 0,
        )

    def _address_of(self, slug: str) -> str:
        """Return the address of a practice; those of a page differ in their slugs only, which need no quoting."""
        if not self._practices:
            self._practices = url_for("catalogue.practice", slug="x").removesuffix("x")
        return self._practices + slug

    def found_under(self, concepts: Iterable[str], why: Why) -> tuple[str, ...]:
        """Return the names of those concepts that match a query, in any language, and then of wider ones."""
        entries = [self._lexicon[identifier] for identifier in self._lexicon.with_ancestors(concepts)]
        self._note_named([entry for entry in entries if (entry.id, why.parsed, why.beginnings) not in self._named], why)
        matching = (entry for entry in entries if self._named[entry.id, why.parsed, why.beginnings])
        return tuple(entry.label(self._language) for entry in islice(matching, MOST_FOUND_UNDER))

    def _note_named(self, entries: Sequence[Entry], why: Why) -> None:
        """Find out whether a query has a word of each concept's labels and synonyms in any language.

        They are looked through all at once first: most languages have none of the words.
        """

        def is_in(lines: Iterable[str], language: str) -> bool:
            return has_hit(whole_line("\n".join(lines), language, why.parsed, why.beginnings))

        holding = [
            language for language in LANGUAGES if is_in((_names_in(entry, language) for entry in entries), language)
        ]
        for entry in entries:
            named = any(is_in((_names_in(entry, language),), language) for language in holding)
            self._named[entry.id, why.parsed, why.beginnings] = named

    def body(self, organisation: Organisation) -> Body:
        """Return an organisation by the name that the reader knows; municipalities lead to their page."""
        is_place = organisation.kind == "municipality"
        url = url_for("catalogue.municipality", slug=organisation.slug) if is_place else None
        return Body(organisation.name_in(self._language), url)


def _names_in(entry: Entry, language: str) -> str:
    """Return a concept's label and synonyms in a language; nothing where it has no label."""
    label = entry.labels.get(language)
    return "" if label is None else ", ".join((label, *entry.synonyms.get(language, ())))


def leading_first(agencies: Iterable[Agency]) -> list[Agency]:
    """Return agencies with those that lead first, otherwise in their own order."""
    return sorted(agencies, key=lambda agency: not agency.lead)
