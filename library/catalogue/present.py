"""Records as pages show them: labels in the reader's language, addresses, sections as HTML.

Pure functions from models and lexicon to plain shapes; templates get these and nothing else. Runs no query.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import url_for

from index import ParsedQuery, Segment, highlight
from library.choices import Provenance
from library.indexing.documents import body_of
from library.languages import ENDONYMS, best_language
from library.lexicon import Entry, Lexicon
from library.models import Organisation, Practice, PracticeAgency, PracticeText
from library.prose import to_text

# Which facet of the search a concept of a scheme narrows.
FACET_OF_SCHEME: Final = {
    "themes": "theme",
    "target-groups": "target_group",
    "prevention-levels": "prevention_level",
    "kinds": "kind",
    "countries": "country",
    "evidence-stages": "stage",
    "outcomes": "outcome",
}

Fragments = tuple[tuple[Segment, ...], ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A concept, in the reader's language, with where it leads."""

    code: str
    label: str
    url: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class TermCount:
    """A term and how many practices carry it."""

    term: Term
    count: int


@dataclass(frozen=True, slots=True)
class Card:
    """A practice in a list."""

    id: int
    url: str
    title: str
    language: str
    language_name: str
    is_fallback: bool
    kind: Term
    snippet: Fragments
    snippet_language: str
    snippet_is_foreign: bool
    summary: str
    country: Term
    places: tuple[str, ...]
    agencies: tuple[Term, ...]
    stage: Term
    outcome: Term
    start_year: int | None
    unconfirmed: bool
    compiled: bool
    reads_as: str


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
    return Term(code=entry.code, label=entry.label(language), url=url, note=entry.note(language))


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
        self._terms: dict[str, Term] = {}  # the cards of a page share most of theirs

    def term(self, identifier: str) -> Term:
        """Return a concept as a term."""
        if identifier not in self._terms:
            self._terms[identifier] = term(self._lexicon[identifier], self._language)
        return self._terms[identifier]

    def terms(self, identifiers: Iterable[str]) -> tuple[Term, ...]:
        """Return concepts as terms, in their order."""
        return tuple(self.term(identifier) for identifier in identifiers)

    def text_of(self, practice: Practice) -> PracticeText:
        """Return the text that the reader gets: in their language where there is one, else the original."""
        texts = {text.language: text for text in practice.texts}
        return texts[best_language(self._language, texts, practice.original_language)]

    def is_unconfirmed(self, practice: Practice) -> bool:
        """Return whether the owner never confirmed the record, or not in time."""
        return practice.confirm_by is None or practice.confirm_by < self._today

    def card(
        self,
        practice: Practice,
        parsed: ParsedQuery | None = None,
        matched: str | None = None,
        *,
        beginnings: bool = False,
    ) -> Card:
        """Return a practice as a card.

        :param parsed: what was searched for, to show why the record was found.
        :param matched: the language of the text that matched best.
        :param beginnings: words were found as beginnings of others.
        """
        text = self.text_of(practice)
        searched = parsed is not None and bool(parsed.words or parsed.phrases)
        found = next((t for t in practice.texts if t.language == matched), text) if searched else text
        snippet = snippet_of(found, parsed, beginnings=beginnings) if searched and parsed else ()
        return Card(
            id=practice.id,
            url=url_for("catalogue.practice", slug=practice.slug),
            title=text.title,
            language=text.language,
            language_name=ENDONYMS[text.language],
            is_fallback=text.language != self._language,
            kind=self.term(practice.kind_id),
            snippet=snippet,
            snippet_language=(found if snippet else text).language,
            snippet_is_foreign=(found if snippet else text).language != self._language,
            summary=text.summary,
            country=self.term(practice.country_id),
            places=tuple(place.municipality.name_in(self._language) for place in practice.places),
            agencies=self.terms(agency.concept_id for agency in leading_first(practice.agencies)),
            stage=self.term(practice.evidence_stage_id),
            outcome=self.term(practice.outcome_id),
            start_year=practice.start_year,
            unconfirmed=self.is_unconfirmed(practice),
            compiled=practice.provenance == Provenance.COMPILED,
            reads_as=ENDONYMS[found.language] if found.language != text.language else "",
        )

    def body(self, organisation: Organisation) -> Body:
        """Return an organisation by the name that the reader knows; municipalities lead to their page."""
        is_place = organisation.kind == "municipality"
        url = url_for("catalogue.municipality", slug=organisation.slug) if is_place else None
        return Body(organisation.name_in(self._language), url)


def snippet_of(text: PracticeText, parsed: ParsedQuery, *, beginnings: bool = False) -> Fragments:
    """Return the passages of a text that hold the words searched for; none if only its title or concepts do."""
    whole = to_text(f"{text.summary}\n\n{body_of(text)}")
    fragments = highlight(parsed, text.language, whole, beginnings=beginnings)
    if not any(segment.hit for fragment in fragments for segment in fragment):
        return ()
    return tuple(_with_ellipses(fragments, whole))


def _with_ellipses(fragments: Fragments, whole: str) -> Iterator[tuple[Segment, ...]]:
    """Yield passages with dots before those that begin amid the text, and after the last that ends amid it."""
    for number, fragment in enumerate(fragments, start=1):
        passage = "".join(segment.text for segment in fragment)
        before = () if whole.startswith(passage) else (Segment("… ", hit=False),)
        after = (Segment(" …", hit=False),) if number == len(fragments) and not whole.endswith(passage) else ()
        yield (*before, *fragment, *after)


def leading_first(agencies: Iterable[PracticeAgency]) -> list[PracticeAgency]:
    """Return agencies with those that lead first, otherwise in their own order."""
    return sorted(agencies, key=lambda agency: not agency.lead)
