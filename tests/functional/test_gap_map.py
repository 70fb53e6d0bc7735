"""The gap map: every cell counts what is there and leads to it, every gap is named and leads to filling it."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from factories.documents import titled
from factories.html import words
from factories.letters import NEW_PASSWORD, last_letter, link_in, send
from factories.people import hidden, signed_in
from factories.readers import Page, Reader
from factories.records import PASSWORD, a_practice, an_account, follow
from factories.truth import Codes, facets_by_slug
from factories.watching import Ledger
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from index import Crossing
from library.choices import Role
from library.extensions import db
from library.indexing.search import cross, index_of_app
from library.insight.map_queries import from_database
from library.languages import LANGUAGES
from library.lexicon import Lexicon, load
from library.mail import MailKind
from library.models import Submission
from library.workflow import Step, advance

MAP = "/en/map"
AXES = {"agency": "agencies", "target_group": "target-groups", "prevention_level": "prevention-levels"}
TOPS = (
    *("safe-urban-space", "safe-online-sphere", "strong-families"),
    *("safe-public-institutions", "strong-youth-engagement", "safe-communities"),
)
SAID = re.compile(r"(\d+) practices?, (?:(\d+) independently|not|none)")

one_database = pytest.mark.one_database
Cells = dict[tuple[str, str], Element]


@pytest.fixture(scope="module")
def truth(module_truth: tuple[dict[str, Codes], Lexicon]) -> dict[str, Codes]:
    return module_truth[0]


@pytest.fixture(scope="module")
def lexicon(module_truth: tuple[dict[str, Codes], Lexicon]) -> Lexicon:
    return module_truth[1]


@pytest.fixture(scope="module")
def module_truth(library: Flask) -> Iterator[tuple[dict[str, Codes], Lexicon]]:
    with library.app_context():
        session = db.session
        yield facets_by_slug(session), load(session, "")


def cells_of(page: Page, axis: str, lexicon: Lexicon) -> Cells:
    """Return the cells of the table by the codes that its headers name."""
    [table] = page.all("table")
    head, *rows = table.iter("tr")
    columns = _codes(list(head)[1:], AXES[axis], lexicon)
    found = {}
    for row in rows:
        header, *cells = list(row)
        assert (header.tag, header.get("scope")) == ("th", "row")
        [theme] = _codes([header], "themes", lexicon)
        assert len(cells) == len(columns)
        found |= {(theme, column): cell for column, cell in zip(columns, cells, strict=True)}
    return found


def _codes(headers: list[Element], scheme: str, lexicon: Lexicon) -> list[str]:
    by_label = {entry.label("en"): entry.code for entry in lexicon.scheme(scheme)}
    return [by_label[words(header.find("a"))] for header in headers]


def count(truth: dict[str, Codes], theme: str, axis: str, column: str, **more: str) -> tuple[int, int]:
    """Return how many practices have theme and column, and how many of them are independently evaluated."""
    wanted = {"theme": theme, axis: column, **more}
    found = [codes for codes in truth.values() if all(code in codes[facet] for facet, code in wanted.items())]
    return len(found), sum("independently-evaluated" in codes["stage"] for codes in found)


def shown(cell: Element) -> tuple[int, int]:
    match = SAID.search(words(cell))
    return (int(match[1]), int(match[2] or 0)) if match else (0, 0)


# --- what a cell says --------------------------------------------------------------------------------------------


@one_database
@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("theme", ["", *TOPS])
def test_every_cell_says_how_many_practices_there_are_and_how_many_are_independently_evaluated(
    reader: Reader, truth: dict[str, Codes], lexicon: Lexicon, axis: str, theme: str
) -> None:
    page = reader.read(f"{MAP}?by={axis}&theme={theme}")
    cells = cells_of(page, axis, lexicon)
    while further := page.all("a[@rel='next']"):
        page = reader.read(further[0].get("href", ""))
        cells |= cells_of(page, axis, lexicon)
    assert {key: shown(cell) for key, cell in cells.items()} == {
        key: count(truth, key[0], axis, key[1]) for key in cells
    }
    expected = set(TOPS) if not theme else {theme, *(lexicon[c].code for c in lexicon[f"themes/{theme}"].narrower)}
    assert expected <= {row for row, _column in cells}
    assert any(shown(cell) > (0, 0) for cell in cells.values())


@one_database
def test_the_filters_count_only_what_fits_them(reader: Reader, truth: dict[str, Codes], lexicon: Lexicon) -> None:
    cells = cells_of(reader.read(f"{MAP}?country=se&language=sv"), "agency", lexicon)
    for (theme, column), cell in cells.items():
        assert shown(cell) == count(truth, theme, "agency", column, country="se", language="sv")


@one_database
def test_a_cell_is_a_search_that_finds_as_many(reader: Reader, lexicon: Lexicon) -> None:
    cells = list(cells_of(reader.read(f"{MAP}?country=dk"), "agency", lexicon).values())
    filled = [cell for cell in cells if shown(cell)[0]]
    assert len(filled) > 20
    for cell in filled[::7]:
        address = cell.find("a").get("href")  # type: ignore[union-attr]
        found = reader.read(address)
        assert words(found.by_id("results-title")).split()[0] == str(shown(cell)[0]), address


@one_database
def test_a_gap_says_so_and_leads_to_a_case_that_knows_it(reader: Reader, lexicon: Lexicon) -> None:
    cells = cells_of(reader.read(f"{MAP}?theme=safe-online-sphere"), "agency", lexicon)
    gaps = {key: cell for key, cell in cells.items() if not shown(cell)[0]}
    assert len(gaps) > 5
    for (theme, agency), cell in gaps.items():
        assert words(cell) == "No practice yet: tell us of one"
        assert [a.get("href") for a in cell.iter("a")] == [f"/en/submissions/new?theme={theme}&agency={agency}"]


@one_database
def test_the_squares_compare_as_the_numbers_do(reader: Reader, lexicon: Lexicon) -> None:
    cells = cells_of(reader.read(MAP), "agency", lexicon).values()
    marks = {shown(cell): dict(_steps(cell)) for cell in cells if shown(cell)[0]}
    most = max(number for number, _ in marks)
    for (number, evaluated), steps in marks.items():
        assert abs(steps["n"] - 24 * (number / most) ** 0.5) <= 2
        assert abs(steps.get("i", 0) - 20 * evaluated / number) <= 1
        assert (steps.get("i", 0) == 20) == (evaluated == number)
        assert ("i" in steps) == bool(evaluated)
    assert len({steps["n"] for steps in marks.values()}) > 8


def _steps(cell: Element) -> Iterator[tuple[str, int]]:
    for mark in (cell.find("a").get("class") or "").split():  # type: ignore[union-attr]
        yield mark[0], int(mark[1:])


# --- what is missing, in words -----------------------------------------------------------------------------------


@one_database
def test_the_first_sentence_names_the_emptiest_themes_and_agencies(
    reader: Reader, truth: dict[str, Codes], lexicon: Lexicon
) -> None:
    def fewest(scheme: str, facet: str) -> list[int]:
        ends = [entry.code for entry in lexicon.scheme(scheme) if not entry.narrower]
        return sorted(sum(code in codes[facet] for codes in truth.values()) for code in ends)[:3]

    [lead] = reader.read(MAP).by_class("lead")
    numbers = [int(number) for number in re.findall(r"\((\d+)\)", words(lead))]
    assert numbers == fewest("themes", "theme") + fewest("agencies", "agency")
    assert "Antisemitism (1)" in words(lead)
    assert "Urban planning" in words(lead)


@one_database
def test_what_is_covered_least_stands_beneath_with_ways_to_mend_it(reader: Reader, truth: dict[str, Codes]) -> None:
    page = reader.read(MAP)
    least, unmet = (list(section.iter("li")) for section in page.by_class("map-words")[0].findall("section"))
    for row in least:
        links = [a.get("href", "") for a in row.iter("a")]
        theme = links[0].partition("theme=")[2]
        assert shown(row)[0] == sum(theme in codes["theme"] for codes in truth.values())
        assert links[1] == f"/en/submissions/new?theme={theme}"
    for row in unmet:
        query = next(row.iter("a")).get("href", "").partition("?")[2]
        theme, agency = (part.partition("=")[2] for part in query.split("&"))
        assert count(truth, theme, "agency", agency) == (0, 0)


@one_database
def test_practices_that_name_no_level_are_told_of(reader: Reader, truth: dict[str, Codes]) -> None:
    without = sum(not codes["prevention_level"] for codes in truth.values())
    assert without
    assert f"{without} practices say nothing of it: Prevention level." in reader.read(f"{MAP}?by=prevention_level").text


@one_database
def test_a_filter_that_leaves_nothing_says_so(reader: Reader) -> None:
    assert "There is no practice like that yet." in reader.read(f"{MAP}?country=gl&language=fi").text


# --- the page ----------------------------------------------------------------------------------------------------


@one_database
def test_the_table_has_a_caption_and_can_be_scrolled_by_key(reader: Reader) -> None:
    page = reader.read(MAP)
    assert words(page.by_id("map-caption")) == "Practices by theme and agency"
    [region] = page.by_class("map-scroll")
    assert (region.tag, region.get("tabindex"), region.get("aria-labelledby")) == ("section", "0", "map-caption")
    assert {header.get("scope") for header in page.all("thead//th")} == {"col"}


@one_database
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_map_is_too_big_in_any_language(reader: Reader, language: str) -> None:
    for axis in AXES:
        for theme in ("", *TOPS):
            reader.read(f"/{language}/map?by={axis}&theme={theme}&country=se&language=sv")


@one_database
@pytest.mark.parametrize(
    "query",
    [
        *("by=nothing", "by=agency&by=target_group", "theme=nothing", "theme=hate&theme=x", "theme=online-bullying"),
        *("country=atlantis", f"country={'x' * 300}", "language=no"),
        *("page=0", "page=99999", "page=-1", "page=٣", f"page={'9' * 50}"),
    ],
)
def test_what_makes_no_sense_is_left_out(reader: Reader, query: str) -> None:
    assert len(reader.read(f"{MAP}?{query}").all("table")) == 1
    assert reader.get(f"{MAP}.json?{query}").status_code == 200


@one_database
def test_the_map_is_linked_from_every_page_and_from_home(reader: Reader) -> None:
    page = reader.read("/sv/")
    assert [a.get("href") for a in page.all("nav//a")].count("/sv/map") == 1
    assert "/sv/map" in page.addresses


@one_database
def test_the_files_hold_the_whole_map(reader: Reader, truth: dict[str, Codes], lexicon: Lexicon) -> None:
    found = reader.get(f"{MAP}.json?by=target_group&country=se").get_json()
    assert found["total"]["practices"] == sum("se" in codes["country"] for codes in truth.values())
    assert {theme["code"] for theme in found["themes"]} == {entry.code for entry in lexicon.scheme("themes")}
    for theme in found["themes"]:
        for column, counts in theme["cells"].items():
            expected = count(truth, theme["code"], "target_group", column, country="se")
            assert (counts["practices"], counts["independently_evaluated"]) == expected
    answer = reader.get(f"{MAP}.csv?by=target_group&country=se")
    assert answer.content_type == "text/csv; charset=utf-8"
    head, *lines = csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff")))
    assert head[:6] == ["theme", "theme_label", "target_group", "target_group_label", "practices", "not_evaluated"]
    cells = {
        (theme["code"], column): n["practices"] for theme in found["themes"] for column, n in theme["cells"].items()
    }
    assert {(line[0], line[2]): int(line[4]) for line in lines} == cells


@one_database
def test_the_map_costs_the_same_whatever_it_shows(
    reader: Reader, count_statements: Callable[[], AbstractContextManager[Ledger]]
) -> None:
    costs = set()
    for query in ("", "?theme=safe-communities", "?by=target_group", "?country=gl", "?by=prevention_level"):
        reader.read(MAP + query)
        with count_statements() as ledger:
            reader.read(MAP + query)
        costs.add(len(ledger.statements))
    assert costs == {2}


# --- where the numbers come from ---------------------------------------------------------------------------------


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("filters", [{}, {"country": ("se",)}, {"language": ("fi",), "country": ("fi", "se")}])
def test_index_and_database_count_alike(
    library: Flask, session: Session, axis: str, filters: dict[str, tuple[str, ...]]
) -> None:
    with library.app_context():
        found = cross(Crossing("theme", axis, "stage", filters))
    by_hand = from_database(session, axis, filters, load(session, ""))
    assert found is not None
    assert found.outside == by_hand.outside
    for mine, theirs in (
        (found.cells, by_hand.cells),
        (found.rows, by_hand.rows),
        (found.columns, by_hand.columns),
        ({"": found.total}, {"": by_hand.total}),
    ):
        assert _by_stage(found.apart, mine) == _by_stage(by_hand.apart, theirs)  # type: ignore[arg-type]


def _by_stage(stages: tuple[str, ...], counts: dict[object, tuple[int, ...]]) -> dict[object, dict[str, int]]:
    return {key: {s: n for s, n in zip(stages, numbers, strict=True) if n} for key, numbers in counts.items()}


def test_while_there_is_no_index_the_map_shows_the_same(own_library: Flask, own_reader: Reader) -> None:
    follow(own_library)
    before = own_reader.get(f"{MAP}.json").get_json()
    with own_library.app_context():
        index_of_app().close()
    shutil.rmtree(Path(own_library.config["INDEX_PATH"]))
    assert own_reader.get(f"{MAP}.json").get_json() == before
    assert before["total"]["practices"]


def test_only_what_is_published_counts_and_a_wider_theme_counts_it_once(
    own_library: Flask, own_reader: Reader, own_session: Session
) -> None:
    def counted(theme: str) -> int:
        follow(own_library)
        found = {row["code"]: row for row in own_reader.get(f"{MAP}.json").get_json()["themes"]}
        number: int = found[theme]["cells"]["faith-communities"]["practices"]
        return number

    before = counted("safe-communities"), counted("antisemitism"), counted("hate")
    agencies = [{"code": "faith-communities", "role": {"en": "Open their doors", "sv": "Öppnar"}}]
    practice = a_practice(own_session, titled("Doors", themes=["antisemitism", "polarisation"], agencies=agencies))
    own_session.commit()
    assert (counted("safe-communities"), counted("antisemitism"), counted("hate")) == tuple(n + 1 for n in before)
    advance(own_session, practice, Step.ARCHIVE, actor=None, reason="It ended.")
    own_session.commit()
    assert (counted("safe-communities"), counted("antisemitism"), counted("hate")) == before


# --- from a gap to a case ----------------------------------------------------------------------------------------

GAP = "/en/submissions/new?theme=antisemitism&agency=business&target_group=parents"


def begin(browser: Reader, page: Page, session: Session) -> dict[str, object]:
    """Give a case that somebody came to from a gap a title, and return what is kept of it."""
    ticked = {box.get("name", ""): box.get("value", "") for box in page.all("input") if "checked" in box.attrib}
    sent = {**hidden(page), **ticked, "agencies": "business", "text.en.title": "Shops that listen"}
    answer = browser.post("/en/submissions/new", data=sent)
    assert answer.status_code == 303
    session.rollback()
    document: dict[str, object] = session.scalars(select(Submission).order_by(Submission.id.desc())).first().document  # type: ignore[union-attr]
    return document


def check_gap(document: dict[str, object]) -> None:
    assert document["themes"] == ["antisemitism"]
    assert document["target_groups"] == ["parents"]
    assert [row["code"] for row in document["agencies"]] == ["business"]  # type: ignore[attr-defined]


def test_a_case_begun_from_a_gap_knows_theme_agency_and_target_group(own_library: Flask, own_session: Session) -> None:
    browser = signed_in(own_library, Role.CONTRIBUTOR)
    page = browser.read(GAP)
    assert "Antisemitism" in page.text
    assert "Parents" in page.text
    untitled = browser.post("/en/submissions/new", data={**hidden(page), "agencies": "business"})
    assert untitled.status_code == 422
    check_gap(begin(browser, Page(untitled), own_session))


@one_database
@pytest.mark.parametrize("query", ["theme=nothing", "agency=", "theme=../x", "agency=%F0%9F%92%A9", "target_group=a"])
def test_a_gap_that_nobody_knows_is_left_out(own_library: Flask, query: str) -> None:
    page = signed_in(own_library, Role.CONTRIBUTOR).read(f"/en/submissions/new?{query}")
    assert "Already noted" not in page.text


@one_database
def test_signing_in_on_the_way_keeps_the_gap(own_library: Flask, own_reader: Reader, own_session: Session) -> None:
    email = an_account(own_library, Role.CONTRIBUTOR)
    page = Page(own_reader.get(GAP, follow_redirects=True))
    fields = {**hidden(page), "email": email, "password": PASSWORD}
    answer = own_reader.post("/en/account/sign-in", data=fields)
    check_gap(begin(own_reader, own_reader.read(answer.headers["Location"]), own_session))


@one_database
def test_registering_on_the_way_keeps_the_gap(own_reader: Reader, own_session: Session) -> None:
    asked = Page(own_reader.get(GAP, follow_redirects=True))
    [register] = [address for address in asked.addresses if "/account/register?" in address]
    wanted = hidden(own_reader.read(register))["next"]
    answer = send(own_reader, register, name="Greta", email="greta@example.org", next=wanted)
    assert answer.status_code == 303
    link = link_in(last_letter(own_session, "greta@example.org", MailKind.CONFIRM_ADDRESS), "/confirm/")
    answer = send(own_reader, link, name="Greta", password=NEW_PASSWORD)
    check_gap(begin(own_reader, own_reader.read(answer.headers["Location"]), own_session))


@one_database
@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/en/", "/en/" + "x" * 5000])
def test_registering_leads_nowhere_else(own_reader: Reader, own_session: Session, elsewhere: str) -> None:
    answer = send(own_reader, "/en/account/register", name="Greta", email="greta@example.org", next=elsewhere)
    assert answer.status_code == 303
    link = link_in(last_letter(own_session, "greta@example.org", MailKind.CONFIRM_ADDRESS), "/confirm/")
    answer = send(own_reader, link, name="Greta", password=NEW_PASSWORD)
    assert answer.headers["Location"] == "/en/account"


@one_database
def test_advisers_may_call_for_practices_from_a_gap(own_library: Flask, lexicon: Lexicon) -> None:
    browser = signed_in(own_library, Role.ADVISER)
    for theme in ("", *TOPS):
        for axis in AXES:
            page = browser.read(f"{MAP}?by={axis}&theme={theme}")
    cells = cells_of(browser.read(MAP), "agency", lexicon)
    (theme, agency), gap = next((key, cell) for key, cell in cells.items() if not shown(cell)[0])
    tell, ask = (a.get("href") for a in gap.iter("a"))
    assert tell == f"/en/submissions/new?theme={theme}&agency={agency}"
    assert ask == f"/en/calls/new?theme={theme}&agency={agency}"
    assert page.all("table")
