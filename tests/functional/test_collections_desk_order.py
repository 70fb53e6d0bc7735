"""What a collection holds: sections, practices, their order, searches that feed it, taking out and bringing back."""

from __future__ import annotations

import pytest
from factories.collections import a_collection, a_section
from factories.documents import titled
from factories.readers import Page, Reader
from factories.records import a_practice
from factories.submissions import account_called
from flask import Flask
from sqlalchemy.orm import Session
from test_collections_desk import Desk, browsers, desk

from library.choices import CollectionState
from library.curation import section_services
from library.curation.changes import Removed, removed, sorted_out
from library.errors import InvalidTransition
from library.indexing.asking import query_of, read_query
from library.models import Collection, CollectionSection
from library.workflow import COLLECTION_TRANSITIONS, CollectionStep, Step, advance, advance_collection

pytestmark = pytest.mark.one_database

__all__ = ["browsers", "desk"]


def order(made: Collection) -> list[list[int]]:
    return [[item.practice_id for item in section.items] for section in made.sections]


@pytest.fixture
def two(desk: Desk) -> Collection:
    """A collection with two sections of chosen practices, and a fed one between them."""
    practices = desk.practices(4)
    fed = a_section("Lately", search="q=hat", most=5)
    return desk.collection(sections=[a_section("One", *practices[:3]), fed, a_section("Two", practices[3])])


# --- order -------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_buttons_move_a_practice_and_on_into_the_next_section_with_chosen_ones(desk: Desk, two: Collection) -> None:
    a, b, c, d = (number for section in order(two) for number in section)
    third = two.sections[0].items[2]
    desk.post(two, "/order", up=str(third.id))
    assert order(two) == [[a, c, b], [], [d]]
    for _ in range(2):
        answer = desk.post(two, "/order", down=str(third.id))
    assert order(two) == [[a, b], [], [c, d]]
    assert f"moved={third.id}&by=down" in answer.headers["Location"]
    page = desk.ada.read(answer.headers["Location"])
    assert "is number 1 of 2 in “Two” now." in page.text
    assert [button.get("value") for button in page.all("button[@autofocus]")] == [str(third.id)]
    desk.post(two, "/order", up=str(third.id))
    assert order(two) == [[a, b, c], [], [d]]


def test_at_either_end_a_practice_stays_and_no_version_is_made(desk: Desk, two: Collection) -> None:
    first, last = two.sections[0].items[0], two.sections[2].items[-1]
    desk.post(two, "/order", up=str(first.id))
    desk.post(two, "/order", down=str(last.id))
    assert two.version == 1


@pytest.mark.both_databases
def test_a_practice_is_dragged_before_another_and_to_the_end_of_a_section(desk: Desk, two: Collection) -> None:
    a, b, c, d = (number for section in order(two) for number in section)
    one, other = two.sections[0], two.sections[2]
    dragged, target = one.items[0], other.items[0]
    desk.post(two, "/order", item=str(dragged.id), section=str(other.id), before=str(target.id))
    assert order(two) == [[b, c], [], [a, d]]
    desk.post(two, "/order", item=str(dragged.id), section=str(one.id), before="")
    assert order(two) == [[b, c, a], [], [d]]
    desk.post(two, "/order", item=str(dragged.id), section=str(one.id), before="999999")
    assert order(two) == [[b, c, a], [], [d]], "what it was dropped before is gone: it goes to the end"
    assert [item.position for item in one.items] == [0, 1, 2]


def test_a_practice_is_put_at_a_number(desk: Desk, two: Collection) -> None:
    a, b, c, d = (number for section in order(two) for number in section)
    item, section = two.sections[0].items[0], two.sections[2]
    desk.post(two, f"/items/{item.id}/place", section=str(section.id), number="99")
    assert order(two) == [[b, c], [], [d, a]]
    for number in ("0", "-1", "x", "", "9" * 30):
        answer = desk.post(two, f"/items/{item.id}/place", section=str(section.id), number=number)
        assert answer.status_code == 422
        assert "Enter the number that it should have" in Page(answer).text
    fed = two.sections[1]
    assert desk.post(two, f"/items/{item.id}/place", section=str(fed.id), number="1").status_code == 422


