"""The states of a practice and the steps between them: one table, and the one function that changes a state.

Each step writes its event in the transaction of the change. Knows models; decides nothing about who may do it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from library.choices import PracticeState
from library.errors import InvalidTransition
from library.models import Account, Event, Practice, now


class Step(StrEnum):
    """What can be done to a practice."""

    PUBLISH = "publish"
    REVISE = "revise"
    ARCHIVE = "archive"
    RESTORE = "restore"
    ERASE = "erase"


# (state before, step) -> state after. ``None`` is the state of a practice that does not exist yet.
TRANSITIONS: Final[dict[tuple[PracticeState | None, Step], PracticeState]] = {
    (None, Step.PUBLISH): PracticeState.PUBLISHED,
    (PracticeState.PUBLISHED, Step.REVISE): PracticeState.PUBLISHED,
    (PracticeState.PUBLISHED, Step.ARCHIVE): PracticeState.ARCHIVED,
    (PracticeState.ARCHIVED, Step.RESTORE): PracticeState.PUBLISHED,
    (PracticeState.PUBLISHED, Step.ERASE): PracticeState.ERASED,
    (PracticeState.ARCHIVED, Step.ERASE): PracticeState.ERASED,
}

NEEDS_REASON: Final = frozenset({Step.ARCHIVE, Step.ERASE})


def advance(session: Session, practice: Practice, step: Step, *, actor: Account | None, reason: str = "") -> Practice:
    """Take a practice one step and write the event.

    :param practice: the practice; one without an identifier is new.
    :param actor: who does it; ``None`` for the library itself (the starter library, a command).
    :param reason: why; required to archive and to erase.
    :return: the practice, flushed, in its new state.
    :raises InvalidTransition: if the step does not lead anywhere from here, or its reason is missing.
    """
    before = PracticeState(practice.state) if practice.id is not None else None
    after = TRANSITIONS.get((before, step))
    if after is None:
        raise InvalidTransition(f"a practice that is {before or 'new'} cannot take the step {step}")
    if step in NEEDS_REASON and not reason.strip():
        raise InvalidTransition(f"the step {step} needs a reason")
    practice.state = after
    practice.archive_reason = reason if after is PracticeState.ARCHIVED else None
    practice.erased_at = now() if after is PracticeState.ERASED else None
    session.add(practice)
    session.flush()
    session.add(
        Event(
            practice_id=practice.id,
            step=step,
            from_state=before,
            to_state=after,
            actor_id=actor.id if actor else None,
            reason=reason,
        )
    )
    return practice
