"""Merging one concept into another: labels, relations and records follow, and all of it can be taken back.

What moved is kept row by row in the change itself, so that undoing gives back just that, and nothing that somebody
wrote since. Revisions never change; drafts follow when they are read (``document.with_replacements``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from flask_babel import gettext
from sqlalchemy import Column, Select, Table, delete, insert, select, tuple_, update
from sqlalchemy.orm import Session

from library.choices import ConceptStatus
from library.indexing.outbox import practices_with, vocabulary_changed
from library.languages import DEFAULT
from library.models import Account, ConceptChange, ConceptRelation, Practice, RelationKind
from library.vocabulary import tree
from library.vocabulary.desk_queries import Words, references, words_of
from library.vocabulary.desk_services import check_in_use, hold, keep, remove_relations, set_words, write_relations
from library.vocabulary.fixed import check_loose
from library.vocabulary.refusals import Refused
from library.vocabulary.status_services import check_return, check_successor, set_status

CHUNK: Final = 500  # keys in one statement
Row = dict[str, Any]
Relation = tuple[str, str, str]


def merge(session: Session, identifier: str, other: str, *, actor: Account) -> None:
    """Merge a concept into another one of its vocabulary, which stands for it from now on.

    Its labels become alternative labels of the other where that does not have them yet; what stood below it stands
    below the other; its relations and every record that names it follow.

    :raises Refused: into itself, into what is deprecated or lies below it, or if the program needs it.
    """
    words = hold(session, identifier.partition("/")[0])
    check_in_use(words, identifier)
    check_loose(identifier)
    check_successor(words, identifier, other, at="other")
    if other in tree.below(words, identifier):
        said = gettext(
            "“%(other)s” lies below “%(label)s”. Move it first.",
            other=words[other].label(DEFAULT),
            label=words[identifier].label(DEFAULT),
        )
        raise Refused(said, at="other")
    concerned = list(practices_with(session, [identifier, other]))
    gained = _give_words(session, identifier, other)
    removed, added = _move_relations(session, identifier, other)
    rows = _move_records(session, identifier, other)
    set_status(session, identifier, ConceptStatus.DEPRECATED, other)
    vocabulary_changed(session, concerned)
    before = {"relations": removed, "rows": rows}
    after = {"into": other, "words": gained, "relations": added}
    keep(session, identifier, "merge", actor=actor, before=before, after=after)


def unmerge(session: Session, change: ConceptChange) -> int:
    """Take a merge back: words, relations and records, as far as nobody has touched them since.

    :return: how many practices keep the other concept, for they were revised since.
    :raises Refused: if either concept has gone its own way since.
    """
    identifier, other = change.concept_id, str(change.after["into"])
    words = hold(session, change.scheme_code)
    entry, into = words.get(identifier), words.get(other)
    if entry is None or into is None or into.deprecated or words.replaced.get(identifier) != other:
        raise Refused(gettext("One of the two concepts was deprecated, merged or restored since. Undo that first."))
    check_return(words, identifier)
    concerned = list(practices_with(session, [identifier, other]))
    _take_words(session, other, change.after["words"])
    below = _below(session, other)
    remove_relations(session, [_relation(row) for row in change.after["relations"]])
    _give_relations_back(session, identifier, [_relation(row) for row in change.before["relations"]], below)
    kept = _give_records_back(session, change)
    set_status(session, identifier, ConceptStatus.ACTIVE)
    vocabulary_changed(session, concerned)
    return kept


# --- words -------------------------------------------------------------------------------------------------------


def _give_words(session: Session, identifier: str, other: str) -> dict[str, list[str]]:
    """Add the labels of a concept to another; return what was new to it, by language."""
    given, kept = words_of(session, identifier), words_of(session, other)
    gained: dict[str, list[str]] = {}
    for code in sorted({*given["labels"], *given["alternatives"]}):
        said = {text.casefold() for text in _all_words(kept, code)}
        gained[code] = [text for text in _all_words(given, code) if text.casefold() not in said]
    gained = {code: texts for code, texts in gained.items() if texts}
    wanted = {
        code: _with_alternatives(kept, code, [*_alternatives(kept, code), *texts]) for code, texts in gained.items()
    }
    if wanted:
        set_words(session, other, wanted, kept)
    return gained


def _take_words(session: Session, other: str, gained: Mapping[str, Sequence[str]]) -> None:
    kept = words_of(session, other)
    wanted = {
        code: _with_alternatives(kept, code, [text for text in _alternatives(kept, code) if text not in texts])
        for code, texts in gained.items()
    }
    if wanted:
        set_words(session, other, wanted, kept)


def _all_words(words: Words, code: str) -> list[str]:
    label = words["labels"].get(code)
    return [*([label] if label else []), *_alternatives(words, code)]


def _alternatives(words: Words, code: str) -> list[str]:
    return list(words["alternatives"].get(code, ()))


def _with_alternatives(words: Words, code: str, alternatives: list[str]) -> dict[str, Any]:
    return {
        "label": words["labels"].get(code, ""),
        "alternatives": alternatives,
        "note": words["notes"].get(code, ""),
    }


# --- relations -----------------------------------------------------------------------------------------------------


def _move_relations(session: Session, identifier: str, other: str) -> tuple[list[Relation], list[Relation]]:
    """Move all relations of a concept but its place; return what it had, and what is new to the other."""
    query = select(ConceptRelation.source_id, ConceptRelation.kind, ConceptRelation.target_id).where(
        (ConceptRelation.source_id == identifier) | (ConceptRelation.target_id == identifier)
    )
    had = [_relation(row) for row in session.execute(query)]
    session.execute(
        delete(ConceptRelation).where(
            (ConceptRelation.source_id == identifier) | (ConceptRelation.target_id == identifier)
        )
    )
    added = []
    for source, kind, target in had:
        moved = (other if source == identifier else source, kind, other if target == identifier else target)
        is_its_place = kind == RelationKind.BROADER and source == identifier
        if not is_its_place and moved[0] != moved[2] and write_relations(session, [moved]):
            added.append(moved)
    return had, added


def _below(session: Session, identifier: str) -> set[str]:
    narrower = (ConceptRelation.kind == RelationKind.BROADER, ConceptRelation.target_id == identifier)
    return set(session.scalars(select(ConceptRelation.source_id).where(*narrower)))


def _give_relations_back(session: Session, identifier: str, had: Sequence[Relation], below: set[str]) -> None:
    """Write the relations of a concept again where both ends are there still, and no circle comes of it.

    :param below: what stood below the other concept until now: what was moved elsewhere since stays there.
    """
    words = hold(session, identifier.partition("/")[0])
    back = [
        (source, kind, target)
        for source, kind, target in had
        if source in words.entries
        and target in words.entries
        and not (kind == RelationKind.BROADER and target == identifier and source not in below)
    ]
    under = {source for source, kind, target in back if kind == RelationKind.BROADER and target == identifier}
    under = under.union(*(tree.below(words, one) for one in under))
    for source, kind, target in back:
        if source == identifier and kind == RelationKind.BROADER and target in under:
            raise Refused(gettext("What stood above it stands below it now. Move that first."))
    write_relations(session, back)


def _relation(row: Iterable[str]) -> Relation:
    source, kind, target = row
    return str(source), str(kind), str(target)


# --- records -------------------------------------------------------------------------------------------------------


def _move_records(session: Session, identifier: str, other: str) -> dict[str, Any]:
    """Let every record that names a concept name the other; return what was moved, table by table."""
    moved: dict[str, Any] = {}
    for table, column in references():
        keys = _keys(table, column)
        dropped = list(_twins(session, table, column, keys, identifier, other)) if column.primary_key else []
        joined = _join(session, table, column, keys, other, dropped)
        _drop(session, table, column, keys, identifier, dropped)
        found = [list(row) for row in session.execute(select(*keys).where(column == identifier))]
        if found:
            session.execute(update(table).where(column == identifier).values({column.name: other}))
        if found or dropped:
            name = f"{table.name}.{column.name}"
            moved[name] = {"moved": found, "dropped": dropped, "joined": joined}
    return moved


def _keys(table: Table, column: Column[Any]) -> list[Column[Any]]:
    """Return the columns that name a row of a table whatever its concept."""
    return [key for key in table.primary_key.columns if key is not column]


def _twins(
    session: Session, table: Table, column: Column[Any], keys: Sequence[Column[Any]], identifier: str, other: str
) -> Iterator[Row]:
    """Yield the rows of a concept whose record names the other as well: one of each two has to go."""
    twin = table.alias()
    both = (twin.c[column.name] == other, *(twin.c[key.name] == key for key in keys))
    query: Select[Any] = select(table).where(column == identifier, select(twin).where(*both).exists())
    yield from (dict(row) for row in session.execute(query).mappings())


def _join(
    session: Session, table: Table, column: Column[Any], keys: Sequence[Column[Any]], other: str, dropped: Sequence[Row]
) -> list[Row]:
    """Let the row that stays say what the one that goes has said; return how it was before."""
    if table.name != "practice_agency":
        return []
    joined = []
    for row in dropped:
        mine = (column == other, *(key == row[key.name] for key in keys))
        kept = dict(session.execute(select(table).where(*mine)).mappings().one())
        values = {"lead": kept["lead"] or row["lead"], "roles": {**row["roles"], **kept["roles"]}}
        if values != {"lead": kept["lead"], "roles": kept["roles"]}:
            session.execute(update(table).where(*mine).values(**values))
            joined.append({"before": kept, "after": values})
    return joined


def _drop(
    session: Session,
    table: Table,
    column: Column[Any],
    keys: Sequence[Column[Any]],
    identifier: str,
    dropped: Sequence[Row],
) -> None:
    for some in _chunks([[row[key.name] for key in keys] for row in dropped]):
        session.execute(delete(table).where(column == identifier, tuple_(*keys).in_(some)))


def _give_records_back(session: Session, change: ConceptChange) -> int:
    """Let the records that a merge moved name the first concept again; return how many practices do not."""
    identifier, other = change.concept_id, change.after["into"]
    kept: set[int] = set()
    for table, column in references():
        moved = change.before["rows"].get(f"{table.name}.{column.name}")
        if moved is None:
            continue
        keys = _keys(table, column)
        revised = _revised_since(session, table, keys, change, moved)
        kept |= revised
        free = [key for key in moved["moved"] if not _is_of(key, keys, revised)]
        for some in _chunks(free):
            mine = (column == other, tuple_(*keys).in_(some))
            session.execute(update(table).where(*mine).values({column.name: identifier}))
        _part(session, table, column, keys, other, moved, revised)
    return len(kept)


def _part(
    session: Session,
    table: Table,
    column: Column[Any],
    keys: Sequence[Column[Any]],
    other: str,
    moved: Mapping[str, Any],
    revised: set[int],
) -> None:
    """Give rows back that went because their record named both concepts."""
    for row in moved["joined"]:
        before, after = row["before"], row["after"]
        mine = (column == other, *(key == before[key.name] for key in keys))
        now_there = session.execute(select(table).where(*mine)).mappings().one_or_none()
        if now_there is not None and {name: now_there[name] for name in after} == after:
            session.execute(update(table).where(*mine).values({name: before[name] for name in after}))
    for row in moved["dropped"]:
        if _is_of([row[key.name] for key in keys], keys, revised):
            continue
        mine = tuple(key == row[key.name] for key in keys)
        if session.execute(select(*keys).where(column == other, *mine)).first():
            session.execute(insert(table).values(**row))


def _revised_since(
    session: Session, table: Table, keys: Sequence[Column[Any]], change: ConceptChange, moved: Mapping[str, Any]
) -> set[int]:
    """Return the practices among what was moved whose authors have published a revision since: they chose anew."""
    if table.name not in ("practice", "practice_agency", "practice_concept"):
        return set()
    numbers = [key[0] for key in moved["moved"]] + [row[keys[0].name] for row in moved["dropped"]]
    found: set[int] = set()
    for start in range(0, len(numbers), CHUNK):
        query = select(Practice.id).where(Practice.id.in_(numbers[start : start + CHUNK]))
        found.update(session.scalars(query.where(Practice.revised_at > change.created_at)))
    return found


def _is_of(key: Sequence[Any], keys: Sequence[Column[Any]], practices: set[int]) -> bool:
    return keys[0].name in ("practice_id", "id") and bool(practices) and key[0] in practices


def _chunks(keys: Sequence[Sequence[Any]]) -> Iterator[list[tuple[Any, ...]]]:
    for start in range(0, len(keys), CHUNK):
        yield [tuple(key) for key in keys[start : start + CHUNK]]
