"""Who uses what, as pages show it: a municipality's report in the reader's words. Pure; runs no query.

Nobody is named: whoever wants to know more asks the municipality.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext

from library.choices import AdoptionState
from library.languages import ENDONYMS
from library.models import Adoption
from library.showing.present import Body, Presenter


@dataclass(frozen=True, slots=True)
class Use:
    """What one municipality says of one practice.

    :param language: of the two texts; empty where it is the reader's.
    :param said_at: when somebody last said so.
    """

    id: int
    municipality: Body
    state: AdoptionState
    years: str
    adapted: str
    experience: str
    language: str
    language_name: str
    said_at: datetime

    @property
    def has_words(self) -> bool:
        """Whether it says more than that."""
        return bool(self.adapted or self.experience)


@dataclass(frozen=True, slots=True)
class Used:
    """A practice that a municipality has reported about."""

    title: str
    url: str
    language: str
    state: AdoptionState
    years: str


def uses_of(adoptions: Iterable[Adoption], show: Presenter, language: str) -> tuple[Use, ...]:
    """Return reports about one practice, with their municipalities loaded."""
    return tuple(_use(adoption, show, language) for adoption in adoptions)


def used_by(adoptions: Iterable[Adoption], show: Presenter, language: str) -> tuple[Used, ...]:
    """Return what one municipality reports, with the texts of the practices loaded."""
    return tuple(_used(adoption, show, language) for adoption in adoptions)


def _use(adoption: Adoption, show: Presenter, language: str) -> Use:
    foreign = adoption.language if adoption.language != language else ""
    return Use(
        id=adoption.id,
        municipality=show.body(adoption.municipality),
        state=AdoptionState(adoption.state),
        years=years_of(adoption),
        adapted=adoption.adapted,
        experience=adoption.experience,
        language=foreign,
        language_name=ENDONYMS[foreign] if foreign else "",
        said_at=adoption.changed_at,
    )


def _used(adoption: Adoption, show: Presenter, language: str) -> Used:
    text = show.text_of(adoption.practice)
    return Used(
        title=text.title,
        url=url_for("catalogue.practice", slug=adoption.practice.slug),
        language=text.language if text.language != language else "",
        state=AdoptionState(adoption.state),
        years=years_of(adoption),
    )


def years_of(adoption: Adoption) -> str:
    """Return since when, or from and until when, in words; nothing where nobody said."""
    since, until = adoption.since_year, adoption.until_year
    if since and until:
        return f"{since}–{until}" if since != until else str(since)
    if until:
        return str(gettext("until %(year)s", year=until))
    if not since:
        return ""
    if adoption.state == AdoptionState.PLANNED:
        return str(gettext("from %(year)s", year=since))
    if adoption.state == AdoptionState.STOPPED:
        return str(gettext("begun in %(year)s", year=since))
    return str(gettext("since %(year)s", year=since))
