"""Insight: what advisers see of searches, readings, coverage, age and waiting, and the ways to mend it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from factories.desk import an_adviser, an_author, decide, sent_in, take
from factories.documents import a_document, titled
from factories.html import words
from factories.people import hidden
from factories.readers import Page, Reader
from factories.records import a_practice, follow
from factories.watching import Ledger
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from library.choices import AdoptionState, Provenance
from library.models import (
    Adoption,
    AuditEntry,
    Organisation,
    Practice,
    PracticeAuthor,
    ReadTally,
    SearchTally,
    Submission,
    SubmissionEvent,
    now,
)
from library.publishing import known_to, publish

Count = Callable[[], AbstractContextManager[Ledger]]
MOST = 30  # statements for any page
PAGES = (
    "",
    "/searches",
    "/most-read",
    "/most-used",
    "/coverage",
    "/translations",
    "/translations?lack=older",
    "/unconfirmed",
    "/review-times",
)
FILES = (
    "searches",
    "most-read",
    "most-used",
    "countries",
    "languages",
    "translations",
    "unconfirmed",
    "waiting",
    "review-times",
)


@pytest.fixture
def adviser(own_library: Flask) -> Reader:
    return an_adviser(own_library)


def looked_for(
    session: Session, text: str, times: int, *, found: int = 0, language: str = "en", days_ago: int = 0
) -> None:
    day = now().date() - timedelta(days=days_ago)
    session.add(SearchTally(day=day, language=language, words=text, searches=times, found=found))


def read(session: Session, practice: Practice, times: int, *, days_ago: int = 0) -> None:
    session.add(ReadTally(day=now().date() - timedelta(days=days_ago), practice_id=practice.id, reads=times))


def listed(page: Page) -> list[str]:
    """Return the headings of the list on a page."""
    return [words(heading) for row in page.by_class("insight-list") for heading in row.findall("./li/h2")]


def lines(browser: Reader, name: str) -> list[dict[str, str]]:
    answer = browser.get(f"/en/insight/{name}")
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


# --- searches ----------------------------------------------------------------------------------------------------


def test_words_appear_once_enough_readers_have_asked_and_the_most_wanted_come_first(
    own_session: Session, adviser: Reader
) -> None:
    looked_for(own_session, "a rare name", 2)
    looked_for(own_session, "wire tapping", 2, days_ago=3)
    looked_for(own_session, "wire tapping", 1)
    looked_for(own_session, "knife crime", 9, found=1)
    own_session.commit()

    page = adviser.read("/en/insight/searches")

    assert listed(page) == ["knife crime", "wire tapping"]
    assert "a rare name" not in page.text
    assert "3 readers" in page.text
    assert [row["words"] for row in lines(adviser, "searches.csv")] == ["knife crime", "wire tapping"]
    assert listed(adviser.read("/en/insight/searches?found=nothing")) == ["wire tapping"]
    assert listed(adviser.read("/en/insight/searches?found=little")) == ["knife crime"]
    assert listed(adviser.read("/en/insight/searches?found=nonsense&page=-3")) == ["knife crime", "wire tapping"]
    assert words(adviser.read("/en/insight").by_class("figures")[0].find("./li/a/strong")) == "2"


def test_what_was_found_last_counts(own_session: Session, adviser: Reader) -> None:
    looked_for(own_session, "mended in part", 4, found=0, days_ago=5)
    looked_for(own_session, "mended in part", 1, found=2)
    own_session.commit()

    assert "found 2 practices" in adviser.read("/en/insight/searches").text
    assert not listed(adviser.read("/en/insight/searches?found=nothing"))


def test_the_list_says_what_words_find_today(own_session: Session, adviser: Reader) -> None:
    looked_for(own_session, "ssp", 4)
    looked_for(own_session, "zeppelin", 4)
    own_session.commit()

    rows = adviser.read("/en/insight/searches").by_class("insight-list")[0].findall("./li")
    said = {words(row.find("./h2")): words(row.find("./p")) for row in rows}

    assert "now" in said["ssp"]
    assert "now" not in said["zeppelin"]


def test_an_empty_search_leads_to_what_mends_it(own_session: Session, adviser: Reader) -> None:
    looked_for(own_session, "zeppelin police", 4, language="sv")
    own_session.commit()

    ways = adviser.read("/en/insight/searches").addresses

    assert "/sv/practices?q=zeppelin+police" in ways
    assert "/en/calls/new?agency=police" in ways
    assert "/en/curate/vocabularies/thesaurus?q=zeppelin" in ways


def test_words_can_be_forgotten_and_the_audit_does_not_say_which(own_session: Session, adviser: Reader) -> None:
    for language in ("en", "sv"):
        looked_for(own_session, "jane of the corner", 4, language=language)
    looked_for(own_session, "other", 4)
    own_session.commit()
    boxes = {**hidden(adviser.read("/en/insight/searches")), "words": "jane of the corner"}

    assert adviser.post("/en/insight/searches/forget", data=boxes).status_code == 303
    assert "The words are forgotten" in adviser.read("/en/insight/searches").text
    assert own_session.scalars(select(SearchTally.words)).all() == ["other"]
    [entry] = own_session.scalars(select(AuditEntry).where(AuditEntry.action == "search.forgotten"))
    assert (entry.subject_kind, entry.subject_id) == ("", None)

    adviser.post("/en/insight/searches/forget", data=boxes)
    assert "off the list already" in adviser.read("/en/insight/searches").text
    adviser.post("/en/insight/searches/forget", data={**boxes, "words": "x" * 300})
    assert own_session.scalars(select(SearchTally.words)).all() == ["other"]


# --- read and used -----------------------------------------------------------------------------------------------


def test_most_read_counts_the_days_that_were_asked_for(own_session: Session, adviser: Reader) -> None:
    new, old, gone = (a_practice(own_session, titled(title)) for title in ("New", "Old", "Gone"))
    read(own_session, new, 3)
    read(own_session, new, 2, days_ago=29)
    read(own_session, old, 4, days_ago=1)
    read(own_session, old, 90, days_ago=60)
    read(own_session, gone, 99)
    own_session.execute(update(Practice).where(Practice.id == gone.id).values(state="archived", archive_reason="Over"))
    own_session.commit()

    assert listed(adviser.read("/en/insight/most-read")) == ["New", "Old"]
    assert listed(adviser.read("/en/insight/most-read?days=90")) == ["Old", "New"]
    assert listed(adviser.read("/en/insight/most-read?days=31")) == ["New", "Old"]
    assert [(row["title"], row["readings"]) for row in lines(adviser, "most-read.csv?days=365")] == [
        ("Old", "94"),
        ("New", "5"),
    ]
    assert words(adviser.read("/en/insight").by_class("figures")[0].findall("./li/a/strong")[1]) == "108"


def test_most_used_ranks_by_municipalities_that_use_or_plan(own_session: Session, adviser: Reader) -> None:
    places = own_session.scalars(select(Organisation.id).where(Organisation.kind == "municipality").limit(3)).all()
    many, one, stopped = (a_practice(own_session, titled(title)) for title in ("Many", "One", "Stopped"))
    reports: list[tuple[Practice, int, AdoptionState, int]] = [
        (many, places[0], AdoptionState.IN_USE, 0),
        (many, places[1], AdoptionState.PLANNED, 3),
        (many, places[2], AdoptionState.STOPPED, 3),
        (one, places[0], AdoptionState.IN_USE, 50),
        (stopped, places[0], AdoptionState.STOPPED, 1),
    ]
    for practice, place, state, days in reports:
        own_session.add(
            Adoption(
                practice_id=practice.id,
                municipality_id=place,
                state=state,
                language="en",
                created_at=now() - timedelta(days=days),
            )
        )
    own_session.commit()

    assert listed(adviser.read("/en/insight/most-used")) == ["Many", "Stopped"]
    page = adviser.read("/en/insight/most-used?days=90")
    assert listed(page) == ["Many", "One", "Stopped"]
    assert "1 uses it" in page.text
    row = lines(adviser, "most-used.csv")[0]
    assert (row["title"], row["use"], row["plan"], row["stopped"]) == ("Many", "1", "1", "1")


def test_what_an_owner_reports_of_its_own_work_counts_nowhere(own_session: Session, adviser: Reader) -> None:
    owner, other = own_session.scalars(select(Organisation).where(Organisation.kind == "municipality").limit(2))
    practice = a_practice(own_session, titled("Shared"))
    own_session.add_all(
        Adoption(practice_id=practice.id, municipality_id=place.id, state=AdoptionState.IN_USE, language="en")
        for place in (owner, other)
    )
    alone = a_practice(own_session, titled("Kept"))
    own_session.add(Adoption(practice_id=alone.id, municipality_id=owner.id, state=AdoptionState.IN_USE, language="en"))
    read(own_session, practice, 9)
    own_session.execute(update(Practice).where(Practice.id.in_((practice.id, alone.id))).values(owner_id=owner.id))
    own_session.commit()

    assert listed(adviser.read("/en/insight/most-used")) == ["Shared"]
    assert [(row["title"], row["use"]) for row in lines(adviser, "most-used.csv")] == [("Shared", "1")]
    assert "in use in 1 municipality" in adviser.read("/en/insight/most-read").text
    assert "1 report of use in a year From 1 municipality" in adviser.read("/en/insight").text


# --- coverage and translations ------------------------------------------------------------------------------------


def test_coverage_names_every_country_also_those_without_a_practice(own_session: Session, adviser: Reader) -> None:
    rows = {row["country"]: row for row in lines(adviser, "countries.csv")}
    published = own_session.scalars(select(Practice.country_id).where(Practice.state == "published")).all()

    assert {code: int(row["practices"]) for code, row in rows.items() if row["practices"] != "0"} == {
        code.partition("/")[2]: published.count(code) for code in published
    }
    assert rows["gl"]["practices"] == "0"
    assert "Sweden" in adviser.read("/en/insight/coverage").text
    languages = {row["language"]: row for row in lines(adviser, "languages.csv")}
    assert languages["en"]["percent"] == "100.0"
    assert sum(int(row["originals"]) for row in languages.values()) == len(published)


def revised(session: Session, practice: Practice, **texts: str) -> None:
    """Publish a revision with a new summary in some languages."""
    document = a_document()
    for text in practice.texts:
        document["text"][text.language]["summary"] = text.summary
    for language, summary in texts.items():
        document["text"][language]["summary"] = summary
    publish(session, document, known=known_to(session), provenance=Provenance.SUBMITTED, revises=practice)
    session.flush()


def test_a_translation_is_older_once_the_original_says_something_new(own_session: Session, adviser: Reader) -> None:
    practice = a_practice(own_session)  # written in Swedish, with a text in English

    def older() -> list[str]:
        own_session.commit()
        return listed(adviser.read("/en/insight/translations?lack=older&language=en"))

    assert not older()
    revised(own_session, practice)
    assert not older(), "a revision that leaves the prose alone makes no translation old"
    revised(own_session, practice, sv="Skolan är öppen också på lördagar.")
    assert older() == ["Open school evenings"]
    assert not listed(adviser.read("/en/insight/translations?lack=older&language=sv")), "the original is never older"
    assert lines(adviser, "translations.csv?lack=older&language=en")[0]["lack"] == "older"
    revised(own_session, practice, en="The school is open on Saturdays too.")
    assert not older()


def test_what_most_readers_open_is_to_be_translated_first(own_session: Session, adviser: Reader) -> None:
    for title, times in (("Seldom read", 1), ("Often read", 30)):
        read(own_session, a_practice(own_session, titled(title)), times)
    own_session.commit()

    page = adviser.read("/en/insight/translations?language=is")

    assert listed(page)[:2] == ["Often read", "Seldom read"]
    assert not {"Often read", "Seldom read"} & set(listed(adviser.read("/en/insight/translations?language=sv")))
    assert listed(adviser.read("/en/insight/translations?language=xx")) == listed(
        adviser.read("/en/insight/translations")
    )


def test_a_missing_translation_leads_to_a_revision_in_that_language(own_session: Session, adviser: Reader) -> None:
    practice = a_practice(own_session)
    own_session.commit()
    page = adviser.read("/en/insight/translations?language=is")
    [form] = [form for form in page.all("form") if f"/revise/{practice.id}?" in form.get("action", "")]

    answer = adviser.post(form.get("action", ""), data=hidden(page))

    assert answer.status_code == 303
    assert answer.location.endswith("language=is")
    assert "Íslenska" in adviser.read(answer.location).text


# --- unconfirmed -------------------------------------------------------------------------------------------------


def test_unconfirmed_practices_lead_to_their_owner_or_to_an_invitation(
    own_library: Flask, own_session: Session, adviser: Reader
) -> None:
    author = an_author(own_library, own_session)
    today = now().date()
    for practice in own_session.scalars(select(Practice)):
        practice.confirmed_on, practice.confirm_by = today, today + timedelta(days=300)
    owned, ownerless, fresh = (
        a_practice(own_session, titled(title, owner=None)) for title in ("Owned", "Ownerless", "Fresh")
    )
    own_session.add(PracticeAuthor(practice_id=owned.id, account_id=author.id, position=0, name="Berit"))
    owned.confirmed_on, owned.confirm_by = date(2020, 1, 1), date(2021, 1, 1)
    fresh.confirmed_on, fresh.confirm_by = today, today + timedelta(days=1)
    read(own_session, ownerless, 5)
    own_session.commit()

    page = adviser.read("/en/insight/unconfirmed")

    assert listed(page) == ["Ownerless", "Owned"]
    rows = page.by_class("insight-list")[0].findall("./li")
    assert "Invite the owner" in words(rows[0])
    assert f"/en/review/stale/{owned.id}/remind" in [form.get("action") for form in rows[1].iter("form")]
    assert [row["title"] for row in lines(adviser, "unconfirmed.csv")] == ["Ownerless", "Owned"]


# --- review times ------------------------------------------------------------------------------------------------


def test_review_times_say_how_long_authors_waited_and_who_waits_now(
    own_library: Flask, own_session: Session, adviser: Reader
) -> None:
    author = an_author(own_library, own_session)
    answered = sent_in(own_session, author, document=titled("Answered"))
    late = sent_in(own_session, author, document=titled("Late"))
    own_session.execute(
        update(SubmissionEvent)
        .where(SubmissionEvent.submission_id == answered.id, SubmissionEvent.step == "submit")
        .values(created_at=now() - timedelta(days=6))
    )
    own_session.execute(
        update(Submission).where(Submission.id == late.id).values(due_on=now().date() - timedelta(days=1))
    )
    own_session.commit()
    take(adviser, answered)
    decide(adviser, answered, "decline")

    page = adviser.read("/en/insight/review-times")

    [row] = lines(adviser, "review-times.csv")
    assert (row["answers"], row["median"], row["decisions"]) == ("1", "6.0", "1")
    assert "was due" in page.text
    assert [row["title"] for row in lines(adviser, "waiting.csv")] == ["Late"]
    assert "1 is overdue" in adviser.read("/en/insight").text
    assert "days until an answer, as a median" in adviser.read("/en/insight").text


# --- all of them -------------------------------------------------------------------------------------------------


def test_empty_pages_say_something_useful(own_session: Session, adviser: Reader) -> None:
    own_session.execute(update(Practice).values(confirmed_on=now().date(), confirm_by=now().date() + timedelta(days=9)))
    own_session.commit()

    for page in ("searches", "most-read", "most-used", "unconfirmed", "review-times"):
        assert adviser.read(f"/en/insight/{page}").by_class("empty"), page


def test_every_list_is_a_file_in_which_nothing_runs(own_session: Session, adviser: Reader) -> None:
    looked_for(own_session, "=cmd|' /c calc'!a1", 4)
    a_practice(own_session, titled("=HYPERLINK(0)"))
    own_session.commit()

    for name in FILES:
        for row in lines(adviser, f"{name}.csv"):
            assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@"))], name
    assert lines(adviser, "searches.csv")[0]["words"] == "'=cmd|' /c calc'!a1"


def test_pages_cost_the_same_however_much_there_is(
    own_library: Flask, own_session: Session, adviser: Reader, count_statements: Count
) -> None:
    author = an_author(own_library, own_session)
    place = own_session.scalars(select(Organisation.id).where(Organisation.kind == "municipality")).first()

    def more(number: int) -> None:
        practice = a_practice(own_session, titled(f"Number {number}"))
        read(own_session, practice, 1)
        looked_for(own_session, f"words {number}", 3)
        own_session.add(
            Adoption(practice_id=practice.id, municipality_id=place, state=AdoptionState.IN_USE, language="en")
        )
        sent_in(own_session, author, document=titled(f"Case {number}"))

    def cost() -> dict[str, int]:
        found = {}
        for page in PAGES:
            adviser.read(f"/en/insight{page}")
            with count_statements() as ledger:
                adviser.read(f"/en/insight{page}")
            found[page] = len(ledger.statements)
        return found

    for number in range(2):
        more(number)
    own_session.commit()
    few = cost()
    for number in range(2, 30):
        more(number)
    own_session.commit()
    follow(own_library)

    assert cost() == few
    assert max(few.values()) <= MOST
    for page in ("/searches", "/most-read", "/most-used", "/unconfirmed"):
        first, second = (adviser.read(f"/en/insight{page}?page={number}") for number in (1, 99))
        assert len(listed(first)) == 25, page
        assert not set(listed(first)) & set(listed(second)), page


def test_nobody_else_reads_it(own_library: Flask, own_reader: Reader) -> None:
    assert own_reader.get("/en/insight").status_code == 302
    assert own_reader.get("/en/insight/searches.csv").status_code == 302
