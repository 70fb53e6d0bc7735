"""Changing many practices at once: seen first, done together, undone together."""

from __future__ import annotations

import json
import shutil
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from factories.documents import titled
from factories.people import hidden, signed_in
from factories.records import a_practice, an_account, practice_called
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from library.attachments.storage import store_of_app
from library.choices import BatchState, ConceptStatus, OrganisationKind, PracticeState, Role
from library.extensions import db
from library.indexing.search import index_of_app
from library.interchange import batch_services, work_services
from library.interchange.edits import Change, Edit, edited
from library.lexicon import renew
from library.mail import MailKind
from library.models import (
    Account,
    Batch,
    BatchRow,
    Concept,
    Mail,
    Organisation,
    Practice,
    PracticeAgency,
    PracticeAuthor,
    Revision,
)

if TYPE_CHECKING:
    from factories.readers import Page, Reader
    from flask import Flask
    from sqlalchemy.orm import Session

CHOSEN = ("dk-ssp", "dk-natteravnene", "no-slt")


@pytest.fixture
def adviser(own_library: Flask) -> Reader:
    return signed_in(own_library, Role.ADVISER)


def work(app: Flask) -> None:
    """Let the worker do what waits."""
    with app.app_context():
        while work_services.take_up(db.sessionmaker, store_of_app()):
            pass


def numbers(session: Session) -> list[int]:
    return [practice_called(session, name).id for name in CHOSEN]


def change(browser: Reader, practices: list[int], status: int = 303, **values: Any) -> Any:
    query = "&".join(f"practice={number}" for number in practices)
    page = browser.read(f"/en/curate/batches/edit?{query}")
    answer = browser.post(
        "/en/curate/batches/edit",
        data={**hidden(page), "practice": [str(number) for number in practices], **values},
    )
    assert answer.status_code == status
    return answer


def press(browser: Reader, page: Page, deed: str) -> None:
    form = next(form for form in page.all("form") if form.get("action", "").endswith(f"/{deed}"))
    token = next(box.get("value") for box in form.iter("input") if box.get("name") == "csrf_token")
    assert browser.post(form.get("action"), data={"csrf_token": token}).status_code == 303


def agencies(session: Session, practice: int) -> dict[str, bool]:
    rows = select(PracticeAgency.concept_id, PracticeAgency.lead).where(PracticeAgency.practice_id == practice)
    return {code: lead for code, lead in session.execute(rows).all()}  # noqa: C416 - a row is no pair to the checker


def test_an_agency_is_added_to_many_and_taken_away_again(
    own_library: Flask, own_session: Session, adviser: Reader
) -> None:
    practices = numbers(own_session)
    before = {number: agencies(own_session, number) for number in practices}
    answer = change(adviser, practices, change="agency", agency="faith-communities")
    page = adviser.read(answer.location)
    own_session.expire_all()
    assert {number: agencies(own_session, number) for number in practices} == before, "changed without a confirmation"
    press(adviser, page, "confirm")
    work(own_library)
    own_session.expire_all()
    for number in practices:
        assert agencies(own_session, number) == {**before[number], "agencies/faith-communities": False}
    press(adviser, adviser.read(answer.location), "undo")
    work(own_library)
    own_session.expire_all()
    assert {number: agencies(own_session, number) for number in practices} == before


def test_a_new_owner_is_named_in_words(own_library: Flask, own_session: Session, adviser: Reader) -> None:
    practices = numbers(own_session)
    malmo = own_session.scalars(select(Organisation).where(Organisation.slug == "se-malmo")).one()
    answer = change(adviser, practices, change="owner", owner=malmo.name.upper())
    press(adviser, adviser.read(answer.location), "confirm")
    work(own_library)
    own_session.expire_all()
    assert {practice_called(own_session, name).owner_id for name in CHOSEN} == {malmo.id}


