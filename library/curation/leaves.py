"""A collection as all its files say it: one booklet with a leaf for each practice, in plain values. Runs no query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from flask import url_for
from flask_babel import format_date, gettext

from library.characters import writable
from library.choices import Provenance
from library.languages import ENDONYMS
from library.models import Practice, PracticeText
from library.showing.collections import Place, ShownCollection, Words, heading_of
from library.showing.practice_page import permalink, years_of_age, years_of_work
from library.showing.present import Presenter, leading_first
from library.web import absolute_url


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """An agency, and what it does here."""

    label: str
    lead: bool
    role: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """One practice in a booklet.

    :param language: that of title, summary, roles and of what did not work.
    :param facts: label and words each.
    :param did_not_work: Markdown; empty where nothing is documented.
    :param notices: what a reader must know of the text: who wrote it, and in which language.
    """

    number: int
    id: int
    note: Words
    title: str
    summary: str
    language: str
    kind: str
    country: str
    places: tuple[str, ...]
    owner: str
    themes: tuple[str, ...]
    target_groups: tuple[str, ...]
    start_year: int | None
    facts: tuple[tuple[str, str], ...]
    agencies: tuple[AgencyLine, ...]
    stage: str
    outcome: str
    review: str
    evaluations: int
    did_not_work: Words
    notices: tuple[str, ...]
    confirmed_on: str
    published_on: datetime
    revised_on: datetime
    url: str
    page_url: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of a booklet."""

    number: int
    heading: Words
    introduction: Words
    waiting: bool
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Booklet:
    """A collection to take along.

    :param language: the reader's, in which labels stand.
    :param contact: whom to ask about any practice; empty where the library has named nobody.
    """

    slug: str
    url: str
    language: str
    title: Words
    introduction: Words
    audience: Words
    cover: str
    curators: tuple[str, ...]
    published_on: datetime
    changed_on: datetime
    site: str
    contact: str
    chapters: tuple[Chapter, ...]

    @property
    def is_changed(self) -> bool:
        """Whether it was changed on a day after its publication."""
        return self.changed_on.date() > self.published_on.date()

    @property
    def leaves(self) -> Iterator[Leaf]:
        """All practices in their order."""
        for chapter in self.chapters:
            yield from chapter.leaves


def _plain_words(words: Words) -> Words:
    return replace(words, source=writable(words.source))


def booklet_of(
    shown: ShownCollection, practices: Mapping[int, Practice], show: Presenter, *, site: str, contact: str
) -> Booklet:
    """Return a collection with all of its practices in plain values.

    :param practices: by number; what is missing is left out.
    """
    return Booklet(
        slug=shown.slug,
        url=absolute_url(shown.url),
        language=shown.language,
        title=_plain_words(shown.title),
        introduction=_plain_words(shown.introduction),
        audience=_plain_words(shown.audience),
        cover=shown.cover,
        curators=tuple(map(writable, shown.curators)),
        published_on=shown.published_on,
        changed_on=shown.changed_on,
        site=site,
        contact=contact,
        chapters=tuple(_chapters(shown, practices, show)),
    )


def _chapters(shown: ShownCollection, practices: Mapping[int, Practice], show: Presenter) -> Iterator[Chapter]:
    first = 1
    for part in shown.parts:
        there = [place for place in part.places if place.practice_id in practices]
        yield Chapter(
            number=part.number,
            heading=_plain_words(replace(part.heading, source=heading_of(part))),
            introduction=_plain_words(part.introduction),
            waiting=part.waiting,
            leaves=tuple(
                _leaf(practices[place.practice_id], number, _note(shown, place), show)
                for number, place in enumerate(there, start=first)
            ),
        )
        first += len(there)


def _note(shown: ShownCollection, place: Place) -> Words:
    return _plain_words(shown.words(place.notes))


