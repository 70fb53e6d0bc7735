"""Records as pages show them: labels in the reader's language, addresses, sections as HTML.

Pure functions from models and lexicon to plain shapes; templates get these and nothing else. Runs no query.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import url_for
from flask_babel import format_date, gettext
from markupsafe import Markup

from index import ParsedQuery, Segment, highlight
from library import record
from library.choices import Provenance
from library.indexing.documents import body_of
from library.languages import ENDONYMS, best_language
from library.lexicon import Entry, Lexicon
from library.models import Organisation, Practice, PracticeAgency, PracticeText
from library.prose import to_html, to_text
from library.web import absolute_url

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


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One line of the card at the top of a practice."""

    label: str
    terms: tuple[Term, ...] = ()
    value_text: str | None = None

    @property
    def missing(self) -> bool:
        """Whether nothing is documented."""
        return not self.terms and not self.value_text


@dataclass(frozen=True, slots=True)
class Section:
    """A section of prose."""

    key: str
    label: str
    html: Markup


@dataclass(frozen=True, slots=True)
class AgencyRole:
    """An agency and what it does here."""

    term: Term
    lead: bool
    role: str


@dataclass(frozen=True, slots=True)
class Study:
    """An evaluation in words."""

    by: str | None
    year: int | None
    design_label: str
    finding_code: str | None
    finding_label: str
    summary: str
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

    def term(self, identifier: str) -> Term:
        """Return a concept as a term."""
        return term(self._lexicon[identifier], self._language)

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

    def card(self, practice: Practice, parsed: ParsedQuery | None = None, matched: str | None = None) -> Card:
        """Return a practice as a card.

        :param parsed: what was searched for, to show why the record was found.
        :param matched: the language of the text that matched best.
        """
        text = self.text_of(practice)
        searched = parsed is not None and bool(parsed.words or parsed.phrases)
        found = next((t for t in practice.texts if t.language == matched), text) if searched else text
        snippet = snippet_of(found, parsed) if searched and parsed else ()
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

    def decision(self, practice: Practice, text: PracticeText) -> tuple[DecisionRow, ...]:
        """Return the lines of the card on which somebody decides whether to read on."""
        confirmed = format_date(practice.confirmed_on, "long") if practice.confirmed_on else gettext("Not yet")
        people = years_of_age(practice)
        return (
            DecisionRow(gettext("What it is"), self.terms(practice.concepts_of("method-types"))),
            DecisionRow(gettext("For whom"), self.terms(practice.concepts_of("target-groups")), people or None),
            DecisionRow(gettext("Agencies"), self.terms(a.concept_id for a in leading_first(practice.agencies))),
            DecisionRow(gettext("Cost and people"), value_text=text.sections.get("cost_and_people")),
            DecisionRow(
                gettext("Prevention level"),
                self.terms(practice.concepts_of("prevention-levels")),
                practice.prevention_level_basis.label if practice.prevention_level_basis else None,
            ),
            DecisionRow(gettext("Evidence stage"), (self.term(practice.evidence_stage_id),)),
            DecisionRow(gettext("Outcome"), (self.term(practice.outcome_id),)),
            DecisionRow(gettext("Last confirmed by its owner"), value_text=confirmed),
        )

    def agencies(self, practice: Practice, text: PracticeText) -> tuple[AgencyRole, ...]:
        """Return the agencies with their roles in the language of the text, the leading ones first."""
        return tuple(
            AgencyRole(self.term(agency.concept_id), agency.lead, agency.roles.get(text.language, ""))
            for agency in leading_first(practice.agencies)
        )

    def body(self, organisation: Organisation) -> Body:
        """Return an organisation by the name that the reader knows; municipalities lead to their page."""
        is_place = organisation.kind == "municipality"
        url = url_for("catalogue.municipality", slug=organisation.slug) if is_place else None
        return Body(organisation.name_in(self._language), url)


def snippet_of(text: PracticeText, parsed: ParsedQuery) -> Fragments:
    """Return the passages of a text that hold the words searched for; none if only its title or concepts do."""
    whole = to_text(f"{text.summary}\n\n{body_of(text)}")
    fragments = highlight(parsed, text.language, whole)
    if not any(segment.hit for fragment in fragments for segment in fragment):
        return ()
    return tuple(_with_ellipses(fragment, whole) for fragment in fragments)


def _with_ellipses(fragment: tuple[Segment, ...], whole: str) -> tuple[Segment, ...]:
    """Return a passage with dots where it begins or ends amid the text."""
    passage = "".join(segment.text for segment in fragment)
    before = () if whole.startswith(passage) else (Segment("… ", hit=False),)
    after = () if whole.endswith(passage) else (Segment(" …", hit=False),)
    return (*before, *fragment, *after)


def sections_of(text: PracticeText) -> tuple[Section, ...]:
    """Return the prose of a text in the order of the template."""
    return tuple(
        Section(key=f.name.replace("_", "-"), label=str(f.label), html=to_html(text.sections[f.name]))
        for f in record.PROSE
        if f.name in text.sections
    )


def missing_sections(text: PracticeText) -> tuple[str, ...]:
    """Return the names of the sections that the sources say nothing about."""
    return tuple(str(f.label) for f in record.PROSE if f.name not in text.sections)


def studies_of(practice: Practice, text: PracticeText) -> tuple[Study, ...]:
    """Return the evaluations in words."""
    return tuple(
        Study(
            by=evaluation.by,
            year=evaluation.year,
            design_label=evaluation.design.label,
            finding_code=evaluation.finding.value if evaluation.finding else None,
            finding_label=evaluation.finding.label if evaluation.finding else "",
            summary=evaluation.summaries.get(text.language, ""),
            url=evaluation.url,
        )
        for evaluation in practice.evaluations
    )


def leading_first(agencies: Iterable[PracticeAgency]) -> list[PracticeAgency]:
    """Return agencies with those that lead first, otherwise in their own order."""
    return sorted(agencies, key=lambda agency: not agency.lead)


def years_of_work(practice: Practice) -> str:
    """Return when the work was done: "2016–2018", "since 2016", or nothing."""
    if practice.start_year and practice.end_year:
        return f"{practice.start_year}–{practice.end_year}"
    if practice.start_year:
        return str(gettext("since %(year)s", year=practice.start_year))
    return str(gettext("until %(year)s", year=practice.end_year)) if practice.end_year else ""


def years_of_age(practice: Practice) -> str:
    """Return the ages it is for, in words."""
    low, high = practice.age_from, practice.age_to
    if low is not None and high is not None:
        return str(gettext("aged %(low)s to %(high)s", low=low, high=high))
    if low is not None:
        return str(gettext("from age %(low)s", low=low))
    return str(gettext("up to age %(high)s", high=high)) if high is not None else ""


def citation_of(practice: Practice, text: PracticeText, *, site: str, revision: int) -> str:
    """Return how to cite a record: who, year, title, where, revision, permanent address."""
    who = practice.owner.name if practice.owner and practice.provenance != Provenance.COMPILED else site
    words = gettext(
        "%(who)s (%(year)s): %(title)s. %(site)s, record %(id)s, revision %(revision)s. %(url)s",
        who=who,
        year=practice.revised_at.year,
        title=text.title,
        site=site,
        id=practice.id,
        revision=revision,
        url=permalink(practice),
    )
    return str(words)


def permalink(practice: Practice) -> str:
    """Return the address that a practice keeps for ever."""
    return absolute_url(url_for("permanent.by_identifier", identifier=practice.id))