def test_many_are_archived_with_one_reason_and_come_back(
    own_library: Flask, own_session: Session, adviser: Reader
) -> None:
    practices = numbers(own_session)
    answer = change(adviser, practices, change="archive", reason="The project is over")
    press(adviser, adviser.read(answer.location), "confirm")
    work(own_library)
    own_session.expire_all()
    gone = [practice_called(own_session, name) for name in CHOSEN]
    assert {(one.state, one.archive_reason) for one in gone} == {(PracticeState.ARCHIVED, "The project is over")}
    press(adviser, adviser.read(answer.location), "undo")
    work(own_library)
    own_session.expire_all()
    assert {practice_called(own_session, name).state for name in CHOSEN} == {PracticeState.PUBLISHED}


def test_what_says_so_already_is_left_alone(own_session: Session, adviser: Reader) -> None:
    practices = numbers(own_session)
    answer = change(adviser, practices, change="agency", agency="police")
    batch = own_session.scalars(select(Batch)).one()
    assert batch.state is BatchState.READY
    page = adviser.read(f"{answer.location}?show=keep")
    assert page.by_class("bulk-rows")


def test_a_change_that_somebody_else_overtook_is_not_made(
    own_library: Flask, own_session: Session, adviser: Reader
) -> None:
    practices = numbers(own_session)
    first = change(adviser, practices, change="agency", agency="faith-communities")
    second = change(adviser, practices[:1], change="agency", agency="faith-communities", lead="y")
    press(adviser, adviser.read(second.location), "confirm")
    work(own_library)
    press(adviser, adviser.read(first.location), "confirm")
    work(own_library)
    own_session.expire_all()
    states = list(own_session.scalars(select(Batch.state).order_by(Batch.id)))
    assert states == [BatchState.FAULTY, BatchState.APPLIED]
    assert "agencies/faith-communities" not in agencies(own_session, practices[1]), "half of it was done"


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"change": "agency", "agency": ""}, "Choose an agency"),
        ({"change": "agency", "agency": "nobody"}, "Choose an agency"),
        ({"change": "owner", "owner": "Nowhere at all"}, "Write the name of an organisation in the library"),
        ({"change": "archive", "reason": "  "}, "Write why they are archived"),
        ({"change": "archive", "reason": "x" * 301}, "Write at most 300 characters"),
    ],
)
def test_what_cannot_be_done_is_said_at_its_place_and_keeps_what_was_typed(
    own_session: Session, adviser: Reader, values: dict[str, str], message: str
) -> None:
    answer = change(adviser, numbers(own_session), 422, **values)
    text = answer.get_data(as_text=True)
    assert message in text
    assert values.get("owner", "") in text
    assert own_session.scalars(select(Batch)).first() is None


@pytest.mark.one_database
def test_all_that_a_search_finds_can_be_chosen(own_session: Session, adviser: Reader) -> None:
    page = adviser.read("/en/curate/batches/edit?search=agency%3Dpolice")
    chosen = {box.get("value") for box in page.all("input") if box.get("name") == "practice"}
    found = json.loads(adviser.get("/en/practices.json?agency=police").data)["practices"]
    assert chosen == {str(one["id"]) for one in found}


@pytest.mark.one_database
def test_nothing_is_chosen_and_no_file_handed_out_while_filters_do_not_apply(
    own_library: Flask, adviser: Reader
) -> None:
    with own_library.app_context():
        index_of_app().close()
    shutil.rmtree(own_library.config["INDEX_PATH"])
    page = adviser.read("/en/curate/batches/edit?search=agency%3Dpolice")
    assert not [box for box in page.all("input") if box.get("name") == "practice"]
    assert "being rebuilt" in page.text
    for suffix in ("json", "atom"):
        assert adviser.get(f"/en/practices.{suffix}?agency=police").status_code == 503


@pytest.mark.one_database
@pytest.mark.parametrize(
    "query", ["", "?practice=x", "?practice=999999", "?practice=-1&practice=99999999999", "?search="]
)
def test_whatever_is_chosen_has_a_page(adviser: Reader, query: str) -> None:
    adviser.read(f"/en/curate/batches/edit{query}")


