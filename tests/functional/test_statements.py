"""No page asks the database more often because there is more to show."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from factories.documents import titled
from factories.readers import Reader
from factories.records import a_practice, follow, practice_called
from factories.watching import Ledger
from flask import Flask
from sqlalchemy.orm import Session

from library.models import Organisation, PracticeAgency, PracticePlace

Count = Callable[[], AbstractContextManager[Ledger]]
MOST = 24  # statements for any page, whatever the data


def statements(count: Count, reader: Reader, address: str) -> int:
    reader.read(address)  # whatever is read once a process
    with count() as ledger:
        reader.read(address)
    return len(ledger.statements)


def test_a_search_costs_the_same_for_few_and_for_many_cards(reader: Reader, count_statements: Count) -> None:
    few = statements(count_statements, reader, "/en/practices?country=gl")
    many = statements(count_statements, reader, "/en/practices")
    assert few == many <= MOST


def test_a_practice_page_costs_the_same_whatever_the_record_holds(
    reader: Reader, session: Session, count_statements: Count
) -> None:
    costs = {
        name: statements(count_statements, reader, f"/en/practices/{practice_called(session, name).slug}")
        for name in ("fi-rajapinta", "dk-ssp", "no-slt", "se-gardsten")
    }
    assert max(costs.values()) <= MOST
    assert costs["no-slt"] == costs["dk-ssp"], "more implementations cost more"


def test_lists_cost_the_same_as_they_grow(
    own_library: Flask, own_reader: Reader, own_session: Session, count_statements: Count
) -> None:
    addresses = ("/en/", "/en/municipalities", "/en/municipalities/se-malmo", "/en/agencies/schools", "/en/practices")
    a_practice(own_session, titled("The first of many"))
    own_session.commit()
    follow(own_library)
    before = {address: statements(count_statements, own_reader, address) for address in addresses}
    assert max(before.values()) <= MOST
    for number in range(25):
        a_practice(own_session, titled(f"Evening number {number}"))
        own_session.add(
            Organisation(slug=f"se-new-{number}", kind="municipality", country_id="countries/se", name=f"New {number}")
        )
    own_session.commit()
    follow(own_library)
    after = {address: statements(count_statements, own_reader, address) for address in addresses}
    assert after == before


def test_a_page_without_records_asks_nothing_of_the_database(reader: Reader, count_statements: Count) -> None:
    assert statements(count_statements, reader, "/en/privacy") == 0
    with count_statements() as ledger:
        assert reader.get("/healthz").status_code == 200
    assert not ledger.statements


def test_a_list_of_cards_reads_all_that_belongs_to_them_at_once(reader: Reader, count_statements: Count) -> None:
    with count_statements() as ledger:
        reader.read("/en/practices")
    for table in (PracticeAgency.__tablename__, PracticePlace.__tablename__):
        assert sum(f"FROM {table}" in statement for statement in ledger.statements) <= 1
