"""A practice with what its card shows and nothing else, for lists.

Twenty practices as objects, with all that hangs on them, take longer to load than to show; ``catalogue.page_queries``
reads columns instead. Runs no query.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final, NamedTuple

from library.models import Practice

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class ListedText(NamedTuple):
    """The words of a practice in one language; ``sections`` are read only where a card may quote them."""

    language: str
    title: str
    summary: str
    sections: Mapping[str, str] = _NOTHING


class ListedAgency(NamedTuple):
    """An agency that takes part, and whether it leads."""

    concept_id: str
    lead: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A practice as its card needs it.

    :param texts: by language; those that the reader may get, and the one in which it was found.
    :param places: the names of its municipalities, as the reader calls them, in their order.
    """

    id: int
    slug: str
    original_language: str
    kind_id: str
    country_id: str
    evidence_stage_id: str
    outcome_id: str
    start_year: int | None
    confirmed_on: date | None
    confirm_by: date | None
    in_use: int | None
    texts: Mapping[str, ListedText] = field(default_factory=dict)
    agencies: Sequence[ListedAgency] = ()
    places: Sequence[str] = ()

    @classmethod
    def of(cls, practice: Practice, language: str) -> Listed:
        """Return what the card of a practice needs that is loaded already.

        :param language: of the reader.
        """
        return cls(
            id=practice.id,
            slug=practice.slug,
            original_language=practice.original_language,
            kind_id=practice.kind_id,
            country_id=practice.country_id,
            evidence_stage_id=practice.evidence_stage_id,
            outcome_id=practice.outcome_id,
            start_year=practice.start_year,
            confirmed_on=practice.confirmed_on,
            confirm_by=practice.confirm_by,
            in_use=practice.in_use,
            texts={text.language: ListedText(text.language, text.title, text.summary) for text in practice.texts},
            agencies=[ListedAgency(agency.concept_id, agency.lead) for agency in practice.agencies],
            places=[place.municipality.name_in(language) for place in practice.places],
        )