CODES = st.sampled_from(["police", "schools", "business", "health-care"])


@given(chosen=st.dictionaries(CODES, st.booleans()), code=CODES, lead=st.booleans())
def test_adding_an_agency_keeps_the_others_and_adds_it_once(chosen: dict[str, bool], code: str, lead: bool) -> None:
    rows = [{"code": one, **({"lead": True} if leads else {})} for one, leads in chosen.items()]
    once = edited({"agencies": rows}, Edit(Change.AGENCY, code, lead=lead))
    assert [row["code"] for row in once["agencies"]].count(code) == 1
    assert {row["code"] for row in once["agencies"]} == {row["code"] for row in rows} | {code}
    assert edited(once, Edit(Change.AGENCY, code, lead=lead)) == once
    if lead:
        assert [row["code"] for row in once["agencies"] if row.get("lead")] == [code]


def test_a_revision_says_who_changed_it(own_library: Flask, own_session: Session, adviser: Reader) -> None:
    practices = numbers(own_session)
    answer = change(adviser, practices, change="agency", agency="faith-communities")
    press(adviser, adviser.read(answer.location), "confirm")
    work(own_library)
    latest = select(Revision).where(Revision.practice_id == practices[0]).order_by(Revision.number.desc())
    revision = own_session.scalars(latest).first()
    assert revision is not None
    assert revision.actor_id == own_session.scalars(select(Batch.actor_id)).one()


def belongs_to(session: Session, slug: str) -> Organisation:
    """Let the adviser belong to an organisation."""
    body = session.scalars(select(Organisation).where(Organisation.slug == slug)).one()
    me = session.scalars(select(Account).where(Account.roles.any(name=Role.ADVISER.value))).one()
    me.organisations.append(body)
    session.commit()
    return body


@pytest.mark.parametrize(
    "values", [{"change": "agency", "agency": "faith-communities"}, {"change": "archive", "reason": "It is over"}]
)
def test_nobody_changes_in_bulk_what_they_wrote_or_what_their_organisation_owns(
    own_library: Flask, own_session: Session, adviser: Reader, values: dict[str, str]
) -> None:
    practices = numbers(own_session)
    body = belongs_to(own_session, "se-malmo")
    me = own_session.scalars(select(Account).where(Account.roles.any(name=Role.ADVISER.value))).one()
    practice_called(own_session, CHOSEN[0]).owner_id = body.id
    own_session.add(PracticeAuthor(practice_id=practices[1], account_id=me.id, name="Me", position=0))
    own_session.commit()
    answer = change(adviser, practices, **values)
    batch = own_session.scalars(select(Batch)).one()
    rows = own_session.scalars(select(BatchRow).order_by(BatchRow.number)).all()
    assert batch.state is BatchState.FAULTY
    assert [[fault["code"] for fault in row.faults] for row in rows] == [["own-organisation"], ["own-organisation"], []]
    assert "Ask another adviser" in adviser.read(answer.location).text


def test_nobody_makes_their_own_organisation_the_owner(own_session: Session, adviser: Reader) -> None:
    practices = numbers(own_session)
    body = belongs_to(own_session, "se-malmo")
    change(adviser, practices, change="owner", owner=body.name)
    assert own_session.scalars(select(Batch)).one().state is BatchState.FAULTY


