"""Verbs of those who write: send in, withdraw, take up again, delete, revise; and who writes with whom."""

from __future__ import annotations

import copy
from typing import Any, Final, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from library import inviting
from library.access import EDITABLE, check_author, check_editable, is_author, reviews
from library.auditing import audit
from library.choices import PracticeState, Role, SubmissionState
from library.deadlines import due_after
from library.drafting.problems import faults_of_draft
from library.errors import (
    AlreadyRevised,
    ChangedMeanwhile,
    InvalidRecord,
    NotFound,
    NotPermitted,
    UncheckedPersonalData,
)
from library.mail import MailKind, notify
from library.models import (
    Account,
    Concept,
    Invitation,
    Organisation,
    Practice,
    PracticeAuthor,
    Revision,
    Submission,
    SubmissionAuthor,
    SubmissionRound,
    now,
    today,
)
from library.models import Role as RoleRow
from library.ownership import owners
from library.parts import digest_of_part
from library.publishing import known_to
from library.warnings import digest_of, warnings_of
from library.workflow import DECIDED, SubmissionStep, advance_submission, tell

WITH_ADVISERS: Final = (SubmissionState.SUBMITTED, SubmissionState.IN_REVIEW)
OPEN: Final = frozenset(SubmissionState) - DECIDED - {SubmissionState.WITHDRAWN}
MOST_INVITATIONS: Final = 20  # open ones of one submission


# --- sending in, and taking back ---------------------------------------------------------------------------------


def submit(
    session: Session,
    submission: Submission,
    *,
    actor: Account,
    version: int,
    note: str = "",
    personal_data_checked: str = "",
) -> SubmissionRound:
    """Send a submission in; whoever asked for changes keeps it, else all advisers hear of it.

    :param version: of the submission that the author saw and means.
    :param note: what the authors tell the adviser.
    :param personal_data_checked: digest of the findings that the author declares to be no personal data.
    :return: what was sent in; what stands already if it was sent in a moment ago.
    :raises NotFound: for all but its authors.
    :raises NotPermitted: after a decision, and while it is withdrawn.
    :raises ChangedMeanwhile: if a co-author has saved since.
    :raises InvalidRecord: if the document does not fit the template.
    :raises UncheckedPersonalData: if nobody has declared what was found.
    """
    check_author(submission, actor)
    if submission.state in WITH_ADVISERS:
        return submission.rounds[-1]
    check_editable(submission, actor)
    if faults := faults_of_draft(submission.document, known_to(session)):
        raise InvalidRecord("submission", [fault.sentence for fault in faults])
    findings = digest_of(warnings_of(submission.document))
    if findings not in ("", personal_data_checked, submission.personal_data_checked):
        raise UncheckedPersonalData
    if not _hold(session, submission, version=version):
        session.refresh(submission)
        if submission.state in WITH_ADVISERS:  # the second of two clicks
            return submission.rounds[-1]
        raise ChangedMeanwhile
    submission.personal_data_checked = findings
    submission.due_on = due_after(today())
    sent = _next_round(submission, actor=actor, note=note)
    advance_submission(session, submission, SubmissionStep.SUBMIT, actor=actor)
    _tell_of_submission(session, submission, actor)
    return sent


def withdraw(session: Session, submission: Submission, *, actor: Account, reason: str = "") -> None:
    """Take a submission back before a decision; withdrawing it twice changes nothing.

    :raises NotFound: for all but its authors.
    :raises NotPermitted: after a decision.
    """
    check_author(submission, actor)
    _hold(session, submission)
    if submission.state in DECIDED:
        raise NotPermitted("it is decided")
    if submission.state == SubmissionState.WITHDRAWN:
        return
    adviser = submission.adviser
    advance_submission(session, submission, SubmissionStep.WITHDRAW, actor=actor, reason=reason.strip())
    submission.adviser = submission.due_on = None
    if adviser:
        notify(
            session,
            MailKind.WITHDRAWN,
            adviser,
            path=f"/review/{submission.id}",
            title=submission.title,
            actor=actor.name,
            reason=reason.strip(),
        )
    _tell_authors(session, submission, MailKind.WITHDRAWN, actor, reason=reason.strip())