def _leaf(practice: Practice, number: int, note: Words, show: Presenter) -> Leaf:
    text, card = show.text_of(practice), show.card(practice)
    failed = writable(text.sections.get("what_did_not_work", ""))
    return Leaf(
        number=number,
        id=practice.id,
        note=note,
        title=writable(text.title),
        summary=writable(text.summary),
        language=text.language,
        kind=card.kind.label,
        country=card.country.label,
        places=card.places,
        owner=writable(show.body(practice.owner).name) if practice.owner else "",
        themes=_labels(practice, "themes", show),
        target_groups=_labels(practice, "target-groups", show),
        start_year=practice.start_year,
        facts=tuple((label, writable(words)) for label, words in _facts(practice, text, show) if words.strip()),
        agencies=tuple(
            AgencyLine(show.term(agency.concept_id).label, agency.lead, writable(agency.roles.get(text.language, "")))
            for agency in leading_first(practice.agencies)
        ),
        stage=card.stage.label,
        outcome=card.outcome.label,
        review=str(practice.review_label.label),
        evaluations=len(practice.evaluations),
        did_not_work=Words(failed, text.language, card.is_fallback),
        notices=tuple(_notices(practice, text, show)),
        confirmed_on=practice.confirmed_on.isoformat() if practice.confirmed_on else "",
        published_on=practice.published_at,
        revised_on=practice.revised_at,
        url=permalink(practice),
        page_url=absolute_url(url_for("catalogue.practice", slug=practice.slug)),
    )


def _labels(practice: Practice, scheme: str, show: Presenter) -> tuple[str, ...]:
    return tuple(term.label for term in show.terms(practice.concepts_of(scheme)))


def _facts(practice: Practice, text: PracticeText, show: Presenter) -> Iterator[tuple[str, str]]:
    """Yield label and words of what a reader asks first."""
    card = show.card(practice)
    for_whom = ", ".join((*_labels(practice, "target-groups", show), years_of_age(practice)))
    cost = [str(practice.cost_band.label)] if practice.cost_band else []
    confirmed = format_date(practice.confirmed_on, "long") if practice.confirmed_on else gettext("Not yet")
    yield gettext("Kind"), card.kind.label
    yield gettext("Place"), ", ".join((*card.places, card.country.label))
    yield gettext("Owner"), show.body(practice.owner).name if practice.owner else ""
    yield gettext("Years"), years_of_work(practice)
    yield gettext("What it is"), ", ".join(_labels(practice, "method-types", show))
    yield gettext("For whom"), for_whom.strip(", ")
    yield gettext("Themes"), ", ".join(_labels(practice, "themes", show))
    yield gettext("Prevention level"), ", ".join(_labels(practice, "prevention-levels", show))
    yield gettext("Cost and people"), ". ".join((*cost, text.sections.get("cost_and_people", ""))).strip(". ")
    yield gettext("Last confirmed by its owner"), confirmed


def _notices(practice: Practice, text: PracticeText, show: Presenter) -> Iterator[str]:
    if practice.provenance == Provenance.COMPILED and not practice.confirmed_on:
        yield gettext("Compiled from public sources, not confirmed by its owner.")
    elif show.is_unconfirmed(practice):
        day = practice.confirmed_on and format_date(practice.confirmed_on, "long")
        yield (
            gettext("Not confirmed by its owner since %(day)s.", day=day)
            if day
            else gettext("Not confirmed by its owner yet.")
        )
    if show.card(practice).is_fallback:
        yield gettext("Text in: %(language)s", language=ENDONYMS[text.language])
    if text.origin == "machine":
        yield gettext("This text is a machine translation. Where it matters, check it against the original.")


def contact_line(booklet: Booklet) -> str:
    """Return how to reach the people behind a practice, whose addresses no file holds."""
    if booklet.contact:
        return str(gettext("The library passes questions on: %(email)s", email=booklet.contact))
    return str(gettext("The library passes questions on to those who did the work."))


def part_is_waiting() -> str:
    """Return what stands in a part while the search that feeds it cannot be asked."""
    return str(gettext("The search that fills this part is not ready just now. Try again in a few minutes."))
