"""Changing the vocabularies, one concept at a time. Every deed is kept with what was before and after, to be undone.

Rows are written by statements, not by loaded objects: the index is told once, of just the practices concerned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask_babel import gettext
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from library.auditing import audit
from library.errors import Overtaken
from library.indexing.outbox import practices_with, vocabulary_changed
from library.languages import DEFAULT, LANGUAGES
from library.lexicon import Lexicon, current
from library.models import (
    Account,
    Concept,
    ConceptChange,
    ConceptLabel,
    ConceptNote,
    ConceptRelation,
    ConceptScheme,
    LabelKind,
    RelationKind,
)
from library.publishing import slugify
from library.vocabulary.desk_queries import Words, label_in_use, mark, words_of
from library.vocabulary.fixed import check_open
from library.vocabulary.refusals import Refused

MAX_CODE: Final = 58  # characters
RESERVED: Final = frozenset({"suggest"})  # pages of their own below a vocabulary

# A relation and how it reads from the other end.
OPPOSITE: Final = {
    RelationKind.RELATED: RelationKind.RELATED,
    RelationKind.EXACT_MATCH: RelationKind.EXACT_MATCH,
    RelationKind.CLOSE_MATCH: RelationKind.CLOSE_MATCH,
    RelationKind.RELATED_MATCH: RelationKind.RELATED_MATCH,
    RelationKind.BROAD_MATCH: RelationKind.NARROW_MATCH,
    RelationKind.NARROW_MATCH: RelationKind.BROAD_MATCH,
}


# --- what all deeds share ------------------------------------------------------------------------------------------


def hold(session: Session, scheme: str) -> Lexicon:
    """Let nobody else change a vocabulary until this transaction ends, and return what it says now.

    A statement that writes holds the row on PostgreSQL and the whole database on SQLite; no select would.
    """
    mine = update(ConceptScheme).where(ConceptScheme.code == scheme).values(labels=ConceptScheme.labels)
    session.execute(mine, execution_options={"synchronize_session": False})
    return current(session)


def keep(
    session: Session, identifier: str, deed: str, *, actor: Account, before: Mapping[str, Any], after: Mapping[str, Any]
) -> ConceptChange:
    """Write down a deed, so that it can be read and undone."""
    change = ConceptChange(
        scheme_code=identifier.partition("/")[0],
        concept_id=identifier,
        deed=deed,
        before=dict(before),
        after=dict(after),
        actor_id=actor.id,
    )
    session.add(change)
    session.flush()
    audit(session, f"concept.{deed}", actor=actor, subject=change)
    return change


def check_in_use(words: Lexicon, identifier: str, *, at: str = "") -> None:
    """Let only concepts be used that may be chosen.

    :raises Refused: for one that is deprecated or gone.
    """
    entry = words.get(identifier)
    if entry is None:
        raise Refused(gettext("This concept is gone: %(address)s", address=identifier), at=at)
    if entry.deprecated:
        raise Refused(gettext("“%(label)s” is deprecated. Choose one in use.", label=entry.label(DEFAULT)), at=at)


def overtaken() -> Overtaken:
    """Return what to raise when a colleague was faster."""
    return Overtaken(gettext("A colleague changed this concept while you had it open. Compare, then save yours again."))


def both_ways(identifier: str, kind: RelationKind, other: str) -> list[tuple[str, RelationKind, str]]:
    """Return the rows of a relation."""
    return [(identifier, kind, other), (other, OPPOSITE[kind], identifier)]


def write_relations(session: Session, rows: Sequence[tuple[str, str, str]]) -> int:
    """Write the relations that are not there yet; return how many those are."""
    fresh = [row for row in rows if not _is_there(session, row)]
    if fresh:
        values = [{"source_id": source, "kind": str(kind), "target_id": target} for source, kind, target in fresh]
        session.execute(insert(ConceptRelation), values)
    return len(fresh)


def remove_relations(session: Session, rows: Sequence[tuple[str, str, str]]) -> int:
    """Remove relations; return how many there were."""
    there = [row for row in rows if _is_there(session, row)]
    for row in there:
        session.execute(delete(ConceptRelation).where(*_is_row(row)))
    return len(there)


def _is_there(session: Session, row: tuple[str, str, str]) -> bool:
    return session.scalar(select(func.count()).select_from(ConceptRelation).where(*_is_row(row))) == 1


def _is_row(row: tuple[str, str, str]) -> tuple[Any, ...]:
    source, kind, target = row
    return (
        ConceptRelation.source_id == source,
        ConceptRelation.kind == str(kind),
        ConceptRelation.target_id == target,
    )


# --- words -------------------------------------------------------------------------------------------------------


def propose_code(words: Lexicon, scheme: str, label: str) -> str:
    """Return a code for a new concept, made of its English label, that no other has."""
    wanted = slugify(label)[:MAX_CODE].strip("-") or "concept"
    free = (wanted if n == 1 else f"{wanted[: MAX_CODE - 5].strip('-')}-{n}" for n in range(1, 100_000))
    return next(code for code in free if words.get(f"{scheme}/{code}") is None and code not in RESERVED)


def add(
    session: Session, scheme: str, *, code: str, labels: Mapping[str, str], broader: Sequence[str], actor: Account
) -> str:
    """Add a concept at the end of its siblings; return its identifier, which it keeps for ever.

    :param code: empty for one made of the English label.
    :param labels: language -> preferred label.
    :raises Refused: if the list is closed, or a label or the code is taken.
    """
    words = hold(session, scheme)
    check_open(scheme)
    check_taken(words, scheme, labels)
    code = code or propose_code(words, scheme, labels.get(DEFAULT) or next(iter(labels.values())))
    identifier = f"{scheme}/{code}"
    if words.get(identifier) is not None or code in RESERVED:
        raise Refused(gettext("Another concept has this code. Choose another one."), at="code")
    for parent in broader:
        check_in_use(words, parent, at="broader")
    last = session.scalar(select(func.max(Concept.position)).where(Concept.scheme_code == scheme))
    position = 0 if last is None else last + 1
    session.execute(insert(Concept).values(id=identifier, scheme_code=scheme, code=code, position=position))
    write_words(session, identifier, {"labels": dict(labels), "alternatives": {}, "notes": {}})
    write_relations(session, [(identifier, RelationKind.BROADER, parent) for parent in broader])
    vocabulary_changed(session, ())
    after = {"labels": dict(labels), "broader": list(broader)}
    keep(session, identifier, "add", actor=actor, before={}, after=after)
    return identifier


def say(session: Session, identifier: str, wanted: Words, *, actor: Account, seen: str) -> None:
    """Set labels, alternative labels and scope notes of a concept in all languages at once.

    :param seen: mark of the words that the adviser had before them.
    :raises Overtaken: if somebody changed them meanwhile; nothing is changed.
    :raises Refused: if another concept in use has a label, or none is left.
    """
    scheme = identifier.partition("/")[0]
    words = hold(session, scheme)
    before = words_of(session, identifier)
    if mark(before) != seen:
        raise overtaken()
    after = without_repetitions(wanted)
    if not after["labels"]:
        raise Refused(gettext("Enter a label in one language at least"), at=f"label_{DEFAULT}")
    entry = words[identifier]
    if not entry.deprecated:
        fresh = {code: text for code, text in after["labels"].items() if before["labels"].get(code) != text}
        check_taken(words, scheme, fresh, but=identifier)
    changed = [code for code in LANGUAGES if in_language(before, code) != in_language(after, code)]
    if not changed:
        return
    set_words(session, identifier, {code: in_language(after, code) for code in changed}, before)
    keep(
        session,
        identifier,
        "words",
        actor=actor,
        before={code: in_language(before, code) for code in changed},
        after={code: in_language(after, code) for code in changed},
    )


def set_words(
    session: Session, identifier: str, wanted: Mapping[str, Mapping[str, Any]], before: Words | None = None
) -> None:
    """Write the words of some languages and tell the index, unless only notes have changed.

    :param wanted: language -> {label, alternatives, note}.
    """
    before = before or words_of(session, identifier)
    heard = any({**in_language(before, code), "note": ""} != {**wanted[code], "note": ""} for code in wanted)
    concerned = list(practices_with(session, [identifier])) if heard else []
    for table in (ConceptLabel, ConceptNote):
        session.execute(delete(table).where(table.concept_id == identifier, table.language.in_(list(wanted))))
    write_words(
        session,
        identifier,
        {
            "labels": {code: said["label"] for code, said in wanted.items() if said["label"]},
            "alternatives": {code: said["alternatives"] for code, said in wanted.items()},
            "notes": {code: said["note"] for code, said in wanted.items() if said["note"]},
        },
    )
    vocabulary_changed(session, concerned)


def write_words(session: Session, identifier: str, words: Words) -> None:
    """Write labels and notes of languages that have none yet."""
    labels = [(code, LabelKind.PREFERRED, text, 0) for code, text in words["labels"].items()]
    labels += [
        (code, LabelKind.ALTERNATIVE, text, n)
        for code, several in words["alternatives"].items()
        for n, text in enumerate(several, start=1)
    ]
    rows = [
        {"concept_id": identifier, "language": code, "kind": kind, "text": text, "position": n}
        for code, kind, text, n in labels
    ]
    notes = [{"concept_id": identifier, "language": code, "text": text} for code, text in words["notes"].items()]
    if rows:
        session.execute(insert(ConceptLabel), rows)
    if notes:
        session.execute(insert(ConceptNote), notes)


def without_repetitions(words: Words) -> Words:
    """Return words without empty ones, and no alternative that says what the label or another one says."""
    labels = {code: text for code, text in words["labels"].items() if text}
    alternatives: dict[str, list[str]] = {}
    for code, several in words["alternatives"].items():
        said = {labels.get(code, "").casefold()}
        for text in several:
            if text and text.casefold() not in said:
                said.add(text.casefold())
                alternatives.setdefault(code, []).append(text)
    notes = {code: text for code, text in words["notes"].items() if text}
    return {"labels": labels, "alternatives": alternatives, "notes": notes}


def in_language(words: Words, language: str) -> dict[str, Any]:
    """Return what a concept says in one language."""
    return {
        "label": words["labels"].get(language, ""),
        "alternatives": list(words["alternatives"].get(language, ())),
        "note": words["notes"].get(language, ""),
    }


def check_taken(words: Lexicon, scheme: str, labels: Mapping[str, str], *, but: str = "") -> None:
    """Let a vocabulary have each label once in a language.

    :raises Refused: if another concept in use has one of these.
    """
    for code, text in labels.items():
        other = label_in_use(words, scheme, code, text, but=[but])
        if other is not None:
            said = gettext("“%(label)s” is the label of another concept here: %(code)s", label=text, code=other.code)
            raise Refused(said, at=f"label_{code}")
