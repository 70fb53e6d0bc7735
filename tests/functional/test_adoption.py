"""Municipalities say what they use, what they changed and how it went; others read it, and advisers keep it decent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import pytest
from factories.adoptions import an_adoption, municipality, somebody_of
from factories.documents import titled
from factories.people import hidden
from factories.readers import Page, Reader
from factories.records import a_practice, an_account, follow
from factories.submissions import account_called
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from library.adoptions import counts_of
from library.choices import AdoptionState, OrganisationKind, Role
from library.exchange import services
from library.extensions import db
from library.history.services import erase
from library.models import Adoption, AuditEntry, Notice, Organisation, Practice, PracticeAuthor
from library.publishing import archive

YEAR = datetime.now(UTC).year
WORDS = {
    "state": "in-use",
    "since_year": "2021",
    "until_year": "",
    "adapted": "We open one evening a week.",
    "experience": "Half of those who came at first still come.",
    "language": "en",
}
numbers = count(1)


@pytest.fixture
def app(module_library: Flask) -> Flask:
    """A library that these tests change together: each has practices and people of its own."""
    return module_library


@pytest.fixture
def books(app: Flask) -> Iterator[Session]:
    with app.app_context():
        sessions = db.sessionmaker
    with sessions() as session:
        yield session


@pytest.fixture
def practice(books: Session) -> Practice:
    """A practice that Malmö owns."""
    return a_new_practice(books)


def a_new_practice(books: Session) -> Practice:
    made = a_practice(books, titled(f"Open evenings {next(numbers)}", owner="se-malmo"))
    books.commit()
    return made


def use_of(practice: Practice) -> str:
    return f"/en/practices/{practice.slug}/use"


def send(browser: Reader, address: str, **changed: str) -> TestResponse:
    """Fill in the form as its page shows it, and send it."""
    page = browser.read(address)
    return browser.post(address, data={**hidden(page), **WORDS, **changed})


def report_of(books: Session, practice: Practice, slug: str = "dk-aarhus") -> Adoption:
    books.expire_all()
    town = municipality(books, slug)
    query = select(Adoption).where(Adoption.practice_id == practice.id, Adoption.municipality_id == town.id)
    return books.scalars(query).one()


def deeds(books: Session, practice: Practice) -> list[str]:
    about = select(AuditEntry.action).where(AuditEntry.subject_kind == "practice", AuditEntry.subject_id == practice.id)
    return list(books.scalars(about.order_by(AuditEntry.id)))


# --- saying it -------------------------------------------------------------------------------------------------------


def test_a_member_reports_and_everybody_reads_it_at_once(app: Flask, books: Session, practice: Practice) -> None:
    browser, account = somebody_of(app, books, "dk-aarhus")
    reader = app.test_client()
    assert isinstance(reader, Reader)
    before = reader.read(f"/en/practices/{practice.slug}")
    assert "No municipality has reported yet that it uses this." in before.text
    assert use_of(practice) in before.addresses

    answer = send(browser, use_of(practice))

    assert answer.status_code == 303
    assert answer.location.endswith(f"/practices/{practice.slug}#in-use")
    page = reader.read(f"/en/practices/{practice.slug}")
    (entry,) = page.by_class("uses")
    said = " ".join(" ".join(entry.itertext()).split())
    for words in ("Aarhus", "Uses it", "since 2021", WORDS["adapted"], WORDS["experience"]):
        assert words in said
    assert "In use in 1 municipality" in page.text
    assert account.name not in page.markup, "nobody is named"
    assert account.email not in page.markup
    follow(app)
    assert "In use in 1 municipality" in reader.read(f"/en/practices?q={practice.title_in('en')}").text
    town = reader.read("/en/municipalities/dk-aarhus")
    assert f"/en/practices/{practice.slug}" in town.addresses
    assert deeds(books, practice)[-1] == "practice.use-reported"


def test_those_who_answer_for_a_practice_hear_who_uses_it(app: Flask, books: Session, practice: Practice) -> None:
    author = account_called(books, an_account(app, Role.CONTRIBUTOR, email="author@example.org", name="Author"))
    author.language = "sv"
    books.add(PracticeAuthor(practice_id=practice.id, account_id=author.id, position=0, name="Author"))
    books.commit()
    browser, _ = somebody_of(app, books, "dk-aarhus")

    def news() -> list[tuple[str, str, str, str]]:
        books.expire_all()
        query = select(Notice).where(Notice.account_id == author.id).order_by(Notice.id)
        return [(n.kind, n.path, n.params["actor"], n.params["state"]) for n in books.scalars(query)]

    send(browser, use_of(practice), state="planned", since_year="")
    assert news() == [("adopted", f"/p/{practice.id}", "Århus", "planned")]
    send(browser, use_of(practice), state="planned", since_year="", adapted="Other words.")
    assert len(news()) == 1, "other words are no news"
    send(browser, use_of(practice))
    assert [state for *_, state in news()] == ["planned", "in-use"]


@pytest.mark.one_database
def test_nobody_is_told_of_their_own_report(app: Flask, books: Session, practice: Practice) -> None:
    browser, account = somebody_of(app, books, "dk-aarhus")
    books.add(PracticeAuthor(practice_id=practice.id, account_id=account.id, position=0, name=account.name))
    books.commit()
    send(browser, use_of(practice))
    assert not books.scalars(select(Notice).where(Notice.account_id == account.id)).all()


def test_only_what_is_in_use_counts_as_in_use(app: Flask, books: Session, practice: Practice) -> None:
    for slug, state in (("dk-aarhus", "planned"), ("dk-odense", "stopped"), ("no-oslo", "in-use")):
        an_adoption(books, practice, municipality(books, slug), state=AdoptionState(state))
    books.commit()
    page = app.test_client().get(f"/en/practices/{practice.slug}")
    names = [" ".join(heading.itertext()).strip() for heading in Page(page).by_class("uses")[0].iter("h3")]
    assert names == ["Oslo", "Aarhus", "Odense"], "in use, planned, stopped"
    assert "In use in 1 municipality" in Page(page).text


@pytest.mark.one_database
def test_words_in_another_language_say_so(app: Flask, books: Session, practice: Practice) -> None:
    an_adoption(books, practice, municipality(books, "dk-aarhus"), language="da", adapted="Én aften om ugen.")
    books.commit()
    english = Page(app.test_client().get(f"/en/practices/{practice.slug}"))
    assert [dd.get("lang") for dd in english.by_class("uses")[0].iter("dd")] == ["da"]
    assert "Text in: Dansk" in english.text
    danish = Page(app.test_client().get(f"/da/practices/{practice.slug}"))
    assert [dd.get("lang") for dd in danish.by_class("uses")[0].iter("dd")] == [None]


@pytest.mark.one_database
def test_what_somebody_types_is_shown_as_words_and_nothing_else(app: Flask, books: Session, practice: Practice) -> None:
    browser, _ = somebody_of(app, books, "dk-aarhus")
    send(browser, use_of(practice), adapted="<script>alert(1)</script> & <b>bold</b>")
    page = browser.read(f"/en/practices/{practice.slug}")
    assert "<script>alert(1)</script> & <b>bold</b>" in page.text


# --- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.one_database
def test_who_belongs_to_no_municipality_is_told_whom_to_ask(app: Flask, books: Session, practice: Practice) -> None:
    browser, _ = somebody_of(app, books)
    page = browser.read(use_of(practice))
    assert "your account belongs to none" in page.text
    assert any(address.startswith("mailto:") for address in page.addresses)
    assert browser.post(use_of(practice), data={**hidden(page), **WORDS}).status_code == 403


def test_who_belongs_to_several_chooses_one(app: Flask, books: Session, practice: Practice) -> None:
    browser, _ = somebody_of(app, books, "dk-aarhus", "dk-odense")
    page = browser.read(use_of(practice))
    ways = [address for address in page.addresses if "municipality=" in address]
    assert ways == [f"{use_of(practice)}?municipality={slug}" for slug in ("dk-aarhus", "dk-odense")]
    assert browser.post(use_of(practice), data={**hidden(page), **WORDS}).status_code == 400
    assert send(browser, ways[1]).status_code == 303
    assert report_of(books, practice, "dk-odense").adapted == WORDS["adapted"]
    browser.read(f"{use_of(practice)}?municipality=no-oslo", status=403)
    assert browser.post(f"{use_of(practice)}?municipality=no-oslo", data=hidden(page)).status_code == 403


@pytest.mark.one_database
def test_another_kind_of_organisation_reports_nothing(app: Flask, books: Session, practice: Practice) -> None:
    body = books.scalars(select(Organisation).where(Organisation.kind == OrganisationKind.NGO).limit(1)).one()
    browser, account = somebody_of(app, books)
    account.organisations.append(body)
    books.commit()
    assert "your account belongs to none" in browser.read(use_of(practice)).text
    browser.read(f"{use_of(practice)}?municipality={body.slug}", status=403)


def test_an_owner_is_no_adopter_of_its_own_work(app: Flask, books: Session, practice: Practice) -> None:
    browser, _ = somebody_of(app, books, "se-malmo")
    page = browser.read(use_of(practice))
    assert "owns this practice" in page.text
    assert browser.post(use_of(practice), data={**hidden(page), **WORDS}).status_code == 403

    an_adoption(books, practice, municipality(books, "dk-aarhus"))
    books.commit()
    assert "In use in 1 municipality" in browser.read(f"/en/practices/{practice.slug}").text
    practice.owner_id = municipality(books, "dk-aarhus").id
    books.commit()
    assert "In use in 1 municipality" not in browser.read(f"/en/practices/{practice.slug}").text
    assert counts_of(books, practice) == {}


def test_an_archived_practice_takes_no_new_report_and_keeps_the_old_ones(
    app: Flask, books: Session, practice: Practice
) -> None:
    new, _ = somebody_of(app, books, "no-oslo")
    old, _ = somebody_of(app, books, "dk-aarhus")
    send(old, use_of(practice))
    archive(books, practice, actor=None, reason="It ended.")
    books.commit()
    page = new.read(use_of(practice))
    assert "takes no new reports" in page.text
    assert new.post(use_of(practice), data={**hidden(page), **WORDS}).status_code == 403
    assert use_of(practice) not in new.read(f"/en/practices/{practice.slug}").addresses
    assert send(old, use_of(practice), state="stopped", until_year="2023").status_code == 303
    assert "2021–2023" in new.read(f"/en/practices/{practice.slug}").text


def test_an_erased_practice_takes_its_reports_along(app: Flask, books: Session, practice: Practice) -> None:
    browser, _ = somebody_of(app, books, "dk-aarhus")
    send(browser, use_of(practice))
    administrator = account_called(books, an_account(app, Role.ADMINISTRATOR, email="admin@example.org"))
    with app.app_context():
        erase(books, practice, actor=administrator, reason="The law.")
    books.commit()
    browser.read(use_of(practice), status=410)
    browser.read(f"/en/practices/{practice.slug}/adopters", status=410)
    assert not books.scalars(select(Adoption).where(Adoption.practice_id == practice.id)).all()


# --- bad input -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def empty_form(module_library: Flask) -> tuple[Reader, str]:
    """A browser and a form of which nothing is ever saved, for whatever is wrong with it."""
    with module_library.app_context(), db.sessionmaker() as session:
        browser, _ = somebody_of(module_library, session, "dk-aarhus")
        return browser, use_of(a_new_practice(session))


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"state": ""}, "state", "Choose what your municipality does with it"),
        ({"state": "loved"}, "state", "Choose what your municipality does with it"),
        ({"since_year": "long ago"}, "since_year", "Enter a year like 2021"),
        ({"since_year": "1066"}, "since_year", "Enter a year like 2021"),
        ({"since_year": "²⁰²¹"}, "since_year", "Enter a year like 2021"),
        ({"since_year": "9" * 400}, "since_year", "Enter a year like 2021"),
        ({"since_year": str(YEAR + 1)}, "since_year", f"no later than {YEAR}"),
        ({"state": "planned", "since_year": str(YEAR - 1)}, "since_year", "A plan begins this year or later"),
        ({"until_year": "2023"}, "until_year", "Leave this empty"),
        ({"state": "stopped", "until_year": "2020"}, "until_year", "not before the first one"),
        ({"state": "stopped", "until_year": "soon"}, "until_year", "Enter a year like 2021"),
        ({"state": "stopped", "since_year": "", "until_year": "soon"}, "until_year", "Enter a year like 2021"),
        ({"adapted": "x" * 1501}, "adapted", "Write at most 1500 characters"),
        ({"experience": "y" * 1501}, "experience", "Write at most 1500 characters"),
        ({"language": "xx"}, "language", "Choose one from the list"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_everything_typed_is_kept(
    empty_form: tuple[Reader, str], typed: dict[str, str], field: str, message: str
) -> None:
    browser, address = empty_form
    answer = send(browser, address, **typed)
    assert answer.status_code == 422
    page = Page(answer)
    assert message in " ".join(page.by_id(f"{field}-error").itertext())
    assert f"#{field}" in page.addresses
    for name, value in {**WORDS, **typed}.items():
        if name in ("since_year", "until_year") and value:
            assert page.by_id(name).get("value") == value
        if name in ("adapted", "experience"):
            assert value in (page.by_id(name).text or "")


@pytest.mark.one_database
def test_years_may_be_left_out_of_a_plan_and_of_an_end(app: Flask, books: Session, practice: Practice) -> None:
    browser, _ = somebody_of(app, books, "dk-aarhus")
    assert send(browser, use_of(practice), state="planned", since_year="").status_code == 303
    assert send(browser, use_of(practice), state="planned", since_year=str(YEAR + 2)).status_code == 303
    assert f"from {YEAR + 2}" in browser.read(f"/en/practices/{practice.slug}").text
    assert send(browser, use_of(practice), state="stopped", since_year="2019").status_code == 303


# --- two colleagues --------------------------------------------------------------------------------------------------


def test_of_two_colleagues_the_second_sees_both_texts_before_saving(
    app: Flask, books: Session, practice: Practice
) -> None:
    ada, _ = somebody_of(app, books, "dk-aarhus")
    bo, account = somebody_of(app, books, "dk-aarhus")
    address = use_of(practice)
    send(ada, address)
    first = report_of(books, practice).account_id
    open_form = hidden(bo.read(address))
    send(ada, address, adapted="Ada has changed this.")

    late = bo.post(address, data={**open_form, **WORDS, "adapted": "Bo has changed this."})

    assert late.status_code == 409
    page = Page(late)
    assert "Ada has changed this." in page.text
    assert "Bo has changed this." in (page.by_id("adapted").text or "")
    assert report_of(books, practice).adapted == "Ada has changed this."
    assert bo.post(address, data={**hidden(page), **WORDS, "adapted": "Both of us."}).status_code == 303
    kept = report_of(books, practice)
    assert (kept.adapted, kept.version) == ("Both of us.", 3)
    assert kept.account_id == first != account.id, "who reported first is still the one to ask"


def test_two_first_reports_become_one(app: Flask, books: Session, practice: Practice) -> None:
    ada, _ = somebody_of(app, books, "dk-aarhus")
    bo, _ = somebody_of(app, books, "dk-aarhus")
    address = use_of(practice)
    empty = hidden(bo.read(address))
    send(ada, address)
    late = bo.post(address, data={**empty, **WORDS, "experience": "It went well."})
    assert late.status_code == 409
    assert report_of(books, practice).experience == WORDS["experience"]


def test_two_reports_at_the_same_moment_meet_in_the_database(app: Flask, books: Session, practice: Practice) -> None:
    """Neither saw the other's: what decides is the constraint, not the look before."""
    _, account = somebody_of(app, books, "dk-aarhus")
    said = services.Report(AdoptionState.IN_USE, 2021, None, "en", "", "")
    town = municipality(books, "dk-aarhus")
    with app.app_context():
        services._add(books, practice, town, said, actor=account)
        with pytest.raises(services.ChangedMeanwhile):
            services._add(books, practice, town, said, actor=account)
    books.rollback()


