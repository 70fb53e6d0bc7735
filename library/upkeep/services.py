"""Keeping practices true: an owner's word, the reminders that ask for it, and claims of those whose work it is."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final

from flask_babel import force_locale, format_date
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from library.auditing import audit
from library.choices import ClaimState, PracticeState, Provenance
from library.deadlines import a_year_after, overdue
from library.errors import InvalidTransition, NotPermitted
from library.languages import locale_of
from library.mail import MailKind, notify
from library.models import Account, Claim, Organisation, Practice, PracticeAuthor, Reminder, Setting, now
from library.ownership import owners
from library.upkeep.links import CONFIRM_PATH, token_for
from library.upkeep.queries import advisers
from library.workflow import Step, advance

log = logging.getLogger(__name__)

# Days after the day of confirmation -> the reminder that is due from then on.
REMINDERS: Final = {-30: "ask", 0: "due", 30: "late", 60: "last"}
STALE_PATH: Final = "/review/stale"
NUDGE_EVERY: Final = 7  # days between mails about one overdue submission
NUDGED: Final = "overdue-told-on"


# --- an owner's word -------------------------------------------------------------------------------------------------


def confirm(session: Session, practice: Practice, *, actor: Account, today: date, note: str = "") -> None:
    """Write down that a practice still holds, for a year from today.

    :param actor: an owner; or an adviser who has their word, with a note of how.
    :raises InvalidTransition: if it is not published.
    """
    practice.confirmed_on, practice.confirm_by = today, a_year_after(today)
    advance(session, practice, Step.CONFIRM, actor=actor, reason=note.strip())


def report_ended(session: Session, practice: Practice, *, actor: Account, note: str) -> None:
    """Write down that the work has ended, as its owner says, and tell the advisers, who decide what follows.

    :raises InvalidTransition: if it is not published.
    """
    advance(session, practice, Step.REPORT_ENDED, actor=actor, reason=note.strip())
    for adviser in advisers(session):
        _tell(session, MailKind.PRACTICE_ENDED, adviser, practice, path=STALE_PATH, actor=actor.name, reason=note)


# --- reminders -------------------------------------------------------------------------------------------------------


def remind_all(sessions: sessionmaker[Session], *, today: date) -> int:
    """Remind the owners of every practice that is due; each in a transaction of its own.

    :return: of how many practices somebody was reminded.
    """
    with sessions() as session:
        ids = _to_confirm(session, today)
    return sum(_remind_of(sessions, identifier, today) for identifier in ids)


def _to_confirm(session: Session, today: date) -> list[int]:
    first = today - timedelta(days=min(REMINDERS))
    due = Practice.confirm_by <= first
    return list(session.scalars(select(Practice.id).where(Practice.state == PracticeState.PUBLISHED, due)))


def _remind_of(sessions: sessionmaker[Session], identifier: int, today: date) -> bool:
    try:
        with sessions.begin() as session:
            practice = session.get_one(Practice, identifier)
            kind = kind_due(practice.confirm_by, today)
            return kind is not None and remind(session, practice, kind=kind, today=today)
    except Exception:
        log.exception("no reminder of practice %s; trying again", identifier)
        return False


def kind_due(confirm_by: date | None, today: date) -> str | None:
    """Return the reminder that is due: the last whose day has come; ``None`` before the first."""
    late = (today - confirm_by).days if confirm_by else min(REMINDERS) - 1
    return next((kind for after, kind in sorted(REMINDERS.items(), reverse=True) if late >= after), None)


def remind(session: Session, practice: Practice, *, kind: str, today: date) -> bool:
    """Ask the owners of a practice to confirm it, unless they were asked so before.

    :param kind: of the reminder; each is sent once for one date of confirmation.
    :return: whether somebody was asked.
    """
    day = practice.confirm_by or today
    receivers = owners(session, practice)
    if not receivers or _was_sent(session, practice, day, kind):
        return False
    try:
        with session.begin_nested():
            session.add(Reminder(practice_id=practice.id, confirm_by=day, kind=kind))
    except IntegrityError:  # somebody else was faster by a moment
        return False
    letter = (
        MailKind.CONFIRM_REMINDER if practice.confirm_by and practice.confirm_by < today else MailKind.CONFIRM_PRACTICE
    )
    for owner in receivers:
        with force_locale(locale_of(owner.language)):
            due = format_date(practice.confirm_by, "long") if practice.confirm_by else ""
        _tell(session, letter, owner, practice, path=CONFIRM_PATH + token_for(practice, owner), due=due)
    return True


def remind_again(session: Session, practice: Practice, *, actor: Account, today: date) -> bool:
    """Ask the owners once more because an adviser wants it, once a day at most; return whether somebody was asked."""
    asked = remind(session, practice, kind=f"again-{today.isoformat()}", today=today)
    if asked:
        audit(session, "practice.reminded", actor=actor, subject=practice)
    return asked


def _was_sent(session: Session, practice: Practice, day: date, kind: str) -> bool:
    sent = select(Reminder.id).where(Reminder.practice_id == practice.id, Reminder.confirm_by == day)
    return session.scalar(sent.where(Reminder.kind == kind)) is not None


def _tell(session: Session, kind: MailKind, receiver: Account, practice: Practice, *, path: str, **params: Any) -> None:
    notify(session, kind, receiver, path=path, title=practice.title_in(receiver.language), **params)


# --- advisers who have not answered ----------------------------------------------------------------------------------


def nudge_advisers(session: Session, *, today: date) -> int:
    """Write to advisers whose answer is overdue, on the first day and then every week.

    A row remembers the day on which this was done last, so that two workers, or one that was off, do it once.

    :return: how many letters were written.
    """
    before = _day_taken(session, today)
    if before is None:
        return 0
    late = [submission for submission in overdue(session, today) if _is_nudged(submission.due_on, before, today)]
    for submission in late:
        assert submission.adviser is not None and submission.due_on is not None  # noqa: S101, PT018 - overdue says so
        with force_locale(locale_of(submission.adviser.language)):
            due = format_date(submission.due_on, "long")
        path = f"/review/{submission.id}"
        notify(session, MailKind.OVERDUE, submission.adviser, path=path, title=submission.title, due=due)
    return len(late)


def _is_nudged(due: date | None, before: date, today: date) -> bool:
    """Return whether a week of lateness began since the last time."""
    return due is not None and (today - due).days > 0 and _weeks(due, today) > _weeks(due, before)


def _weeks(due: date, day: date) -> int:
    return ((day - due).days - 1) // NUDGE_EVERY


def _day_taken(session: Session, today: date) -> date | None:
    """Return the day before today on which this was done last; ``None`` if it was done today."""
    kept = session.get(Setting, NUDGED)
    if kept is None:
        session.add(Setting(key=NUDGED, value=today.isoformat()))
        session.flush()  # two workers on the first day: one of them meets the key
        return date.min
    before = kept.value
    mine = update(Setting).where(Setting.key == NUDGED, Setting.value == before, Setting.value < today.isoformat())
    taken = session.scalar(mine.values(value=today.isoformat()).returning(Setting.key))
    return date.fromisoformat(before) if taken else None


# --- claims ----------------------------------------------------------------------------------------------------------


def claim(
    session: Session, practice: Practice, *, actor: Account, message: str, organisation: Organisation | None
) -> Claim:
    """Say that a practice which the library compiled is one's own.

    :param message: who they are and how it is theirs.
    :raises NotPermitted: if it was not compiled, or is theirs already, or they have said so before.
    """
    check_claimable(session, practice, actor)
    made = Claim(practice=practice, account=actor, organisation=organisation, message=message.strip())
    session.add(made)
    session.flush()
    audit(session, "practice.claim", actor=actor, subject=practice)
    for adviser in advisers(session):
        if adviser.id != actor.id:
            path = f"/review/claims/{made.id}"
            _tell(session, MailKind.CLAIM_MADE, adviser, practice, path=path, actor=actor.name)
    return made


def check_claimable(session: Session, practice: Practice, actor: Account) -> None:
    """Let somebody claim what the library compiled and is not theirs.

    :raises NotPermitted: for all else.
    """
    open_already = select(Claim.id).where(
        Claim.practice_id == practice.id, Claim.account_id == actor.id, Claim.state == ClaimState.OPEN
    )
    if practice.provenance is not Provenance.COMPILED or _is_owner(owners(session, practice), actor):
        raise NotPermitted("only what the library compiled can be claimed, by others than its owners")
    if session.scalar(open_already) is not None:
        raise NotPermitted("it is claimed already")


def _is_owner(people: Iterable[Account], actor: Account) -> bool:
    return any(person.id == actor.id for person in people)


def decide(session: Session, made: Claim, *, actor: Account, accept: bool, answer: str, join: bool = False) -> None:
    """Answer a claim. Accepting makes the claimant one who answers for the practice; what it says stays as it is.

    :param answer: to the claimant.
    :param join: make them a member of the organisation that owns it, too.
    :raises NotPermitted: for the claimant and members of the organisations concerned.
    :raises InvalidTransition: if somebody has decided meanwhile.
    """
    check_claim_decider(made, actor)
    state = ClaimState.ACCEPTED if accept else ClaimState.DECLINED
    decided = update(Claim).where(Claim.id == made.id, Claim.state == ClaimState.OPEN)
    values = {"state": state, "decided_at": now(), "decided_by_id": actor.id, "answer": answer.strip()}
    if session.scalar(decided.values(**values).returning(Claim.id)) is None:
        raise InvalidTransition("it is decided already")
    if accept:
        _hand_over(session, made, actor=actor, join=join)
    audit(session, f"claim.{'accept' if accept else 'decline'}", actor=actor, subject=made)
    path = "/account/practices" if accept else f"/p/{made.practice_id}"
    _tell(
        session, MailKind.CLAIM_DECIDED, made.account, made.practice, path=path, accepted=accept, reason=answer.strip()
    )


def _hand_over(session: Session, made: Claim, *, actor: Account, join: bool) -> None:
    kept = select(PracticeAuthor).where(PracticeAuthor.practice_id == made.practice_id)
    rows = session.scalars(kept).all()
    if all(row.account_id != made.account_id for row in rows):
        following = max((row.position for row in rows), default=-1) + 1
        session.add(
            PracticeAuthor(
                practice_id=made.practice_id,
                account_id=made.account_id,
                position=following,
                name=made.account.name.strip() or made.account.email.partition("@")[0],
                organisation_id=made.organisation_id,
                credited=False,  # the library wrote it; they answer for it
            )
        )
    owner = made.practice.owner
    if join and owner is not None and owner not in made.account.organisations:
        made.account.organisations.append(owner)
        audit(session, "account.organisation-joined", actor=actor, subject=made.account)
    session.flush()


def check_claim_decider(made: Claim, actor: Account) -> None:
    """Let advisers decide on the claims of others.

    :raises NotPermitted: for the claimant, and for members of the organisations concerned (DESIGN §5).
    """
    if not may_decide(made, actor):
        raise NotPermitted("nobody decides on their own claim or their own organisation's")


def may_decide(made: Claim, actor: Account) -> bool:
    """Return whether an adviser has no part in a claim."""
    concerned = {made.organisation_id, made.practice.owner_id, *(body.id for body in made.account.organisations)}
    return made.account_id != actor.id and all(body.id not in concerned for body in actor.organisations)
