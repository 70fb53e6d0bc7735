"""Concepts that go out of use, and come back."""

from __future__ import annotations

from flask_babel import gettext, ngettext
from sqlalchemy import update
from sqlalchemy.orm import Session

from library.choices import ConceptStatus
from library.indexing.outbox import practices_with, vocabulary_changed
from library.lexicon import Lexicon
from library.models import Account, Concept
from library.vocabulary.desk_queries import uses
from library.vocabulary.desk_services import check_in_use, check_taken, hold, keep
from library.vocabulary.fixed import EXACTLY_ONE, check_loose
from library.vocabulary.refusals import Refused


def deprecate(session: Session, identifier: str, *, replacement: str, agreed: bool, actor: Account) -> None:
    """Offer a concept no longer. Records that carry it keep it, marked, and are found under what replaces it.

    :param replacement: identifier; empty for none.
    :param agreed: that records are left with a concept which nothing replaces.
    :raises Refused: if the program needs it, others stand below it, or it is in use and nobody agreed.
    """
    words = hold(session, identifier.partition("/")[0])
    check_going(words, identifier)
    if replacement:
        check_successor(words, identifier, replacement, at="replacement")
    else:
        _check_may_leave_nothing(session, identifier, agreed=agreed)
    concerned = list(practices_with(session, [identifier]))
    set_status(session, identifier, ConceptStatus.DEPRECATED, replacement)
    vocabulary_changed(session, concerned)
    keep(session, identifier, "deprecate", actor=actor, before={}, after={"replacement": replacement})


def restore(session: Session, identifier: str, *, actor: Account) -> None:
    """Offer a deprecated concept again.

    :raises Refused: if another concept has its label by now. One in use already changes nothing.
    """
    words = hold(session, identifier.partition("/")[0])
    entry = words[identifier]
    if not entry.deprecated:
        return
    before = {"replacement": words.replaced.get(identifier, "")}
    check_return(words, identifier)
    concerned = list(practices_with(session, [identifier]))
    set_status(session, identifier, ConceptStatus.ACTIVE)
    vocabulary_changed(session, concerned)
    keep(session, identifier, "restore", actor=actor, before=before, after={})


def check_return(words: Lexicon, identifier: str) -> None:
    """Let a deprecated concept come back.

    :raises Refused: if another concept in use has one of its labels by now.
    """
    check_taken(words, words[identifier].scheme, words[identifier].labels, but=identifier)


def check_going(words: Lexicon, identifier: str) -> None:
    """Let a concept go that nothing needs.

    :raises Refused: if it is gone already, the program needs it, or concepts in use stand below it.
    """
    check_in_use(words, identifier)
    check_loose(identifier)
    count = len(words[identifier].narrower)
    if count:
        raise Refused(
            ngettext(
                "%(num)s concept stands below it. Move it first, or merge this concept into another.",
                "%(num)s concepts stand below it. Move them first, or merge this concept into another.",
                count,
            )
        )


def check_successor(words: Lexicon, identifier: str, other: str, *, at: str) -> None:
    """Let a concept be replaced by another one in use, of the same vocabulary.

    :raises Refused: with the reason.
    """
    if identifier == other:
        raise Refused(gettext("A concept cannot replace itself. Choose another one."), at=at)
    if identifier.partition("/")[0] != other.partition("/")[0]:
        raise Refused(gettext("Choose a concept of the same vocabulary."), at=at)
    check_in_use(words, other, at=at)


def _check_may_leave_nothing(session: Session, identifier: str, *, agreed: bool) -> None:
    records = uses(session, identifier).records
    if records and identifier.partition("/")[0] in EXACTLY_ONE:
        said = ngettext(
            "%(num)s record has it and needs one of this vocabulary. Choose what replaces it.",
            "%(num)s records have it, and each needs one of this vocabulary. Choose what replaces it.",
            records,
        )
        raise Refused(said, at="replacement")
    if records and not agreed:
        said = ngettext(
            "%(num)s record has it. Choose what replaces it, or tick that it shall keep it.",
            "%(num)s records have it. Choose what replaces it, or tick that they shall keep it.",
            records,
        )
        raise Refused(said, at="agreed")


def set_status(session: Session, identifier: str, status: ConceptStatus, replacement: str = "") -> None:
    """Write whether a concept is in use, and what replaces it."""
    values = {"status": status, "replaced_by_id": replacement or None}
    session.execute(
        update(Concept).where(Concept.id == identifier).values(**values),
        execution_options={"synchronize_session": False},
    )
