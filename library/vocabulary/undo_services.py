"""Undoing what was done to the vocabularies. A deed is undone as long as what it set still stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask_babel import gettext, ngettext
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from library.auditing import audit
from library.choices import ConceptStatus
from library.indexing.outbox import practices_with, vocabulary_changed
from library.lexicon import Lexicon
from library.models import (
    Account,
    Concept,
    ConceptChange,
    ConceptRelation,
    ConceptSuggestion,
    ConceptTally,
    RelationKind,
    now,
)
from library.vocabulary.desk_queries import broader_of, uses, words_of
from library.vocabulary.desk_services import (
    both_ways,
    check_in_use,
    check_taken,
    hold,
    in_language,
    remove_relations,
    set_words,
    write_relations,
)
from library.vocabulary.merge_services import unmerge
from library.vocabulary.place_services import check_place, check_relation, put_after, siblings_of, write_place
from library.vocabulary.refusals import Refused
from library.vocabulary.status_services import check_going, check_return, set_status


def undo(session: Session, change: ConceptChange, *, actor: Account) -> str:
    """Take a deed back.

    :return: what the adviser should know besides; empty for nothing.
    :raises Refused: if it was undone already, or later changes stand in the way.
    """
    words = hold(session, change.scheme_code)
    mine = update(ConceptChange).where(ConceptChange.id == change.id, ConceptChange.undone_at.is_(None))
    values = {"undone_at": now(), "undone_by_id": actor.id}
    if session.scalar(mine.values(**values).returning(ConceptChange.id)) is None:
        raise Refused(gettext("This is undone already."))
    if change.batch_id is not None:
        raise Refused(gettext("This came with a file. Undo the whole import."))
    if change.deed not in _UNDOING:
        raise Refused(gettext("This cannot be undone."))
    if words.get(change.concept_id) is None:
        raise Refused(gettext("The concept is gone."))
    told = _UNDOING[change.deed](session, change, words)
    session.refresh(change)
    audit(session, "concept.undo", actor=actor, subject=change)
    return told


def _words(session: Session, change: ConceptChange, words: Lexicon) -> str:
    there = words_of(session, change.concept_id)
    if any(in_language(there, code) != said for code, said in change.after.items()):
        raise Refused(gettext("These words were changed again since. Undo that first."))
    labels = {code: said["label"] for code, said in change.before.items() if said["label"]}
    remaining = set(there["labels"]) - set(change.before) | set(labels)
    if not remaining:
        raise Refused(gettext("The concept would be left without a label."))
    if not words[change.concept_id].deprecated:
        check_taken(words, change.scheme_code, labels, but=change.concept_id)
    set_words(session, change.concept_id, change.before, there)
    return ""


def _add(session: Session, change: ConceptChange, _words: Lexicon) -> str:
    identifier = change.concept_id
    later = select(ConceptChange.id).where(
        ConceptChange.concept_id == identifier, ConceptChange.id > change.id, ConceptChange.undone_at.is_(None)
    )
    if session.scalar(later.limit(1)) is not None:
        raise Refused(gettext("The concept was changed since. Undo that first."))
    records = uses(session, identifier).records
    if records:
        said = ngettext(
            "%(num)s record has it. Deprecate it, or merge it into another.",
            "%(num)s records have it. Deprecate it, or merge it into another.",
            records,
        )
        raise Refused(said)
    meant = select(ConceptRelation.source_id).where(ConceptRelation.target_id == identifier)
    named = select(Concept.id).where(Concept.replaced_by_id == identifier)
    if session.scalar(meant.limit(1)) or session.scalar(named.limit(1)):
        raise Refused(gettext("Other concepts stand below it, are related to it or were merged into it."))
    answered = update(ConceptSuggestion).where(ConceptSuggestion.concept_id == identifier)
    session.execute(answered.values(concept_id=None), execution_options=_QUIETLY)
    session.execute(delete(ConceptTally).where(ConceptTally.concept_id == identifier))
    session.execute(delete(Concept).where(Concept.id == identifier), execution_options=_QUIETLY)
    vocabulary_changed(session, ())
    return ""


def _move(session: Session, change: ConceptChange, words: Lexicon) -> str:
    identifier, wanted = change.concept_id, list(change.before["broader"])
    before = broader_of(session, identifier)
    if before != change.after["broader"]:
        raise Refused(gettext("The concept was moved again since. Undo that first."))
    for parent in wanted:
        check_in_use(words, parent)
    check_place(words, identifier, wanted)
    write_place(session, identifier, before, wanted)
    siblings = siblings_of(words, identifier, wanted)
    if not change.before["after"] or change.before["after"] in siblings:
        put_after(session, identifier, change.before["after"], siblings)
    return ""


def _relate(session: Session, change: ConceptChange, _words: Lexicon) -> str:
    kind, other = RelationKind(change.after["kind"]), change.after["other"]
    if not remove_relations(session, both_ways(change.concept_id, kind, other)):
        raise Refused(gettext("The relation was removed since."))
    vocabulary_changed(session, ())
    return ""


def _unrelate(session: Session, change: ConceptChange, words: Lexicon) -> str:
    kind, other = RelationKind(change.before["kind"]), change.before["other"]
    check_relation(session, words, change.concept_id, kind, other)
    if not write_relations(session, both_ways(change.concept_id, kind, other)):
        raise Refused(gettext("The relation is there again."))
    vocabulary_changed(session, ())
    return ""


def _deprecate(session: Session, change: ConceptChange, words: Lexicon) -> str:
    entry = words[change.concept_id]
    if not entry.deprecated or _replacement(session, entry.id) != change.after["replacement"]:
        raise Refused(gettext("The concept was restored, replaced or merged since."))
    check_return(words, entry.id)
    _set(session, entry.id, ConceptStatus.ACTIVE)
    return ""


def _restore(session: Session, change: ConceptChange, words: Lexicon) -> str:
    check_going(words, change.concept_id)
    replacement = change.before["replacement"]
    if replacement:
        check_in_use(words, replacement)
    _set(session, change.concept_id, ConceptStatus.DEPRECATED, replacement)
    return ""


def _merge(session: Session, change: ConceptChange, _words: Lexicon) -> str:
    kept = unmerge(session, change)
    if not kept:
        return ""
    said = ngettext(
        "%(num)s practice was revised since and keeps the other concept.",
        "%(num)s practices were revised since and keep the other concept.",
        kept,
    )
    return str(said)


def _replacement(session: Session, identifier: str) -> str:
    return session.scalar(select(Concept.replaced_by_id).where(Concept.id == identifier)) or ""


def _set(session: Session, identifier: str, status: ConceptStatus, replacement: str = "") -> None:
    concerned = set(practices_with(session, [identifier]))
    set_status(session, identifier, status, replacement)
    vocabulary_changed(session, concerned)


_QUIETLY: Final[dict[str, Any]] = {"synchronize_session": False}
_UNDOING: Final[dict[str, Callable[[Session, ConceptChange, Lexicon], str]]] = {
    "add": _add,
    "words": _words,
    "move": _move,
    "relate": _relate,
    "unrelate": _unrelate,
    "deprecate": _deprecate,
    "restore": _restore,
    "merge": _merge,
}
