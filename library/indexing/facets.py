"""The facets of the search, in the order in which pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow a search.

    :param name: in addresses and in the index.
    :param label: above its choices.
    :param scheme: the vocabulary of its codes; empty where codes are no concepts.
    :param together: the words of the choice to ask for all chosen codes instead of any; empty where there is none.
    """

    name: str
    label: Any
    scheme: str = ""
    together: Any = ""


FACETS: Final[tuple[Facet, ...]] = (
    Facet("agency", _l("Agency"), "agencies", together=_l("Only where all chosen agencies work together")),
    Facet("theme", _l("Theme"), "themes"),
    Facet("target_group", _l("Target group"), "target-groups"),
    Facet("prevention_level", _l("Prevention level"), "prevention-levels"),
    Facet("kind", _l("Kind"), "kinds"),
    Facet("country", _l("Country"), "countries"),
    Facet("municipality", _l("Municipality")),
    Facet("stage", _l("Evidence stage"), "evidence-stages"),
    Facet("outcome", _l("Outcome"), "outcomes"),
    Facet("language", _l("Language")),
    Facet("year", _l("Start year")),
    Facet("collection", _l("Collection")),
)

BY_NAME: Final[dict[str, Facet]] = {facet.name: facet for facet in FACETS}
NAMES: Final[tuple[str, ...]] = tuple(BY_NAME)
