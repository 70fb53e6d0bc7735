"""Words that contributors miss: suggested, then made part of a vocabulary or declined, and the contributor is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import gettext
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from library.auditing import audit
from library.choices import SuggestionState
from library.errors import Overtaken
from library.lexicon import current
from library.mail import MailKind, notify
from library.models import Account, ConceptSuggestion, now
from library.vocabulary.desk_queries import mark, words_of
from library.vocabulary.desk_services import add, say
from library.vocabulary.fixed import check_open
from library.vocabulary.refusals import Refused

MOST_OPEN: Final = 30  # suggestions of one person that wait
PATH: Final = "/vocabularies/suggest"


def suggest(
    session: Session, *, scheme: str, language: str, label: str, note: str, actor: Account
) -> ConceptSuggestion:
    """Ask for a word.

    :raises Refused: if the list has it already, or is closed, or too many of this person's suggestions wait.
    """
    check_open(scheme)
    there = next(
        (entry for entry in current(session).scheme(scheme) if label.casefold() in _all_words(entry, language)), None
    )
    if there is not None:
        said = gettext("The list has it already: %(label)s", label=there.label(language))
        raise Refused(said, at="label")
    mine = (ConceptSuggestion.account_id == actor.id, ConceptSuggestion.state == SuggestionState.OPEN)
    if (session.scalar(select(func.count()).select_from(ConceptSuggestion).where(*mine)) or 0) >= MOST_OPEN:
        raise Refused(gettext("Many of your words wait for an answer. Suggest more once advisers have answered."))
    made = ConceptSuggestion(scheme_code=scheme, language=language, label=label, note=note, account_id=actor.id)
    session.add(made)
    session.flush()
    audit(session, "suggestion.make", actor=actor, subject=made)
    return made


def _all_words(entry: object, language: str) -> set[str]:
    labels: Mapping[str, str] = getattr(entry, "labels", {})
    synonyms: Mapping[str, tuple[str, ...]] = getattr(entry, "synonyms", {})
    return {word.casefold() for word in (labels.get(language, ""), *synonyms.get(language, ())) if word}


def accept_as_new(
    session: Session,
    made: ConceptSuggestion,
    *,
    labels: Mapping[str, str],
    broader: list[str],
    answer: str,
    actor: Account,
) -> str:
    """Make a suggestion a concept of its own; return its identifier.

    :raises Overtaken: if a colleague has answered meanwhile.
    :raises Refused: if a label is taken.
    """
    _check_open(session, made)
    identifier = add(session, made.scheme_code, code="", labels=labels, broader=broader, actor=actor)
    _decide(session, made, SuggestionState.ACCEPTED, concept=identifier, answer=answer, actor=actor)
    return identifier


def accept_as_word(session: Session, made: ConceptSuggestion, concept: str, *, answer: str, actor: Account) -> None:
    """Make a suggestion another word for a concept.

    :raises Overtaken: if a colleague has answered meanwhile.
    """
    _check_open(session, made)
    said = words_of(session, concept)
    several = [*said["alternatives"].get(made.language, ()), made.label]
    wanted = {**said, "alternatives": {**said["alternatives"], made.language: several}}
    say(session, concept, wanted, actor=actor, seen=mark(said))
    _decide(session, made, SuggestionState.ACCEPTED, concept=concept, answer=answer, actor=actor)


def decline(session: Session, made: ConceptSuggestion, *, answer: str, actor: Account) -> None:
    """Say that a word does not come in, and why.

    :raises Overtaken: if a colleague has answered meanwhile.
    """
    _decide(session, made, SuggestionState.DECLINED, concept=None, answer=answer, actor=actor)


def _check_open(session: Session, made: ConceptSuggestion) -> None:
    session.refresh(made, with_for_update={"of": ConceptSuggestion})
    if made.state is not SuggestionState.OPEN:
        raise _answered()


def _answered() -> Overtaken:
    return Overtaken(gettext("A colleague has answered this one meanwhile."))


def _decide(
    session: Session,
    made: ConceptSuggestion,
    state: SuggestionState,
    *,
    concept: str | None,
    answer: str,
    actor: Account,
) -> None:
    waiting = (ConceptSuggestion.id == made.id, ConceptSuggestion.state == SuggestionState.OPEN)
    values = {"state": state, "decided_at": now(), "decided_by_id": actor.id, "answer": answer, "concept_id": concept}
    decided = update(ConceptSuggestion).where(*waiting).values(**values)
    if session.scalar(decided.returning(ConceptSuggestion.id)) is None:
        raise _answered()
    audit(session, f"suggestion.{'accept' if concept else 'decline'}", actor=actor, subject=made)
    if made.account is not None:
        entry = current(session).get(concept) if concept else None
        name = entry.label(made.account.language) if entry else ""
        words = {"word": made.label, "concept": name, "accepted": "y" if concept else "", "reason": answer}
        notify(session, MailKind.WORD_DECIDED, made.account, path=PATH, title=made.label, **words)