def reopen(session: Session, submission: Submission, *, actor: Account) -> None:
    """Take up a withdrawn submission again, as a draft.

    :raises NotFound: for all but its authors.
    :raises NotPermitted: if it is not withdrawn.
    :raises AlreadyRevised: if somebody has begun another revision of the same practice.
    """
    check_author(submission, actor)
    _hold(session, submission)
    if submission.state in EDITABLE:
        return
    if submission.state != SubmissionState.WITHDRAWN:
        raise NotPermitted("it is not withdrawn")
    if submission.practice_id is not None and _open_revision(session, submission.practice_id):
        raise AlreadyRevised
    advance_submission(session, submission, SubmissionStep.REOPEN, actor=actor)


def delete(session: Session, submission: Submission, *, actor: Account) -> None:
    """Delete for ever what no adviser has ever seen.

    :raises NotFound: for all but its authors.
    :raises NotPermitted: for all but the first author, and once it was sent in: then it can be withdrawn.
    """
    check_author(submission, actor)
    _hold(session, submission)
    check_deletable(submission, actor)
    audit(session, "submission.delete", actor=actor, subject=submission)
    session.delete(submission)
    session.flush()


def check_deletable(submission: Submission, actor: Account) -> None:
    """Let those pass who may delete.

    :raises NotPermitted: for all but the first author, and once it was sent in: then it can be withdrawn.
    """
    if not may_delete(submission, actor):
        raise NotPermitted("only the first author deletes, and only what was never sent in")


def may_delete(submission: Submission, actor: Account) -> bool:
    """Return whether somebody may delete a submission for ever."""
    return submission.submitted_at is None and is_first_author(submission, actor)


def is_first_author(submission: Submission, actor: Account) -> bool:
    """Return whether somebody began a submission, or is next in line after who did has left."""
    return bool(submission.authors) and submission.authors[0].account_id == actor.id


def _next_round(submission: Submission, *, actor: Account, note: str) -> SubmissionRound:
    sent = SubmissionRound(
        number=len(submission.rounds) + 1,
        document=copy.deepcopy(submission.document),
        note=note.strip(),
        submitted_by_id=actor.id,
    )
    submission.rounds.append(sent)
    return sent


def _tell_of_submission(session: Session, submission: Submission, actor: Account) -> None:
    _tell_authors(session, submission, MailKind.SUBMITTED, None)
    adviser, kind = submission.adviser, MailKind.RESUBMITTED
    receivers = [adviser] if adviser else _advisers(session)
    if not adviser:
        kind = MailKind.NEW_SUBMISSION
    for receiver in receivers:
        if not is_author(submission, receiver):
            path = f"/review/{submission.id}"
            notify(session, kind, receiver, path=path, title=submission.title, actor=actor.name)


def _tell_authors(
    session: Session, submission: Submission, kind: MailKind, actor: Account | None, **params: Any
) -> None:
    """Let the authors know, save the one who did it."""
    for author in submission.authors:
        if actor is None or author.account_id != actor.id:
            name = actor.name if actor else ""
            path = f"/submissions/{submission.id}"
            notify(session, kind, author.account, path=path, title=submission.title, actor=name, **params)


def _advisers(session: Session) -> list[Account]:
    query = select(Account).where(Account.active, Account.roles.any(RoleRow.name == Role.ADVISER))
    return list(session.scalars(query.order_by(Account.id)))


