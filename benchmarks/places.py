"""Municipalities for a library that the whole North uses: as many as there are, with names made up."""

from __future__ import annotations

from typing import Final

from library.choices import OrganisationKind
from library.models import Organisation
from library.publishing import slugify
from library.record import concept_id

# How many municipalities each country has (2024), and what their made-up names are put together from.
COUNTS: Final = {"se": 290, "dk": 98, "no": 357, "fi": 309, "is": 62}
_FIRST: Final = {
    "se": "Norr Söder Öster Väster Lång Sten Björk Ek Ull Ving Hög Skog Rosen Käll Troll Kungs Lind Alm Berg Sol",
    "dk": "Nord Sønder Øster Vester Lange Sten Birke Ege Ulf Ring Høj Skov Rosen Kilde Bøge Konge Linde Ager",
    "no": "Nord Sør Aust Vest Lang Stein Bjørk Eik Ulv Ring Høg Skog Rose Kjelde Fjell Kongs Lind Åker Elv Snø",
    "fi": "Pohjois Etelä Itä Länsi Pitkä Kivi Koivu Tammi Susi Rengas Korkea Metsä Ruusu Lähde Kallio Kunin Lehmus",
    "is": "Norður Suður Austur Vestur Langi Stein Birki Eikar Úlfs Hring Há Skógar",
}
_LAST: Final = {
    "se": "köping stad by sund vik berga dal holm hamn mark torp näs ås tuna sjö fors",
    "dk": "borg by sund vig bjerg dal holm havn mark rup næs ås lev rød",
    "no": "stad by sund vik berg dal holm hamn mark rud nes ås sjø foss våg fjord øy li eid",
    "fi": "kaupunki kylä salmi lahti mäki laakso saari satama pelto niemi järvi koski ranta vaara joki lampi",
    "is": "borg bær sund vík berg dalur",
}


def made_up() -> list[Organisation]:
    """Return the municipalities of every country, biggest first: the order in which records fall to them."""
    return [_municipality(country, n) for country, count in COUNTS.items() for n in range(count)]


def _municipality(country: str, number: int) -> Organisation:
    first, last = _FIRST[country].split(), _LAST[country].split()
    name = first[number % len(first)] + last[(number + number // len(first)) % len(last)]
    return Organisation(
        slug=f"{country}-{slugify(name)}-{number + 1}",
        kind=OrganisationKind.MUNICIPALITY,
        country_id=concept_id("countries", country),
        name=name,
        names={},
    )
