"""Which of a thousand places are named at all, before the forty with most practices are shown."""

from __future__ import annotations

from index import SearchRequest
from library.catalogue.filters import MOST_PLACES, contenders

EVERYWHERE = SearchRequest(language="en")


def test_of_many_places_those_are_left_that_may_be_shown_and_one_that_tells_of_more() -> None:
    counts = {f"place-{number}": 1000 - number for number in range(500)}
    left = contenders({"municipality": counts}, EVERYWHERE)["municipality"]
    assert list(left) == list(counts)[: MOST_PLACES + 1]


def test_places_with_as_many_practices_as_the_last_are_all_left_for_their_names_decide() -> None:
    counts = {f"place-{number}": 2 if number < MOST_PLACES - 5 else 1 for number in range(300)}
    assert contenders({"municipality": counts}, EVERYWHERE)["municipality"] == counts


def test_a_chosen_place_is_left_however_few_practices_it_has() -> None:
    counts = {f"place-{number}": 1000 - number for number in range(500)}
    wanted = SearchRequest(language="en", filters={"municipality": ("place-499",)})
    assert "place-499" in contenders({"municipality": counts}, wanted)["municipality"]


def test_facets_of_a_vocabulary_keep_all_their_codes() -> None:
    counts = {f"theme-{number}": number for number in range(MOST_PLACES + 30)}
    assert contenders({"theme": counts}, EVERYWHERE)["theme"] == counts