def writes(app: Flask) -> bool:
    """Return whether somebody else could write to a practice just now, without waiting for it."""
    engine = db.engine
    if engine.dialect.name == "sqlite":
        other = sqlite3.connect(str(engine.url.database), timeout=0, isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        finally:
            other.close()
        return True
    with db.sessionmaker() as other_session:
        chosen = select(Practice.id).where(Practice.external_id == CHOSEN[0])
        return other_session.scalars(chosen.with_for_update(skip_locked=True)).first() is not None


@pytest.mark.parametrize(("deed", "look"), [("confirm", "_overtaken"), ("undo", "_touched")])
def test_nobody_revises_between_the_look_and_the_writing(
    own_library: Flask, own_session: Session, adviser: Reader, monkeypatch: pytest.MonkeyPatch, deed: str, look: str
) -> None:
    answer = change(adviser, numbers(own_session), change="agency", agency="faith-communities")
    own_session.rollback()
    if deed == "undo":
        press(adviser, adviser.read(answer.location), "confirm")
        work(own_library)
    seen: list[bool] = []
    looks = getattr(batch_services, look)

    def watched(*given: Any) -> Any:
        seen.append(writes(own_library))
        return looks(*given)

    monkeypatch.setattr(batch_services, look, watched)
    press(adviser, adviser.read(answer.location), deed)
    work(own_library)
    assert seen == [False]
    after = {"confirm": BatchState.APPLIED, "undo": BatchState.UNDONE}[deed]
    assert own_session.scalars(select(Batch.state)).one() is after


def test_undoing_gives_back_what_stands_now_for_a_concept_that_was_merged(
    own_library: Flask, own_session: Session, adviser: Reader
) -> None:
    practices = numbers(own_session)
    answer = change(adviser, practices, change="agency", agency="faith-communities")
    press(adviser, adviser.read(answer.location), "confirm")
    work(own_library)
    merged = own_session.get_one(Concept, "agencies/police")
    merged.status, merged.replaced_by_id = ConceptStatus.DEPRECATED, "agencies/business"
    renew(own_session)
    own_session.commit()
    press(adviser, adviser.read(answer.location), "undo")
    work(own_library)
    own_session.expire_all()
    assert own_session.scalars(select(Batch.state)).one() is BatchState.UNDONE
    for number in practices:
        named = agencies(own_session, number)
        assert "agencies/police" not in named
        assert "agencies/faith-communities" not in named


def test_undoing_names_the_row_whose_former_words_nobody_can_say_any_more(
    own_library: Flask, own_session: Session, adviser: Reader
) -> None:
    practices = numbers(own_session)
    body = Organisation(slug="short-lived", name="Short-lived", kind=OrganisationKind.NGO)
    own_session.add(body)
    own_session.flush()
    document = titled("Owned for a while", owner="short-lived")
    made = a_practice(own_session, document).id
    own_session.commit()
    answer = change(adviser, [made, practices[0]], change="owner", owner="se-malmo")
    press(adviser, adviser.read(answer.location), "confirm")
    work(own_library)
    own_session.delete(own_session.scalars(select(Organisation).where(Organisation.slug == "short-lived")).one())
    own_session.commit()
    press(adviser, adviser.read(answer.location), "undo")
    work(own_library)
    own_session.expire_all()
    batch = own_session.scalars(select(Batch)).one()
    assert (batch.state, batch.faults, batch.options["touched"]) == (BatchState.APPLIED, [], 1)
    row = own_session.scalars(select(BatchRow).where(BatchRow.practice_id == made)).one()
    assert [fault["code"] for fault in row.faults] == ["no-longer"]
    adviser.read(answer.location)


def test_owners_are_told_what_was_archived_and_restored_among_many(
    own_library: Flask, own_session: Session, adviser: Reader
) -> None:
    email = an_account(own_library, Role.CONTRIBUTOR)
    owner = own_session.scalars(select(Account).where(Account.email == email)).one()
    practices = numbers(own_session)
    owner_id = owner.id
    own_session.add(PracticeAuthor(practice_id=practices[0], account_id=owner_id, name="Ada", position=0))
    own_session.commit()
    answer = change(adviser, practices, change="archive", reason="The project is over")
    for deed, kind in (("confirm", MailKind.PRACTICE_ARCHIVED), ("undo", MailKind.PRACTICE_RESTORED)):
        press(adviser, adviser.read(answer.location), deed)
        work(own_library)
        assert own_session.scalars(select(Mail.account_id).where(Mail.kind == kind)).all() == [owner_id]
        own_session.rollback()
