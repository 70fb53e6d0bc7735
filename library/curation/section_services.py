"""What a collection holds: sections, chosen practices, their order and the notes on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from flask_babel import gettext
from sqlalchemy.orm import Session

from library.curation import queries
from library.curation.changes import Document, Removed, document_of, removed
from library.curation.services import ORDERED, hold, record, settle
from library.errors import Overtaken
from library.models import Account, Collection, CollectionItem, CollectionSection, Practice

MOST_SECTIONS: Final = 30
MOST_PRACTICES: Final = 200  # chosen, in one collection


class Direction(StrEnum):
    """Where a button moves something."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a practice stands now.

    :param number: in its section, from 1.
    :param of: practices in the section.
    """

    section: CollectionSection
    number: int
    of: int


# --- sections ----------------------------------------------------------------------------------------------------


def add_section(
    session: Session,
    collection: Collection,
    *,
    actor: Account,
    language: str,
    heading: str = "",
    introduction: str = "",
    search: str | None = None,
    most: int | None = None,
) -> CollectionSection:
    """Put a section at the end of a collection.

    :param search: what feeds it, as ``indexing.asking.query_of`` writes it; practices are chosen one by one without.
    :param most: practices that the search shows at most.
    :raises Overtaken: if the collection is full.
    """
    collection = hold(session, collection, actor=actor)
    section = _new_section(collection, search=search, most=most)
    section.headings = _with({}, language, heading)
    section.introductions = _with({}, language, introduction)
    record(session, collection, "add-section", actor=actor)
    return section


def _new_section(collection: Collection, **values: Any) -> CollectionSection:
    """Return a new last section; an empty one without any word makes way for it."""
    _check_room(collection)
    first = collection.sections[0] if len(collection.sections) == 1 else None
    if first and not (first.items or first.headings or first.introductions or first.search is not None):
        collection.sections.remove(first)
    section = CollectionSection(position=len(collection.sections), **values)
    collection.sections.append(section)
    _number(collection.sections)
    return section


def _check_room(collection: Collection) -> None:
    if len(collection.sections) >= MOST_SECTIONS:
        raise Overtaken(gettext("A collection has at most %(most)s sections.", most=MOST_SECTIONS))


def write_section(
    session: Session,
    collection: Collection,
    section: CollectionSection,
    language: str,
    typed: Mapping[str, Any],
    *,
    actor: Account,
    seen: int,
) -> None:
    """Save the words of a section in one language, and how many practices its search shows.

    :param typed: ``heading``, ``introduction``; ``most`` too where a search feeds it.
    :param seen: version that the form was made of.
    :raises TwoTexts: if somebody else has changed the same boxes since.
    """
    collection = hold(session, collection, actor=actor)
    section = queries.section_of(collection, section.id)

    def read(document: Document) -> dict[str, Any]:
        then = next((row for row in document.get("sections", ()) if row["id"] == section.id), None)
        return _section_words(then, language, typed) if then else {}

    stored = read(document_of(collection))
    wanted = settle(session, collection, read, stored, typed, seen)
    if wanted == stored:
        return
    section.headings = _with(section.headings, language, wanted["heading"])
    section.introductions = _with(section.introductions, language, wanted["introduction"])
    if "most" in wanted:
        section.most = wanted["most"]
    record(session, collection, "section", actor=actor)


def _section_words(section: Document, language: str, typed: Mapping[str, Any]) -> dict[str, Any]:
    said = {
        "heading": section["headings"].get(language, ""),
        "introduction": section["introductions"].get(language, ""),
        "most": section["most"],
    }
    return {name: said[name] for name in typed}


def change_search(
    session: Session, collection: Collection, section: CollectionSection, search: str, *, actor: Account
) -> None:
    """Feed a section by another search than before."""
    collection = hold(session, collection, actor=actor)
    section = queries.section_of(collection, section.id)
    if section.search is None:
        raise Overtaken(gettext("The practices of this section are chosen one by one."))
    section.search = search
    record(session, collection, "section", actor=actor)


def remove_section(session: Session, collection: Collection, section: CollectionSection, *, actor: Account) -> None:
    """Take a section out with all that it holds; ``bring_back`` undoes it."""
    collection = hold(session, collection, actor=actor)
    collection.sections.remove(queries.section_of(collection, section.id))
    _number(collection.sections)
    record(session, collection, "remove-section", actor=actor)


def move_section(
    session: Session, collection: Collection, section: CollectionSection, direction: Direction, *, actor: Account
) -> int:
    """Move a section one place, and return its number from 1; at the end it stays."""
    collection = hold(session, collection, actor=actor)
    section = queries.section_of(collection, section.id)
    place = collection.sections.index(section)
    wanted = place + (-1 if direction is Direction.UP else 1)
    if 0 <= wanted < len(collection.sections):
        collection.sections.insert(wanted, collection.sections.pop(place))
        _number(collection.sections)
        record(session, collection, ORDERED, actor=actor)
    return section.position + 1


# --- practices ---------------------------------------------------------------------------------------------------


def add_practices(
    session: Session,
    collection: Collection,
    practices: Sequence[Practice],
    *,
    actor: Account,
    section: CollectionSection | None = None,
) -> list[CollectionItem]:
    """Put practices at the end of a section, in their order; those that the collection has already stay where they are.

    :param section: ``None`` for a new one.
    :return: what was added.
    :raises Overtaken: if the collection is full, or the section is fed by a search.
    """
    collection = hold(session, collection, actor=actor)
    held = {item.practice_id for each in collection.sections for item in each.items}
    new = [practice for practice in practices if practice.id not in held]
    _check_fits(len(held) + len(new))
    if not new:
        return []
    into = queries.section_of(collection, section.id) if section else _new_section(collection)
    if into.search is not None:
        raise Overtaken(gettext("This section is fed by a search. Choose another."))
    added = [CollectionItem(practice=practice, position=0) for practice in new]
    into.items.extend(added)
    _number(into.items)
    record(session, collection, "add-practices", actor=actor)
    return added


def _check_fits(count: int) -> None:
    if count > MOST_PRACTICES:
        raise Overtaken(gettext("A collection holds at most %(most)s practices.", most=MOST_PRACTICES))


def write_note(
    session: Session,
    collection: Collection,
    item: CollectionItem,
    language: str,
    note: str,
    *,
    actor: Account,
    seen: int,
) -> None:
    """Save why a practice is here, in one language.

    :param seen: version that the form was made of.
    :raises TwoTexts: if somebody else has changed the same note since.
    """
    collection = hold(session, collection, actor=actor)
    _, item = queries.item_of(collection, item.id)

    def read(document: Document) -> dict[str, Any]:
        rows = (row for section in document.get("sections", ()) for row in section["items"])
        then = next((row for row in rows if row["practice"] == item.practice_id), None)
        return {"note": then["notes"].get(language, "")} if then else {}

    stored = read(document_of(collection))
    wanted = settle(session, collection, read, stored, {"note": note}, seen)
    if wanted == stored:
        return
    item.notes = _with(item.notes, language, wanted["note"])
    record(session, collection, "note", actor=actor)


def remove_item(session: Session, collection: Collection, item: CollectionItem, *, actor: Account) -> None:
    """Take a practice out; ``bring_back`` undoes it."""
    collection = hold(session, collection, actor=actor)
    section, item = queries.item_of(collection, item.id)
    section.items.remove(item)
    _number(section.items)
    record(session, collection, "remove-practice", actor=actor)


# --- order -------------------------------------------------------------------------------------------------------


def step(
    session: Session, collection: Collection, item: CollectionItem, direction: Direction, *, actor: Account
) -> Place:
    """Move a practice one place up or down; from the end of a section it goes on to the next with chosen practices."""
    collection = hold(session, collection, actor=actor)
    section, item = queries.item_of(collection, item.id)
    place = section.items.index(item) + (-1 if direction is Direction.UP else 1)
    if 0 <= place < len(section.items):
        return _put(session, collection, item, section, place, actor=actor)
    beside = _beside(collection, section, direction)
    if beside is None:
        return _place_of(section, item)
    place = len(beside.items) if direction is Direction.UP else 0
    return _put(session, collection, item, beside, place, actor=actor)


def _beside(collection: Collection, section: CollectionSection, direction: Direction) -> CollectionSection | None:
    chosen = [each for each in collection.sections if each.search is None]
    place = chosen.index(section) + (-1 if direction is Direction.UP else 1)
    return chosen[place] if 0 <= place < len(chosen) else None


def place_at(
    session: Session,
    collection: Collection,
    item: CollectionItem,
    section: CollectionSection,
    number: int,
    *,
    actor: Account,
) -> Place:
    """Put a practice at a number of a section, counted from 1; a number beyond the end is the end."""
    collection = hold(session, collection, actor=actor)
    _, item = queries.item_of(collection, item.id)
    section = _chosen(collection, section.id)
    return _put(session, collection, item, section, number - 1, actor=actor)


def place_before(
    session: Session,
    collection: Collection,
    item: CollectionItem,
    section: CollectionSection,
    before: int | None,
    *,
    actor: Account,
) -> Place:
    """Put a practice before another one of a section, as somebody who drags it sees the two.

    :param before: identifier of the other; ``None`` for the end, where it goes too if the other is gone meanwhile.
    """
    collection = hold(session, collection, actor=actor)
    _, item = queries.item_of(collection, item.id)
    section = _chosen(collection, section.id)
    others = [other.id for other in section.items if other is not item]
    place = others.index(before) if before in others else len(others)
    return _put(session, collection, item, section, place, actor=actor)


def _chosen(collection: Collection, identifier: int) -> CollectionSection:
    section = queries.section_of(collection, identifier)
    if section.search is not None:
        raise Overtaken(gettext("This section is fed by a search. Choose another."))
    return section


def _put(
    session: Session,
    collection: Collection,
    item: CollectionItem,
    section: CollectionSection,
    place: int,
    *,
    actor: Account,
) -> Place:
    """Put a practice at a place among the others of a section, counted from 0."""
    here, _ = queries.item_of(collection, item.id)
    if here is not section or here.items.index(item) != min(place, len(here.items) - 1):
        here.items.remove(item)
        section.items.insert(max(place, 0), item)
        _number(here.items)
        _number(section.items)
        record(session, collection, ORDERED, actor=actor)
    return _place_of(section, item)


def _place_of(section: CollectionSection, item: CollectionItem) -> Place:
    return Place(section, section.items.index(item) + 1, len(section.items))


def _number(rows: Iterable[CollectionSection | CollectionItem]) -> None:
    for position, row in enumerate(rows):
        row.position = position


# --- undoing -----------------------------------------------------------------------------------------------------


def bring_back(session: Session, collection: Collection, version: int, *, actor: Account) -> int:
    """Put back what a change took out, where it stood, and return how many practices and sections that were.

    What has come back meanwhile stays where it is. Practices that are erased do not come back.

    :param version: that the change made.
    :raises NotFound: if there is no such change.
    :raises Overtaken: if there is nothing left of it to put back, or no room.
    """
    collection = hold(session, collection, actor=actor)
    made = queries.change(session, collection, version)
    gone = removed(queries.document_before(session, collection, made.version), made.document)
    since = queries.put_back_since(session, collection, version)
    gone = [each for each in gone if each.whole is None or not _is_back(collection, each.section, since)]
    if any(each.whole for each in gone):
        _check_room(collection)
    sections = {each.section: _put_back_section(session, collection, each) for each in gone if each.whole}
    practices = sum(_put_back_practice(session, collection, each) for each in gone if not each.whole)
    if not sections and not practices:
        raise Overtaken(gettext("There is nothing left to bring back."))
    session.flush()
    again = {str(old): section.id for old, section in sections.items()}
    record(session, collection, queries.BROUGHT_BACK, actor=actor, again=again)
    return len(sections) + practices


def _is_back(collection: Collection, section: int, again: Iterable[Mapping[str, int]]) -> bool:
    """Return whether a section stands here by another number, which it got when it was put back.

    :param again: of each time that something was put back since, from the first: old number -> new one.
    """
    there, numbers = {each.id for each in collection.sections}, {str(section)}
    heirs: set[int] = set()  # its own number is no proof: SQLite gives those of removed rows to others
    for moved in again:
        new = {moved[number] for number in numbers & moved.keys()}
        heirs |= new
        numbers |= {str(number) for number in new}
    return not there.isdisjoint(heirs)


def _put_back_practice(session: Session, collection: Collection, gone: Removed) -> int:
    rows = [{"practice": gone.practice, "notes": gone.notes}]
    items = _items_again(session, collection, rows)
    chosen = [each for each in collection.sections if each.search is None]
    section = next((each for each in chosen if each.id == gone.section), None)
    if items and section:
        section.items.insert(gone.position, items[0])
    elif items:
        section = chosen[-1] if chosen else _new_section(collection)
        section.items.append(items[0])
    if section:
        _number(section.items)
    return len(items)


def _put_back_section(session: Session, collection: Collection, gone: Removed) -> CollectionSection:
    document = gone.whole or {}
    section = CollectionSection(
        position=gone.position,
        headings=dict(document["headings"]),
        introductions=dict(document["introductions"]),
        search=document["search"] if document["most"] else None,
        most=document["most"] or None,
    )
    section.items = _items_again(session, collection, document["items"])
    _number(section.items)
    collection.sections.insert(gone.position, section)
    _number(collection.sections)
    return section


def _items_again(session: Session, collection: Collection, rows: Sequence[Document]) -> list[CollectionItem]:
    held = {item.practice_id for section in collection.sections for item in section.items}
    there = queries.not_erased(session, (row["practice"] for row in rows))
    wanted = [row for row in rows if row["practice"] in there and row["practice"] not in held]
    _check_fits(len(held) + len(wanted))
    return [CollectionItem(practice=there[row["practice"]], position=0, notes=dict(row["notes"])) for row in wanted]


def _with(words: Mapping[str, str], language: str, said: str) -> dict[str, str]:
    """Return words with those of one language replaced; nothing said is no entry."""
    kept = {code: text for code, text in words.items() if code != language}
    return {**kept, language: said} if said else kept
