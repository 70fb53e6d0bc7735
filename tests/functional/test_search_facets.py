"""Narrowing a search: any choice within a facet, all facets together, and counts that can be trusted."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest
from factories.html import words
from factories.readers import Page, Reader
from factories.truth import Codes, counts, facets_by_slug, matching
from sqlalchemy.orm import Session

API = "/api/v1/practices"
FACETS = (
    "agency",
    "theme",
    "target_group",
    "prevention_level",
    "kind",
    "country",
    "municipality",
    "stage",
    "outcome",
    "language",
    "year",
)


@pytest.fixture
def truth(session: Session) -> dict[str, Codes]:
    return facets_by_slug(session)


def options(page: Page, facet: str) -> dict[str, int]:
    """Return the counts beside the checkboxes of a facet."""
    rows = [row for row in page.all("label") if row.find("input") is not None and row.find("span") is not None]
    boxes = [(row.find("input"), row.find("span")) for row in rows]
    return {box.get("value", ""): int(words(count)) for box, count in boxes if box.get("name") == facet}  # type: ignore[union-attr]


def total(page: Page) -> int:
    return int(words(page.all("span[@role='status']")[0]).split()[0])


def ask(reader: Reader, **parameters: Any) -> dict[str, Any]:
    """Return the answer to a search with the items of all its pages."""
    answer = reader.get(API, query_string={"per_page": 100, **parameters})
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json
    for page in range(2, result["total"] // 100 + 2):
        result["items"] += reader.get(API, query_string={"per_page": 100, "page": page, **parameters}).json["items"]
    return result


def slugs(answer: Mapping[str, Any]) -> set[str]:
    return {item["slug"] for item in answer["items"]}


def counted(answer: Mapping[str, Any], facet: str) -> dict[str, int]:
    return {row["code"]: row["count"] for row in answer["facets"][facet]}


@pytest.mark.parametrize("facet", FACETS)
def test_every_code_of_a_facet_finds_exactly_the_practices_that_carry_it(
    reader: Reader, truth: dict[str, Codes], facet: str
) -> None:
    offered = counted(ask(reader), facet)
    assert offered == counts(truth, truth, facet)
    for code in random.Random(facet).sample(sorted(offered), k=min(6, len(offered))):
        assert slugs(ask(reader, **{facet: code})) == matching(truth, {facet: [code]})


@pytest.mark.one_database
@pytest.mark.parametrize("seed", range(30))
def test_any_choice_of_filters_finds_and_counts_what_the_database_holds(
    reader: Reader, truth: dict[str, Codes], seed: int
) -> None:
    chance = random.Random(seed)
    chosen = {
        facet: chance.sample(sorted(counts(truth, truth, facet)), k=chance.choice((1, 2, 3)))
        for facet in chance.sample(FACETS, k=chance.choice((1, 2, 2, 3)))
    }
    together = "agency" in chosen and chance.random() < 0.5
    answer = ask(reader, **chosen, **({"together": "agency"} if together else {}))
    assert slugs(answer) == matching(truth, chosen, together)
    assert answer["total"] == len(answer["items"])
    for facet in FACETS:
        own_left_out = {
            name: codes for name, codes in chosen.items() if name != facet or (together and name == "agency")
        }
        assert counted(answer, facet) == counts(truth, matching(truth, own_left_out, together), facet), facet


def test_the_page_counts_what_the_database_holds(reader: Reader, truth: dict[str, Codes]) -> None:
    chosen = {"agency": ["police", "schools"], "country": ["no"]}
    page = reader.read("/en/practices?agency=police&agency=schools&country=no")
    assert total(page) == len(matching(truth, chosen))
    assert options(page, "agency") == counts(truth, matching(truth, {"country": ["no"]}), "agency")
    assert options(page, "country") == counts(truth, matching(truth, {"agency": chosen["agency"]}), "country")
    assert options(page, "theme") == counts(truth, matching(truth, chosen), "theme")


@pytest.mark.one_database
def test_choices_stay_ticked_and_chips_take_them_away_one_by_one(reader: Reader) -> None:
    address = "/en/practices?agency=police&agency=schools&theme=hate&q=youth&sort=title"
    page = reader.read(address)
    ticked = {(box.get("name"), box.get("value")) for box in page.all("input") if "checked" in box.keys()}  # noqa: SIM118
    assert ticked == {("agency", "police"), ("agency", "schools"), ("theme", "hate")}
    chips = {words(chip): chip.get("href", "") for chip in page.by_class("ds-chip")}
    assert len(chips) == 3
    for name, target in chips.items():
        left = reader.read(target)
        assert len(left.by_class("ds-chip")) == 2, name
        assert "q=youth" in target
        assert "sort=title" in target
    cleared = reader.read(page.by_class("chips-clear")[0].get("href", ""))
    assert not cleared.by_class("ds-chip")
    assert "q=youth" in cleared.response.request.full_path


@pytest.mark.one_database
def test_a_choice_that_leaves_nothing_is_still_there_to_be_taken_away(reader: Reader) -> None:
    page = reader.read("/en/practices?country=is&municipality=dk-aarhus")
    assert total(page) == 0
    assert len(page.by_class("ds-chip")) == 2
    assert options(page, "municipality")["dk-aarhus"] == 0


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_practice_in_which_schools_and_police_work_together_on_hate_is_found(
    reader: Reader, truth: dict[str, Codes], language: str
) -> None:
    expected = {
        slug for slug, codes in truth.items() if {"schools", "police"} <= codes["agency"] and "hate" in codes["theme"]
    }
    assert expected
    page = reader.read(f"/{language}/practices?agency=schools&agency=police&theme=hate&together=agency")
    assert set(page.slugs) == expected
    assert total(page) == len(expected)


@pytest.mark.parametrize(("language", "query"), [("sv", "skola polis hat"), ("en", "schools police hate")])
def test_the_same_practices_are_found_by_words_alone(
    reader: Reader, truth: dict[str, Codes], language: str, query: str
) -> None:
    expected = {
        slug for slug, codes in truth.items() if {"schools", "police"} <= codes["agency"] and "hate" in codes["theme"]
    }
    found = ask(reader, q=query, lang=language)
    assert not found["fewer_words"]
    assert expected <= slugs(found)


@pytest.mark.one_database
def test_without_asking_for_both_any_chosen_agency_will_do(reader: Reader, truth: dict[str, Codes]) -> None:
    found = slugs(ask(reader, agency=["schools", "police"], theme="hate"))
    assert found == matching(truth, {"agency": ["schools", "police"], "theme": ["hate"]})
    assert found > slugs(ask(reader, agency=["schools", "police"], theme="hate", together="agency"))


@pytest.mark.one_database
def test_working_together_is_a_box_to_tick_and_a_chip_to_remove(reader: Reader) -> None:
    page = reader.read("/sv/practices?agency=schools&agency=police&together=agency")
    box = next(box for box in page.all("input") if box.get("name") == "together")
    assert "checked" in box.keys()  # noqa: SIM118 - an element, no dict
    chips = [chip.get("href", "") for chip in page.by_class("ds-chip")]
    assert len(chips) == 3
    assert [target for target in chips if "together" not in target]
