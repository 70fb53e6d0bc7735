"""A municipality's own page: what it shared, what waits for its people, what it uses, what cities like it use."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from factories.adoptions import an_adoption, municipality, somebody_of
from factories.documents import a_document, titled
from factories.html import words
from factories.people import hidden, signed_in
from factories.readers import MAX_MARKUP, Page, Reader
from factories.records import a_practice
from factories.submissions import a_submission
from factories.watching import Ledger
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.choices import AdoptionState, Role, Status, SubmissionState
from library.extensions import db
from library.lexicon import current
from library.models import (
    Account,
    Adoption,
    Membership,
    Organisation,
    Practice,
    PracticeAuthor,
    ReadTally,
    Submission,
    SubmissionAuthor,
)

TODAY = date.today()  # noqa: DTZ011 - the pages ask the clock
numbers = count(1)


@pytest.fixture
def app(module_library: Flask) -> Flask:
    """A library that these tests change together: each has municipalities of its own."""
    return module_library


@pytest.fixture
def books(app: Flask) -> Iterator[Session]:
    with app.app_context():
        sessions = db.sessionmaker
    with sessions() as session:
        yield session


@pytest.fixture
def town(books: Session) -> Organisation:
    """A municipality of which the library knows its name, and that it is in a country of its own."""
    return a_town(books, country="fo")


def a_town(books: Session, *, country: str = "se", **values: object) -> Organisation:
    number = next(numbers)
    made = Organisation(
        slug=f"town-{number}",
        kind="municipality",
        name=f"Town {number}",
        country_id=f"countries/{country}",
        **values,
    )
    books.add(made)
    books.commit()
    return made


def a_practice_of(books: Session, town: Organisation, title: str = "", **values: object) -> Practice:
    title = title or f"Evenings {next(numbers)}"
    made = a_practice(books, titled(title, owner=town.slug, municipalities=[town.slug], **values))
    books.commit()
    return made


def desk_of(town: Organisation) -> str:
    return f"/en/municipalities/{town.slug}/desk"


def part(page: Page, name: str) -> str:
    """Return the words of one part of the page; nothing if it is not there."""
    return next((words(s) for s in page.all("section") if s.get("aria-labelledby") == name), "")


# --- who may ---------------------------------------------------------------------------------------------------------


def test_its_people_find_it_in_the_menu_and_strangers_do_not(app: Flask, books: Session, town: Organisation) -> None:
    mine, _ = somebody_of(app, books, town.slug)
    menu = [link.get("href") for link in mine.read("/en/account").all("header//a")]
    assert desk_of(town) in menu
    assert mine.read(desk_of(town)).heading == f"{town.name} in the library"
    stranger, _ = somebody_of(app, books, "dk-aarhus")
    assert desk_of(town) not in [link.get("href") for link in stranger.read("/en/account").all("header//a")]
    stranger.read(desk_of(town), status=403)
    assert stranger.get(f"{desk_of(town)}.csv").status_code == 403
    assert "/account/sign-in" in app.test_client().get(desk_of(town)).location
    stranger.read("/en/municipalities/nowhere/desk", status=404)
    adviser = signed_in(app, Role.ADVISER, email=f"adviser-{next(numbers)}@example.org")
    adviser.read(desk_of(town))


@pytest.mark.one_database
def test_an_organisation_that_is_no_municipality_has_no_such_page(app: Flask, books: Session) -> None:
    adviser = signed_in(app, Role.ADVISER, email=f"adviser-{next(numbers)}@example.org")
    other = books.scalars(select(Organisation.slug).where(Organisation.kind != "municipality").limit(1)).one()
    adviser.read(f"/en/municipalities/{other}/desk", status=404)


@pytest.mark.one_database
def test_no_cache_keeps_it(app: Flask, books: Session, town: Organisation) -> None:
    browser, _ = somebody_of(app, books, town.slug)
    for address in (desk_of(town), f"{desk_of(town)}.csv"):
        assert browser.get(address).headers["Cache-Control"] == "no-store"


# --- an empty desk ---------------------------------------------------------------------------------------------------


def test_a_city_that_has_done_nothing_yet_reads_what_it_can_do(app: Flask, books: Session, town: Organisation) -> None:
    browser, _ = somebody_of(app, books, town.slug, role=Role.CONTRIBUTOR)
    page = browser.read(desk_of(town))
    assert part(page, "waiting") == ""
    assert "A case takes half an hour to begin" in part(page, "shared")
    assert "/en/submissions/new" in page.addresses
    assert "Nothing reported yet" in part(page, "uses")
    assert "No city like yours has reported anything" in part(page, "ideas")
    assert len(page.by_class("desk-gaps")[0].findall("li")) == 6, "all themes"
    assert any(address.startswith("/en/submissions/new?theme=") for address in page.addresses)


@pytest.mark.one_database
def test_a_member_who_may_not_write_is_not_sent_to_the_form(app: Flask, books: Session, town: Organisation) -> None:
    browser, _ = somebody_of(app, books, town.slug)
    assert not [a for a in browser.read(desk_of(town)).addresses if "/submissions/" in a]


# --- what it has shared ----------------------------------------------------------------------------------------------


def test_it_shows_what_became_of_what_the_city_has_shared(app: Flask, books: Session, town: Organisation) -> None:
    practice = a_practice_of(books, town)
    books.add_all(
        ReadTally(day=TODAY - timedelta(days=days), practice_id=practice.id, reads=reads)
        for days, reads in ((0, 3), (300, 4), (500, 100))
    )
    for n, slug in enumerate(("dk-aarhus", "dk-odense", "no-oslo", "no-bergen", "fi-helsinki")):
        said_at = datetime.now(UTC) - timedelta(days=n)
        an_adoption(books, practice, municipality(books, slug), said_at=said_at)
    an_adoption(books, practice, municipality(books, "is-reykjavik"), state=AdoptionState.PLANNED)
    books.commit()
    browser, _ = somebody_of(app, books, town.slug)
    said = part(browser.read(desk_of(town)), "shared")
    assert "Read 7 times in a year" in said
    assert "In use in Aarhus, Odense, Oslo and 2 others" in said
    assert "Not confirmed yet" in said
    assert "English, Svenska" in said


def test_what_is_done_here_counts_as_shared_whoever_owns_it(app: Flask, books: Session, town: Organisation) -> None:
    made = a_practice(books, titled("Housed here", owner="se-malmo", municipalities=["se-malmo", town.slug]))
    books.commit()
    browser, _ = somebody_of(app, books, town.slug)
    page = browser.read(desk_of(town))
    assert "Housed here" in part(page, "shared")
    assert part(page, "waiting") == "", f"{made.slug} is Malmö's to confirm"


# --- what waits ------------------------------------------------------------------------------------------------------


def test_those_who_may_confirm_with_one_click_and_others_see_what_is_due(
    app: Flask, books: Session, town: Organisation
) -> None:
    due, late, fresh, written = (a_practice_of(books, town, f"Practice {n}") for n in range(4))
    for practice, days in ((due, 20), (late, -9), (fresh, 200)):
        practice.confirmed_on = TODAY + timedelta(days=days - 365)
        practice.confirm_by = TODAY + timedelta(days=days)
    books.commit()
    member, account = somebody_of(app, books, town.slug)
    books.add(PracticeAuthor(practice_id=written.id, account_id=account.id, position=0, name="A"))
    books.commit()

    def rows(browser: Reader) -> dict[str, bool]:
        page = browser.read(desk_of(town))
        (section,) = (s for s in page.all("section") if s.get("aria-labelledby") == "waiting")
        items = section.findall("./ul/li")
        return {words(item.find("./h3")): item.find("./form") is not None for item in items}

    assert rows(member) == {"Practice 1": False, "Practice 0": False, "Practice 3": True}, "the longest late first"
    writer, _ = somebody_of(app, books, town.slug, role=Role.CONTRIBUTOR)
    assert rows(writer) == {"Practice 1": True, "Practice 0": True, "Practice 3": True}
    page = writer.read(desk_of(town))
    answer = writer.post(f"/en/practices/{late.slug}/confirm", data=hidden(page))
    assert answer.status_code == 303
    assert "Practice 1" not in rows(writer)


def test_drafts_are_shown_to_those_who_write_them_and_to_nobody_else(
    app: Flask, books: Session, town: Organisation
) -> None:
    def write(
        author: Account, title: str, state: SubmissionState = SubmissionState.DRAFT, **part: object
    ) -> Submission:
        made = a_submission(books, author, state=state, document=titled(title, owner=town.slug))
        for name, value in part.items():
            setattr(made, name, value)
        return made

    ada, ada_account = somebody_of(app, books, town.slug, role=Role.CONTRIBUTOR)
    bo, bo_account = somebody_of(app, books, town.slug, role=Role.CONTRIBUTOR)
    write(ada_account, "Ada's draft")
    write(bo_account, "Bo's draft")
    write(bo_account, "Bo has sent this in", SubmissionState.SUBMITTED)
    write(ada_account, "Nobody owns this yet").owner = None
    write(ada_account, "Another city's").owner = municipality(books, "dk-aarhus")
    for_town = write(ada_account, "Written for the town")
    for_town.owner, for_town.authors[0].organisation_id = municipality(books, "dk-aarhus"), town.id
    both = write(bo_account, "Of both")
    both.authors.append(SubmissionAuthor(account=ada_account, position=1))
    books.commit()
    adviser = signed_in(app, Role.ADVISER, email=f"adviser-{next(numbers)}@example.org")
    titles = ("Ada's draft", "Bo's draft", "Bo has sent", "Nobody owns", "Another city", "Written for", "Of both")

    def seen(browser: Reader) -> set[str]:
        return {title for title in titles if title in part(browser.read(desk_of(town)), "waiting")}

    assert seen(ada) == {"Ada's draft", "Nobody owns", "Written for", "Of both"}
    assert seen(bo) == {"Bo's draft", "Bo has sent", "Of both"}
    assert seen(adviser) == {"Bo has sent"}
    for browser in (ada, adviser):
        table = browser.get(f"{desk_of(town)}.csv").text
        assert {title for title in titles if title in table} == seen(browser)


# --- what it uses ----------------------------------------------------------------------------------------------------


def test_after_a_year_it_asks_whether_a_report_still_holds(app: Flask, books: Session, town: Organisation) -> None:
    old, fresh = (a_practice_of(books, municipality(books, "se-malmo"), f"Used {n}") for n in range(2))
    year_ago = datetime.now(UTC) - timedelta(days=365)
    report = an_adoption(books, old, town, said_at=year_ago, state=AdoptionState.STOPPED)
    an_adoption(books, fresh, town, said_at=year_ago + timedelta(days=2))
    books.commit()
    browser, _ = somebody_of(app, books, town.slug)
    page = browser.read(desk_of(town))
    titles = [words(h) for s in page.all("section") if s.get("aria-labelledby") == "uses" for h in s.iter("h3")]
    assert titles == ["Used 0", "Used 1"], "what is asked about comes first"
    assert part(page, "uses").count("Is it still so?") == 1
    still = f"/en/practices/{old.slug}/use/still?municipality={town.slug}"
    assert [form.get("action") for form in page.all("main//form")] == [still]
    adviser = signed_in(app, Role.ADVISER, email=f"adviser-{next(numbers)}@example.org")
    assert not adviser.read(desk_of(town)).all("main//form"), "only its own people speak for it"

    answer = browser.post(still, data=hidden(page))

    assert answer.location.endswith(f"{desk_of(town)}#uses")
    assert "Is it still so?" not in part(browser.read(desk_of(town)), "uses")
    books.refresh(report)
    assert report.changed_at.date() == datetime.now(UTC).date()
    nothing = browser.post(f"/en/practices/{a_practice_of(books, town).slug}/use/still", data=hidden(page))
    assert nothing.status_code == 403, "an owner has no report"


# --- what others use -------------------------------------------------------------------------------------------------


def test_it_suggests_what_similar_cities_use_and_says_why(app: Flask, books: Session) -> None:
    network = Organisation(slug=f"net-{next(numbers)}", kind="network", name="A network")
    here, alike, also, other = (a_town(books, country=c, population=p) for c, p in _TOWNS)
    books.add_all(Membership(member=m, network=network) for m in (here, alike, also))
    idea = a_practice_of(books, municipality(books, "se-malmo"), "A good idea")
    elsewhere = a_practice_of(books, other, "Of a city unlike this")
    known = a_practice_of(books, municipality(books, "se-malmo"), "Known already")
    ended = a_practice_of(books, alike, "Ended", status=Status.ENDED.value)
    a_practice_of(books, alike, "Of a city like this")
    for city in (alike, also):
        an_adoption(books, idea, city)
        an_adoption(books, known, city)
    an_adoption(books, idea, other)
    an_adoption(books, known, here, state=AdoptionState.STOPPED)
    an_adoption(books, ended, also, state=AdoptionState.PLANNED)
    books.commit()
    browser, _ = somebody_of(app, books, here.slug)
    page = browser.read(desk_of(here))
    section = next(s for s in page.all("section") if s.get("aria-labelledby") == "ideas")
    assert [words(h) for h in section.iter("h3")] == ["A good idea", "Of a city like this"]
    assert f"Used in {alike.name} and {also.name}: your size, in a network with you" in words(section)
    assert f"Used in {alike.name}: your size, in a network with you" in words(section)
    assert "country, size, a network, themes" in words(section)
    assert elsewhere.slug not in page.markup

    here.population = None
    books.commit()
    section = next(s for s in browser.read(desk_of(here)).all("section") if s.get("aria-labelledby") == "ideas")
    assert not section.findall(".//h3"), "a network alone is not enough, and nobody guesses the size"
    assert "The size is left out" in words(section)


_TOWNS = (("fo", 30_000), ("ax", 40_000), ("gl", 45_000), ("ax", 600_000))


def test_it_names_the_themes_in_which_the_city_has_shared_nothing(
    app: Flask, books: Session, town: Organisation
) -> None:
    def gaps() -> set[str]:
        items = browser.read(desk_of(town)).by_class("desk-gaps")[0].findall("li")
        return {words(item.find("a")) for item in items}

    lexicon = current(books)
    (above,) = set(lexicon.with_ancestors(["themes/youth-crime"])) & {entry.id for entry in lexicon.top("themes")}
    browser, _ = somebody_of(app, books, town.slug)
    before = gaps()
    a_practice_of(books, town, themes=["youth-crime"])
    assert before - gaps() == {lexicon[above].label("en")}


# --- as a table ------------------------------------------------------------------------------------------------------


def test_the_table_holds_the_same_whole_and_no_formula(app: Flask, books: Session, town: Organisation) -> None:
    practice = a_practice_of(books, town, "=HYPERLINK(1)")
    for _ in range(8):
        a_practice_of(books, town)
    an_adoption(books, a_practice_of(books, municipality(books, "se-malmo"), "Used by us"), town)
    books.commit()
    browser, _ = somebody_of(app, books, town.slug)
    answer = browser.get(f"{desk_of(town)}.csv")
    assert answer.mimetype == "text/csv"
    assert f'filename="{town.slug}.csv"' in answer.headers["Content-Disposition"]
    head, *rows = csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")))
    assert {len(row) for row in rows} == {len(head)}
    assert sum(row[0] == "Shared" for row in rows) == 9, "also those for which the page has no room"
    assert [row[1] for row in rows if row[2].endswith(practice.slug) and row[0] == "Shared"] == ["'=HYPERLINK(1)"]
    assert "Used by us" in [row[1] for row in rows if row[0] == "Used"]


# --- size ------------------------------------------------------------------------------------------------------------


def test_it_costs_the_same_however_much_there_is(
    app: Flask, books: Session, town: Organisation, count_statements: Callable[[], AbstractContextManager[Ledger]]
) -> None:
    network = Organisation(slug=f"net-{next(numbers)}", kind="network", name="A network")
    browser, account = somebody_of(app, books, town.slug, role=Role.CONTRIBUTOR)
    counted = []
    for more in (1, 14):
        for _ in range(more):
            other = a_town(books, country="fo")
            books.add(Membership(member=other, network=network))
            an_adoption(books, a_practice_of(books, town), other)
            an_adoption(books, a_practice_of(books, other), town)
            a_submission(books, account, document=a_document(owner=town.slug))
        if more == 1:
            books.add(Membership(member=town, network=network))
        books.commit()
        browser.read(desk_of(town))
        with count_statements() as ledger:
            page = browser.read(desk_of(town))
        counted.append(len(ledger.statements))
    assert counted[0] == counted[1] < 40
    assert len(page.markup) < MAX_MARKUP
    assert f"/en/municipalities/{town.slug}/uses" in page.addresses
    assert books.scalars(select(Adoption).where(Adoption.municipality_id == town.id)).all()