@pytest.mark.parametrize(
    "boxes", [{}, {"up": "x"}, {"up": "-1"}, {"item": "1"}, {"item": "٣", "section": "٣"}, {"up": "9" * 40}]
)
def test_a_move_that_says_nothing_is_answered_calmly(desk: Desk, two: Collection, boxes: dict[str, str]) -> None:
    assert desk.post(two, "/order", **boxes).status_code == 303
    assert two.version == 1


def test_nothing_is_dragged_into_a_section_that_a_search_feeds(desk: Desk, two: Collection) -> None:
    before = order(two)
    item, fed = two.sections[0].items[0], two.sections[1]
    answer = desk.post(two, "/order", item=str(item.id), section=str(fed.id), before="")
    assert "fed by a search" in desk.ada.read(answer.headers["Location"]).text
    assert order(two) == before


def test_what_is_in_another_collection_is_not_moved_from_here(desk: Desk, two: Collection) -> None:
    other = desk.collection(practices=desk.practices(2))
    foreign = other.sections[0].items[0]
    assert desk.post(two, "/order", down=str(foreign.id)).status_code == 404
    assert desk.post(two, f"/items/{foreign.id}/remove").status_code == 404
    assert desk.post(two, f"/sections/{other.sections[0].id}/remove").status_code == 404


@pytest.mark.both_databases
def test_sections_move_too(desk: Desk, two: Collection) -> None:
    first = two.sections[0]
    desk.post(two, "/order", section_down=str(first.id))
    assert [section.headings["en"] for section in two.sections] == ["Lately", "One", "Two"]
    desk.post(two, "/order", section_up=str(first.id))
    desk.post(two, "/order", section_up=str(first.id))
    assert [section.headings["en"] for section in two.sections] == ["One", "Lately", "Two"]


def test_who_moves_something_hears_that_a_colleague_was_here(desk: Desk, two: Collection) -> None:
    bo = account_called(desk.session, "bo.curates@example.org")
    desk.post(two, "/curators", person=str(bo.id))
    seen = two.version
    item = two.sections[0].items[0]
    desk.post(two, f"/items/{item.id}", by=desk.bo, note="Bo's note", version=str(seen))
    answer = desk.post(two, "/order", down=str(item.id), version=str(seen))
    assert "Bo has changed this collection meanwhile." in desk.ada.read(answer.headers["Location"]).text
    assert item.notes == {"en": "Bo's note"}


# --- taking out and bringing back --------------------------------------------------------------------------------


def test_a_practice_that_was_taken_out_comes_back_with_its_note_where_it_was(desk: Desk) -> None:
    made = desk.collection(sections=[a_section("One", *desk.practices(3), note="Why")])
    before = order(made)
    answer = desk.post(made, f"/items/{made.sections[0].items[1].id}/remove")
    assert "It is taken out." in desk.ada.read(answer.headers["Location"]).text
    assert "It is taken out." not in desk.read(made, "/preview").text
    desk.post(made, f"/changes/{made.version}/bring-back")
    assert order(made) == before
    assert made.sections[0].items[1].notes == {"en": "Why"}
    assert "It is taken out." not in desk.read(made).text


@pytest.mark.both_databases
def test_a_section_comes_back_with_all_that_it_held_save_what_came_elsewhere_meanwhile(desk: Desk) -> None:
    a, b = desk.practices(2)
    sections = [a_section("One", a, b, introductions={"en": "Words"}), a_section("Two")]
    made = desk.collection(sections=sections)
    desk.post(made, f"/sections/{made.sections[0].id}/remove")
    removal = made.version
    desk.post(None, "/add", practice=[str(a.id)], place=f"{made.id}-{made.sections[0].id}")
    assert order(made) == [[a.id]]
    desk.post(made, f"/changes/{removal}/bring-back")
    assert order(made) == [[b.id], [a.id]]
    assert made.sections[0].introductions == {"en": "Words"}
    version = made.version
    desk.post(made, "/changes/1/bring-back")
    assert made.version == version, "that change took nothing out"