def test_a_second_click_changes_nothing(app: Flask, books: Session, practice: Practice) -> None:
    browser, _ = somebody_of(app, books, "dk-aarhus")
    empty = hidden(browser.read(use_of(practice)))
    for _ in range(2):
        assert browser.post(use_of(practice), data={**empty, **WORDS}).status_code == 303
    assert report_of(books, practice).version == 1


def test_a_report_is_withdrawn_unless_a_colleague_has_changed_it(
    app: Flask, books: Session, practice: Practice
) -> None:
    ada, _ = somebody_of(app, books, "dk-aarhus")
    bo, _ = somebody_of(app, books, "dk-aarhus")
    send(ada, use_of(practice))
    old = hidden(bo.read(use_of(practice)))
    send(ada, use_of(practice), adapted="Changed.")
    late = bo.post(f"{use_of(practice)}/withdraw", data=old)
    assert late.status_code == 409
    assert "Changed." in Page(late).by_id("adapted").text  # type: ignore[operator] # a text area has text
    for _ in range(2):
        done = bo.post(f"{use_of(practice)}/withdraw", data=hidden(Page(late)))
        assert done.status_code == 303
    assert not books.scalars(select(Adoption).where(Adoption.practice_id == practice.id)).all()
    assert deeds(books, practice)[-1] == "practice.use-withdrawn"


# --- personal data ---------------------------------------------------------------------------------------------------


@pytest.mark.one_database
def test_what_may_be_personal_is_looked_at_before_it_is_public(app: Flask, books: Session, practice: Practice) -> None:
    browser, _ = somebody_of(app, books, "dk-aarhus")
    words = {"experience": "Write to kari.nordmann@example.org and she tells you."}
    asked = send(browser, use_of(practice), **words)
    assert asked.status_code == 422
    page = Page(asked)
    assert "kari.nordmann@example.org" in page.text
    assert "#no_person" in page.addresses
    still = browser.post(use_of(practice), data={**hidden(page), **WORDS, **words})
    assert still.status_code == 422, "nothing was declared"
    other = {"experience": "Write to ola.nordmann@example.org."}
    changed = browser.post(use_of(practice), data={**hidden(page), **WORDS, **other, "no_person": "y"})
    assert changed.status_code == 422, "it was declared of other words"
    assert "checked" not in Page(changed).by_id("no_person").attrib
    assert browser.post(use_of(practice), data={**hidden(page), **WORDS, **words, "no_person": "y"}).status_code == 303
    assert report_of(books, practice).experience == words["experience"]