def _hold(session: Session, submission: Submission, *, version: int | None = None) -> bool:
    """Lock a submission until the transaction ends, and read it as it is now.

    :param version: hold it only if it still has this version and is the authors' to write; it gets the next one.
    :return: whether it is held.
    """
    query = update(Submission).where(Submission.id == submission.id)
    if version is None:
        query = query.values(version=Submission.version)
    else:
        same = (Submission.version == version) & Submission.state.in_(sorted(EDITABLE))
        query = query.where(same).values(version=version + 1)
    held = cast("CursorResult[Any]", session.execute(query.execution_options(synchronize_session=False)))
    session.refresh(submission)
    return held.rowcount == 1


# --- revising what is published ----------------------------------------------------------------------------------


def revise(session: Session, practice: Practice, *, actor: Account) -> Submission:
    """Begin a revision of a published practice, or go on with the one that is open.

    :return: the submission, flushed.
    :raises NotFound: if the practice is not published.
    :raises NotPermitted: for all but its authors, the people of the organisation that owns it, and advisers.
    :raises AlreadyRevised: if others are revising it.
    """
    if practice.state != PracticeState.PUBLISHED:
        raise NotFound
    if not may_revise(session, practice, actor):
        raise NotPermitted("it is not theirs")
    standing = _open_revision(session, practice.id)
    if standing is None:
        try:
            with session.begin_nested():
                return _start_revision(session, practice, actor)
        except IntegrityError:  # somebody began one in the same moment; the database allows one
            standing = _open_revision(session, practice.id)
    if standing is None or not is_author(standing, actor):
        raise AlreadyRevised
    return standing


def may_revise(session: Session, practice: Practice, actor: Account) -> bool:
    """Return whether somebody may propose a revision of a practice."""
    return reviews(actor) or any(owner.id == actor.id for owner in owners(session, practice))


def _open_revision(session: Session, practice_id: int) -> Submission | None:
    query = select(Submission).where(Submission.practice_id == practice_id, Submission.state.in_(sorted(OPEN)))
    return session.scalars(query).one_or_none()


def _start_revision(session: Session, practice: Practice, actor: Account) -> Submission:
    last = session.scalars(
        select(Revision).where(Revision.practice_id == practice.id).order_by(Revision.number.desc()).limit(1)
    ).one()
    wrote = select(PracticeAuthor).where(
        PracticeAuthor.practice_id == practice.id, PracticeAuthor.account_id == actor.id
    )
    before = session.scalars(wrote).one_or_none()
    language = last.content["original_language"]
    submission = Submission(
        language=language,
        document=copy.deepcopy(last.content),
        title=last.content["text"][language]["title"],
        owner_id=practice.owner_id,
        practice_id=practice.id,
        base_revision=last.number,
        created_by=actor,
        authors=[
            SubmissionAuthor(
                account=actor,
                position=0,
                agency_id=before.agency_id if before else None,
                organisation_id=before.organisation_id if before else None,
                credited=before.credited if before else True,
            )
        ],
    )
    return advance_submission(session, submission, SubmissionStep.START, actor=actor)


def check_open(submission: Submission) -> None:
    """Let pass what is neither decided nor withdrawn.

    :raises NotPermitted: for the rest.
    """
    if submission.state not in OPEN:
        raise NotPermitted("it is decided or withdrawn")


# --- who writes with whom ----------------------------------------------------------------------------------------


def invite_author(
    session: Session,
    submission: Submission,
    *,
    actor: Account,
    email: str,
    name: str,
    language: str,
    agency: Concept | None = None,
    organisation: Organisation | None = None,
) -> None:
    """Ask somebody to write with the authors; the letter is the same whether or not they have an account.

    :raises NotFound: for all but its authors.
    :raises NotPermitted: after a decision, while it is withdrawn, and if too many invitations are open.
    """
    _check_together(submission, actor)
    if len(open_invitations(session, submission)) >= MOST_INVITATIONS:
        raise NotPermitted("too many invitations are open")
    inviting.invite(
        session,
        email=email,
        name=name,
        language=language,
        by=actor,
        submission=submission,
        agency=agency,
        organisation=organisation,
    )
    tell(session, submission, "co-author-invited", actor=actor)