@pytest.mark.both_databases
def test_what_is_brought_back_twice_is_there_once(desk: Desk) -> None:
    a, b = desk.practices(2)
    made = desk.collection(sections=[a_section("One", a), a_section("Two", b)])
    desk.post(made, f"/sections/{made.sections[0].id}/remove")
    removal = made.version
    desk.post(made, f"/changes/{removal}/bring-back")
    desk.post(made, f"/sections/{made.sections[0].id}", heading="Renamed", introduction="", version=str(made.version))
    answer = desk.post(made, f"/changes/{removal}/bring-back")
    assert "nothing left to bring back" in desk.ada.read(answer.headers["Location"]).text
    assert [section.headings["en"] for section in made.sections] == ["Renamed", "Two"]
    assert order(made) == [[a.id], [b.id]]

    desk.post(made, f"/sections/{made.sections[0].id}/remove")
    desk.post(made, f"/changes/{made.version}/bring-back")
    version = made.version
    desk.post(made, f"/changes/{removal}/bring-back")
    assert made.version == version, "it is there by way of the later change"

    desk.post(made, f"/sections/{made.sections[0].id}/remove")
    desk.post(made, f"/changes/{removal}/bring-back")
    assert order(made) == [[a.id], [b.id]]


def test_bringing_back_fills_a_collection_no_further_than_it_holds(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b, c = desk.practices(3)
    made = desk.collection(sections=[a_section("One", a, b), a_section("Two")])
    desk.post(made, f"/sections/{made.sections[0].id}/remove")
    removal = made.version
    desk.post(None, "/add", practice=[str(c.id)], place=f"{made.id}-{made.sections[0].id}")
    version = made.version
    monkeypatch.setattr(section_services, "MOST_PRACTICES", 2)
    answer = desk.post(made, f"/changes/{removal}/bring-back")
    assert "at most 2 practices" in desk.ada.read(answer.headers["Location"]).text
    assert (order(made), made.version) == ([[c.id]], version)


@pytest.mark.both_databases
def test_what_was_erased_meanwhile_does_not_come_back(desk: Desk) -> None:
    practice = a_practice(desk.session, titled("Erased soon"))
    made = desk.collection(practices=[practice])
    desk.post(made, f"/items/{made.sections[0].items[0].id}/remove")
    advance(desk.session, practice, Step.ERASE, actor=None, reason="The law asks for it.")
    desk.session.commit()
    answer = desk.post(made, f"/changes/{made.version}/bring-back")
    assert "nothing left to bring back" in desk.ada.read(answer.headers["Location"]).text
    assert order(made) == [[]]


def test_an_erased_practice_is_named_by_its_number_alone(desk: Desk) -> None:
    practice = a_practice(desk.session, titled("Erased later"))
    made = desk.collection(practices=[practice])
    advance(desk.session, practice, Step.ERASE, actor=None, reason="The law asks for it.")
    desk.session.commit()
    for path in ("", "/changes/compare?older=1", f"/items/{made.sections[0].items[0].id}"):
        assert "Erased later" not in desk.read(made, path).text
    assert "Erased: readers do not see it here" in desk.read(made).text


# --- adding ------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_several_at_once_go_into_a_section_and_those_that_are_there_stay(desk: Desk, two: Collection) -> None:
    a, b, c, d = (number for section in order(two) for number in section)
    new = a_practice(desk.session, titled("Quite new"))
    desk.session.commit()
    target = two.sections[2]
    answer = desk.post(
        None, "/add", practice=[str(a), str(new.id), "x", "-1"], place=f"{two.id}-{target.id}", search="q=hat"
    )
    page = desk.ada.read(answer.headers["Location"])
    assert "1 practice was added. 1 was in the collection already." in page.text
    assert "/en/practices?q=hat" in page.addresses
    assert order(two) == [[a, b, c], [], [d, new.id]]


@pytest.mark.parametrize("place", ["", "x", "999999-1", "1", "0-0"])
def test_a_collection_that_is_not_one_s_own_is_no_choice(desk: Desk, place: str) -> None:
    practice = desk.practices(1)[0]
    answer = desk.post(None, "/add", practice=[str(practice.id)], place=place)
    assert answer.status_code == 422
    assert "Choose one from the list" in Page(answer).text
    foreign = desk.collection()
    answer = desk.post(
        None, "/add", by=desk.bo, practice=[str(practice.id)], place=f"{foreign.id}-{foreign.sections[0].id}"
    )
    assert answer.status_code == 422


def test_nothing_ticked_is_said(desk: Desk) -> None:
    page = desk.ada.read("/en/curate/add?search=q%3Dhat", 422)
    assert "Tick at least one practice" in page.text
    assert "/en/practices?q=hat" in page.addresses


def test_only_curators_see_ticks(desk: Desk, module_library: Flask) -> None:
    assert desk.ada.read("/en/practices").by_id("chosen") is not None
    stranger = module_library.test_client()
    assert isinstance(stranger, Reader)
    assert 'id="chosen"' not in stranger.read("/en/practices").markup


# --- searches ----------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_search_is_taken_over_and_feeds_a_section(desk: Desk) -> None:
    made = desk.collection()
    page = desk.ada.read("/en/curate/use-search?q=hat&agency=police&agency=schools&together=agency&page=7&junk=1")
    assert "“hat”; Agency: Police and Schools" in page.text
    query = "agency=police&agency=schools&together=agency&q=hat"
    boxes = {"search": query, "heading": "On hate", "most": "7", "place": f"{made.id}-0"}
    answer = desk.post(None, "/use-search", **boxes)
    section = made.sections[-1]
    assert (section.search, section.most, section.headings) == (query, 7, {"en": "On hate"})
    assert answer.headers["Location"].endswith(f"/collections/{made.id}/sections/{section.id}")
    desk.post(None, "/use-search", **boxes | {"search": "q=other", "place": f"{made.id}-{section.id}"})
    assert section.search == "q=other"


@pytest.mark.parametrize("most", ["", "0", "51", "x", "-3", "1e3"])
def test_how_many_a_search_shows_is_a_number_from_1_to_50(desk: Desk, most: str) -> None:
    made = desk.collection()
    boxes = {"search": "q=hat", "most": most, "place": f"{made.id}-0", "heading": "Kept"}
    answer = desk.post(None, "/use-search", **boxes)
    assert answer.status_code == 422
    page = Page(answer)
    assert "Enter a number from 1 to 50" in page.text
    assert page.by_id("heading").get("value") == "Kept"


def test_a_search_that_is_too_long_to_keep_is_refused(desk: Desk) -> None:
    made = desk.collection()
    search = "&".join(f"theme={'x' * 100}{number}" for number in range(20))
    answer = desk.post(None, "/use-search", search=search, most="5", place=f"{made.id}-0")
    assert answer.status_code == 422
    assert "too long to keep" in Page(answer).text


@pytest.mark.parametrize("query", ["", "?", "&&==", "q=%00", "q=%ff", "page=-1&sort=x&agency=", "theme=" + "a" * 9000])
def test_whatever_stands_in_a_query_is_read_as_some_search(query: str) -> None:
    wanted = read_query(query, "en", per_page=5)
    assert read_query(query_of(wanted), "en", per_page=5) == wanted


# --- rules that no page can break --------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [None, *CollectionState])
@pytest.mark.parametrize("step", CollectionStep)
def test_every_pair_of_state_and_step_does_what_the_table_says(
    desk: Desk, state: CollectionState | None, step: CollectionStep
) -> None:
    session: Session = desk.session
    made = (
        a_collection(session, desk.me, state=state)
        if state
        else Collection(slug=f"new-{step}", original_language="en", sections=[CollectionSection(position=0)])
    )
    after = COLLECTION_TRANSITIONS.get((state, step))
    if after is None:
        with pytest.raises(InvalidTransition):
            advance_collection(session, made, step, actor=None, reason="Why")
    else:
        assert advance_collection(session, made, step, actor=None, reason="Why").state is after


def test_what_two_have_typed_is_sorted_out_box_by_box() -> None:
    base = {"left": "a", "mine": "a", "theirs": "a", "both": "a", "same": "a"}
    stored = base | {"theirs": "b", "both": "b", "same": "c"}
    typed = base | {"mine": "c", "both": "c", "same": "c"}
    wanted, theirs = sorted_out(base, stored, typed)
    assert wanted == {"left": "a", "mine": "c", "theirs": "b", "both": "c", "same": "c"}
    assert theirs == {"both": "b"}
    assert sorted_out({}, {"title": "a"}, {"title": "b"})[1] == {"title": "a"}


def test_what_moved_to_another_section_was_not_removed() -> None:
    item = {"practice": 7, "notes": {}}
    old = {"sections": [{"id": 1, "items": [item]}, {"id": 2, "items": []}]}
    new = {"sections": [{"id": 1, "items": []}, {"id": 2, "items": [item]}]}
    assert removed(old, new) == []
    gone = {"sections": [{"id": 1, "items": []}, {"id": 2, "items": []}]}
    assert removed(old, gone) == [Removed(1, 0, practice=7, notes={})]
