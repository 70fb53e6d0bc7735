"""One practice as its page shows it: decision card, sections, evidence, people, sources, how to cite.

Pure functions from a loaded practice to one plain shape, ``PracticePage``; runs no query.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from flask_babel import format_date, get_locale, gettext
from markupsafe import Markup

from library import record
from library.attachments.kinds import describe
from library.choices import Dimension, PracticeState, Provenance
from library.languages import ENDONYMS
from library.models import Material, Practice, PracticeAuthor, PracticeText, Source
from library.prose import to_html
from library.showing.listed import Listed
from library.showing.present import Body, Card, Presenter, Term, leading_first
from library.web import absolute_url


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


@dataclass(frozen=True, slots=True)
class Handout:
    """A material that others may take, with its language and licence in one line."""

    title: str
    url: str
    details: str


@dataclass(frozen=True, slots=True)
class Writer:
    """An author who is credited, with agency and organisation where they named them."""

    name: str
    agency: str
    organisation: str


@dataclass(frozen=True, slots=True)
class PracticePage:
    """Everything the page of a practice shows, in the reader's language.

    :param permalink: its address for ever; empty while it is still written, and so has none.
    """

    card: Card
    slug: str
    title: str
    summary: str
    text_language: str
    text_language_name: str
    requested_missing: bool
    origin: str
    other_languages: tuple[tuple[str, str, str], ...]
    compiled: bool
    archived: bool
    archive_reason: str | None
    confirmed_on: date | None
    created_on: datetime
    revised_on: datetime
    revision: int
    owner: Body | None
    authors: tuple[Writer, ...]
    organisations: tuple[tuple[Body, str], ...]
    municipalities: tuple[tuple[str, str | None], ...]
    geographic_level: str
    status_label: str | None
    years: str
    ages: str
    model: tuple[str, str] | None
    implementations: tuple[Card, ...]
    implementations_count: int
    decision: tuple[DecisionRow, ...]
    sections: tuple[Section, ...]
    missing_sections: tuple[str, ...]
    agencies: tuple[AgencyRole, ...]
    evaluations: tuple[Study, ...]
    profile: tuple[tuple[str, str | None, str], ...]
    review_label: str
    recognitions: tuple[tuple[str, str, int | None, str | None], ...]
    materials: tuple[Handout, ...]
    material_languages: tuple[str, ...]
    sources: Sequence[Source]
    similar: tuple[Card, ...]
    themes: tuple[Term, ...]
    target_groups: tuple[Term, ...]
    settings: tuple[Term, ...]
    methods: tuple[Term, ...]
    prevention_levels: tuple[Term, ...]
    citation: str
    permalink: str


def practice_page(
    practice: Practice,
    show: Presenter,
    *,
    revision: int,
    implementations: tuple[Iterable[Listed], int],
    similar: Iterable[Listed],
    site: str,
    authors: Iterable[PracticeAuthor] = (),
) -> PracticePage:
    """Return a practice as its page shows it.

    :param show: presents in the reader's language.
    :param revision: the number of the revision that is public.
    :param implementations: practices that apply this one, if it is a model, as many as are shown; and how many do.
    :param similar: practices like it, the most alike first.
    :param site: the name of this library, for citing.
    :param authors: those who wrote it and wanted to be named.
    """
    text = show.text_of(practice)
    card = show.card(practice)
    return PracticePage(
        card=card,
        slug=practice.slug,
        title=text.title,
        summary=text.summary,
        text_language=text.language,
        text_language_name=ENDONYMS[text.language],
        requested_missing=card.is_fallback,
        origin=text.origin,
        other_languages=_other_languages(practice, text),
        compiled=practice.provenance == Provenance.COMPILED,
        archived=practice.state == PracticeState.ARCHIVED,
        archive_reason=practice.archive_reason,
        confirmed_on=practice.confirmed_on,
        created_on=practice.published_at,
        revised_on=practice.revised_at,
        revision=revision,
        owner=show.body(practice.owner) if practice.owner else None,
        authors=tuple(_writer(author, show) for author in authors),
        organisations=tuple((show.body(partner.organisation), partner.role.label) for partner in practice.partners),
        municipalities=tuple((body.name, body.url) for body in (show.body(p.municipality) for p in practice.places)),
        geographic_level=practice.geographic_level.label,
        status_label=practice.status.label if practice.status else None,
        years=years_of_work(practice),
        ages=years_of_age(practice),
        model=_model(practice, show),
        implementations=tuple(show.card(item) for item in implementations[0]),
        implementations_count=implementations[1],
        decision=decision_card(practice, text, show),
        sections=sections_of(text),
        missing_sections=missing_sections(text),
        agencies=agencies_of(practice, text, show),
        evaluations=studies_of(practice, text),
        profile=_profile(practice),
        review_label=practice.review_label.label,
        recognitions=tuple((r.body, r.label, r.year, r.url) for r in practice.recognitions),
        materials=tuple(_handout(material) for material in practice.materials),
        material_languages=tuple(map(language_name, practice.material_languages)),
        sources=practice.sources,
        similar=tuple(show.card(item) for item in similar),
        themes=show.terms(practice.concepts_of("themes")),
        target_groups=show.terms(practice.concepts_of("target-groups")),
        settings=show.terms(practice.concepts_of("settings")),
        methods=show.terms(practice.concepts_of("method-types")),
        prevention_levels=show.terms(practice.concepts_of("prevention-levels")),
        citation=citation_of(practice, text, site=site, revision=revision),
        permalink=permalink(practice),
    )


def _other_languages(practice: Practice, shown: PracticeText) -> tuple[tuple[str, str, str], ...]:
    """Return (own name, address, code) of the other languages that the record is written in."""
    others = [text.language for text in practice.texts if text.language != shown.language]
    return tuple(
        (ENDONYMS[code], url_for("catalogue.practice", slug=practice.slug, lang=code), code) for code in others
    )


def _model(practice: Practice, show: Presenter) -> tuple[str, str] | None:
    if practice.model is None or practice.model.state != PracticeState.PUBLISHED:
        return None
    return show.text_of(practice.model).title, url_for("catalogue.practice", slug=practice.model.slug)


def _writer(author: PracticeAuthor, show: Presenter) -> Writer:
    agency = show.term(author.agency_id).label if author.agency_id else ""
    return Writer(author.name, agency, show.body(author.organisation).name if author.organisation else "")


def _handout(material: Material) -> Handout:
    file = material.attachment
    address = url_for("files.download", key=file.key) if file else material.url or ""
    kind = describe(file.media_type, file.size) if file else ""
    details = (kind, language_name(material.language) if material.language else "", material.licence or "")
    return Handout(material.title, address, ", ".join(filter(None, details)))


def language_name(code: str) -> str:
    """Return the name of a language in that of the page; its code where nobody has named it."""
    return str(get_locale().languages.get(code, code))


def _profile(practice: Practice) -> tuple[tuple[str, str | None, str], ...]:
    """Return (dimension, grade, reason) of all five dimensions; what nobody graded has no grade."""
    grades = {grade.dimension: (grade.grade, grade.reason) for grade in practice.grades}
    return tuple((dimension.label, *grades.get(dimension, (None, ""))) for dimension in Dimension)


def decision_card(practice: Practice, text: PracticeText, show: Presenter) -> tuple[DecisionRow, ...]:
    """Return the lines of the card on which somebody decides whether to read on."""
    confirmed = format_date(practice.confirmed_on, "long") if practice.confirmed_on else gettext("Not yet")
    people = years_of_age(practice)
    band = practice.cost_band
    cost = (Term(code=band.value, label=band.label),) if band else ()
    return (
        DecisionRow(gettext("What it is"), show.terms(practice.concepts_of("method-types"))),
        DecisionRow(gettext("For whom"), show.terms(practice.concepts_of("target-groups")), people or None),
        DecisionRow(gettext("Agencies"), show.terms(a.concept_id for a in leading_first(practice.agencies))),
        DecisionRow(gettext("Cost and people"), cost, text.sections.get("cost_and_people")),
        DecisionRow(
            gettext("Prevention level"),
            show.terms(practice.concepts_of("prevention-levels")),
            practice.prevention_level_basis.label if practice.prevention_level_basis else None,
        ),
        DecisionRow(gettext("Evidence stage"), (show.term(practice.evidence_stage_id),)),
        DecisionRow(gettext("Outcome"), (show.term(practice.outcome_id),)),
        DecisionRow(gettext("Last confirmed by its owner"), value_text=confirmed),
    )


def agencies_of(practice: Practice, text: PracticeText, show: Presenter) -> tuple[AgencyRole, ...]:
    """Return the agencies with their roles in the language of the text, the leading ones first."""
    return tuple(
        AgencyRole(show.term(agency.concept_id), agency.lead, agency.roles.get(text.language, ""))
        for agency in leading_first(practice.agencies)
    )


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
    """Return how to cite a record: who (unless the library compiled it), title, year, where, permanent address."""
    author = f"{practice.owner.name}: " if practice.owner and practice.provenance != Provenance.COMPILED else ""
    words = author + gettext(
        "%(title)s (%(year)s). %(site)s, record %(id)s, revision %(revision)s. %(url)s",
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
