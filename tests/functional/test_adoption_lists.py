"""Reports of use in length: what advisers take down, and lists that grow."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from factories.adoptions import an_adoption, municipality, somebody_of
from factories.people import hidden
from factories.readers import Page, Reader
from factories.watching import Ledger
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from test_adoption import WORDS, a_new_practice, app, books, deeds, practice, report_of, send, use_of

from library.choices import OrganisationKind, Role
from library.models import Mail, Organisation, Practice

__all__ = ["app", "books", "practice"]


# --- taking down -----------------------------------------------------------------------------------------------------


def test_an_adviser_takes_a_report_down_and_its_author_gets_reason_and_words(
    app: Flask, books: Session, practice: Practice
) -> None:
    member, account = somebody_of(app, books, "dk-aarhus")
    send(member, use_of(practice))
    adviser, _ = somebody_of(app, books, role=Role.ADVISER)
    listing = f"/en/practices/{practice.slug}/adopters"
    address = f"{listing}/{report_of(books, practice).id}/take-down"
    assert address in adviser.read(listing).addresses
    assert address not in member.read(listing).addresses
    page = adviser.read(address)
    assert WORDS["adapted"] in page.text
    empty = adviser.post(address, data=hidden(page))
    assert empty.status_code == 422
    assert "Say why it is taken down" in Page(empty).text

    done = adviser.post(address, data={**hidden(page), "reason": "It names a pupil."})

    assert done.status_code == 303
    assert "No municipality has reported yet" in member.read(f"/en/practices/{practice.slug}").text
    (letter,) = books.scalars(select(Mail).where(Mail.account_id == account.id))
    for words in ("It names a pupil.", WORDS["adapted"], WORDS["experience"], "Aarhus"):
        assert words in " ".join(letter.text.split())
    assert deeds(books, practice)[-1] == "practice.use-taken-down"
    adviser.read(address, status=404)


@pytest.mark.one_database
def test_without_its_author_the_whole_municipality_hears_of_it(app: Flask, books: Session, practice: Practice) -> None:
    _, colleague = somebody_of(app, books, "no-kristiansand")
    report = an_adoption(books, practice, municipality(books, "no-kristiansand"), account_id=None)
    books.commit()
    adviser, _ = somebody_of(app, books, role=Role.ADVISER)
    address = f"/en/practices/{practice.slug}/adopters/{report.id}/take-down"
    adviser.post(address, data={**hidden(adviser.read(address)), "reason": "It is an advertisement."})
    assert [mail.kind for mail in books.scalars(select(Mail).where(Mail.account_id == colleague.id))] == [
        "report-taken-down"
    ]


def test_a_report_that_was_mended_meanwhile_gets_another_look(app: Flask, books: Session, practice: Practice) -> None:
    member, _ = somebody_of(app, books, "dk-aarhus")
    send(member, use_of(practice))
    adviser, _ = somebody_of(app, books, role=Role.ADVISER)
    address = f"/en/practices/{practice.slug}/adopters/{report_of(books, practice).id}/take-down"
    before = hidden(adviser.read(address))
    send(member, use_of(practice), adapted="Mended.")
    late = adviser.post(address, data={**before, "reason": "It names a pupil."})
    assert late.status_code == 409
    assert "Mended." in Page(late).text
    assert adviser.post(address, data={**hidden(Page(late)), "reason": "Still."}).status_code == 303


# --- long lists ------------------------------------------------------------------------------------------------------


def test_a_practice_that_many_use_shows_a_few_and_leads_to_all(
    app: Flask, books: Session, practice: Practice, count_statements: Callable[[], AbstractContextManager[Ledger]]
) -> None:
    towns = books.scalars(
        select(Organisation).where(Organisation.kind == OrganisationKind.MUNICIPALITY, Organisation.slug != "se-malmo")
    ).all()
    reader = app.test_client()
    assert isinstance(reader, Reader)
    addresses = [f"/en/practices/{practice.slug}", f"/en/practices/{practice.slug}/adopters"]
    said_at = datetime.now(UTC)

    def statements() -> list[int]:
        counted = []
        for address in addresses:
            reader.read(address)
            with count_statements() as ledger:
                reader.read(address)
            counted.append(len(ledger.statements))
        return counted

    an_adoption(books, practice, towns[0], said_at=said_at)
    books.commit()
    few = statements()
    for days, town in enumerate(towns[1:30], 1):
        an_adoption(books, practice, town, said_at=said_at - timedelta(days=days), adapted="ø" * 1500)
    books.commit()
    assert statements() == few
    page = reader.read(addresses[0])
    assert len(page.by_class("uses")[0].findall("li")) == 5
    assert addresses[1] in page.addresses
    assert "In use in 30 municipalities" in page.text
    seen: list[str] = []
    for number in (1, 2, 3, 4):
        part = reader.read(f"{addresses[1]}?page={number}")
        seen += [" ".join(h.itertext()).strip() for h in part.by_class("uses")[0].iter("h2")]
    assert len(seen) == len(set(seen)) == 30
    for odd in ("0", "-1", "x", "9" * 30, "²"):
        reader.read(f"{addresses[1]}?page={odd}")


@pytest.mark.one_database
def test_a_municipality_that_uses_much_leads_to_all_of_it(app: Flask, books: Session) -> None:
    town = municipality(books, "no-bergen")
    for _ in range(12):
        an_adoption(books, a_new_practice(books), town)
    books.commit()
    reader = app.test_client()
    assert isinstance(reader, Reader)
    page = reader.read("/en/municipalities/no-bergen")
    assert len(page.by_class("used-list")[0].findall("li")) == 10
    assert "/en/municipalities/no-bergen/uses" in page.addresses
    assert len(reader.read("/en/municipalities/no-bergen/uses").by_class("used-list")[0].findall("li")) == 12
    reader.read("/en/municipalities/nowhere/uses", status=404)
