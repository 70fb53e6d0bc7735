"""The desk of collections: who may do what, words, states, history, and two who write at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest
from factories.collections import a_collection, a_section
from factories.documents import titled
from factories.people import hidden, sign_in, signed_in
from factories.readers import Page, Reader
from factories.records import a_practice, an_account
from factories.submissions import account_called
from factories.watching import Ledger
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from library.choices import CollectionState, Role
from library.extensions import db
from library.models import (
    Account,
    AuditEntry,
    Collection,
    CollectionChange,
    CollectionItem,
    CollectionText,
    Notice,
    Practice,
)
from library.workflow import Step, advance

pytestmark = pytest.mark.one_database

Count = Callable[[], AbstractContextManager[Ledger]]


@dataclass
class Desk:
    """Two advisers with a browser each, and what they need to write."""

    app: Flask
    session: Session
    ada: Reader
    bo: Reader

    def __post_init__(self) -> None:
        self.tokens = {
            id(one): hidden(one.read("/en/curate/collections/new"))["csrf_token"] for one in (self.ada, self.bo)
        }

    @property
    def me(self) -> Account:
        return account_called(self.session, "ada.curates@example.org")

    def practices(self, count: int = 3) -> list[Practice]:
        found = select(Practice).where(Practice.state == "published").order_by(Practice.id)
        return list(self.session.scalars(found.limit(count)))

    def collection(self, **values: Any) -> Collection:
        made = a_collection(self.session, self.me, **{"state": CollectionState.DRAFT, **values})
        self.session.commit()
        return made

    def post(self, collection: Collection | None, path: str, by: Reader | None = None, **boxes: Any) -> TestResponse:
        who = by or self.ada
        address = f"/en/curate/collections/{collection.id}{path}" if collection else f"/en/curate{path}"
        answer: TestResponse = who.post(address, data={"csrf_token": self.tokens[id(who)], **boxes})
        self.session.expire_all()
        return answer

    def read(self, collection: Collection, path: str = "", by: Reader | None = None, status: int = 200) -> Page:
        return (by or self.ada).read(f"/en/curate/collections/{collection.id}{path}", status)

    def deeds(self, collection: Collection) -> list[str]:
        query = select(CollectionChange.deed).where(CollectionChange.collection_id == collection.id)
        return list(self.session.scalars(query.order_by(CollectionChange.version)))


@pytest.fixture(scope="module")
def browsers(module_library: Flask) -> tuple[Reader, Reader]:
    return (
        signed_in(module_library, Role.ADVISER, email="ada.curates@example.org", name="Ada"),
        signed_in(module_library, Role.ADVISER, email="bo.curates@example.org", name="Bo"),
    )


@pytest.fixture
def desk(module_library: Flask, browsers: tuple[Reader, Reader]) -> Iterator[Desk]:
    with module_library.app_context():
        sessions = db.sessionmaker
    with sessions() as session:
        yield Desk(module_library, session, *browsers)


TEXT = {"title": "Evenings", "introduction": "Why evenings matter.", "audience": "", "cover": "", "written_in": "en"}


# --- beginning ---------------------------------------------------------------------------------------------------


def test_a_collection_begins_with_the_practices_that_were_ticked(desk: Desk) -> None:
    chosen = desk.practices()
    practices = [str(practice.id) for practice in reversed(chosen)]
    assert (
        "Tick at least one" not in desk.ada.read("/en/curate/add?" + "&".join(f"practice={n}" for n in practices)).text
    )
    answer = desk.post(None, "/collections/new", **TEXT, practice=practices)

    assert answer.status_code == 303
    made = desk.session.scalars(select(Collection).order_by(Collection.id.desc()).limit(1)).one()
    assert made.state is CollectionState.DRAFT
    assert [str(item.practice_id) for item in made.sections[0].items] == practices
    assert [curator.account.name for curator in made.curators] == ["Ada"]
    assert desk.deeds(made) == ["begin", "add-practices"]


@pytest.mark.parametrize(
    ("boxes", "message"),
    [
        ({"title": " "}, "Enter a title"),
        ({"title": "x" * 101}, "Write at most 100 characters"),
        ({"cover": "agencies/police"}, "Choose one from the list"),
        ({"written_in": "tlh"}, "Choose one from the list"),
        ({"introduction": "x" * 10_001}, "Write at most 10000 characters"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_box_and_all_is_kept(
    desk: Desk, boxes: dict[str, str], message: str
) -> None:
    answer = desk.post(None, "/collections/new", **(TEXT | {"audience": "Kept"} | boxes), practice="1")
    assert answer.status_code == 422
    page = Page(answer)
    assert message in page.by_class("ds-error-summary")[0].find(".//a").text  # type: ignore[union-attr,operator]
    assert page.by_id("audience").get("value") == "Kept"


def test_the_address_follows_the_title_until_the_first_publication_and_stays_then(desk: Desk) -> None:
    made = desk.collection(practices=desk.practices(), slug="old-address")
    desk.post(made, "/texts/en", **TEXT | {"title": "Nights in Århus", "version": "1"})
    assert made.slug == "nights-in-arhus"
    desk.post(made, "/publish")
    assert made.state is CollectionState.PUBLISHED
    desk.post(made, "/texts/en", **TEXT | {"title": "Days in Århus", "version": str(made.version)})
    assert made.text_in("en").title == "Days in Århus"
    assert made.slug == "nights-in-arhus"


# --- publishing --------------------------------------------------------------------------------------------------


def test_what_is_missing_is_said_before_publishing(desk: Desk) -> None:
    made = desk.collection(texts=[CollectionText(language="en", title="Bare")])
    answer = desk.post(made, "/publish")
    assert answer.status_code == 422
    text = Page(answer).text
    assert "Write an introduction" in text
    assert "Put at least one published practice into a section" in text
    assert made.state is CollectionState.DRAFT


def test_an_archived_practice_alone_is_nothing_to_publish(desk: Desk) -> None:
    practice = a_practice(desk.session, titled("Gone by now"))
    advance(desk.session, practice, Step.ARCHIVE, actor=None, reason="It ended.")
    made = desk.collection(practices=[practice])
    assert "Archived: readers do not see it here" in desk.read(made).text
    assert desk.post(made, "/publish").status_code == 422


def test_a_collection_is_published_archived_with_a_reason_and_made_public_again(desk: Desk) -> None:
    made = desk.collection(practices=desk.practices())
    address = f"/en/collections/{made.slug}"
    stranger = desk.app.test_client()
    assert stranger.get(address).status_code == 404
    desk.post(made, "/publish")
    assert stranger.get(address).status_code == 200
    assert desk.post(made, "/archive", reason=" ").status_code == 422
    assert made.state is CollectionState.PUBLISHED
    desk.post(made, "/archive", reason="Out of date.")
    assert (made.state, made.archive_reason) == (CollectionState.ARCHIVED, "Out of date.")
    assert stranger.get(address).status_code == 410
    published_at = made.published_at
    desk.post(made, "/restore")
    assert (made.state, made.archive_reason, made.published_at) == (CollectionState.PUBLISHED, None, published_at)
    assert desk.deeds(made) == ["begin", "publish", "archive", "restore"]
    audited = select(AuditEntry.action).where(AuditEntry.subject_kind == "collection", AuditEntry.subject_id == made.id)
    assert {f"collection.{deed}" for deed in desk.deeds(made)} <= set(desk.session.scalars(audited))


@pytest.mark.both_databases
def test_only_a_draft_is_deleted_and_nothing_of_it_stays(desk: Desk) -> None:
    public = desk.collection(state=CollectionState.PUBLISHED)
    desk.post(public, "/delete")
    assert desk.session.get(Collection, public.id)
    draft = desk.collection(practices=desk.practices())
    identifier = draft.id
    assert desk.post(draft, "/delete").headers["Location"].endswith("/en/curate")
    assert desk.session.get(Collection, identifier) is None
    left = select(func.count()).where(CollectionItem.collection_id == identifier)
    assert desk.session.scalar(left) == 0


# --- people ------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_colleagues_read_and_do_not_write_and_others_know_of_nothing(desk: Desk) -> None:
    made = desk.collection(title="Of Ada alone", practices=desk.practices())
    assert "Of Ada alone" in desk.bo.read("/en/curate?whose=colleagues").text
    assert desk.read(made, "/preview", by=desk.bo).heading == "Of Ada alone"
    desk.read(made, "/changes", by=desk.bo)
    desk.read(made, by=desk.bo, status=403)
    assert desk.post(made, "/texts/en", by=desk.bo, **TEXT, version="1").status_code == 403
    assert made.text_in("en").title == "Of Ada alone"


@pytest.mark.both_databases
def test_a_curator_asks_a_colleague_along_who_hears_of_it_and_then_writes_too(desk: Desk) -> None:
    made = desk.collection(practices=desk.practices())
    bo = account_called(desk.session, "bo.curates@example.org")
    desk.post(made, "/curators", person=str(bo.id))
    assert desk.read(made, by=desk.bo).heading == "Young people at night"
    notice = desk.session.scalars(select(Notice).where(Notice.account_id == bo.id).order_by(Notice.id.desc())).first()
    assert notice is not None
    assert (notice.kind, notice.path) == ("curator-added", f"/curate/collections/{made.id}")
    desk.post(made, f"/curators/{bo.id}/remove", by=desk.bo)
    desk.read(made, by=desk.bo, status=403)


@pytest.mark.both_databases
def test_a_collection_keeps_one_curator_and_administrators_step_in(desk: Desk) -> None:
    made = desk.collection()
    desk.post(made, f"/curators/{desk.me.id}/remove")
    assert [curator.account_id for curator in made.curators] == [desk.me.id]
    if not desk.session.scalar(select(Account.id).where(Account.email == "chief.curates@example.org")):
        an_account(desk.app, Role.ADMINISTRATOR, email="chief.curates@example.org", name="Chief")
    chief = sign_in(desk.app, "chief.curates@example.org")
    page = desk.read(made, "/texts/en", by=chief)
    answer = chief.post(
        f"/en/curate/collections/{made.id}/texts/en", data={**hidden(page), **TEXT, "title": "Stepped in"}
    )
    assert answer.status_code == 303
    desk.session.expire_all()
    assert made.text_in("en").title == "Stepped in"


@pytest.mark.parametrize("person", ["", "1", "999999", "x"])
def test_only_advisers_can_be_asked_along(desk: Desk, person: str) -> None:
    made = desk.collection()
    assert desk.post(made, "/curators", person=person).status_code == 422
    assert len(made.curators) == 1


# --- languages ---------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_collection_is_written_in_further_languages_and_a_translation_goes_again(desk: Desk) -> None:
    made = desk.collection()
    assert desk.post(made, "/texts/da", title="", introduction="Ord", version="1").status_code == 422
    desk.post(made, "/texts/da", title="Unge om natten", introduction="Ord", version="1")
    assert made.text_in("da").title == "Unge om natten"
    section = made.sections[0]
    desk.post(made, f"/sections/{section.id}?in=da", heading="Begynd her", version=str(made.version))
    assert section.headings == {"en": "Where to begin", "da": "Begynd her"}
    desk.post(made, "/texts/da", title="", introduction="", audience="", version=str(made.version))
    assert [text.language for text in made.texts] == ["en"]


def test_who_chose_the_wrong_language_at_the_beginning_mends_it_everywhere(desk: Desk) -> None:
    made = desk.collection(sections=[a_section("Börja", *desk.practices(1), note="Därför")])
    item = made.sections[0].items[0]
    desk.post(made, "/texts/en", **TEXT | {"written_in": "sv", "version": "1"})
    assert made.original_language == "sv"
    assert [text.language for text in made.texts] == ["sv"]
    assert (made.sections[0].headings, item.notes) == ({"sv": "Börja"}, {"sv": "Därför"})


# --- two at once -------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_of_two_who_write_the_same_note_the_later_sees_both_and_decides(desk: Desk) -> None:
    made = desk.collection(practices=desk.practices(1))
    item = made.sections[0].items[0]
    desk.post(made, f"/items/{item.id}", note="Ada's words", version="1")
    answer = desk.post(made, f"/items/{item.id}", note="Later words", version="1")

    assert answer.status_code == 409
    page = Page(answer)
    assert page.by_id("note").text == "\nLater words"
    assert "Ada's words" in page.by_class("theirs")[0].find(".//p").text  # type: ignore[union-attr,operator]
    assert item.notes == {"en": "Ada's words"}
    desk.post(made, f"/items/{item.id}", note="Later words", version=hidden(page)["version"])
    assert item.notes == {"en": "Later words"}
    said = [row.document["sections"][0]["items"][0]["notes"] for row in _changes(desk, made)]
    assert said == [{}, {"en": "Ada's words"}, {"en": "Later words"}], "nothing is lost"


def test_two_who_write_in_different_boxes_do_not_disturb_each_other(desk: Desk) -> None:
    made = desk.collection(texts=[CollectionText(language="en", title="Old", introduction="Old words")])
    first = TEXT | {"title": "New", "introduction": "Old words", "version": "1"}
    second = TEXT | {"title": "Old", "introduction": "New\r\nwords", "version": "1"}
    assert desk.post(made, "/texts/en", **first).status_code == 303
    assert desk.post(made, "/texts/en", **second).status_code == 303
    text = made.text_in("en")
    assert (text.title, text.introduction) == ("New", "New\nwords")


@pytest.mark.both_databases
@pytest.mark.parametrize("version", ["", "0", "x", "99999", "-1", "٣"])
def test_a_version_that_nobody_was_given_overwrites_nothing(desk: Desk, version: str) -> None:
    made = desk.collection()
    answer = desk.post(made, "/texts/en", **TEXT, version=version)
    assert answer.status_code == 409
    assert made.text_in("en").title == "Young people at night"


def test_saving_what_stands_there_already_makes_no_version(desk: Desk) -> None:
    made = desk.collection(practices=desk.practices(1))
    desk.post(made, f"/items/{made.sections[0].items[0].id}", note="", version="1")
    assert made.version == 1


# --- history -----------------------------------------------------------------------------------------------------


def _changes(desk: Desk, made: Collection) -> list[CollectionChange]:
    query = select(CollectionChange).where(CollectionChange.collection_id == made.id)
    return list(desk.session.scalars(query.order_by(CollectionChange.version)))


@pytest.mark.both_databases
def test_any_two_versions_compare_with_their_words_marked(desk: Desk) -> None:
    made = desk.collection(practices=desk.practices(2))
    first = made.sections[0].items[0]
    desk.post(made, f"/items/{first.id}", note="Begin with this", version="1")
    desk.post(made, f"/items/{first.id}", note="Begin with that", version="2")
    desk.post(made, "/order", down=str(first.id))
    page = desk.read(made, "/changes/compare?older=2&newer=3")
    assert [(e.find("span").tail, "del" in e.tag) for e in page.all("del")] == [("this", True)]  # type: ignore[union-attr]
    assert "Sections and practices" in desk.read(made, "/changes/compare?older=1").text
    assert "say the same" in desk.read(made, "/changes/compare?older=2&newer=2").text
    assert "say the same" not in desk.read(made, "/changes/compare?older=x&newer=-9").text


@pytest.mark.both_databases
def test_many_moves_in_a_row_are_one_entry(desk: Desk) -> None:
    made = desk.collection(practices=desk.practices(3))
    item = made.sections[0].items[0]
    for _ in range(3):
        desk.post(made, "/order", down=str(item.id))
        desk.post(made, "/order", up=str(item.id))
    assert desk.deeds(made) == ["begin", "order"]
    assert made.version == 7
    assert desk.post(made, f"/items/{item.id}", note="Mine", version="3").status_code == 303, "no words were moved"


# --- size --------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_the_desk_costs_the_same_for_few_and_for_many(desk: Desk, count_statements: Count) -> None:
    for number in range(60):
        a_practice(desk.session, titled(f"Practice of a long list with a rather long title, number {number}"))
    desk.session.commit()
    small = desk.collection(practices=desk.practices(2))
    note = "A note with so many words that the list of the desk cuts it somewhere. " * 10
    sections = [a_section(f"Section {number}", *desk.practices(60)[number::6], note=note) for number in range(6)]
    large = desk.collection(sections=sections)

    def cost(made: Collection, path: str) -> int:
        desk.read(made, path)
        with count_statements() as ledger:
            desk.read(made, path)
        return len(ledger.statements)

    for path in ("", "/changes", "/curators", "/changes/compare"):
        assert cost(small, path) == cost(large, path) <= 24
    shown = desk.read(large)
    assert len(shown.by_class("entry")) == 10, "one section at a time"
    third = large.sections[2]
    assert f"item-{third.items[0].id}" in desk.read(large, f"?section={third.id}").markup
