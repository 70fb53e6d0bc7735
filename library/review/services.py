"""What advisers do with a submission: take it, ask colleagues, fill in the sheet, decide.

Every verb holds the submission first, so that of two people who act at once the second sees what the first did. Nobody
acts on work that they wrote or that their own organisation owns (``access.check_decider``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from library import commenting
from library.access import check_decider
from library.auditing import audit
from library.choices import PracticeState, SubmissionState, Verdict
from library.deadlines import WITH_ADVISERS, due_when_taken
from library.drafting.paths import value_at
from library.drafting.versions import Base, extended
from library.errors import NotFound, NotPermitted, NotReady, Overtaken
from library.mail import MailKind, notify
from library.models import (
    Account,
    Assessment,
    Opinion,
    Organisation,
    Practice,
    Revision,
    Submission,
    SubmissionRound,
    now,
    today,
)
from library.record import TEXT_KEY
from library.review import accepting
from library.review.rebasing import Rebased, paths, rebased
from library.timeline import BROUGHT_UP
from library.workflow import SubmissionStep, advance_submission, tell

OPEN = (*WITH_ADVISERS, SubmissionState.CHANGES_REQUESTED)


def take(session: Session, submission: Submission, *, actor: Account, seen: int | None) -> None:
    """Take a submission in review oneself, also over from a colleague.

    :param seen: identifier of the adviser whom the page showed; ``None`` for nobody.
    :raises Overtaken: if a colleague took it meanwhile, or it lies with no adviser any more.
    """
    check_decider(submission, actor)
    _hold(session, submission)
    if submission.adviser_id not in (seen, actor.id):
        raise Overtaken(gettext("A colleague took it a moment ago. You can still take it over."))
    _hand_to(session, submission, actor, actor=actor)


def assign(session: Session, submission: Submission, adviser: Account, *, actor: Account) -> None:
    """Give a submission to an adviser, who gets a letter.

    :raises NotPermitted: if the adviser or the actor may not decide on it.
    :raises Overtaken: if it lies with no adviser any more.
    """
    check_decider(submission, actor)
    check_decider(submission, adviser)
    _hold(session, submission)
    _hand_to(session, submission, adviser, actor=actor)


def _hand_to(session: Session, submission: Submission, adviser: Account, *, actor: Account) -> None:
    _check_with_advisers(submission)
    before = submission.adviser_id
    submission.adviser = adviser
    if submission.state == SubmissionState.SUBMITTED:
        submission.due_on = due_when_taken(submission, today())
        advance_submission(session, submission, SubmissionStep.TAKE, actor=actor)
    elif before != adviser.id:
        step = SubmissionStep.TAKE if adviser.id == actor.id else "assign"
        tell(session, submission, step, actor=actor)
        audit(session, f"submission.{step}", actor=actor, subject=submission)
    if adviser.id not in (before, actor.id):
        _write_to(session, MailKind.ASSIGNED, adviser, submission, actor=actor)


def give_back(session: Session, submission: Submission, *, actor: Account) -> None:
    """Put a submission back among those that nobody has taken.

    :raises Overtaken: if it is not with this adviser any more.
    """
    check_decider(submission, actor)
    _hold(session, submission)
    _check_with_advisers(submission)
    if submission.adviser_id != actor.id:
        raise Overtaken(gettext("A colleague has it now, so it stays there."))
    submission.adviser = None
    if submission.state == SubmissionState.IN_REVIEW:
        advance_submission(session, submission, SubmissionStep.GIVE_BACK, actor=actor)
    else:
        tell(session, submission, SubmissionStep.GIVE_BACK, actor=actor)
        audit(session, "submission.give-back", actor=actor, subject=submission)


def set_due(session: Session, submission: Submission, due_on: date, *, actor: Account) -> None:
    """Say by when the adviser means to have answered."""
    check_decider(submission, actor)
    _hold(session, submission)
    _check_with_advisers(submission)
    if submission.due_on != due_on:
        submission.due_on = due_on
        tell(session, submission, "due", actor=actor)
        audit(session, "submission.due-set", actor=actor, subject=submission)


# --- second opinions ---------------------------------------------------------------------------------------------


def ask_opinion(
    session: Session, submission: Submission, adviser: Account, *, actor: Account, question: str
) -> Opinion:
    """Ask a colleague what they think; who has been asked and has not answered is not asked again.

    :raises NotPermitted: if either wrote the submission or belongs to the organisations behind it.
    """
    check_decider(submission, actor)
    check_decider(submission, adviser)
    _hold(session, submission)
    _check_with_advisers(submission)
    if adviser.id == actor.id:
        raise NotPermitted("a second opinion is somebody else's")
    asked = select(Opinion).where(Opinion.submission_id == submission.id, Opinion.adviser_id == adviser.id)
    waiting = session.scalars(asked.where(Opinion.given_at.is_(None))).first()
    if waiting:
        return waiting
    opinion = Opinion(submission_id=submission.id, asked_by=actor, adviser=adviser, question=question.strip())
    session.add(opinion)
    session.flush()
    tell(session, submission, "opinion-asked", actor=actor)
    audit(session, "submission.opinion-asked", actor=actor, subject=submission)
    _write_to(session, MailKind.OPINION_ASKED, adviser, submission, actor=actor, reason=opinion.question)
    return opinion


def give_opinion(
    session: Session, submission: Submission, identifier: int, *, actor: Account, verdict: Verdict, answer: str
) -> None:
    """Answer a colleague who asked for a second opinion.

    :raises NotFound: if nobody asked this person.
    :raises Overtaken: if it is answered, or the submission is decided or withdrawn.
    """
    check_decider(submission, actor)
    _hold(session, submission)
    asked = select(Opinion).where(Opinion.submission_id == submission.id, Opinion.adviser_id == actor.id)
    opinion = next((opinion for opinion in session.scalars(asked) if opinion.id == identifier), None)
    if opinion is None:
        raise NotFound
    if opinion.given_at or submission.state not in OPEN:
        raise Overtaken(gettext("Your answer is not needed any more: it is given, or the submission is decided."))
    opinion.verdict, opinion.answer, opinion.given_at = verdict, answer.strip(), now()
    tell(session, submission, "opinion-given", actor=actor)
    audit(session, "submission.opinion-given", actor=actor, subject=submission)
    concerned = {person.id: person for person in (opinion.asked_by, submission.adviser) if person}
    for person in concerned.values():
        if person.id != actor.id:
            _write_to(session, MailKind.OPINION_GIVEN, person, submission, actor=actor, reason=opinion.answer)


# --- the sheet ---------------------------------------------------------------------------------------------------


def assess(session: Session, submission: Submission, sheet: Mapping[str, Any], *, actor: Account, version: int) -> None:
    """Save the whole sheet: checklist, grades, stage, outcome, label. It may lack anything until it is accepted.

    :param sheet: values by column of ``Assessment``.
    :param version: of the sheet that the adviser had before them; 0 if there was none.
    :raises Overtaken: if a colleague saved it meanwhile, or the submission is decided.
    """
    check_decider(submission, actor)
    _hold(session, submission)
    if submission.state not in OPEN:
        raise Overtaken(_where_it_is(submission))
    assessment = session.get(Assessment, submission.id, populate_existing=True)
    if (assessment.version if assessment else 0) != version:
        raise Overtaken(gettext("A colleague saved this sheet while you had it open. Compare, then save yours again."))
    if assessment is None:
        assessment = Assessment(submission_id=submission.id, version=0)
        session.add(assessment)
    for name, value in sheet.items():
        setattr(assessment, name, value)
    assessment.version = version + 1
    assessment.changed_by_id, assessment.changed_at = actor.id, now()
    audit(session, "submission.assess", actor=actor, subject=submission)


# --- decisions ---------------------------------------------------------------------------------------------------


def request_changes(
    session: Session, submission: Submission, *, actor: Account, seen: int, good: str, reason: str
) -> None:
    """Send a submission back to its authors, who change it and send it in again.

    :param seen: number of the round that the adviser has read.
    :param good: what is good; for authors it comes first.
    :param reason: what is needed.
    :raises NotReady: if one of the texts is missing.
    :raises Overtaken: if it is no longer as the adviser saw it.
    """
    _answer(session, submission, SubmissionStep.REQUEST_CHANGES, actor=actor, seen=seen, good=good, reason=reason)
    _tell_authors(session, MailKind.CHANGES_REQUESTED, submission, actor=actor, good=good, reason=reason)


def decline(session: Session, submission: Submission, *, actor: Account, seen: int, good: str, reason: str) -> None:
    """Say that a submission will not be published, what is good about it, and why not; as ``request_changes``."""
    _answer(session, submission, SubmissionStep.DECLINE, actor=actor, seen=seen, good=good, reason=reason)
    _tell_authors(session, MailKind.DECLINED, submission, actor=actor, good=good, reason=reason)


def _answer(
    session: Session, submission: Submission, step: SubmissionStep, *, actor: Account, seen: int, good: str, reason: str
) -> None:
    _check_deciding(session, submission, actor=actor, seen=seen)
    if not good.strip() or not reason.strip():
        raise NotReady([gettext("Write both what is good and what is needed.")])
    advance_submission(session, submission, step, actor=actor, good=good.strip(), reason=reason.strip())


def accept(
    session: Session, submission: Submission, *, actor: Account, seen: int, good: str, reason: str = ""
) -> Practice:
    """Publish a submission as a practice or as the next revision of the one that it revises, all in one transaction.

    :param seen: number of the round that the adviser has read.
    :param good: what is good.
    :param reason: what the adviser adds, if anything.
    :raises NotReady: if the sheet is not filled in, or the document no longer fits the vocabularies.
    :raises Overtaken: if it is no longer as the adviser saw it, or what it revises was revised meanwhile.
    """
    _check_deciding(session, submission, actor=actor, seen=seen)
    assessment = session.get(Assessment, submission.id)
    problems = list(accepting.missing_for_acceptance(assessment))
    if not good.strip():
        problems.append(gettext("Write what is good."))
    if problems or assessment is None:
        raise NotReady(problems)
    _check_base(session, submission)
    sent = submission.rounds[-1]
    practice = accepting.become_public(session, submission, sent, assessment, actor=actor, today=today())
    submission.practice = practice
    words = {"good": good.strip(), "reason": reason.strip()}
    advance_submission(session, submission, SubmissionStep.ACCEPT, actor=actor, **words)
    _tell_authors(session, MailKind.ACCEPTED, submission, actor=actor, path=f"/p/{practice.id}", **words)
    return practice


def _check_deciding(session: Session, submission: Submission, *, actor: Account, seen: int) -> None:
    check_decider(submission, actor)
    _hold(session, submission)
    if submission.state != SubmissionState.IN_REVIEW:
        raise Overtaken(_where_it_is(submission))
    if submission.adviser_id != actor.id:
        raise Overtaken(gettext("A colleague has it in review. Take it over first, then decide."))
    if submission.rounds[-1].number != seen:
        raise Overtaken(gettext("It changed since you opened this page. Read it again, then decide."))


def _check_base(session: Session, submission: Submission) -> None:
    """Refuse a revision of what was revised meanwhile; nobody else revises it until this transaction ends."""
    if submission.practice_id is None:
        return
    held = update(Practice).where(Practice.id == submission.practice_id).values(version=Practice.version)
    session.execute(held.execution_options(synchronize_session=False))
    session.refresh(submission.practice)
    if submission.practice is not None and submission.practice.state != PracticeState.PUBLISHED:
        raise Overtaken(gettext("The page that it revises is archived. Restore it first, or ask the authors."))
    if accepting.latest_revision(session, submission.practice_id) != submission.base_revision:
        raise Overtaken(gettext("The public page was revised meanwhile. Bring this revision up to date first."))


# --- a revision of what was revised meanwhile --------------------------------------------------------------------


def bring_up_to_date(session: Session, submission: Submission, *, actor: Account) -> Rebased:
    """Join what became public meanwhile to a proposed revision, as a round of its own.

    Where both sides changed a field the authors' text stays, and a comment there asks them to look.

    :return: what came of it, with the fields that both sides changed.
    :raises Overtaken: if it is not in review with this adviser, or is up to date.
    """
    check_decider(submission, actor)
    _hold(session, submission)
    if submission.state != SubmissionState.IN_REVIEW or submission.adviser_id != actor.id:
        raise Overtaken(_where_it_is(submission))
    latest = accepting.latest_revision(session, submission.practice_id or 0)
    if submission.base_revision in (None, latest):
        raise Overtaken(gettext("It is up to date already."))
    contents = select(Revision.number, Revision.content).where(Revision.practice_id == submission.practice_id)
    rows = session.execute(contents.where(Revision.number.in_((submission.base_revision, latest))))
    public: dict[int | None, dict[str, Any]] = {row.number: row.content for row in rows}
    sent = submission.rounds[-1]
    joined = rebased(sent.document, base=public[submission.base_revision], latest=public[latest])
    _write_round(session, submission, joined.document, actor=actor, latest=latest)
    for field in joined.fields:
        body = gettext("This part changed on the public page meanwhile. Does your text say all that it should?")
        commenting.comment(session, submission, actor=actor, field=field, body=body)
    return joined


def _write_round(
    session: Session, submission: Submission, document: dict[str, Any], *, actor: Account, latest: int
) -> None:
    before, version = submission.document, submission.version + 1
    changed = [path for path in paths(before, document) if value_at(before, path) != value_at(document, path)]
    submission.trail = extended(submission.trail, before, document, changed, version, Base(submission.version))
    submission.document, submission.version, submission.base_revision = document, version, latest
    submission.title = document[TEXT_KEY].get(submission.language, {}).get("title") or submission.title
    submission.owner_id = session.scalar(select(Organisation.id).where(Organisation.slug == document.get("owner")))
    sent = submission.rounds[-1]
    submission.rounds.append(
        SubmissionRound(number=sent.number + 1, document=document, note=sent.note, submitted_by_id=sent.submitted_by_id)
    )
    tell(session, submission, BROUGHT_UP, actor=actor)
    audit(session, "submission.up-to-date", actor=actor, subject=submission)
    session.flush()


# --- shared ------------------------------------------------------------------------------------------------------


def _hold(session: Session, submission: Submission) -> None:
    """Let nobody else change a submission until this transaction ends, and read it as it is now.

    An UPDATE that changes nothing holds the row on PostgreSQL and the database on SQLite, which knows no row locks.
    """
    session.flush()
    held = update(Submission).where(Submission.id == submission.id).values(version=Submission.version)
    session.execute(held.execution_options(synchronize_session=False))
    session.refresh(submission)


def _check_with_advisers(submission: Submission) -> None:
    if submission.state not in WITH_ADVISERS:
        raise Overtaken(_where_it_is(submission))


def _where_it_is(submission: Submission) -> str:
    """Return a sentence for an adviser who acts on what is no longer there to act on."""
    words = {
        SubmissionState.SUBMITTED: gettext("Nobody has it in review just now. Take it first."),
        SubmissionState.IN_REVIEW: gettext("A colleague has it in review. Take it over first, then decide."),
        SubmissionState.CHANGES_REQUESTED: gettext("It lies with its authors now, who were asked for changes."),
        SubmissionState.ACCEPTED: gettext("It is accepted and published already."),
        SubmissionState.DECLINED: gettext("It is decided already."),
        SubmissionState.WITHDRAWN: gettext("Its authors have withdrawn it."),
    }
    return str(words.get(SubmissionState(submission.state), gettext("Its authors are writing again.")))


def _tell_authors(session: Session, kind: MailKind, submission: Submission, *, actor: Account, **params: str) -> None:
    path = params.pop("path", f"/submissions/{submission.id}")
    for author in submission.authors:
        notify(session, kind, author.account, path=path, title=submission.title, actor=actor.name, **params)


def _write_to(
    session: Session, kind: MailKind, receiver: Account, submission: Submission, *, actor: Account, **params: str
) -> None:
    path = f"/review/{submission.id}"
    notify(session, kind, receiver, path=path, title=submission.title, actor=actor.name, **params)
