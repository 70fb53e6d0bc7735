"""The states of practices, submissions and collections: tables of steps, and the functions that change a state.

Each step writes its event in the transaction of the change. Knows models; decides nothing about who may do it.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from library.auditing import audit, audit_many
from library.choices import CollectionState, PracticeState, SubmissionState
from library.deadlines import WITH_ADVISERS, due_after
from library.errors import InvalidTransition
from library.models import Account, Collection, Event, Practice, Submission, SubmissionEvent, now


class Step(StrEnum):
    """What can be done to a practice."""

    PUBLISH = "publish"
    REVISE = "revise"
    ARCHIVE = "archive"
    RESTORE = "restore"
    ERASE = "erase"
    CONFIRM = "confirm"
    REPORT_ENDED = "report-ended"


# (state before, step) -> state after. ``None`` is the state of a practice that does not exist yet.
TRANSITIONS: Final[dict[tuple[PracticeState | None, Step], PracticeState]] = {
    (None, Step.PUBLISH): PracticeState.PUBLISHED,
    (PracticeState.PUBLISHED, Step.REVISE): PracticeState.PUBLISHED,
    (PracticeState.PUBLISHED, Step.ARCHIVE): PracticeState.ARCHIVED,
    (PracticeState.ARCHIVED, Step.RESTORE): PracticeState.PUBLISHED,
    (PracticeState.PUBLISHED, Step.ERASE): PracticeState.ERASED,
    (PracticeState.ARCHIVED, Step.ERASE): PracticeState.ERASED,
    # What owners say of a practice changes no state: what follows from it is for advisers to decide.
    (PracticeState.PUBLISHED, Step.CONFIRM): PracticeState.PUBLISHED,
    (PracticeState.PUBLISHED, Step.REPORT_ENDED): PracticeState.PUBLISHED,
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
    audit(session, f"practice.{step}", actor=actor, subject=practice)
    return practice


def advance_many(
    session: Session,
    identifiers: Sequence[int],
    step: Step,
    *,
    before: PracticeState | None,
    actor: Account | None,
    reason: str = "",
) -> None:
    """Take many practices the same step, with a few statements; whoever calls asks for them to be indexed.

    :param identifiers: the practices; with ``before`` being ``None`` they have just been added, in the state after.
    :param before: the state in which all of them are.
    :raises InvalidTransition: if one is in another state, if the step leads nowhere, or if its reason is missing.
    """
    after = TRANSITIONS.get((before, step))
    if after is None or (step in NEEDS_REASON and not reason.strip()) or step is Step.ERASE:
        raise InvalidTransition(f"practices that are {before or 'new'} cannot take the step {step} together")
    if not identifiers:
        return
    if before is not None:
        kept = reason if after is PracticeState.ARCHIVED else None
        moved = update(Practice).where(Practice.id.in_(identifiers), Practice.state == before)
        done: Any = session.execute(
            moved.values(state=after, archive_reason=kept).execution_options(synchronize_session=False)
        )
        if done.rowcount != len(set(identifiers)):
            raise InvalidTransition(f"not all of the practices are {before}")
    deed = {"from_state": before, "to_state": after, "actor_id": actor.id if actor else None}
    events = [{"practice_id": number, "step": step.value, "reason": reason, **deed} for number in identifiers]
    session.execute(insert(Event), events, execution_options={"render_nulls": True})
    audit_many(session, f"practice.{step}", actor=actor, kind=Practice, identifiers=identifiers)


class SubmissionStep(StrEnum):
    """What can be done to a submission."""

    START = "start"
    SUBMIT = "submit"
    TAKE = "take"
    GIVE_BACK = "give-back"
    REQUEST_CHANGES = "request-changes"
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"


_S = SubmissionState
SUBMISSION_TRANSITIONS: Final[dict[tuple[SubmissionState | None, SubmissionStep], SubmissionState]] = {
    (None, SubmissionStep.START): _S.DRAFT,
    (_S.DRAFT, SubmissionStep.SUBMIT): _S.SUBMITTED,
    (_S.CHANGES_REQUESTED, SubmissionStep.SUBMIT): _S.SUBMITTED,
    (_S.SUBMITTED, SubmissionStep.TAKE): _S.IN_REVIEW,
    (_S.IN_REVIEW, SubmissionStep.GIVE_BACK): _S.SUBMITTED,
    (_S.IN_REVIEW, SubmissionStep.REQUEST_CHANGES): _S.CHANGES_REQUESTED,
    (_S.IN_REVIEW, SubmissionStep.ACCEPT): _S.ACCEPTED,
    (_S.IN_REVIEW, SubmissionStep.DECLINE): _S.DECLINED,
    (_S.DRAFT, SubmissionStep.WITHDRAW): _S.WITHDRAWN,
    (_S.SUBMITTED, SubmissionStep.WITHDRAW): _S.WITHDRAWN,
    (_S.IN_REVIEW, SubmissionStep.WITHDRAW): _S.WITHDRAWN,
    (_S.CHANGES_REQUESTED, SubmissionStep.WITHDRAW): _S.WITHDRAWN,
    (_S.WITHDRAWN, SubmissionStep.REOPEN): _S.DRAFT,
}
DECIDED: Final = frozenset({_S.ACCEPTED, _S.DECLINED})
SUBMISSION_NEEDS_REASON: Final = frozenset({SubmissionStep.REQUEST_CHANGES, SubmissionStep.DECLINE})


def advance_submission(
    session: Session,
    submission: Submission,
    step: SubmissionStep,
    *,
    actor: Account | None,
    good: str = "",
    reason: str = "",
) -> Submission:
    """Take a submission one step and write the event that its authors see.

    Whoever takes one has set ``adviser`` before, and whoever accepts one its ``practice``: the database insists.

    :param good: what is good, for decisions.
    :param reason: what is needed, or why; required to ask for changes and to decline.
    :return: the submission, flushed, in its new state.
    :raises InvalidTransition: if the step does not lead anywhere from here, or its reason is missing.
    """
    before = SubmissionState(submission.state) if submission.id is not None else None
    after = SUBMISSION_TRANSITIONS.get((before, step))
    if after is None:
        raise InvalidTransition(f"a submission that is {before or 'new'} cannot take the step {step}")
    if step in SUBMISSION_NEEDS_REASON and not reason.strip():
        raise InvalidTransition(f"the step {step} needs a reason")
    submission.state = after
    if step is SubmissionStep.SUBMIT:
        submission.submitted_at = now()
        submission.due_on = due_after(submission.submitted_at.date())
    if after not in WITH_ADVISERS:
        submission.due_on = None
    submission.decided_at = now() if after in DECIDED else None
    session.add(submission)
    session.flush()
    tell(session, submission, step, actor=actor, good=good, reason=reason, states=(before, after))
    audit(session, f"submission.{step}", actor=actor, subject=submission)
    return submission


def tell(
    session: Session,
    submission: Submission,
    step: str,
    *,
    actor: Account | None,
    good: str = "",
    reason: str = "",
    states: tuple[SubmissionState | None, SubmissionState | None] = (None, None),
) -> None:
    """Put something on the timeline of a submission that changes no state, such as a new co-author.

    :param step: what happened, as a code.
    :param states: before and after, for changes of state.
    """
    before, after = states
    session.add(
        SubmissionEvent(
            submission_id=submission.id,
            step=step,
            from_state=before,
            to_state=after,
            actor_id=actor.id if actor else None,
            good=good,
            reason=reason,
        )
    )


class CollectionStep(StrEnum):
    """What can be done to a collection."""

    BEGIN = "begin"
    PUBLISH = "publish"
    ARCHIVE = "archive"
    RESTORE = "restore"


_C = CollectionState
COLLECTION_TRANSITIONS: Final[dict[tuple[CollectionState | None, CollectionStep], CollectionState]] = {
    (None, CollectionStep.BEGIN): _C.DRAFT,
    (_C.DRAFT, CollectionStep.PUBLISH): _C.PUBLISHED,
    (_C.PUBLISHED, CollectionStep.ARCHIVE): _C.ARCHIVED,
    (_C.ARCHIVED, CollectionStep.RESTORE): _C.PUBLISHED,
}


def advance_collection(
    session: Session, collection: Collection, step: CollectionStep, *, actor: Account | None, reason: str = ""
) -> Collection:
    """Take a collection one step. Its change, with what it then says, is written by whoever asks.

    :param reason: why; required to archive.
    :return: the collection, flushed, in its new state.
    :raises InvalidTransition: if the step does not lead anywhere from here, or its reason is missing.
    """
    before = CollectionState(collection.state) if collection.id is not None else None
    after = COLLECTION_TRANSITIONS.get((before, step))
    if after is None:
        raise InvalidTransition(f"a collection that is {before or 'new'} cannot take the step {step}")
    if step is CollectionStep.ARCHIVE and not reason.strip():
        raise InvalidTransition(f"the step {step} needs a reason")
    collection.state = after
    collection.archive_reason = reason.strip() if after is _C.ARCHIVED else None
    if step is CollectionStep.PUBLISH:
        collection.published_at = now()
    session.add(collection)
    session.flush()
    audit(session, f"collection.{step}", actor=actor, subject=collection)
    return collection