def resend_invitation(session: Session, submission: Submission, standing: Invitation, *, actor: Account) -> None:
    """Write an invitation once more, with a secret of its own; the letter before no longer works.

    :raises NotFound: for all but the authors.
    :raises NotPermitted: after a decision, and while it is withdrawn.
    """
    _check_together(submission, actor)
    inviting.invite(
        session,
        email=standing.email,
        name=standing.name,
        language=standing.language,
        by=actor,
        submission=submission,
        agency=session.get(Concept, standing.agency_id) if standing.agency_id else None,
        organisation=standing.organisation,
    )


def open_invitations(session: Session, submission: Submission) -> list[Invitation]:
    """Return the invitations to a submission that nobody has accepted yet, outdated ones too, oldest first."""
    query = select(Invitation).where(Invitation.submission_id == submission.id, Invitation.accepted_at.is_(None))
    return list(session.scalars(query.order_by(Invitation.id)))


def set_own_part(
    session: Session,
    submission: Submission,
    *,
    actor: Account,
    agency: str | None,
    organisation: Organisation | None,
    credited: bool,
) -> None:
    """Say for which agency and organisation one writes, and whether to be named on the page.

    :raises NotFound: for all but its authors.
    :raises NotPermitted: after a decision, and while it is withdrawn.
    """
    author = _check_together(submission, actor)
    if author.agency_id != agency:
        author.confirmed_at, author.confirmed_part = None, ""  # they said it of another part
    author.agency_id = agency
    author.organisation_id = organisation.id if organisation else None
    author.credited = credited
    session.flush()


def confirm_part(session: Session, submission: Submission, *, actor: Account) -> None:
    """Say that the part of one's agency is right, as it reads now; saying it twice changes nothing.

    :raises NotFound: for all but its authors.
    :raises NotPermitted: after a decision, and while it is withdrawn.
    """
    author = _check_together(submission, actor)
    part = digest_of_part(submission.document, author.agency_id)
    if author.confirmed_at is not None and author.confirmed_part == part:
        return
    author.confirmed_at, author.confirmed_part = now(), part
    tell(session, submission, "part-confirmed", actor=actor)
    audit(session, "submission.part-confirmed", actor=actor, subject=submission)
    _tell_authors(session, submission, MailKind.PART_CONFIRMED, actor)


def leave(session: Session, submission: Submission, *, actor: Account) -> None:
    """Leave the authors.

    :raises NotFound: for all but its authors.
    :raises NotPermitted: for the last one, who can withdraw or delete it, and after a decision.
    """
    _hold(session, submission)
    author = _check_together(submission, actor)
    _take_off(session, submission, author, step="co-author-left", actor=actor)


def remove_author(session: Session, submission: Submission, *, actor: Account, account_id: int) -> None:
    """Take a co-author off the list, before it was first sent in.

    :raises NotFound: for all but its authors, and if nobody of this number writes it.
    :raises NotPermitted: for all but the first author, of oneself, and once it was sent in.
    """
    _hold(session, submission)
    check_author(submission, actor)
    author = next((author for author in submission.authors if author.account_id == account_id), None)
    if author is None:
        raise NotFound
    if submission.submitted_at or not is_first_author(submission, actor) or account_id == actor.id:
        raise NotPermitted("the first author takes others off the list, before it is sent in")
    _take_off(session, submission, author, step="co-author-removed", actor=actor)


def _take_off(session: Session, submission: Submission, author: SubmissionAuthor, *, step: str, actor: Account) -> None:
    if len(submission.authors) == 1:
        raise NotPermitted("somebody must answer for it")
    submission.authors.remove(author)
    session.flush()
    tell(session, submission, step, actor=actor)
    audit(session, f"submission.{step}", actor=actor, subject=submission)


def _check_together(submission: Submission, actor: Account) -> SubmissionAuthor:
    check_author(submission, actor)
    check_open(submission)
    return next(author for author in submission.authors if author.account_id == actor.id)
