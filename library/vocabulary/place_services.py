"""Where a concept stands in its vocabulary, and to which others it is related."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from library.indexing.outbox import practices_with, vocabulary_changed
from library.languages import DEFAULT
from library.lexicon import Lexicon
from library.models import Account, Concept, ConceptRelation, RelationKind
from library.vocabulary import tree
from library.vocabulary.desk_queries import broader_of, mark
from library.vocabulary.desk_services import (
    both_ways,
    check_in_use,
    hold,
    keep,
    overtaken,
    remove_relations,
    write_relations,
)
from library.vocabulary.refusals import Refused


def move(
    session: Session, identifier: str, *, broader: Sequence[str], after: str | None, actor: Account, seen: str
) -> None:
    """Set what stands above a concept, and after which sibling it comes.

    :param broader: identifiers; none for a top concept.
    :param after: a sibling; empty for the first place; ``None`` to leave the order alone.
    :param seen: mark of what stood above it when the adviser looked.
    :raises Overtaken: if somebody moved it meanwhile.
    :raises Refused: if it would come to stand below itself.
    """
    words = hold(session, identifier.partition("/")[0])
    before = broader_of(session, identifier)
    if mark(before) != seen:
        raise overtaken()
    wanted = sorted(dict.fromkeys(broader))
    check_place(words, identifier, wanted)
    sibling = sibling_before(words, identifier)
    if wanted == before and after in (None, sibling):
        return
    write_place(session, identifier, before, wanted)
    if after is not None:
        put_after(session, identifier, after, siblings_of(words, identifier, wanted))
    keep(
        session,
        identifier,
        "move",
        actor=actor,
        before={"broader": before, "after": sibling},
        after={"broader": wanted, "after": after},
    )


def check_place(words: Lexicon, identifier: str, broader: Sequence[str]) -> None:
    """Let a concept stand where the tree stays a tree.

    :raises Refused: below itself or what is below it, in another vocabulary, or below what is deprecated.
    """
    entry = words[identifier]
    under = tree.below(words, identifier)
    for parent in broader:
        if parent.partition("/")[0] != entry.scheme:
            raise Refused(gettext("Only concepts of the same vocabulary stand above each other."), at="broader")
        if parent == identifier:
            raise Refused(gettext("A concept cannot stand below itself."), at="broader")
        if parent in under:
            said = gettext(
                "“%(parent)s” lies below “%(label)s”, so it cannot also stand above it.",
                parent=words[parent].label(DEFAULT),
                label=entry.label(DEFAULT),
            )
            raise Refused(said, at="broader")
        if parent not in entry.broader:
            check_in_use(words, parent, at="broader")


def write_place(session: Session, identifier: str, before: Sequence[str], wanted: Sequence[str]) -> None:
    """Write what stands above a concept and tell the index."""
    if list(before) == list(wanted):
        vocabulary_changed(session, ())
        return
    concerned = list(practices_with(session, [identifier]))
    mine = (ConceptRelation.source_id == identifier, ConceptRelation.kind == RelationKind.BROADER)
    session.execute(delete(ConceptRelation).where(*mine))
    write_relations(session, [(identifier, RelationKind.BROADER, parent) for parent in wanted])
    vocabulary_changed(session, concerned)


def sibling_before(words: Lexicon, identifier: str) -> str:
    """Return the sibling after which a concept comes; empty for the first."""
    siblings = siblings_of(words, identifier, words[identifier].broader, but=False)
    here = siblings.index(identifier)
    return siblings[here - 1] if here else ""


def siblings_of(words: Lexicon, identifier: str, broader: Sequence[str], *, but: bool = True) -> list[str]:
    """Return what stands below the same concepts, in order; ``but`` leaves out the concept itself."""
    children = tree.children_of(words, identifier.partition("/")[0])
    together = {entry.id for parent in broader or [""] for entry in children.get(parent, ())} | {identifier}
    if but:
        together.discard(identifier)
    return [entry.id for entry in words.every(identifier.partition("/")[0]) if entry.id in together]


def put_after(session: Session, identifier: str, sibling: str, siblings: Sequence[str]) -> None:
    """Put a concept behind a sibling, or before all of them; the rest of the vocabulary makes room."""
    if not siblings:
        return
    beside = session.execute(
        select(Concept.position, Concept.scheme_code).where(Concept.id == (sibling or siblings[0]))
    ).one_or_none()
    if beside is None:
        return
    place = beside.position + (1 if sibling else 0)
    room = update(Concept).where(Concept.scheme_code == beside.scheme_code, Concept.position >= place)
    quietly = {"synchronize_session": False}
    session.execute(room.values(position=Concept.position + 1), execution_options=quietly)
    session.execute(update(Concept).where(Concept.id == identifier).values(position=place), execution_options=quietly)


def relate(session: Session, identifier: str, kind: RelationKind, other: str, *, actor: Account) -> None:
    """Relate two concepts; what reads the same from the other end is kept both ways. Once more changes nothing.

    :raises Refused: if that contradicts another relation of theirs (SKOS S27, S46), or leads to itself.
    """
    words = hold(session, identifier.partition("/")[0])
    check_relation(session, words, identifier, kind, other)
    if write_relations(session, both_ways(identifier, kind, other)):
        vocabulary_changed(session, ())
        row = {"kind": kind, "other": other}
        keep(session, identifier, "relate", actor=actor, before={}, after=row)


def unrelate(session: Session, identifier: str, kind: RelationKind, other: str, *, actor: Account) -> None:
    """Take a relation away, from both ends; one that is gone changes nothing."""
    hold(session, identifier.partition("/")[0])
    if remove_relations(session, both_ways(identifier, kind, other)):
        vocabulary_changed(session, ())
        row = {"kind": kind, "other": other}
        keep(session, identifier, "unrelate", actor=actor, before=row, after={})


def check_relation(session: Session, words: Lexicon, identifier: str, kind: RelationKind, other: str) -> None:
    """Let two concepts be related where nothing contradicts it.

    :raises Refused: with the reason.
    """
    if identifier == other:
        raise Refused(gettext("A concept cannot be related to itself."), at="other")
    check_in_use(words, other, at="other")
    if identifier in tree.above(words, [other]) or other in tree.above(words, [identifier]):
        raise Refused(gettext("One of the two stands above the other already, which says more."), at="other")
    query = select(ConceptRelation.kind).where(
        ConceptRelation.source_id == identifier, ConceptRelation.target_id == other
    )
    there = set(session.scalars(query)) - {kind.value}
    exact, loose = {RelationKind.EXACT_MATCH.value}, {"broadMatch", "narrowMatch", "relatedMatch"}
    if (there & exact and kind in loose) or (there & loose and kind in exact):
        raise Refused(gettext("They are matched in another way already. Remove that relation first."), at="kind")
